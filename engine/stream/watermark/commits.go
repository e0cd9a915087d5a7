package watermark

import (
	"context"
	"slices"

	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
)

// LastCommit returns the newest record of progress of a task on task-commits before an offset;
// an empty one if the task has never committed. It reads backwards in growing steps, since the
// newest record is usually near the end.
func LastCommit(ctx context.Context, scan broker.Scan, task int32, end int64) (stored.Progress, error) {
	part := stored.CommitPartition(task)
	for back := int64(32); end > 0; back *= 8 {
		from := max(0, end-back)
		var value []byte
		err := scan.Each(ctx, broker.Offsets{part: from}, broker.Offsets{part: end}, func(rec *broker.Record) error {
			if string(rec.Key) == string(stored.CommitKey(task)) && len(rec.Value) > 0 {
				value = slices.Clone(rec.Value)
			}
			return nil
		})
		if err != nil {
			return stored.Progress{}, err
		}
		if value != nil {
			return stored.DecodeProgress(value, task)
		}
		if from == 0 {
			break
		}
	}
	return stored.NewProgress(task), nil
}
