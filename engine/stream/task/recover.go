package task

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/state"
)

// Recover brings the task to where its last commit record left it, in the order of design.md,
// "Recovery of a task". Until it returns nil nothing is evaluated and nothing is written. It
// may be called again after an error.
func (t *Task) Recover(ctx context.Context) error {
	t.stats.Recoveries.Add(1)
	t.forgetMemory()
	t.must.recover(nil)
	// (1) Fence the predecessor and abort its open transaction.
	if err := t.openProducer(ctx); err != nil {
		return err
	}
	// (2) Only now the ends of what it wrote are final.
	own := append(broker.OutputsOf(t.At.Task), stored.CommitPartition(t.At.Task))
	ends, err := t.Broker.Ends(ctx, own, broker.LastStable)
	if err != nil {
		return err
	}
	if err := t.checkDecided(ctx, ends); err != nil {
		return err
	}
	t.outEnds = ends
	// (3) The last commit record.
	t.followed = ends[stored.CommitPartition(t.At.Task)]
	last, err := t.lastCommit(ctx, t.followed)
	if err != nil {
		return err
	}
	t.must.recover(&last)
	if err := t.CheckGroup(&last); err != nil {
		return err
	}
	if err := t.CheckPolicy(&last); err != nil {
		return err
	}
	if err := t.CheckCentres(ctx, last); err != nil {
		return err
	}
	if err := t.CheckInputs(ctx, last); err != nil {
		return err
	}
	if err := t.CheckOutputs(last.Outputs, ends); err != nil {
		return err
	}
	// (4) The checkpoint, unless it belongs to another past; a snapshot if that is much further
	// on.
	if err := t.takeSnapshot(ctx, last); err != nil {
		return err
	}
	if err := t.openCheckpoint(ctx, last); err != nil {
		return err
	}
	if err := t.shapes.Load(t.store); err != nil {
		return err
	}
	t.roster.reset(t.store, &t.shapes)
	if err := t.loadMoved(); err != nil {
		return err
	}
	t.rejoin(&last)
	if err := t.loadClaims(); err != nil {
		return err
	}
	if err := t.loadContested(); err != nil {
		return err
	}
	t.beginClaims(&last)
	t.unsettled = true
	if err := t.skipGone(ctx, last); err != nil {
		return err
	}
	// (5) What was told since the checkpoint.
	if err := t.readOwn(ctx, ends); err != nil {
		return err
	}
	// (6) The inputs up to the last commit, without telling anything.
	if err := t.catchUp(ctx, last); err != nil {
		return err
	}
	t.At.Seq = last.Seq
	t.At.Clock = max(t.At.Clock, last.Clock)
	t.At.CaughtUp = max(t.At.CaughtUp, last.CaughtUp)
	t.committed = last.Centres
	t.committedAt, t.published = broker.Offsets{}, last
	t.must.recovered(t)
	return t.checkSnapshot(last)
}

// forgetMemory drops what the task keeps in memory; recovery builds it again.
func (t *Task) forgetMemory() {
	t.snap, t.pending, t.ends, t.asked = nil, nil, nil, time.Time{}
	t.commits, t.heardAt, t.examinedClock = nil, time.Time{}, duty.Beginning
	t.Brokers.offset, t.Brokers.asked, t.signed = -1, time.Time{}, time.Time{}
	t.outEnds = broker.Offsets{}
	t.urgent, t.urgentAt, t.walking = nil, duty.Beginning, nil
	t.cycle = cycle{budget: newBudget(t.wall, t.Limits)}
	t.newest.reset()
	t.centreLines = centreLines{}
	t.forgetHeld()
}

// openProducer opens the task's transactional producer, which fences every earlier one.
func (t *Task) openProducer(ctx context.Context) error {
	if t.producer != nil {
		_ = t.producer.Close() // an error does not matter: the next producer fences this one
		t.producer = nil
	}
	p, err := t.Broker.Producer(ctx, t.At.Task)
	if err != nil {
		return err
	}
	t.producer = p
	return nil
}

// Close gives the task up. What is committed stays.
func (t *Task) Close() error {
	if t.producer == nil {
		return nil
	}
	err := t.producer.Close()
	t.producer = nil
	return err
}

// lastCommit reads the newest record of the task on task-commits, before end. Without one the
// task has never committed.
func (t *Task) lastCommit(ctx context.Context, end int64) (stored.Progress, error) {
	return t.lastCommitOf(ctx, t.At.Task, end)
}

