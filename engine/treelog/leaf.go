package treelog

import (
	"encoding/hex"
	"encoding/json"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Sizes of what a leaf is made of, in bytes.
const (
	SaltBytes   = 16
	DigestBytes = 32
)

// Salt is the chance in a leaf. All zero stands for a salt that was erased.
type Salt [SaltBytes]byte

// Digest is the digest of a revision (contract §3).
type Digest [DigestBytes]byte

// DigestOf reads the digest of a revision, lower-case hex.
func DigestOf(text string) (d Digest, err error) {
	if !readHex(d[:], text) {
		return d, fmt.Errorf("%q is no digest of a revision: it has 64 hexadecimal digits", text)
	}
	return d, nil
}

// readHex reads as many bytes as there is room for; false where the text is of other length or no hex.
func readHex(to []byte, text string) bool {
	if len(text) != 2*len(to) {
		return false
	}
	_, err := hex.Decode(to, []byte(text))
	return err == nil
}

// Leaf is an entry of the log: the hash that is in the tree, and the salt in it.
type Leaf struct {
	Hash Hash
	Salt Salt
}

// NewLeaf is the leaf of a revision.
func NewLeaf(salt Salt, digest Digest) Leaf {
	return Leaf{HashOf(salt, digest), salt}
}

// HashOf is the hash of a leaf (doc.go).
func HashOf(salt Salt, digest Digest) Hash {
	var data [SaltBytes + DigestBytes]byte
	copy(data[:], salt[:])
	copy(data[SaltBytes:], digest[:])
	return tlog.RecordHash(data[:])
}

// Erased reports whether the salt was erased, so that nothing can be found out about the revision.
func (l *Leaf) Erased() bool { return l.Salt == Salt{} }

// Of reports whether the leaf stands for a revision. One whose salt was erased stands for none.
func (l *Leaf) Of(digest Digest) bool { return !l.Erased() && HashOf(l.Salt, digest) == l.Hash }

// Chunk is one record with leaves of a log that follow each other. Its key is [Chunk.Key], so that
// a newer record in its place, such as one in which a salt is erased, replaces it.
type Chunk struct {
	// First is the number of the first leaf, from 0. Begin is the offset of violations from which on
	// revisions are in the log: 0, or where it ended when an older prefix got its log.
	First, Begin int64
	Leaves       []Leaf
}

// MaxChunk is how many leaves a chunk has at most, so that it fits into every topic: 260 KiB.
const MaxChunk = 4096

// chunkJSON is the value of the record.
type chunkJSON struct {
	First  int64  `json:"first"`
	Begin  int64  `json:"begin"`
	Hashes []byte `json:"hashes"`
	Salts  []byte `json:"salts"`
}

// Key is the key of the record: the number of the first leaf, in decimal.
func (c *Chunk) Key() []byte { return fmt.Appendf(nil, "%d", c.First) }

// Encode returns the value of the record.
func (c *Chunk) Encode() ([]byte, error) {
	j := chunkJSON{First: c.First, Begin: c.Begin, Hashes: make([]byte, 0, len(c.Leaves)*tlog.HashSize),
		Salts: make([]byte, 0, len(c.Leaves)*SaltBytes)}
	for i := range c.Leaves {
		j.Hashes = append(j.Hashes, c.Leaves[i].Hash[:]...)
		j.Salts = append(j.Salts, c.Leaves[i].Salt[:]...)
	}
	return json.Marshal(&j)
}

// DecodeChunk reads the value of such a record.
func DecodeChunk(value []byte) (Chunk, error) {
	var j chunkJSON
	if err := json.Unmarshal(value, &j); err != nil {
		return Chunk{}, fmt.Errorf("leaves of the log: %w", err)
	}
	n := len(j.Hashes) / tlog.HashSize
	if j.First < 0 || j.Begin < 0 || n == 0 || n > MaxChunk || len(j.Hashes) != n*tlog.HashSize ||
		len(j.Salts) != n*SaltBytes {
		return Chunk{}, fmt.Errorf("leaves of the log from %d on: %d bytes of hashes and %d of salts are no leaves",
			j.First, len(j.Hashes), len(j.Salts))
	}
	c := Chunk{First: j.First, Begin: j.Begin, Leaves: make([]Leaf, n)}
	for i := range c.Leaves {
		c.Leaves[i] = Leaf{Hash(j.Hashes[i*tlog.HashSize:]), Salt(j.Salts[i*SaltBytes:])}
	}
	return c, nil
}

// Chunks are the chunks of a log, in whatever order they were read: the newest in a place counts.
// The zero value is ready to use.
type Chunks struct {
	byFirst map[int64]Chunk
}

// Take takes in a chunk that lies behind those taken before.
func (c *Chunks) Take(chunk Chunk) {
	if c.byFirst == nil {
		c.byFirst = map[int64]Chunk{}
	}
	c.byFirst[chunk.First] = chunk
}

// Leaves puts the chunks together to a log of a size; fewer come back where a chunk is missing.
// What lies beyond the size was never committed, or is committed since.
func (c *Chunks) Leaves(size int64) []Leaf {
	var leaves []Leaf
	for int64(len(leaves)) < size {
		chunk, ok := c.byFirst[int64(len(leaves))]
		if !ok {
			break
		}
		leaves = append(leaves, chunk.Leaves[:min(int64(len(chunk.Leaves)), size-int64(len(leaves)))]...)
	}
	return leaves
}

// Begin is the offset of violations at which the log begins; false where it has no leaf.
func (c *Chunks) Begin() (int64, bool) {
	chunk, ok := c.byFirst[0]
	return chunk.Begin, ok
}
