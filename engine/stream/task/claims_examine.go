package task

import (
	"encoding/binary"
	"math/bits"
	"time"

	"tilsyn/engine/stream/wire"
	"tilsyn/state"
)

// This file examines claims (claims.go). Only accusing waits for it: caught_up covers only what
// is examined (watermark/hops.go).

const (
	// fewShards is how many dirty shards are examined as soon as everything is read. With more,
	// a pass waits for the time between two marks after the one before began, and for
	// examineShare times what that one took beyond quickPass, so that examining never takes a
	// large part of the time. A virtual clock has no marks to wait for.
	fewShards    = 32
	examineShare = 10
	quickPass    = time.Millisecond
)

// examine looks for names claimed for two keys, in all shards with new claims. A pass that does
// not fit into the cycle goes on in the next.
func (t *Task) examine() error {
	c, now := &t.claims, t.wall()
	if c.Left == (ShardSet{}) {
		if !t.mayExamine() {
			return nil
		}
		c.Left, c.Dirty = c.Dirty, ShardSet{}
		c.to, c.clock, c.began, c.took = t.watermark.Inputs(), t.at.Clock, now, 0
	}
	defer func() { c.took += t.wall().Sub(now) }()
	fresh := c.byShard()
	for shard := range claimShards {
		for len(fresh) > 0 && fresh[0].shard() < shard {
			fresh = fresh[1:]
		}
		if !c.Left.has(shard) {
			continue
		}
		if !t.cycle.room() {
			return nil
		}
		n := 0
		for n < len(fresh) && fresh[n].shard() == shard {
			n++
		}
		if err := t.examineShard(shard, fresh[:n]); err != nil {
			return err
		}
		c.Left.remove(shard)
	}
	t.at.Examined = c.to
	t.watermark.Examined(c.clock)
	return nil
}

// mayExamine reports whether a pass may begin: not too soon after the one before, and under the
// wall clock not in a backlog, when nobody can be accused anyway.
func (t *Task) mayExamine() bool {
	c := &t.claims
	all := t.watermark.ReadAll()
	if t.claims.unsettled || all && c.Dirty.len() <= fewShards {
		return true
	}
	if !all && !t.clock.Virtual() && !t.watermark.ReadMark() {
		return false
	}
	pause := examineShare * (c.took - quickPass)
	if !t.clock.Virtual() {
		pause = max(pause, t.limits.MarkEvery)
	}
	return t.wall().Sub(c.began) >= pause
}

// examineShard compares the claims of a shard with one another, including those of the cycle,
// which the state does not have yet.
func (t *Task) examineShard(shard int, fresh []claim) error {
	stored, err := t.store.Person(shardKey(shard), state.Aside)
	if err != nil {
		return err
	}
	n := len(fresh)
	for _, block := range stored.Facts {
		if len(block)%claimBytes != 0 {
			return wire.ErrCut
		}
		n += len(block) / claimBytes
	}
	t.claims.clearTable(n)
	for _, block := range stored.Facts {
		for ; len(block) > 0; block = block[claimBytes:] {
			if err := t.compareClaim(shard, binary.BigEndian.Uint64(block)); err != nil {
				return err
			}
		}
	}
	for i := range fresh {
		if err := t.compareClaim(shard, fresh[i].stored()); err != nil {
			return err
		}
	}
	return nil
}

// clearTable empties the table and makes room for n claims.
func (c *claims) clearTable(n int) {
	size := 1 << bits.Len(uint(2*n+16))
	if cap(c.table) < size {
		c.table = make([]uint64, size)
	}
	c.table = c.table[:size]
	clear(c.table)
}

// compareClaim adds a claim to the table, and contests its name if it is there for another key.
func (t *Task) compareClaim(shard int, word uint64) error {
	table := t.claims.table
	mask := uint64(len(table) - 1)
	word++ // zero is an empty place
	contested := false
	for i := (word - 1) >> keyBits & mask; ; i = (i + 1) & mask {
		at := table[i]
		if at == 0 {
			table[i] = word
			break
		}
		if at == word {
			return nil
		}
		contested = contested || (at-1)>>keyBits == (word-1)>>keyBits
	}
	if contested {
		return t.contest(nameOfStored(shard, word-1))
	}
	return nil
}
