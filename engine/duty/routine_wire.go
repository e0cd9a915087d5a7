package duty

import (
	"encoding/binary"
	"errors"
)

// routineVersion is the first byte of a stored routine. It changes whenever the
// form or the meaning of a field does.
const routineVersion = 1

// ErrRoutine says that bytes hold no routine that this version can go on with.
// The person is evaluated in full instead; nothing is lost.
var ErrRoutine = errors.New("duty: no routine of this version; evaluate in full and start again")

// AppendTo appends the stored form: some 25 bytes and the centre's id.
func (r *Routine) AppendTo(b []byte) []byte {
	b = append(b, routineVersion, byte(r.place)|byte(r.tailed)<<2|btob(r.quiet)<<4)
	b = binary.AppendUvarint(b, uint64(len(r.centre)))
	b = append(b, r.centre...)
	b = binary.AppendVarint(b, int64(r.first))
	b = binary.AppendVarint(b, int64(r.night))
	b = binary.AppendVarint(b, int64(r.since))
	for _, t := range [...]Instant{r.seen, r.tail, r.guard} {
		b = binary.AppendVarint(b, fromSince(t, r.since))
	}
	b = binary.AppendUvarint(b, uint64(r.guarded))
	return binary.AppendVarint(b, fromSince(r.wake, r.since))
}

func btob(b bool) byte { return byte(btoi(b)) }

// fromSince shortens an instant to its distance, and an open end to one that no
// fact can have.
func fromSince(t, since Instant) int64 {
	switch t {
	case Beginning, Forever:
		return int64(t)
	}
	if since == Beginning {
		return int64(t)
	}
	return int64(t - since)
}

// ReadRoutine reads what AppendTo wrote and returns the bytes behind it. The
// routine shares no memory with b.
func ReadRoutine(b []byte) (Routine, []byte, error) {
	if len(b) < 3 || b[0] != routineVersion {
		return Routine{}, b, ErrRoutine
	}
	flags := b[1]
	r := Routine{place: place3(flags & 3), tailed: place3(flags >> 2 & 3), quiet: flags&16 != 0}
	b = b[2:]
	n, k := binary.Uvarint(b)
	if k <= 0 || n > uint64(len(b)-k) {
		return Routine{}, b, ErrRoutine
	}
	r.centre, b = string(b[k:k+int(n)]), b[k+int(n):]
	bad := false
	number := func() int64 {
		v, k := binary.Varint(b)
		if k <= 0 {
			bad = true
			return 0
		}
		b = b[k:]
		return v
	}
	instant := func() Instant {
		t := Instant(number())
		if t == Beginning || t == Forever || r.since == Beginning {
			return t
		}
		return t + r.since
	}
	r.first, r.night, r.since = Date(number()), Date(number()), Instant(number())
	r.seen, r.tail, r.guard = instant(), instant(), instant()
	guarded, k := binary.Uvarint(b)
	if k <= 0 || bad {
		return Routine{}, b, ErrRoutine
	}
	r.guarded, b = uint32(guarded), b[k:]
	if r.wake = instant(); bad {
		return Routine{}, b, ErrRoutine
	}
	return r, b, nil
}
