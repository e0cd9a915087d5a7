package stream

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tilsyn/topics"
)

// One group writes a prefix (decision 0011): its name stands in the records of
// progress. Two groups would each tell everything, since each has all tasks, and
// nothing that the brokers do would keep them apart. The first engine of a prefix
// writes the name before it joins its group; every other group is refused from then
// on, unless the prefix is moved to it (Config.FromGroup).

// ErrGroup says that another group writes the prefix. Giving a prefix a second group
// never is what is wanted: everything would be told twice, and violations cannot be
// taken back.
var ErrGroup = errors.New("a prefix is written by one group")

// errGroupOf says who writes and what to do.
func errGroupOf(prefix, group, by string) error {
	return fmt.Errorf("the topics with the prefix %q are written by the group %q, not by %q: %w: "+
		"run with --group %s, or give another --topic-prefix; to move the prefix to this group stop every engine of the other one and run once with --from-group %s (README, \"One group per prefix\")",
		prefix, by, group, ErrGroup, by, by)
}

// checkGroup refuses a record of progress of another group, and, of a task that has
// written since it began, one that names none: an older tilsyn writes beside it.
func (t *Task) checkGroup(last *progress) error {
	switch {
	case t.group == "" || last.Group == t.group:
		return nil
	case last.Group != "":
		return fmt.Errorf("task %d: %w", t.at.Task, errGroupOf(t.prefix, t.group, last.Group))
	case t.wrote:
		return fmt.Errorf("task %d: an older tilsyn, or another program, writes the topics with the prefix %q: %w: stop it; older and newer versions cannot run side by side", t.at.Task, t.prefix, ErrGroup)
	}
	return nil
}

// claim makes the group of this engine the one that writes the prefix, or returns
// ErrGroup. It is called before joining. Where the name stands already it only reads.
func (e *engine) claim(ctx context.Context) error {
	for pause := pauseFirst; ; pause = min(2*pause, pauseMost) {
		err := e.claimOnce(ctx)
		// Another instance of this group, or another group, does the same right now:
		// what it has written says who was first.
		if err == nil || !errors.Is(err, errNotNext) && !errors.Is(err, ErrFenced) && !errors.Is(err, ErrTransient) && !errors.Is(err, topics.ErrAbortable) {
			return err
		}
		e.cfg.Log.Warn().Err(err).Dur("pause", pause).Msg("another engine is about to say which group writes this topic prefix; asking again after the pause")
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

func (e *engine) claimOnce(ctx context.Context) error {
	t := make([]*Task, e.parts)
	last := make([]progress, e.parts)
	from := e.cfg.FromGroup
	moves := false
	for i := range t {
		t[i] = e.unowned(int32(i))
		var err error
		if last[i], err = t[i].lastKnown(ctx); err != nil {
			return err
		}
		if from != "" && last[i].Group == from && from != e.cfg.Group {
			moves = true
		} else if err := t[i].checkGroup(&last[i]); err != nil {
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
			if err := t[i].claim(ctx, from); err != nil {
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

// stopped refuses to move a prefix from a group that still has members.
func (e *engine) stopped(ctx context.Context, group string) error {
	g, err := e.client.DescribeGroup(ctx, group)
	if err != nil {
		return brokerError(err)
	}
	if len(g.Members) > 0 {
		return fmt.Errorf("the group %q still has members (%s): %w: stop them first; who was stopped without --leave is out when its session ends", group, memberNames(g), ErrGroup)
	}
	return nil
}

// memberNames are the members of a group, for messages.
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

// endFormer fences whoever wrote these tasks under another transactional id, and
// ends what it left open: the group that the prefix is moved from, and a version
// before decision 0010, where that one's ids were others.
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
			return brokerError(err)
		}
	}
	return nil
}

// lastKnown is the last commit as far as it can be read now, without fencing
// anybody.
func (t *Task) lastKnown(ctx context.Context) (progress, error) {
	part := commitPartition(t.at.Task)
	ends, err := t.broker.Ends(ctx, []Partition{part}, LastStable)
	if err != nil {
		return progress{}, err
	}
	return t.lastCommit(ctx, ends[part])
}

// claim writes the last record of progress once more, with the name of this group;
// nothing else of it changes. from is the group that it may be taken from.
func (t *Task) claim(ctx context.Context, from string) error {
	if err := t.openProducer(ctx); err != nil {
		return err
	}
	defer func() { _ = t.Close() }()
	part := commitPartition(t.at.Task)
	ends, err := t.broker.Ends(ctx, []Partition{part}, LastStable)
	if err != nil {
		return err
	}
	if err := t.checkDecided(ctx, ends); err != nil {
		return err
	}
	last, err := t.lastCommit(ctx, ends[part])
	if err != nil {
		return err
	}
	if from == "" || last.Group != from {
		if err := t.checkGroup(&last); err != nil {
			return err
		}
	}
	last.Group, last.Instance = t.group, t.instance
	record, err := last.encode()
	if err != nil {
		return err
	}
	t.followed = ends[part]
	_, err = t.producer.Commit(ctx, Transaction{
		Records: []Out{{Partition: part, Key: commitKey(t.at.Task), Value: record, At: unstamped}}, Check: t.follows,
	})
	return err
}
