package stream

import (
	"context"
	"time"

	"tilsyn/engine/duty"
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
			line := e.cfg.Log.Warn().Str("reason", l.Reason).Int64("records", l.Fresh).Int64("since_start", l.N)
			if l.Topic == duty.TopicAcknowledgements {
				line.Msg("acknowledgements cannot be used and are dead letters: they count for nothing and hold nobody; " +
					"have them sent again, readable and under the key of their person (tilsyn dead-letters list --all " +
					"shows them)")
				continue
			}
			line.Str("topic", l.Topic).
				Msg("records cannot be used and are dead letters: they hold units back until they are sent again, " +
					"or a record on resolutions names their topic, partition and offset (tilsyn tail dead-letters shows them)")
		}
	}
}
