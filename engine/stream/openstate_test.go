package stream

import (
	"os"
	"path/filepath"
	"testing"

	"tilsyn/engine/stream/datadir"
	"tilsyn/state"
)

// TestStateThatDoesNotOpenIsPutAside: a damaged list of tables does not prevent the start. The
// state begins empty, and the damaged one is kept for inspection.
func TestStateThatDoesNotOpenIsPutAside(t *testing.T) {
	e := &engine{cfg: Config{DataDir: t.TempDir()}}
	for range 2 { // the second one takes the place of the first that was put aside
		db, err := e.openState()
		if err != nil {
			t.Fatal(err)
		}
		st, err := db.Task(0)
		if err != nil {
			t.Fatal(err)
		}
		if _, found, err := st.Checkpoint(); found || err != nil {
			t.Errorf("the new state is not empty: %v", err)
		}
		var b state.Batch
		b.SetCheckpoint([]byte("c"))
		if err := st.Commit(&b); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(e.cfg.DataDir, datadir.DirState, "MANIFEST"),
			[]byte("nothing that a store wrote"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db, err := e.openState()
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(e.cfg.DataDir, dirDamaged, "MANIFEST")); err != nil {
		t.Errorf("the damaged state is gone: %v", err)
	}
}

// TestStateInUseIsNotPutAside: a state that another process has open is not damaged.
func TestStateInUseIsNotPutAside(t *testing.T) {
	e := &engine{cfg: Config{DataDir: t.TempDir()}}
	db, err := e.openState()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if second, err := e.openState(); err == nil {
		_ = second.Close()
		t.Error("a state was opened twice")
	}
	if _, err := os.Stat(filepath.Join(e.cfg.DataDir, dirDamaged)); !os.IsNotExist(err) {
		t.Errorf("a state in use was put aside: %v", err)
	}
}
