package hashset

// Set is a set of hashes, of which each is one bit of 8 MiB.
type Set struct{ bits []uint64 }

const setBits = 1 << 26

// Add adds a hash.
func (s *Set) Add(h uint64) {
	if s.bits == nil {
		s.bits = make([]uint64, setBits/64)
	}
	s.bits[h%setBits/64] |= 1 << (h % 64)
}

// Has reports whether a hash may have been added; 0 never.
func (s *Set) Has(h uint64) bool {
	return s.bits != nil && h != 0 && s.bits[h%setBits/64]&(1<<(h%64)) != 0
}

// Empty reports whether nothing was added.
func (s *Set) Empty() bool { return s.bits == nil }

// Filter tells hashes that come for the first time from others, in 16 MiB. Of a
// million different ones it takes some five for others.
type Filter struct{ words []uint64 }

const filterShift = 21

// Again adds a hash and reports whether it may have been added before.
func (f *Filter) Again(h uint64) bool {
	if f.words == nil {
		f.words = make([]uint64, 1<<filterShift)
	}
	w := &f.words[h>>(64-filterShift)]
	mask := uint64(1)<<(h&63) | 1<<(h>>6&63) | 1<<(h>>12&63) | 1<<(h>>18&63)
	if *w&mask == mask {
		return true
	}
	*w |= mask
	return false
}
