package state

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// headerEntry is one person of a header page.
type headerEntry struct {
	person []byte
	data   []byte
	next   int64
	rank   uint32
}

// readHeaders decodes a header page, ordered by person, appending to into.
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
		e.rank = rankOf(hashOf(e.person))
		into = append(into, e)
	}
	return into, nil
}

// writeHeaders appends the encoding of a header page and returns its earliest
// next.
func writeHeaders(out []byte, entries []headerEntry) (page []byte, next int64) {
	next = Never
	for i := range entries {
		e := &entries[i]
		out = appendBytes(out, e.person)
		out = binary.BigEndian.AppendUint64(out, uint64(e.next))
		out = appendBytes(out, e.data)
		next = min(next, e.next)
	}
	return out, next
}

// headers appends the newest header of each person of a page that has one here,
// ordered by person.
func (p *pending) headers(page uint32, s *headerScratch, into []headerEntry) ([]headerEntry, error) {
	// The records of a page are mostly facts: look before sorting.
	s.refs = s.refs[:0]
	for _, at := range p.refs[page] {
		if p.arena[at.at()] == opHeader {
			s.refs = append(s.refs, at)
		}
	}
	slices.Sort(s.refs)
	from := len(into)
	for _, at := range s.refs {
		r, err := p.record(at)
		if err != nil {
			return into, err
		}
		e := headerEntry{person: r.person, data: r.data, next: r.next, rank: at.rank()}
		switch last := len(into) - 1; {
		case last < from || into[last].rank != e.rank:
			into = append(into, e)
		case bytes.Equal(into[last].person, e.person):
			into[last] = e
		default:
			into = insertHeader(into, from, e)
		}
	}
	return into, nil
}

// insertHeader puts an entry among those of its rank.
func insertHeader(entries []headerEntry, from int, e headerEntry) []headerEntry {
	i, found := slices.BinarySearchFunc(entries[from:], e, func(a, b headerEntry) int {
		return byRank(a.rank, a.person, b.rank, b.person)
	})
	if found {
		entries[from+i] = e
		return entries
	}
	return slices.Insert(entries, from+i, e)
}

// headerScratch is memory for putting headers together.
type headerScratch struct {
	refs  []ref
	fresh []headerEntry
	// out takes results in turn, since one is what the next reads.
	out  [2][]headerEntry
	turn int
}

// overlay puts the headers that wait in p over entries, ordered by person. What
// it returns is entries, or memory of s until the call after the next.
func (s *headerScratch) overlay(entries []headerEntry, p *pending, page uint32) (_ []headerEntry, err error) {
	if p == nil || len(p.refs[page]) == 0 {
		return entries, nil
	}
	if s.fresh, err = p.headers(page, s, s.fresh[:0]); err != nil || len(s.fresh) == 0 {
		return entries, err
	}
	s.turn ^= 1
	out, old := s.out[s.turn][:0], entries
	for i := range s.fresh {
		e := &s.fresh[i]
		for len(old) > 0 {
			order := byRank(old[0].rank, old[0].person, e.rank, e.person)
			if order < 0 {
				out = append(out, old[0])
			}
			if order > 0 {
				break
			}
			old = old[1:]
		}
		out = append(out, *e)
	}
	out = append(out, old...)
	s.out[s.turn] = out
	return out, nil
}
