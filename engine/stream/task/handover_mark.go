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

// caught_up covers what other tasks hand over. A row without a person, or one
// that contradicts who holds its card, may lie in any partition and clear
// somebody of any other; so may a later version of a fact that names somebody
// else (moved.go), and the same version of it that somebody else has (claims.go).
// So where there are other tasks, a mark is reached after these hops, each of which
// begins with the ends of the hand-over partitions as the one before has left them:
//
//  1. every task has committed that it read its inputs, the links and the
//     assignments up to their ends at the clock of the mark, and has no walk to do
//     that gives something to others: what it had to hand over of them is then
//     written, claims among it;
//  2. every task has committed that it has examined the claims before the end of its
//     hand-over partition: what is contested is then told;
//  3. every task has committed that it has read up to that end, and has walked for
//     what is contested: all forms of it are then given;
//  4. the task has read its own hand-over partition up to its end.
//
// A commit of a program with another layout of the state does not count: what that
// one did not hand over comes with the first commits of this one (again.go,
// walkClaims). An idle task needs no beat: its last commit has reached the ends.
// Nothing that clears waits for any of it.

// hop is how far all tasks have come with a mark.
type hop int

// The hops that are waited for.
const (
	hopRead hop = iota
	hopExamined
	hopWalked
	hops
)

// hearShare is how often the other tasks are looked at while a mark waits for them:
// so many times between two marks.
const hearShare = 5

// heardCommit is the last commit of a task, and where the next one will lie.
type heardCommit struct {
	end  int64
	last stored.Progress
}

// others are the partitions whose ends at the clock the tasks must have read.
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

func (t *Task) joinPartitions() []broker.Partition {
	return slices.DeleteFunc(slices.Clone(t.depends), func(p broker.Partition) bool { return !slices.Contains(broker.JoinTopics, p.Topic) })
}

// alone reports whether nothing can come from other tasks.
func (t *Task) alone() bool { return t.parts == 1 }

// askOthers begins to wait for all tasks.
func (t *Task) askOthers(ctx context.Context) (err error) {
	if t.alone() || t.byClock() {
		return nil
	}
	t.pending.others, err = t.Broker.Ends(ctx, t.others(), broker.HighWatermark)
	t.awaitAll()
	t.heardAt = time.Time{}
	return err
}

// awaitAll begins a hop of the pending mark.
func (t *Task) awaitAll() {
	t.pending.waiting = t.pending.waiting[:0]
	for i := range t.parts {
		t.pending.waiting = append(t.pending.waiting, i)
	}
}

// hearOthers looks how far the tasks that are waited for have committed. When none is
// left it begins the next hop; after the last one the mark is reached when what has
// been handed over is read.
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
			parts[i] = broker.Partition{Topic: broker.TopicHandOver, Index: int32(i)}
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

// hear reads the last commits of the tasks that are waited for, where they are newer
// than those heard before.
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

// lastHeard is the last commit of a task, as far as it is known.
func (t *Task) lastHeard(task int32) *stored.Progress {
	if task == t.At.Task {
		return &t.published
	}
	last := t.commits[task].last
	return &last
}

// passed reports whether a task had made the present hop of a mark when it committed.
func (m *mark) passed(last *stored.Progress) bool {
	own := broker.Partition{Topic: broker.TopicHandOver, Index: last.Task}
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

// read reports whether a task had read and handed over everything up to a mark.
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

// heardAll reports whether a mark whose ends are read covers what others hand
// over, and what this task has to examine and to walk for itself.
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

// byClock reports whether the clock says how far others have handed over.
func (t *Task) byClock() bool {
	clock, ok := t.clock.(*VirtualClock)
	return ok && clock.whole(t.parts)
}

// reachVirtual is caught_up under a clock that runs by what was read: the clock
// itself, and where others may hand over something, the one up to which all
// tasks of the process have.
func (t *Task) reachVirtual() {
	t.pending = nil
	at := t.At.Clock
	if t.Claims.Pending() {
		at = t.examinedClock
	}
	if clock, ok := t.clock.(*VirtualClock); ok && !t.alone() {
		done, handed := clock.handed(t.At.Task)
		if t.At.Inputs[broker.Partition{Topic: broker.TopicHandOver, Index: t.At.Task}] < handed {
			return
		}
		at = min(at, done)
	}
	if !t.At.Handing() && at > duty.Beginning {
		t.At.CaughtUp = max(t.At.CaughtUp, at)
		t.heardOthers()
	}
}

// reportDone tells a clock that runs by what was read that a cycle is over: what
// it had to hand over up to its clock is written.
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

// done takes in up to which clock a task has handed over everything, and the
// ends of the hand-over partitions behind what it wrote.
func (c *VirtualClock) done(task int32, at duty.Instant, handed map[int32]int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raise(hopRead, task, at)
	for i, n := range handed {
		c.ends[i] = max(c.ends[i], n)
	}
}

func (c *VirtualClock) raise(h hop, task int32, at duty.Instant) {
	if before, ok := c.through[h][task]; !ok || at > before {
		c.through[h][task] = at
	}
}

// aim is a clock up to which all tasks have made a hop, and the positions at which a
// task has made the next one.
type aim struct {
	at   duty.Instant
	from broker.Offsets
}

// climb takes in that a task stands at some positions, where it has made a hop as far
// as reached says.
func (c *VirtualClock) climb(task int32, h hop, now broker.Offsets, reached func(*aim) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for range 2 { // the aim of before, and the next one, which may be reached too
		a, ok := c.aims[h][task]
		if !ok {
			low, all := c.low(h - 1)
			if !all || low <= c.through[h][task] {
				return
			}
			a = aim{low, now.Clone()}
			own := broker.Partition{Topic: broker.TopicHandOver, Index: task}
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

// low is up to which clock all tasks have made a hop; false where some have not told.
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

// whole reports whether all tasks run by the clock, so that it knows of each how
// far it has handed over; else the brokers are asked as under the wall clock.
func (c *VirtualClock) whole(tasks int32) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.seen) == int(tasks)
}

// handed is up to which clock all tasks have handed over everything, and up to
// where a task must read for it.
func (c *VirtualClock) handed(task int32) (duty.Instant, int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	low, all := c.low(hopWalked)
	if !all {
		return duty.Beginning, 0
	}
	return low, c.ends[task]
}

// showPositions makes an idle task commit where it stands when others wait for
// it: positions also move over what is not handed out, which alone is no reason
// to commit.
func (t *Task) showPositions() {
	if t.cycle.moved || len(t.cycle.outs) > 0 || t.alone() || t.byClock() {
		return
	}
	t.cycle.moved = !t.committedAt.Reached(t.positions()) || !t.published.Examined.Reached(t.At.Examined)
}

// positions are those that other tasks wait for.
func (t *Task) positions() broker.Offsets {
	now := t.inputs()
	maps.DeleteFunc(now, func(p broker.Partition, _ int64) bool { return broker.Unawaited(p.Topic) })
	for _, p := range t.joinPartitions() {
		now[p] = t.position(p)
	}
	return now
}
