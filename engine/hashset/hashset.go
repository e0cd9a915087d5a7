package hashset

// Set is a set of hashes, of which each is one bit of at most 8 MiB.
type Set struct{ bits words }

const setBits = 1 << 26

// Add adds a hash.
func (s *Set) Add(h uint64) { *s.bits.at(h % setBits / 64) |= 1 << (h % 64) }

// Has reports whether a hash may have been added; 0 never.
func (s *Set) Has(h uint64) bool { return h != 0 && s.bits.get(h%setBits/64)&(1<<(h%64)) != 0 }

// Empty reports whether nothing was added.
func (s *Set) Empty() bool { return s.bits.pages == nil }

// Filter tells hashes that come for the first time from others, in at most 16 MiB. Of a
// million different ones it takes some five for others.
type Filter struct{ words words }

const filterShift = 21

// Again adds a hash and reports whether it may have been added before.
func (f *Filter) Again(h uint64) bool {
	w := f.words.at(h >> (64 - filterShift))
	mask := uint64(1)<<(h&63) | 1<<(h>>6&63) | 1<<(h>>12&63) | 1<<(h>>18&63)
	if *w&mask == mask {
		return true
	}
	*w |= mask
	return false
}

// words are up to maxWords words, all zero at first, in pages that are allocated where they are
// written: a few hashes touch a few pages, and what is not touched need not be cleared.
type words struct{ pages []*[pageWords]uint64 }

const (
	maxWords  = max(setBits/64, 1<<filterShift)
	pageWords = 1 << 10
)

// at returns a word to be written.
func (w *words) at(i uint64) *uint64 {
	if w.pages == nil {
		w.pages = make([]*[pageWords]uint64, maxWords/pageWords)
	}
	p := &w.pages[i/pageWords]
	if *p == nil {
		*p = new([pageWords]uint64)
	}
	return &(*p)[i%pageWords]
}

// get returns the value of a word.
func (w *words) get(i uint64) uint64 {
	if w.pages == nil || w.pages[i/pageWords] == nil {
		return 0
	}
	return w.pages[i/pageWords][i%pageWords]
}
