package task

import (
	"context"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/watermark"
	"tilsyn/state"
)

// commit makes a cycle visible. Its effects come in this order, publish before save:
//
//  1. The progress gets the next sequence number, what is told enters the log of revisions, and the
//     progress is encoded.
//  2. A Kafka transaction is opened. It gets everything that the cycle tells, then the record of
//     progress on task-commits, last of all, and the offsets of the group.
//  3. Before the transaction is ended, what was written is checked: no log has lost its end
//     (tookBack), and the record of progress directly follows the task's previous one (follows).
//     Otherwise the transaction is aborted.
//  4. The transaction is ended. From here on everybody sees it.
//  5. The task notes in memory where its outputs end now and what it has shown to others.
//  6. Facts, headers, what was told, claims and the checkpoint go to the local state in one
//     atomic commit (save).
//
// A crash before 4 leaves nothing that anybody sees: the next owner fences this one, which
// aborts the transaction, and reads and judges the same from the commit before. A crash between
// 4 and 6 leaves a local state that is behind the logs: recovery reads what was told from the
// outputs and applies the inputs up to the record of progress silently. A crash within 6 leaves
// the local state as before or as after it. If nobody knows whether 4 has happened, the error
// leads to recovery, which asks the brokers.
//
// A cycle that only changed when persons are next due has no effects but 6, since no other
// process could tell the difference.
type commit struct {
	t *Task
	// outs are the records of the transaction, the record of progress last.
	outs []broker.Out
	// written are the next offsets after what the transaction wrote, by partition.
	written broker.Offsets
}

// commit commits what the cycle has gathered, and reports whether there was anything.
func (t *Task) commit(ctx context.Context) (bool, error) {
	t.claims.Send()
	if err := t.writeSummaries(); err != nil {
		return false, err
	}
	if err := t.sendForwarded(); err != nil {
		return false, err
	}
	if !t.cycle.visible() && (t.judgedAll() || t.watermark.StampDue() || t.watermark.Awaited() || t.writer.signDue() ||
		len(t.log.owed) > 0) {
		t.cycle.move()
	}
	// Routines move the checkpoint, which must not be ahead of the commit record. Positions alone,
	// as over an aborted transaction, would be.
	visible := t.cycle.visible() || t.cycle.routines > 0 && !t.watermark.InputsShown()
	changed := visible || t.cycle.routines > 0
	for _, p := range t.cycle.order {
		changed = changed || p.changed || len(p.fresh) > 0
	}
	if !changed {
		return false, nil
	}
	t.laps.lap(LapJudge, t.cycle.judged())
	if visible {
		c := commit{t: t}
		if err := c.publish(ctx); err != nil {
			return false, err
		}
		c.note()
		t.laps.lap(LapPublish, len(c.outs))
	}
	// What the ledger waits for is part of the progress, so routines move the checkpoint.
	err := t.save(visible || t.cycle.routines > 0)
	t.laps.lap(LapCommit, 0)
	return true, err
}

// judgedAll reports whether the progress has to be written once more, since everything read has
// been judged at a clock after all of it: so `verify` can compare without waiting for the next
// fact. After that an idle task writes nothing more.
func (t *Task) judgedAll() bool {
	return t.writer.restless && t.at.CaughtUp >= t.newestKnown() && t.AtRest()
}

// judgedRead reports whether caught_up is as far as it gets with what was read: at the newest fact,
// or, if that is known later, at the clock up to which everything is read.
func (t *Task) judgedRead() bool {
	most := t.watermark.Reached()
	if t.clock.Virtual() {
		most = t.at.Clock
	}
	return t.at.CaughtUp >= min(most, t.newestKnown()) && !(t.owns() && t.watch.Changed())
}

// newestKnown is when the newest fact that was read became known.
func (t *Task) newestKnown() duty.Instant {
	return max(t.picture.NewestFact, t.watermark.NewestRead())
}

