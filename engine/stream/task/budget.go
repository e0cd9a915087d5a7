package task

import (
	"time"

	"tilsyn/engine/stream/broker"
	"tilsyn/state"
)

// budget bounds a cycle in time and bytes, beside the numbers of records and
// decisions. How much is done in one cycle changes nothing of what is told in
// the end, so that bounds may follow the machine's clock. Reading and deciding
// have budgets of their own: a backlog must not keep what clears from being told.
type budget struct {
	wall func() time.Time
	// most is how many bytes may be read, and how many told.
	most int
	// span is how long the cycle may go on deciding, until when that is; it
	// begins with the first decision.
	span  time.Duration
	until time.Time
	// read and told are bytes, told those of the first counted outs.
	read, told, counted int
	// slow is how long the slowest of the newest decisions took.
	slow time.Duration
}

func newBudget(wall func() time.Time, l Limits) budget {
	return budget{wall: wall, span: l.Time, most: l.Bytes}
}

// reset begins a cycle.
func (b *budget) reset() {
	b.read, b.told, b.counted, b.until = 0, 0, 0, time.Time{}
	b.slow /= 2
}

// took counts a record that was read.
func (b *budget) took(rec *broker.Record) { b.read += len(rec.Key) + len(rec.Value) }

// full reports whether no more should be read.
func (b *budget) full() bool { return b.read >= b.most }

// spent reports whether no more should be decided. The first decision of a
// cycle is always within the budget.
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

// timed notes how long a decision took that began then.
func (b *budget) timed(began time.Time) { b.slow = max(b.slow, b.wall().Sub(began)) }

// step is how many of at most so many persons may be decided without asking
// again, from how long decisions took of late.
func (b *budget) step(most int) int {
	if b.slow <= 0 {
		return most
	}
	return max(1, min(most, int(b.span/b.slow)))
}

// defaultMemory is Config.Memory where it is not given.
const defaultMemory = 512 << 20

// Within bounds a cycle and a fetch so that all tasks together take about a
// third of the memory, were every partition a task of this instance.
func (l Limits) Within(memory int64, tasks int) Limits {
	if memory <= 0 {
		memory = defaultMemory
	}
	share := int(memory / 3 / int64(max(1, tasks)))
	// A task holds an answer as it came and unpacked, what the cycle has read and
	// encoded, and what it tells, once encoded and once on its way.
	l.AnswerBytes = min(l.AnswerBytes, max(256<<10, share/8))
	l.Bytes = min(l.Bytes, max(1<<20, share/8))
	return l
}

// StateWithin makes the buffers of the state smaller where memory is short; they
// are what fits well into the default.
func StateWithin(o state.Options, memory int64) state.Options {
	if memory <= 0 || memory >= defaultMemory {
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
