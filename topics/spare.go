package topics

import (
	"slices"
	"sync"
)

// spareBytes is memory of batches to use again, bounded. A [Producer] encodes
// while it sends, so it is locked.
type spareBytes struct {
	// most bounds the bytes that are kept.
	most int

	mu   sync.Mutex
	list [][]byte
	kept int
}

// take returns an empty buffer with room for so many bytes, the smallest there is;
// nil where there is none.
func (s *spareBytes) take(room int) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	best := -1
	for i, b := range s.list {
		if cap(b) >= room && (best < 0 || cap(b) < cap(s.list[best])) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	b := s.list[best]
	s.list = slices.Delete(s.list, best, best+1)
	s.kept -= cap(b)
	return b[:0]
}

// give says that nobody uses a buffer any more.
func (s *spareBytes) give(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cap(b) > 0 && s.kept+cap(b) <= s.most {
		s.list, s.kept = append(s.list, b), s.kept+cap(b)
	}
}

// keep returns a buffer, or nil where it is too large to be kept.
func (s *spareBytes) keep(b []byte) []byte {
	if cap(b) > s.most {
		return nil
	}
	return b
}
