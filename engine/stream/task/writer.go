package task

import (
	"context"
	"errors"
	"fmt"
	"time"

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

// writer is what a task knows of what it writes.
type writer struct {
	*settings
	// task is the task's number.
	task     int32
	producer broker.Producer
	// followed is the offset right after the task's last record of progress; wrote is true once
	// this task has written one. signed is when it last committed.
	followed int64
	wrote    bool
	signed   time.Time
	// ends are the ends of the output partitions, as far as this process knows them.
	ends broker.Offsets
	// restless is true when the last commit was made with facts read that caught_up had not
	// reached.
	restless bool
	// centres are the centre positions of the last commit record at start. Dead letters for
	// records before them are already written.
	centres broker.Offsets
}

// forget drops what recovery finds out again. What the task has written stays known.
func (w *writer) forget() { w.signed, w.ends = time.Time{}, broker.Offsets{} }

// found takes in where what the task writes ends.
func (w *writer) found(ends broker.Offsets) {
	w.ends = ends
	w.followed = ends[stored.CommitPartition(w.task)]
}

// open opens the task's transactional producer, which fences every earlier one.
func (w *writer) open(ctx context.Context) error {
	if w.producer != nil {
		_ = w.producer.Close() // an error does not matter: the next producer fences this one
		w.producer = nil
	}
	p, err := w.broker.Producer(ctx, w.task)
	if err != nil {
		return err
	}
	w.producer = p
	return nil
}

// close gives the producer up. What is committed stays.
func (w *writer) close() error {
	if w.producer == nil {
		return nil
	}
	err := w.producer.Close()
	w.producer = nil
	return err
}

// tookBack refuses to end a transaction whose records lie before an end that the log had
// already: the log was cut since, and what was told in it is lost.
func (w *writer) tookBack(outs []broker.Out, written broker.Offsets) error {
	first := written.Clone()
	for i := range outs {
		first[outs[i].Partition]--
	}
	for p, next := range written {
		if was := w.ends[p]; first[p] < was {
			return fmt.Errorf("%s partition %d ended at offset %d, and what is written now begins at %d: %w",
				p.Topic, p.Index, was, first[p], broker.ErrForeignLog)
		}
		w.ends[p] = next
	}
	return nil
}

// ErrNotNext says that a foreign record or open transaction lies in between. The record tells
// whose it is; recovery reads it.
var ErrNotNext = errors.New("another process wrote to task-commits for this task, " +
	"so that what this cycle wrote is taken back; where that comes again, find and end it: " +
	"only the engines of one group may write the topics of a prefix")

// follows is called before a transaction is ended, and refuses it unless the record of progress
// directly follows the previous one.
func (w *writer) follows(ctx context.Context, written broker.Offsets) error {
	part := stored.CommitPartition(w.task)
	next, ok := written[part]
	if !ok || next-1 <= w.followed {
		return nil
	}
	own := next - 1
	// Aborted transactions, and our own transaction markers, may lie in between.
	stable, err := w.broker.Ends(ctx, []broker.Partition{part}, broker.LastStable)
	if err != nil {
		return err
	}
	if stable[part] < own {
		return fmt.Errorf("%s partition %d: a transaction is open since offset %d: %w", part.Topic, part.Index,
			stable[part], ErrNotNext)
	}
	return w.scan().Each(ctx, broker.Offsets{part: w.followed}, broker.Offsets{part: own}, func(rec *broker.Record) error {
		return fmt.Errorf("%s partition %d offset %d: %w", part.Topic, part.Index, rec.Offset, ErrNotNext)
	})
}

// note takes in that the transaction was committed: where the next record of progress should
// lie, behind the marker that ends the transaction, and when this one was written.
func (w *writer) note(written broker.Offsets) {
	if next, ok := written[stored.CommitPartition(w.task)]; ok {
		w.followed, w.wrote, w.signed = next+1, true, w.wall()
	}
}

// signDue reports whether an idle task has to commit its progress, since it has not committed
// for signEvery. Others see by that that the task has an owner.
func (w *writer) signDue() bool {
	return w.signEvery > 0 && (w.signed.IsZero() || w.wall().Sub(w.signed) >= w.signEvery)
}
