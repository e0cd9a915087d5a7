package task

import (
	"context"
	"errors"
	"fmt"

	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
)

// A record of progress must directly follow the task's previous one (decision 0011). The
// producer's epoch fences whoever has the same transactional id. A writer with another id, such
// as an engine of another group or a stray program, can write to the same prefix without the
// brokers objecting. So before a transaction is ended the task looks at what lies on
// task-commits between its previous record and the one just written. That log puts the records
// of all writers in one order, and a transaction is committed only if nothing lies in between:
// of two writers at most one goes on, and what the other wrote in that cycle is aborted.

// ErrNotNext says that a foreign record or open transaction lies in between. The record tells
// whose it is; recovery reads it.
var ErrNotNext = errors.New("another process wrote to task-commits for this task, so that what this cycle wrote is taken back; where that comes again, find and end it: only the engines of one group may write the topics of a prefix")

// follows is called before a transaction is ended, and refuses it unless the record of progress
// directly follows the previous one.
func (t *Task) follows(ctx context.Context, written broker.Offsets) error {
	part := stored.CommitPartition(t.at.Task)
	next, ok := written[part]
	if !ok || next-1 <= t.followed {
		return nil
	}
	own := next - 1
	// Aborted transactions, and our own transaction markers, may lie in between.
	stable, err := t.broker.Ends(ctx, []broker.Partition{part}, broker.LastStable)
	if err != nil {
		return err
	}
	if stable[part] < own {
		return fmt.Errorf("%s partition %d: a transaction is open since offset %d: %w", part.Topic, part.Index, stable[part], ErrNotNext)
	}
	return t.scan().Each(ctx, broker.Offsets{part: t.followed}, broker.Offsets{part: own}, func(rec *broker.Record) error {
		return fmt.Errorf("%s partition %d offset %d: %w", part.Topic, part.Index, rec.Offset, ErrNotNext)
	})
}

// noteFollowed notes where the next record should lie, behind the marker that ends the
// transaction, and when this one was written.
func (t *Task) noteFollowed(written broker.Offsets) {
	if next, ok := written[stored.CommitPartition(t.at.Task)]; ok {
		t.followed, t.wrote, t.signed = next+1, true, t.wall()
	}
}
