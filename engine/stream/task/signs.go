package task

// signDue reports whether an idle task has to commit its progress, since it has not committed
// for signEvery. Others see by that that the task has an owner.
func (t *Task) signDue() bool {
	return t.signEvery > 0 && (t.signed.IsZero() || t.wall().Sub(t.signed) >= t.signEvery)
}
