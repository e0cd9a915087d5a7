package schemas

import (
	"encoding/binary"
	"fmt"
	"math"
	"unicode/utf8"
	"unsafe"
)

// This file holds the primitives of the Avro binary form that the generated
// codecs are made of.

// DecodeError says why a value could not be read. It never quotes the value,
// which may be personal.
type DecodeError struct {
	// Record is the name of the outermost record.
	Record string
	// Field is the path of the field, such as evidence[3].topic; empty where
	// the fault is not inside a field.
	Field string
	// Offset is where the fault was found, in bytes from the start of what
	// was given to the decoder.
	Offset int
	// Reason says what is wrong and what would be right.
	Reason string
}

// Error returns all parts in one line.
func (e *DecodeError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("%s: byte %d: %s", e.Record, e.Offset, e.Reason)
	}
	return fmt.Sprintf("%s.%s: byte %d: %s%s", e.Record, e.Field, e.Offset, e.Reason, e.allowed())
}

func appendLong(b []byte, n int64) []byte { return binary.AppendVarint(b, n) }

func appendString(b []byte, s string) []byte {
	b = appendLong(b, int64(len(s)))
	return append(b, s...)
}

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}

// appendEnum appends an enum value; one that is no symbol becomes UNKNOWN.
func appendEnum(b []byte, v uint8, symbols int) []byte {
	if int(v) >= symbols {
		v = 0
	}
	return appendLong(b, int64(v))
}

// reader reads primitives from b. After the first fault every read returns
// zero and the fault stays in err.
type reader struct {
	b      []byte
	i      int
	err    *DecodeError
	record string
	shared bool // strings may share memory with the input
	// own is set where we wrote the bytes ourselves: their strings are UTF-8.
	own bool
	// unsized refuses blocks of arrays that say how many bytes they take: whether that is true, others find out.
	unsized bool
}

// end returns what was not read, or the fault.
func (r *reader) end() ([]byte, error) {
	if r.err != nil {
		return nil, r.err
	}
	return r.b[r.i:], nil
}

func (r *reader) fail(field, reason string) { r.failAt(r.i, field, reason) }

func (r *reader) failAt(offset int, field, reason string) {
	if r.err == nil {
		r.err = &DecodeError{Record: r.record, Field: field, Offset: offset, Reason: reason}
		r.b, r.i = nil, 0
	}
}

// in puts the name of an enclosing field before the path of a fault that was
// found inside it.
func (r *reader) in(field string) {
	if r.err != nil {
		r.err.Field = field + "." + r.err.Field
	}
}

func (r *reader) inItem(field string, index int) {
	if r.err != nil {
		r.err.Field = fmt.Sprintf("%s[%d].%s", field, index, r.err.Field)
	}
}

const (
	truncated = "the bytes end in the middle of the field"
	tooLong   = "a number of more than 64 bits"
)

func (r *reader) long(field string) int64 {
	if r.i < len(r.b) && r.b[r.i] < 0x80 {
		c := r.b[r.i]
		r.i++
		return int64(c>>1) ^ -int64(c&1)
	}
	return r.longer(field)
}

// longer is long for a number of more than one byte.
func (r *reader) longer(field string) int64 {
	u, n := binary.Uvarint(r.b[r.i:])
	if n <= 0 {
		if n == 0 {
			r.fail(field, truncated)
		} else {
			r.fail(field, tooLong)
		}
		return 0
	}
	r.i += n
	return int64(u>>1) ^ -int64(u&1)
}

func (r *reader) int(field string) int32 {
	start := r.i
	n := r.long(field)
	if n < math.MinInt32 || n > math.MaxInt32 {
		r.failAt(start, field, "a number of more than 32 bits")
		return 0
	}
	return int32(n)
}

func (r *reader) boolean(field string) bool {
	if r.i >= len(r.b) {
		r.fail(field, truncated)
		return false
	}
	c := r.b[r.i]
	if c > 1 {
		r.fail(field, "a boolean that is neither 0 nor 1")
		return false
	}
	r.i++
	return c == 1
}

func (r *reader) str(field string) string {
	start := r.i
	n := r.long(field)
	if n < 0 || n > int64(len(r.b)-r.i) {
		if r.err == nil {
			r.failAt(start, field, fmt.Sprintf("a string of %d bytes where %d bytes are left", n, len(r.b)-start))
		}
		return ""
	}
	s := r.b[r.i : r.i+int(n)]
	if !r.own && !utf8.Valid(s) {
		r.fail(field, "a string that is not UTF-8")
		return ""
	}
	r.i += int(n)
	if r.shared {
		return unsafe.String(unsafe.SliceData(s), len(s))
	}
	return string(s)
}

// enum reads the index of a symbol. UNKNOWN, which stands for every symbol that
// the writer knew and we do not, is a fault (contract §1).
func (r *reader) enum(field string, symbols int) uint8 {
	if r.i < len(r.b) {
		if c := r.b[r.i]; c != 0 && c&0x81 == 0 && int(c>>1) < symbols {
			r.i++
			return c >> 1
		}
	}
	start := r.i
	n := r.anyEnum(field, symbols)
	if n == 0 && r.err == nil {
		r.failAt(start, field, "the symbol UNKNOWN, or one that this version does not know")
	}
	return n
}

// anyEnum is enum for a field where UNKNOWN is a value like any other.
func (r *reader) anyEnum(field string, symbols int) uint8 {
	start := r.i
	n := r.long(field)
	if n < 0 || n >= int64(symbols) {
		r.failAt(start, field, fmt.Sprintf("the symbol number %d of an enum with %d symbols", n, symbols))
		return 0
	}
	return uint8(n)
}

// present reads the branch of a union of null and something.
func (r *reader) present(field string) bool {
	if r.i < len(r.b) && r.b[r.i]&^2 == 0 {
		r.i++
		return r.b[r.i-1] == 2
	}
	start := r.i
	n := r.long(field)
	if n != 0 && n != 1 {
		r.failAt(start, field, fmt.Sprintf("the branch number %d of a union with 2 branches", n))
		return false
	}
	return n == 1
}

// block reads the head of the next block of an array whose items take at least
// minSize bytes, and returns how many items it holds; 0 ends the array.
func (r *reader) block(field string, minSize int) int {
	start := r.i
	n := r.long(field)
	if n < 0 {
		if r.unsized {
			r.failAt(start, field, "a block that says its size")
			return 0
		}
		size := r.long(field)
		if r.err == nil && (size < 0 || size > int64(len(r.b)-r.i)) {
			r.failAt(start, field, fmt.Sprintf("a block of %d bytes where %d bytes are left", size, len(r.b)-start))
			return 0
		}
		n = -n
	}
	if n < 0 || n > int64((len(r.b)-r.i)/minSize) {
		r.failAt(start, field, fmt.Sprintf("a block of %d items where %d bytes are left", n, len(r.b)-start))
		return 0
	}
	return int(n)
}

// grow makes room for the first items, but for no more than a bounded number:
// what a block says is not yet what it holds.
func grow[T any](s []T, n int) []T {
	const most = 256
	if s == nil {
		s = make([]T, 0, min(n, most))
	}
	return s
}
