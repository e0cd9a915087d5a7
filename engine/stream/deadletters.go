package stream

import (
	"slices"

	"tilsyn/engine/stream/task"
)

// deadLetters sums up the dead letters of all tasks of the instance.
func (s *status) deadLetters() task.DeadLetters {
	_, tasks := s.read()
	var d task.DeadLetters
	for i := range tasks {
		if r := tasks[i].Report; r != nil {
			d.Total, d.Open = d.Total+r.Letters.Total, d.Open+r.Letters.Open
			d.Oldest = append(d.Oldest, r.Letters.Oldest...)
		}
	}
	slices.SortStableFunc(d.Oldest, func(a, b task.OpenLetter) int { return a.Since.Compare(b.Since) })
	d.Oldest = d.Oldest[:min(len(d.Oldest), task.MaxShownLetters)]
	return d
}
