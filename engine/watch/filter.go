package watch

// filter says of a name that it is new, or that it may have been seen: a Bloom filter of sixteen bits
// a name in layers of up to a million names. One new name in some hundreds is taken for a
// seen one, and then looked for.
type filter struct {
	layers []layer
}

// layer is a filter of a fixed size; free says how many names it still takes.
type layer struct {
	bits []uint64
	free int
}

const (
	filterBits   = 16
	filterProbes = 8
	firstLayer   = 1 << 12
)

// seen reports whether a name may have been added.
func (f *filter) seen(name uint64) bool {
	for i := range f.layers {
		if f.layers[i].seen(name) {
			return true
		}
	}
	return false
}

// add adds a name.
func (f *filter) add(name uint64) {
	n := len(f.layers)
	if n == 0 || f.layers[n-1].free == 0 {
		size := firstLayer << (2 * min(n, 4))
		f.layers = append(f.layers, layer{make([]uint64, size*filterBits/64), size})
		n++
	}
	l := &f.layers[n-1]
	l.free--
	for i := range filterProbes {
		at := l.place(name, i)
		l.bits[at/64] |= 1 << (at % 64)
	}
}

func (l *layer) seen(name uint64) bool {
	for i := range filterProbes {
		if at := l.place(name, i); l.bits[at/64]&(1<<(at%64)) == 0 {
			return false
		}
	}
	return true
}

// place returns one of the places of a name.
func (l *layer) place(name uint64, probe int) uint64 {
	a, b := name*0x9e3779b97f4a7c15, name*0xc2b2ae3d27d4eb4f|1
	return (a>>7 + uint64(probe)*(b>>9)) % uint64(len(l.bits)*64)
}

// hash is the FNV-1a hash of some words, mixed.
func hash(words ...string) uint64 {
	h := uint64(14695981039346656037)
	for _, w := range words {
		for i := range len(w) {
			h = (h ^ uint64(w[i])) * 1099511628211
		}
		h = (h ^ 0x1ff) * 1099511628211
	}
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}
