package stream

import (
	"errors"

	"tilsyn/engine/stream/task"
	"tilsyn/state"
)

// noteTrouble keeps why a task is not live, for /readyz. A full disk is no fault of the program:
// the task is resumed when there is space.
func (e *engine) noteTrouble(part int32, err error) {
	if errors.Is(err, state.ErrDiskFull) {
		e.cfg.Stats.DiskFull.Add(1)
	}
	e.status.set(part, task.TaskState{Trouble: err.Error()})
}
