package extsort

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
	"sync"
)

// perWorker is how many records are worth a goroutine.
const perWorker = 1 << 10

// prefixOf are the first eight bytes of a value, as a number that orders as they do.
func prefixOf(value []byte) uint64 {
	if len(value) >= 8 {
		return binary.BigEndian.Uint64(value)
	}
	var b [8]byte
	copy(b[:], value)
	return binary.BigEndian.Uint64(b[:])
}

// compareValues orders two records of one key.
func (s *Sorter) compareValues(a, b ref) int {
	if a.prefix != b.prefix {
		return cmp.Compare(a.prefix, b.prefix)
	}
	return bytes.Compare(s.value(&a), s.value(&b))
}

// sort puts the records in memory in order, each distinct one once: the keys are sorted, the
// records put into the order of their keys, and those of each key sorted, keys on all cores.
func (s *Sorter) sort() {
	if s.sorted != nil || len(s.refs) == 0 {
		return
	}
	byName := make([]uint32, len(s.names))
	for i := range byName {
		byName[i] = uint32(i)
	}
	slices.SortFunc(byName, func(a, b uint32) int { return strings.Compare(s.names[a], s.names[b]) })
	// at is where the next record of each key goes; ends says where those of each end, in order.
	at, ends := make([]int, len(s.names)), make([]int, len(s.names))
	total := 0
	for _, piece := range s.refs {
		for i := range piece {
			at[piece[i].key]++
		}
		total += len(piece)
	}
	end := 0
	for i, n := range byName {
		from := end
		end += at[n]
		at[n], ends[i] = from, end
	}
	all := make([]ref, total)
	for k, piece := range s.refs {
		for i := range piece {
			n := piece[i].key
			all[at[n]] = piece[i]
			at[n]++
		}
		s.refs[k] = nil
	}
	s.sorted, s.refs = s.sortKeys(all, ends), nil
}

// sortKeys sorts the records of each key and leaves repeated ones out. It returns what is left, in
// parts that follow each other; ends says where the records of each key end.
func (s *Sorter) sortKeys(all []ref, ends []int) [][]ref {
	workers := min(s.workers, 1+len(all)/perWorker)
	parts := make([][]ref, workers)
	var wg sync.WaitGroup
	for w := range workers {
		// A key belongs to the part in which its records begin.
		part := func(w int) int {
			i, _ := slices.BinarySearch(ends, len(all)*w/workers+1)
			return i
		}
		first, last := part(w), part(w+1)
		if w == 0 {
			first = 0
		}
		if w == workers-1 {
			last = len(ends)
		}
		work := func() {
			from := 0
			if first > 0 {
				from = ends[first-1]
			}
			kept := all[from:from]
			for _, end := range ends[first:last] {
				key := all[from:end]
				slices.SortFunc(key, s.compareValues)
				kept = append(kept, slices.CompactFunc(key, func(a, b ref) bool {
					return a.prefix == b.prefix && bytes.Equal(s.value(&a), s.value(&b))
				})...)
				from = end
			}
			parts[w] = kept
		}
		if workers == 1 {
			work()
			continue
		}
		wg.Go(work)
	}
	wg.Wait()
	return parts
}
