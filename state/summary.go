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
}

const summaryLen = 8 + 2 + 4 + 4

func readSummaries(value []byte, pages int) (summaries, error) {
	s := summaries{next: make([]int64, pages), segs: make([]uint16, pages), low: make([]uint32, pages),
		persons: make([]uint32, pages)}
	if value == nil {
		for i := range pages {
			s.next[i], s.low[i] = Never, math.MaxUint32
			// Spread the pages, so that one merge does not compact them all.
			s.segs[i] = uint16(i % compactAt)
		}
		return s, nil
	}
	if len(value) != 8+pages*summaryLen {
		return s, fmt.Errorf("%w: a summary has %d bytes for %d pages", ErrCorrupt, len(value), pages)
	}
	s.merged = binary.BigEndian.Uint64(value)
	for i := range pages {
		v := value[8+i*summaryLen:]
		s.next[i] = int64(binary.BigEndian.Uint64(v))
		s.segs[i] = binary.BigEndian.Uint16(v[8:])
		s.low[i] = binary.BigEndian.Uint32(v[10:])
		s.persons[i] = binary.BigEndian.Uint32(v[14:])
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
	}
	return seal(v)
}

func (s *summaries) clone() summaries {
	return summaries{s.merged, slices.Clone(s.next), slices.Clone(s.segs), slices.Clone(s.low), slices.Clone(s.persons)}
}

// complete checks that a header page has at least the persons that it should have; an interrupted
// merge may have added some.
func (s *summaries) complete(page uint32, entries []headerEntry) error {
	if uint32(len(entries)) < s.persons[page] {
		return fmt.Errorf("%w: a header page has %d of %d persons", ErrCorrupt, len(entries), s.persons[page])
	}
	return nil
}
