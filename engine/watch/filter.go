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

// marks say of a name that it is new, or that it was seen: 32 bits of each name, in layers of open addressing. One new
// name in some hundred millions is taken for a seen one. A filter takes half of the memory, but what it takes for seen
// by mistake has to be looked for, and for a row that means to read all rows of its device.
type marks struct {
	layers []markLayer
}

// markLayer is a table of a fixed size, a power of two, that is filled to three quarters; free says how many marks it
// still takes, 0 in a slot that there is none.
type markLayer struct {
	slots []uint32
	free  int
}

// The first layer has so many slots, and each further one four times as many, up to largestMarks.
const (
	firstMarks   = 1 << 10
	largestMarks = 1 << 21
)

// add adds a name, and reports whether it may have been added before.
func (m *marks) add(name uint64) (seen bool) {
	mark := max(1, uint32(name>>32))
	n := len(m.layers)
	for i := range n - 1 {
		if _, found := m.layers[i].find(name, mark); found {
			return true
		}
	}
	if n == 0 || m.layers[n-1].free == 0 {
		if n > 0 {
			if _, found := m.layers[n-1].find(name, mark); found {
				return true
			}
		}
		size := min(largestMarks, firstMarks<<(2*min(n, 6)))
		m.layers = append(m.layers, markLayer{make([]uint32, size), size / 4 * 3})
		n++
	}
	l := &m.layers[n-1]
	at, found := l.find(name, mark)
	if !found {
		l.slots[at] = mark
		l.free--
	}
	return found
}

// find returns the slot of a mark, or where it belongs.
func (l *markLayer) find(name uint64, mark uint32) (at int, found bool) {
	last := len(l.slots) - 1
	for at = int(uint32(name)) & last; ; at = (at + 1) & last {
		switch l.slots[at] {
		case 0:
			return at, false
		case mark:
			return at, true
		}
	}
}

// hashID hashes an id, eight bytes at a time, for a seed.
func hashID(seed uint64, id string) uint64 {
	const odd = 0x9e3779b97f4a7c15
	h := seed ^ uint64(len(id))*odd
	for ; len(id) >= 8; id = id[8:] {
		h = stir(h ^ (uint64(id[0]) | uint64(id[1])<<8 | uint64(id[2])<<16 | uint64(id[3])<<24 |
			uint64(id[4])<<32 | uint64(id[5])<<40 | uint64(id[6])<<48 | uint64(id[7])<<56))
	}
	rest := uint64(0)
	for i := range len(id) {
		rest |= uint64(id[i]) << (8 * i)
	}
	return stir(stir(h ^ rest))
}

// stir spreads every bit of a number over all.
func stir(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	h ^= h >> 29
	h *= 0x9e3779b97f4a7c15
	return h ^ h>>32
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
