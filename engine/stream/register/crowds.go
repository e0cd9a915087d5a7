package register

import (
	"strings"
	"sync"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
)

// A card that many persons hold at once counts as everybody's (duty.NewCrowd, decision 0017): what
// one of them does with it is not given to the others one by one. The position of each is unknown
// for as long as that person holds the card, which the person's own assignment and the register
// say.

// maxCrowds bounds the cards whose crowd is cached.
const maxCrowds = 1024

// crowds caches the assignments of cards that were given to several persons.
type crowds struct {
	mu   sync.Mutex
	list map[uint64]*cardCrowd
}

// cardCrowd is the cache entry of a card, valid for one newest assignment (where).
type cardCrowd struct {
	where uint64
	list  []duty.Known[duty.CardAssignment]
	// now is the crowd by all that is known, nil if there is none. then is the crowd by the first
	// known assignments of the list, for a clock at which no more are known.
	now, then *duty.Crowd
	known     int
}

// Crowd returns the crowd of a card that is everybody's, either at a clock or by all that the
// register knows; nil for any other card. The register may be ahead of a task, so a card that is
// everybody's to either counts.
func (g *Register) Crowd(card uint64, at duty.Instant) (*duty.Crowd, error) {
	g.mu.RLock()
	s, ok := g.Cards.find(card)
	g.mu.RUnlock()
	if !ok || !s.several() {
		return nil, nil
	}
	g.crowds.mu.Lock()
	defer g.crowds.mu.Unlock()
	c := g.crowds.list[card]
	if c == nil || c.where != s.where {
		list, err := g.Assignments(card)
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

// at returns the crowd of the card at a clock; nil if there is none.
func (c *cardCrowd) at(at duty.Instant) *duty.Crowd {
	if len(c.list) <= duty.CrowdAtOnce {
		return nil
	}
	if crowd, ok := duty.NewCrowd(c.list[0].Fact.CardID, c.list, at); ok {
		return &crowd
	}
	return nil
}

// AudienceOf returns the others whom a fact of a person concerns (Audience). An unreadable fact
// holds all who were ever given the card, even if it is everybody's.
func (g *Register) AudienceOf(f *stored.Fact, person string) ([]string, error) {
	if f.Bad != nil {
		return g.whole(person, f.CardOf())
	}
	return g.Audience(person, f.CardOf())
}

// Owed returns the others who are to be given what is known of a card. If lost is true, they are
// to be given only what could not be read.
func (g *Register) Owed(id string, card uint64) (to []string, lost bool, err error) {
	crowd, err := g.Crowd(card, duty.Forever)
	switch {
	case err != nil:
		return nil, false, err
	case crowd == nil:
		to, err = g.whole(id, card)
		return to, false, err
	case strings.HasPrefix(id, casefile.ParkedKey):
		to, err = g.whole(id, card)
		return to, true, err
	}
	return nil, false, nil
}

// Many reports whether a card was assigned often enough that it may have been everybody's.
func (g *Register) Many(card uint64) bool {
	g.crowds.mu.Lock()
	defer g.crowds.mu.Unlock()
	c := g.crowds.list[card]
	return c != nil && len(c.list) > duty.CrowdAtOnce
}
