package extsort

import (
	"bytes"
	"errors"
)

// memory reads the part of a sorter that was never spilled.
type memory struct {
	s    *Sorter
	part int
	i    int // in the part
}

func newMemory(s *Sorter) *memory { return &memory{s: s, i: -1} }

// next moves to the next record; nil at the end.
func (m *memory) next() *ref {
	for m.i++; m.part < len(m.s.sorted); m.part++ {
		if m.i < len(m.s.sorted[m.part]) {
			return &m.s.sorted[m.part][m.i]
		}
		m.i = 0
	}
	return nil
}

// source is one sorted sequence of a merge: a run, or what is in memory.
type source struct {
	run    *runReader
	memory *memory
	// key and value are the present record; name is the memory of key, of which key it is, for what
	// is in memory.
	key, value, name []byte
	of               uint32
	over             bool
}

// noKey is the number of no key.
const noKey = ^uint32(0)

// next moves to the next record, or is over.
func (s *source) next() error {
	if s.memory == nil {
		ok, err := s.run.next()
		s.key, s.value, s.over = s.run.key, s.run.value, !ok
		return err
	}
	r := s.memory.next()
	if r == nil {
		s.over = true
		return nil
	}
	if r.key != s.of {
		s.name, s.of = append(s.name[:0], s.memory.s.key(r)...), r.key
	}
	s.key, s.value = s.name, s.memory.s.value(r)
	return nil
}

// before reports whether the present record of s is to be read before that of o.
func (s *source) before(o *source) bool {
	if s.over || o.over {
		return !s.over
	}
	if c := bytes.Compare(s.key, o.key); c != 0 {
		return c < 0
	}
	return bytes.Compare(s.value, o.value) < 0
}

// Iter reads records in order. Use it as
//
//	for it.Next() { use(it.Key(), it.Value()) }
//	err := it.Err()
//
// and Close it.
type Iter struct {
	all []*source
	// losers is a tree of losers over the sources: its leaves are they, each inner node, from 1 on,
	// holds which of the two below lost against the other, and 0 the one that won against all.
	losers     []int
	key, value []byte
	started    bool
	err        error
}

// nobody stands where no source has come by yet.
const nobody = -1

// openMerge merges runs and, unless it is nil, what s holds in memory.
func openMerge(runs []string, s *Sorter) (*Iter, error) {
	it := &Iter{}
	for _, path := range runs {
		r, err := openRun(path)
		if err != nil {
			return nil, errors.Join(err, it.Close())
		}
		it.all = append(it.all, &source{run: r})
	}
	if s != nil {
		it.all = append(it.all, &source{memory: newMemory(s), of: noKey})
	}
	for _, src := range it.all {
		if err := src.next(); err != nil {
			return nil, errors.Join(err, it.Close())
		}
	}
	it.losers = make([]int, max(1, len(it.all)))
	for i := range it.losers {
		it.losers[i] = nobody
	}
	for i := range it.all {
		it.play(i)
	}
	return it, nil
}

// play lets a source climb from its leaf: at each node the one that is not read first stays. At a node
// that nobody has reached it waits for the other.
func (it *Iter) play(winner int) {
	for n := (winner + len(it.all)) / 2; n > 0; n /= 2 {
		loser := it.losers[n]
		if loser == nobody {
			it.losers[n] = winner
			return
		}
		if it.all[loser].before(it.all[winner]) {
			it.losers[n], winner = winner, loser
		}
	}
	it.losers[0] = winner
}

// Next moves to the next distinct record and reports whether there is one.
func (it *Iter) Next() bool {
	for it.err == nil && len(it.all) > 0 {
		first := it.all[it.losers[0]]
		if first.over {
			return false
		}
		fresh := !it.started || !bytes.Equal(first.value, it.value) || !bytes.Equal(first.key, it.key)
		if fresh {
			it.started = true
			it.key, it.value = append(it.key[:0], first.key...), first.value
		}
		if it.err = first.next(); it.err != nil {
			return false
		}
		it.play(it.losers[0])
		if fresh {
			return true
		}
	}
	return false
}

// Key returns the key of the current record, valid until the next call of Next.
func (it *Iter) Key() []byte { return it.key }

// Value returns the value of the current record. It stays as it is as long as nothing is added to the sorter,
// and must not be changed.
func (it *Iter) Value() []byte { return it.value }

// Err returns what stopped the iteration before its end, or nil.
func (it *Iter) Err() error { return it.err }

// Close closes the files of the iterator.
func (it *Iter) Close() error {
	var err error
	for _, src := range it.all {
		if src.run != nil {
			err = errors.Join(err, src.run.f.Close())
		}
	}
	it.all = nil
	return err
}
