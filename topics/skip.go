package topics

import (
	"context"
	"fmt"
	"time"
)

// skipRecords is how many empty records one transaction of [TxnWriter.Skip] writes at most; skipPause is how long it
// waits before it looks again whether the marker is there.
const (
	skipRecords = 50_000
	skipPause   = 2 * time.Millisecond
)

// Skip lets a log that ends at an offset go on to a later one without a record that anybody is given: by empty
// records of transactions that are aborted, and their markers, of which readers of what is committed see nothing. So
// a log can be copied without some of its records while all others keep their offsets (decision 0046). No
// transaction may be open, and nobody else may write to the partition meanwhile.
func (w *TxnWriter) Skip(ctx context.Context, p TopicPartition, from, to int64) error {
	for from < to {
		n := min(to-from, skipRecords)
		if err := w.skip(ctx, p, n); err != nil {
			return err
		}
		from += n
		if err := w.endsAt(ctx, p, from); err != nil {
			return err
		}
	}
	return nil
}

// skip writes n-1 empty records and the marker of one aborted transaction; for n = 1 the marker alone.
func (w *TxnWriter) skip(ctx context.Context, p TopicPartition, n int64) error {
	if err := w.Begin(ctx); err != nil {
		return err
	}
	var err error
	if n == 1 {
		err = w.addPartitions(ctx, []TopicPartition{p})
	} else {
		outs := make([]Out, n-1)
		for i := range outs {
			outs[i] = Out{Topic: p.Topic, Partition: p.Partition, Key: skipKey}
		}
		_, err = w.Produce(ctx, outs)
	}
	if err != nil {
		return err
	}
	return w.Abort(ctx)
}

// skipKey is the key of the empty records: brokers refuse records without a key on compacted topics.
var skipKey = []byte{0}

// endsAt waits until the marker is written, some time after the brokers have answered: what is written before would
// lie in its place.
func (w *TxnWriter) endsAt(ctx context.Context, p TopicPartition, want int64) error {
	for {
		ends, err := w.s.c.Offsets(ctx, []TopicPartition{p}, LastStable)
		switch end := ends[p]; {
		case err != nil:
			return err
		case end == want:
			return nil
		case end > want:
			return fmt.Errorf("%v ends at offset %d and not at %d: somebody else writes to it; use topics that nobody "+
				"else writes to: %w", p, end, want, ErrFatal)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(skipPause):
		}
	}
}
