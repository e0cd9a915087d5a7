package task

import (
	"context"
	"errors"
	"fmt"

	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
)

// A record of progress must directly follow the task's previous one (decision
// 0011). The producer's epoch keeps out who has the same transactional id; who has
// another one, an engine with another group or a program that is lost, writes to the
// same prefix unhindered by the brokers. So before a transaction is ended the task
// looks at what lies on task-commits between the record before and the one that it
// has just written. That log puts the records of all writers in one order, and a
// transaction is ended only where nothing was in between: of two writers at most one
// goes on, and what the other has written of that cycle is taken back.

// ErrNotNext says that somebody else's record, or transaction, is in between. Who it
// is follows from the record, which recovery reads.
var ErrNotNext = errors.New("another process wrote to task-commits for this task, so that what this cycle wrote is taken back; where that comes again, find and end it: only the engines of one group may write the topics of a prefix")

// follows is asked before a transaction is ended.
func (t *Task) follows(ctx context.Context, written broker.Offsets) error {
	part := stored.CommitPartition(t.At.Task)
	next, ok := written[part]
	if !ok || next-1 <= t.followed {
		return nil
	}
	own := next - 1
	// Aborted transactions, and the markers of our own, are in order.
	stable, err := t.Broker.Ends(ctx, []broker.Partition{part}, broker.LastStable)
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

// noteFollowed notes where the next record should come, behind the marker that ends
// the transaction, and when this one was written.
func (t *Task) noteFollowed(written broker.Offsets) {
	if next, ok := written[stored.CommitPartition(t.At.Task)]; ok {
		t.followed, t.wrote, t.signed = next+1, true, t.wall()
	}
}
