package stream

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/topics"
)

// An instance cannot tell from its own assignment whether every task of the prefix has exactly one
// owner that makes progress: a task that nobody has appears in nobody's assignment (decision
// 0011). So every instance watches the commits of all tasks, and what the group says about their
// owners. An idle task commits a record of progress every few seconds as a sign of life.

// How owners are watched.
const (
	// signEvery is the longest time between two commits of a task; staleAfter is how many such
	// intervals may pass before the task counts as standing still.
	signEvery  = 5 * time.Second
	staleAfter = 3
	// ownersEvery is how often the commits are checked.
	ownersEvery = time.Second
	// ownersBack is how many offsets before the end of a partition are read at most: only the last
	// writer matters, and a control marker follows each record.
	ownersBack = 8
	// ownersWithin bounds one check. A broker that does not answer shows in what does not arrive.
	ownersWithin = 5 * time.Second
)

// owned is what is known of one task of the prefix.
type owned struct {
	// instance wrote the newest record of progress seen to arrive, at the time moved; both are zero
	// until one is seen.
	instance string
	moved    time.Time
	// unseen is for how long since then the brokers did not answer: that is not silence of the owner.
	unseen time.Duration
	// bad is since when the task is unproven, told whether that was logged.
	bad  time.Time
	told bool
}

// owners tracks the owners of all tasks of the prefix.
type owners struct {
	mu    sync.Mutex
	stale time.Duration // silence after which a task counts as without owner
	since time.Time
	tasks []owned
	group topics.Group
	// asked is true once the group was described.
	asked bool
	// looked is when the commits were last read, blind the same while they cannot be; zero if they can.
	looked, blind time.Time
}

// begin starts anew with parts tasks, each committing at least every so often.
func (o *owners) begin(parts int32, every time.Duration, now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tasks, o.since, o.stale, o.asked = make([]owned, parts), now, staleAfter*every, false
}

// saw notes who wrote the progress of a task.
func (o *owners) saw(task int32, instance string, now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	t := &o.tasks[task]
	t.instance, t.moved, t.unseen = instance, now, 0
}

// look notes whether the commits could be read. While they cannot, nothing is known of the owners
// and none is blamed; away.go reports the brokers.
func (o *owners) look(ok bool, now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case !ok && o.blind.IsZero():
		o.blind = now
		if !o.looked.IsZero() {
			o.blind = o.looked
		}
	case ok && !o.blind.IsZero():
		for i := range o.tasks {
			if t := &o.tasks[i]; !t.moved.After(o.blind) {
				t.unseen += now.Sub(o.blind)
			}
		}
		o.blind = time.Time{}
	}
	if ok {
		o.looked = now
	}
}

// described notes who is in the group.
func (o *owners) described(g topics.Group) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.group, o.asked = g, true
}

// PrefixTask is the state of one task of the prefix, whoever has it.
type PrefixTask struct {
	Task int32 `json:"task"`
	// Instance is the owner by what the group says; empty if there is none, or several.
	Instance string `json:"instance,omitempty"`
	// CommitAge is how many seconds ago it was last seen to commit; missing if it was not yet seen.
	CommitAge *float64 `json:"commit_age_seconds,omitempty"`
	// WaitsFor says what is missing to prove that the task has exactly one owner and makes progress;
	// empty if nothing is.
	WaitsFor string `json:"waits_for,omitempty"`
}

// all returns the state of every task of the prefix.
func (o *owners) all(now time.Time) []PrefixTask {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := make([]PrefixTask, len(o.tasks))
	for i := range out {
		out[i] = o.task(int32(i), now)
	}
	return out
}

// task returns the state of one task. The caller holds the lock.
func (o *owners) task(task int32, now time.Time) PrefixTask {
	t, out := &o.tasks[task], PrefixTask{Task: task}
	seen := t.moved
	if !seen.IsZero() {
		age := now.Sub(seen).Seconds()
		out.CommitAge = &age
	} else {
		seen = o.since
	}
	var have []topics.GroupMember
	for _, m := range o.group.Members {
		if slices.Contains(m.Partitions, task) {
			have = append(have, m)
		}
	}
	silent := now.Sub(seen) - t.unseen
	if !o.blind.IsZero() {
		silent -= now.Sub(o.blind)
	}
	switch {
	case !o.asked:
		out.WaitsFor = "the group to say who has it"
	case o.group.State != topics.GroupStable:
		out.WaitsFor = "the group to share the tasks out"
	case !o.group.Ours:
		out.WaitsFor = "an owner: others are in the group"
	case len(have) == 0:
		out.WaitsFor = "an owner: no instance has it"
	case len(have) > 1:
		out.WaitsFor = fmt.Sprintf("one owner: %s and %s both have it", have[0], have[1])
	case silent > o.stale:
		out.Instance = have[0].InstanceID
		out.WaitsFor = fmt.Sprintf("its owner %s, which has committed nothing for %s: "+
			"it has stopped or stands still; others get the task when its session ends", have[0], silent.Round(time.Second))
	default:
		out.Instance = have[0].InstanceID
		if t.moved.IsZero() || t.instance != out.Instance {
			out.WaitsFor = fmt.Sprintf("the first commit of its owner %s", have[0])
		}
	}
	return out
}