// lastCommitOf is lastCommit for any task. It reads backwards in growing steps, since the
// newest record is usually near the end.
func (t *Task) lastCommitOf(ctx context.Context, task int32, end int64) (stored.Progress, error) {
	part := stored.CommitPartition(task)
	for back := int64(32); end > 0; back *= 8 {
		from := max(0, end-back)
		var value []byte
		err := t.scan().Each(ctx, broker.Offsets{part: from}, broker.Offsets{part: end}, func(rec *broker.Record) error {
			if string(rec.Key) == string(stored.CommitKey(task)) && len(rec.Value) > 0 {
				value = slices.Clone(rec.Value)
			}
			return nil
		})
		if err != nil {
			return stored.Progress{}, err
		}
		if value != nil {
			return stored.DecodeProgress(value, task)
		}
		if from == 0 {
			break
		}
	}
	return stored.NewProgress(task), nil
}

// scan reads ranges of a log within the task's limits.
func (t *Task) scan() broker.Scan {
	return broker.Scan{From: t.Broker, Most: t.Limits.Records, Wait: t.Limits.Poll}
}

// openCheckpoint reads the checkpoint. It is discarded, and the state rebuilt from the logs, if
// it is missing, damaged, of another layout, built with other timestamps, or beyond the last
// commit, and so of another past of these topics. A checkpoint without any commit on
// task-commits is an error: that topic is another one.
func (t *Task) openCheckpoint(ctx context.Context, last stored.Progress) error {
	t.At = stored.NewProgress(last.Task)
	data, ok, err := t.store.Checkpoint()
	switch {
	case errors.Is(err, state.ErrCorrupt):
		return t.discard(last)
	case err != nil:
		return err
	case !ok:
		return t.discard(last)
	}
	cp, err := stored.DecodeProgress(data, t.At.Task)
	if err == nil && cp.Seq > 0 && last.Seq == 0 {
		return fmt.Errorf("%s partition %d holds no record of task %d, which has committed %d times: %w",
			duty.TopicTaskCommits, t.At.Task, t.At.Task, cp.Seq, broker.ErrForeignLog)
	}
	if err != nil || cp.Layout != stored.StateLayout || cp.Times != "" && cp.Times != stored.TimesOf(t.trust) || cp.Seq > last.Seq || !cp.Inputs.Before(last.Inputs) {
		return t.discard(last)
	}
	t.At = cp
	return t.checkMarks(ctx)
}

// skipGone moves positions at which nothing was read yet to the start of the logs, if their
// beginning may be gone (--history-floor). A position that was reached before never moves. It
// also notes up to which clock a predecessor with more history has judged.
func (t *Task) skipGone(ctx context.Context, last stored.Progress) error {
	t.At.Judged = max(t.At.Judged, last.Judged)
	if !t.floor.Set() {
		return nil
	}
	if t.At.Seq == 0 && last.Seq > 0 {
		t.At.Judged = max(t.At.Judged, last.CaughtUp)
	}
	starts, err := t.Broker.Ends(ctx, append(broker.InputsOf(t.At.Task), broker.OutputsOf(t.At.Task)...), broker.LogStart)
	if err != nil {
		return err
	}
	own := broker.Offsets{}
	for _, p := range broker.OutputsOf(t.At.Task) {
		own[p] = starts[p]
		delete(starts, p)
	}
	t.floor.begin(t.At.Inputs, starts)
	t.floor.begin(t.At.Outputs, own)
	return nil
}

// checkMarks refuses to go on if the batch before a position is not the one that was read, or
// the position is beyond the end of the log: the state then rests on other facts than the
// topics hold. A batch that was merely deleted by retention is no sign of that.
func (t *Task) checkMarks(ctx context.Context) error { return t.checkMarksOf(ctx, &t.At) }

// checkMarksOf is checkMarks for any progress, such as that of a snapshot.
func (t *Task) checkMarksOf(ctx context.Context, at *stored.Progress) error {
	ends, err := t.Broker.Ends(ctx, broker.InputsOf(t.At.Task), broker.HighWatermark)
	if err != nil {
		return err
	}
	for p, want := range at.Marks {
		got, ok, err := t.Broker.MarkBefore(ctx, p, at.Inputs[p])
		if err != nil {
			return err
		}
		if ok && got != want || at.Inputs[p] > ends[p] {
			return fmt.Errorf("%s partition %d is another log than the one that was read, as the records before offset %d show: %w", p.Topic, p.Index, at.Inputs[p], broker.ErrForeignLog)
		}
	}
	return t.checkCentreMarks(ctx, at)
}

