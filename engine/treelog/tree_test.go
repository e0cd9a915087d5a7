package treelog

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// chance gives salts that follow from a seed.
func chance(seed uint64) *rand.ChaCha8 {
	var key [32]byte
	key[0] = byte(seed)
	return rand.NewChaCha8(key)
}

// made is a log of revisions of some units, in turn, with their entries.
func made(n int) (leaves []Leaf, revisions []Revision) {
	from := chance(1)
	last := map[int]Digest{}
	for i := range n {
		unit := i * 7 % 11
		r := Revision{UnitID: fmt.Sprintf("u%d", unit), Offset: int64(2 * i), Previous: last[unit], Number: 1}
		for k := range revisions {
			if revisions[k].UnitID == r.UnitID {
				r.Number++
			}
		}
		_, _ = from.Read(r.Digest[:])
		var salt Salt
		_, _ = from.Read(salt[:])
		last[unit] = r.Digest
		leaves, revisions = append(leaves, NewLeaf(salt, r.Digest)), append(revisions, r)
	}
	return leaves, revisions
}

func treeOf(leaves []Leaf) (t Tree) {
	for i := range leaves {
		t.Append(leaves[i].Hash)
	}
	return t
}

// The tree is that of the library, which keeps all nodes, at every size; and its stored form gives
// it back.
func TestTreeIsThatOfRFC6962(t *testing.T) {
	leaves, _ := made(300)
	var nodes []Hash
	read := tlog.HashReaderFunc(func(at []int64) (hashes []Hash, err error) {
		for _, i := range at {
			hashes = append(hashes, nodes[i])
		}
		return hashes, nil
	})
	var tree Tree
	if tree.Root().String() != "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" {
		t.Errorf("the empty log has the root %s", tree.Root())
	}
	for n, leaf := range leaves {
		stored, err := tlog.StoredHashesForRecordHash(int64(n), leaf.Hash, read)
		if err != nil {
			t.Fatal(err)
		}
		nodes = append(nodes, stored...)
		want, err := tlog.TreeHash(int64(n+1), read)
		if err != nil {
			t.Fatal(err)
		}
		before := tree.Clone()
		tree.Append(leaf.Hash)
		if tree.Root() != want || tree.Size() != int64(n+1) {
			t.Fatalf("%d entries have the root %s, and %s by the library", n+1, tree.Root(), want)
		}
		if before.Size() != int64(n) || before.Root() == want {
			t.Fatalf("a clone of %d entries has grown as well", n)
		}
		again, err := TreeOf(tree.Size(), tree.Peaks())
		if err != nil || again.Root() != want {
			t.Fatalf("the stored form of %d entries gives another tree (%v)", n+1, err)
		}
	}
	for _, bad := range []struct {
		size  int64
		peaks int
	}{{-1, 0}, {0, 32}, {3, 32}, {4, 31}, {4, 64}} {
		if _, err := TreeOf(bad.size, make([]byte, bad.peaks)); err == nil {
			t.Errorf("a tree of %d entries with %d bytes is taken", bad.size, bad.peaks)
		}
	}
}

// A leaf is what doc.go says, so that others can work it out.
func TestLeaf(t *testing.T) {
	digest, err := DigestOf(strings.Repeat("ab", 32))
	if err != nil {
		t.Fatal(err)
	}
	salt := Salt(bytes.Repeat([]byte{7}, 16))
	// sha256 of 00, sixteen times 07 and 32 times ab, by Python's hashlib.
	const want = "b929a901b4caa4acdc0d67a613044345c06f5e6daed6c80885851f70a67c7173"
	hash := HashOf(salt, digest)
	if got := fmt.Sprintf("%x", hash[:]); got != want {
		t.Errorf("the hash is %s", got)
	}
	leaf := NewLeaf(salt, digest)
	if !leaf.Of(digest) || leaf.Of(Digest{}) || leaf.Erased() {
		t.Errorf("%+v", leaf)
	}
	if leaf.Salt = (Salt{}); !leaf.Erased() || leaf.Of(digest) {
		t.Error("a leaf without its salt still tells of a revision")
	}
	for _, bad := range []string{"", "ab", strings.Repeat("a", 63), strings.Repeat("g", 64), strings.Repeat("a", 66)} {
		if _, err := DigestOf(bad); err == nil {
			t.Errorf("%q is taken for a digest", bad)
		}
	}
}

