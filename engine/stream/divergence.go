package stream

import (
	"context"
	"fmt"

	"tilsyn/topics"
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
func (t *Task) checkEpochs(ctx context.Context, came map[Partition]Mark) error {
	for p, mark := range came {
		was, ok := t.at.Marks[p]
		if !ok || was.Epoch == mark.Epoch {
			continue
		}
		if err := sameBefore(ctx, t.broker, p, t.at.Inputs[p], was); err != nil {
			return err
		}
	}
	return nil
}

// checkEpochs is that of a task, for the centre-keyed topics.
func (r *CentreReader) checkEpochs(ctx context.Context, came map[Partition]Mark) error {
	for p, mark := range came {
		was, ok := r.marks[p]
		if !ok || was.Epoch == mark.Epoch {
			continue
		}
		if err := sameBefore(ctx, r.broker, p, r.next[p], was); err != nil {
			return err
		}
	}
	return nil
}

// sameBefore refuses a partition whose batch before an offset has another mark than
// it had. One that the log does not hold any more is no sign of that.
func sameBefore(ctx context.Context, b Broker, p Partition, offset int64, was Mark) error {
	got, ok, err := b.MarkBefore(ctx, p, offset)
	if err != nil {
		return err
	}
	if ok && got != was {
		return fmt.Errorf("%s partition %d was cut before offset %d and written again, by a leader that had not got all of it: %w", p.Topic, p.Index, offset, ErrForeignLog)
	}
	return nil
}

// checkCentreMarks refuses centre-keyed topics that do not hold what a state was
// judged with. Links and assignments are checked where they are kept, and what the
// engine itself writes is known by its ends.
func (t *Task) checkCentreMarks(ctx context.Context, at *progress) error {
	for p, was := range at.CentreMarks {
		if err := sameBefore(ctx, t.broker, p, at.Centres[p], was); err != nil {
			return err
		}
	}
	return nil
}

// centreMarks are the marks of a snapshot that a commit keeps: those of topics that
// are read whole for their own sake.
func (s *Snapshot) centreMarks() map[Partition]Mark {
	out := map[Partition]Mark{}
	for p, m := range s.marks {
		if spec, ok := topics.Lookup(p.Topic); ok && spec.Class == topics.CentreInput {
			out[p] = m
		}
	}
	return out
}

// tookBack refuses to end a transaction whose records came to lie before the end that
// the log had: it was cut since, and with it what was told.
func (t *Task) tookBack(outs []Out, written Offsets) error {
	first := written.clone()
	for i := range outs {
		first[outs[i].Partition]--
	}
	for p, next := range written {
		if was := t.outEnds[p]; first[p] < was {
			return fmt.Errorf("%s partition %d ended at offset %d, and what is written now begins at %d: %w", p.Topic, p.Index, was, first[p], ErrForeignLog)
		}
		t.outEnds[p] = next
	}
	return nil
}
