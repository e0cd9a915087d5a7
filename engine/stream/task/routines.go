package task

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
	"tilsyn/state"
)

// routines decides persons whose facts are ordinary from their rows alone (duty.Routine). It
// knows of no cycle and no store: it is given a person's rows and says what follows. What it
// returns is in its buffers, and valid until it is asked about the next person.
type routines struct {
	// on is true when the adjudicator supports routines.
	on bool
	// rows and advanced are the buffers for input and output, scratch is for headers, and ahead
	// for rows known after caught_up (tail).
	rows     routineRows
	advanced duty.Advanced
	scratch  []byte
	ahead    []*duty.Known[duty.CardEvent]
	// shown and input are the buffers for the routine that a walk shows, and for what is known beside it.
	shown stored.Routine
	input duty.Input
}

// advance decides the nights up to a clock; false if the routine cannot, and then m is no longer of
// use. The nights and the next instant are then in r.advanced. A night before the first
// registration is left to a full evaluation, since it counts in the case summary.
func (r *routines) advance(m *duty.Routine, in *duty.Input, rows []duty.Known[duty.CardEvent], at duty.Instant) bool {
	return m.Advance(in, rows, at, &r.advanced) && !slices.ContainsFunc(r.advanced.Nights, counted)
}

// counted reports whether a night of a routine counts in the case summary.
func counted(u duty.LedgerUnit) bool { return u.Outcome != duty.OutcomeCompliant }

// header is the stored form of a header with another routine; front and rest are its parts.
func (r *routines) header(m *stored.Routine, front *stored.HeaderFront, rest []byte) []byte {
	r.scratch = m.Append(r.scratch[:0])
	split := len(r.scratch)
	r.scratch = front.WithRoutine(r.scratch, r.scratch, rest)
	return r.scratch[split:]
}

// tail is where the person's rows end, including those known after the routine's clock; false
// unless these are the ordinary next ones, one after the other, and known by the limit.
func (r *routines) tail(m *duty.Routine, in *duty.Input, rows []duty.Known[duty.CardEvent],
	at, limit duty.Instant) (duty.RoutineTail, bool) {
	r.ahead = r.ahead[:0]
	for i := range rows {
		if rows[i].At > at {
			r.ahead = append(r.ahead, &rows[i])
		}
	}
	slices.SortFunc(r.ahead, func(a, b *duty.Known[duty.CardEvent]) int {
		return cmp.Compare(a.Fact.OccurredAt, b.Fact.OccurredAt)
	})
	tail, centre := m.Tail(), m.Centre()
	for i, k := range r.ahead {
		if i > 0 && k.Fact == r.ahead[i-1].Fact {
			continue // a walk may show the same row twice
		}
		if k.At > limit || !tail.Row(in, centre, &k.Fact, k.At) {
			return tail, false
		}
	}
	return tail, true
}

// routineDay is the first day of the rows that a routine still needs.
func routineDay(m *duty.Routine) int32 {
	if m.Centre() == "" || m.Since() == duty.Beginning {
		return state.Undated
	}
	return pageDay(m.Since())
}

// pageDay is the first day of the rows that happened at an instant or later (stored.Fact.Day).
func pageDay(t duty.Instant) int32 { return int32(stored.FloorDiv(int64(t), int64(duty.Day))) }

// routineRows are the rows given to a routine, in reused memory.
type routineRows struct {
	list []duty.Known[duty.CardEvent]
	// foreign is true if a fact among them is not a packed row.
	foreign bool
}

func (r *routineRows) reset() { r.list, r.foreign = r.list[:0], false }

// add unpacks a stored row of a person and appends it.
func (r *routineRows) add(shapes *stored.Shapes, task int32, b []byte, person string) error {
	if len(b) == 0 || b[0] != stored.PackedRow {
		r.foreign = true
		return nil
	}
	r.list = append(r.list, duty.Known[duty.CardEvent]{})
	return shapes.UnpackRow(b, person, task, stored.SharedRow, &r.list[len(r.list)-1])
}

// after is when the first row known after a clock becomes known.
func (r *routineRows) after(at duty.Instant) duty.Instant {
	next := duty.Forever
	for i := range r.list {
		if known := r.list[i].At; known > at {
			next = min(next, known)
		}
	}
	return next
}
