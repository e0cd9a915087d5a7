package claims

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/cespare/xxhash/v2"

	"tilsyn/engine/stream/spare"
	"tilsyn/engine/stream/wire"
	"tilsyn/state"
)

// One id in one version under two keys is one fact (contract §1), but the readers of the two
// keys cannot know of each other. So whoever reads a version of a fact claims its name for the
// key, at the task to which the name's hash belongs. That task keeps all claims and finds names
// that are claimed for two keys; what follows, package task says (task/contested.go). A claim
// holds hashes only: two names with the same hash look contested, which costs a walk over the
// persons and changes no verdict.
//
// Claims are kept on disk, spread over shards by hash, and not in memory. To examine a shard
// with new claims, it is read as a whole and its claims are compared with one another. In a
// backlog, when nobody can be accused anyway, shards only grow; they are examined once the
// backlog is read.

const (
	// shards is how many shards the claims of a task are spread over.
	shards    = 256
	shardBits = 8
	// claimBytes is the size of a claim on disk: the part of the name's hash that the shard
	// does not imply (nameBits with the shard) and keyBits of the key's hash.
	claimBytes = 8
	nameBits   = 48
	keyBits    = 24
	// handedBytes is the size of a claim on the way to another task.
	handedBytes = 8 + keyBits/8
	// maxRecord is roughly how many bytes of claims one record carries.
	maxRecord = 60 << 10
	// maxBlock is how many claims of a shard are stored in one block.
	maxBlock = 4096
)

// storeKey begins the keys under which the claims of the shards are stored. No PersonID begins
// with it, and these keys have no header, so no walk over persons meets them.
const storeKey = "\x00claims:"

// dirtyKey is the key of the state's value that lists the shards with claims not yet
// examined.
const dirtyKey = "claims/dirty"

// RecordClaims and RecordContest are the first bytes of records on the hand-over topic: claims,
// and a contested name.
const (
	RecordClaims  = 2
	RecordContest = 3
)

// shardKey is the key under which the claims of a shard are stored.
func shardKey(shard int) string {
	return storeKey + string([]byte{byte(shard)})
}

// shardSet is a set of shards.
type shardSet [shards / 64]uint64

func (s *shardSet) add(shard int)      { s[shard/64] |= 1 << (shard % 64) }
func (s *shardSet) has(shard int) bool { return s[shard/64]&(1<<(shard%64)) != 0 }
func (s *shardSet) remove(shard int)   { s[shard/64] &^= 1 << (shard % 64) }

func (s *shardSet) len() int {
	n := 0
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}

// claim says that a version of a fact was read under a key; both are hashes.
type claim struct {
	name uint64
	key  uint32
}

func (c *claim) shard() int { return int(c.name >> (64 - shardBits)) }

// stored packs the claim as it is kept in its shard: the name's bits, then the key's.
func (c *claim) stored() uint64 {
	return c.name<<shardBits>>(64-nameBits+shardBits)<<keyBits | uint64(c.key)
}

// nameOfStored is the inverse of stored, as far as the name is kept.
func nameOfStored(shard int, word uint64) uint64 {
	return Kept(uint64(shard)<<(64-shardBits) | word>>keyBits<<(64-nameBits))
}

// Kept is the part of a claimed name that is kept.
func Kept(name uint64) uint64 { return name >> (64 - nameBits) }

// Name is the name claimed for a version of a fact. For the first version it is the fact's
// own name.
func Name(fact uint64, version int64) uint64 {
	if version <= 1 {
		return fact
	}
	return mix(fact ^ uint64(version)*0x9e3779b97f4a7c15)
}

// mix spreads every bit of x over the whole number.
func mix(x uint64) uint64 {
	x = (x ^ x>>32) * 0xd6e8feb86659fd93
	x = (x ^ x>>32) * 0xd6e8feb86659fd93
	return x ^ x>>32
}

// KeyHash is the part of a key's hash that a claim keeps.
func KeyHash(key []byte) uint32 { return uint32(xxhash.Sum64(key)) & (1<<keyBits - 1) }

// Config is what the claims of a task are made of.
type Config struct {
	// Task is the task's number, Tasks how many there are.
	Task, Tasks int32
	Store       state.Task
	// Write sends a record to the hand-over partition of another task.
	Write func(owner int32, value []byte)
	// Contest takes in a name, shortened by Kept, that is claimed for two keys.
	Contest func(name uint64) error
}

// Claims are the claims of a task that are not yet saved or sent, the state of examining, and the
// names that were found to be claimed for several keys.
type Claims struct {
	cfg Config
	// Contested are the names claimed for several keys.
	Contested Contested
	// away are the claims for other tasks, packed, by task; fresh are those of this cycle for
	// this task by shard, as they are stored.
	away  map[int32][]byte
	fresh [shards][]uint64
	// sent is how large the last record for another task was: the next one has room for as much.
	sent int
	// block is the buffer for what is stored of a shard.
	block []byte
	// dirty are the shards with claims newer than the present pass, and left those that the
	// pass has yet to examine. saved is the union of both as the state has it.
	dirty, left, saved shardSet
	// pass is the present pass over the shards, or the last one.
	pass pass
	// table is the hash table for comparing a shard.
	table []uint64
	// use says whether the memory of fresh is worth keeping.
	use spare.Use
}

