package claims

import (
	"encoding/binary"
	"math/bits"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
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

// When says how far a task has read, for whether a pass may begin.
type When struct {
	// Soon lets a pass begin in any case, as after a start.
	Soon bool
	// All is true if everything is read, Mark if everything up to the pending mark is.
	All, Mark bool
	// Virtual is true under a clock that is driven by what was read. MarkEvery is the time
	// between two marks.
	Virtual   bool
	MarkEvery time.Duration
}

// pass is one pass over the shards that have new claims.
type pass struct {
	// to are the positions read when it began, clock the task's clock then, began the time then,
	// and took how long the pass has taken.
	to    broker.Offsets
	clock duty.Instant
	began time.Time
	took  time.Duration
}

// Begin begins a pass over all shards with new claims, unless one is under way, if it may begin.
// read are the positions read, clock is the task's clock, and now the time. It reports whether a
// pass is under way.
func (c *Claims) Begin(w When, now time.Time, clock duty.Instant, read func() broker.Offsets) bool {
	if c.left != (shardSet{}) {
		return true
	}
	if !c.may(w, now) {
		return false
	}
	c.left, c.dirty = c.dirty, shardSet{}
	c.pass = pass{to: read(), clock: clock, began: now}
	return true
}

// Examine goes on with the pass as long as there is room, and looks for names claimed for two
// keys. When the pass is over it returns the positions and the clock up to which claims are
// examined.
func (c *Claims) Examine(room func() bool, wall func() time.Time) (
	to broker.Offsets, clock duty.Instant, over bool, err error,
) {
	now := wall()
	defer func() { c.pass.took += wall().Sub(now) }()
	for shard := range shards {
		if !c.left.has(shard) {
			continue
		}
		if !room() {
			return nil, 0, false, nil
		}
		if err := c.examineShard(shard, c.fresh[shard]); err != nil {
			return nil, 0, false, err
		}
		c.left.remove(shard)
	}
	return c.pass.to, c.pass.clock, true, nil
}

// may reports whether a pass may begin: not too soon after the one before, and under the wall
// clock not in a backlog, when nobody can be accused anyway.
func (c *Claims) may(w When, now time.Time) bool {
	if w.Soon || w.All && c.dirty.len() <= fewShards {
		return true
	}
	if !w.All && !w.Virtual && !w.Mark {
		return false
	}
	pause := examineShare * (c.pass.took - quickPass)
	if !w.Virtual {
		pause = max(pause, w.MarkEvery)
	}
	return now.Sub(c.pass.began) >= pause
}

// examineShard compares the claims of a shard with one another, including those of the cycle,
// which the state does not have yet.
func (c *Claims) examineShard(shard int, fresh []uint64) error {
	stored, err := c.cfg.Store.Person(shardKey(shard), state.Aside)
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
	c.clearTable(n)
	for _, block := range stored.Facts {
		for ; len(block) > 0; block = block[claimBytes:] {
			if err := c.compare(shard, binary.BigEndian.Uint64(block)); err != nil {
				return err
			}
		}
	}
	for _, word := range fresh {
		if err := c.compare(shard, word); err != nil {
			return err
		}
	}
	return nil
}

// clearTable empties the table and makes room for n claims.
func (c *Claims) clearTable(n int) {
	size := 1 << bits.Len(uint(2*n+16))
	if cap(c.table) < size {
		c.table = make([]uint64, size)
	}
	c.table = c.table[:size]
	clear(c.table)
}

// compare adds a claim to the table, and contests its name if it is there for another key.
func (c *Claims) compare(shard int, word uint64) error {
	table := c.table
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
		return c.cfg.Contest(nameOfStored(shard, word-1))
	}
	return nil
}
