package centres

import (
	"context"
	"fmt"

	"tilsyn/engine/stream/broker"
)

// checkEpochs checks partitions whose leader epoch changed: the batch before our position must
// still be the one that was read. Tasks do the same for their inputs.
func (r *CentreReader) checkEpochs(ctx context.Context, came map[broker.Partition]broker.Mark) error {
	for p, mark := range came {
		was, ok := r.marks[p]
		if !ok || was.Epoch == mark.Epoch {
			continue
		}
		if err := SameBefore(ctx, r.broker, p, r.next[p], was); err != nil {
			return err
		}
	}
	return nil
}

// SameBefore returns ErrForeignLog if the batch before an offset has another mark than was noted.
// A batch that the log no longer holds proves nothing.
func SameBefore(ctx context.Context, b broker.Broker, p broker.Partition, offset int64, was broker.Mark) error {
	_, err := HoldsBefore(ctx, b, p, offset, was)
	return err
}

// HoldsBefore is SameBefore, and reports whether the log holds the batch.
func HoldsBefore(ctx context.Context, b broker.Broker, p broker.Partition, offset int64,
	was broker.Mark) (bool, error) {
	got, ok, err := b.MarkBefore(ctx, p, offset)
	if err != nil {
		return false, err
	}
	if ok && got != was {
		return false, fmt.Errorf("%s partition %d was cut before offset %d and written again, "+
			"by a leader that had not got all of it: %w", p.Topic, p.Index, offset, broker.ErrForeignLog)
	}
	return ok, nil
}
