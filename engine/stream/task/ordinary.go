package task

import (
	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/claims"
	"tilsyn/engine/stream/spare"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/wire"
)

// rowStack holds the rows of a cycle that were filed without loading their persons: the packed
// forms one after another, each linked to the previous row of the same person.
type rowStack struct {
	// row is the card row being filed.
	row   duty.CardEvent
	rows  []stackedRow
	bytes []byte
}

// stackedRow is one of these rows.
type stackedRow struct {
	// who is the index of the person's entry; before is one more than the index of the person's
	// previous row, 0 for none.
	who, before uint32
	from, to    uint32
	day         int32
}

// fileOrdinary files a row by what is in memory of its person alone; false if the row has to
// take the long way, which finds out what is special about it. It does so only if the row gives
// no reason to evaluate the person early: either the person is due anyway, no later than the
// row was known and with nothing told, or the row is the ordinary next one of a person whose
// rows are in order (duty.Routine).
func (t *Task) fileOrdinary(rec *broker.Record, live bool) (bool, error) {
	e := &t.cycle.stack.row
	if !t.readable(rec, e) {
		return false, nil
	}
	who, err := t.roster.find(rec.Key)
	if err != nil || who == noResident {
		return false, err
	}
	r := &t.roster.entries[who]
	if r.flags&(isKnown|isSpecial|inCycle) != isKnown || r.card != casefile.CardHash(e.CardID) {
		return false, nil
	}
	due := r.next <= rec.At && r.flags&(wasTold|hasRoutine) == 0 && r.centre != 0 &&
		r.centre == t.roster.shapes.Centre(e.CentreID)
	turns := t.turnsOf(r)
	if r.flags&isGuarded == 0 {
		turns.end = endUnknown // looked for when the person gets a card with anti-passback
	} else if !turns.row(e, rec.At) {
		return false, nil
	}
	name := casefile.FactName(stored.RowCode, e.ID)
	if !t.moved.empty() && t.moved.has(name) || t.claims.Contested.Has(name) {
		return false, nil
	}
	if !due && !t.nextOfRoutine(r, e, rec.At) {
		return false, nil
	}
	from := len(t.cycle.stack.bytes)
	packed, ok := t.roster.shapes.PackRow(t.cycle.stack.bytes, e, rec.At, rec.Offset)
	if !ok {
		return false, nil
	}
	t.cycle.stack.push(&t.roster, who, packed, from, stored.RowDay(e))
	t.carried.takes(who, e, rec.At)
	t.claims.Claim(name, claims.KeyHash(rec.Key), live)
	r.end, t.forward.newest = turns.end, turns.newest
	if live && r.flags&isGuarded != 0 && e.Kind == duty.CardEventKindPassage {
		t.forward.forwardSensible(e, rec.At) // it is plain
	} else if live {
		t.forward.forwardRow(e, rec.At)
	}
	t.cycle.move()
	return true, nil
}

// readable decodes a row that lies under its own person's key and is not known too far ahead of
// the clock; false for any other record.
func (t *Task) readable(rec *broker.Record, e *duty.CardEvent) bool {
	return rec.Topic == duty.TopicCardEvents && rec.At <= t.watermark.Limit() && t.codec.DecodeRow(rec.Value, e) == nil &&
		e.PersonID.OK && e.PersonID.V == wire.View(rec.Key) && duty.UsableKey(wire.View(rec.Key))
}

// push adds a packed row that begins at from; packed is the extended s.bytes.
func (s *rowStack) push(all *roster, who uint32, packed []byte, from int, day int32) {
	r := &all.entries[who]
	s.bytes = packed
	s.rows = append(s.rows, stackedRow{who: who, before: r.rows, from: uint32(from), to: uint32(len(packed)), day: day})
	r.rows = uint32(len(s.rows))
}

// reset empties the stack and keeps its memory, if that is worth keeping.
func (s *rowStack) reset(all *roster, rows, bytes *spare.Use) {
	for i := range s.rows {
		all.entries[s.rows[i].who].rows = 0
	}
	s.rows, s.bytes = spare.Slice(rows, s.rows), spare.Slice(bytes, s.bytes)
}

// each calls f with the packed rows of a person, newest first.
func (s *rowStack) each(r *resident, f func(packed []byte) error) error {
	for n := r.rows; n != 0; n = s.rows[n-1].before {
		if err := f(s.bytes[s.rows[n-1].from:s.rows[n-1].to]); err != nil {
			return err
		}
	}
	return nil
}
