package state

import (
	"encoding/binary"
	"fmt"

	badger "github.com/dgraph-io/badger/v4"
)

// walker is the memory of walks over header pages, separate from that of Person and Header, so
// that a visitor may call these.
type walker struct {
	stored  []headerEntry
	scratch headerScratch
	page    pageReader
	group   pageGroup
	// unpacked is for walks that only read headers.
	unpacked []byte
}

// Due returns persons that are due; see [Task].
func (t *task) Due(until int64, cursor []byte, limit int) (persons []string, next []byte, err error) {
	page, after, err := t.start(cursor, limit)
	if err != nil {
		return nil, nil, err
	}
	more := false
	err = t.eachPage(page, until, func(sc *scan, s sight, page uint32) (bool, error) {
		headers, err := t.headersNow(sc, s, page, &t.walker.unpacked)
		if err != nil {
			return false, err
		}
		for _, h := range after.behind(page, headers) {
			if h.next > until {
				continue
			}
			if len(persons) == limit {
				more = true
				return false, nil
			}
			persons = append(persons, string(h.person))
			next = append(binary.BigEndian.AppendUint32(next[:0], page), h.person...)
		}
		return true, nil
	}, func(*scan, sight) error { return nil })
	if err != nil {
		return nil, nil, err
	}
	if !more {
		next = nil
	}
	return persons, next, nil
}

// Persons returns all persons; see [Task].
func (t *task) Persons(cursor []byte, limit int) ([]string, []byte, error) {
	return t.Due(Never, cursor, limit)
}

// start checks the arguments of a walk and returns where it continues. A cursor is the page and
// person visited last.
func (t *task) start(cursor []byte, limit int) (page uint32, after place, err error) {
	switch {
	case limit <= 0:
		return 0, place{}, fmt.Errorf("%w: a walk of at most %d persons", ErrBounds, limit)
	case cursor == nil:
		return 0, place{}, nil
	case len(cursor) < 4 || binary.BigEndian.Uint32(cursor) >= uint32(t.pages):
		return 0, place{}, fmt.Errorf("%w: a cursor that is none of this task", ErrBounds)
	}
	page = binary.BigEndian.Uint32(cursor)
	return page, place{person: cursor[4:], page: page, rank: rankOf(hashOf(cursor[4:]))}, nil
}

// behind drops the persons of a page up to p.
func (p *place) behind(page uint32, headers []headerEntry) []headerEntry {
	if p.person == nil || page != p.page {
		return headers
	}
	for len(headers) > 0 && byRank(headers[0].rank, headers[0].person, p.rank, p.person) <= 0 {
		headers = headers[1:]
	}
	return headers
}

// eachPage calls fn with every page, from page on, on which somebody may be due, until fn returns
// false, and then last.
func (t *task) eachPage(page uint32, until int64, fn func(sc *scan, s sight, page uint32) (bool, error),
	last func(sc *scan, s sight) error) error {
	s, err := t.look()
	if err != nil {
		return err
	}
	return t.db.view(func(txn *badger.Txn) error {
		sc := scan{txn: txn, keys: t.keys}
		defer sc.close()
		for ; page < uint32(t.pages); page++ {
			if until != Never && t.due[page] > until {
				continue
			}
			more, err := fn(&sc, s, page)
			if err != nil {
				return err
			}
			if !more {
				break
			}
		}
		return last(&sc, s)
	})
}

// headersNow returns the headers of a page, including those that wait for a merge, ordered by
// person. The next call overwrites the list; what it refers to is in unpacked or waits. It also
// makes the page's lower bound exact.
func (t *task) headersNow(sc *scan, s sight, page uint32, unpacked *[]byte) (all []headerEntry, err error) {
	w := &t.walker
	if *unpacked, w.stored, err = sc.storedHeaders(page, &s.sums, (*unpacked)[:0], w.stored[:0]); err != nil {
		return nil, err
	}
	all = w.stored
	for _, p := range []*pending{s.frozen, t.active} {
		if all, err = w.scratch.overlay(all, p, page); err != nil {
			return nil, err
		}
	}
	next := Never
	for i := range all {
		next = min(next, all[i].next)
	}
	t.due[page] = next
	return all, nil
}

// Pages is the number of pages; see [Task].
func (t *task) Pages() int { return t.pages }

// Page returns the page that holds a person; see [Task].
func (t *task) Page(person []byte) uint32 {
	return pageOf(hashOf(person), uint32(t.pages-1))
}

// PageHeaders walks the headers of a page; see [Task].
func (t *task) PageHeaders(page uint32, fn func(person []byte, next int64, data []byte) error) error {
	if page >= uint32(t.pages) {
		return fmt.Errorf("%w: page %d of %d", ErrBounds, page, t.pages)
	}
	s, err := t.look()
	if err != nil {
		return err
	}
	var headers []headerEntry
	err = t.db.view(func(txn *badger.Txn) (err error) {
		sc := scan{txn: txn, keys: t.keys, once: true}
		headers, err = t.headersNow(&sc, s, page, &t.walker.unpacked)
		return err
	})
	if err != nil {
		return err
	}
	for i := range headers {
		if err := fn(headers[i].person, headers[i].next, headers[i].data); err != nil {
			return err
		}
	}
	return nil
}
