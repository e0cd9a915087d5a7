package statetest

import (
	"maps"
	"sync"

	"tilsyn/state"
)

// Model is a [state.Store] in memory. It is safe for concurrent use.
type Model struct {
	// FailCommit, if set, is called before each commit. Its error becomes that of the commit, and
	// nothing is changed.
	FailCommit func(task int32, b *state.Batch) error

	mu     sync.Mutex
	tasks  map[int32]*content // as the last commit left them
	synced map[int32]*content // as a crash of the machine leaves them
	closed bool               // or its process crashed
	open   map[int32]*modelTask
}

var _ state.Store = (*Model)(nil)

// content is everything of one task. Commits replace what they change and never write into it, so
// that a shallow copy is a snapshot.
type content struct {
	checkpoint []byte
	hasCheck   bool
	persons    map[string]person
	meta       map[string][]byte
	// sorted are the persons in order, pages those of each page; nil after a new person came.
	sorted []string
	pages  [][]string
}

// person is one person; its maps are copied before they are changed.
type person struct {
	header state.Header
	facts  map[factKey]struct{}
	said   map[unitKey][]byte
}

// factKey identifies a fact of a person.
type factKey struct {
	day  int32
	data string
}

// unitKey identifies a unit of a person.
type unitKey struct {
	day  int32
	kind uint8
}

// NewModel returns an empty store.
func NewModel() *Model {
	return &Model{tasks: map[int32]*content{}, synced: map[int32]*content{}, open: map[int32]*modelTask{}}
}

// Task opens a task; see [state.Store].
func (m *Model) Task(id int32) (state.Task, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, state.ErrClosed
	}
	if m.tasks[id] == nil {
		m.tasks[id] = newContent()
	}
	if m.open[id] == nil {
		m.open[id] = &modelTask{m: m, id: id}
	}
	return m.open[id], nil
}

// Discard forgets a task; see [state.Store].
func (m *Model) Discard(id int32) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return state.ErrClosed
	}
	m.tasks[id] = newContent()
	return nil
}

// Sync makes what was committed survive Crash; see [state.Store].
func (m *Model) Sync() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return state.ErrClosed
	}
	m.synced = copyAll(m.tasks)
	return nil
}

// Close closes the store; see [state.Store]. Reopen opens it again.
func (m *Model) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return nil
}

// Kill ends the process: what was committed stays, but tasks opened before are unusable. It
// returns the store that a new process finds.
func (m *Model) Kill() *Model {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	next := NewModel()
	next.tasks, next.synced = copyAll(m.tasks), copyAll(m.synced)
	return next
}

// Crash crashes the machine: everything committed since the last Sync is lost. It returns the
// store that the next process finds.
func (m *Model) Crash() *Model {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	next := NewModel()
	next.tasks, next.synced = copyAll(m.synced), copyAll(m.synced)
	return next
}

// Copy copies the store as it is now. The original continues; the copy is what a restored
// backup holds.
func (m *Model) Copy() *Model {
	m.mu.Lock()
	defer m.mu.Unlock()
	next := NewModel()
	next.tasks, next.synced = copyAll(m.tasks), copyAll(m.tasks)
	return next
}

func newContent() *content {
	return &content{persons: map[string]person{}, meta: map[string][]byte{}}
}

func (c *content) copy() *content {
	d := *c
	d.persons, d.meta = maps.Clone(c.persons), maps.Clone(c.meta)
	return &d
}

func copyAll(tasks map[int32]*content) map[int32]*content {
	out := make(map[int32]*content, len(tasks))
	for id, c := range tasks {
		out[id] = c.copy()
	}
	return out
}
