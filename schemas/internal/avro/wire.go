package avro

import (
	"encoding/binary"
	"fmt"
)

// Error says why bytes do not fit the schema of their writer. It never quotes
// the bytes.
type Error struct {
	// Path is the path of fields, such as evidence[3].topic.
	Path string
	// Offset is in bytes from the start of the value.
	Offset int
	Reason string
}

// Error returns all parts in one line.
func (e *Error) Error() string {
	return fmt.Sprintf("%s: byte %d: %s", e.Path, e.Offset, e.Reason)
}

// cursor reads primitives from b.
type cursor struct {
	b []byte
	i int
	// items is how many items of arrays and maps may still be read: items that
	// take no bytes would else cost time without end.
	items int
}

// spareItems is how many items beyond the number of bytes are read.
const spareItems = 1 << 12

func newCursor(b []byte) *cursor { return &cursor{b: b, items: len(b) + spareItems} }

func (c *cursor) fail(reason string, args ...any) *Error {
	return &Error{Offset: c.i, Reason: fmt.Sprintf(reason, args...)}
}

func (c *cursor) long() (int64, *Error) {
	u, n := binary.Uvarint(c.b[c.i:])
	if n == 0 {
		return 0, c.fail("the bytes end in the middle of a number")
	}
	if n < 0 {
		return 0, c.fail("a number of more than 64 bits")
	}
	c.i += n
	return int64(u>>1) ^ -int64(u&1), nil
}

// take returns the next n bytes.
func (c *cursor) take(n int64) ([]byte, *Error) {
	left := len(c.b) - c.i
	if n < 0 || n > int64(left) {
		return nil, c.fail("%d bytes where %d are left", n, left)
	}
	out := c.b[c.i : c.i+int(n)]
	c.i += int(n)
	return out, nil
}

// sized returns the bytes of a string or bytes value.
func (c *cursor) sized() ([]byte, *Error) {
	n, err := c.long()
	if err != nil {
		return nil, err
	}
	return c.take(n)
}

// block returns how many items the next block holds, 0 at the end, and how many
// bytes they take, −1 where the writer did not say.
func (c *cursor) block() (items int, size int64, fail *Error) {
	n, err := c.long()
	if err != nil {
		return 0, 0, err
	}
	size = -1
	if n < 0 {
		if size, err = c.long(); err != nil {
			return 0, 0, err
		}
		if left := len(c.b) - c.i; size < 0 || size > int64(left) {
			return 0, 0, c.fail("a block of %d bytes where %d are left", size, left)
		}
		n = -n
	}
	if n < 0 || n > int64(c.items) {
		return 0, 0, c.fail("a block of %d items where %d bytes are left", n, len(c.b)-c.i)
	}
	c.items -= int(n)
	return int(n), size, nil
}

// index reads the index of a union branch or an enum symbol.
func (c *cursor) index(what string, n int) (int, *Error) {
	start := c.i
	k, err := c.long()
	if err != nil {
		return 0, err
	}
	if k < 0 || k >= int64(n) {
		c.i = start
		return 0, c.fail("the %s number %d of %d", what, k, n)
	}
	return int(k), nil
}
