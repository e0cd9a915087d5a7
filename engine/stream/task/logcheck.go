package task

import (
	"context"
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
)

// What recovery checks in the logs before it trusts the local state, besides the marks of the
// inputs: nothing that the task wrote may be undecided, and no log may end before a position
// that the task has reached. That finds a topic that was deleted and made anew, or has lost its
// end; the state, and what was told, then rest on a log that is gone.

// checkDecided refuses to go on while a transaction is open on a partition that the task
// writes. Step 1 has ended the task's own, so it belongs to a foreign producer or was left
// hanging by the broker. What was told lies behind it and must be read first, or it would be
// told again.
func (t *Task) checkDecided(ctx context.Context, stable broker.Offsets) error {
	parts := make([]broker.Partition, 0, len(stable))
	for p := range stable {
		parts = append(parts, p)
	}
	ends, err := t.broker.Ends(ctx, parts, broker.HighWatermark)
	if err != nil {
		return err
	}
	for p, end := range ends {
		if stable[p] < end {
			return fmt.Errorf("%s partition %d: a transaction is open since offset %d, "+
				"and nothing is told before it is ended, by its producer or by the broker after its timeout; where it stays, "+
				"find its producer with `kafka-transactions.sh find-hanging` and stop it or abort the transaction: %w",
				p.Topic, p.Index, stable[p], broker.ErrTransient)
		}
	}
	return nil
}

// CheckStart refuses a last commit that a task of this instance could not go on from: one by
// another group, unless it is the one to take over from (empty: none), by another policy, or
// with other logs than there are. It fences nobody. Transactions may be in flight, so that the
// outputs are only compared with their high watermarks.
func (t *Task) CheckStart(ctx context.Context, last *stored.Progress, from string) error {
	if from == "" || last.Group != from {
		if err := t.CheckGroup(last); err != nil {
			return err
		}
	}
	if err := t.checkPolicy(last); err != nil {
		return err
	}
	if err := t.checkCentres(ctx, last); err != nil {
		return err
	}
	if err := t.checkInputs(ctx, last); err != nil {
		return err
	}
	ends, err := t.broker.Ends(ctx, broker.OutputsOf(t.at.Task), broker.HighWatermark)
	if err != nil {
		return err
	}
	return t.checkOutputs(last.Outputs, ends)
}

// checkOutputs refuses outputs that end before the positions up to which the state, or the last
// commit, knows them. Outputs that only a newer version tells are not looked at.
func (t *Task) checkOutputs(from, ends broker.Offsets) error {
	for p, n := range from {
		if end, ok := ends[p]; ok && n > end {
			return fmt.Errorf("%s partition %d ends at offset %d, and was read up to %d: %w", p.Topic,
				p.Index, end, n, broker.ErrForeignLog)
		}
	}
	return nil
}

// checkCentres refuses centre-keyed topics that end before what the last commit was judged
// with: reading on would never get there.
func (t *Task) checkCentres(ctx context.Context, last *stored.Progress) error {
	if len(last.Centres) == 0 {
		return nil
	}
	if err := t.checkKnown(last.Centres); err != nil {
		return err
	}
	ends, err := t.broker.Ends(ctx, t.centres.Partitions(), broker.HighWatermark)
	if err != nil {
		return err
	}
	for p, n := range last.Centres {
		if end, ok := ends[p]; ok && n > end {
			return fmt.Errorf("%s partition %d ends at offset %d, and the last commit was judged with "+
				"it up to %d: %w", p.Topic, p.Index, end, n, broker.ErrForeignLog)
		}
	}
	return nil
}

// checkInputs refuses inputs that end before what the last commit had read: catching up would
// wait for records that never come, with or without a local state.
func (t *Task) checkInputs(ctx context.Context, last *stored.Progress) error {
	if len(last.Inputs) == 0 {
		return nil
	}
	if err := t.checkKnown(last.Inputs); err != nil {
		return err
	}
	ends, err := t.broker.Ends(ctx, broker.InputsOf(t.at.Task), broker.HighWatermark)
	if err != nil {
		return err
	}
	for p, n := range last.Inputs {
		if end, ok := ends[p]; ok && n > end {
			return fmt.Errorf("%s partition %d ends at offset %d, and the last commit had read it up to %d: %w",
				p.Topic, p.Index, end, n, broker.ErrForeignLog)
		}
	}
	return nil
}

// checkKnown refuses a commit that was judged with an input which this version does not have: it could
// accuse of what is explained there.
func (t *Task) checkKnown(read broker.Offsets) error {
	for p := range read {
		if _, ok := duty.TopicOf(p.Topic); !ok {
			return fmt.Errorf("the last commit of task %d was judged with the topic %s, which this version does not read: %w",
				t.at.Task, p.Topic, stored.ErrNewer)
		}
	}
	return nil
}
