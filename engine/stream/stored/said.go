package stored

import (
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/wire"
)

// Versions of the stored form of what was told: of a unit with one status so far, and of one that
// had others before.
const (
	saidVersion   = 1
	saidWithMoved = 2
)

// Change is the beginning of a stretch in which the last revision of a unit had one status.
type Change struct {
	// At is the clock of the first revision of the stretch.
	At     duty.Instant
	Status duty.Status
}

// Follow returns the changes before a new revision of a unit: last is the revision that it follows
// (nil for none), before are the changes before that one. What a unit was when a conviction was
// decided follows from them (CNT-09).
func Follow(last *duty.Said, before []Change) []Change {
	n := len(before)
	if last == nil || n > 0 && before[n-1].Status == last.Status {
		return before
	}
	return append(before[:n:n], Change{last.EvaluatedAt, last.Status})
}

// EncodeSaid returns the stored form of what was last told of one unit, and of what its status was
// before. Kind and date are left out: they are the key.
func EncodeSaid(s *duty.Said, before []Change) []byte {
	var w wire.Writer
	if len(before) == 0 {
		w.Byte(saidVersion)
	} else {
		w.Byte(saidWithMoved)
		w.Uint(uint64(len(before)))
		for _, c := range before {
			w.Int(int64(c.At))
			w.Byte(byte(c.Status))
		}
	}
	w.Int(int64(s.Revision))
	w.Byte(byte(s.Status))
	w.Bool(s.WithdrawnOutcome.OK)
	w.Byte(byte(s.WithdrawnOutcome.V))
	w.Int(int64(s.Instant))
	s.Fields(func(field any) { writeField(&w, field) })
	w.Text(s.PolicyDigest)
	w.Int(int64(s.EvaluatedAt))
	w.Text(s.Digest)
	return w.Bytes
}

// DecodeSaid reads the stored form of what was told of the unit of a kind and day.
func DecodeSaid(kind uint8, day int32, b []byte) (duty.Said, []Change, error) {
	r := wire.Reader{Rest: b}
	var before []Change
	switch r.Byte() {
	case saidVersion:
	case saidWithMoved:
		before = make([]Change, r.Count(2))
		for i := range before {
			before[i] = Change{duty.Instant(r.Int()), duty.Status(r.Byte())}
		}
	default:
		return duty.Said{}, nil, wire.ErrCut
	}
	s := duty.Said{Kind: duty.Kind(kind), Date: duty.Date(day)}
	s.Revision = int32(r.Int())
	s.Status = duty.Status(r.Byte())
	s.WithdrawnOutcome.OK = r.Bool()
	s.WithdrawnOutcome.V = duty.WithdrawnOutcome(r.Byte())
	s.Instant = duty.Instant(r.Int())
	s.Fields(func(field any) { readField(&r, field) })
	s.PolicyDigest = r.Text()
	s.EvaluatedAt = duty.Instant(r.Int())
	s.Digest = r.Text()
	return s, before, r.End()
}
