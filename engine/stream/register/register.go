package register

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
)

// Register knows who is linked with whom, and who was ever given which card, over all partitions.
// Every instance has it whole: it says who else a fact of one person concerns (IDN-06, IDN-07). It
// only grows, as the facts do; what a link or an assignment means at a clock is for the core to
// judge. A reader may see more in it than its snapshot has positions for, as if a record had been
// read a moment early.
//
// There is an assignment for nearly every person, so memory only holds what is asked for every
// row: the first holder of the card, and whether there was ever another (cardTable). The
// assignments themselves are in a log (RecordLog), on disk if there is a directory. One goroutine
// adds; any may ask.
type Register struct {
	mu    sync.RWMutex
	Cards cardTable
	Log   *RecordLog
	// Groups maps a person to all persons that any link ever joined with them; sorted, and replaced
	// rather than changed.
	Groups map[string][]string
	// changes counts additions. holders caches, for one count, whom facts of cards with several
	// holders concern.
	changes atomic.Int64
	holders heldCards
	crowds  crowds
	// Damaged is set once the log does not hold what was written to it; the reader then rebuilds the
	// register.
	Damaged atomic.Bool
}

// NewRegister returns an empty register in memory.
func NewRegister() *Register {
	return &Register{Log: NewRecordLog(nil), Groups: map[string][]string{}}
}

// personHash is the hash by which the card table names a person.
func personHash(person string) uint64 { return xxhash.Sum64String(person) }

// Empty reports whether there are no links and no assignments.
func (g *Register) Empty() bool {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.Cards.N == 0 && len(g.Groups) == 0
}

// Link joins the groups of the two persons of a link.
func (g *Register) Link(l *duty.IdentityLink) {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := []string{l.PersonID, l.AliasPersonID}
	all = append(append(all, g.Groups[l.PersonID]...), g.Groups[l.AliasPersonID]...)
	slices.Sort(all)
	all = slices.Compact(all)
	for _, p := range all {
		g.Groups[p] = all
	}
	g.changes.Add(1)
}

// Assign takes in an assignment, copying its strings.
func (g *Register) Assign(a *duty.CardAssignment, known duty.Instant, pos duty.Position) {
	card, holder := casefile.CardHash(a.CardID), personHash(a.PersonID)
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.Cards.at(card)
	several := s.where & severalHolders
	switch {
	case s.where == 0:
		s.holder = holder
	case s.holder != holder:
		several = severalHolders
	}
	s.where = uint64(g.Log.add(s.place(), a, known, pos)) | several
	g.changes.Add(1)
}

// Members returns all persons that any link ever joined with the person, the person included; nil
// if there are none.
func (g *Register) Members(person string) []string {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.Groups[person]
}

// OthersHold reports whether a card was ever given to somebody else.
func (g *Register) OthersHold(card uint64, person string) bool {
	own := personHash(person)
	g.mu.RLock()
	defer g.mu.RUnlock()
	s, ok := g.Cards.find(card)
	return ok && (s.several() || s.holder != own)
}

// Assignments returns all versions of all assignments of a card, oldest first. If the log is
// damaged it returns an error until the reader has rebuilt the register, so that nobody continues
// without an answer.
func (g *Register) Assignments(card uint64) ([]duty.Known[duty.CardAssignment], error) {
	var out []duty.Known[duty.CardAssignment]
	g.mu.RLock()
	defer g.mu.RUnlock()
	s, _ := g.Cards.find(card)
	for at := s.place(); at != 0; {
		rec, err := g.Log.read(at)
		if err == nil && casefile.CardHash(rec.fact.Fact.CardID) != card {
			err = ErrRecordLog
		}
		if err != nil {
			g.Damaged.Store(true)
			return nil, err
		}
		out = append(out, rec.fact)
		at = rec.before
	}
	slices.Reverse(out)
	return out, nil
}

// HeldAt reports whether, by what is known at a clock, anybody held the card of a row at the row's
// time.
func (g *Register) HeldAt(e *duty.CardEvent, at duty.Instant) (bool, error) {
	if crowd, err := g.Crowd(casefile.CardHash(e.CardID), at); crowd != nil || err != nil {
		return err == nil && crowd.HeldAt(e.OccurredAt), err
	}
	list, err := g.Assignments(casefile.CardHash(e.CardID))
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

// Audience returns the others whom a fact of a person concerns: all that a link ever joined with
// the person and, if it mentions a card that is not everybody's, all who were ever given that card
// with all that are joined with them. Sorted. The person may be empty; card 0 means none.
func (g *Register) Audience(person string, card uint64) ([]string, error) {
	if card != 0 {
		if crowd, err := g.Crowd(card, duty.Forever); crowd != nil || err != nil {
			return g.others(person), err
		}
	}
	return g.whole(person, card)
}

// others returns all that a link ever joined with a person, without the person.
func (g *Register) others(person string) []string {
	return slices.DeleteFunc(slices.Clone(g.Members(person)), func(p string) bool { return p == person })
}

// whole is Audience without the exception for cards that are everybody's.
func (g *Register) whole(person string, card uint64) ([]string, error) {
	all := slices.Clone(g.Members(person))
	if card != 0 && g.OthersHold(card, person) {
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

// heldCards caches who held a card that several persons were given; for one that many hold, every
// row asks.
type heldCards struct {
	mu   sync.Mutex
	at   int64
	list map[uint64][]string
}

// maxHeldCards bounds the cards in heldCards.
const maxHeldCards = 256

// heldBy returns all who were ever given a card, with all that are joined with them. Sorted; the
// caller must not change it.
func (g *Register) heldBy(card uint64) ([]string, error) {
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
	list, err := g.Assignments(card)
	if err != nil {
		return nil, err
	}
	for i := range list {
		holder := list[i].Fact.PersonID
		all = append(append(all, holder), g.Members(holder)...)
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

// Flush writes to the file what it lacks.
func (g *Register) Flush() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.Log.flush()
}

// Replace takes over the content of another register.
func (g *Register) Replace(by *Register) {
	g.crowds.mu.Lock() // before mu, as in crowd
	defer g.crowds.mu.Unlock()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.Cards, g.Log, g.Groups = by.Cards, by.Log, by.Groups
	g.crowds.list = nil
	g.changes.Add(1)
	g.Damaged.Store(false)
}

// OnDisk reports whether the assignments are in a file.
func (g *Register) OnDisk() bool { return g.Log.File != nil }

// Close closes the file of the assignments without writing what it does not have.
func (g *Register) Close() { _ = g.Log.File.Close() } // nothing is read of it any more
