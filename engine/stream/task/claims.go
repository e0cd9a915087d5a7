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

// One id in one version under two keys is one fact (contract §1), but the readers of the two
// keys cannot know of each other. So whoever reads a version of a fact claims its name for the
// key, at the task to which the name's hash belongs. That task keeps all claims and finds names
// that are claimed for two keys; contested.go says what follows. A claim holds hashes only: two
// names with the same hash look contested, which costs a walk over the persons and changes no
// verdict.
//
// Claims are kept on disk, spread over shards by hash, and not in memory. To examine a shard
// with new claims, it is read as a whole and its claims are compared with one another. In a
// backlog, when nobody can be accused anyway, shards only grow; they are examined once the
// backlog is read.

const (
	// claimShards is how many shards the claims of a task are spread over.
	claimShards    = 256
	claimShardBits = 8
	// claimBytes is the size of a claim on disk: the part of the name's hash that the shard
	// does not imply (claimNameBits with the shard) and keyBits of the key's hash.
	claimBytes    = 8
	claimNameBits = 48
	keyBits       = 24
	// handedClaimBytes is the size of a claim on the way to another task.
	handedClaimBytes = 8 + keyBits/8
	// maxClaimRecord is roughly how many bytes of claims one record carries.
	maxClaimRecord = 60 << 10
	// maxClaimBlock is how many claims of a shard are stored in one block.
	maxClaimBlock = 4096
)

// claimsKey begins the keys under which the claims of the shards are stored. No PersonID begins
// with it, and these keys have no header, so no walk over persons meets them.
const claimsKey = "\x00claims:"

// claimsDirty is the key of the state's value that lists the shards with claims not yet
// examined.
const claimsDirty = "claims/dirty"

// shardKey is the key under which the claims of a shard are stored.
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

// claim says that a version of a fact was read under a key; both are hashes.
type claim struct {
	name uint64
	key  uint32
}

func (c *claim) shard() int { return int(c.name >> (64 - claimShardBits)) }

// stored packs the claim as it is kept in its shard: the name's bits, then the key's.
func (c *claim) stored() uint64 {
	return c.name<<claimShardBits>>(64-claimNameBits+claimShardBits)<<keyBits | uint64(c.key)
}

// nameOfStored is the inverse of stored, as far as the name is kept.
func nameOfStored(shard int, word uint64) uint64 {
	return keptName(uint64(shard)<<(64-claimShardBits) | word>>keyBits<<(64-claimNameBits))
}

// keptName is the part of a claimed name that is kept.
func keptName(name uint64) uint64 { return name >> (64 - claimNameBits) }

// claimName is the name claimed for a version of a fact. For the first version it is the fact's
// own name.
func claimName(fact uint64, version int64) uint64 {
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

// claims are the claims of a task that are not yet saved or sent, the state of examining, and the
// names that were found to be claimed for several keys.
type claims struct {
	// contested are the names claimed for several keys. unsettled is true after a start until
	// the claims that caught_up rests on are examined again.
	contested contested
	unsettled bool

	// away are the claims for other tasks, packed, by task; fresh are those of this cycle for
	// this task.
	away  map[int32][]byte
	fresh []claim
	// Dirty are the shards with claims newer than the present pass, and Left those that the
	// pass has yet to examine. saved is the union of both as the state has it.
	Dirty, Left, saved ShardSet
	// to are the positions read when the present pass began, clock the task's clock then, began
	// the time then, and took how long the pass has taken.
	to    broker.Offsets
	clock duty.Instant
	began time.Time
	took  time.Duration
	// table is the hash table for comparing a shard, order the buffer for sorting by shard.
	table []uint64
	order []claim
}

// reset forgets the claims of a cycle once they are saved.
func (c *claims) reset() { c.fresh = c.fresh[:0] }

// Pending reports whether some claims are not examined yet.
func (c *claims) Pending() bool { return c.Dirty != ShardSet{} || c.Left != ShardSet{} }

// claimFor claims the name of a version for the hash of the key that it was read under. Live is
// as for apply.
func (t *Task) claimFor(name uint64, key uint32, live bool) {
	owner := int32(name % uint64(t.parts))
	if owner == t.at.Task {
		t.takeClaim(claim{name, key})
		return
	}
	if !live {
		return // the predecessor has sent it
	}
	if t.claims.away == nil {
		t.claims.away = map[int32][]byte{}
	}
	b := t.claims.away[owner]
	if b == nil {
		b = append(make([]byte, 0, 512), handedClaims)
	}
	b = binary.BigEndian.AppendUint64(b, name)
	b = append(b, byte(key>>16), byte(key>>8), byte(key))
	t.claims.away[owner] = b
	if len(b) >= maxClaimRecord {
		t.sendClaims(owner)
	}
}

// takeClaim keeps a claim for a name that belongs to this task.
func (t *Task) takeClaim(c claim) {
	t.claims.fresh = append(t.claims.fresh, c)
	t.claims.Dirty.add(c.shard())
}

// sendClaims adds the claims gathered for another task to the transaction.
func (t *Task) sendClaims(owner int32) {
	if b := t.claims.away[owner]; len(b) > 0 {
		t.cycle.write(broker.Out{Partition: broker.Partition{Topic: duty.TopicHandOver, Index: owner}, Value: b})
		t.claims.away[owner] = nil
		t.cycle.move()
	}
}

// sendAllClaims sends the remaining claims of the cycle.
func (t *Task) sendAllClaims() {
	for owner := range t.parts {
		t.sendClaims(owner)
	}
}

// applyClaims takes in claims sent by another task.
func (t *Task) applyClaims(b []byte) error {
	if len(b)%handedClaimBytes != 0 {
		return wire.ErrCut
	}
	for ; len(b) > 0; b = b[handedClaimBytes:] {
		t.takeClaim(claim{binary.BigEndian.Uint64(b), uint32(b[8])<<16 | uint32(b[9])<<8 | uint32(b[10])})
	}
	return nil
}

// byShard returns the claims of the cycle sorted by shard.
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

// save adds the claims of the cycle to a batch, and the set of shards still to be examined.
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

// loadClaims reads which shards are still to be examined.
func (t *Task) loadClaims() error {
	t.claims = claims{contested: t.claims.contested, unsettled: t.claims.unsettled, table: t.claims.table, order: t.claims.order[:0]}
	packed, _, err := t.store.Meta(claimsDirty)
	if err != nil {
		return err
	}
	r := wire.Reader{Rest: packed}
	for i := range t.claims.saved {
		if len(packed) > 0 {
			t.claims.saved[i] = r.Fixed()
		}
	}
	t.claims.Dirty = t.claims.saved
	return r.End()
}

// beginClaims begins a walk that claims everything an older program has read without claiming
// it, when its state is rebuilt for this one (again.go). If the last commit names such a walk
// and the state was lost with it, the walk begins again, which does no harm.
func (t *Task) beginClaims(last *stored.Progress) {
	of := func(s stored.Sweep) bool { return s.Claims }
	older := last.Seq > 0 && last.Layout != stored.StateLayout
	if (older || slices.ContainsFunc(last.Sweeps, of)) && !slices.ContainsFunc(t.at.Sweeps, of) {
		t.at.Sweeps = append(t.at.Sweeps, stored.Sweep{Claims: true})
	}
}
