package task

import (
	"errors"
	"fmt"

	"tilsyn/engine/duty"
)

// rebuild watches a local state that is built again from the topics. Until the task is quiet, the
// units that it withdraws are counted, and too many stop it: the topics have then lost records,
// and losing history is never a reason to withdraw (design.md, "Floor").
type rebuild struct {
	// on is true from the beginning of a rebuild until the task is quiet. withdrawn counts the
	// units withdrawn since.
	on        bool
	withdrawn int
	// newer is the layout of the state of the newer version that wrote the last commit; 0 where this
	// version wrote it, or an older one.
	newer int
}

// maxRebuildWithdrawals is how many units a rebuild may withdraw without --accept.
const maxRebuildWithdrawals = 100

// ErrRebuild says that a rebuild of the state would withdraw many units. Topics that lost
// records explain that better than new facts would.
var ErrRebuild = errors.New("building the state again would withdraw more than 100 records; see whether the " +
	"input topics still hold everything, then allow it with --accept")

// told counts a revision that is about to be told.
func (r *rebuild) told(v *duty.Violation) {
	if r.on && v.Status == duty.StatusWithdrawn {
		r.withdrawn++
	}
}

// check refuses the next transaction of a rebuild that withdraws too many units. It is asked
// before every transaction.
func (r *rebuild) check(task int32) error {
	if r.on && r.withdrawn > maxRebuildWithdrawals {
		return fmt.Errorf("task %d: %w", task, ErrRebuild)
	}
	return nil
}

// Newer returns the layout of the state of the newer version that wrote the commit from which the task
// goes on; 0 where this version wrote it, or an older one. It is known until the task is quiet.
func (t *Task) Newer() int { return t.rebuild.newer }
