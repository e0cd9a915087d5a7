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

// newIDSet returns a set of the ids with some hashes, with room for some that come later.
func newIDSet(hashes []uint64) idSet {
	n := len(hashes) + idSpare
	s := idSet{bits: make([]uint64, (n*idBits+63)/64), left: n}
	for _, h := range hashes {
		s.add(h)
	}
	return s
}

// hashOfID returns the hash of the id of a record of a topic (FNV-1a).
func hashOfID(topic, id string) uint64 {
	h := uint64(14695981039346656037)
	for _, text := range [...]string{topic, id} {
		for i := range len(text) {
			h = (h ^ uint64(text[i])) * 1099511628211
		}
	}
	return h
}

// add adds the id with a hash. It reports whether the id was new for certain and there was room.
func (s *idSet) add(hash uint64) bool {
	if s.left == 0 {
		return false
	}
	s.left--
	step, fresh := hash>>32|1, false
	for range idMarks {
		n := hash % uint64(len(s.bits)*64)
		fresh = fresh || s.bits[n/64]&(1<<(n%64)) == 0
		s.bits[n/64] |= 1 << (n % 64)
		hash += step
	}
	return fresh
}

// has reports whether the id with a hash may be in the set.
func (s *idSet) has(hash uint64) bool {
	step := hash>>32 | 1
	for range idMarks {
		n := hash % uint64(len(s.bits)*64)
		if s.bits[n/64]&(1<<(n%64)) == 0 {
			return false
		}
		hash += step
	}
	return true
}

// size is how many bytes it takes.
func (s *idSet) size() int { return len(s.bits) * 8 }
