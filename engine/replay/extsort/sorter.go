package extsort

import (
	"fmt"
	"path/filepath"
)

// maxRuns bounds the open files and read buffers of one merge; when it is
// reached the runs so far are merged into one.
const maxRuns = 64

// minLimit is the smallest memory limit, so that a run holds something.
const minLimit = 1 << 12

// maxArena bounds the memory limit and one record, in bytes.
const maxArena = 1 << 30

// Sorter collects records and returns them in order. It is for one goroutine;
// after the last Add any number of iterators may read it one after the other
// or side by side.
type Sorter struct {
	dir     string
	name    string // of the runs' files
	limit   int    // bytes in memory, after which a run is written
	workers int

	// keys numbers the keys in memory, names are they by their numbers.
	keys  map[string]uint32
	names []string
	// arena holds the values, in pieces of chunk bytes, of which full are in use; a value lies
	// in one of them.
	arena [][]byte
	chunk int
	full  int
	// refs are the records in memory as they came, in pieces; sorted are they in order, each
	// distinct one once, where nothing came since.
	refs   [][]ref
	sorted [][]ref
	used   int // bytes, roughly

	runs  []string // paths of sorted files
	files int
	added int
}

// ref is one record in memory. prefix holds the first eight bytes of the value, so
// that most comparisons of the values of a key do not touch them.
type ref struct {
	prefix               uint64
	key, chunk, at, size uint32
}

// Bytes that a record and a key take beside their own. Sorting writes the refs to another place, and
// keys stand in a map and in a list.
const (
	recordCost = 2 * 24
	keyCost    = 96
)

// refPiece is how many refs stand in a piece.
const refPiece = 1 << 12

// New returns a sorter that keeps at most about limit bytes in memory and
// spills to files in dir whose names begin with name. It sorts on so many cores.
func New(dir, name string, limit, workers int) *Sorter {
	limit = min(max(limit, minLimit), maxArena)
	return &Sorter{dir: dir, name: name, limit: limit, workers: max(1, workers),
		chunk: min(max(limit/16, 1<<10), 1<<20), keys: map[string]uint32{}}
}

// Add takes in one record; key and value are copied.
func (s *Sorter) Add(key, value []byte) error {
	if size := len(key) + len(value); size > maxArena {
		return fmt.Errorf("record of %d bytes is too large to sort", size)
	}
	if s.used > 0 && s.used+len(key)+len(value)+recordCost+keyCost > s.limit {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.added++
	if s.sorted != nil {
		s.refs, s.sorted = s.sorted, nil
	}
	n, known := s.keys[string(key)]
	if !known {
		n = uint32(len(s.names))
		name := string(key)
		s.keys[name] = n
		s.names = append(s.names, name)
		s.used += len(key) + keyCost
	}
	r := ref{prefix: prefixOf(value), key: n, size: uint32(len(value))}
	r.chunk, r.at = s.store(value)
	last := len(s.refs) - 1
	if last < 0 || len(s.refs[last]) == cap(s.refs[last]) {
		s.refs = append(s.refs, make([]ref, 0, refPiece))
		last++
	}
	s.refs[last] = append(s.refs[last], r)
	s.used += len(value) + recordCost
	return nil
}

// store copies a value and returns where it is.
func (s *Sorter) store(value []byte) (chunk, at uint32) {
	last := s.full - 1
	if last < 0 || cap(s.arena[last])-len(s.arena[last]) < len(value) {
		switch last++; {
		case len(value) > s.chunk:
			s.arena = append(s.arena, nil)
			copy(s.arena[last+1:], s.arena[last:])
			s.arena[last] = make([]byte, 0, len(value))
		case last == len(s.arena):
			s.arena = append(s.arena, make([]byte, 0, s.chunk))
		}
		s.full++
	}
	at = uint32(len(s.arena[last]))
	s.arena[last] = append(s.arena[last], value...)
	return uint32(last), at
}

// Spilled reports whether anything was written to disk.
func (s *Sorter) Spilled() bool { return len(s.runs) > 0 }

// Empty reports whether nothing was added.
func (s *Sorter) Empty() bool { return s.added == 0 }

func (s *Sorter) key(r *ref) string { return s.names[r.key] }

func (s *Sorter) value(r *ref) []byte { return s.arena[r.chunk][r.at : r.at+r.size] }

// spill writes what is in memory as a run.
func (s *Sorter) spill() error {
	s.sort()
	w, err := s.create()
	if err != nil {
		return err
	}
	m := newMemory(s)
	var key []byte
	for r := m.next(); r != nil; r = m.next() {
		key = append(key[:0], s.key(r)...)
		if err := w.write(key, s.value(r)); err != nil {
			return w.fail(err)
		}
	}
	if err := w.close(); err != nil {
		return err
	}
	s.runs = append(s.runs, w.path)
	s.forget()
	if len(s.runs) >= maxRuns {
		return s.mergeRuns()
	}
	return nil
}

// forget empties the memory and keeps what can be used again.
func (s *Sorter) forget() {
	clear(s.keys)
	s.names, s.refs, s.sorted = s.names[:0], nil, nil
	kept := s.arena[:0]
	for _, chunk := range s.arena {
		if cap(chunk) == s.chunk {
			kept = append(kept, chunk[:0])
		}
	}
	clear(s.arena[len(kept):])
	s.arena, s.full, s.used = kept, 0, 0
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
