package task

import (
	"errors"
	"fmt"
)

// maxRebuildWithdrawals is how many units a rebuild may withdraw without --accept.
const maxRebuildWithdrawals = 100

// ErrRebuild says that a rebuild of the state would withdraw many units. Topics that lost
// records explain that better than new facts would.
var ErrRebuild = errors.New("building the state again would withdraw more than 100 records; see whether the input topics still hold everything, then allow it with --accept")

// checkRebuild stops a rebuild that withdraws too many units, before the next transaction. A
// rebuild is over when the task is quiet.
func (t *Task) checkRebuild() error {
	if t.rebuilt && t.withdrawn > maxRebuildWithdrawals && !t.accept {
		return fmt.Errorf("task %d: %w", t.at.Task, ErrRebuild)
	}
	return nil
}
