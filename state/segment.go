package state

import (
	"bytes"
	"fmt"
)

// A segment holds facts and said of one page and day, or month, in the order of persons:
//
//	seal, then as one block per person: length person, length entries, entries
//	an entry: op, for said also kind, length data
//
// In a month, the entries of a person are in the order of days, and before the first of a day come
// opDay and the day's place in the month. The block of a day is in S2, that of a month in zstd.
//
// A person with very many entries comes several times in a row. Of all segments that hold something
// of a page and day, those with a higher sequence are newer: their said counts.

// opDay is before the entries of a day in a month.
const opDay = 4

// segmentWriter builds the segments of one page and day, or month.
type segmentWriter struct {
	month   bool
	out     []byte
	entries []byte                     // of the person at hand
	emit    func(segment []byte) error // takes a full segment
}

// add appends the records of one person; persons must come in order. A finished segment goes to
// emit, which must not keep it.
func (w *segmentWriter) add(records []record) error {
	for i := range records {
		r := &records[i]
		if w.month && (len(w.entries) == 0 || records[i-1].day != r.day) {
			w.entries = append(w.entries, opDay, byte(r.day%monthDays))
		}
		w.entries = append(w.entries, r.op)
		if r.op == opSaid {
			w.entries = append(w.entries, r.kind)
		}
		w.entries = appendBytes(w.entries, r.data)
		if len(w.entries) > partBytes || i == len(records)-1 {
			w.out = appendBytes(appendBytes(w.out, r.person), w.entries)
			w.entries = w.entries[:0]
			if len(w.out) >= partBytes {
				if err := w.flush(); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// flush finishes the segment.
func (w *segmentWriter) flush() error {
	if len(w.out) == 0 {
		return nil
	}
	err := w.emit(w.out)
	w.out = w.out[:0]
	return err
}

// cursor iterates over the persons of one segment.
type cursor struct {
	rest    []byte // not read yet
	person  []byte // nil behind the last
	entries []byte // of person
	rank    uint32 // of person on its page
	day     uint32 // ordered; the last one of a month
	seq     uint64 // of the merge that wrote the segment
}

// openSegment returns a cursor at the first person.
func openSegment(day uint32, seq uint64, segment []byte) (cursor, error) {
	c := cursor{day: day, seq: seq, rest: segment}
	return c, c.next()
}

func (c *cursor) next() (err error) {
	if len(c.rest) == 0 {
		c.person = nil
		return nil
	}
	c.person, c.entries, c.rest, err = readPerson(c.rest)
	c.rank = rankOf(hashOf(c.person))
	return err
}

// seek moves to a person, or to the first one behind it, and reports whether it was found.
func (c *cursor) seek(rank uint32, person []byte) (bool, error) {
	for c.person != nil {
		order := byRank(c.rank, c.person, rank, person)
		if order >= 0 {
			return order == 0, nil
		}
		if err := c.next(); err != nil {
			return false, err
		}
	}
	return false, nil
}

// take appends the records of the current person and moves behind it.
func (c *cursor) take(into []record) (_ []record, err error) {
	person := c.person
	for c.person != nil && bytes.Equal(c.person, person) {
		day := c.day
		for entries := c.entries; len(entries) > 0; {
			r := record{person: person, day: day}
			if entries, err = readEntry(entries, &r); err != nil {
				return into, err
			}
			day = r.day
			into = append(into, r)
		}
		if err := c.next(); err != nil {
			return into, err
		}
	}
	return into, nil
}

// readPerson reads the first person of a segment's bytes.
func readPerson(buf []byte) (person, entries, rest []byte, err error) {
	if person, buf, err = readBytes(buf); err != nil {
		return nil, nil, nil, err
	}
	entries, rest, err = readBytes(buf)
	return person, entries, rest, err
}

// readEntry reads the first entry of a person into r, which has the day of the entry before, or that of
// the segment.
func readEntry(buf []byte, r *record) (rest []byte, err error) {
	if len(buf) > 1 && buf[0] == opDay {
		r.day, buf = r.day-r.day%monthDays+uint32(buf[1])%monthDays, buf[2:]
	}
	if len(buf) == 0 {
		return nil, errShort
	}
	r.op, buf = buf[0], buf[1:]
	switch r.op {
	case opFact:
	case opSaid:
		if len(buf) == 0 {
			return nil, errShort
		}
		r.kind, buf = buf[0], buf[1:]
	default:
		return nil, fmt.Errorf("%w: a segment's entry is of unknown kind %d", ErrCorrupt, r.op)
	}
	r.data, rest, err = readBytes(buf)
	return rest, err
}
