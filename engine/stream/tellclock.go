package stream

import (
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/watermark"
)

// tellClock logs when the machine's clock begins to be in doubt and when it agrees again.
func (e *engine) tellClock(t *task.Task, doubted *bool) {
	why := watermark.ClockDoubt(t.ClockOff())
	switch {
	case why != "" && !*doubted:
		e.cfg.Log.Error().Int32("task", t.Number()).Str("event", "clock-off").Msg(why)
	case why == "" && *doubted:
		e.cfg.Log.Info().Int32("task", t.Number()).Msg("the clocks of this machine and of the brokers agree again")
	}
	*doubted = why != ""
}
