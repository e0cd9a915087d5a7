package extsort

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"slices"
)

// maxRuns bounds the open files and read buffers of one merge; when it is
// reached the runs so far are merged into one.
const maxRuns = 64

// minLimit is the smallest memory limit, so that a run holds something.
const minLimit = 1 << 10

// maxArena keeps offsets within 32 bits.
const maxArena = 1 << 30

// Sorter collects records and returns them in order. It is for one goroutine;
// after the last Add any number of iterators may read it one after the other
// or side by side.
type Sorter struct {
	dir   string
	name  string // of the runs' files
	limit int    // bytes in memory, after which a run is written
	arena []byte
	refs  []ref    // records in the arena
	runs  []string // paths of sorted files
	files int
	added int
}

// ref is one record in the arena. prefix holds the first eight bytes of the
// key, so that most comparisons do not touch the arena.
type ref struct {
	prefix         uint64
	at, klen, vlen uint32
}

const refSize = 24

// New returns a sorter that keeps at most about limit bytes in memory and
// spills to files in dir whose names begin with name.
func New(dir, name string, limit int) *Sorter {
	return &Sorter{dir: dir, name: name, limit: min(max(limit, minLimit), maxArena)}
}

// Add takes in one record; key and value are copied.
func (s *Sorter) Add(key, value []byte) error {
	if size := len(key) + len(value); size > maxArena {
		return fmt.Errorf("record of %d bytes is too large to sort", size)
	}
	used := len(s.arena) + len(s.refs)*refSize
	if len(s.refs) > 0 && used+len(key)+len(value)+refSize > s.limit {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.added++
	s.refs = append(s.refs, ref{
		prefix: prefixOf(key), at: uint32(len(s.arena)),
		klen: uint32(len(key)), vlen: uint32(len(value)),
	})
	s.arena = append(append(s.arena, key...), value...)
	return nil
}

// Spilled reports whether anything was written to disk.
func (s *Sorter) Spilled() bool { return len(s.runs) > 0 }

// Empty reports whether nothing was added.
func (s *Sorter) Empty() bool { return len(s.runs) == 0 && len(s.refs) == 0 }

func prefixOf(key []byte) uint64 {
	var b [8]byte
	copy(b[:], key)
	return binary.BigEndian.Uint64(b[:])
}

func (s *Sorter) key(r ref) []byte { return s.arena[r.at : r.at+r.klen] }

func (s *Sorter) value(r ref) []byte { return s.arena[r.at+r.klen : r.at+r.klen+r.vlen] }

func (s *Sorter) compare(a, b ref) int {
	if a.prefix != b.prefix {
		if a.prefix < b.prefix {
			return -1
		}
		return 1
	}
	if c := bytes.Compare(s.key(a), s.key(b)); c != 0 {
		return c
	}
	return bytes.Compare(s.value(a), s.value(b))
}

// sort puts the records in memory in order, each distinct one once.
func (s *Sorter) sort() {
	slices.SortFunc(s.refs, s.compare)
	s.refs = slices.CompactFunc(s.refs, func(a, b ref) bool { return s.compare(a, b) == 0 })
}

// spill writes what is in memory as a run.
func (s *Sorter) spill() error {
	s.sort()
	w, err := s.create()
	if err != nil {
		return err
	}
	for _, r := range s.refs {
		if err := w.write(s.key(r), s.value(r)); err != nil {
			return w.fail(err)
		}
	}
	if err := w.close(); err != nil {
		return err
	}
	s.runs = append(s.runs, w.path)
	s.arena, s.refs = s.arena[:0], s.refs[:0]
	if len(s.runs) >= maxRuns {
		return s.mergeRuns()
	}
	return nil
}

func (s *Sorter) create() (*runWriter, error) {
	s.files++
	return createRun(filepath.Join(s.dir, fmt.Sprintf("%s-%06d", s.name, s.files)))
}

// mergeRuns makes one run of all runs.
func (s *Sorter) mergeRuns() error {
	old := s.runs
	it, err := openMerge(old, nil)
	if err != nil {
		return err
	}
	defer it.Close()
	w, err := s.create()
	if err != nil {
		return err
	}
	for it.Next() {
		if err := w.write(it.Key(), it.Value()); err != nil {
			return w.fail(err)
		}
	}
	if err := it.Err(); err != nil {
		return w.fail(err)
	}
	if err := w.close(); err != nil {
		return err
	}
	s.runs = []string{w.path}
	return removeRuns(old)
}

// Iter returns an iterator over all records in order. No record may be added
// while it is in use.
func (s *Sorter) Iter() (*Iter, error) {
	s.sort()
	return openMerge(s.runs, s)
}

// Len returns how many records were added, repeated ones included.
func (s *Sorter) Len() int { return s.added }
