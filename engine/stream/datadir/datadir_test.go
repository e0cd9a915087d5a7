package datadir_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/seeds"
	"tilsyn/state"
)

// A directory is held by one; what is refused stays as it was, and so does what
// was not there.
func TestLockDirs(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	used, fresh := filepath.Join(root, "used"), filepath.Join(root, "not", "there")
	unlock, err := datadir.LockDirs(used)
	if err != nil {
		t.Fatal(err)
	}
	before := seeds.Files(t, root)
	for range 2 {
		if _, err := datadir.LockDirs(fresh, used); !errors.Is(err, state.ErrInUse) {
			t.Fatalf("a directory in use: %v", err)
		}
	}
	if after := seeds.Files(t, root); len(after) != len(before) {
		t.Errorf("a refusal leaves %v, was %v", after, before)
	}
	unlock()
	if after := seeds.Files(t, root); len(after) != 1 {
		t.Errorf("nothing was done, and there is %v", after)
	}
	if unlock, err = datadir.LockDirs(used, fresh); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(used, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	unlock()
	if after := seeds.Files(t, root); len(after) != 3 {
		t.Errorf("after a run with data there is %v", after)
	}
}
