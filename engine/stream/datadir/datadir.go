package datadir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"tilsyn/engine/outfile"
	"tilsyn/state"
)

// LockFile is the file in a data directory, or in that of an embedded broker, that the running
// process holds locked.
const LockFile = "in-use.lock"

// lockTries is how often a lock file may vanish while it is being locked.
const lockTries = 10

// LockDirs makes this process the only one on the directories, or returns state.ErrInUse; empty
// names are skipped. Two engines on one directory would take each other's place in the group, and
// two embedded brokers would write to one log. Missing directories are created. unlock removes
// those that are still empty, so that a refused run leaves nothing behind.
func LockDirs(dirs ...string) (unlock func(), err error) {
	if err := state.Supported(); err != nil {
		return nil, err
	}
	var held []*dirLock
	unlock = func() {
		for _, l := range slices.Backward(held) { // a later one may lie in an earlier one
			l.release()
		}
	}
	for _, dir := range dirs {
		if dir == "" {
			continue
		}
		l, err := lockDir(dir)
		if err != nil {
			unlock()
			return nil, err
		}
		held = append(held, l)
	}
	return unlock, nil
}

// dirLock is the lock of one directory.
type dirLock struct {
	f    *os.File
	path string
	// madeFile is true if the lock file is new; made are the directories that were created, innermost
	// first.
	madeFile bool
	made     MadeDirs
}

// lockDir creates and locks one directory.
func lockDir(dir string) (*dirLock, error) {
	l := &dirLock{path: filepath.Join(dir, LockFile)}
	var err error
	if l.made, err = MakeDir(dir); err != nil {
		return nil, err
	}
	for range lockTries {
		again, err := l.take()
		if err != nil {
			l.release()
			return nil, err
		}
		if !again {
			return l, nil
		}
	}
	l.release()
	return nil, inUse(dir)
}

// MakeDir creates a directory and its missing parents. made lists those it created, innermost
// first; after an error all of them are removed.
func MakeDir(dir string) (made MadeDirs, err error) {
	for up := filepath.Clean(dir); ; up = filepath.Dir(up) {
		if _, err := os.Lstat(up); !errors.Is(err, fs.ErrNotExist) || filepath.Dir(up) == up {
			break
		}
		made = append(made, up)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		for len(made) > 0 && !Exists(made[0]) {
			made = made[1:]
		}
		made.Remove()
		return nil, fmt.Errorf("make the directory %s: %w", dir, err)
	}
	return made, nil
}

// Exists reports whether something is at a path. It returns false if the path cannot be inspected.
func Exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// MadeDirs are created directories, each inside the next.
type MadeDirs []string

// Remove removes those that are still empty.
func (m MadeDirs) Remove() {
	for _, dir := range m {
		if os.Remove(dir) != nil {
			return // there is something in it
		}
	}
}

// inUse returns the error for a locked directory.
func inUse(dir string) error {
	return fmt.Errorf("%w: %s: end the other process, or give this one a directory of its own", state.ErrInUse, dir)
}

// take opens and locks the file. again is true if a process that just ended removed the file in
// between: a lock on a removed file keeps nobody out.
func (l *dirLock) take() (again bool, err error) {
	f, err := os.OpenFile(l.path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	l.madeFile = err == nil
	if errors.Is(err, fs.ErrExist) {
		f, err = os.OpenFile(l.path, os.O_RDWR, 0o600)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true, nil
	case err != nil:
		return false, fmt.Errorf("lock the directory: %w", err)
	case !outfile.TryLock(f):
		_ = f.Close() // nothing was written
		l.madeFile = false
		return false, inUse(filepath.Dir(l.path))
	}
	mine, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return false, fmt.Errorf("lock the directory: %w", err)
	}
	if !l.holds(mine) {
		_ = f.Close()
		return true, nil
	}
	l.f = f
	return false, nil
}

// holds reports whether an open file is the one at the path, which others will find.
func (l *dirLock) holds(mine fs.FileInfo) bool {
	there, err := os.Stat(l.path)
	return err == nil && os.SameFile(mine, there)
}

// release removes what was created for the lock and then unlocks.
func (l *dirLock) release() {
	if l.f != nil {
		if l.madeFile {
			_ = os.Remove(l.path) // one that stays does no harm
		}
		_ = l.f.Close() // which lets go of the lock; nothing was written
	}
	l.made.Remove()
}

// DirState is the directory of the state inside the data directory.
const DirState = "state"

// Names of the register inside the data directory. An unusable register is renamed to
// DirRegisterDamaged; only the last one is kept.
const (
	DirRegister        = "register"
	DirRegisterDamaged = "register.damaged"
	RecordsFile        = "records"
	IndexFile          = "index"
)

// Plain returns the reason of a path error without its path, for messages that name the path
// already.
func Plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// ErrDataDir says that the data directory belongs to something else.
var ErrDataDir = errors.New("the data directory belongs to another cluster, prefix, group or partition count")
