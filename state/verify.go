package state

import (
	"fmt"
	"runtime"
	"strings"

	badger "github.com/dgraph-io/badger/v4"
)

// Verify reads every table of the store and verifies the checksums of its blocks. Damaged values
// are noticed when they are read, but a damaged key is simply not found; only this finds it. It
// reads the whole state: run it daily, and after anything that makes a disk suspect. Backup runs
// it first.
func (db *DB) Verify() (err error) {
	if err := db.enter(); err != nil {
		return err
	}
	defer db.leave()
	defer damaged(&err)
	if err := db.bg.VerifyChecksum(); err != nil {
		return fmt.Errorf("%w: a table of %s does not match its checksum (%w); discard the tasks, "+
			"they are rebuilt from the logs",
			ErrCorrupt, db.dir, err)
	}
	return nil
}

// view runs a read transaction of Badger.
func (db *DB) view(fn func(txn *badger.Txn) error) (err error) {
	if err := db.enter(); err != nil {
		return err
	}
	defer db.leave()
	defer damaged(&err)
	return known(db.bg.View(fn))
}

// damaged turns the runtime panic of Badger on a block with impossible lengths into an error.
// Other panics continue.
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

// inBadger reports whether the panic being recovered was raised by Badger's code.
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
