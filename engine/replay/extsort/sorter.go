package extsort

import (
	"errors"
	"fmt"
)

const (
	// minLimit is the smallest memory limit, in bytes, so that there is room for something.
	minLimit = 1 << 12
	// maxLimit bounds the memory limit, maxRecord one record, in bytes.
	maxLimit  = 1 << 30
	maxRecord = 1 << 30
	// A sorter has from minBuckets to maxBuckets buckets, one for so much of its memory.
	minBuckets, maxBuckets = 8, 512
	bucketMemory           = 1 << 13
)

// Sorter collects records and returns them in order. It is for one goroutine;
// after the last Add any number of iterators may read it one after the other
// or side by side.
type Sorter struct {
	dir     string
	name    string // of the file
	limit   int    // bytes in memory, after which there is a file
	workers int

	// bounds lie between the buckets; nil while there is one, in memory.
	bounds  *bounds
	buckets []*bucket
	// block is the size of a block.
	block int
	// most is how many bytes a bucket may take when it is read: the next ones are read while one is, and what
	// was read of the one before is still in use.
	most  int
	file  *blocks
	used  int // bytes in memory, roughly, while there is no file
	added int
}

// New returns a sorter that keeps at most about limit bytes in memory and
// spills to a file in dir that has the name. It sorts on so many cores.
func New(dir, name string, limit, workers int) *Sorter {
	limit = min(max(limit, minLimit), maxLimit)
	return &Sorter{dir: dir, name: name, limit: limit, workers: max(1, workers), buckets: []*bucket{{}},
		block: min(max(limit/16, 1<<10), 1<<20), most: limit / (4 + 2*loaders(workers))}
}

// loaders is how many buckets of a sorter with so many cores are read and sorted at a time: sorting takes less
// time than what is done with the records, and each takes memory.
func loaders(workers int) int { return min(max(1, workers), 8) }

// Close closes the file. The sorter must not be used any more.
func (s *Sorter) Close() error {
	if s.file == nil {
		return nil
	}
	return s.file.f.Close()
}

// Spilled reports whether anything was written to disk.
func (s *Sorter) Spilled() bool { return s.file != nil }

// Empty reports whether nothing was added.
func (s *Sorter) Empty() bool { return s.added == 0 }

// Len returns how many records were added, repeated ones included.
func (s *Sorter) Len() int { return s.added }

