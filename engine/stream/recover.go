package stream

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/state"
)

// Recover brings the task to where the last commit record left it, in the order
// of design.md, "Recovery of a task". Nothing is evaluated and nothing written
// before it returns nil. It may be called again after an error.
func (t *Task) Recover(ctx context.Context) error {
	t.stats.Recoveries.Add(1)
	t.forgetMemory()
	// (1) Fence the predecessor and end its transaction.
	if err := t.openProducer(ctx); err != nil {
		return err
	}
	// (2) Only now the ends of what it wrote are final.
	own := append(outputsOf(t.at.Task), commitPartition(t.at.Task))
	ends, err := t.broker.Ends(ctx, own, LastStable)
	if err != nil {
		return err
	}
	if err := t.checkDecided(ctx, ends); err != nil {
		return err
	}
	t.outEnds = ends
	// (3) The last commit record.
	t.followed = ends[commitPartition(t.at.Task)]
	last, err := t.lastCommit(ctx, t.followed)
	if err != nil {
		return err
	}
	if err := t.checkGroup(&last); err != nil {
		return err
	}
	if err := t.checkPolicy(&last); err != nil {
		return err
	}
	if err := t.checkCentres(ctx, last); err != nil {
		return err
	}
	if err := t.checkInputs(ctx, last); err != nil {
		return err
	}
	if err := t.checkOutputs(last.Outputs, ends); err != nil {
		return err
	}
	// (4) The checkpoint, unless it is not ours; a snapshot where it is behind.
	if err := t.takeSnapshot(ctx, last); err != nil {
		return err
	}
	if err := t.openCheckpoint(ctx, last); err != nil {
		return err
	}
	if err := t.shapes.load(t.store); err != nil {
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
	// (5) What was said since.
	if err := t.readOwn(ctx, ends); err != nil {
		return err
	}
	// (6) The inputs up to the last commit, silently.
	if err := t.catchUp(ctx, last); err != nil {
		return err
	}
	t.at.Seq = last.Seq
	t.at.Clock = max(t.at.Clock, last.Clock)
	t.at.CaughtUp = max(t.at.CaughtUp, last.CaughtUp)
	t.committed = last.Centres
	t.committedAt, t.published = Offsets{}, last
	return t.checkSnapshot(last)
}

func (t *Task) forgetMemory() {
	t.snap, t.pending, t.ends, t.asked = nil, nil, nil, time.Time{}
	t.commits, t.heardAt, t.examinedClock = nil, time.Time{}, duty.Beginning
	t.brokers.offset, t.brokers.asked, t.signed = -1, time.Time{}, time.Time{}
	t.outEnds = Offsets{}
	t.urgent, t.urgentAt, t.walking = nil, duty.Beginning, nil
	t.cycle = cycle{budget: newBudget(t.wall, t.limits)}
	t.newest.reset()
	t.centreLines = centreLines{}
	t.forgetHeld()
}

func (t *Task) openProducer(ctx context.Context) error {
	if t.producer != nil {
		_ = t.producer.Close() // it wrote what it wrote; the next one fences it
		t.producer = nil
	}
	p, err := t.broker.Producer(ctx, t.at.Task)
	if err != nil {
		return err
	}
	t.producer = p
	return nil
}

// Close gives up the task. What is committed stays.
func (t *Task) Close() error {
	if t.producer == nil {
		return nil
	}
	err := t.producer.Close()
	t.producer = nil
	return err
}

// lastCommit reads the newest record of the task on task-commits. Without any
// the task has never committed.
func (t *Task) lastCommit(ctx context.Context, end int64) (progress, error) {
	return t.lastCommitOf(ctx, t.at.Task, end)
}

// lastCommitOf is lastCommit for any task.
func (t *Task) lastCommitOf(ctx context.Context, task int32, end int64) (progress, error) {
	part := commitPartition(task)
	for back := int64(32); end > 0; back *= 8 {
		from := max(0, end-back)
		var value []byte
		err := t.scan().each(ctx, Offsets{part: from}, Offsets{part: end}, func(rec *Record) error {
			if string(rec.Key) == string(commitKey(task)) && len(rec.Value) > 0 {
				value = slices.Clone(rec.Value)
			}
			return nil
		})
		if err != nil {
			return progress{}, err
		}
		if value != nil {
			return decodeProgress(value, task)
		}
		if from == 0 {
			break
		}
	}
	return newProgress(task), nil
}

func (t *Task) scan() scan {
	return scan{broker: t.broker, most: t.limits.Records, wait: t.limits.Poll}
}

// openCheckpoint reads the checkpoint. One that is beyond the last commit
// belongs to another past of these topics and is discarded; the task is then
// rebuilt from the logs.
func (t *Task) openCheckpoint(ctx context.Context, last progress) error {
	t.at = newProgress(last.Task)
	data, ok, err := t.store.Checkpoint()
	switch {
	case errors.Is(err, state.ErrCorrupt):
		return t.discard(last)
	case err != nil:
		return err
	case !ok:
		return t.discard(last)
	}
	cp, err := decodeProgress(data, t.at.Task)
	if err == nil && cp.Seq > 0 && last.Seq == 0 {
		return fmt.Errorf("%s partition %d holds no record of task %d, which has committed %d times: %w",
			topicTaskCommits, t.at.Task, t.at.Task, cp.Seq, ErrForeignLog)
	}
	if err != nil || cp.Layout != stateLayout || cp.Times != "" && cp.Times != timesOf(t.trust) || cp.Seq > last.Seq || !cp.Inputs.before(last.Inputs) {
		return t.discard(last)
	}
	t.at = cp
	return t.checkMarks(ctx)
}

// skipGone begins at the start of the logs where nothing was read yet and their
// beginning may be gone. A position that was reached before is never moved.
func (t *Task) skipGone(ctx context.Context, last progress) error {
	t.at.Judged = max(t.at.Judged, last.Judged)
	if !t.floor.set() {
		return nil
	}
	if t.at.Seq == 0 && last.Seq > 0 {
		t.at.Judged = max(t.at.Judged, last.CaughtUp)
	}
	starts, err := t.broker.Ends(ctx, append(inputsOf(t.at.Task), outputsOf(t.at.Task)...), LogStart)
	if err != nil {
		return err
	}
	own := Offsets{}
	for _, p := range outputsOf(t.at.Task) {
		own[p] = starts[p]
		delete(starts, p)
	}
	t.floor.begin(t.at.Inputs, starts)
	t.floor.begin(t.at.Outputs, own)
	return nil
}

// checkMarks refuses to go on where the batch before a position is another one
// than it was, or lies beyond the end of the log: then the state speaks of other
// facts than the topics. A batch that only grew too old to be kept is no sign of
// that.
func (t *Task) checkMarks(ctx context.Context) error { return t.checkMarksOf(ctx, &t.at) }

func (t *Task) checkMarksOf(ctx context.Context, at *progress) error {
	ends, err := t.broker.Ends(ctx, inputsOf(t.at.Task), HighWatermark)
	if err != nil {
		return err
	}
	for p, want := range at.Marks {
		got, ok, err := t.broker.MarkBefore(ctx, p, at.Inputs[p])
		if err != nil {
			return err
		}
		if ok && got != want || at.Inputs[p] > ends[p] {
			return fmt.Errorf("%s partition %d is another log than the one that was read, as the records before offset %d show: %w", p.Topic, p.Index, at.Inputs[p], ErrForeignLog)
		}
	}
	return t.checkCentreMarks(ctx, at)
}

// discard forgets the local state of the task, which is then rebuilt from the
// logs.
func (t *Task) discard(last progress) error {
	if t.rebuilt = last.Seq > 0; t.rebuilt {
		t.withdrawn = 0
		t.stats.Rebuilds.Add(1)
	}
	if err := t.store.Discard(); err != nil {
		return fmt.Errorf("task %d: discard local state: %w", t.at.Task, err)
	}
	return nil
}

// maxRebuildWithdrawals is how many units a rebuild may withdraw by itself.
const maxRebuildWithdrawals = 100

// ErrRebuild says that a rebuild of the state would withdraw many records:
// rather than by new facts that comes about by topics that lost some.
var ErrRebuild = errors.New("building the state again would withdraw more than 100 records; see whether the input topics still hold everything, then allow it with --accept")

// checkRebuild stops a rebuild that would withdraw too much before more of it is
// told. A rebuild is over when the task is quiet.
func (t *Task) checkRebuild() error {
	if t.rebuilt && t.withdrawn > maxRebuildWithdrawals && !t.accept {
		return fmt.Errorf("task %d: %w", t.at.Task, ErrRebuild)
	}
	return nil
}

// readOwn learns what was told since the checkpoint from the task's outputs.
func (t *Task) readOwn(ctx context.Context, ends Offsets) error {
	t.resetCycle(0)
	from := Offsets{}
	for _, p := range outputsOf(t.at.Task) {
		from[p] = t.at.Outputs[p]
	}
	if err := t.checkOutputs(from, ends); err != nil {
		return err
	}
	n := 0
	err := t.scan().each(ctx, from, ends, func(rec *Record) error {
		if err := t.heard(rec); err != nil {
			return fmt.Errorf("%s partition %d offset %d: %w", rec.Topic, rec.Index, rec.Offset, err)
		}
		t.cycle.budget.took(rec)
		if n++; n%t.limits.Records == 0 || t.cycle.full() {
			return t.flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	for p := range from {
		t.at.Outputs[p] = max(from[p], ends[p])
	}
	return t.save(true)
}

// flush saves what was gathered without moving the checkpoint.
func (t *Task) flush() error {
	if err := t.save(false); err != nil {
		return err
	}
	t.resetCycle(0)
	return nil
}

// heard takes in one record of the task's own outputs.
func (t *Task) heard(rec *Record) error {
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
		t.remember(p, duty.SaidOf(v))
		// Its line in the ledger was written with it, and is not what the state knows.
		p.header.setLedger(monthOf(v.UnitDate), 0)
	case *duty.DataQuality:
		if parkedLine(v) {
			return t.heardRow(v)
		}
		if ofCentres(v, string(rec.Key)) {
			return t.heardLine(centresKey, lineOfQuality(v), v.State)
		}
		if v.Code == duty.DataQualityCodeUnknownPerson && v.Subject != string(rec.Key) {
			return t.heardLine(paperKey+string(rec.Key), lineOfQuality(v), v.State)
		}
		return t.heardLine(string(rec.Key), lineOfQuality(v), v.State)
	case *duty.Observation:
		return t.heardLine(v.PersonID, lineOfObservation(v), v.State)
	}
	return nil
}

// catchUp applies the inputs up to the last commit: facts are filed and persons
// made due, nothing is evaluated and nothing written but the local state.
func (t *Task) catchUp(ctx context.Context, last progress) error {
	t.resetCycle(0)
	from := Offsets{}
	for _, p := range inputsOf(t.at.Task) {
		from[p] = t.at.Inputs[p]
	}
	n := 0
	err := t.scan().each(ctx, from, last.Inputs, func(rec *Record) error {
		if err := t.apply(rec, false); err != nil {
			return err
		}
		t.at.Inputs[rec.Partition] = rec.Offset + 1
		delete(t.at.Marks, rec.Partition)
		if n++; n%t.limits.Records == 0 || t.cycle.full() {
			t.boundUrgent()
			if err := t.save(true); err != nil {
				return err
			}
			t.resetCycle(0)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for p := range from {
		t.at.Inputs[p] = max(from[p], last.Inputs[p])
	}
	t.at.Marks = last.Marks
	if err := t.save(true); err != nil {
		return err
	}
	t.resetCycle(0)
	return nil
}

// checkSnapshot refuses to go on with centre facts older than those the last
// commit was judged with; reading on is all it takes.
func (t *Task) checkSnapshot(last progress) error {
	if !t.centres.Snapshot().Positions.reached(last.Centres) {
		// Some of them may be of partitions that were added since the reader began.
		t.centres.Follow(slices.Collect(maps.Keys(last.Centres)))
		return fmt.Errorf("task %d: the centre-keyed topics are not read as far yet as its last commit was judged with: %w", t.at.Task, ErrTransient)
	}
	return nil
}
