package topics

import (
	"slices"
	"sync"
)

// spareBytes is a bounded pool of batch buffers. It is locked, since a [Producer] encodes while it
// sends.
type spareBytes struct {
	// most bounds the bytes kept.
	most int

	mu   sync.Mutex
	list [][]byte
	kept int // bytes
}

// take returns the smallest empty buffer with room for so many bytes; nil if there is none.
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

// give returns a buffer to the pool.
func (s *spareBytes) give(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cap(b) > 0 && s.kept+cap(b) <= s.most {
		s.list, s.kept = append(s.list, b), s.kept+cap(b)
	}
}

// keep returns the buffer, or nil if it is too large to keep.
func (s *spareBytes) keep(b []byte) []byte {
	if cap(b) > s.most {
		return nil
	}
	return b
}
