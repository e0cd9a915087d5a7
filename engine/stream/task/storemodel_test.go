package task

import (
	"fmt"
	"hash/fnv"

	"tilsyn/state"
)

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

// tornPages is into how many pieces a state is thought to be cut for tearing.
const tornPages = 8

// tornStore is the state of a task of which the disk may have torn a page: what is read back is
// not what was written. The store notices by its checksums and returns state.ErrCorrupt until the
// state is discarded.
type tornStore struct {
	state.Task
	// torn is the page; -1 where all are whole.
	torn int
	// reported is true once the engine was told.
	reported bool
}

func (s *tornStore) corrupt() error {
	s.reported = true
	return fmt.Errorf("the model: %w", state.ErrCorrupt)
}

// page is the page of a person.
func (s *tornStore) page(who string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(who))
	return int(h.Sum32() % tornPages)
}

// touch answers a read that needs the page of a person.
func (s *tornStore) touch(who string) error {
	if s.torn >= 0 && s.page(who) == s.torn {
		return s.corrupt()
	}
	return nil
}

// walk answers a read that may need any page.
func (s *tornStore) walk() error {
	if s.torn >= 0 {
		return s.corrupt()
	}
	return nil
}

// Checkpoint fails only where the page is the first: others are not read by it.
func (s *tornStore) Checkpoint() ([]byte, bool, error) {
	if s.torn == 0 {
		return nil, false, s.corrupt()
	}
	return s.Task.Checkpoint()
}

func (s *tornStore) Header(who string) (state.Header, error) {
	if err := s.touch(who); err != nil {
		return state.Header{}, err
	}
	return s.Task.Header(who)
}

func (s *tornStore) Person(who string, from int32) (state.Person, error) {
	if err := s.touch(who); err != nil {
		return state.Person{}, err
	}
	return s.Task.Person(who, from)
}

func (s *tornStore) Due(until int64, cursor []byte, limit int) ([]string, []byte, error) {
	if err := s.walk(); err != nil {
		return nil, nil, err
	}
	return s.Task.Due(until, cursor, limit)
}

func (s *tornStore) WalkDue(until int64, cursor []byte, limit int, days func(person, header []byte) int32,
	visit func(*state.View) error) ([]byte, error) {
	if err := s.walk(); err != nil {
		return cursor, err
	}
	return s.Task.WalkDue(until, cursor, limit, days, visit)
}

func (s *tornStore) Persons(cursor []byte, limit int) ([]string, []byte, error) {
	if err := s.walk(); err != nil {
		return nil, nil, err
	}
	return s.Task.Persons(cursor, limit)
}

func (s *tornStore) PageHeaders(page uint32, fn func(person []byte, next int64, data []byte) error) error {
	if err := s.walk(); err != nil {
		return err
	}
	return s.Task.PageHeaders(page, fn)
}

func (s *tornStore) Discard() error {
	s.torn, s.reported = -1, false
	return s.Task.Discard()
}
