package centres

import (
	"context"
	"fmt"

	"tilsyn/engine/stream/broker"
)

// checkEpochs is that of a task, for the centre-keyed topics.
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

// SameBefore refuses a partition whose batch before an offset has another mark than
// it had. One that the log does not hold any more is no sign of that.
func SameBefore(ctx context.Context, b broker.Broker, p broker.Partition, offset int64, was broker.Mark) error {
	got, ok, err := b.MarkBefore(ctx, p, offset)
	if err != nil {
		return err
	}
	if ok && got != was {
		return fmt.Errorf("%s partition %d was cut before offset %d and written again, by a leader that had not got all of it: %w", p.Topic, p.Index, offset, broker.ErrForeignLog)
	}
	return nil
}
