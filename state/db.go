package state

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"tilsyn/engine/outfile"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/y"
)

// DB is the state of all tasks of one instance in one directory.
type DB struct {
	dir string
	opt Options
	bg  *badger.DB
	// format is what the directory says.
	format atomic.Uint64

	// merges limits how many tasks are merged at a time, which bounds memory and leaves a core to the
	// engine.
	merges chan struct{}
	// merger is the memory of the running merge.
	merger merger
	puts   puts
	// chunks is the memory that tasks share for records that wait for a merge.
	chunks chunkPool
	work   sync.WaitGroup
	done   chan struct{}

	// mu is held while a task is opened, life only for a moment: background work takes life alone.
	mu    sync.Mutex
	tasks map[int32]*task
	life  sync.Mutex
	// open is the number of open tasks.
	open atomic.Int32
}

// The engine runs on a DB, which is a Store.
var _ Store = (*DB)(nil)

// formatFile names the format of a directory; it is read before Badger opens it.
const formatFile = "FORMAT"

// formatLine returns the content of that file.
func formatLine(format uint64) string { return fmt.Sprintf("tilsyn state %d\n", format) }

// Open opens the state in dir, creating the directory if it does not exist. It refuses a directory
// of another format (ErrFormat) or held by another process (ErrInUse), a system that is not
// [Supported] (ErrSystem), one that is encrypted otherwise than Options.Key says (ErrKey), and a state
// that cannot be read back (ErrCorrupt).
func Open(dir string, opt Options) (*DB, error) {
	if err := Supported(); err != nil {
		return nil, err
	}
	opt, err := opt.withDefaults()
	if err != nil {
		return nil, err
	}
	format, err := claim(dir)
	if err != nil {
		return nil, err
	}
	if err := dropEmptyLogs(dir); err != nil {
		return nil, err
	}
	keys, err := dataKeys(dir, opt)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(checkTableList(dir), checkTables(dir, opt, keys)); err != nil {
		return nil, err
	}
	if err := flushLargerLogs(dir, opt); err != nil {
		return nil, err
	}
	bg, err := badger.Open(opt.badgerOptions(dir))
	if err != nil {
		return nil, openError(dir, err)
	}
	db := &DB{
		dir: dir, opt: opt, bg: bg,
		merges: make(chan struct{}, 1),
		done:   make(chan struct{}),
		tasks:  map[int32]*task{},
	}
	db.format.Store(format)
	db.background(db.keepTrimmed)
	return db, nil
}

// claim checks the format of dir and returns it, or marks an empty directory as ours.
func claim(dir string) (format uint64, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return 0, fmt.Errorf("creating the state directory: %w", err)
	}
	file := filepath.Join(dir, formatFile)
	line, err := os.ReadFile(file)
	switch {
	case err == nil:
		for format = oldestFormat; format <= FormatVersion; format++ {
			if string(line) == formatLine(format) {
				return format, nil
			}
		}
		return 0, fmt.Errorf("%w: %s says %q, this program reads formats %s; use an empty directory, it is rebuilt from "+
			"the logs", ErrFormat, file, strings.TrimSpace(string(line)), Formats())
	case !errors.Is(err, os.ErrNotExist):
		return 0, fmt.Errorf("reading the format of the state directory: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, fmt.Errorf("reading the state directory: %w", err)
	}
	for _, e := range entries {
		if of, ok := outfile.Unfinished(e.Name()); ok && of == formatFile {
			continue // the process that was to write it was killed
		}
		return 0, fmt.Errorf("%w: %s is not empty and has no %s file; use an empty directory", ErrFormat, dir, formatFile)
	}
	return FormatVersion, writeFormat(dir)
}

// Format is the format of the directory: FormatVersion, or an earlier one that this program reads and that
// has not been raised yet.
func (db *DB) Format() uint64 { return db.format.Load() }

// writeFormat marks a directory as of this program's format.
func writeFormat(dir string) error {
	file := filepath.Join(dir, formatFile)
	if err := outfile.ReplaceBytes(file, []byte(formatLine(FormatVersion))); err != nil {
		return fmt.Errorf("writing the format of the state directory: %w", err)
	}
	return nil
}

