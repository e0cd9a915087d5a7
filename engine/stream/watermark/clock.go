package watermark

import (
	"maps"
	"sync"
	"time"

	"tilsyn/engine/duty"
)

// Reading says how far a task has read, for a clock driven by what was read.
type Reading struct {
	// Low is the smallest, over the partitions with more to read, of the newest time read in
	// each; Beginning if nothing was read of one of them.
	Low duty.Instant
	// High is the newest time read anywhere.
	High duty.Instant
	// Drained is true if no partition has more to read.
	Drained bool
}

// Clock is where time enters the engine.
type Clock interface {
	// Now returns the time for a task that has read this far. It may go back; the task's own
	// clock does not.
	Now(task int32, r Reading) duty.Instant
	// Virtual reports whether the clock is driven by what was read.
	Virtual() bool
}

// wallClock is a clock that returns what a function says.
type wallClock struct{ f func() time.Time }

// WallClock returns a clock that shows the time of f, time.Now in production.
func WallClock(f func() time.Time) Clock { return wallClock{f: f} }

// Now implements Clock.
func (c wallClock) Now(int32, Reading) duty.Instant { return duty.Instant(c.f().UnixMilli()) }

// Virtual implements Clock.
func (c wallClock) Virtual() bool { return false }

// VirtualClock is contract §4's --clock events. It shows the smallest, over all partitions with
// more to read, of the newest received_at read in each. A partition that is read to its end
// does not hold it back, or one quiet topic would stop it for good; once all are read to their
// ends it shows the newest time of all.
type VirtualClock struct {
	mu sync.Mutex
	// seen holds the tasks that take part, with nil for one that has not reported yet.
	seen map[int32]*Reading
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
	seen := make(map[int32]*Reading, len(tasks))
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

// Virtual implements Clock.
func (c *VirtualClock) Virtual() bool { return true }

// Now implements Clock.
func (c *VirtualClock) Now(task int32, r Reading) duty.Instant {
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
		high = max(high, r.High)
		if !r.Drained {
			drained, low = false, min(low, r.Low)
		}
	}
	if drained {
		return high
	}
	return min(low, high)
}
