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
	s, err := t.look()
	if err != nil {
		return nil, nil, err
	}
	page, after, err := t.start(cursor, limit)
	if err != nil {
		return nil, nil, err
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

// start checks a walk's bounds and says where it goes on.
func (t *task) start(cursor []byte, limit int) (page uint32, after []byte, err error) {
	switch {
	case limit <= 0:
		return 0, nil, fmt.Errorf("%w: a walk of at most %d persons", ErrBounds, limit)
	case cursor == nil:
		return 0, nil, nil
	case len(cursor) < 4 || binary.BigEndian.Uint32(cursor) >= uint32(t.pages):
		return 0, nil, fmt.Errorf("%w: a cursor that is none of this task", ErrBounds)
	}
	return binary.BigEndian.Uint32(cursor), cursor[4:], nil
}

// Pages is the number of pages; see [Task].
func (t *task) Pages() int { return t.pages }

// Page is the page that holds a person; see [Task].
func (t *task) Page(person []byte) uint32 { return pageOf(person, uint32(t.pages-1)) }

// PageHeaders walks the headers of a page; see [Task].
func (t *task) PageHeaders(page uint32, fn func(person []byte, next int64, data []byte) error) error {
	if page >= uint32(t.pages) {
		return fmt.Errorf("%w: page %d of %d", ErrBounds, page, t.pages)
	}
	s, err := t.look()
	if err != nil {
		return err
	}
	headers, err := t.headersNow(s, page)
	if err != nil {
		return known(err)
	}
	for i := range headers {
		if err := fn(headers[i].person, headers[i].next, headers[i].data); err != nil {
			return err
		}
	}
	return nil
}
