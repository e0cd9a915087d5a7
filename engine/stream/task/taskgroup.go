package task

import (
	"context"
	"errors"
	"fmt"

	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/watermark"
)

// CheckGroup refuses a last commit by another group. Once this task has written, it also
// refuses one that names no group: an older tilsyn writes beside it.
func (t *Task) CheckGroup(last *stored.Progress) error {
	switch {
	case t.group == "" || last.Group == t.group:
		return nil
	case last.Group != "":
		return fmt.Errorf("task %d: %w", t.at.Task, errGroupOf(t.prefix, t.group, last.Group))
	case t.writer.wrote:
		return fmt.Errorf("task %d: an older tilsyn, or another program, writes the topics with the prefix %q: "+
			"%w: stop it; older and newer versions cannot run side by side", t.at.Task, t.prefix, ErrGroup)
	}
	return nil
}

// errGroupOf says which group writes the prefix and what to do.
func errGroupOf(prefix, group, by string) error {
	return fmt.Errorf("the topics with the prefix %q are written by the group %q, not by %q: %w: "+
		"run with --group %s, or give another --topic-prefix; to move the prefix to this group stop every "+
		"engine of the other one and run once with --from-group %s (documents, \"One group per prefix\")",
		prefix, by, group, ErrGroup, by, by)
}

// ErrGroup says that another group writes the prefix. Two groups never are what is wanted:
// everything would be told twice, and violations cannot be taken back.
var ErrGroup = errors.New("a prefix is written by one group")

// LastKnown returns the last commit that can be read now, without fencing anybody.
func (t *Task) LastKnown(ctx context.Context) (stored.Progress, error) {
	part := stored.CommitPartition(t.at.Task)
	ends, err := t.broker.Ends(ctx, []broker.Partition{part}, broker.LastStable)
	if err != nil {
		return stored.Progress{}, err
	}
	return t.lastCommit(ctx, ends[part])
}

// Claim writes the last record of progress once more under the name of this group and changes
// nothing else. from is the group from which it may take over.
func (t *Task) Claim(ctx context.Context, from string) error {
	if err := t.writer.open(ctx); err != nil {
		return err
	}
	defer func() { _ = t.writer.close() }()
	part := stored.CommitPartition(t.at.Task)
	ends, err := t.broker.Ends(ctx, []broker.Partition{part}, broker.LastStable)
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
		if err := t.CheckGroup(&last); err != nil {
			return err
		}
	}
	last.Group, last.Instance = t.group, t.instance
	record, err := last.Encode()
	if err != nil {
		return err
	}
	t.writer.followed = ends[part]
	_, err = t.writer.producer.Commit(ctx, broker.Transaction{
		Records: []broker.Out{{Partition: part, Key: stored.CommitKey(t.at.Task), Value: record,
			At: watermark.Unstamped}}, Check: t.writer.follows,
	})
	return err
}
