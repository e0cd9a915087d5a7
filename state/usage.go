package state

import (
	"os"
	"path/filepath"
	"sync/atomic"

	badger "github.com/dgraph-io/badger/v4"
)

// puts counts what was given to Badger to write.
type puts struct{ keys, bytes atomic.Int64 }

// note counts a key with its value, or its deletion.
func (p *puts) note(key, value []byte) {
	p.keys.Add(1)
	p.bytes.Add(int64(len(key) + len(value)))
}

// set puts a value into a transaction.
func (db *DB) set(txn *badger.Txn, key, value []byte) error {
	db.puts.note(key, value)
	return txn.Set(key, value)
}

// Puts returns how many keys were given to Badger to set or delete since the store was opened, and
// the bytes of keys and values. Badger itself writes more: its log, its tables, and those again
// with each compaction.
func (db *DB) Puts() (keys, bytes int64) { return db.puts.keys.Load(), db.puts.bytes.Load() }

// Size returns the bytes on disk of Badger's tables, of the logs of what is not in tables yet, and
// of its value logs. Badger's own Size is up to a minute old, and counts logs by the size that
// they may grow to.
func (db *DB) Size() (tables, logs, values int64) {
	for suffix, n := range map[string]*int64{"*.sst": &tables, "*.mem": &logs, "*.vlog": &values} {
		files, _ := filepath.Glob(filepath.Join(db.dir, suffix)) // the pattern is sound
		for _, file := range files {
			// A file that is gone meanwhile counts no more.
			if info, err := os.Stat(file); err == nil {
				*n += OnDisk(info)
			}
		}
	}
	return tables, logs, values
}
