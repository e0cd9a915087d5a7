package bed

import (
	"context"
	"sync"
	"time"

	"tilsyn/topics"
)

// Follow hands over every record of some partitions as it becomes readable, from their beginning until the
// context ends, and with it when it could be read. It holds the lock while it hands over what one answer
// had. It returns the first error of reading or of take; that the context has ended is none.
func Follow(ctx context.Context, c *topics.Client, parts []topics.TopicPartition, lock sync.Locker,
	take func(r *topics.Record, at time.Time) error) error {
	positions := make([]topics.Position, len(parts))
	for i, p := range parts {
		positions[i] = topics.Position{Topic: p.Topic, Partition: p.Partition}
	}
	f := c.NewFetcher(topics.FetchOptions{MaxWait: 20 * time.Millisecond})
	for ctx.Err() == nil {
		got, err := f.Fetch(ctx, positions)
		if err == nil {
			err = handOver(got, positions, lock, take)
		}
		if err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}

// handOver hands over the records of one answer and moves the positions behind them.
func handOver(got []topics.Fetched, positions []topics.Position, lock sync.Locker,
	take func(r *topics.Record, at time.Time) error) error {
	now := time.Now()
	lock.Lock()
	defer lock.Unlock()
	for i := range got {
		if err := got[i].Each(func(r *topics.Record) error { return take(r, now) }); err != nil {
			return err
		}
		for k := range positions {
			if positions[k].TopicPartition() == got[i].TopicPartition {
				positions[k].Offset = got[i].Next
			}
		}
	}
	return nil
}
