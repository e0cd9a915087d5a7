package task

// showAlive lets a task that has nothing to do commit where it stands, if it has not
// committed for a while: others see by that that it has an owner.
func (t *Task) showAlive() {
	if t.signEvery <= 0 || t.cycle.moved || len(t.cycle.outs) > 0 {
		return
	}
	if t.signed.IsZero() || t.wall().Sub(t.signed) >= t.signEvery {
		t.cycle.moved = true
	}
}
