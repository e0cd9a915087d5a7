package task

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/wire"
	"tilsyn/state"
)

// One id in one version under two keys is one fact (contract §1), and the readers of
// the two cannot know of each other. So whoever reads a version of a fact claims its
// name for the key, at the task that the name's hash belongs to. That task keeps all
// claims and finds names that are claimed for two keys; contested.go says what
// follows. A claim is a hash: two names of one hash are taken for a contest, which
// costs a walk over the persons and changes no verdict.
//
// Claims are kept on the disk, spread over shards by hash, and not in memory: a shard
// in which a claim is new is read whole, and compared in itself. In a backlog, while
// nobody can be accused, shards only grow, and are examined once behind it.

const (
	// claimShards is over how many shards the claims of a task are spread.
	claimShards    = 256
	claimShardBits = 8
	// claimBytes is what a claim takes on the disk: of the hash of the name what the
	// shard does not say (claimNameBits in all), and of that of the key keyBits.
	claimBytes    = 8
	claimNameBits = 48
	keyBits       = 24
	// handedClaimBytes is what it takes on the way to another task.
	handedClaimBytes = 8 + keyBits/8
	// maxClaimRecord is about how many bytes of claims one record carries.
	maxClaimRecord = 60 << 10
	// maxClaimBlock is how many claims of a shard are stored together.
	maxClaimBlock = 4096
)

// claimsKey is under whom the claims of a shard are kept. No PersonID begins like
// this; it has no header, so that no walk comes to it.
const claimsKey = "\x00claims:"

// claimsDirty is the key of the state's value that says which shards have claims that
// are not examined.
const claimsDirty = "claims/dirty"

func shardKey(shard int) string {
	return claimsKey + string([]byte{byte(shard)})
}

// ShardSet is a set of shards.
type ShardSet [claimShards / 64]uint64

func (s *ShardSet) add(shard int)      { s[shard/64] |= 1 << (shard % 64) }
func (s *ShardSet) has(shard int) bool { return s[shard/64]&(1<<(shard%64)) != 0 }
func (s *ShardSet) remove(shard int)   { s[shard/64] &^= 1 << (shard % 64) }

func (s *ShardSet) len() int {
	n := 0
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}

// claim is that a version of a fact was read under a key.
type claim struct {
	name uint64
	key  uint32
}

func (c *claim) shard() int { return int(c.name >> (64 - claimShardBits)) }

// stored is the claim within its shard: the name's bits, then the key's.
func (c *claim) stored() uint64 {
	return c.name<<claimShardBits>>(64-claimNameBits+claimShardBits)<<keyBits | uint64(c.key)
}

// nameOfStored is the inverse, as far as the name is kept.
func nameOfStored(shard int, word uint64) uint64 {
	return keptName(uint64(shard)<<(64-claimShardBits) | word>>keyBits<<(64-claimNameBits))
}

// keptName is what is kept of a claimed name.
func keptName(name uint64) uint64 { return name >> (64 - claimNameBits) }

// claimName is the name that is claimed for a version of a fact: the fact's own for
// the first.
func claimName(fact uint64, version int64) uint64 {
	if version <= 1 {
		return fact
	}
	return mix(fact ^ uint64(version)*0x9e3779b97f4a7c15)
}

// mix spreads the bits of a number over all of it.
func mix(x uint64) uint64 {
	x = (x ^ x>>32) * 0xd6e8feb86659fd93
	x = (x ^ x>>32) * 0xd6e8feb86659fd93
	return x ^ x>>32
}

// KeyHash is what a claim keeps of the key for which a name is claimed.
func KeyHash(key []byte) uint32 { return uint32(xxhash.Sum64(key)) & (1<<keyBits - 1) }

// claims are the claims of a task that are under way, and what is examined.
type claims struct {
	// away are those for each other task, packed; fresh those of this cycle for
	// this one.
	away  map[int32][]byte
	fresh []claim
	// Dirty are the shards with claims that are newer than the last pass, left those
	// that the pass has not come to. saved is both as the state has them.
	Dirty, Left, saved ShardSet
	// to is up to where everything was read when the pass began, clock the task's
	// clock then, began and took when that was and how long the last one took.
	to    broker.Offsets
	clock duty.Instant
	began time.Time
	took  time.Duration
	// table is for comparing a shard, order for sorting by shard.
	table []uint64
	order []claim
}

// reset forgets the claims of a cycle, which are saved.
func (c *claims) reset() { c.fresh = c.fresh[:0] }

// Pending reports whether there are claims that are not examined.
func (c *claims) Pending() bool { return c.Dirty != ShardSet{} || c.Left != ShardSet{} }

