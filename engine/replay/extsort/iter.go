package extsort

import (
	"bytes"
	"errors"
	"sync"
)

// Iter reads records in order. Use it as
//
//	for it.Next() { use(it.Key(), it.Value()) }
//	err := it.Err()
//
// and Close it.
type Iter struct {
	s *Sorter
	// ahead has a channel for each bucket, in order, which takes it once it is sorted.
	ahead chan chan turn
	stop  chan struct{}
	wg    sync.WaitGroup
	// now is read, at its record at; inner instead of it where a bucket lies in a sorter of its own.
	now   *loaded
	at    int
	inner *Iter

	key, value []byte
	// same is what SameKey says; innerFresh is set where nothing was read of inner yet.
	same, innerFresh bool
	err              error
}

// turn is a bucket whose turn it is.
type turn struct {
	number int
	of     *loaded
	err    error
}

// Iter returns an iterator over all records in order. No record may be added
// while it is in use.
func (s *Sorter) Iter() (*Iter, error) {
	stop := make(chan struct{})
	it := &Iter{s: s, ahead: make(chan chan turn, loaders(s.workers)-1), stop: stop}
	it.wg.Go(func() {
		defer close(it.ahead)
		for i := range s.buckets {
			if _, ok := s.bound(i); !ok && s.buckets[i].empty() {
				continue
			}
			c := make(chan turn, 1)
			select {
			case it.ahead <- c:
			case <-stop:
				return
			}
			it.wg.Go(func() {
				l, err := s.load(i)
				c <- turn{i, l, err}
			})
		}
	})
	return it, nil
}

// Next moves to the next distinct record and reports whether there is one.
func (it *Iter) Next() bool {
	for it.err == nil {
		if it.inner != nil {
			if it.inner.Next() {
				it.same = it.inner.same || it.innerFresh && bytes.Equal(it.inner.key, it.key)
				it.key, it.value, it.innerFresh = it.inner.key, it.inner.value, false
				return true
			}
			it.err = errors.Join(it.inner.Err(), it.inner.Close())
			it.inner = nil
			continue
		}
		for it.now != nil && it.at < len(it.now.refs) {
			r := &it.now.refs[it.at]
			key, value := it.now.key(r), it.now.valueOf(r)
			if it.at++; it.at > 1 {
				before := &it.now.refs[it.at-2]
				it.same = it.now.compareKeys(r, before) == 0
				if it.same && r.value == before.value && bytes.Equal(value, it.value) {
					continue
				}
			} else {
				it.same = bytes.Equal(key, it.key)
			}
			it.key, it.value = key, value
			return true
		}
		it.now = nil
		c, ok := <-it.ahead
		if !ok {
			return false
		}
		t := <-c
		switch {
		case errors.Is(t.err, errDivided):
			it.inner, it.err = it.s.buckets[t.number].divided.Iter()
			it.innerFresh = true
		case t.err != nil:
			it.err = t.err
		default:
			it.now, it.at = t.of, 0
		}
		if r, ok := it.s.bound(t.number); ok && it.err == nil {
			it.same = bytes.Equal(r.key, it.key)
			it.key, it.value = r.key, r.value
			return true
		}
	}
	return false
}

// SameKey reports whether the current record has the key of the one before, mostly without a look at either.
// Of the first record it says nothing.
func (it *Iter) SameKey() bool { return it.same }

// Key returns the key of the current record. Key and value stay as they are as long as nothing is added to the
// sorter, and must not be changed.
func (it *Iter) Key() []byte { return it.key }

// Value returns the value of the current record.
func (it *Iter) Value() []byte { return it.value }

// Err returns what stopped the iteration before its end, or nil.
func (it *Iter) Err() error { return it.err }

// Close ends the reading ahead.
func (it *Iter) Close() error {
	var err error
	if it.inner != nil {
		err = it.inner.Close()
		it.inner = nil
	}
	if it.now = nil; it.stop != nil {
		close(it.stop)
		it.stop = nil
	}
	it.wg.Wait()
	return err
}

// Part is some of the records of a sorter. Parts may be read side by side.
type Part struct {
	s      *Sorter
	number int
}

// Parts divides the records: equal ones lie in one part, and mostly those of one key do.
func (s *Sorter) Parts() []Part {
	var out []Part
	for i, b := range s.buckets {
		if b.divided != nil {
			out = append(out, b.divided.Parts()...)
			if _, ok := s.bound(i); !ok {
				continue
			}
		}
		out = append(out, Part{s, i})
	}
	return out
}

// Each gives the records of the part in no order, each at least once; they hold until f returns. It
// returns the first error of f.
func (p Part) Each(f func(key, value []byte) error) error {
	if r, ok := p.s.bound(p.number); ok {
		if err := f(r.key, r.value); err != nil {
			return err
		}
	}
	return p.s.eachIn(p.s.buckets[p.number], func(r record) error { return f(r.key, r.value) })
}
