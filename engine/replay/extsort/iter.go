package extsort

import (
	"bytes"
	"container/heap"
	"errors"
)

// source is one sorted sequence of a merge.
type source interface {
	next() (bool, error)
	record() (key, value []byte)
	close() error
}

func (r *runReader) record() (key, value []byte) { return r.key, r.value }

func (r *runReader) close() error { return r.f.Close() }

// memory is the part of a sorter that was never spilled.
type memory struct {
	s    *Sorter
	part int
	i    int // in the part
	// name is the key of the record, of is its number.
	name []byte
	of   uint32
}

func newMemory(s *Sorter) *memory { return &memory{s: s, i: -1, of: noKey} }

// noKey is the number of no key.
const noKey = ^uint32(0)

func (m *memory) next() (bool, error) {
	for m.i++; m.part < len(m.s.sorted); m.part++ {
		if m.i < len(m.s.sorted[m.part]) {
			return true, nil
		}
		m.i = 0
	}
	return false, nil
}

func (m *memory) record() (key, value []byte) {
	r := &m.s.sorted[m.part][m.i]
	if r.key != m.of {
		m.name, m.of = append(m.name[:0], m.s.key(r)...), r.key
	}
	return m.name, m.s.value(r)
}

func (m *memory) close() error { return nil }

// Iter reads records in order. Use it as
//
//	for it.Next() { use(it.Key(), it.Value()) }
//	err := it.Err()
//
// and Close it.
type Iter struct {
	// alone is set where nothing has to be merged: what it gives is in order, and each record once.
	alone      *memory
	heap       mergeHeap
	all        []source // runs and memory
	key, value []byte
	started    bool
	err        error
}

// openMerge merges runs and, unless it is nil, what s holds in memory.
func openMerge(runs []string, s *Sorter) (*Iter, error) {
	it := &Iter{}
	if len(runs) == 0 && s != nil {
		it.alone = newMemory(s)
		return it, nil
	}
	for _, path := range runs {
		r, err := openRun(path)
		if err != nil {
			return nil, errors.Join(err, it.Close())
		}
		it.all = append(it.all, r)
	}
	if s != nil {
		it.all = append(it.all, newMemory(s))
	}
	for _, src := range it.all {
		ok, err := src.next()
		if err != nil {
			return nil, errors.Join(err, it.Close())
		}
		if ok {
			it.heap = append(it.heap, src)
		}
	}
	heap.Init(&it.heap)
	return it, nil
}

// Next moves to the next distinct record and reports whether there is one.
func (it *Iter) Next() bool {
	if it.alone != nil {
		more, _ := it.alone.next() // memory has no errors
		if more {
			it.key, it.value = it.alone.record()
		}
		return more
	}
	for it.err == nil && len(it.heap) > 0 {
		k, v := it.heap[0].record()
		fresh := !it.started || !bytes.Equal(k, it.key) || !bytes.Equal(v, it.value)
		if fresh {
			it.started = true
			it.key = append(it.key[:0], k...)
			it.value = append(it.value[:0], v...)
		}
		ok, err := it.heap[0].next()
		switch {
		case err != nil:
			it.err = err
			return false
		case ok:
			heap.Fix(&it.heap, 0)
		default:
			heap.Pop(&it.heap)
		}
		if fresh {
			return true
		}
	}
	return false
}

// Key returns the key of the current record, valid until the next call of Next.
func (it *Iter) Key() []byte { return it.key }

// Value returns the value of the current record, valid until the next call of
// Next.
func (it *Iter) Value() []byte { return it.value }

// Stays reports whether values are valid for longer: as long as nothing is added to the sorter.
func (it *Iter) Stays() bool { return it.alone != nil }

// Err returns what stopped the iteration before its end, or nil.
func (it *Iter) Err() error { return it.err }

// Close closes the files of the iterator.
func (it *Iter) Close() error {
	var err error
	for _, src := range it.all {
		err = errors.Join(err, src.close())
	}
	it.all, it.heap, it.alone = nil, nil, nil
	return err
}

// mergeHeap orders sources by their current record.
type mergeHeap []source

func (h mergeHeap) Len() int { return len(h) }

func (h mergeHeap) Less(i, j int) bool {
	ki, vi := h[i].record()
	kj, vj := h[j].record()
	if c := bytes.Compare(ki, kj); c != 0 {
		return c < 0
	}
	return bytes.Compare(vi, vj) < 0
}

func (h mergeHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

func (h *mergeHeap) Push(x any) { *h = append(*h, x.(source)) }

func (h *mergeHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
