package stream

import (
	"context"
	"time"

	"tilsyn/engine/stream/task"
)

// watchLetters logs new dead letters until the context ends.
func (e *engine) watchLetters(ctx context.Context) error {
	tick := time.NewTicker(task.LetterCheck)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		for _, l := range e.cfg.Stats.Letters.Tell(time.Now()) {
			e.cfg.Log.Warn().Str("topic", l.Topic).Str("reason", l.Reason).Int64("records", l.Fresh).Int64("since_start", l.N).
				Msg("records cannot be used and are dead letters: they hold units back until they are sent again, " +
					"or a record on resolutions names their topic, partition and offset (tilsyn tail dead-letters shows them)")
		}
	}
}