// discard deletes the task's local state, which is then rebuilt from the logs.
func (t *Task) discard(last stored.Progress) error {
	if t.rebuilt = last.Seq > 0; t.rebuilt {
		t.withdrawn = 0
		t.stats.Rebuilds.Add(1)
	}
	if err := t.store.Discard(); err != nil {
		return fmt.Errorf("task %d: discard local state: %w", t.At.Task, err)
	}
	return nil
}

// readOwn reads what was told since the checkpoint from the task's own outputs.
func (t *Task) readOwn(ctx context.Context, ends broker.Offsets) error {
	t.ResetCycle(0)
	from := broker.Offsets{}
	for _, p := range broker.OutputsOf(t.At.Task) {
		from[p] = t.At.Outputs[p]
	}
	if err := t.CheckOutputs(from, ends); err != nil {
		return err
	}
	n := 0
	err := t.scan().Each(ctx, from, ends, func(rec *broker.Record) error {
		if err := t.heard(rec); err != nil {
			return fmt.Errorf("%s partition %d offset %d: %w", rec.Topic, rec.Index, rec.Offset, err)
		}
		t.cycle.budget.took(rec)
		if n++; n%t.Limits.Records == 0 || t.cycle.full() {
			return t.flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	for p := range from {
		t.At.Outputs[p] = max(from[p], ends[p])
	}
	return t.Save(true)
}

// flush saves what was gathered, without moving the checkpoint.
func (t *Task) flush() error {
	if err := t.Save(false); err != nil {
		return err
	}
	t.ResetCycle(0)
	return nil
}

// heard takes in one record of the task's own outputs.
func (t *Task) heard(rec *broker.Record) error {
	record, err := t.codec.Decode(rec.Topic, rec.Value)
	if err != nil {
		return err
	}
	switch v := record.(type) {
	case *duty.Violation:
		p, err := t.person(v.PersonID)
		if err != nil {
			return err
		}
		p.changed = true
		t.must.heard(t, v)
		t.remember(p, duty.SaidOf(v))
		// Its ledger line was written in the same transaction; the state does not know its
		// content.
		p.header.SetLedger(stored.MonthOf(v.UnitDate), 0)
	case *duty.DataQuality:
		if parkedLine(v) {
			return t.heardRow(v)
		}
		if ofCentres(v, string(rec.Key)) {
			return t.heardLine(casefile.CentresKey, lineOfQuality(v), v.State)
		}
		if v.Code == duty.DataQualityCodeUnknownPerson && v.Subject != string(rec.Key) {
			return t.heardLine(casefile.PaperKey+string(rec.Key), lineOfQuality(v), v.State)
		}
		return t.heardLine(string(rec.Key), lineOfQuality(v), v.State)
	case *duty.Observation:
		return t.heardLine(v.PersonID, lineOfObservation(v), v.State)
	}
	return nil
}

// catchUp applies the inputs up to the last commit: it files facts and makes persons due.
// Nothing is evaluated, and nothing is written but the local state.
func (t *Task) catchUp(ctx context.Context, last stored.Progress) error {
	t.ResetCycle(0)
	from := broker.Offsets{}
	for _, p := range broker.InputsOf(t.At.Task) {
		from[p] = t.At.Inputs[p]
	}
	n := 0
	err := t.scan().Each(ctx, from, last.Inputs, func(rec *broker.Record) error {
		if err := t.apply(rec, false); err != nil {
			return err
		}
		t.At.Inputs[rec.Partition] = rec.Offset + 1
		delete(t.At.Marks, rec.Partition)
		if n++; n%t.Limits.Records == 0 || t.cycle.full() {
			t.boundUrgent()
			if err := t.Save(true); err != nil {
				return err
			}
			t.ResetCycle(0)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for p := range from {
		t.At.Inputs[p] = max(from[p], last.Inputs[p])
	}
	t.At.Marks = last.Marks
	if err := t.Save(true); err != nil {
		return err
	}
	t.ResetCycle(0)
	return nil
}

// checkSnapshot refuses to go on with centre facts older than those the last commit was judged
// with. The error is transient: the centre reader only has to read on.
func (t *Task) checkSnapshot(last stored.Progress) error {
	if !t.centres.Snapshot().Positions.Reached(last.Centres) {
		// Some of these partitions may have been added since the reader began.
		t.centres.Follow(slices.Collect(maps.Keys(last.Centres)))
		return fmt.Errorf("task %d: the centre-keyed topics are not read as far yet as its last commit was judged with: %w", t.At.Task, broker.ErrTransient)
	}
	return nil
}
