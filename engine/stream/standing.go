package stream

import (
	"sync"

	"tilsyn/engine/stream/task"
)

// tellStands writes to the log when caught_up begins to stand and when it goes on:
// once for all tasks of the instance.
func (e *engine) tellStands(t *task.Task, said *string) {
	why := t.Stands()
	if why == *said {
		return
	}
	switch *said = why; {
	case !e.standing.note(t.At.Task, why):
	case why != "":
		e.cfg.Log.Error().Msg(why)
	default:
		e.cfg.Log.Info().Msg("the topics are what they were again; accusing goes on")
	}
}

// standing remembers why tasks of the instance stand.
type standing struct {
	mu    sync.Mutex
	tasks map[int32]string
}

// note takes in why a task stands, and reports whether no other stands for that
// reason; of one that goes on, whether no other stands.
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
