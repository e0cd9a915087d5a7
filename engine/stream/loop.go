package stream

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"tilsyn/state"
	"tilsyn/topics"
)

func (e *engine) task(part int32, st state.Task, clock Clock) *Task {
	return NewTask(TaskConfig{
		Task: part, Partitions: e.parts,
		PartitionOf: e.partitionOf,
		Broker:      metered{e.broker(), e.cfg.Stats}, Store: st, Centres: e.reader, Judge: e.cfg.Judge, Codec: NewCodec(e.cfg.Schemas),
		Clock: clock, Wall: time.Now, Accept: e.cfg.Accept, Limits: e.cfg.Limits, Stats: e.cfg.Stats,
	})
}

// Pauses between attempts of a task that failed in a way that may pass.
const (
	pauseFirst = 100 * time.Millisecond
	pauseMost  = 10 * time.Second
)

// runTask recovers the task and lets it work, again and again, until the
// context ends or an error does not pass.
func (e *engine) runTask(ctx context.Context, t *Task, recovered func()) error {
	defer recovered()
	defer func() { _ = t.Close() }()
	pause := pauseFirst
	for {
		began := time.Now()
		err := e.liveTask(ctx, t, recovered)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, ErrFenced) {
			e.cfg.Stats.Fenced.Add(1)
			return awaitGroup(ctx, err)
		}
		if !passes(err) {
			return err
		}
		if time.Since(began) > pauseMost {
			pause = pauseFirst
		}
		e.noteTrouble(t.at.Task, err)
		e.cfg.Log.Warn().Int32("task", t.at.Task).Err(err).Dur("pause", pause).Msg("task recovers")
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause/2 + rand.N(pause/2+1)):
		}
		pause = min(2*pause, pauseMost)
	}
}

// awaitGroup gives the group the time to say that the task belongs to another
// instance now: then being fenced is the ordinary end of it here. A task that is
// fenced though it belongs here has two engines with one identity.
func awaitGroup(ctx context.Context, fenced error) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(2 * heartbeatEvery):
		return fenced
	}
}

// liveTask recovers the task and lets it work until the first error. A cycle
// that has begun is finished when the context ends, as far as the broker lets
// it within stopWithin.
func (e *engine) liveTask(ctx context.Context, t *Task, recovered func()) error {
	if err := t.Recover(ctx); err != nil {
		return err
	}
	e.cfg.Log.Info().Int32("task", t.at.Task).Int64("commits", t.at.Seq).Msg("task recovered")
	recovered()
	faults := e.cfg.Stats.Faults.Load()
	for ctx.Err() == nil {
		if _, err := e.step(ctx, t); err != nil {
			return err
		}
		if n := e.cfg.Stats.Faults.Load(); n > faults {
			e.cfg.Log.Error().Int64("faults", n).Msg("the verdict on a person failed; nothing new is told of that person: a fault of the program, please report it")
			faults = n
		}
		e.status.set(t.at.Task, t.state(e.status.get(t.at.Task)))
	}
	return ctx.Err()
}

// stopWithin is how long a cycle may go on after the engine was told to stop.
const stopWithin = 5 * time.Second

// step does one cycle with a context that ends a little later than ctx, so that
// stopping does not leave a transaction open.
func (e *engine) step(ctx context.Context, t *Task) (bool, error) {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(stopWithin, cancel) })
	defer stop()
	began := time.Now()
	busy, err := t.Step(late)
	if busy {
		e.cfg.Stats.cycles.add(time.Since(began))
	}
	return busy, err
}

// passes reports whether recovering the task can help.
func passes(err error) bool {
	switch {
	case err == nil:
		return true
	case errors.Is(err, ErrFenced), errors.Is(err, ErrForeignLog), errors.Is(err, ErrRebuild), errors.Is(err, topics.ErrGaveUp), errors.Is(err, topics.ErrFatal),
		errors.Is(err, topics.ErrCorrupt), errors.Is(err, state.ErrClosed), errors.Is(err, state.ErrCorrupt):
		return false
	}
	var gone *topics.OutOfRangeError
	return !errors.As(err, &gone)
}
