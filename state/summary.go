package state

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// summaries are what a task keeps in memory about its pages, as of the merge up to commit merged.
type summaries struct {
	merged uint64
	next   []int64  // earliest Next of a header
	segs   []uint16 // merges since the page was compacted
	low    []uint32 // first ordered day touched since then
	// persons counts headers, so that a missing header page is noticed.
	persons []uint32
	// folded is the first day that is not kept in months, oldest the last day of the first month that is.
	folded, oldest []uint32
}

// summaryLen is how much a page takes, and oldSummaryLen what it took before there were months.
const (
	summaryLen    = oldSummaryLen + 4 + 4
	oldSummaryLen = 8 + 2 + 4 + 4
)

func readSummaries(value []byte, pages int) (summaries, error) {
	s := summaries{next: make([]int64, pages), segs: make([]uint16, pages), low: make([]uint32, pages),
		persons: make([]uint32, pages), folded: make([]uint32, pages), oldest: make([]uint32, pages)}
	for i := range s.oldest {
		s.oldest[i] = math.MaxUint32
	}
	if value == nil {
		for i := range pages {
			s.next[i], s.low[i] = Never, math.MaxUint32
			// Spread the pages, so that one merge does not compact them all.
			s.segs[i] = uint16(i % compactAt)
		}
		return s, nil
	}
	each := summaryLen
	if len(value) == 8+pages*oldSummaryLen {
		each = oldSummaryLen
	}
	if len(value) != 8+pages*each {
		return s, fmt.Errorf("%w: a summary has %d bytes for %d pages", ErrCorrupt, len(value), pages)
	}
	s.merged = binary.BigEndian.Uint64(value)
	for i := range pages {
		v := value[8+i*each:]
		s.next[i] = int64(binary.BigEndian.Uint64(v))
		s.segs[i] = binary.BigEndian.Uint16(v[8:])
		s.low[i] = binary.BigEndian.Uint32(v[10:])
		s.persons[i] = binary.BigEndian.Uint32(v[14:])
		if each == summaryLen {
			s.folded[i], s.oldest[i] = binary.BigEndian.Uint32(v[18:]), binary.BigEndian.Uint32(v[22:])
		}
	}
	return s, nil
}

func (s *summaries) sealed() []byte {
	v := binary.BigEndian.AppendUint64(unsealed(make([]byte, 0, sealLen+8+len(s.next)*summaryLen)), s.merged)
	for i := range s.next {
		v = binary.BigEndian.AppendUint64(v, uint64(s.next[i]))
		v = binary.BigEndian.AppendUint16(v, s.segs[i])
		v = binary.BigEndian.AppendUint32(v, s.low[i])
		v = binary.BigEndian.AppendUint32(v, s.persons[i])
		v = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(v, s.folded[i]), s.oldest[i])
	}
	return seal(v)
}

func (s *summaries) clone() summaries {
	return summaries{s.merged, slices.Clone(s.next), slices.Clone(s.segs), slices.Clone(s.low), slices.Clone(s.persons),
		slices.Clone(s.folded), slices.Clone(s.oldest)}
}

// want returns what a reader of a page from a day on looks for.
func (s *summaries) want(page, from uint32) wantedPage {
	return wantedPage{page: page, from: from, folded: s.folded[page], oldest: s.oldest[page]}
}

// complete checks that a header page has at least the persons that it should have; an interrupted
// merge may have added some.
func (s *summaries) complete(page uint32, entries []headerEntry) error {
	if uint32(len(entries)) < s.persons[page] {
		return fmt.Errorf("%w: a header page has %d of %d persons", ErrCorrupt, len(entries), s.persons[page])
	}
	return nil
}
