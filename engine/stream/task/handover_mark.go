package task

import (
	"context"
	"maps"
	"slices"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
)

// What caught_up needs of other tasks. A task may hold a fact that clears a person of any other
// partition: a row without a person, a row that contradicts who holds its card, a later version
// of a fact that names somebody else (moved.go), or a version of a fact that came under two
// keys (claims.go). So where there are other tasks, a mark is reached only after the following
// hops. Each begins with the ends of the hand-over partitions as the hop before left them:
//
//  1. every task has committed that it read its inputs, the links and the assignments up to
//     their ends at the clock of the mark, and that no walk which hands facts over is pending:
//     what it had to hand over is then written, claims included;
//  2. every task has committed that it examined the claims before the end of its hand-over
//     partition: contested names are then published;
//  3. every task has committed that it read up to the end of its hand-over partition, and that
//     no walk which hands facts over is pending: all versions of contested facts are then given;
//  4. this task has read its own hand-over partition up to its end.
//
// A commit by a program with another state layout does not count: what that program did not
// hand over comes with the first commits of this one (again.go, walkClaims). An idle task needs
// no heartbeat, since its last commit has reached the ends. Nothing that clears waits for any
// of this.

// hop is a stage that all tasks must complete before a mark is reached.
type hop int

// The hops, in order; the list is at the top of this file.
const (
	hopRead hop = iota
	hopExamined
	hopWalked
	hops
)

// hearShare is how many times between two marks the task reads the commits of others while a
// mark waits for them.
const hearShare = 5

// heardCommit is the newest commit read of a task, and the end of its log at that time.
type heardCommit struct {
	end  int64
	last stored.Progress
}

// others are the partitions that all tasks together must have read up to the clock of a mark.
func (t *Task) others() []broker.Partition {
	var parts []broker.Partition
	for i := range t.parts {
		for _, topic := range broker.AwaitedTopics {
			parts = append(parts, broker.Partition{Topic: topic, Index: i})
		}
	}
	parts = append(parts, t.joinPartitions()...)
	slices.SortFunc(parts, broker.ComparePartitions)
	return slices.Compact(parts) // a broker refuses a partition that is named twice
}

// joinPartitions are the partitions of links and assignments that the task depends on.
func (t *Task) joinPartitions() []broker.Partition {
	return slices.DeleteFunc(slices.Clone(t.depends), func(p broker.Partition) bool { return !slices.Contains(broker.JoinTopics, p.Topic) })
}

// alone reports whether this is the only task, so that nothing can be handed over to it.
func (t *Task) alone() bool { return t.parts == 1 }

// askOthers notes the ends that other tasks must reach for the pending mark and begins to wait
// for them. It is not needed if the clock knows what they handed over (byClock).
func (t *Task) askOthers(ctx context.Context) (err error) {
	if t.alone() || t.byClock() {
		return nil
	}
	t.pending.others, err = t.Broker.Ends(ctx, t.others(), broker.HighWatermark)
	t.awaitAll()
	t.heardAt = time.Time{}
	return err
}

// awaitAll begins a hop of the pending mark by waiting for every task.
func (t *Task) awaitAll() {
	t.pending.waiting = t.pending.waiting[:0]
	for i := range t.parts {
		t.pending.waiting = append(t.pending.waiting, i)
	}
}

// hearOthers reads how far the awaited tasks have committed, and begins the next hop once all
// have completed the present one. After the last hop the mark also needs the end of the task's
// own hand-over partition.
func (t *Task) hearOthers(ctx context.Context) error {
	m := t.pending
	wall := t.wall()
	if m == nil || m.others == nil || m.hop == hops || wall.Sub(t.heardAt) < t.Limits.MarkEvery/hearShare {
		return nil
	}
	t.heardAt = wall
	if err := t.hear(ctx); err != nil {
		return err
	}
	for {
		m.waiting = slices.DeleteFunc(m.waiting, func(task int32) bool { return m.passed(t.lastHeard(task)) })
		if len(m.waiting) > 0 {
			return nil
		}
		parts := make([]broker.Partition, t.parts)
		for i := range parts {
			parts[i] = broker.Partition{Topic: duty.TopicHandOver, Index: int32(i)}
		}
		var err error
		if m.handed, err = t.Broker.Ends(ctx, parts, broker.HighWatermark); err != nil {
			return err
		}
		if m.hop++; m.hop == hops {
			own := parts[t.At.Task]
			m.ends = m.ends.Clone()
			m.ends[own] = m.handed[own]
			return nil
		}
		t.awaitAll()
	}
}