// Chunks give back the leaves up to a size in whatever order they were read; the newest in a place
// counts, one of a transaction that was never committed does not.
func TestChunks(t *testing.T) {
	leaves, _ := made(10)
	erased := append([]Leaf(nil), leaves[:4]...)
	erased[2].Salt = Salt{}
	var chunks Chunks
	for _, c := range []Chunk{{First: 4, Begin: 17, Leaves: leaves[2:9]}, {First: 0, Begin: 17, Leaves: leaves[:4]},
		{First: 4, Begin: 17, Leaves: leaves[4:8]}, {First: 8, Begin: 17, Leaves: leaves[8:]},
		{First: 9, Begin: 17, Leaves: leaves[:3]},
		{First: 0, Begin: 17, Leaves: erased}} {
		value, err := c.Encode()
		if err != nil {
			t.Fatal(err)
		}
		read, err := DecodeChunk(value)
		if err != nil {
			t.Fatal(err)
		}
		if string(read.Key()) != fmt.Sprint(c.First) {
			t.Errorf("the key of %d is %s", c.First, read.Key())
		}
		chunks.Take(read)
	}
	for size := range int64(11) {
		got := chunks.Leaves(size)
		if len(got) != int(size) || RootOf(got) != RootOf(leaves[:size]) {
			t.Errorf("%d leaves of a log of %d, or others", len(got), size)
		}
		if size > 2 && !got[2].Erased() {
			t.Error("the older salt counts")
		}
	}
	if begin, ok := chunks.Begin(); begin != 17 || !ok {
		t.Errorf("it begins at %d (%v)", begin, ok)
	}
	if n := len(chunks.Leaves(12)); n != 10 {
		t.Errorf("%d leaves where the last are missing", n)
	}
	for _, bad := range []string{``, `{}`, `{"first":-1,"hashes":"AA==","salts":"AA=="}`,
		`{"first":0,"hashes":"AA==","salts":"AA=="}`} {
		if _, err := DecodeChunk([]byte(bad)); err == nil {
			t.Errorf("%s is taken for leaves", bad)
		}
	}
}

func FuzzDecodeChunk(f *testing.F) {
	leaves, _ := made(3)
	value, err := (&Chunk{First: 2, Leaves: leaves}).Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(value)
	f.Add([]byte(`{"first":0,"begin":1,"hashes":"","salts":""}`))
	f.Fuzz(func(t *testing.T, value []byte) {
		c, err := DecodeChunk(value)
		if err != nil {
			return
		}
		again, err := c.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if d, err := DecodeChunk(again); err != nil || d.First != c.First || RootOf(d.Leaves) != RootOf(c.Leaves) {
			t.Errorf("%q reads otherwise when it is written again (%v)", value, err)
		}
	})
}

// BenchmarkAppend is what a revision costs in the log: its salt, its leaf and its nodes.
func BenchmarkAppend(b *testing.B) {
	_, revisions := made(1)
	text := fmt.Sprintf("%x", revisions[0].Digest)
	from := chance(1)
	salts := make([]byte, MaxChunk*SaltBytes)
	leaves := make([]Leaf, 0, MaxChunk)
	var tree Tree
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		if n%MaxChunk == 0 {
			_, _ = from.Read(salts)
			if len(leaves) > 0 {
				c := Chunk{Leaves: leaves}
				if _, err := c.Encode(); err != nil {
					b.Fatal(err)
				}
			}
			leaves = leaves[:0]
		}
		digest, err := DigestOf(text)
		if err != nil {
			b.Fatal(err)
		}
		leaf := NewLeaf(Salt(salts[n%MaxChunk*SaltBytes:]), digest)
		leaves = append(leaves, leaf)
		tree.Append(leaf.Hash)
	}
}
