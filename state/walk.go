package state

import (
	"bytes"
	"encoding/binary"
)

// WalkDue visits persons that are due; see [Task].
func (t *task) WalkDue(until int64, cursor []byte, limit int, days func(header []byte) int32, visit func(v *View) error) (next []byte, err error) {
	s, err := t.look()
	if err != nil {
		return cursor, err
	}
	page, after, err := t.start(cursor, limit)
	if err != nil {
		return cursor, err
	}
	next = cursor
	visited := 0
	for ; page < uint32(t.pages); page, after = page+1, nil {
		if until != Never && t.due[page] > until {
			continue
		}
		headers, err := t.headersNow(s, page)
		if err != nil {
			return next, known(err)
		}
		due := dueAfter(headers, until, after)
		if left := limit - visited; len(due) > left && visited > 0 {
			return next, nil
		}
		for i := range due {
			if visited == limit {
				return next, nil
			}
			if err := t.visit(s, &due[i], days, visit); err != nil {
				return next, err
			}
			visited++
			next = append(binary.BigEndian.AppendUint32(nil, page), due[i].person...)
		}
	}
	return nil, nil
}

// dueAfter keeps the headers of a page that are due and behind a person.
func dueAfter(headers []headerEntry, until int64, after []byte) []headerEntry {
	due := headers[:0]
	for _, h := range headers {
		if h.next <= until && bytes.Compare(h.person, after) > 0 {
			due = append(due, h)
		}
	}
	return due
}

func (t *task) visit(s sight, h *headerEntry, days func(header []byte) int32, visit func(v *View) error) error {
	v := View{Person: h.person, Header: Header{Next: h.next, Data: h.data, Known: true}}
	if from := days(h.data); from != OnlyHeader {
		who := string(h.person)
		undated, err := t.person(s, who, OnlyUndated)
		if err != nil {
			return known(err)
		}
		p, err := t.person(s, who, from)
		if err != nil {
			return known(err)
		}
		v.Facts, v.Said, v.Undated = p.Facts, p.Said, len(undated.Facts)
	}
	return visit(&v)
}
