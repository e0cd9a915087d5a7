package extsort

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
	"sync"
)

// alone is how many records one core sorts by itself.
const alone = 1 << 14

// loaded are the records of one bucket in memory, in order.
type loaded struct {
	chunks [][]byte
	refs   []ref
	// skip is how many bytes all keys begin with alike.
	skip int
}

// ref is one record in memory.
type ref struct {
	// key are eight bytes of the key, from the first one that differs in the bucket, and value the first
	// eight of the value, as numbers that order as they do: most comparisons touch nothing else.
	key, value uint64
	// The key and then the value lie in a chunk, at its byte at.
	chunk, at, keySize, valueSize uint32
}

// recordCost are the bytes that a record takes beside its own.
const recordCost = 32

// prefixOf are the first eight bytes, as a number that orders as they do.
func prefixOf(text []byte) uint64 {
	if len(text) >= 8 {
		return binary.BigEndian.Uint64(text)
	}
	var b [8]byte
	copy(b[:], text)
	return binary.BigEndian.Uint64(b[:])
}

func (l *loaded) key(r *ref) []byte {
	end := r.at + r.keySize
	return l.chunks[r.chunk][r.at:end:end]
}

func (l *loaded) valueOf(r *ref) []byte {
	from := r.at + r.keySize
	end := from + r.valueSize
	return l.chunks[r.chunk][from:end:end]
}

// index finds the records in the chunks.
func (l *loaded) index(records int) error {
	l.refs = make([]ref, 0, records)
	for i, chunk := range l.chunks {
		for rest := chunk; len(rest) > 0; {
			head, key, value, err := lengths(rest)
			if err != nil {
				return err
			}
			from := len(chunk) - len(rest) + head
			l.refs = append(l.refs, ref{chunk: uint32(i), at: uint32(from), keySize: uint32(key), valueSize: uint32(value),
				value: prefixOf(chunk[from+key : from+key+value])})
			rest = rest[head+key+value:]
		}
	}
	return nil
}

// sort puts the records in order on so many cores.
func (l *loaded) sort(cores int) {
	if len(l.refs) == 0 {
		return
	}
	common := l.key(&l.refs[0])
	for i := range l.refs {
		key := l.key(&l.refs[i])
		if len(common) > len(key) {
			common = common[:len(key)]
		}
		if bytes.Equal(common, key[:len(common)]) {
			continue
		}
		n := 0
		for common[n] == key[n] {
			n++
		}
		common = common[:n]
	}
	l.skip = len(common)
	for i := range l.refs {
		l.refs[i].key = prefixOf(l.key(&l.refs[i])[l.skip:])
	}
	l.sortOn(l.refs, cores)
}

// sortOn sorts some of the records on so many cores.
func (l *loaded) sortOn(list []ref, cores int) {
	if cores <= 1 || len(list) <= alone {
		l.sortAlone(list)
		return
	}
	cut := l.divide(list)
	var wg sync.WaitGroup
	wg.Go(func() { l.sortOn(list[:cut], cores/2) })
	l.sortOn(list[cut:], cores-cores/2)
	wg.Wait()
}

// few is how many records are sorted by comparing alone.
const few = 32

// keyed counts the records whose keys have the same eight bytes.
type keyed struct {
	key    uint64
	number uint32 // as they were met
	size   uint32
}

// sortAlone sorts some of the records. Many of them have one key, so it finds the keys first, puts those in
// order, and then compares the records of each.
func (l *loaded) sortAlone(list []ref) {
	if len(list) <= few {
		slices.SortFunc(list, l.compare)
		return
	}
	w := desks.Get().(*desk)
	defer desks.Put(w)
	w.findKeys(list)
	slices.SortFunc(w.keys, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	from := room(&w.from, len(w.keys))
	at := uint32(0)
	for _, k := range w.keys {
		from[k.number] = at
		at += k.size
	}
	sorted := room(&w.sorted, len(list))
	for i := range list {
		to := &from[w.of[i]]
		sorted[*to] = list[i]
		*to++
	}
	copy(list, sorted)
	for _, k := range w.keys {
		slices.SortFunc(list[:k.size], l.compare)
		list = list[k.size:]
	}
}

// desk is memory to sort with.
type desk struct {
	// keys are the different keys, and of says which of them each record has. table finds keys.
	keys      []keyed
	of, table []uint32
	from      []uint32
	sorted    []ref
}

// desks are those that nobody sorts with.
var desks = sync.Pool{New: func() any { return new(desk) }}

// room returns a list of n of whatever was in it.
func room[T any](list *[]T, n int) []T {
	*list = slices.Grow((*list)[:0], n)[:n]
	return *list
}

// findKeys finds the different keys, and which of them each record has.
func (w *desk) findKeys(list []ref) {
	size := bits.Len(uint(2 * len(list)))
	table := room(&w.table, 1<<size) // numbers of keys, from 1 on
	clear(table)
	mask := uint64(len(table) - 1)
	of := room(&w.of, len(list))
	w.keys = w.keys[:0]
	for i := range list {
		key := list[i].key
		const spread = 0x9e3779b97f4a7c15
		at := (key * spread) >> (64 - size)
		for table[at] != 0 && w.keys[table[at]-1].key != key {
			at = (at + 1) & mask
		}
		if table[at] == 0 {
			w.keys = append(w.keys, keyed{key: key, number: uint32(len(w.keys))})
			table[at] = uint32(len(w.keys))
		}
		of[i] = table[at] - 1
		w.keys[of[i]].size++
	}
}

// divide moves the records before one in the middle to the front, and returns how many they are.
func (l *loaded) divide(list []ref) int {
	const samples = 31
	var some [samples]ref
	for i := range some {
		some[i] = list[i*len(list)/samples]
	}
	slices.SortFunc(some[:], l.compare)
	middle := some[samples/2]
	cut := 0
	for i := range list {
		if l.compare(list[i], middle) < 0 {
			list[i], list[cut] = list[cut], list[i]
			cut++
		}
	}
	return cut
}

// compareKeys touches the keys only where their first bytes do not tell.
func (l *loaded) compareKeys(a, b *ref) int {
	switch whole := uint32(l.skip + 8); {
	case a.key != b.key:
		return cmp.Compare(a.key, b.key)
	case a.keySize > whole || b.keySize > whole:
		return bytes.Compare(l.key(a), l.key(b))
	}
	return cmp.Compare(a.keySize, b.keySize) // one continues the other with zeros
}

func (l *loaded) compare(a, b ref) int {
	if c := l.compareKeys(&a, &b); c != 0 {
		return c
	}
	if a.value != b.value {
		return cmp.Compare(a.value, b.value)
	}
	return bytes.Compare(l.valueOf(&a), l.valueOf(&b))
}
