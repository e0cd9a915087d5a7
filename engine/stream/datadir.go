package stream

import (
	"fmt"
	"os"
	"path/filepath"

	"tilsyn/state"
)

// lockFile is held by the process that runs on a directory.
const lockFile = "in-use.lock"

// lockDirs makes this process the only one on the directories (state.ErrInUse);
// an empty name is none. Two engines on one directory would take each other's
// place in the group, and two embedded brokers would write into one log.
func lockDirs(dirs ...string) (unlock func(), err error) {
	var held []*os.File
	unlock = func() {
		for _, f := range held {
			_ = f.Close() // which lets go of the lock; nothing was written
		}
	}
	for _, dir := range dirs {
		if dir == "" {
			continue
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			unlock()
			return nil, fmt.Errorf("make the directory %s: %w", dir, err)
		}
		f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			unlock()
			return nil, fmt.Errorf("lock the directory: %w", err)
		}
		held = append(held, f)
		if !lockWhole(f) {
			unlock()
			return nil, fmt.Errorf("%w: %s: end the other process, or give this one a directory of its own", state.ErrInUse, dir)
		}
	}
	return unlock, nil
}
