package stream

import (
	"context"
	"errors"
	"slices"
	"time"

	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/task"
	"tilsyn/topics"
)

// examine looks, before the group gives this instance anything, for all that its
// tasks would refuse: another policy than was judged with, topics that are not
// those that the last commits speak of. An instance that joined first and refused
// then would leave its tasks without an owner, again and again where something
// starts it anew; so it looks at every task of the prefix, whichever it might get.
// Topics, data directory and the group of the prefix are looked at before as well.
// It looks twice: before anything is written, and again when that has taken its time.
func (e *engine) examine(ctx context.Context) error {
	for i := range e.parts {
		t := e.unowned(i)
		last, err := t.LastKnown(ctx)
		if err != nil {
			return err
		}
		if from := e.cfg.FromGroup; from == "" || last.Group != from {
			if err := t.CheckGroup(&last); err != nil {
				return err
			}
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
		// Transactions may be under way, so that the stable ends say nothing here.
		ends, err := t.Broker.Ends(ctx, broker.OutputsOf(i), broker.HighWatermark)
		if err != nil {
			return err
		}
		if err := t.CheckOutputs(last.Outputs, ends); err != nil {
			return err
		}
	}
	return nil
}

// unowned is a task that looks at what was committed, before it belongs to anybody.
// It has no state.
func (e *engine) unowned(part int32) *task.Task {
	t := e.task(part, nil, task.WallClock(e.cfg.Now))
	t.Broker = e.broker()
	return t
}

// refuses reports whether an engine ended since it does not want to run like this:
// started again as it is, it would refuse again. What may pass, and what is no
// decision of its own, is none.
func refuses(err error) bool {
	var gone *topics.OutOfRangeError
	switch {
	case err == nil, errors.Is(err, topics.ErrGaveUp), errors.Is(err, topics.ErrFenced), errors.Is(err, broker.ErrFenced), errors.Is(err, topics.ErrGroupTaken):
		return false
	case errors.Is(err, task.ErrTopics), errors.Is(err, task.ErrPolicy), errors.Is(err, task.ErrGroup), errors.Is(err, broker.ErrForeignLog), errors.Is(err, task.ErrRebuild),
		errors.Is(err, topics.ErrFatal), errors.Is(err, topics.ErrCorrupt), errors.As(err, &gone):
		return true
	}
	return false
}

// giveUpPlace takes this instance out of the group because it refuses to run: else
// what it had, when it was last a member, would stay without an owner until its
// session ends. It is known by its id alone, whether or not it has joined.
func (e *engine) giveUpPlace(ctx context.Context) {
	if e.client == nil || e.id.InstanceID == "" {
		return
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWithin)
	defer cancel()
	g, err := e.client.DescribeGroup(late, e.id.Group)
	if err == nil && !slices.ContainsFunc(g.Members, func(m topics.GroupMember) bool { return m.InstanceID == e.id.InstanceID }) {
		e.cfg.Log.Info().Msg("this instance refuses to run; it had no place in the group, so that no task waits for it")
		return
	}
	m := e.client.NewMember(topics.MemberConfig{Group: e.id.Group, InstanceID: e.id.InstanceID})
	began := time.Now()
	if err := m.Leave(late); err != nil {
		e.cfg.Log.Warn().Err(err).Dur("took", time.Since(began)).Msg("this instance refuses to run and could not leave the group: the tasks that it had go to others only when its session ends (--session-timeout)")
		return
	}
	e.cfg.Log.Info().Msg("this instance refuses to run and has left the group; others take its tasks at once")
}
