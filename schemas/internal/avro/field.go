package avro

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// StringField reads the string of one field of a record, passing over the
// fields before it, and false where the bytes do not reach it or the field is
// no string. What comes after the field may be damaged.
func StringField(s *Schema, b []byte, name string) (string, bool) {
	c, f := seek(s, b, name)
	if f == nil {
		return "", false
	}
	t := f.Type
	if t.Kind == Union {
		k, err := c.index("union branch", len(t.Branches))
		if err != nil {
			return "", false
		}
		t = t.Branches[k]
	}
	if t.Kind != String {
		return "", false
	}
	x, err := c.sized()
	return string(x), err == nil
}

// TimeField reads one time out of the records of a writer, in milliseconds
// whatever unit the writer has. It is immutable and safe for concurrent use.
type TimeField struct {
	writer *Schema
	name   string
	plan   *Plan
}

// optionalTime is how the reader of a time that may be missing has it.
var optionalTime = &Schema{Kind: Union, Branches: []*Schema{{Kind: Null}, {Kind: Long, Logical: TimestampMillis}}}

// CompileTime finds the field of that name, and returns nil where the writer has
// none. An error says why it may hold what is no time.
func CompileTime(writer *Schema, name string) (*TimeField, error) {
	f := writer.Field(name)
	if f == nil {
		return nil, nil
	}
	at := baseName(writer.Name) + "." + name
	root, err := compile(f.Type, optionalTime, at, 0)
	if err != nil {
		return nil, err
	}
	for i, b := range root.branches {
		if b.op == opNever {
			return nil, fmt.Errorf("%s: a value may be %s: %s", at, describe(f.Type.Branches[i]),
				strings.TrimPrefix(b.reason, at+": "))
		}
	}
	return &TimeField{writer, name, &Plan{root}}, nil
}

// Read returns the time of a record in milliseconds since 1970 UTC, and false
// where it is null or f is nil. The bytes after the field may be damaged; an error
// is an *Error and says why those up to it cannot be read.
func (f *TimeField) Read(record []byte) (ms int64, there bool, err error) {
	if f == nil {
		return 0, false, nil
	}
	c, found := seek(f.writer, record, f.name)
	if found == nil {
		return 0, false, c.fail("the bytes do not reach %s", f.name)
	}
	var room [2 * binary.MaxVarintLen64]byte
	out, fail := f.plan.root.run(c, room[:0])
	if fail != nil {
		return 0, false, within(fail, f.name)
	}
	if len(out) == 1 { // the branch of null alone
		return 0, false, nil
	}
	ms, _ = binary.Varint(out[1:])
	return ms, true, nil
}

// seek stands at the value of a field, and returns nil where the bytes do not
// reach it.
func seek(s *Schema, b []byte, name string) (*cursor, *Field) {
	c := newCursor(b)
	for _, f := range s.Fields {
		if f.Name == name {
			return c, f
		}
		if c.skip(f.Type, 0) != nil {
			return c, nil
		}
	}
	return c, nil
}

// Skip returns what follows one value of a schema in b.
func Skip(s *Schema, b []byte) ([]byte, error) {
	c := newCursor(b)
	if err := c.skip(s, 0); err != nil {
		return nil, err
	}
	return b[c.i:], nil
}
