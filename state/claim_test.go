package state_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"tilsyn/state"
)

// A process that is killed while it names the format of a new directory leaves a
// file that is not finished; the directory is as good as empty. With anything else
// in it, it is not.
func TestKilledAtTheFirstMoment(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	half := filepath.Join(dir, ".FORMAT.0123abcd")
	if err := os.WriteFile(half, []byte("tilsyn"), 0o600); err != nil {
		t.Fatal(err)
	}
	db := open(t, dir, state.Options{})
	if _, err := os.Stat(half); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what was not finished is still there: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := state.Open(other, state.Options{}); !errors.Is(err, state.ErrFormat) {
		t.Errorf("a directory of somebody else: %v", err)
	}
}
