package duty

import (
	"encoding/binary"
	"errors"
)

// routineVersion is the first byte of a stored routine. It changes whenever the
// form or the meaning of a field does.
const routineVersion = 2

// ErrRoutine says that bytes hold no routine that this version can go on with.
// The person is evaluated in full instead; nothing is lost.
var ErrRoutine = errors.New("duty: no routine of this version; evaluate in full and start again")

// AppendTo appends the stored form: some 28 bytes and the centre's id.
func (r *Routine) AppendTo(b []byte) []byte {
	b = append(b, routineVersion, byte(r.place)|byte(r.tailed)<<2|btob(r.noted)<<4)
	b = binary.AppendUvarint(b, uint64(len(r.centre)))
	b = append(b, r.centre...)
	b = binary.AppendVarint(b, int64(r.first))
	b = binary.AppendVarint(b, int64(r.night))
	for _, d := range [...]Date{r.notify, r.report, r.reported} {
		b = binary.AppendVarint(b, int64(d))
	}
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
	w := wireReader{b: b}
	if w.uint() != routineVersion {
		return Routine{}, b, ErrRoutine
	}
	flags := w.uint()
	r := Routine{place: place3(flags & 3), tailed: place3(flags >> 2 & 3), noted: flags&16 != 0}
	r.centre = w.text()
	r.first, r.night = Date(w.int()), Date(w.int())
	r.notify, r.report, r.reported = Date(w.int()), Date(w.int()), Date(w.int())
	r.since = Instant(w.int())
	instant := func() Instant {
		t := Instant(w.int())
		if t == Beginning || t == Forever || r.since == Beginning {
			return t
		}
		return t + r.since
	}
	r.seen, r.tail, r.guard = instant(), instant(), instant()
	r.guarded, r.wake = uint32(w.uint()), instant()
	if w.bad {
		return Routine{}, b, ErrRoutine
	}
	return r, w.b, nil
}

// wireReader reads the parts of a stored form, and notes where one is missing.
type wireReader struct {
	b   []byte
	bad bool // it ended too early, or a number was malformed
}

func (w *wireReader) uint() uint64 {
	v, n := binary.Uvarint(w.b)
	w.skip(n)
	return v
}

func (w *wireReader) int() int64 {
	v, n := binary.Varint(w.b)
	w.skip(n)
	return v
}

func (w *wireReader) text() string {
	n := w.uint()
	if n > uint64(len(w.b)) {
		w.bad = true
		return ""
	}
	s := string(w.b[:n])
	w.b = w.b[n:]
	return s
}

// skip passes over n bytes; none or fewer say that there was no number.
func (w *wireReader) skip(n int) {
	if n <= 0 {
		w.bad = true
		return
	}
	w.b = w.b[n:]
}
