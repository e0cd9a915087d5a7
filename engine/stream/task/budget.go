package task

import (
	"time"

	"tilsyn/engine/stream/broker"
	"tilsyn/state"
)

// budget bounds a cycle in time and bytes, besides the limits on records and decisions. The
// size of a cycle changes nothing of what is told in the end, so the bounds may follow the
// machine's clock. Reading and deciding have separate budgets, so that a backlog cannot delay
// what clears.
type budget struct {
	wall func() time.Time
	// most is how many bytes may be read, and how many told.
	most int
	// span is how long the cycle may go on deciding, and until when that ends; it begins with
	// the first decision.
	span  time.Duration
	until time.Time
	// read and told count bytes; told covers the first `counted` records to be written.
	read, told, counted int
}

// newBudget returns the budget of a task with these limits.
func newBudget(wall func() time.Time, l Limits) budget {
	return budget{wall: wall, span: l.Time, most: l.Bytes}
}

// reset begins a cycle.
func (b *budget) reset() { b.read, b.told, b.counted, b.until = 0, 0, 0, time.Time{} }

// took counts a record that was read.
func (b *budget) took(rec *broker.Record) { b.read += len(rec.Key) + len(rec.Value) }

// full reports whether the cycle should read no more.
func (b *budget) full() bool { return b.read >= b.most }

// spent reports whether the cycle should decide no more. The first decision is always allowed.
func (b *budget) spent(outs []broker.Out) bool {
	for ; b.counted < len(outs); b.counted++ {
		b.told += len(outs[b.counted].Key) + len(outs[b.counted].Value)
	}
	if b.until.IsZero() {
		b.until = b.wall().Add(b.span)
		return false
	}
	return b.told >= b.most || b.wall().After(b.until)
}

// DefaultMemory stands for a memory limit that is not given.
const DefaultMemory = 512 << 20

// Within lowers the bounds of a cycle and a fetch so that this many tasks together take about a
// third of the memory, in bytes.
func (l Limits) Within(memory int64, tasks int) Limits {
	if memory <= 0 {
		memory = DefaultMemory
	}
	share := int(memory / 3 / int64(max(1, tasks)))
	// A task holds an answer as received and unpacked, what the cycle has read and encoded, and
	// what it tells, once encoded and once being sent.
	l.AnswerBytes = min(l.AnswerBytes, max(256<<10, share/8))
	l.Bytes = min(l.Bytes, max(1<<20, share/8))
	return l
}

// StateWithin makes the buffers of the state smaller if memory, in bytes, is short. Their
// defaults suit the default memory.
func StateWithin(o state.Options, memory int64) state.Options {
	if memory <= 0 || memory >= DefaultMemory {
		return o
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = 16 << 20
	}
	if o.MergeBytes == 0 {
		o.MergeBytes = 2 << 20
	}
	return o
}
