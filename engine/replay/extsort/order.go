package extsort

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"sync"
)

// pieceSize is how many records of those in memory are sorted together: few enough that comparing them
// mostly stays in the processor's cache, and so many that there are few pieces to merge.
const pieceSize = 1 << 16

// piece are some records in memory, in order once sorted is set.
type piece struct {
	refs   []ref
	sorted bool
}

// ref is one record in memory.
type ref struct {
	// key are eight bytes of the key, from the first one that differs in the piece, and value the first
	// eight of the value, as numbers that order as they do: most comparisons touch nothing else.
	key, value uint64
	// The key and then the value lie in a chunk of the arena, at its byte at.
	chunk, at, keySize, valueSize uint32
}

// prefixOf are the first eight bytes, as a number that orders as they do.
func prefixOf(text []byte) uint64 {
	if len(text) >= 8 {
		return binary.BigEndian.Uint64(text)
	}
	var b [8]byte
	copy(b[:], text)
	return binary.BigEndian.Uint64(b[:])
}

// sort puts the records of each piece in memory in order, on all cores. The pieces are merged as they
// are read.
func (s *Sorter) sort() {
	var wg sync.WaitGroup
	todo := make(chan *piece, len(s.pieces))
	for i := range s.pieces {
		if p := &s.pieces[i]; !p.sorted {
			todo <- p
		}
	}
	close(todo)
	work := func() {
		for p := range todo {
			s.sortPiece(p.refs)
			p.sorted = true
		}
	}
	for range min(s.workers, len(todo)) - 1 {
		wg.Go(work)
	}
	work()
	wg.Wait()
}

func (s *Sorter) sortPiece(list []ref) {
	if len(list) == 0 {
		return
	}
	common := s.key(&list[0])
	for i := range list {
		key := s.key(&list[i])
		n := 0
		for n < len(common) && n < len(key) && common[n] == key[n] {
			n++
		}
		common = common[:n]
	}
	skip := len(common)
	for i := range list {
		list[i].key = prefixOf(s.key(&list[i])[skip:])
	}
	slices.SortFunc(list, func(a, b ref) int {
		switch whole := uint32(skip + 8); {
		case a.key != b.key:
			return cmp.Compare(a.key, b.key)
		case a.keySize > whole || b.keySize > whole:
			if c := bytes.Compare(s.key(&a), s.key(&b)); c != 0 {
				return c
			}
		case a.keySize != b.keySize: // one continues the other with zeros
			return cmp.Compare(a.keySize, b.keySize)
		}
		if a.value != b.value {
			return cmp.Compare(a.value, b.value)
		}
		return bytes.Compare(s.value(&a), s.value(&b))
	})
}
