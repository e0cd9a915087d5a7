package task

// showAlive makes an idle task commit its progress if it has not committed for signEvery.
// Others see by that that the task has an owner.
func (t *Task) showAlive() {
	if t.signEvery <= 0 || t.cycle.moved || len(t.cycle.outs) > 0 {
		return
	}
	if t.signed.IsZero() || t.wall().Sub(t.signed) >= t.signEvery {
		t.cycle.moved = true
	}
}