// New returns the claims of a task; Load must follow.
func New(c Config) *Claims { return &Claims{cfg: c} }

// Reset forgets what a cycle gathered, once it is saved.
func (c *Claims) Reset() {
	used, room := 0, 0
	for i := range c.fresh {
		used, room = used+len(c.fresh[i]), room+cap(c.fresh[i])
	}
	keep := c.use.Keep(used, room)
	for i := range c.fresh {
		if c.fresh[i] = c.fresh[i][:0]; !keep {
			c.fresh[i] = nil
		}
	}
	c.Contested.reset()
}

// Pending reports whether some claims are not examined yet.
func (c *Claims) Pending() bool { return c.dirty != shardSet{} || c.left != shardSet{} }

// Claim claims the name of a version for the hash of the key that it was read under. Live is
// false while catching up with the last commit: what a predecessor has sent is not sent again.
func (c *Claims) Claim(name uint64, key uint32, live bool) {
	owner := int32(name % uint64(c.cfg.Tasks))
	if owner == c.cfg.Task {
		c.take(claim{name, key})
		return
	}
	if !live {
		return // the predecessor has sent it
	}
	if c.away == nil {
		c.away = map[int32][]byte{}
	}
	b := c.away[owner]
	if b == nil {
		b = append(make([]byte, 0, max(512, c.sent+handedBytes)), RecordClaims)
	}
	b = binary.BigEndian.AppendUint64(b, name)
	b = append(b, byte(key>>16), byte(key>>8), byte(key))
	c.away[owner] = b
	if len(b) >= maxRecord {
		c.send(owner)
	}
}

// take keeps a claim for a name that belongs to this task.
func (c *Claims) take(x claim) {
	shard := x.shard()
	c.fresh[shard] = append(c.fresh[shard], x.stored())
	c.dirty.add(shard)
}

// send writes the claims gathered for another task.
func (c *Claims) send(owner int32) {
	if b := c.away[owner]; len(b) > 0 {
		c.sent = len(b)
		c.cfg.Write(owner, b)
		c.away[owner] = nil
	}
}

// Send writes the remaining claims of the cycle for other tasks.
func (c *Claims) Send() {
	for owner := range c.cfg.Tasks {
		c.send(owner)
	}
}

// Waiting returns how many bytes of claims wait to be sent to other tasks.
func (c *Claims) Waiting() int {
	n := 0
	for _, b := range c.away {
		n += len(b)
	}
	return n
}

// Receive takes in claims sent by another task: what follows RecordClaims in the record.
func (c *Claims) Receive(b []byte) error {
	if len(b)%handedBytes != 0 {
		return wire.ErrCut
	}
	for ; len(b) > 0; b = b[handedBytes:] {
		c.take(claim{binary.BigEndian.Uint64(b), uint32(b[8])<<16 | uint32(b[9])<<8 | uint32(b[10])})
	}
	return nil
}

// Without returns a record of the hand-over topic with claims without those of some names, or nil if nothing is left of
// it; a record that tells of a contested name is nil if it is one of them. gone is asked with names as Name makes them,
// and shortened ones by keptGone (Kept).
func Without(record []byte, gone, keptGone func(name uint64) bool) ([]byte, error) {
	rest := record[1:]
	if record[0] == RecordContest {
		if len(rest) != 8 {
			return nil, wire.ErrCut
		}
		if keptGone(binary.BigEndian.Uint64(rest)) {
			return nil, nil
		}
		return record, nil
	}
	if len(rest)%handedBytes != 0 {
		return nil, wire.ErrCut
	}
	out := []byte{RecordClaims}
	for ; len(rest) > 0; rest = rest[handedBytes:] {
		if !gone(binary.BigEndian.Uint64(rest)) {
			out = append(out, rest[:handedBytes]...)
		}
	}
	if len(out) == 1 {
		return nil, nil
	}
	return out, nil
}

// Save adds the claims of the cycle to a batch, and the set of shards still to be examined and the
// contested names found.
func (c *Claims) Save(b *state.Batch) {
	c.Contested.save(b)
	key := []byte(shardKey(0))
	for shard := range c.fresh {
		for words := range slices.Chunk(c.fresh[shard], maxBlock) {
			c.block = c.block[:0]
			for _, word := range words {
				c.block = binary.BigEndian.AppendUint64(c.block, word)
			}
			key[len(key)-1] = byte(shard)
			b.AddFactBytes(key, state.Aside, c.block)
		}
	}
	var now shardSet
	for i := range now {
		now[i] = c.dirty[i] | c.left[i]
	}
	if now == c.saved {
		return
	}
	c.saved = now
	packed := make([]byte, 0, 8*len(now))
	for _, word := range now {
		packed = binary.BigEndian.AppendUint64(packed, word)
	}
	b.SetMeta(dirtyKey, packed)
}

// Load reads from the state which shards are still to be examined, and the contested names.
func (c *Claims) Load() error {
	*c = Claims{cfg: c.cfg, table: c.table, block: c.block}
	packed, _, err := c.cfg.Store.Meta(dirtyKey)
	if err != nil {
		return err
	}
	r := wire.Reader{Rest: packed}
	for i := range c.saved {
		if len(packed) > 0 {
			c.saved[i] = r.Fixed()
		}
	}
	c.dirty = c.saved
	if err := r.End(); err != nil {
		return err
	}
	return c.Contested.load(c.cfg.Store)
}
