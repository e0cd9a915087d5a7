package stream

import (
	"context"
	"errors"
	"slices"
	"time"

	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/watermark"
	"tilsyn/topics"
)

// examine checks, before this instance joins the group, everything that its tasks would refuse: a
// policy other than the one judged with, or topics other than those of the last commits. An
// instance that joined and then refused would leave its tasks without an owner, again and again if
// a supervisor restarts it. So it checks every task of the prefix, whichever it might get. It runs
// twice: before anything is written, and again after the slow part of the start.
func (e *engine) examine(ctx context.Context) error {
	for i := range e.parts {
		t := e.unowned(i)
		last, err := t.LastKnown(ctx)
		if err != nil {
			return err
		}
		if err := t.CheckStart(ctx, &last, e.cfg.FromGroup); err != nil {
			return err
		}
	}
	return nil
}

// unowned returns a task that only looks at what was committed. It owns nothing and has no state.
func (e *engine) unowned(part int32) *task.Task {
	return e.taskOn(e.broker(), part, nil, watermark.WallClock(e.cfg.Now), word{})
}

// refuses reports whether an engine ended because it refuses to run like this, and would do so
// again after a restart. Errors that may pass, and those that are not its own decision, do not
// count.
func refuses(err error) bool {
	var gone *topics.OutOfRangeError
	switch {
	case err == nil, errors.Is(err, topics.ErrGaveUp), errors.Is(err, topics.ErrFenced),
		errors.Is(err, broker.ErrFenced), errors.Is(err, topics.ErrGroupTaken):
		return false
	case errors.Is(err, task.ErrTopics), errors.Is(err, task.ErrPolicy), errors.Is(err, task.ErrGroup),
		errors.Is(err, broker.ErrForeignLog), errors.Is(err, task.ErrRebuild), errors.Is(err, stored.ErrNewer),
		errors.Is(err, topics.ErrFatal), errors.Is(err, topics.ErrCorrupt), errors.As(err, &gone):
		return true
	}
	return false
}

// giveUpPlace removes this instance from the group because it refuses to run; otherwise the tasks
// that it had would stay without an owner until its session ends. Its instance id is enough,
// whether or not it has joined.
func (e *engine) giveUpPlace(ctx context.Context) {
	if e.client == nil || e.id.InstanceID == "" {
		return
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWithin)
	defer cancel()
	g, err := e.client.DescribeGroup(late, e.id.Group)
	if err == nil && !slices.ContainsFunc(g.Members, func(m topics.GroupMember) bool {
		return m.InstanceID == e.id.InstanceID
	}) {
		e.cfg.Log.Info().Msg("this instance refuses to run; it had no place in the group, so that no task waits for it")
		return
	}
	m := e.client.NewMember(topics.MemberConfig{Group: e.id.Group, InstanceID: e.id.InstanceID})
	began := time.Now()
	if err := m.Leave(late); err != nil {
		e.cfg.Log.Warn().Err(err).Dur("took", time.Since(began)).
			Msg("this instance refuses to run and could not leave the group: " +
				"the tasks that it had go to others only when its session ends (--session-timeout)")
		return
	}
	e.cfg.Log.Info().Msg("this instance refuses to run and has left the group; others take its tasks at once")
}
