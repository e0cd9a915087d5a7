package treelog

import (
	"fmt"
	"math/bits"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// Hash is a hash of the tree: SHA-256.
type Hash = tlog.Hash

// Tree is a log by its size and the roots of its complete subtrees, the largest first. That is all
// that is needed to append, and to say its root. The zero value is the empty log.
type Tree struct {
	size  int64
	peaks []Hash
}

// Size is the number of entries.
func (t *Tree) Size() int64 { return t.size }

// Append adds a leaf.
func (t *Tree) Append(leaf Hash) { t.append(leaf, func(Hash) {}) }

// append adds a leaf, and calls node with each node that it completes, itself first. That is the
// order in which package tlog numbers nodes.
func (t *Tree) append(h Hash, node func(Hash)) {
	node(h)
	for n := t.size; n&1 == 1; n >>= 1 {
		last := len(t.peaks) - 1
		h = tlog.NodeHash(t.peaks[last], h)
		t.peaks = t.peaks[:last]
		node(h)
	}
	t.peaks = append(t.peaks, h)
	t.size++
}

// Root is the root over all entries (RFC 6962, 2.1).
func (t *Tree) Root() Hash {
	root, err := tlog.TreeHash(t.size, tlog.HashReaderFunc(func([]int64) ([]Hash, error) { return t.peaks, nil }))
	if err != nil {
		panic(err) // a tree has as many peaks as its size has ones, which is what is asked for
	}
	return root
}

// Clone returns a tree that grows by itself.
func (t *Tree) Clone() Tree { return Tree{t.size, slices.Clone(t.peaks)} }

// Peaks is the stored form beside the size: the roots of the complete subtrees, one after the other.
func (t *Tree) Peaks() []byte {
	b := make([]byte, 0, len(t.peaks)*tlog.HashSize)
	for i := range t.peaks {
		b = append(b, t.peaks[i][:]...)
	}
	return b
}

// TreeOf is the tree of a stored form. The error says that size and peaks do not fit.
func TreeOf(size int64, peaks []byte) (Tree, error) {
	if size < 0 || len(peaks) != bits.OnesCount64(uint64(size))*tlog.HashSize {
		return Tree{}, fmt.Errorf("a tree of %d entries does not have %d bytes of peaks", size, len(peaks))
	}
	t := Tree{size: size}
	for ; len(peaks) > 0; peaks = peaks[tlog.HashSize:] {
		t.peaks = append(t.peaks, Hash(peaks))
	}
	return t, nil
}

// RootOf is the root over leaves.
func RootOf(leaves []Leaf) Hash {
	var t Tree
	for i := range leaves {
		t.Append(leaves[i].Hash)
	}
	return t.Root()
}