// tell returns what to log: tasks that have been unproven for a while and tasks that are proven
// again, each once.
func (o *owners) tell(now time.Time) (bad []PrefixTask, good []int32) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.blind.IsZero() {
		return nil, nil
	}
	for i := range o.tasks {
		t := &o.tasks[i]
		p := o.task(int32(i), now)
		switch {
		case p.WaitsFor == "":
			if t.told {
				good = append(good, p.Task)
			}
			t.bad, t.told = time.Time{}, false
		case t.bad.IsZero():
			t.bad = now
		case !t.told && (now.Sub(t.bad) > o.stale || strings.Contains(p.WaitsFor, "stands still")):
			t.told = true
			bad = append(bad, p)
		}
	}
	return bad, good
}

// beginOwners notes how far the tasks have committed before this instance joins: only later
// commits prove anything.
func (e *engine) beginOwners(ctx context.Context) (broker.Offsets, error) {
	e.owners.begin(e.parts, e.cfg.signEvery, time.Now())
	parts := make([]broker.Partition, e.parts)
	for i := range parts {
		parts[i] = stored.CommitPartition(int32(i))
	}
	return e.broker().Ends(ctx, parts, broker.LastStable)
}

// watchOwners watches all tasks of the prefix until the context ends.
func (e *engine) watchOwners(ctx context.Context, at broker.Offsets) error {
	by := e.broker()
	for {
		late, cancel := context.WithTimeout(ctx, ownersWithin)
		// A failed check is repeated; until then nothing counts as seen.
		began := time.Now()
		next, err := e.seeCommits(late, by, at)
		if err == nil {
			at, began = next, time.Now()
		}
		e.owners.look(err == nil, began)
		if g, err := e.client.DescribeGroup(late, e.cfg.Group); err == nil {
			e.owners.described(g)
		}
		cancel()
		e.tellOwners(began) // what the group says may come late, and nothing is known of the time since
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(ownersEvery, e.cfg.signEvery)):
		}
	}
}

// seeCommits reads who has committed since at, and returns how far it read. It advances at as it
// reads, so that a check that fails halfway does not count a commit twice.
func (e *engine) seeCommits(ctx context.Context, by broker.Broker, at broker.Offsets) (broker.Offsets, error) {
	parts := slices.SortedFunc(maps.Keys(at), broker.ComparePartitions)
	ends, err := by.Ends(ctx, parts, broker.LastStable)
	if err != nil {
		return nil, err
	}
	from := broker.Offsets{}
	for p, n := range at {
		from[p] = max(n, ends[p]-ownersBack)
	}
	return ends, broker.Scan{From: by, Most: len(parts) * ownersBack,
		Wait: broker.EagerWait}.Each(ctx, from, ends, func(rec *broker.Record) error {
		if rec.Offset < at[rec.Partition] {
			return nil
		}
		at[rec.Partition] = rec.Offset + 1
		var by struct {
			Instance string `json:"instance"`
		}
		if json.Unmarshal(rec.Value, &by) == nil && string(rec.Key) == string(stored.CommitKey(rec.Index)) {
			e.owners.saw(rec.Index, by.Instance, time.Now())
		}
		return nil
	})
}

// tellOwners logs which tasks make no progress, and which do again.
func (e *engine) tellOwners(now time.Time) {
	bad, good := e.owners.tell(now)
	for _, p := range bad {
		e.cfg.Log.Error().Int32("task", p.Task).Str("waits_for", p.WaitsFor).
			Msg("no instance makes progress with a task of this topic prefix: nobody of its persons is judged, " +
				"and nobody is cleared, until one does; waits_for says what is missing")
	}
	for _, task := range good {
		e.cfg.Log.Info().Int32("task", task).Msg("the task makes progress again")
	}
}

// prefixReady adds the state of all tasks of the prefix to the readiness of this instance.
func (e *engine) prefixReady(r *Readiness) {
	r.AllTasks = e.owners.all(time.Now())
	for _, p := range r.AllTasks {
		own := slices.ContainsFunc(r.Tasks, func(t TaskReadiness) bool { return t.Task == p.Task && !t.Live })
		if p.WaitsFor != "" && !own {
			r.WaitsFor = append(r.WaitsFor, fmt.Sprintf("task %d of the prefix: %s", p.Task, p.WaitsFor))
		}
	}
	r.Ready = len(r.WaitsFor) == 0 && len(r.AllTasks) > 0
}
