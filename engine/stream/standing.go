package stream

import (
	"sync"

	"tilsyn/engine/stream/task"
)

// tellStands logs when caught_up stops and when it continues, once for all tasks of the instance.
func (e *engine) tellStands(t *task.Task, said *string) {
	why := t.Stands()
	if why == *said {
		return
	}
	switch *said = why; {
	case !e.standing.note(t.Number(), why):
	case why != "":
		e.cfg.Log.Error().Str("event", "accusing-stopped").Msg(why)
	default:
		e.cfg.Log.Info().Msg("the topics are as they were again: accusing goes on")
	}
}

// standing tracks why tasks of the instance stand still.
type standing struct {
	mu    sync.Mutex
	tasks map[int32]string // why each task accuses nobody, in words
}

// note takes in why a task stands (empty: it does not). It reports whether no other task stands
// for the same reason or, for a task that continues, whether none stands at all.
func (s *standing) note(task int32, why string) (first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tasks == nil {
		s.tasks = map[int32]string{}
	}
	delete(s.tasks, task)
	first = true
	for _, other := range s.tasks {
		first = first && why != "" && other != why
	}
	if why != "" {
		s.tasks[task] = why
	}
	return first
}
