package oracle

import (
	"slices"

	"tilsyn/engine/duty"
)

// A row that names nobody lies under its card: it is not the record of a person sent again
// (contract section 1).

// nameThem marks the bad rows that name their person.
func (w *world) nameThem(list []bad) {
	for i := range list {
		b := &list[i]
		own := func(k duty.Known[duty.CardEvent]) bool {
			return k.Fact.PersonID.OK && k.Fact.ID == b.id && k.At == b.known && k.Pos == b.pos
		}
		b.named = b.topic == duty.TopicCardEvents && slices.ContainsFunc(w.c.Person.CardEvents, own)
	}
}

// byNobody reports whether all readable rows of an id that were known at an instant name nobody.
func (w *world) byNobody(id string, known duty.Instant) bool {
	return !slices.ContainsFunc(w.c.Person.CardEvents, func(k duty.Known[duty.CardEvent]) bool {
		return k.Fact.ID == id && k.At == known && k.Fact.PersonID.OK && w.check.card(&k.Fact) && !tooFarAhead(&k)
	})
}
