package stream

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"tilsyn/engine/invariant"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/watermark"
	"tilsyn/state"
)

// word is what a task writes for the whole prefix: how recalls stand, and the control reports; none
// for a task that does not (task.Speaks). And it is who may ask it.
type word struct {
	recalls task.Recalls
	reports task.Reports
	// views are those who look at its persons; nil: nobody.
	views *task.Views
}

// task makes a task of this instance on a state.
func (e *engine) task(part int32, st state.Task, clock watermark.Clock, w word) *task.Task {
	return e.taskOn(metered{e.broker(), e.cfg.Stats}, part, st, clock, w)
}

// taskOn makes a task on a broker of its own and a state.
func (e *engine) taskOn(b broker.Broker, part int32, st state.Task, clock watermark.Clock, w word) *task.Task {
	return task.NewTask(task.TaskConfig{
		Task: part, Partitions: e.parts,
		PartitionOf: e.partitionOf,
		Broker:      b, Store: st, Centres: e.reader, Recalls: w.recalls, Reports: w.reports, Views: w.views,
		TopicIDs: e.id.TopicIDs,
		Trust:    e.cfg.TrustTimestamps, Judge: e.cfg.Judge, Codec: broker.NewCodec(e.cfg.Schemas),
		Prefix: e.client.Prefix(), Group: e.cfg.Group, Instance: e.id.InstanceID, SignEvery: e.cfg.signEvery,
		Clock: clock, Wall: time.Now, Unconfirmed: e.cfg.unconfirmed, Accept: e.cfg.Accept, Snapshots: e.snapshots,
		Floor: e.cfg.Floor, Limits: e.cfg.Limits, Stats: e.cfg.Stats, LogKey: e.cfg.LogKey,
		Traced: e.cfg.Traced,
	})
}

// Pauses between attempts of a task after an error that may pass.
const (
	pauseFirst = 100 * time.Millisecond
	pauseMost  = 10 * time.Second
)

// maxFences is how often in a row a task may be fenced although the group confirms each time that
// it belongs here. Once or twice happens if the broker ended a transaction that took too long.
const maxFences = 5

// runTask recovers the task and lets it work, again and again, until the context ends or an error
// requires to stop (task/errors.go).
func (e *engine) runTask(ctx context.Context, c *crew, part int32, recovered func()) error {
	st, err := e.openTask(part)
	if err != nil {
		return err
	}
	recalls, done := e.followRecalls(ctx, part)
	defer done()
	reports, over := e.oversee(ctx, part)
	defer over()
	views, closed := e.openViews(part)
	defer closed()
	t := e.task(part, st, c.clock, word{recalls, reports, views})
	defer func() { _ = t.Close() }()
	pause, fences := pauseFirst, 0
	for {
		began := time.Now()
		err := e.liveTask(ctx, t, recovered)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if time.Since(began) > pauseMost {
			pause, fences = pauseFirst, 0
		}
		e.noteTrouble(part, err)
		log := e.cfg.Log.Warn().Int32("task", part).Err(err)
		switch task.RemedyFor(err) {
		case task.RemedyEnd:
			return err
		case task.RemedyRebuild:
			log.Msg("the local state of the task is damaged: it is built again from the topics; " +
				"nothing is told twice, and nobody of its persons is judged until it is done")
			if err := st.Discard(); err != nil {
				return fmt.Errorf("task %d: discard damaged state: %w", part, err)
			}
		case task.RemedyConfirm:
			e.cfg.Stats.Fenced.Add(1)
			log.Msg("another process writes for this task now, or the broker ended a transaction that took too " +
				"long: what was under way is taken back, " +
				"and the task begins again from its last commit if the group says that it is still ours")
			if fences++; fences > maxFences {
				return fmt.Errorf("task %d was taken over %d times though the group says that it belongs here: "+
					"another process writes with the transactional id %s, "+
					"perhaps an engine on a copy of a data directory: find and end it: %w",
					part, fences, e.client.TransactionalID(e.cfg.Group, part), err)
			}
			if err := c.confirm(ctx); err != nil {
				return err
			}
		case task.RemedyRecover:
			log.Dur("pause", pause).
				Msg("the task stopped at this error and begins again from its last commit after the pause; " +
					"nothing is lost and nothing is told twice; if it comes again and again, look at what the error names")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause/2 + rand.N(pause/2+1)):
		}
		pause = min(2*pause, pauseMost)
	}
}

// openTask opens the state of a task. A damaged state is discarded first and rebuilt from the
// topics.
func (e *engine) openTask(part int32) (state.Task, error) {
	st, err := e.store.Task(part)
	if errors.Is(err, state.ErrCorrupt) {
		e.cfg.Log.Warn().Int32("task", part).Err(err).
			Msg("the local state of the task is damaged: it is built again from the topics; nothing is told twice, " +
				"and nobody of its persons is judged until it is done")
		if err = e.store.Discard(part); err == nil {
			st, err = e.store.Task(part)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open the state of task %d: %w", part, err)
	}
	return st, nil
}

// liveTask recovers the task and lets it work until the first error. When the context ends, the
// cycle in progress is still finished if the broker allows it within stopWithin.
func (e *engine) liveTask(ctx context.Context, t *task.Task, recovered func()) error {
	defer invariant.EndPlainly()
	if err := t.Recover(ctx); err != nil {
		return err
	}
	e.cfg.Log.Info().Int32("task", t.Number()).Int64("commits", t.Commits()).Msg("task recovered")
	if newer := t.Newer(); newer > 0 {
		e.cfg.Log.Warn().Int32("task", t.Number()).Int("layout", newer).Int("own_layout", stored.StateLayout).
			Msg("the task's last commit is by a newer version, which stores its state in a later form: this version " +
				"goes on with a state of its own form; nothing is lost or told twice; unless you go back on purpose, " +
				"start the newer version here")
	}
	recovered()
	doubted, unheard, stood := false, false, ""
	faults, refused, snapshots := e.cfg.Stats.Faults.Load(), e.cfg.Stats.Refused.Load(), e.snapshots.Plan()
	for ctx.Err() == nil {
		if _, err := e.step(ctx, t); err != nil {
			return err
		}
		if n := e.cfg.Stats.Faults.Load(); n > faults {
			e.cfg.Log.Error().Int64("faults", n).Msg("the verdict on a person failed; " +
				"nothing new is told of that person: a fault of the program, please report it")
			faults = n
		}
		if n := e.cfg.Stats.Refused.Load(); n > refused {
			e.cfg.Log.Error().Int64("records", n).
				Msg("a record did not pass the output validation, or is too large for a topic; it is not written, " +
					"all others are: a fault of the program, please report it")
			refused = n
		}
		e.tellClock(t, &doubted)
		e.tellStands(t, &stood)
		e.tellUnheard(t, &unheard)
		e.snapshots.Maybe(t, &snapshots)
		e.status.set(t.Number(), t.State(e.status.get(t.Number())))
	}
	return ctx.Err()
}

// stopWithin is how long a cycle may continue after the engine was told to stop.
const stopWithin = 5 * time.Second

// step runs one cycle with a context that ends a little later than ctx, so that stopping leaves no
// transaction open.
func (e *engine) step(ctx context.Context, t *task.Task) (bool, error) {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(stopWithin, cancel) })
	defer stop()
	began := time.Now()
	busy, err := t.Step(late)
	if busy {
		e.cfg.Stats.Cycles.Add(time.Since(began))
	}
	return busy, err
}
