package stream

import (
	"context"

	"tilsyn/engine/duty"
)

// outsiders are persons whom one instance without hand-over cannot judge as
// `replay` does: facts of theirs may lie in other partitions. They are left out
// of comparisons, and counted.
type outsiders struct {
	linked, parked, shared map[string]bool
}

// Why a person is left out.
const (
	outNot = iota
	outLinked
	outParked
	outShared
)

func (o *outsiders) why(id string) int {
	switch {
	case o.linked[id]:
		return outLinked
	case o.parked[id]:
		return outParked
	case o.shared[id]:
		return outShared
	}
	return outNot
}

// cardUse is who holds or used a card.
type cardUse struct {
	persons []string
	parked  bool
}

// cardUses are the cards by id.
type cardUses map[string]*cardUse

func (c cardUses) of(id string) *cardUse {
	if c[id] == nil {
		c[id] = &cardUse{}
	}
	return c[id]
}

func (c *cardUse) add(person string) {
	for _, p := range c.persons {
		if p == person {
			return
		}
	}
	c.persons = append(c.persons, person)
}

// findOutsiders reads links, assignments and rows of all partitions.
func (v *verifier) findOutsiders(ctx context.Context) error {
	v.out = outsiders{linked: map[string]bool{}, parked: map[string]bool{}, shared: map[string]bool{}}
	var parts []Partition
	for _, topic := range []string{topicIdentityLinks, topicCardAssignments, topicCardEvents} {
		for i := range v.parts {
			parts = append(parts, Partition{Topic: topic, Index: i})
		}
	}
	cards := cardUses{}
	err := v.scan().all(ctx, parts, func(rec *Record) error {
		// What cannot be read is held under its key, wherever that is.
		if record, err := v.codec.Decode(rec.Topic, rec.Value); err == nil {
			v.out.see(record, cards)
		}
		return nil
	})
	for _, c := range cards {
		for _, p := range c.persons {
			v.out.parked[p] = v.out.parked[p] || c.parked
			v.out.shared[p] = v.out.shared[p] || len(c.persons) > 1
		}
	}
	return err
}

// see takes in a link, or who holds or used a card.
func (o *outsiders) see(record any, cards cardUses) {
	switch r := record.(type) {
	case *duty.IdentityLink:
		o.linked[r.PersonID], o.linked[r.AliasPersonID] = true, true
	case *duty.CardAssignment:
		cards.of(r.CardID).add(r.PersonID)
	case *duty.CardEvent:
		if r.PersonID.OK {
			cards.of(r.CardID).add(r.PersonID.V)
		} else {
			cards.of(r.CardID).parked = true
		}
	}
}
