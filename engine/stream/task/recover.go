package task

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/watermark"
)

// recovery brings a task to where its last commit record left it, in the order of design.md,
// "Recovery of a task":
//
//  1. fence: the transactional producer is opened until the brokers grant it. Every earlier
//     one is fenced, and its open transaction is ended.
//  2. findEnds: only now the last stable offsets of what the task wrote are final, and nothing
//     behind them is undecided.
//  3. findLast: the last commit record. It is of this group and policy, and every log still
//     reaches what it names (checkLogs).
//  4. openState: the local state. A snapshot replaces it if that is much further on; it is
//     discarded if it is beyond the last commit or of another layout; a log that is not the one
//     which was read is an error.
//  5. readOwn: what was told since the checkpoint, from the task's own outputs.
//     The owner of the watch reads what it has said likewise (readSaid), and so does who
//     writes the topics of the whole prefix (readRecalls, readReports). What is not in the log of
//     revisions is found (readLog).
//  6. catchUp: the inputs from the checkpoint up to the last commit, silently. Facts are applied
//     and persons become due; nothing is evaluated or written to Kafka.
//  7. begin: the clocks of the last commit; the task is live once the facts of the centres are
//     read as far as that commit was judged with.
//
// Steps 1 to 3 change nothing that is kept, except that a predecessor writes no more. Each save
// of steps 4 to 6 is atomic, and its checkpoint names the positions up to which it goes; facts
// are sets, so reading them once more changes nothing. A crash between any two effects therefore
// leaves a state from which the same steps lead to the same end.
type recovery struct {
	t *Task
	// ends is where what the task wrote ends, task-commits included.
	ends broker.Offsets
	// last is the last commit record.
	last stored.Progress
}

// Recover brings the task to where its last commit record left it (recovery). Until it returns
// nil nothing is evaluated and nothing is written. It may be called again after an error.
func (t *Task) Recover(ctx context.Context) error {
	t.stats.Recoveries.Add(1)
	t.forgetMemory()
	t.must.recover(nil)
	r := recovery{t: t}
	for _, step := range []func(context.Context) error{r.fence, r.findEnds, r.findLast, r.checkLogs, r.openState,
		r.readOwn, r.readSaid, r.readRecalls, r.readReports, r.readLog, r.catchUp} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return r.begin()
}

// fence opens the task's transactional producer: step 1.
func (r *recovery) fence(ctx context.Context) error { return r.t.writer.open(ctx) }

// findEnds asks where what the task wrote ends: step 2.
func (r *recovery) findEnds(ctx context.Context) (err error) {
	t := r.t
	own := append(broker.OutputsOf(t.at.Task), stored.CommitPartition(t.at.Task), LeavesPartition(t.at.Task),
		CheckpointPartition(t.at.Task))
	if r.ends, err = t.broker.Ends(ctx, own, broker.LastStable); err != nil {
		return err
	}
	if err := t.checkDecided(ctx, r.ends); err != nil {
		return err
	}
	t.writer.found(r.ends)
	return nil
}

// findLast reads the last commit record: step 3.
func (r *recovery) findLast(ctx context.Context) (err error) {
	if r.last, err = r.t.lastCommit(ctx, r.t.writer.followed); err != nil {
		return err
	}
	r.t.must.recover(&r.last)
	if err := r.t.CheckGroup(&r.last); err != nil {
		return err
	}
	return r.t.checkPolicy(&r.last)
}

// checkLogs checks that the logs still reach what the last commit names: the end of step 3.
func (r *recovery) checkLogs(ctx context.Context) error {
	if err := r.t.checkCentres(ctx, &r.last); err != nil {
		return err
	}
	if err := r.t.checkInputs(ctx, &r.last); err != nil {
		return err
	}
	return r.t.checkOutputs(r.last.Outputs, r.ends)
}

// openState opens the local state and loads what is kept of it in memory: step 4.
func (r *recovery) openState(ctx context.Context) error {
	t := r.t
	if err := t.takeSnapshot(ctx, r.last); err != nil {
		return err
	}
	if err := r.openCheckpoint(ctx); err != nil {
		return err
	}
	if err := t.roster.load(t.store); err != nil {
		return err
	}
	if err := t.loadMoved(); err != nil {
		return err
	}
	if err := t.loadWatch(); err != nil {
		return err
	}
	t.resumeAgain(&r.last)
	if err := t.claims.Load(); err != nil {
		return err
	}
	t.beginClaims(&r.last)
	t.beginForwarding(&r.last)
	t.unexamined = true
	return r.skipGone(ctx)
}

// begin takes over the clocks of the last commit: step 7. It refuses to go on with facts of the
// centres older than those which that commit was judged with. The error is transient: the centre
// reader only has to read on.
func (r *recovery) begin() error {
	t := r.t
	t.at.Seq = r.last.Seq
	t.at.Clock = max(t.at.Clock, r.last.Clock)
	t.at.CaughtUp = max(t.at.CaughtUp, r.last.CaughtUp)
	t.writer.centres = r.last.Centres
	t.watermark.Recovered(r.last)
	t.must.recovered(t)
	if !t.centres.Picture().Positions.Reached(r.last.Centres) {
		// Some of these partitions may have been added since the reader began.
		t.centres.Follow(slices.Collect(maps.Keys(r.last.Centres)))
		return fmt.Errorf("task %d: the centre-keyed topics are not read as far yet as its last commit "+
			"was judged with: %w", t.at.Task, broker.ErrTransient)
	}
	return nil
}

// forgetMemory drops what the task keeps in memory; recovery builds it again.
func (t *Task) forgetMemory() {
	t.stopShow()
	t.watermark.Forget()
	t.writer.forget()
	t.picture = nil
	t.urgent, t.walking = urgent{newest: duty.Beginning}, nil
	t.cycle = cycle{budget: newBudget(t.wall, t.limits)}
	t.beside.centres = centreLines{}
	t.forward, t.carried = newForwarding(), carriedAll{}
	t.forgetHeld()
}

// lastCommit reads the newest record of the task on task-commits, before end. Without one the
// task has never committed.
func (t *Task) lastCommit(ctx context.Context, end int64) (stored.Progress, error) {
	return watermark.LastCommit(ctx, t.scan(), t.at.Task, end)
}
