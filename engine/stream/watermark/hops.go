package watermark

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
// of a fact that names somebody else (decision 0015), or a version of a fact that came under two
// keys (decision 0020). So where there are other tasks, a mark is reached only after the following
// hops. Each begins with the ends of the hand-over partitions as the hop before left them:
//
//  1. every task has committed that it read its inputs, the links, assignments and policies up to
//     their ends at the clock of the mark, and that no walk which hands facts over is pending:
//     what it had to hand over is then written, claims included;
//  2. every task has committed that it examined the claims before the end of its hand-over
//     partition: contested names are then published;
//  3. every task has committed that it read up to the end of its hand-over partition, and that
//     no walk which hands facts over is pending: all versions of contested facts are then given;
//  4. this task has read its own hand-over partition up to its end.
//
// The owner of the watch has then read everything that any task had to forward to it of what was
// known at the mark. The only task of a prefix owns the watch too: its mark waits for the commit
// that forwards what it has read, and then for its own hand-over partition.
//
// A commit by a program with another state layout does not count: what that program did not
// hand over comes with the first commits of this one (task/again.go, walkClaims). An idle task needs
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

// others is what this task has shown to the other tasks, and what they have shown.
type others struct {
	// handed is, by hand-over partition, the next offset after what this task wrote there last.
	handed map[int32]int64
	// committedAt are the positions of the task's last commit that other tasks wait for, and
	// published the part of its progress that they wait for.
	committedAt broker.Offsets
	published   stored.Progress
	// commits are the newest commits read of the other tasks, heardAt is when they were last
	// looked for.
	commits map[int32]heardCommit
	heardAt time.Time
}

// heardCommit is the newest commit read of a task, and the end of its log at that time.
type heardCommit struct {
	end  int64
	last stored.Progress
}

// awaitedPartitions are the partitions that all tasks together must have read up to the clock
// of a mark.
func (w *Watermark) awaitedPartitions() []broker.Partition {
	var parts []broker.Partition
	for i := range w.cfg.Tasks {
		for _, topic := range broker.AwaitedTopics {
			parts = append(parts, broker.Partition{Topic: topic, Index: i})
		}
	}
	parts = append(parts, w.handingPartitions()...)
	slices.SortFunc(parts, broker.ComparePartitions)
	return slices.Compact(parts) // a broker refuses a partition that is named twice
}

// handingPartitions are the partitions of links, assignments and policies that the task depends on.
func (w *Watermark) handingPartitions() []broker.Partition {
	return slices.DeleteFunc(slices.Clone(w.depends), func(p broker.Partition) bool {
		return !slices.Contains(broker.HandingTopics, p.Topic)
	})
}

// Alone reports whether this is the only task, so that nothing can be handed over to it.
func (w *Watermark) Alone() bool { return w.cfg.Tasks == 1 }

// askOthers notes the ends that other tasks must reach for the pending mark and begins to wait
// for them. It is not needed if the clock knows what they handed over (byClock).
func (w *Watermark) askOthers(ctx context.Context) (err error) {
	if w.Alone() || w.byClock() {
		return nil
	}
	w.pending.others, err = w.cfg.Broker.Ends(ctx, w.awaitedPartitions(), broker.HighWatermark)
	w.awaitAll()
	w.others.heardAt = time.Time{}
	return err
}

// awaitAll begins a hop of the pending mark by waiting for every task.
func (w *Watermark) awaitAll() {
	w.pending.waiting = w.pending.waiting[:0]
	for i := range w.cfg.Tasks {
		w.pending.waiting = append(w.pending.waiting, i)
	}
}

// hearOthers reads how far the awaited tasks have committed, and begins the next hop once all
// have completed the present one. After the last hop the mark also needs the end of the task's
// own hand-over partition.
func (w *Watermark) hearOthers(ctx context.Context) error {
	m := w.pending
	wall := w.cfg.Wall()
	if m == nil || m.others == nil || m.hop == hops || wall.Sub(w.others.heardAt) < w.cfg.MarkEvery/hearShare {
		return nil
	}
	w.others.heardAt = wall
	if err := w.hear(ctx); err != nil {
		return err
	}
	for {
		m.waiting = slices.DeleteFunc(m.waiting, func(task int32) bool { return m.passed(w.lastHeard(task)) })
		if len(m.waiting) > 0 {
			return nil
		}
		parts := make([]broker.Partition, w.cfg.Tasks)
		for i := range parts {
			parts[i] = broker.Partition{Topic: duty.TopicHandOver, Index: int32(i)}
		}
		var err error
		if m.handed, err = w.cfg.Broker.Ends(ctx, parts, broker.HighWatermark); err != nil {
			return err
		}
		if m.hop++; m.hop == hops {
			own := parts[w.at.Task]
			m.ends = m.ends.Clone()
			m.ends[own] = m.handed[own]
			return nil
		}
		w.awaitAll()
	}
}

