package affected

import "tilsyn/engine/duty"

// Header is the first line of the lists.
type Header struct {
	Cause, CentreID string
	From, To, AsOf  duty.Instant
	PolicyDigest    string
	// Persons and Units are those listed; Told are the units of which something was told.
	Persons, Units, Told int
	// Complete is false while facts may be missing: a task is not caught up with the interval, or a
	// feed of the centre has been silent for too long (REL-06).
	Complete bool
}

// Totals counts shares.
type Totals struct{ Persons, Units, Told int }

// Add counts one share.
func (t *Totals) Add(s *Share) {
	t.Persons++
	t.Units += len(s.Units)
	for i := range s.Units {
		if s.Units[i].FirstTold.OK {
			t.Told++
		}
	}
}

// Merge adds counts of other shares.
func (t *Totals) Merge(o Totals) {
	t.Persons, t.Units, t.Told = t.Persons+o.Persons, t.Units+o.Units, t.Told+o.Told
}

// Header returns the first line. caughtUp says whether every fact that was known at the clock was read.
func (q *Question) Header(t Totals, caughtUp bool) Header {
	return Header{
		Cause: q.Cause, CentreID: q.CentreID, From: q.Span.From, To: q.Span.To, AsOf: q.At,
		PolicyDigest: q.policy().Digest, Persons: t.Persons, Units: t.Units, Told: t.Told,
		Complete: caughtUp && q.At >= q.Span.To && !q.world.Stale(q.CentreID, q.At),
	}
}
