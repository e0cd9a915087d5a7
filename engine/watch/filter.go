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

// marks say of a name that it is new, or that it was seen. The first names are kept whole; once there are many, 32 bits
// of each, in layers of open addressing. One new name in some hundred millions is taken for a seen one. A filter takes
// half of the memory, but what it takes for seen by mistake has to be looked for, and for a row that means to read all
// rows of its device.
type marks struct {
	few    map[uint64]struct{}
	layers []markLayer
}

// markLayer is a table of a fixed size, a power of two, that is filled to three quarters; free says how many marks it
// still takes. A slot of 0 has none.
type markLayer struct {
	slots []uint32
	free  int
}

const (
	// fewMarks is how many names are kept whole.
	fewMarks = 1 << 14
	// The first layer has firstMarks slots, and each further one four times as many, up to mostMarks.
	firstMarks = 1 << 18
	mostMarks  = 1 << 21
)

// add adds a name, and reports whether it may have been added before.
func (m *marks) add(name uint64) (seen bool) {
	if len(m.layers) == 0 {
		if _, seen = m.few[name]; seen {
			return true
		}
		if m.few == nil {
			m.few = map[uint64]struct{}{}
		}
		if m.few[name] = struct{}{}; len(m.few) > fewMarks {
			for name := range m.few { //house:order-free a set has no order
				m.mark(name)
			}
			m.few = nil
		}
		return false
	}
	return m.mark(name)
}

// mark is add for the layers.
func (m *marks) mark(name uint64) (seen bool) {
	mark := max(1, uint32(name>>32))
	n := len(m.layers)
	for i := range n - 1 {
		if _, found := m.layers[i].find(name, mark); found {
			return true
		}
	}
	at := 0
	if n > 0 {
		if at, seen = m.layers[n-1].find(name, mark); seen {
			return true
		}
	}
	if n == 0 || m.layers[n-1].free == 0 {
		size := min(mostMarks, firstMarks<<(2*min(n, 2)))
		m.layers = append(m.layers, markLayer{make([]uint32, size), size / 4 * 3})
		at, _ = m.layers[n].find(name, mark)
	}
	l := &m.layers[len(m.layers)-1]
	l.slots[at] = mark
	l.free--
	return false
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
