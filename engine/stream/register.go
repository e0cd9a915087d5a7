package stream

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"tilsyn/engine/duty"
)

// register is who is linked with whom, and who was ever given which card, over
// all partitions. Every instance has it whole: it is what says whom a fact of
// one person concerns besides (IDN-06, IDN-07). It only grows, like the facts it
// is made of; what a link or an assignment means at a clock is the core's to
// judge. A reader may see more in it than its snapshot has positions for, which
// is as if a record had been read a moment early.
//
// There is an assignment for nearly every person, so memory holds of it only what
// is asked for every row: the holder of the card, and whether there was ever
// another (cardTable). The assignments themselves are in a log (recordLog), which
// lies on the disk where there is a directory for it. One goroutine adds; any may
// ask.
type register struct {
	mu    sync.RWMutex
	cards cardTable
	log   *recordLog
	// groups are all persons that any link ever joined, by person; sorted, and
	// replaced rather than changed.
	groups map[string][]string
	// changes counts what was added; holders remembers whom facts of cards of several
	// persons concern, as of one count.
	changes atomic.Int64
	holders heldCards
	crowds  crowds
	// damaged is set once the log does not hold what was written to it; the
	// reader then builds the register again.
	damaged atomic.Bool
}

func newRegister() *register {
	return &register{log: newRecordLog(nil), groups: map[string][]string{}}
}

// cardHash and personHash name a card and a person in headers and register.
func cardHash(card string) uint64     { return xxhash.Sum64String(card) }
func personHash(person string) uint64 { return xxhash.Sum64String(person) }

// empty reports whether there is no link and no assignment.
func (g *register) empty() bool {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.cards.n == 0 && len(g.groups) == 0
}

// link joins the persons of a link and all that each of them is joined with.
func (g *register) link(l *duty.IdentityLink) {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := []string{l.PersonID, l.AliasPersonID}
	all = append(append(all, g.groups[l.PersonID]...), g.groups[l.AliasPersonID]...)
	slices.Sort(all)
	all = slices.Compact(all)
	for _, p := range all {
		g.groups[p] = all
	}
	g.changes.Add(1)
}

// assign takes in an assignment. Its strings are copied.
func (g *register) assign(a *duty.CardAssignment, known duty.Instant, pos duty.Position) {
	card, holder := cardHash(a.CardID), personHash(a.PersonID)
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.cards.at(card)
	several := s.where & severalHolders
	switch {
	case s.where == 0:
		s.holder = holder
	case s.holder != holder:
		several = severalHolders
	}
	s.where = uint64(g.log.add(s.place(), a, known, pos)) | several
	g.changes.Add(1)
}

// members are all persons that any link ever joined with the person, the person
// included; nil without any link.
func (g *register) members(person string) []string {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.groups[person]
}

// othersHold reports whether a card was ever given to somebody else.
func (g *register) othersHold(card uint64, person string) bool {
	own := personHash(person)
	g.mu.RLock()
	defer g.mu.RUnlock()
	s, ok := g.cards.find(card)
	return ok && (s.several() || s.holder != own)
}

// assignments are all versions of all assignments of a card, oldest first. Where
// the log is damaged the error stands until the reader has built the register
// again: whoever asks does not go on without an answer.
func (g *register) assignments(card uint64) ([]duty.Known[duty.CardAssignment], error) {
	var out []duty.Known[duty.CardAssignment]
	g.mu.RLock()
	defer g.mu.RUnlock()
	s, _ := g.cards.find(card)
	for at := s.place(); at != 0; {
		rec, err := g.log.read(at)
		if err == nil && cardHash(rec.fact.Fact.CardID) != card {
			err = errRecordLog
		}
		if err != nil {
			g.damaged.Store(true)
			return nil, err
		}
		out = append(out, rec.fact)
		at = rec.before
	}
	slices.Reverse(out)
	return out, nil
}

// heldAt reports whether by what is known at a clock somebody held the card of a
// row at its time.
func (g *register) heldAt(e *duty.CardEvent, at duty.Instant) (bool, error) {
	if crowd, err := g.crowd(cardHash(e.CardID), at); crowd != nil || err != nil {
		return err == nil && crowd.HeldAt(e.OccurredAt), err
	}
	list, err := g.assignments(cardHash(e.CardID))
	newest := map[string]*duty.CardAssignment{}
	for i := range list {
		a := &list[i].Fact
		if before := newest[a.ID]; list[i].At <= at && (before == nil || a.Version > before.Version) {
			newest[a.ID] = a
		}
	}
	//house:order-free any of them
	for _, a := range newest {
		if !a.Retracted && a.CardID == e.CardID && a.ValidFrom <= e.OccurredAt && e.OccurredAt < a.ValidTo.Or(duty.Forever) {
			return true, err
		}
	}
	return false, err
}

// audience are the others whom a fact of a person concerns: all that a link
// ever joined with the person, and where it speaks of a card that is not
// everybody's, whoever was ever given that card with all that are joined with them.
// Sorted; the person may be empty, the card zero for none.
func (g *register) audience(person string, card uint64) ([]string, error) {
	if card != 0 {
		if crowd, err := g.crowd(card, duty.Forever); crowd != nil || err != nil {
			return g.others(person), err
		}
	}
	return g.whole(person, card)
}

// others are all that a link ever joined with a person.
func (g *register) others(person string) []string {
	return slices.DeleteFunc(slices.Clone(g.members(person)), func(p string) bool { return p == person })
}

// whole is audience for any card.
func (g *register) whole(person string, card uint64) ([]string, error) {
	all := slices.Clone(g.members(person))
	if card != 0 && g.othersHold(card, person) {
		held, err := g.heldBy(card)
		if err != nil {
			return nil, err
		}
		if all = append(all, held...); len(all) > len(held) {
			slices.Sort(all)
			all = slices.Compact(all)
		}
	}
	return slices.DeleteFunc(all, func(p string) bool { return p == person }), nil
}

// heldCards is what was last found of cards of several persons: of one that many hold,
// like an id that stands for everybody's, every row asks.
type heldCards struct {
	mu   sync.Mutex
	at   int64
	list map[uint64][]string
}

// maxHeldCards bounds heldCards.
const maxHeldCards = 256

// heldBy are all who were ever given a card, with all that are joined with them.
// Sorted; the caller must not change it.
func (g *register) heldBy(card uint64) ([]string, error) {
	h, now := &g.holders, g.changes.Load()
	h.mu.Lock()
	if h.at != now || len(h.list) >= maxHeldCards {
		h.list, h.at = map[uint64][]string{}, now
	}
	all, ok := h.list[card]
	h.mu.Unlock()
	if ok {
		return all, nil
	}
	list, err := g.assignments(card)
	if err != nil {
		return nil, err
	}
	for i := range list {
		holder := list[i].Fact.PersonID
		all = append(append(all, holder), g.members(holder)...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.at == now {
		h.list[card] = all
	}
	return all, nil
}

// flush writes to the file what it does not have.
func (g *register) flush() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.log.flush()
}

// replace takes over what another register has.
func (g *register) replace(by *register) {
	g.crowds.mu.Lock() // before mu, as in crowd
	defer g.crowds.mu.Unlock()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.cards, g.log, g.groups = by.cards, by.log, by.groups
	g.crowds.list = nil
	g.changes.Add(1)
	g.damaged.Store(false)
}
