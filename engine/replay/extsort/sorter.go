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

	// arena holds the records in memory, in chunks of chunk bytes, of which full are in use; a record lies
	// in one of them. pieces say where, as they came or sorted.
	arena  [][]byte
	chunk  int
	full   int
	pieces []piece
	used   int // bytes, roughly

	runs  []string // paths of sorted files
	files int
	added int
}

// recordCost are the bytes that a record takes beside its own.
const recordCost = 32

// New returns a sorter that keeps at most about limit bytes in memory and
// spills to files in dir whose names begin with name. It sorts on so many cores.
func New(dir, name string, limit, workers int) *Sorter {
	limit = min(max(limit, minLimit), maxArena)
	return &Sorter{dir: dir, name: name, limit: limit, workers: max(1, workers),
		chunk: min(max(limit/16, 1<<10), 1<<20)}
}

// Add takes in one record; key and value are copied.
func (s *Sorter) Add(key, value []byte) error {
	if size := len(key) + len(value); size > maxArena {
		return fmt.Errorf("record of %d bytes is too large to sort", size)
	}
	if s.used > 0 && s.used+len(key)+len(value)+recordCost > s.limit {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.added++
	r := ref{value: prefixOf(value), keySize: uint32(len(key)), valueSize: uint32(len(value))}
	r.chunk, r.at = s.store(key, value)
	last := len(s.pieces) - 1
	if last < 0 || len(s.pieces[last].refs) == pieceSize {
		room := 0
		if last >= 0 {
			room = pieceSize
		}
		s.pieces = append(s.pieces, piece{refs: make([]ref, 0, room)})
		last++
	}
	s.pieces[last].refs, s.pieces[last].sorted = append(s.pieces[last].refs, r), false
	s.used += len(key) + len(value) + recordCost
	return nil
}

// store copies a record and returns where it is.
func (s *Sorter) store(key, value []byte) (chunk, at uint32) {
	last, size := s.full-1, len(key)+len(value)
	if last < 0 || cap(s.arena[last])-len(s.arena[last]) < size {
		switch last++; {
		case size > s.chunk:
			s.arena = append(s.arena, nil)
			copy(s.arena[last+1:], s.arena[last:])
			s.arena[last] = make([]byte, 0, size)
		case last == len(s.arena):
			s.arena = append(s.arena, make([]byte, 0, s.chunk))
		}
		s.full++
	}
	at = uint32(len(s.arena[last]))
	s.arena[last] = append(append(s.arena[last], key...), value...)
	return uint32(last), at
}

// Spilled reports whether anything was written to disk.
func (s *Sorter) Spilled() bool { return len(s.runs) > 0 }

// Empty reports whether nothing was added.
func (s *Sorter) Empty() bool { return s.added == 0 }

func (s *Sorter) key(r *ref) []byte {
	end := r.at + r.keySize
	return s.arena[r.chunk][r.at:end:end]
}

func (s *Sorter) value(r *ref) []byte {
	from := r.at + r.keySize
	return s.arena[r.chunk][from : from+r.valueSize : from+r.valueSize]
}

// spill writes what is in memory as a run.
func (s *Sorter) spill() error {
	s.sort()
	path, err := s.write(nil, s)
	if err != nil {
		return err
	}
	s.runs = append(s.runs, path)
	s.forget()
	if len(s.runs) >= maxRuns {
		return s.mergeRuns()
	}
	return nil
}

// write merges runs and, unless it is nil, what from holds in memory into a new run.
func (s *Sorter) write(runs []string, from *Sorter) (path string, err error) {
	it, err := openMerge(runs, from)
	if err != nil {
		return "", err
	}
	defer it.Close()
	w, err := s.create()
	if err != nil {
		return "", err
	}
	for it.Next() {
		if err := w.write(it.Key(), it.Value()); err != nil {
			return "", w.fail(err)
		}
	}
	if err := it.Err(); err != nil {
		return "", w.fail(err)
	}
	return w.path, w.close()
}

// forget empties the memory and keeps what can be used again.
func (s *Sorter) forget() {
	clear(s.pieces)
	s.pieces = s.pieces[:0]
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
	path, err := s.write(old, nil)
	if err != nil {
		return err
	}
	s.runs = []string{path}
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
