package state

import (
	"bytes"
	"slices"
)

// freshRecord is a record being merged, with the rank of its person.
type freshRecord struct {
	record
	rank uint32 // of the person on its page
}

// freshCursor iterates over the persons of the records being merged, for some days.
type freshCursor struct {
	m       *merger
	from    uint32        // first day
	to      uint32        // last day
	rest    []freshRecord // not read yet
	rank    uint32        // of person
	person  []byte        // nil behind the last
	records []record      // of person
	// same are records of the same rank whose person comes later.
	same []record
}

// next moves to the records of the next person, oldest first.
func (c *freshCursor) next() {
	c.records, c.person = c.records[:0], nil
	for len(c.same) == 0 {
		if len(c.rest) == 0 {
			return
		}
		c.fill()
	}
	c.person = c.same[0].person
	n := 1
	for n < len(c.same) && bytes.Equal(c.same[n].person, c.person) {
		n++
	}
	c.records, c.same = c.same[:n], c.same[n:]
}

// fill takes the records of the next rank, usually of one person.
func (c *freshCursor) fill() {
	c.rank, c.same = c.rest[0].rank, c.m.same[:0]
	mixed := false
	for len(c.rest) > 0 && c.rest[0].rank == c.rank {
		r := &c.rest[0].record
		c.rest = c.rest[1:]
		if r.day >= c.from && r.day <= c.to {
			mixed = mixed || len(c.same) > 0 && !bytes.Equal(c.same[0].person, r.person)
			c.same = append(c.same, *r)
		}
	}
	c.m.same = c.same
	if mixed {
		slices.SortStableFunc(c.same, func(a, b record) int { return bytes.Compare(a.person, b.person) })
	}
}