// raiseFormat is called before something is written that an older program cannot read.
func (db *DB) raiseFormat() error {
	if db.format.Load() == FormatVersion {
		return nil
	}
	if err := writeFormat(db.dir); err != nil {
		return err
	}
	db.format.Store(FormatVersion)
	return nil
}

// Task opens the state of one task; see [Store].
func (db *DB) Task(id int32) (Task, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.closing() {
		return nil, ErrClosed
	}
	if t := db.tasks[id]; t != nil {
		return t, nil
	}
	t, err := openTask(db, id)
	if err != nil {
		return nil, fmt.Errorf("opening the state of task %d: %w", id, err)
	}
	db.tasks[id] = t
	db.open.Add(1)
	return t, nil
}

// mergeBytes returns how much a task commits before it is merged: Options.MergeBytes for up to
// four tasks. More tasks share that of four, down to a megabyte each, so that memory grows more
// slowly than the number of partitions.
func (db *DB) mergeBytes() int {
	most := db.opt.MergeBytes
	return max(4*most/max(4, int(db.open.Load())), min(most, 1<<20))
}

// Sync flushes everything committed so far to disk. Badger's own Sync omits write buffers that are
// full and not yet flushed, so the files are flushed here.
func (db *DB) Sync() error {
	if err := db.enter(); err != nil {
		return err
	}
	defer db.leave()
	return db.sync()
}

// sync is Sync for callers that have entered.
func (db *DB) sync() error {
	for _, pattern := range []string{"*.mem", "*.vlog"} {
		files, err := filepath.Glob(filepath.Join(db.dir, pattern))
		if err != nil {
			return fmt.Errorf("listing the state directory: %w", err)
		}
		for _, file := range files {
			// A file that is gone was flushed into a table, which is synced.
			if err := syncFile(file); err != nil && !errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("flushing state: %w", err)
			}
		}
	}
	return outfile.SyncDir(db.dir)
}

// collect reclaims the space of large values that were replaced or deleted. Only values above
// inlineBytes are in Badger's value log; usually there are none.
func (db *DB) collect() error {
	err := db.bg.RunValueLogGC(0.5)
	if errors.Is(err, badger.ErrNoRewrite) || errors.Is(err, badger.ErrRejected) {
		return nil
	}
	return err
}

func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Close waits for running calls, ends background work and closes the directory.
func (db *DB) Close() error {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.life.Lock()
	if db.closing() {
		db.life.Unlock()
		return nil
	}
	close(db.done)
	db.life.Unlock()
	db.work.Wait()
	if err := db.bg.Close(); err != nil {
		return fmt.Errorf("closing the state in %s: %w", db.dir, known(err))
	}
	return nil
}

// closing reports whether Close was called.
func (db *DB) closing() bool {
	select {
	case <-db.done:
		return true
	default:
		return false
	}
}

// enter begins an operation that Close waits for; leave ends it. After its end Badger returns
// impossible lengths, or never returns.
func (db *DB) enter() error {
	db.life.Lock()
	defer db.life.Unlock()
	if db.closing() {
		return ErrClosed
	}
	db.work.Add(1)
	return nil
}

// leave ends what enter began.
func (db *DB) leave() { db.work.Done() }

// background runs fn unless the store is closing; Close waits for it.
func (db *DB) background(fn func()) bool {
	if db.enter() != nil {
		return false
	}
	go func() {
		defer db.leave()
		fn()
	}()
	return true
}

// openError explains why a directory does not open.
func openError(dir string, err error) error {
	if strings.Contains(err.Error(), "Cannot acquire directory lock") {
		return fmt.Errorf("%w: %s; end the other process or give this one a directory of its own", ErrInUse, dir)
	}
	if err = known(err); errors.Is(err, ErrDiskFull) {
		return fmt.Errorf("opening the state in %s: %w", dir, err)
	}
	return fmt.Errorf("%w: %s does not open (%w); move the directory away, state is rebuilt from the logs",
		ErrCorrupt, dir, err)
}

// known wraps an error of Badger in the sentinel that a caller can act on.
func known(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, badger.ErrDBClosed), errors.Is(err, badger.ErrBlockedWrites):
		return fmt.Errorf("%w: %w", ErrClosed, err)
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%w: %w", ErrDiskFull, err)
	case errors.Is(err, y.ErrChecksumMismatch):
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return err
}
