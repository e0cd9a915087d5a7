package stream

import (
	"os"
	"path/filepath"
	"testing"

	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/register"
	"tilsyn/state"
)

// After a run of an engine with its own broker that did not end in order, the register is
// discarded together with the state.
func TestKeptIsForgotten(t *testing.T) {
	dir := t.TempDir()
	db, err := state.Open(filepath.Join(dir, datadir.DirState), state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	file, _, err := register.CreateRecords(filepath.Join(dir, datadir.DirRegister))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	e := &engine{cfg: Config{DataDir: dir}, parts: 1}
	if err := e.forget(db); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, datadir.DirRegister)); !os.IsNotExist(err) {
		t.Errorf("the register is still there: %v", err)
	}
}