// publish commits the cycle's records and the progress in one Kafka transaction: effects 1 to 4.
func (c *commit) publish(ctx context.Context) (err error) {
	t := c.t
	if !t.accept {
		if err := t.rebuild.check(t.at.Task); err != nil {
			return err
		}
	}
	t.at.Seq++
	if err := t.logRevisions(); err != nil {
		return err
	}
	record, err := t.encoded()
	if err != nil {
		return err
	}
	t.must.publish(t, record)
	c.outs = append(t.cycle.outs, broker.Out{Partition: stored.CommitPartition(t.at.Task),
		Key: stored.CommitKey(t.at.Task), Value: record, At: watermark.Unstamped})
	c.written, err = t.writer.producer.Commit(ctx, broker.Transaction{Records: c.outs, Group: t.at.Inputs, Check: c.check})
	return err
}

// check refuses to end the transaction if what was written does not lie where it should.
func (c *commit) check(ctx context.Context, written broker.Offsets) error {
	if err := c.t.writer.tookBack(c.outs, written); err != nil {
		return err
	}
	return c.t.writer.follows(ctx, written)
}

// note remembers what the transaction has made visible: effect 5.
func (c *commit) note() {
	t := c.t
	t.must.acknowledge(t)
	for p, n := range c.written {
		if _, own := t.at.Outputs[p]; own {
			t.at.Outputs[p] = max(t.at.Outputs[p], n)
		}
	}
	t.logged(c.written)
	t.writer.note(c.written)
	t.writer.restless = t.at.CaughtUp < t.newestKnown()
	t.watermark.Committed(c.written)
	t.stats.Commits.Add(1)
}

// encoded returns the progress as it is written. Only this process knows the list of urgent
// persons, so a reader is given a sweep over everybody of whom something was told instead.
func (t *Task) encoded() ([]byte, error) {
	at := t.at
	at.Group, at.Instance = t.group, t.instance
	if len(t.urgent.ids) > 0 {
		at.Sweeps = slices.Clone(at.Sweeps)
		at.AddTold(t.urgent.newest)
	}
	return at.Encode()
}

// save writes the cycle's changes to the local state in one atomic commit, with the checkpoint
// if asked to.
func (t *Task) save(checkpoint bool) error {
	t.must.save(t, checkpoint)
	b := &t.cycle.batch
	stack := &t.cycle.stack
	for i := range stack.rows {
		if i%warmAtOnce == 0 {
			t.roster.warmRows(stack.rows[i:min(i+warmAtOnce, len(stack.rows))])
		}
		r := &stack.rows[i]
		b.AddFactBytes(t.roster.person(r.who), r.day, stack.bytes[r.from:r.to])
	}
	for _, p := range t.cycle.order {
		for i := range p.fresh {
			b.AddFact(p.id, p.fresh[i].Day(), p.fresh[i].Stored)
		}
		for i := range p.told {
			s := &p.told[i]
			b.SetSaid(p.id, uint8(s.Kind), int32(s.Date), stored.EncodeSaid(s, p.sums.before.of(s.Kind, s.Date)))
		}
		if p.sides.changed {
			b.SetSaid(p.id, sideKind, state.Undated, p.sides.encode())
			p.sides.changed = false
		}
		if p.changed || !p.known && len(p.fresh) > 0 {
			b.SetHeader(p.id, toStored(p.next), p.header.Encode())
			t.roster.take(p.resident, &p.header, p.next)
			if p.tailed && p.judged == len(p.fresh) {
				t.roster.entries[p.resident].follow(p.tail)
			}
		}
	}
	t.roster.shapes.Save(b)
	t.claims.Save(b)
	if checkpoint {
		data, err := t.encoded()
		if err != nil {
			return err
		}
		b.SetCheckpoint(data)
	}
	if err := t.store.Commit(b); err != nil {
		return err
	}
	return t.must.saved(t)
}
