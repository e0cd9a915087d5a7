package statetest

import (
	"os"

	"tilsyn/state"
)

const (
	// memory is where Linux has a file system in memory, room how much must be free there to use it, in bytes.
	memory = "/dev/shm"
	room   = 4 << 30
)

// InMemory lets the temporary directories of a package's tests be in memory, where there is much room for them: a
// store that begins maps and syncs some files, and a disk takes longer for that than most tests for all the rest.
// With TILSYN_FULL, as in CI, they are on the disk, and where TMPDIR says otherwise they are where it says. A
// TestMain calls it before it runs the tests.
func InMemory() {
	if os.Getenv("TILSYN_FULL") != "" || os.Getenv("TMPDIR") != "" {
		return
	}
	if free, err := state.FreeBytes(memory); err != nil || free < room {
		return
	}
	dir, err := os.MkdirTemp(memory, "tilsyn")
	if err != nil {
		return // others may write there, this user may not
	}
	if err := os.Remove(dir); err != nil {
		return
	}
	if err := os.Setenv("TMPDIR", memory); err != nil {
		panic(err)
	}
}
