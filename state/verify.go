package state

import (
	"fmt"
	"runtime"
	"strings"

	badger "github.com/dgraph-io/badger/v4"
)

// Verify reads every table of the store and compares the checksums of its
// blocks. Damaged values are found when they are read; a damaged key is one
// that is not found, and only this tells. It reads the whole state: run it
// daily, and after anything that makes a disk suspect. Backup does it first.
func (db *DB) Verify() (err error) {
	if err := db.enter(); err != nil {
		return err
	}
	defer db.leave()
	defer damaged(&err)
	if err := db.bg.VerifyChecksum(); err != nil {
		return fmt.Errorf("%w: a table of %s does not match its checksum (%w); discard the tasks, they are rebuilt from the logs",
			ErrCorrupt, db.dir, err)
	}
	return nil
}

// view reads from Badger.
func (db *DB) view(fn func(txn *badger.Txn) error) (err error) {
	if err := db.enter(); err != nil {
		return err
	}
	defer db.leave()
	defer damaged(&err)
	return known(db.bg.View(fn))
}

// damaged turns what Badger does on blocks with impossible lengths, a runtime
// panic inside of it, into an error. Other panics go on.
func damaged(err *error) {
	p := recover()
	if p == nil {
		return
	}
	switch cause := p.(type) {
	case runtime.Error:
		if inBadger() {
			*err = fmt.Errorf("%w: a block cannot be read (%w)", ErrCorrupt, cause)
			return
		}
	case string: // what Badger's iterator makes of such a panic
		if inBadger() {
			*err = fmt.Errorf("%w: a block cannot be read", ErrCorrupt)
			return
		}
	}
	panic(p)
}

// inBadger reports whether the panic that is being recovered was raised by
// Badger's code.
func inBadger() bool {
	pcs := make([]uintptr, 16)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	panicked := false
	for {
		f, more := frames.Next()
		inRuntime := strings.HasPrefix(f.Function, "runtime.")
		if panicked && !inRuntime {
			return strings.Contains(f.Function, "dgraph-io/badger")
		}
		panicked = panicked || inRuntime && strings.Contains(f.Function, "anic")
		if !more {
			return false
		}
	}
}