// Add takes in one record; key and value are copied.
func (s *Sorter) Add(key, value []byte) error {
	r := record{key, value}
	if size := len(key) + len(value); size > maxRecord {
		return fmt.Errorf("record of %d bytes is too large to sort", size)
	}
	cost := sizeOf(r) + recordCost
	if s.bounds == nil && s.used > 0 && s.used+cost > s.limit-s.limit/4 {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.used += cost
	s.added++
	return s.place(r)
}

// place puts a record into its bucket.
func (s *Sorter) place(r record) error {
	b := s.buckets[0]
	if s.bounds != nil {
		i, bound := s.bounds.find(r)
		if bound {
			s.bounds.met[i] = true
			return nil
		}
		b = s.buckets[i]
	}
	if b.divided != nil {
		return b.divided.Add(r.key, r.value)
	}
	b.sorted = nil
	b.records++
	b.bytes += len(r.key) + len(r.value)
	last, size := len(b.open)-1, sizeOf(r)
	if last < 0 || cap(b.open[last])-len(b.open[last]) < size {
		switch {
		case last >= 0 && s.bounds != nil:
			if err := s.write(b); err != nil {
				return err
			}
		default:
			b.open = append(b.open, nil)
			last++
		}
		if cap(b.open[last]) < size {
			b.open[last] = make([]byte, 0, max(size, s.block))
		}
	}
	b.open[last] = appendRecord(b.open[last], r)
	return nil
}

// write writes the open block of a bucket and empties it.
func (s *Sorter) write(b *bucket) error {
	if len(b.open[0]) > 0 {
		at, err := s.file.write(b.open[0])
		if err != nil {
			return err
		}
		b.written = append(b.written, at)
	}
	if b.open[0] = b.open[0][:0]; cap(b.open[0]) > s.block {
		b.open[0] = nil
	}
	return nil
}

// spill divides what is in memory, and goes on with a file.
func (s *Sorter) spill() error {
	all := s.buckets[0]
	file, err := createBlocks(s.dir, s.name)
	if err != nil {
		return err
	}
	s.file = file
	number := min(max(s.limit/bucketMemory, minBuckets), maxBuckets)
	var some []record
	n, step := 0, max(1, all.records/(samplesOf*number))
	for _, block := range all.open {
		err := eachOf(block, func(r record) error {
			if n++; n%step == 0 {
				some = append(some, r)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	s.divide(newBounds(some, number-1))
	for i, block := range all.open {
		if err := eachOf(block, s.place); err != nil {
			return err
		}
		all.open[i] = nil
	}
	return nil
}

// divide gives the sorter its buckets.
func (s *Sorter) divide(at *bounds) {
	s.bounds = at
	s.buckets = make([]*bucket, len(at.list)+1)
	for i := range s.buckets {
		s.buckets[i] = &bucket{}
	}
	s.block = max(1<<7, min(s.limit/4/len(s.buckets), 1<<18))
}

// tooLarge reports whether a bucket does not fit in the memory that is for one.
func (s *Sorter) tooLarge(b *bucket) bool {
	return s.bounds != nil && len(b.written) > 0 && b.records > 1 && b.bytes+b.records*recordCost > s.most
}

// again divides a bucket that is too large, by samples from all of it: it may have been filled by other
// records than those by which its bounds were chosen.
func (s *Sorter) again(b *bucket) error {
	d := &Sorter{limit: max(s.most, minLimit), most: max(s.most/2, minLimit/8), workers: s.workers, file: s.file}
	number := min(max(2*(b.bytes+b.records*recordCost)/d.most, 1), max(d.limit/bucketMemory, minBuckets)-1, maxBuckets-1)
	some, err := s.samples(b, number*samplesOf)
	if err != nil {
		return err
	}
	d.divide(newBounds(some, number))
	if err := s.eachIn(b, func(r record) error { return d.Add(r.key, r.value) }); err != nil {
		return err
	}
	b.divided, b.open, b.written, b.records, b.bytes = d, nil, nil, 0, 0
	return nil
}

// samples returns some records of a bucket, from all of its blocks in the file alike.
func (s *Sorter) samples(b *bucket, about int) ([]record, error) {
	from := min(len(b.written), max(1, about/4))
	each := max(1, b.records/len(b.written)*from/about) // one in so many
	var some []record
	for i := range from {
		at := b.written[i*len(b.written)/from]
		block := make([]byte, at.size)
		if err := s.file.read(block, at); err != nil {
			return nil, err
		}
		n := 0
		err := eachOf(block, func(r record) error {
			if n%each == 0 {
				some = append(some, record{append([]byte(nil), r.key...), append([]byte(nil), r.value...)})
			}
			n++
			return nil
		})
		if err != nil {
			return nil, s.file.broken(err)
		}
	}
	return some, nil
}

// eachIn gives the records of a bucket as they came, block after block; they hold until f returns.
func (s *Sorter) eachIn(b *bucket, f func(record) error) error {
	var own error
	give := func(r record) error {
		own = f(r)
		return own
	}
	var block []byte
	for _, at := range b.written {
		if cap(block) < at.size {
			block = make([]byte, at.size)
		}
		block = block[:at.size]
		if err := s.file.read(block, at); err != nil {
			return err
		}
		if err := eachOf(block, give); err != nil {
			if own != nil {
				return own
			}
			return s.file.broken(err)
		}
	}
	for _, block := range b.open {
		if err := eachOf(block, give); err != nil {
			return err
		}
	}
	return nil
}

// errDivided says that a bucket lies in a sorter of its own.
var errDivided = errors.New("the bucket was divided")

// load returns a bucket in order, or errDivided.
func (s *Sorter) load(i int) (*loaded, error) {
	b := s.buckets[i]
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.divided == nil && s.tooLarge(b) {
		if err := s.again(b); err != nil {
			return nil, err
		}
	}
	if b.divided != nil {
		return nil, errDivided
	}
	if b.sorted != nil {
		return b.sorted, nil
	}
	l := &loaded{chunks: append([][]byte(nil), b.open...)}
	if len(b.written) > 0 {
		size := 0
		for _, at := range b.written {
			size += at.size
		}
		all := make([]byte, size)
		size = 0
		for _, at := range b.written {
			if err := s.file.read(all[size:size+at.size], at); err != nil {
				return nil, err
			}
			size += at.size
		}
		l.chunks = append(l.chunks, all)
	}
	if err := l.index(b.records); err != nil {
		return nil, s.file.broken(err)
	}
	if s.bounds == nil {
		l.sort(s.workers)
		b.sorted = l
		return l, nil
	}
	l.sort(1)
	return l, nil
}

// bound returns the bound before a bucket, if it came.
func (s *Sorter) bound(i int) (record, bool) {
	if s.bounds == nil || i == 0 || !s.bounds.met[i-1] {
		return record{}, false
	}
	return s.bounds.list[i-1], true
}
