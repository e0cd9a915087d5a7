package verify

import (
	"tilsyn/engine/casefile"
	"tilsyn/engine/control"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
)

// parked are rows without a person that may belong to nobody, in any partition, and all versions of rows
// that have several. Nil gathers none.
type parked struct {
	// at is the clock of the question.
	at   duty.Instant
	rows []duty.Known[duty.CardEvent]
}

// readParked takes in a row unless somebody held its card. Should another version of it say something else,
// share has them all.
func (v *verifier) readParked(f *stored.Fact, a casefile.About) error {
	e, ok := f.Record.(*duty.CardEvent)
	if v.watch == nil || v.watch.parked == nil || !ok || !a.Parked {
		return nil
	}
	p := v.watch.parked
	if f.Known > p.at {
		return nil
	}
	held, err := v.picture.Register.HeldAt(e, p.at)
	if !held && err == nil {
		p.rows = append(p.rows, stored.Known(f, e))
	}
	return err
}

// share takes in all versions of a row.
func (w *watched) share(list []concerning) {
	if w == nil || w.parked == nil {
		return
	}
	for i := range list {
		if e, ok := list[i].fact.Record.(*duty.CardEvent); ok {
			w.parked.rows = append(w.parked.rows, stored.Known(&list[i].fact, e))
		}
	}
}

// countUnlinked counts the rows that belong to nobody at the clock (IDN-10), as `replay` does.
func (v *verifier) countUnlinked(t *control.Tally) error {
	p := v.watch.parked
	sorted := duty.SortVersions[duty.CardEvent](p.rows)
	for _, k := range duty.InForce[duty.CardEvent](sorted, func(k *duty.Known[duty.CardEvent]) bool {
		return k.At <= p.at
	}) {
		if k.Fact.PersonID.OK {
			continue
		}
		if held, err := v.picture.Register.HeldAt(&k.Fact, p.at); err != nil {
			return err
		} else if !held {
			t.AddUnlinked(k.Fact.CentreID, k.Fact.DeviceID, k.Fact.OccurredAt)
		}
	}
	return nil
}
