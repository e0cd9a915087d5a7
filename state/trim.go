package state

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	badger "github.com/dgraph-io/badger/v4"
)

// trimStep is how much more must be mapped since the last trim to trim again.
const trimStep = 16 << 20

// trimPause is the interval at which a store checks what is mapped; trimAgain is the pause before
// a trim that left too much is repeated, since what a compaction is writing cannot be trimmed
// before it ends.
const (
	trimPause = 20 * time.Millisecond
	trimAgain = time.Second
)

// keepTrimmed trims until the store is closed. Badger's compactions map most, at times of their
// own. What cannot be trimmed stays, which is harmless.
func (db *DB) keepTrimmed() {
	tick := time.NewTicker(trimPause)
	defer tick.Stop()
	var last time.Time
	left := int64(0)
	for {
		select {
		case <-db.done:
			return
		case now := <-tick.C:
			mapped := mappedNow()
			left = min(left, mapped)
			if mapped <= db.opt.MappedBytes || mapped <= left+trimStep && now.Sub(last) < trimAgain {
				continue
			}
			_ = db.trim()
			left, last = mappedNow(), now
		}
	}
}

// trim removes mapped tables from the memory of the process: Badger writes and reads tables
// through mappings, and every page ever touched counts as the process's until the kernel runs
// short. Disk and kernel cache are not affected. On systems without /proc nothing happens.
func (db *DB) trim() error {
	if err := db.enter(); err != nil {
		return err
	}
	defer db.leave()
	dir, err := filepath.Abs(db.dir)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return fmt.Errorf("finding the state directory: %w", err)
	}
	return db.whileHeld(func(held map[uint64]bool) error {
		maps, err := os.ReadFile("/proc/self/maps")
		if err != nil {
			return nil //nolint:nilerr // not Linux, or no /proc here
		}
		for line := range bytes.Lines(maps) {
			from, to, table := tableMapping(string(line), dir)
			if held[table] {
				giveBack(from, to-from)
			}
		}
		return nil
	})
}

// whileHeld calls fn with tables that Badger does not unmap meanwhile: an unmapped address could
// be somebody else's memory a moment later. A table listed both before and after an iterator over
// everything was created existed in between, so the iterator holds it.
func (db *DB) whileHeld(fn func(held map[uint64]bool) error) error {
	before := map[uint64]bool{}
	for _, t := range db.bg.Tables() {
		before[t.ID] = true
	}
	return db.view(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{})
		defer it.Close()
		held := map[uint64]bool{}
		for _, t := range db.bg.Tables() {
			if before[t.ID] {
				held[t.ID] = true
			}
		}
		return fn(held)
	})
}

// mappedNow returns how many bytes of files are in the process's memory; 0 if the system does not
// say.
func mappedNow() int64 {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(statm))
	if len(fields) < 3 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// tableMapping parses a line of /proc/self/maps; table is 0 unless the line maps a table of dir.
// Badger numbers tables from 1.
func tableMapping(line, dir string) (from, to uintptr, table uint64) {
	fields := strings.Fields(line)
	if len(fields) != 6 || filepath.Dir(fields[5]) != dir || filepath.Ext(fields[5]) != ".sst" {
		return 0, 0, 0
	}
	if _, err := fmt.Sscanf(fields[0], "%x-%x", &from, &to); err != nil {
		return 0, 0, 0
	}
	table, err := strconv.ParseUint(strings.TrimSuffix(filepath.Base(fields[5]), ".sst"), 10, 64)
	if err != nil {
		return 0, 0, 0
	}
	return from, to, table
}
