package stream

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/task"
	"tilsyn/topics"
)

// One group writes a prefix (decision 0011); its name is in the records of progress. Two groups
// would each tell everything, since each has all tasks, and the brokers would not keep them apart.
// The first engine of a prefix writes the name before it joins its group. From then on every other
// group is refused, unless the prefix is moved to it (Config.FromGroup).

// claim makes the group of this engine the one that writes the prefix, or returns ErrGroup. It is
// called before joining. If the name is already there, it only reads.
func (e *engine) claim(ctx context.Context) error {
	for pause := pauseFirst; ; pause = min(2*pause, pauseMost) {
		err := e.claimOnce(ctx)
		// Another instance is claiming the prefix right now; what it has written decides who was first.
		if err == nil || !errors.Is(err, task.ErrNotNext) && !errors.Is(err, broker.ErrFenced) &&
			!errors.Is(err, broker.ErrTransient) && !errors.Is(err, topics.ErrAbortable) {
			return err
		}
		e.cfg.Log.Warn().Err(err).Dur("pause", pause).
			Msg("another engine is about to say which group writes this topic prefix; asking again after the pause")
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// claimOnce is one attempt of claim.
func (e *engine) claimOnce(ctx context.Context) error {
	t := make([]*task.Task, e.parts)
	last := make([]stored.Progress, e.parts)
	from := e.cfg.FromGroup
	moves := false
	for i := range t {
		t[i] = e.unowned(int32(i))
		var err error
		if last[i], err = t[i].LastKnown(ctx); err != nil {
			return err
		}
		if from != "" && last[i].Group == from && from != e.cfg.Group {
			moves = true
		} else if err := t[i].CheckGroup(&last[i]); err != nil {
			return err
		}
	}
	if last[0].Group == e.cfg.Group && !moves {
		return nil
	}
	if moves {
		if err := e.stopped(ctx, from); err != nil {
			return err
		}
	}
	if err := e.endFormer(ctx, moves); err != nil {
		return err
	}
	// The first task decides: its record is the first that is written.
	for i := range t {
		if i == 0 && last[0].Group != e.cfg.Group || moves && last[i].Group == from {
			if err := t[i].Claim(ctx, from); err != nil {
				return err
			}
		}
	}
	ev := e.cfg.Log.Info().Str("group", e.cfg.Group)
	if moves {
		ev = ev.Str("from", from)
	}
	ev.Msg("this group writes the topics of the prefix from now on, and engines of other groups are refused")
	return nil
}

// stopped refuses to move a prefix away from a group that still has members.
func (e *engine) stopped(ctx context.Context, group string) error {
	g, err := e.client.DescribeGroup(ctx, group)
	if err != nil {
		return broker.BrokerError(err)
	}
	if len(g.Members) > 0 {
		return fmt.Errorf("the group %q still has members (%s): %w: stop them first; "+
			"one that was stopped without --leave is out when its session ends", group, memberNames(g), task.ErrGroup)
	}
	return nil
}

// memberNames lists the members of a group for messages.
func memberNames(g topics.Group) string {
	const most = 5
	names := make([]string, 0, most)
	for i, m := range g.Members {
		if i == most {
			names = append(names, fmt.Sprintf("and %d more", len(g.Members)-most))
			break
		}
		names = append(names, m.String())
	}
	return strings.Join(names, ", ")
}

// endFormer fences whoever wrote these tasks under other transactional ids, and ends what they
// left open: the group that the prefix is moved from, and versions before decision 0010, whose ids
// differed.
func (e *engine) endFormer(ctx context.Context, moves bool) error {
	ids := map[string]bool{}
	for task := range e.parts {
		ids[topics.FormerTransactionalID(e.client.Prefix(), e.cfg.Group, task)] = true
		if moves {
			ids[topics.FormerTransactionalID(e.client.Prefix(), e.cfg.FromGroup, task)] = true
			ids[topics.TransactionalID(e.client.Prefix(), e.cfg.FromGroup, task)] = true
		}
	}
	for task := range e.parts {
		delete(ids, e.client.TransactionalID(e.cfg.Group, task)) // every task fences its own
	}
	for id := range ids {
		if err := e.client.NewTxnWriter(topics.TxnConfig{TransactionalID: id}).Init(ctx); err != nil {
			return broker.BrokerError(err)
		}
	}
	return nil
}
