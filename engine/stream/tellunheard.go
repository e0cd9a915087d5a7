package stream

import "tilsyn/engine/stream/task"

// tellUnheard logs, once each, that accusing waits for the other tasks and that it continues.
func (e *engine) tellUnheard(t *task.Task, said *bool) {
	if t.Unheard() == *said {
		return
	}
	if *said = t.Unheard(); *said {
		e.cfg.Log.Warn().Int32("task", t.Number()).
			Msg("this version stores its state in another form than the one before, so the task's was built again; " +
				"nobody is newly accused until the other tasks are built again too: start this version on every instance")
		return
	}
	e.cfg.Log.Info().Int32("task", t.Number()).Msg("the other tasks are built again too; accusing goes on")
}
