package task

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
)

// reading says how far a task has read, for a clock that runs by what was read.
type reading struct {
	// low is the smallest, over partitions that have more, of the newest time
	// read in each; Beginning where nothing was read of one of them.
	low duty.Instant
	// high is the newest time read anywhere.
	high duty.Instant
	// drained is true where no partition has more.
	drained bool
}

// Clock is where time enters the engine.
type Clock interface {
	// now returns the time for a task that has read so far. It may go back; the
	// task does not.
	now(task int32, r reading) duty.Instant
	// virtual is true for a clock that runs by what was read.
	virtual() bool
}

type wallClock struct{ f func() time.Time }

// WallClock is the clock of the machine, or the one given.
func WallClock(f func() time.Time) Clock { return wallClock{f: f} }

func (c wallClock) now(int32, reading) duty.Instant { return duty.Instant(c.f().UnixMilli()) }
func (c wallClock) virtual() bool                   { return false }

// VirtualClock is contract §4's --clock events: the smallest over all partitions
// of the largest received_at read. A partition of which everything was read
// does not hold it back, else one quiet topic would stop it for good; when
// everything was read it is the newest time of all.
type VirtualClock struct {
	mu sync.Mutex
	// seen are the tasks that take part; nil until one has told how far it is.
	seen map[int32]*reading
	// through is the clock up to which a task has made a hop, aims what it makes next,
	// ends are behind what was handed to each task.
	through [hops]map[int32]duty.Instant
	aims    [hops]map[int32]aim
	ends    map[int32]int64
}

// EventsClock is a clock that runs by the facts read by all tasks of the
// instance together. Instances that share the tasks each run by their own.
func EventsClock() Clock {
	c := &VirtualClock{ends: map[int32]int64{}}
	for i := range hops {
		c.through[i], c.aims[i] = map[int32]duty.Instant{}, map[int32]aim{}
	}
	return c
}

// Take says which tasks take part from now on. The clock stands until those
// that are new have told how far they have read; it never goes back for a task.
func (c *VirtualClock) Take(tasks []int32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	seen := make(map[int32]*reading, len(tasks))
	for _, task := range tasks {
		seen[task] = c.seen[task]
	}
	c.seen = seen
	maps.DeleteFunc(c.through[hopRead], func(task int32, _ duty.Instant) bool { _, ok := seen[task]; return !ok })
	for i := hopExamined; i < hops; i++ { // what is new may have something to hand over
		clear(c.through[i])
		clear(c.aims[i])
	}
}

func (c *VirtualClock) virtual() bool { return true }

func (c *VirtualClock) now(task int32, r reading) duty.Instant {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.seen[task]; !ok {
		return duty.Beginning // it was taken away meanwhile
	}
	c.seen[task] = &r
	for _, r := range c.seen {
		if r == nil {
			return duty.Beginning
		}
	}
	low, high, drained := duty.Forever, duty.Beginning, true
	for _, r := range c.seen {
		high = max(high, r.high)
		if !r.drained {
			drained, low = false, min(low, r.low)
		}
	}
	if drained {
		return high
	}
	return min(low, high)
}

// mark is a question to the broker: when these ends are read, everything that
// was in the log at the clock of the question is.
type mark struct {
	at   duty.Instant
	ends broker.Offsets
	// others are the ends that all tasks must have read, hop is how far they are and
	// waiting those that are not there yet, handed the ends of the hand-over
	// partitions at the beginning of the hop (handover_mark.go).
	others  broker.Offsets
	hop     hop
	waiting []int32
	handed  broker.Offsets
}

// futureLimit is how far ahead of the clock the time of a fact may lie and still
// be believed; the clocks of brokers and engine differ by less.
const futureLimit = 5 * duty.Minute

// limit is the newest time at which anything is evaluated.
func (t *Task) limit() duty.Instant {
	if t.clock.virtual() {
		return duty.Forever
	}
	return t.At.Clock + futureLimit
}

// advance moves the clock, which never goes back.
func (t *Task) advance() {
	t.At.Clock = max(t.At.Clock, t.clock.now(t.At.Task, t.reading()))
}

// tick asks, once a second, what the topics are like and for the ends of everything
// that the task depends on (design.md, "Caught up").
func (t *Task) tick(ctx context.Context) error {
	t.advance()
	wall := t.wall()
	if err := t.readStamp(ctx); err != nil {
		return err
	}
	if t.asked.IsZero() || wall.Sub(t.asked) >= t.Limits.MarkEvery {
		// The clock is noted before the question: what the log holds at that
		// time is then within the answer. More may still come in the same
		// millisecond, so the one before it is what gets caught up.
		at, sure := t.confirmed()
		at--
		whole, err := t.lookAtTopics(ctx)
		if err != nil {
			return err
		}
		ends, err := t.Broker.Ends(ctx, t.depends, broker.HighWatermark)
		if err != nil {
			return err
		}
		t.asked, t.ends = wall, ends
		switch {
		case !whole:
			t.pending = nil
		case t.pending != nil:
		case sure:
			t.pending = &mark{at: at, ends: ends}
			err = t.askOthers(ctx)
		}
		if err != nil {
			return err
		}
	}
	if err := t.hearOthers(ctx); err != nil {
		return err
	}
	t.reach()
	return nil
}

// reach moves caught_up to the pending mark where its ends are read. A clock
// that runs by what was read is caught up by its definition.
func (t *Task) reach() {
	if t.Stands() != "" {
		return
	}
	if t.clock.virtual() && (t.alone() || t.byClock()) {
		t.reachVirtual()
		return
	}
	if !t.readMark() || !t.heardAll() {
		return
	}
	t.At.CaughtUp = max(t.At.CaughtUp, t.pending.at)
	t.heardOthers()
	t.pending = nil
}

// position is the next offset of a partition that the task depends on.
func (t *Task) position(p broker.Partition) int64 {
	n, ok := t.At.Inputs[p]
	switch {
	case !ok:
		return t.At.Centres[p]
	case slices.Contains(broker.JoinTopics, p.Topic):
		return min(n, t.At.Centres[p]) // it is read twice
	}
	return n
}

// reading says how far the task has read, by the ends last asked for; before it
// knows any, it cannot tell which partitions have more.
func (t *Task) reading() reading {
	if t.ends == nil {
		return reading{low: duty.Beginning, high: duty.Beginning}
	}
	r := reading{low: duty.Forever, high: duty.Beginning, drained: true}
	for p, at := range t.newest.of {
		r.high = max(r.high, *at)
		r.low = min(r.low, t.lowOf(p, *at))
	}
	if t.snap != nil {
		for p, at := range t.snap.NewestBy {
			r.high = max(r.high, at)
			r.low = min(r.low, t.lowOf(p, at))
		}
	}
	for p, end := range t.ends {
		if t.position(p) < end {
			r.drained = false
			if !t.hasNewest(p) {
				r.low = duty.Beginning
			}
		}
	}
	return r
}

// lowOf is the newest time of a partition that has more, Forever for others.
func (t *Task) lowOf(p broker.Partition, at duty.Instant) duty.Instant {
	if t.position(p) < t.ends[p] {
		return at
	}
	return duty.Forever
}

func (t *Task) hasNewest(p broker.Partition) bool {
	if _, ok := t.newest.get(p); ok {
		return true
	}
	if t.snap == nil {
		return false
	}
	_, ok := t.snap.NewestBy[p]
	return ok
}
