package state

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// dropEmptyLogs removes empty log files of Badger. A process that is killed between creating such
// a file and giving it its size leaves one, and Badger 4.9.6 then refuses to open (its issue
// 2207). Nothing was ever written to it. Badger's lock on the directory is held meanwhile, so that
// the file is not one that another process has just created.
func dropEmptyLogs(dir string) (err error) {
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("opening the state directory: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := lock(f); err != nil {
		return fmt.Errorf("%w: another process has %s open; end it or give this one a directory of its own", ErrInUse, dir)
	}
	for _, pattern := range []string{"*.mem", "*.vlog"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return fmt.Errorf("listing the state directory: %w", err)
		}
		for _, file := range files {
			info, err := os.Stat(file)
			if err == nil && info.Size() == 0 {
				err = os.Remove(file)
			}
			if err != nil {
				return fmt.Errorf("removing an empty log of the state: %w", err)
			}
		}
	}
	return nil
}