// hear reads the newest commits of the awaited tasks, unless they are known already.
func (w *Watermark) hear(ctx context.Context) error {
	var parts []broker.Partition
	for _, task := range w.pending.waiting {
		if task != w.at.Task {
			parts = append(parts, stored.CommitPartition(task))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	ends, err := w.cfg.Broker.Ends(ctx, parts, broker.LastStable)
	if err != nil {
		return err
	}
	if w.others.commits == nil {
		w.others.commits = map[int32]heardCommit{}
	}
	for _, p := range parts {
		if before, ok := w.others.commits[p.Index]; ok && before.end == ends[p] {
			continue
		}
		last, err := LastCommit(ctx, w.cfg.Scan, p.Index, ends[p])
		if err != nil {
			return err
		}
		w.others.commits[p.Index] = heardCommit{ends[p], last}
	}
	return nil
}

// lastHeard is the newest known commit of a task.
func (w *Watermark) lastHeard(task int32) *stored.Progress {
	if task == w.at.Task {
		return &w.others.published
	}
	last := w.others.commits[task].last
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
		if slices.Contains(broker.HandingTopics, p.Topic) {
			at = last.Centres[p]
			if p.Index == last.Task && slices.Contains(broker.IdentityTopics, p.Topic) {
				at = min(at, last.Inputs[p])
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
func (w *Watermark) heardAll() bool {
	m := w.pending
	if w.at.Handing() {
		return false
	}
	if w.Alone() {
		for _, p := range broker.InputsOf(w.at.Task) {
			if w.at.Examined[p] < m.ends[p] && !broker.Unawaited(p.Topic) {
				return false
			}
		}
		return w.forwardedAll()
	}
	if m.others == nil {
		w.pending = nil
		return false
	}
	return m.hop == hops
}

// forwardedAll reports whether the only task has read back what it has forwarded of what it read up
// to the ends of its mark.
func (w *Watermark) forwardedAll() bool {
	m := w.pending
	own := broker.Partition{Topic: duty.TopicHandOver, Index: w.at.Task}
	if !m.forwarded {
		if m.forwarding = w.cfg.Forwards(); m.forwarding {
			return false
		}
		w.forwardedTo(own)
	}
	return w.at.Inputs[own] >= m.ends[own]
}

// forwarded takes in that everything gathered by now is committed.
func (w *Watermark) forwarded() {
	if m := w.pending; m != nil && m.forwarding && !m.forwarded {
		w.forwardedTo(broker.Partition{Topic: duty.TopicHandOver, Index: w.at.Task})
	}
}

// forwardedTo makes the pending mark wait for what was forwarded by now.
func (w *Watermark) forwardedTo(own broker.Partition) {
	m := w.pending
	m.forwarded, m.ends = true, m.ends.Clone()
	m.ends[own] = max(m.ends[own], w.others.handed[own.Index])
}

// byClock reports whether the virtual clock knows how far every task has handed over.
func (w *Watermark) byClock() bool {
	clock, ok := w.cfg.Clock.(*VirtualClock)
	return ok && clock.whole(w.cfg.Tasks)
}

// reachVirtual returns the clock up to which, by a virtual clock, everything is read and all tasks of
// the process have handed over; Beginning if there is none.
func (w *Watermark) reachVirtual() duty.Instant {
	w.pending = nil
	at := w.at.Clock
	if w.cfg.Unexamined() {
		at = w.examined
	}
	if clock, ok := w.cfg.Clock.(*VirtualClock); ok {
		done, handed := clock.handed(w.at.Task)
		if w.at.Inputs[broker.Partition{Topic: duty.TopicHandOver, Index: w.at.Task}] < handed {
			return duty.Beginning
		}
		at = min(at, done)
	}
	if w.at.Handing() || at <= duty.Beginning {
		return duty.Beginning
	}
	w.mustNotBeAhead(at)
	return at
}

// CycleDone tells a virtual clock that a cycle is over: everything to be handed over up to its
// clock is written.
func (w *Watermark) CycleDone() {
	clock, ok := w.cfg.Clock.(*VirtualClock)
	if !ok {
		return
	}
	at, handing := w.at.Clock, w.at.Handing() || w.at.Again
	if handing {
		at = duty.Beginning
	}
	clock.done(w.at.Task, at, w.others.handed)
	now := w.Inputs()
	clock.climb(w.at.Task, hopExamined, now, func(a *aim) bool { return w.at.Examined.Reached(a.from) })
	clock.climb(w.at.Task, hopWalked, now, func(a *aim) bool { return !handing && now.Reached(a.from) })
}

// Awaited reports whether an idle task has to commit because its positions have moved and other
// tasks may wait for them. Positions also move over offsets without records, such as transaction
// markers, which alone would not cause a commit.
func (w *Watermark) Awaited() bool {
	return !w.Alone() && !w.byClock() &&
		(!w.others.committedAt.Reached(w.positions()) || !w.others.published.Examined.Reached(w.at.Examined))
}

// InputsShown reports whether the last commit has the present positions of the inputs.
func (w *Watermark) InputsShown() bool { return w.others.published.Inputs.Reached(w.at.Inputs) }

// positions are the positions that other tasks wait for.
func (w *Watermark) positions() broker.Offsets {
	now := w.Inputs()
	maps.DeleteFunc(now, func(p broker.Partition, _ int64) bool { return broker.Unawaited(p.Topic) })
	for _, p := range w.handingPartitions() {
		now[p] = w.Position(p)
	}
	return now
}
