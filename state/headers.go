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
	next   int64  // when the person is due, as given by the caller
	rank   uint32 // of the person on its page
}

// readHeaders decodes a header page, ordered by person, and appends to into.
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

// writeHeaders appends the encoding of a header page and returns the earliest next.
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

// headers puts the newest waiting header of each person of a page into s.fresh, ordered by person;
// p may be nil.
func (p *pending) headers(page uint32, s *headerScratch) error {
	s.refs = p.headersOf(page, s.refs[:0])
	s.fresh = s.fresh[:0]
	for _, at := range s.refs {
		r, err := p.record(at)
		if err != nil {
			return err
		}
		s.add(&r, at.rank())
	}
	return nil
}

// add adds a header that sorts behind, or is newer than, those in fresh.
func (s *headerScratch) add(r *record, rank uint32) {
	e := headerEntry{person: r.person, data: r.data, next: r.next, rank: rank}
	switch last := len(s.fresh) - 1; {
	case last < 0 || s.fresh[last].rank != rank:
		s.fresh = append(s.fresh, e)
	case bytes.Equal(s.fresh[last].person, e.person):
		s.fresh[last] = e
	default: // another person of the same rank
		i, found := slices.BinarySearchFunc(s.fresh, e, func(a, b headerEntry) int {
			return byRank(a.rank, a.person, b.rank, b.person)
		})
		if !found {
			s.fresh = slices.Insert(s.fresh, i, e)
		}
		s.fresh[i] = e
	}
}

// headerScratch is memory for combining headers.
type headerScratch struct {
	refs []ref // headers that wait for a merge
	// fresh are the headers that override others.
	fresh []headerEntry
	// out holds results in turn, since one is the input of the next.
	out  [2][]headerEntry
	turn int
}

// overlay overrides entries, ordered by person, with the headers that wait in p. It returns
// entries, or memory of s that is valid until the call after the next.
func (s *headerScratch) overlay(entries []headerEntry, p *pending, page uint32) (_ []headerEntry, err error) {
	if err = p.headers(page, s); err != nil || len(s.fresh) == 0 {
		return entries, err
	}
	return s.over(entries), nil
}

// over overrides entries with s.fresh, as overlay does.
func (s *headerScratch) over(entries []headerEntry) []headerEntry {
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
	return out
}
