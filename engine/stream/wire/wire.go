package wire

import (
	"encoding/binary"
	"errors"
	"hash/fnv"
	"unsafe"

	"tilsyn/engine/duty"
)

// ErrCut says that stored bytes end too early or hold an impossible value.
var ErrCut = errors.New("a stored value is cut short or of another version")

// Writer builds a stored value: varints, and strings with their length in front. Reader reads it
// back.
type Writer struct{ Bytes []byte }

// Byte appends one byte.
func (w *Writer) Byte(v byte) { w.Bytes = append(w.Bytes, v) }

// Int appends a signed varint.
func (w *Writer) Int(v int64) { w.Bytes = binary.AppendVarint(w.Bytes, v) }

// Uint appends an unsigned varint.
func (w *Writer) Uint(v uint64) { w.Bytes = binary.AppendUvarint(w.Bytes, v) }

// Fixed appends eight bytes, big-endian.
func (w *Writer) Fixed(v uint64) { w.Bytes = binary.BigEndian.AppendUint64(w.Bytes, v) }

// Text appends a text with its length in front.
func (w *Writer) Text(s string) { w.Uint(uint64(len(s))); w.Bytes = append(w.Bytes, s...) }

// Bool appends one byte, 1 for true.
func (w *Writer) Bool(v bool) {
	if v {
		w.Byte(1)
	} else {
		w.Byte(0)
	}
}

// Texts appends a list of texts, preceded by its length.
func (w *Writer) Texts(v []string) {
	w.Uint(uint64(len(v)))
	for _, s := range v {
		w.Text(s)
	}
}

// OptInstant appends an instant that may be absent: a flag, then the instant if there is one.
func (w *Writer) OptInstant(v duty.Opt[duty.Instant]) {
	w.Bool(v.OK)
	if v.OK {
		w.Int(int64(v.V))
	}
}

// Reader reads what Writer wrote. The first error sticks, and every value read after it is zero.
// Rest is what is still to be read, Err the first error.
type Reader struct {
	Rest []byte
	Err  error
}

// fail records the error and drops the rest.
func (r *Reader) fail() { r.Rest, r.Err = nil, ErrCut }

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if len(r.Rest) == 0 {
		r.fail()
		return 0
	}
	v := r.Rest[0]
	r.Rest = r.Rest[1:]
	return v
}

// Int reads a signed varint.
func (r *Reader) Int() int64 {
	v, n := binary.Varint(r.Rest)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.Rest = r.Rest[n:]
	return v
}

// Ints reads as many signed varints as fit into v.
func (r *Reader) Ints(v []int64) {
	rest := r.Rest
	for i := range v {
		x, n := binary.Varint(rest)
		if n <= 0 {
			r.fail()
			clear(v)
			return
		}
		v[i], rest = x, rest[n:]
	}
	r.Rest = rest
}

// Uint reads an unsigned varint.
func (r *Reader) Uint() uint64 {
	v, n := binary.Uvarint(r.Rest)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.Rest = r.Rest[n:]
	return v
}

// Fixed reads eight bytes, big-endian.
func (r *Reader) Fixed() uint64 {
	if len(r.Rest) < 8 {
		r.fail()
		return 0
	}
	v := binary.BigEndian.Uint64(r.Rest)
	r.Rest = r.Rest[8:]
	return v
}

// Text reads a text; it is a copy.
func (r *Reader) Text() string {
	n := r.Uint()
	if n > uint64(len(r.Rest)) {
		r.fail()
		return ""
	}
	s := string(r.Rest[:n])
	r.Rest = r.Rest[n:]
	return s
}

// Bytes reads n bytes without copying: they share memory with the value that is read.
func (r *Reader) Bytes(n uint64) []byte {
	if n > uint64(len(r.Rest)) {
		r.fail()
		return nil
	}
	b := r.Rest[:n:n]
	r.Rest = r.Rest[n:]
	return b
}

// Bool reads one byte; anything but 0 is true.
func (r *Reader) Bool() bool { return r.Byte() != 0 }

// Count reads the number of elements that follow, each at least size bytes long. It fails if they
// cannot fit in the rest, so that a damaged number never causes a large allocation.
func (r *Reader) Count(size int) int {
	n := r.Uint()
	if n > uint64(len(r.Rest)/size) {
		r.fail()
		return 0
	}
	return int(n)
}

// Texts reads a list of texts; nil if it is empty.
func (r *Reader) Texts() []string {
	n := r.Count(1)
	if n == 0 {
		return nil
	}
	v := make([]string, n)
	for i := range v {
		v[i] = r.Text()
	}
	return v
}

// OptInstant reads an instant that may be absent.
func (r *Reader) OptInstant() duty.Opt[duty.Instant] {
	if !r.Bool() {
		return duty.None[duty.Instant]()
	}
	return duty.Some(duty.Instant(r.Int()))
}

// End returns the first error of the whole read. Bytes left over are an error too.
func (r *Reader) End() error {
	if r.Err == nil && len(r.Rest) > 0 {
		r.Err = ErrCut
	}
	return r.Err
}

// Hash returns the FNV-1a hash of what a Writer holds.
func Hash(w *Writer) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(w.Bytes) // a hash never fails
	return h.Sum64()
}

// View returns the bytes as a string without copying. They must not change while the string is in
// use.
func View(b []byte) string {
	return unsafe.String(unsafe.SliceData(b), len(b)) //nolint:gosec // the callers say how long it holds
}
