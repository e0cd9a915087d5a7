package extsort

import (
	"bytes"
	"errors"
)

// source is one sorted sequence of a merge: a run, or a piece of what is in memory.
type source struct {
	run *runReader
	// of holds the piece; at is the next record in it.
	of    *Sorter
	piece []ref
	at    int
	// key and value are the present record.
	key, value []byte
	over       bool
}

// next moves to the next record, or is over.
func (s *source) next() error {
	switch {
	case s.of == nil:
		ok, err := s.run.next()
		s.key, s.value, s.over = s.run.key, s.run.value, !ok
		return err
	case s.at == len(s.piece):
		s.over = true
		return nil
	}
	r := &s.piece[s.at]
	s.key, s.value = s.of.key(r), s.of.value(r)
	s.at++
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
		for i := range s.pieces {
			it.all = append(it.all, &source{of: s, piece: s.pieces[i].refs})
		}
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
			it.key, it.value = first.key, first.value
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

// Key returns the key of the current record. Key and value stay as they are as long as nothing is added to the
// sorter, and must not be changed.
func (it *Iter) Key() []byte { return it.key }

// Value returns the value of the current record.
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
