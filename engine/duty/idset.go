package duty

// idSet holds ids in little memory: it may take a new id for one that it has, never the other way round. (A Bloom
// filter: B. H. Bloom, "Space/time trade-offs in hash coding with allowable errors", CACM 13(7), 1970.)
type idSet struct {
	bits []uint64
	// left is how many more ids it takes.
	left int
}

const (
	// idBits is how many bits there are for each id, idMarks how many of them it sets: of 400 new ids one is taken
	// for known.
	idBits, idMarks = 16, 4
	// idSpare is for how many ids that come later there is room.
	idSpare = 256
)

// newIDSet returns a set with room for so many ids, and for some that come later.
func newIDSet(n int) idSet {
	n += idSpare
	return idSet{bits: make([]uint64, (n*idBits+63)/64), left: n}
}

// add adds the id of a record of a kind. It reports whether the id was new for certain and there was room.
func (s *idSet) add(kind byte, id string) bool {
	if s.left == 0 {
		return false
	}
	s.left--
	h := uint64(14695981039346656037) ^ uint64(kind) // FNV-1a
	h *= 1099511628211
	for i := range len(id) {
		h = (h ^ uint64(id[i])) * 1099511628211
	}
	step, fresh := h>>32|1, false
	for range idMarks {
		n := h % uint64(len(s.bits)*64)
		fresh = fresh || s.bits[n/64]&(1<<(n%64)) == 0
		s.bits[n/64] |= 1 << (n % 64)
		h += step
	}
	return fresh
}

// size is how many bytes it takes.
func (s *idSet) size() int { return len(s.bits) * 8 }
