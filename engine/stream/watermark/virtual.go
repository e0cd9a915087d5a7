package watermark

import (
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
)

// done notes the clock up to which a task has handed over everything, and the next offsets
// after what it wrote to the hand-over partitions.
func (c *VirtualClock) done(task int32, at duty.Instant, handed map[int32]int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raise(hopRead, task, at)
	for i, n := range handed {
		c.ends[i] = max(c.ends[i], n)
	}
}

// raise notes that a task has completed a hop up to a clock. It never goes back.
func (c *VirtualClock) raise(h hop, task int32, at duty.Instant) {
	if before, ok := c.through[h][task]; !ok || at > before {
		c.through[h][task] = at
	}
}

// aim is what a task has to reach to complete a hop: the positions from, for the clock at up to
// which all tasks have completed the hop before.
type aim struct {
	at   duty.Instant
	from broker.Offsets
}

// climb notes that a task stands at the positions now. reached reports whether it has completed
// the hop for an aim.
func (c *VirtualClock) climb(task int32, h hop, now broker.Offsets, reached func(*aim) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for range 2 { // the present aim, and the next one, which may be reached too
		a, ok := c.aims[h][task]
		if !ok {
			low, all := c.low(h - 1)
			if !all || low <= c.through[h][task] {
				return
			}
			a = aim{low, now.Clone()}
			own := broker.Partition{Topic: duty.TopicHandOver, Index: task}
			a.from[own] = max(a.from[own], c.ends[task])
			c.aims[h][task] = a
		}
		if !reached(&a) {
			return
		}
		c.raise(h, task, a.at)
		delete(c.aims[h], task)
	}
}

// low is the clock up to which all tasks have completed a hop; false if some have not reported.
func (c *VirtualClock) low(h hop) (duty.Instant, bool) {
	if len(c.through[h]) < len(c.seen) {
		return duty.Beginning, false
	}
	low := duty.Forever
	for _, at := range c.through[h] {
		low = min(low, at)
	}
	return low, true
}

// whole reports whether all tasks run by this clock, so that it knows how far each has handed
// over. Otherwise the task asks the brokers, as under the wall clock.
func (c *VirtualClock) whole(tasks int32) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.seen) == int(tasks)
}

// handed is the clock up to which all tasks have handed over everything, and the offset up to
// which a task must read its hand-over partition for that.
func (c *VirtualClock) handed(task int32) (duty.Instant, int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	low, all := c.low(hopWalked)
	if !all {
		return duty.Beginning, 0
	}
	return low, c.ends[task]
}
