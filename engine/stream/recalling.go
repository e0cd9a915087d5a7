package stream

import (
	"context"
	"errors"
	"time"

	"tilsyn/engine/invariant"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/recalls"
	"tilsyn/engine/stream/task"
)

// followRecalls begins to follow the logs that recalls rest on, for the task that writes the recalls,
// and returns nil for every other task. Call done when the task is given up.
func (e *engine) followRecalls(ctx context.Context, part int32) (r task.Recalls, done func()) {
	if !task.Speaks(part) {
		return nil, func() {}
	}
	reader := recalls.NewReader(recalls.Config{Broker: e.broker(), Codec: broker.NewCodec(e.cfg.Schemas),
		Tasks: e.parts, PartitionOf: e.partitionOf, Trust: e.cfg.TrustTimestamps, Wall: time.Now})
	ctx, cancel := context.WithCancel(ctx)
	over := make(chan struct{})
	go func() {
		defer close(over)
		e.pollRecalls(ctx, reader)
	}()
	return reader, func() {
		cancel()
		<-over
		e.cfg.Stats.RecallsOpen.Store(0) // the next owner says it
		e.cfg.Stats.RecallsOverdue.Store(0)
	}
}

// pollRecalls keeps the reader reading. It takes at most half of the time of one processor, since the
// tasks come first. An error stops nothing but the topic recalls.
func (e *engine) pollRecalls(ctx context.Context, r *recalls.Reader) {
	defer invariant.EndPlainly()
	pause, said := pauseFirst, ""
	for ctx.Err() == nil {
		began := time.Now()
		err := r.Poll(ctx, e.cfg.Limits.Poll)
		rest := min(time.Since(began), pauseMost)
		if err != nil && ctx.Err() == nil {
			if text := err.Error(); text != said {
				said = text
				e.cfg.Log.Warn().Err(err).Msg("what was told, acknowledged and handled cannot be read, " +
					"so that the topic recalls falls behind; it is tried again, and verdicts do not wait for it")
			}
			pause = min(2*pause, pauseMost)
			rest = pause
			if errors.Is(err, broker.ErrForeignLog) {
				rest = pauseMost
			}
		} else {
			pause, said = pauseFirst, ""
		}
		select {
		case <-ctx.Done():
		case <-time.After(rest):
		}
	}
}