// hear reads the newest commits of the awaited tasks, unless they are known already.
func (t *Task) hear(ctx context.Context) error {
	var parts []broker.Partition
	for _, task := range t.pending.waiting {
		if task != t.At.Task {
			parts = append(parts, stored.CommitPartition(task))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	ends, err := t.Broker.Ends(ctx, parts, broker.LastStable)
	if err != nil {
		return err
	}
	if t.commits == nil {
		t.commits = map[int32]heardCommit{}
	}
	for _, p := range parts {
		if before, ok := t.commits[p.Index]; ok && before.end == ends[p] {
			continue
		}
		last, err := t.lastCommitOf(ctx, p.Index, ends[p])
		if err != nil {
			return err
		}
		t.commits[p.Index] = heardCommit{ends[p], last}
	}
	return nil
}

// lastHeard is the newest known commit of a task.
func (t *Task) lastHeard(task int32) *stored.Progress {
	if task == t.At.Task {
		return &t.published
	}
	last := t.commits[task].last
	return &last
}

// passed reports whether a task's commit shows that it has completed the present hop of a mark.
func (m *mark) passed(last *stored.Progress) bool {
	own := broker.Partition{Topic: duty.TopicHandOver, Index: last.Task}
	switch {
	case last.Layout != stored.StateLayout:
		return false
	case m.hop == hopRead:
		return m.read(last)
	case m.hop == hopWalked:
		return last.Inputs[own] >= m.handed[own] && !last.Handing()
	}
	for p, end := range m.others {
		if p.Index == last.Task && slices.Contains(broker.AwaitedTopics, p.Topic) && last.Examined[p] < end {
			return false
		}
	}
	return last.Examined[own] >= m.handed[own]
}

// read reports whether a task's commit shows that it read and handed over everything up to a
// mark.
func (m *mark) read(last *stored.Progress) bool {
	for p, end := range m.others {
		at := last.Inputs[p]
		if slices.Contains(broker.JoinTopics, p.Topic) {
			if p.Index == last.Task {
				at = min(at, last.Centres[p])
			} else {
				at = last.Centres[p]
			}
		} else if p.Index != last.Task {
			continue
		}
		if at < end {
			return false
		}
	}
	return !last.Handing() && !last.Again
}

// heardAll reports whether a mark whose ends are read is reached: other tasks have handed over
// what concerns it, and this one has examined its claims and finished its walks.
func (t *Task) heardAll() bool {
	m := t.pending
	if t.At.Handing() {
		return false
	}
	if t.alone() {
		for _, p := range broker.InputsOf(t.At.Task) {
			if t.At.Examined[p] < m.ends[p] && !broker.Unawaited(p.Topic) {
				return false
			}
		}
		return true
	}
	if m.others == nil {
		t.pending = nil
		return false
	}
	return m.hop == hops
}

// byClock reports whether the virtual clock knows how far every task has handed over.
func (t *Task) byClock() bool {
	clock, ok := t.clock.(*VirtualClock)
	return ok && clock.whole(t.parts)
}

// reachVirtual moves caught_up under a virtual clock: to the clock itself, or, if other tasks
// may hand something over, to the clock up to which all tasks of the process have done so.
func (t *Task) reachVirtual() {
	t.pending = nil
	at := t.At.Clock
	if t.Claims.Pending() {
		at = t.examinedClock
	}
	if clock, ok := t.clock.(*VirtualClock); ok && !t.alone() {
		done, handed := clock.handed(t.At.Task)
		if t.At.Inputs[broker.Partition{Topic: duty.TopicHandOver, Index: t.At.Task}] < handed {
			return
		}
		at = min(at, done)
	}
	if !t.At.Handing() && at > duty.Beginning {
		t.must.reach(t, at, nil)
		t.At.CaughtUp = max(t.At.CaughtUp, at)
		t.heardOthers()
	}
}

// reportDone tells a virtual clock that a cycle is over: everything to be handed over up to its
// clock is written.
func (t *Task) reportDone() {
	clock, ok := t.clock.(*VirtualClock)
	if !ok {
		return
	}
	at, handing := t.At.Clock, t.At.Handing() || t.At.Again
	if handing {
		at = duty.Beginning
	}
	clock.done(t.At.Task, at, t.handed)
	now := t.inputs()
	clock.climb(t.At.Task, hopExamined, now, func(a *aim) bool { return t.At.Examined.Reached(a.from) })
	clock.climb(t.At.Task, hopWalked, now, func(a *aim) bool { return !handing && now.Reached(a.from) })
}

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

// showPositions makes an idle task commit when its positions have moved and other tasks may
// wait for them. Positions also move over offsets without records, such as transaction markers,
// which alone would not cause a commit.
func (t *Task) showPositions() {
	if t.cycle.moved || len(t.cycle.outs) > 0 || t.alone() || t.byClock() {
		return
	}
	t.cycle.moved = !t.committedAt.Reached(t.positions()) || !t.published.Examined.Reached(t.At.Examined)
}

// positions are the positions that other tasks wait for.
func (t *Task) positions() broker.Offsets {
	now := t.inputs()
	maps.DeleteFunc(now, func(p broker.Partition, _ int64) bool { return broker.Unawaited(p.Topic) })
	for _, p := range t.joinPartitions() {
		now[p] = t.position(p)
	}
	return now
}
