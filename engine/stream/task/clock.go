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

// reading says how far a task has read, for a clock driven by what was read.
type reading struct {
	// low is the smallest, over the partitions with more to read, of the newest time read in
	// each; Beginning if nothing was read of one of them.
	low duty.Instant
	// high is the newest time read anywhere.
	high duty.Instant
	// drained is true if no partition has more to read.
	drained bool
}

// Clock is where time enters the engine.
type Clock interface {
	// now returns the time for a task that has read this far. It may go back; the task's own
	// clock does not.
	now(task int32, r reading) duty.Instant
	// virtual reports whether the clock is driven by what was read.
	virtual() bool
}

// wallClock is a clock that returns what a function says.
type wallClock struct{ f func() time.Time }

// WallClock returns a clock that shows the time of f, time.Now in production.
func WallClock(f func() time.Time) Clock { return wallClock{f: f} }

func (c wallClock) now(int32, reading) duty.Instant { return duty.Instant(c.f().UnixMilli()) }
func (c wallClock) virtual() bool                   { return false }

// VirtualClock is contract §4's --clock events. It shows the smallest, over all partitions with
// more to read, of the newest received_at read in each. A partition that is read to its end
// does not hold it back, or one quiet topic would stop it for good; once all are read to their
// ends it shows the newest time of all.
type VirtualClock struct {
	mu sync.Mutex
	// seen holds the tasks that take part, with nil for one that has not reported yet.
	seen map[int32]*reading
	// through is, by hop and task, the clock up to which the task has completed the hop. aims
	// is what a task has to reach next for a hop. ends are the next offsets after what was
	// handed to each task.
	through [hops]map[int32]duty.Instant
	aims    [hops]map[int32]aim
	ends    map[int32]int64
}

// EventsClock returns a clock driven by the facts that all tasks of this instance have read.
// Each of several instances has its own.
func EventsClock() Clock {
	c := &VirtualClock{ends: map[int32]int64{}}
	for i := range hops {
		c.through[i], c.aims[i] = map[int32]duty.Instant{}, map[int32]aim{}
	}
	return c
}

// Take sets which tasks take part from now on. The clock stands still until the new ones have
// reported how far they have read; a task's own clock never goes back.
func (c *VirtualClock) Take(tasks []int32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	seen := make(map[int32]*reading, len(tasks))
	for _, task := range tasks {
		seen[task] = c.seen[task]
	}
	c.seen = seen
	maps.DeleteFunc(c.through[hopRead], func(task int32, _ duty.Instant) bool { _, ok := seen[task]; return !ok })
	for i := hopExamined; i < hops; i++ { // a new task may have something to hand over
		clear(c.through[i])
		clear(c.aims[i])
	}
}

func (c *VirtualClock) virtual() bool { return true }

func (c *VirtualClock) now(task int32, r reading) duty.Instant {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.seen[task]; !ok {
		return duty.Beginning // the task was taken away meanwhile
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

// mark is a candidate for caught_up: once these ends are read, so is everything that was in the
// log at the time the question was asked.
type mark struct {
	at   duty.Instant
	ends broker.Offsets
	// others are the ends that all tasks must have read. hop is how far they have come, waiting
	// lists the tasks that have not completed it, and handed are the ends of the hand-over
	// partitions when it began (handover_mark.go).
	others  broker.Offsets
	hop     hop
	waiting []int32
	handed  broker.Offsets
}

// futureLimit is how far ahead of the clock the time of a fact may lie and still be believed.
// The clocks of brokers and engine should differ by less.
const futureLimit = 5 * duty.Minute

// limit is the latest clock at which anything is evaluated; a virtual clock has no limit.
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

// tick asks at most every MarkEvery what the topics are like and where everything that the task
// depends on ends, and begins a mark if none is pending (design.md, "Caught up"). Then it moves
// caught_up if the pending mark is reached.
func (t *Task) tick(ctx context.Context) error {
	t.advance()
	wall := t.wall()
	if err := t.readStamp(ctx); err != nil {
		return err
	}
	if t.asked.IsZero() || wall.Sub(t.asked) >= t.Limits.MarkEvery {
		// Note the clock before asking: everything in the log by then is before the ends. More
		// may still arrive in the same millisecond, so the mark is for the millisecond before.
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
			t.must.mark(t, at)
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

// reach moves caught_up to the pending mark once its ends are read and the other tasks have
// handed over. A virtual clock needs no mark: it shows only what was read.
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
	t.must.reach(t, t.pending.at, t.pending)
	t.At.CaughtUp = max(t.At.CaughtUp, t.pending.at)
	t.heardOthers()
	t.pending = nil
}

// position is the next offset to read of a partition that the task depends on.
func (t *Task) position(p broker.Partition) int64 {
	n, ok := t.At.Inputs[p]
	switch {
	case !ok:
		return t.At.Centres[p]
	case slices.Contains(broker.JoinTopics, p.Topic):
		return min(n, t.At.Centres[p]) // read by the task and by the centre reader
	}
	return n
}

// reading says how far the task has read, by the ends last asked for. Before the first answer
// it cannot tell which partitions have more to read.
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

// lowOf is at for a partition with more to read, Forever for others.
func (t *Task) lowOf(p broker.Partition, at duty.Instant) duty.Instant {
	if t.position(p) < t.ends[p] {
		return at
	}
	return duty.Forever
}

// hasNewest reports whether a record of a partition was read, by the task or the centre reader.
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
