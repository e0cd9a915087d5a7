package stream

import "tilsyn/state"

// storeEffects asks before and after every commit whether the process dies.
type storeEffects struct {
	state.Task
	effect func(what string) error
}

func (s storeEffects) Commit(b *state.Batch) error {
	if err := s.effect("before checkpoint"); err != nil {
		return err
	}
	if err := s.Task.Commit(b); err != nil {
		return err
	}
	return s.effect("after checkpoint")
}
