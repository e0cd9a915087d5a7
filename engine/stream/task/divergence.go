package task

import (
	"context"
	"fmt"

	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/stored"
)

// A log may lose its end and grow again beyond where it was read: a replica that was
// not in sync becomes leader (unclean.leader.election.enable), or somebody restores
// it. What was read is then not what is there, and what is there between was never
// read. Whoever reads on from the same offset notices nothing, so KIP-320 gives every
// batch the epoch of the leader that wrote it: where what is read has another epoch
// than what was read before, the batch before the position must still be the one that
// it was, by epoch and checksum. One request for a change of leader is all that it
// costs. Recovery asks the same of every position.

// checkEpochs refuses what was read of inputs whose batch before the position is
// another one than it was.
func (t *Task) checkEpochs(ctx context.Context, came map[broker.Partition]broker.Mark) error {
	for p, mark := range came {
		was, ok := t.At.Marks[p]
		if !ok || was.Epoch == mark.Epoch {
			continue
		}
		if err := centres.SameBefore(ctx, t.Broker, p, t.At.Inputs[p], was); err != nil {
			return err
		}
	}
	return nil
}

// checkCentreMarks refuses centre-keyed topics that do not hold what a state was
// judged with. Links and assignments are checked where they are kept, and what the
// engine itself writes is known by its ends.
func (t *Task) checkCentreMarks(ctx context.Context, at *stored.Progress) error {
	for p, was := range at.CentreMarks {
		if err := centres.SameBefore(ctx, t.Broker, p, at.Centres[p], was); err != nil {
			return err
		}
	}
	return nil
}

// tookBack refuses to end a transaction whose records came to lie before the end that
// the log had: it was cut since, and with it what was told.
func (t *Task) tookBack(outs []broker.Out, written broker.Offsets) error {
	first := written.Clone()
	for i := range outs {
		first[outs[i].Partition]--
	}
	for p, next := range written {
		if was := t.outEnds[p]; first[p] < was {
			return fmt.Errorf("%s partition %d ended at offset %d, and what is written now begins at %d: %w", p.Topic, p.Index, was, first[p], broker.ErrForeignLog)
		}
		t.outEnds[p] = next
	}
	return nil
}
