package state

import (
	"bytes"

	"github.com/cespare/xxhash/v2"
)

// unique removes from the records of one person duplicate facts and all but the last said of each
// unit. It works in place.
func (s *dedupSet) unique(records []record) []record {
	if len(records) < 2 {
		return records
	}
	s.reset()
	out := records[:0]
	for _, r := range records {
		out = s.add(out, r)
	}
	return out
}

// dedupSet finds records of one person that repeat each other: facts of the same day and bytes,
// said of the same day and kind.
type dedupSet struct {
	slots []dedupSlot
	used  int // of slots
	stamp uint32
}

// dedupSlot is one entry; it counts only if it has the stamp of the set.
type dedupSlot struct {
	hash  uint64
	index int32 // of the record among those that are kept
	stamp uint32
}

// reset empties the set for the next person and keeps its memory.
func (s *dedupSet) reset() {
	s.used = 0
	if s.stamp++; s.stamp == 0 {
		clear(s.slots)
		s.stamp = 1
	}
}

// add appends r to out, or puts it in the place of the record that it repeats or replaces.
func (s *dedupSet) add(out []record, r record) []record {
	if 2*(s.used+1) > len(s.slots) {
		s.grow()
	}
	hash := recordHash(&r)
	for i := hash & uint64(len(s.slots)-1); ; i = (i + 1) & uint64(len(s.slots)-1) {
		slot := &s.slots[i]
		if slot.stamp != s.stamp {
			*slot = dedupSlot{hash: hash, index: int32(len(out)), stamp: s.stamp}
			s.used++
			return append(out, r)
		}
		if slot.hash == hash && sameRecord(&out[slot.index], &r) {
			out[slot.index] = r
			return out
		}
	}
}

func (s *dedupSet) grow() {
	old := s.slots
	s.slots = make([]dedupSlot, max(64, 2*len(old)))
	if s.stamp == 0 {
		s.stamp = 1
	}
	for _, slot := range old {
		if slot.stamp != s.stamp {
			continue
		}
		i := slot.hash & uint64(len(s.slots)-1)
		for s.slots[i].stamp == s.stamp {
			i = (i + 1) & uint64(len(s.slots)-1)
		}
		s.slots[i] = slot
	}
}

func recordHash(r *record) uint64 {
	const spread = 0x9e3779b97f4a7c15
	h := uint64(r.day)<<16 | uint64(r.kind)<<8 | uint64(r.op)
	if r.op == opFact {
		h ^= xxhash.Sum64(r.data)
	}
	h *= spread
	return h ^ h>>32
}

func sameRecord(a, b *record) bool {
	return a.op == b.op && a.day == b.day && a.kind == b.kind && (a.op == opSaid || bytes.Equal(a.data, b.data))
}
