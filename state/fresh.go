package state

import (
	"bytes"
	"slices"
)

// freshCursor walks the persons of the records that are merged, of one day.
type freshCursor struct {
	m       *merger
	day     uint32
	refs    []ref // not read yet
	rank    uint32
	person  []byte // nil behind the last
	records []record
	// same are records of the same rank whose person comes later.
	same []record
}

// next reads the records of the next person, oldest first.
func (c *freshCursor) next() error {
	c.records, c.person = c.records[:0], nil
	for len(c.same) == 0 {
		if len(c.refs) == 0 {
			return nil
		}
		if err := c.fill(); err != nil {
			return err
		}
	}
	c.person = c.same[0].person
	n := 1
	for n < len(c.same) && bytes.Equal(c.same[n].person, c.person) {
		n++
	}
	c.records, c.same = c.same[:n], c.same[n:]
	return nil
}

// fill reads the records of the next rank. They are mostly one person's.
func (c *freshCursor) fill() error {
	c.rank, c.same = c.refs[0].rank(), c.m.same[:0]
	mixed := false
	for len(c.refs) > 0 && c.refs[0].rank() == c.rank {
		r, err := c.m.p.record(c.refs[0])
		if err != nil {
			return err
		}
		c.refs = c.refs[1:]
		if r.op != opHeader && r.day == c.day {
			mixed = mixed || len(c.same) > 0 && !bytes.Equal(c.same[0].person, r.person)
			c.same = append(c.same, r)
		}
	}
	c.m.same = c.same
	if mixed {
		slices.SortStableFunc(c.same, func(a, b record) int { return bytes.Compare(a.person, b.person) })
	}
	return nil
}