// ClaimFor claims a version of a fact for the key that it was read under.
func (t *Task) ClaimFor(name uint64, key uint32, live bool) {
	owner := int32(name % uint64(t.parts))
	if owner == t.At.Task {
		t.takeClaim(claim{name, key})
		return
	}
	if !live {
		return // the predecessor has sent it
	}
	if t.Claims.away == nil {
		t.Claims.away = map[int32][]byte{}
	}
	b := t.Claims.away[owner]
	if b == nil {
		b = append(make([]byte, 0, 512), handedClaims)
	}
	b = binary.BigEndian.AppendUint64(b, name)
	b = append(b, byte(key>>16), byte(key>>8), byte(key))
	t.Claims.away[owner] = b
	if len(b) >= maxClaimRecord {
		t.sendClaims(owner)
	}
}

// takeClaim keeps a claim for a name of this task's.
func (t *Task) takeClaim(c claim) {
	t.Claims.fresh = append(t.Claims.fresh, c)
	t.Claims.Dirty.add(c.shard())
}

// sendClaims writes the claims for another task.
func (t *Task) sendClaims(owner int32) {
	if b := t.Claims.away[owner]; len(b) > 0 {
		t.cycle.outs = append(t.cycle.outs, broker.Out{Partition: broker.Partition{Topic: broker.TopicHandOver, Index: owner}, Value: b})
		t.Claims.away[owner] = nil
		t.cycle.moved = true
	}
}

// sendAllClaims writes what is left of the cycle.
func (t *Task) sendAllClaims() {
	for owner := range t.parts {
		t.sendClaims(owner)
	}
}

// applyClaims takes in what another task claims.
func (t *Task) applyClaims(b []byte) error {
	if len(b)%handedClaimBytes != 0 {
		return wire.ErrCut
	}
	for ; len(b) > 0; b = b[handedClaimBytes:] {
		t.takeClaim(claim{binary.BigEndian.Uint64(b), uint32(b[8])<<16 | uint32(b[9])<<8 | uint32(b[10])})
	}
	return nil
}

// byShard are the claims of the cycle in the order of their shards.
func (c *claims) byShard() []claim {
	var next [claimShards]int
	for i := range c.fresh {
		next[c.fresh[i].shard()]++
	}
	at := 0
	for shard, n := range next {
		next[shard], at = at, at+n
	}
	c.order = slices.Grow(c.order[:0], at)[:at]
	for i := range c.fresh {
		shard := c.fresh[i].shard()
		c.order[next[shard]] = c.fresh[i]
		next[shard]++
	}
	return c.order
}

// save adds the claims of the cycle to a batch, and which shards are to be examined.
func (c *claims) save(b *state.Batch) {
	var key, block []byte
	list := c.byShard()
	for i := 0; i < len(list); {
		shard, n := list[i].shard(), 0
		block = block[:0]
		for ; i < len(list) && list[i].shard() == shard && n < maxClaimBlock; i, n = i+1, n+1 {
			block = binary.BigEndian.AppendUint64(block, list[i].stored())
		}
		key = append(append(key[:0], claimsKey...), byte(shard))
		b.AddFactBytes(key, state.Aside, block)
	}
	var now ShardSet
	for i := range now {
		now[i] = c.Dirty[i] | c.Left[i]
	}
	if now == c.saved {
		return
	}
	c.saved = now
	packed := make([]byte, 0, 8*len(now))
	for _, word := range now {
		packed = binary.BigEndian.AppendUint64(packed, word)
	}
	b.SetMeta(claimsDirty, packed)
}

// loadClaims reads which shards are to be examined.
func (t *Task) loadClaims() error {
	t.Claims = claims{table: t.Claims.table, order: t.Claims.order[:0]}
	packed, _, err := t.store.Meta(claimsDirty)
	if err != nil {
		return err
	}
	r := wire.Reader{Rest: packed}
	for i := range t.Claims.saved {
		if len(packed) > 0 {
			t.Claims.saved[i] = r.Fixed()
		}
	}
	t.Claims.Dirty = t.Claims.saved
	return r.End()
}

// beginClaims makes the task claim what an older program has read and did not claim,
// when the state is built again for this one (again.go). A walk over it that the last
// commit names goes with the state; begun again it does no harm.
func (t *Task) beginClaims(last *stored.Progress) {
	of := func(s stored.Sweep) bool { return s.Claims }
	older := last.Seq > 0 && last.Layout != stored.StateLayout
	if (older || slices.ContainsFunc(last.Sweeps, of)) && !slices.ContainsFunc(t.At.Sweeps, of) {
		t.At.Sweeps = append(t.At.Sweeps, stored.Sweep{Claims: true})
	}
}
