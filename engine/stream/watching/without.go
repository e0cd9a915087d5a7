package watching

import (
	"tilsyn/engine/duty"
	"tilsyn/engine/watch"
)

// Without returns a record that a Sheet made without the pairs of some persons, and with other ids for some rows; nil
// if nothing is left of it. renamed returns the id that a row shall have.
func Without(record []byte, person func(id string) bool, renamed func(row string) string) ([]byte, error) {
	w := leaver{person: person, renamed: renamed, to: Sheet{single: true}}
	if err := Decode(record, &w); err != nil {
		return nil, err
	}
	if w.to.Empty() {
		return nil, nil
	}
	return w.to.Records()[0], nil
}

// leaver is the Receiver that leaves persons out.
type leaver struct {
	person  func(string) bool
	renamed func(string) string
	to      Sheet
}

// Row implements Receiver.
func (w *leaver) Row(r watch.Row) {
	r.ID = w.renamed(r.ID)
	w.to.Row(&r)
}

// Pairs implements Receiver.
func (w *leaver) Pairs(person, policy string, since duty.Instant, pairs []duty.Pair) {
	if !w.person(person) {
		w.to.Pairs(person, policy, since, pairs)
	}
}

// Due implements Receiver.
func (w *leaver) Due(minutes int) { w.to.Due(minutes) }
