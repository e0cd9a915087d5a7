package stream

import (
	"slices"
	"strings"
	"sync"

	"tilsyn/engine/duty"
)

// A card that many persons hold at once is everybody's (duty.NewCrowd, decision
// 0017): what one of them does with it is not told to the others one by one. Each is
// of unknown position for as long as it holds the card, which its own assignment and
// the register say.

// maxCrowds bounds of how many cards it is remembered.
const maxCrowds = 1024

// crowds is what was last found of cards that were given to several persons.
type crowds struct {
	mu   sync.Mutex
	list map[uint64]*cardCrowd
}

// cardCrowd is what is known of one card, as of the place of its newest assignment.
type cardCrowd struct {
	where uint64
	list  []duty.Known[duty.CardAssignment]
	// now is by all that is known; then by what is known at a clock, where that is
	// less: known is how many of the list that are.
	now, then *duty.Crowd
	known     int
}

// crowd returns what is known of a card that is everybody's at a clock, or by all
// that the register knows; nil for any other. A reader may be ahead of a task: a
// card that is everybody's to either is one.
func (g *register) crowd(card uint64, at duty.Instant) (*duty.Crowd, error) {
	g.mu.RLock()
	s, ok := g.cards.find(card)
	g.mu.RUnlock()
	if !ok || !s.several() {
		return nil, nil
	}
	g.crowds.mu.Lock()
	defer g.crowds.mu.Unlock()
	c := g.crowds.list[card]
	if c == nil || c.where != s.where {
		list, err := g.assignments(card)
		if err != nil {
			return nil, err
		}
		c = &cardCrowd{where: s.where, list: list, known: -1}
		c.now = c.at(duty.Forever)
		if g.crowds.list == nil || len(g.crowds.list) >= maxCrowds {
			g.crowds.list = map[uint64]*cardCrowd{}
		}
		g.crowds.list[card] = c
	}
	if c.now != nil {
		return c.now, nil
	}
	known := 0
	for i := range c.list {
		if c.list[i].At <= at {
			known++
		}
	}
	if known == len(c.list) {
		return nil, nil
	}
	if known != c.known {
		c.then, c.known = c.at(at), known
	}
	return c.then, nil
}

// at is what is known of the card at a clock.
func (c *cardCrowd) at(at duty.Instant) *duty.Crowd {
	if len(c.list) <= duty.CrowdAtOnce {
		return nil
	}
	if crowd, ok := duty.NewCrowd(c.list[0].Fact.CardID, c.list, at); ok {
		return &crowd
	}
	return nil
}

// audienceOf are the others whom a fact of a person concerns (audience). What cannot
// be read holds all who were ever given the card, whether it is everybody's or not.
func (g *register) audienceOf(f *fact, person string) ([]string, error) {
	if f.bad != nil {
		return g.whole(person, f.cardOf())
	}
	return g.audience(person, f.cardOf())
}

// owed are the others to whom what is known of a card is to be given; only what could
// not be read where lost is set.
func (g *register) owed(id string, card uint64) (to []string, lost bool, err error) {
	crowd, err := g.crowd(card, duty.Forever)
	switch {
	case err != nil:
		return nil, false, err
	case crowd == nil:
		to, err = g.whole(id, card)
		return to, false, err
	case strings.HasPrefix(id, parkedKey):
		to, err = g.whole(id, card)
		return to, true, err
	}
	return nil, false, nil
}

// withheld is the mark in a header that facts of a card were not given to others,
// since it was everybody's: they are once it no longer is.
func withheld(card uint64) handing { return handing{card: card, to: "\x00withheld"} }

// noteWithheld marks that a fact of a card was not given to others. Whether those up
// to the last commit were, when they were read first, is not known any more.
func (t *Task) noteWithheld(p *person, f *fact, live bool) error {
	card := f.cardOf()
	if card == 0 || f.bad != nil {
		return nil
	}
	crowd, err := t.joins().crowd(card, duty.Forever)
	if err != nil || crowd == nil && (live || !t.joins().many(card)) {
		return err
	}
	if h := withheld(card).hash(); !p.header.handedTo(h) {
		p.header.addHanded(h)
		p.changed = true
	}
	return nil
}

// giveWithheld takes the marks off of cards that are no longer everybody's: what was
// withheld has just been given.
func (t *Task) giveWithheld(p *person) error {
	for _, card := range p.header.cards {
		h := withheld(card).hash()
		if !p.header.handedTo(h) {
			continue
		}
		crowd, err := t.joins().crowd(card, duty.Forever)
		if err != nil {
			return err
		}
		if crowd == nil {
			p.header.dropHanded(h)
		}
	}
	return nil
}

// many reports whether a card was assigned so often that it may have been everybody's.
func (g *register) many(card uint64) bool {
	g.crowds.mu.Lock()
	defer g.crowds.mu.Unlock()
	c := g.crowds.list[card]
	return c != nil && len(c.list) > duty.CrowdAtOnce
}

// addHolders adds to the facts of a person the assignments of all cards that its
// rows name, as far as they are others', and which of its cards are everybody's.
func addHolders(reg *register, id string, at duty.Instant, facts *duty.Facts, take func(*fact)) error {
	if reg.empty() {
		return nil
	}
	var seen []string
	look := func(card string, used bool) error {
		if slices.Contains(seen, card) {
			return nil
		}
		seen = append(seen, card)
		hash := cardHash(card)
		if !reg.othersHold(hash, id) {
			return nil
		}
		crowd, err := reg.crowd(hash, at)
		if err != nil {
			return err
		}
		if crowd != nil {
			facts.AddCrowd(*crowd)
			return nil
		}
		if !used {
			return nil
		}
		list, err := reg.assignments(hash)
		for j := range list {
			if a := &list[j]; a.Fact.PersonID != id && a.Fact.CardID == card {
				take(&fact{topic: topicCardAssignments, known: a.At, pos: a.Pos.V, record: &a.Fact})
			}
		}
		return err
	}
	for i := range facts.CardEvents {
		if err := look(facts.CardEvents[i].Fact.CardID, true); err != nil {
			return err
		}
	}
	for i := range len(facts.CardAssignments) {
		if err := look(facts.CardAssignments[i].Fact.CardID, false); err != nil {
			return err
		}
	}
	return nil
}
