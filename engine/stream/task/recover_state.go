package task

import (
	"context"
	"errors"
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/state"
)

// This file is step 4 of a recovery: whether the local state is ours, and what is done if not.

// openCheckpoint reads the checkpoint. It is discarded, and the state rebuilt from the logs, if
// it is missing, damaged, of another layout, built with other timestamps, or beyond the last
// commit, and so of another past of these topics. A checkpoint without any commit on
// task-commits is an error: that topic is another one.
func (r *recovery) openCheckpoint(ctx context.Context) error {
	t, last := r.t, &r.last
	t.at = stored.NewProgress(last.Task)
	data, ok, err := t.store.Checkpoint()
	switch {
	case errors.Is(err, state.ErrCorrupt):
		return r.discard()
	case err != nil:
		return err
	case !ok:
		return r.discard()
	}
	cp, err := stored.DecodeProgress(data, t.at.Task)
	if err == nil && cp.Seq > 0 && last.Seq == 0 {
		return fmt.Errorf("%s partition %d holds no record of task %d, which has committed %d times: %w",
			duty.TopicTaskCommits, t.at.Task, t.at.Task, cp.Seq, broker.ErrForeignLog)
	}
	if err != nil || cp.Layout != stored.StateLayout || cp.Times != "" && cp.Times != stored.TimesOf(t.trust) ||
		cp.Seq > last.Seq || !cp.Inputs.Before(last.Inputs) {
		return r.discard()
	}
	t.at = cp
	return t.checkMarks(ctx)
}

// skipGone moves positions at which nothing was read yet to the start of the logs, if their
// beginning may be gone (--history-floor). A position that was reached before never moves. It
// also notes up to which clock a predecessor with more history has judged.
func (r *recovery) skipGone(ctx context.Context) error {
	t, last := r.t, &r.last
	t.at.Judged = max(t.at.Judged, last.Judged)
	if !t.floor.Set() {
		return nil
	}
	if t.at.Seq == 0 && last.Seq > 0 {
		t.at.Judged = max(t.at.Judged, last.CaughtUp)
	}
	starts, err := t.broker.Ends(ctx, append(broker.InputsOf(t.at.Task), broker.OutputsOf(t.at.Task)...), broker.LogStart)
	if err != nil {
		return err
	}
	own := broker.Offsets{}
	for _, p := range broker.OutputsOf(t.at.Task) {
		own[p] = starts[p]
		delete(starts, p)
	}
	t.floor.begin(t.at.Inputs, starts)
	t.floor.begin(t.at.Outputs, own)
	return nil
}

// checkMarks refuses to go on if the batch before a position is not the one that was read, or
// the position is beyond the end of the log: the state then rests on other facts than the
// topics hold. A batch that was merely deleted by retention is no sign of that.
func (t *Task) checkMarks(ctx context.Context) error { return t.checkMarksOf(ctx, &t.at) }

// checkMarksOf is checkMarks for any progress, such as that of a snapshot.
func (t *Task) checkMarksOf(ctx context.Context, at *stored.Progress) error {
	ends, err := t.broker.Ends(ctx, broker.InputsOf(t.at.Task), broker.HighWatermark)
	if err != nil {
		return err
	}
	for p, want := range at.Marks {
		got, ok, err := t.broker.MarkBefore(ctx, p, at.Inputs[p])
		if err != nil {
			return err
		}
		if ok && got != want || at.Inputs[p] > ends[p] {
			return fmt.Errorf("%s partition %d is another log than the one that was read, "+
				"as the records before offset %d show: %w", p.Topic, p.Index, at.Inputs[p], broker.ErrForeignLog)
		}
	}
	return t.checkCentreMarks(ctx, at)
}

// discard deletes the task's local state, which is then rebuilt from the logs.
func (r *recovery) discard() error {
	t := r.t
	if r.last.Seq > 0 {
		t.stats.Rebuilds.Add(1)
	}
	t.rebuild = rebuild{on: r.last.Seq > 0}
	if err := t.store.Discard(); err != nil {
		return fmt.Errorf("task %d: discard local state: %w", t.at.Task, err)
	}
	return nil
}
