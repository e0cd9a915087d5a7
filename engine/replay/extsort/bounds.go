package extsort

import (
	"bytes"
	"cmp"
	"slices"
)

// record is a key with its value.
type record struct{ key, value []byte }

func (r record) compare(o record) int {
	if c := bytes.Compare(r.key, o.key); c != 0 {
		return c
	}
	return bytes.Compare(r.value, o.value)
}

// bounds are ascending records between which buckets lie. A record that is one of them lies in no
// bucket: it is only noted that it came, so that what was added very often takes no room.
type bounds struct {
	list []record
	met  []bool
	// common is what the keys of all bounds begin with, and prefixes are eight bytes behind it.
	common   []byte
	prefixes []uint64
}

// samplesOf is how many records are looked at for one bound.
const samplesOf = 16

// newBounds chooses up to n bounds, so that as many of some records lie between any two of them. It
// sorts the records and copies what it keeps; there is at least one.
func newBounds(of []record, n int) *bounds {
	slices.SortFunc(of, record.compare)
	of = slices.CompactFunc(of, func(a, b record) bool { return a.compare(b) == 0 })
	n = max(1, min(n, len(of)))
	b := &bounds{met: make([]bool, n)}
	for i := range n {
		r := of[(2*i+1)*len(of)/(2*n)]
		b.list = append(b.list, record{bytes.Clone(r.key), bytes.Clone(r.value)})
	}
	first, last := b.list[0].key, b.list[n-1].key
	for i := 0; i < min(len(first), len(last)) && first[i] == last[i]; i++ {
		b.common = first[:i+1]
	}
	for _, r := range b.list {
		b.prefixes = append(b.prefixes, prefixOf(r.key[len(b.common):]))
	}
	return b
}

// find returns which bucket a record lies in, or, if it is a bound, the number of that.
func (b *bounds) find(r record) (i int, bound bool) {
	from, to := 0, len(b.list)
	if bytes.HasPrefix(r.key, b.common) {
		p := prefixOf(r.key[len(b.common):])
		from, _ = slices.BinarySearchFunc(b.prefixes, p, cmp.Compare[uint64])
		for to = from; to < len(b.prefixes) && b.prefixes[to] == p; {
			to++
		}
	}
	i, bound = slices.BinarySearchFunc(b.list[from:to], r, record.compare)
	return from + i, bound
}
