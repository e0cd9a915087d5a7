package task

// letters are how the dead letters of all tasks stand.
func (w *world) letters() DeadLetters {
	w.t.Helper()
	for range 3 { // what was read is looked at in the next cycle
		w.turn()
	}
	w.rest()
	var all DeadLetters
	for _, task := range w.tasks {
		d := task.beside.letters.report()
		all.Total, all.Open, all.Oldest = all.Total+d.Total, all.Open+d.Open, append(all.Oldest, d.Oldest...)
	}
	return all
}
