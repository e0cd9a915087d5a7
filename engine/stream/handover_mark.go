package stream

import (
	"context"
	"slices"

	"tilsyn/engine/duty"
)

// caught_up covers what other tasks hand over. A row without a person, or one
// that contradicts who holds its card, may lie in any partition and clear
// somebody of any other, and so may a later version of a fact that names somebody
// else (moved.go). So where there are other tasks, a mark is reached when
//
//  1. every other task has committed that it read its inputs, the links and the
//     assignments up to their ends at the clock of the mark, and has no walk over
//     users of cards to do: what it had to hand over of them is then written. A
//     commit of a program with another layout of the state does not count: what
//     that one did not hand over comes with the first commits of this one (again.go);
//  2. the end of the task's own hand-over partition, asked for after that, has
//     been read.
//
// One hop is enough, since every instance knows all links and assignments. An
// idle task needs no beat: its last commit has reached the ends.

// others are the partitions whose ends at the clock other tasks must have read.
func (t *Task) others() []Partition {
	var parts []Partition
	for i := range t.parts {
		if i != t.at.Task {
			for _, topic := range awaitedTopics {
				parts = append(parts, Partition{Topic: topic, Index: i})
			}
		}
	}
	parts = append(parts, t.joinPartitions()...)
	slices.SortFunc(parts, comparePartitions)
	return slices.Compact(parts) // a broker refuses a partition that is named twice
}

func (t *Task) joinPartitions() []Partition {
	return slices.DeleteFunc(slices.Clone(t.depends), func(p Partition) bool { return !slices.Contains(joinTopics, p.Topic) })
}

// alone reports whether nothing can come from other tasks.
func (t *Task) alone() bool { return t.parts == 1 }

// askOthers begins to wait for the other tasks.
func (t *Task) askOthers(ctx context.Context) (err error) {
	if t.alone() || t.byClock() {
		return nil
	}
	m := t.pending
	if m.others, err = t.broker.Ends(ctx, t.others(), HighWatermark); err != nil {
		return err
	}
	for i := range t.parts {
		if i != t.at.Task {
			m.waiting = append(m.waiting, i)
		}
	}
	return t.hearOthers(ctx)
}

// hearOthers looks how far the tasks that are waited for have committed, and
// asks for the end of what they have handed over when none is left.
func (t *Task) hearOthers(ctx context.Context) error {
	m := t.pending
	if m == nil || len(m.waiting) == 0 {
		return nil
	}
	parts := make([]Partition, len(m.waiting))
	for i, task := range m.waiting {
		parts[i] = commitPartition(task)
	}
	ends, err := t.broker.Ends(ctx, parts, LastStable)
	if err != nil {
		return err
	}
	waiting := m.waiting[:0:0]
	for _, task := range m.waiting {
		last, err := t.lastCommitOf(ctx, task, ends[commitPartition(task)])
		if err != nil {
			return err
		}
		if !t.passed(m, &last) {
			waiting = append(waiting, task)
		}
	}
	if m.waiting = waiting; len(waiting) > 0 {
		return nil
	}
	own := Partition{Topic: topicHandOver, Index: t.at.Task}
	end, err := t.broker.Ends(ctx, []Partition{own}, HighWatermark)
	if err != nil {
		return err
	}
	m.ends = m.ends.clone()
	m.ends[own] = end[own]
	return nil
}

// passed reports whether a task had handed over everything up to a mark when it
// committed.
func (t *Task) passed(m *mark, last *progress) bool {
	if last.Layout != stateLayout {
		return false
	}
	for p, end := range m.others {
		at := last.Inputs[p]
		if slices.Contains(joinTopics, p.Topic) {
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
	return !last.handing() && !last.Again
}

// heardAll reports whether a mark whose ends are read covers what others hand
// over. A mark from before the first link or assignment was known does not: it
// is given up.
func (t *Task) heardAll() bool {
	if t.at.handing() || len(t.pending.waiting) > 0 {
		return false
	}
	if !t.alone() && t.pending.others == nil {
		t.pending = nil
		return false
	}
	return true
}

// byClock reports whether the clock says how far others have handed over.
func (t *Task) byClock() bool {
	clock, ok := t.clock.(*eventsClock)
	return ok && clock.whole(t.parts)
}

// reachVirtual is caught_up under a clock that runs by what was read: the clock
// itself, and where others may hand over something, the one up to which all
// tasks of the process have.
func (t *Task) reachVirtual() {
	t.pending = nil
	at := t.at.Clock
	if clock, ok := t.clock.(*eventsClock); ok && !t.alone() {
		done, handed := clock.handed(t.at.Task)
		if t.at.Inputs[Partition{Topic: topicHandOver, Index: t.at.Task}] < handed {
			return
		}
		at = min(at, done)
	}
	if !t.at.handing() && at > duty.Beginning {
		t.at.CaughtUp = max(t.at.CaughtUp, at)
		t.heardOthers()
	}
}

// reportDone tells a clock that runs by what was read that a cycle is over: what
// it had to hand over up to its clock is written.
func (t *Task) reportDone() {
	if clock, ok := t.clock.(*eventsClock); ok {
		at := t.at.Clock
		if t.at.handing() || t.at.Again {
			at = duty.Beginning
		}
		clock.done(t.at.Task, at, t.handed)
	}
}

// done takes in up to which clock a task has handed over everything, and the
// ends of the hand-over partitions behind what it wrote.
func (c *eventsClock) done(task int32, at duty.Instant, handed map[int32]int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if before, ok := c.through[task]; !ok || at > before {
		c.through[task] = at
	}
	for i, n := range handed {
		c.ends[i] = max(c.ends[i], n)
	}
}

// whole reports whether all tasks run by the clock, so that it knows of each how
// far it has handed over; else the brokers are asked as under the wall clock.
func (c *eventsClock) whole(tasks int32) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.seen) == int(tasks)
}

// handed is up to which clock all tasks have handed over everything, and up to
// where a task must read for it.
func (c *eventsClock) handed(task int32) (duty.Instant, int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.through) < len(c.seen) {
		return duty.Beginning, 0
	}
	low := duty.Forever
	for _, at := range c.through {
		low = min(low, at)
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
	now := t.positions()
	t.cycle.moved = !t.committedAt.reached(now)
}

// positions are those that other tasks wait for.
func (t *Task) positions() Offsets {
	now := Offsets{}
	for _, topic := range awaitedTopics {
		p := Partition{Topic: topic, Index: t.at.Task}
		now[p] = t.at.Inputs[p]
	}
	for _, p := range t.joinPartitions() {
		now[p] = t.position(p)
	}
	return now
}
