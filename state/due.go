package state

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Due returns persons that are due; see [Task].
func (t *task) Due(until int64, cursor []byte, limit int) ([]string, []byte, error) {
	return t.walk(cursor, limit, until)
}

// Persons returns all persons; see [Task].
func (t *task) Persons(cursor []byte, limit int) ([]string, []byte, error) {
	return t.walk(cursor, limit, Never)
}

// walk lists persons whose header has Next <= until, page by page. A cursor is
// the page and the person that were returned last.
func (t *task) walk(cursor []byte, limit int, until int64) (persons []string, next []byte, err error) {
	if limit <= 0 {
		return nil, nil, fmt.Errorf("%w: a walk of at most %d persons", ErrBounds, limit)
	}
	s, err := t.look()
	if err != nil {
		return nil, nil, err
	}
	page, after := uint32(0), []byte(nil)
	if cursor != nil {
		if len(cursor) < 4 || binary.BigEndian.Uint32(cursor) >= uint32(t.pages) {
			return nil, nil, fmt.Errorf("%w: a cursor that is none of this task", ErrBounds)
		}
		page, after = binary.BigEndian.Uint32(cursor), cursor[4:]
	}
	for ; page < uint32(t.pages); page, after = page+1, nil {
		if until != Never && t.due[page] > until {
			continue
		}
		headers, err := t.headersNow(s, page)
		if err != nil {
			return nil, nil, known(err)
		}
		for _, h := range headers {
			if h.next > until || bytes.Compare(h.person, after) <= 0 {
				continue
			}
			if len(persons) == limit {
				return persons, next, nil
			}
			persons = append(persons, string(h.person))
			next = append(binary.BigEndian.AppendUint32(next[:0], page), h.person...)
		}
	}
	return persons, nil, nil
}

// headersNow are the headers of a page with what waits for a merge, sorted by
// person. It also makes the page's bound exact.
func (t *task) headersNow(s sight, page uint32) ([]headerEntry, error) {
	stored, err := t.storedHeaders(page)
	if err != nil {
		return nil, err
	}
	all := append(t.header[:0], stored...)
	for _, p := range []*pending{s.frozen, t.active} {
		if t.scratch, err = p.page(page, t.scratch[:0]); err != nil {
			return nil, err
		}
		for _, r := range t.scratch {
			if r.op == opHeader {
				all = append(all, headerEntry{person: r.person, data: r.data, next: r.next})
			}
		}
	}
	if len(all) > len(stored) {
		all = mergeHeaders(all)
	}
	t.header = all
	next := Never
	for i := range all {
		next = min(next, all[i].next)
	}
	t.due[page] = next
	return all, nil
}
