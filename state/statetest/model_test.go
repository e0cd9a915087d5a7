package statetest_test

import (
	"errors"
	"testing"

	"tilsyn/state"
	"tilsyn/state/statetest"
)

// commit sets the checkpoint and one fact, said and header to value.
func commit(t *testing.T, m *statetest.Model, value string) error {
	t.Helper()
	task, err := m.Task(1)
	if err != nil {
		t.Fatal(err)
	}
	var b state.Batch
	b.AddFact("P1", 5, []byte(value))
	b.SetSaid("P1", 1, 5, []byte(value))
	b.SetHeader("P1", 9, []byte(value))
	b.SetMeta("k", []byte(value))
	b.SetCheckpoint([]byte(value))
	return task.Commit(&b)
}

// holds checks that everything is of the commit of value, the n-th.
func holds(t *testing.T, m *statetest.Model, value string, n int) {
	t.Helper()
	task, err := m.Task(1)
	if err != nil {
		t.Fatal(err)
	}
	check, _, err := task.Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	p, err := task.Person("P1", 5)
	if err != nil {
		t.Fatal(err)
	}
	meta, _, err := task.Meta("k")
	if err != nil {
		t.Fatal(err)
	}
	if string(check) != value || string(meta) != value || string(p.Header.Data) != value || len(p.Facts) != n {
		t.Errorf("checkpoint %q, meta %q, header %q, %d facts; want all of %q and %d", check, meta, p.Header.Data,
			len(p.Facts), value, n)
	}
	if n > 0 && string(p.Said[0].Data) != value {
		t.Errorf("said %q, want %q", p.Said[0].Data, value)
	}
}

func TestCrashes(t *testing.T) {
	m := statetest.NewModel()
	if err := errors.Join(commit(t, m, "a"), m.Sync(), commit(t, m, "b")); err != nil {
		t.Fatal(err)
	}
	old := m.Copy()
	if err := commit(t, m, "c"); err != nil {
		t.Fatal(err)
	}
	holds(t, m, "c", 3)
	holds(t, old, "b", 2)
	killed := m.Kill()
	holds(t, killed, "c", 3)
	if err := commit(t, killed, "d"); err != nil {
		t.Fatal(err)
	}
	crashed := killed.Crash()
	holds(t, crashed, "a", 1)
	if _, err := m.Task(1); !errors.Is(err, state.ErrClosed) {
		t.Errorf("the killed store answers %v, want ErrClosed", err)
	}
	if err := crashed.Discard(1); err != nil {
		t.Fatal(err)
	}
	holds(t, crashed, "", 0)
}

func TestFailCommit(t *testing.T) {
	m := statetest.NewModel()
	if err := commit(t, m, "a"); err != nil {
		t.Fatal(err)
	}
	m.FailCommit = func(int32, *state.Batch) error { return state.ErrDiskFull }
	if err := commit(t, m, "b"); !errors.Is(err, state.ErrDiskFull) {
		t.Errorf("%v, want ErrDiskFull", err)
	}
	holds(t, m, "a", 1)
	m.FailCommit = nil
	if err := commit(t, m, "b"); err != nil {
		t.Fatal(err)
	}
	holds(t, m, "b", 2)
}
