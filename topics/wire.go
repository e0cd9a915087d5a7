package topics

import (
	"encoding/binary"
	"errors"
)

// The part of Kafka's encoding that this package writes and reads itself, where the protocol
// package allocates per record, cannot express what is needed, or reads fields in the wrong order.

func appendInt16(b []byte, v int16) []byte { return binary.BigEndian.AppendUint16(b, uint16(v)) }
func appendInt32(b []byte, v int32) []byte { return binary.BigEndian.AppendUint32(b, uint32(v)) }
func appendInt64(b []byte, v int64) []byte { return binary.BigEndian.AppendUint64(b, uint64(v)) }

func appendString(b []byte, s string) []byte {
	return append(appendInt16(b, int16(len(s))), s...)
}

func appendNullableString(b []byte, s string) []byte {
	if s == "" {
		return appendInt16(b, -1)
	}
	return appendString(b, s)
}

var errShort = errors.New("the broker's answer is cut short")

// reader reads a response body. After the first error everything reads as zero, and err says so.
type reader struct {
	b   []byte
	err error
}

func (r *reader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.b) {
		r.err = errShort
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) int16() int16 {
	if b := r.take(2); b != nil {
		return int16(binary.BigEndian.Uint16(b))
	}
	return 0
}

func (r *reader) int32() int32 {
	if b := r.take(4); b != nil {
		return int32(binary.BigEndian.Uint32(b))
	}
	return 0
}

func (r *reader) int64() int64 {
	if b := r.take(8); b != nil {
		return int64(binary.BigEndian.Uint64(b))
	}
	return 0
}

// count reads the length of an array whose elements take at least size bytes each, so that a
// damaged length cannot cause a large allocation. A null array is empty.
func (r *reader) count(size int) int {
	n := int(r.int32())
	if n < 0 {
		return 0
	}
	if n > len(r.b)/size {
		r.err = errShort
		return 0
	}
	return n
}

// text reads a string; null reads as empty.
func (r *reader) text() []byte {
	n := r.int16()
	if n < 0 {
		return nil
	}
	return r.take(int(n))
}

// bytes reads a nullable byte array.
func (r *reader) bytes() []byte {
	n := r.int32()
	if n < 0 {
		return nil
	}
	return r.take(int(n))
}

// The same in flexible versions (KIP-482): lengths are unsigned varints plus one, zero is null,
// and every struct ends with tagged fields.

func appendUvarint(b []byte, v uint64) []byte { return binary.AppendUvarint(b, v) }

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if r.err != nil || n <= 0 {
		r.err = errShort
		return 0
	}
	r.b = r.b[n:]
	return v
}

// compactCount is count for a compact array.
func (r *reader) compactCount(size int) int {
	n := r.uvarint()
	if n == 0 {
		return 0
	}
	if n-1 > uint64(len(r.b)/size) {
		r.err = errShort
		return 0
	}
	return int(n - 1)
}

// compactText reads a compact string; null reads as empty.
func (r *reader) compactText() []byte {
	return r.take(r.compactCount(1))
}

// tags skips the tagged fields.
func (r *reader) tags() {
	for range r.tagCount() {
		r.uvarint()
		n := r.uvarint()
		if n > uint64(len(r.b)) {
			r.err = errShort
			return
		}
		r.take(int(n))
	}
}

// tagCount reads the number of tagged fields.
func (r *reader) tagCount() int {
	n := r.uvarint()
	if n > uint64(len(r.b)/2) {
		r.err = errShort
		return 0
	}
	return int(n)
}
