package state

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
)

// A segment holds facts and said of one page and day, sorted by person:
//
//	seal, then as one S2 block per person: length person, length entries, entries
//	an entry: op, for said also kind, length data
//
// Segments of a page and day with a higher sequence are newer: their said wins.

// segmentWriter builds the segments of one page and day.
type segmentWriter struct {
	out     []byte
	entries []byte
	person  []byte
	emit    func(packed []byte) error
}

// add appends a record; persons must come in order. A finished segment goes to
// emit, which must not keep it.
func (w *segmentWriter) add(r *record) error {
	if !bytes.Equal(w.person, r.person) || len(w.entries) > partBytes {
		if err := w.endPerson(); err != nil {
			return err
		}
		w.person = r.person
	}
	w.entries = append(w.entries, r.op)
	if r.op == opSaid {
		w.entries = append(w.entries, r.kind)
	}
	w.entries = appendBytes(w.entries, r.data)
	return nil
}

func (w *segmentWriter) endPerson() error {
	if len(w.entries) > 0 {
		w.out = appendBytes(appendBytes(w.out, w.person), w.entries)
		w.entries = w.entries[:0]
	}
	if len(w.out) < partBytes {
		return nil
	}
	return w.flush()
}

func (w *segmentWriter) flush() error {
	if len(w.out) == 0 {
		return nil
	}
	err := w.emit(w.out)
	w.out = w.out[:0]
	return err
}

// close ends the last person and segment.
func (w *segmentWriter) close() error {
	if err := w.endPerson(); err != nil {
		return err
	}
	err := w.flush()
	w.person = nil
	return err
}

// readPerson reads the first person of a segment's bytes.
func readPerson(buf []byte) (person, entries, rest []byte, err error) {
	if person, buf, err = readBytes(buf); err != nil {
		return nil, nil, nil, err
	}
	entries, rest, err = readBytes(buf)
	return person, entries, rest, err
}

// readEntry reads the first entry of a person into r.
func readEntry(buf []byte, r *record) (rest []byte, err error) {
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

// headerEntry is one person of a header page.
type headerEntry struct {
	person []byte
	data   []byte
	next   int64
}

// readHeaders decodes a header page, sorted by person, appending to into.
func readHeaders(page []byte, into []headerEntry) ([]headerEntry, error) {
	for len(page) > 0 {
		var e headerEntry
		var err error
		if e.person, page, err = readBytes(page); err != nil {
			return nil, err
		}
		if len(page) < 8 {
			return nil, errShort
		}
		e.next, page = int64(binary.BigEndian.Uint64(page)), page[8:]
		if e.data, page, err = readBytes(page); err != nil {
			return nil, err
		}
		into = append(into, e)
	}
	return into, nil
}

// writeHeaders appends the encoding of a header page and returns its earliest
// next.
func writeHeaders(out []byte, entries []headerEntry) (page []byte, next int64) {
	next = Never
	for _, e := range entries {
		out = appendBytes(out, e.person)
		out = binary.BigEndian.AppendUint64(out, uint64(e.next))
		out = appendBytes(out, e.data)
		next = min(next, e.next)
	}
	return out, next
}

// mergeHeaders sorts entries by person and keeps the last one of each.
func mergeHeaders(entries []headerEntry) []headerEntry {
	slices.SortStableFunc(entries, func(a, b headerEntry) int { return bytes.Compare(a.person, b.person) })
	out := entries[:0]
	for _, e := range entries {
		if n := len(out); n > 0 && bytes.Equal(out[n-1].person, e.person) {
			out[n-1] = e
		} else {
			out = append(out, e)
		}
	}
	return out
}
