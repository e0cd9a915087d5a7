package state

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"

	badger "github.com/dgraph-io/badger/v4"
)

// WithDropped calls fn when a merge has deleted what it replaced. The merge fails with its error.
func (o Options) WithDropped(fn func() error) Options {
	o.dropped = fn
	return o
}

// WithCut calls fn before each key that a merge sets or deletes. With its error the merge ends there.
func (o Options) WithCut(fn func(deletes bool) error) Options {
	o.cut = fn
	return o
}

// WithFoldAfter sets after how many days months are put together.
func (o Options) WithFoldAfter(days int) Options {
	o.foldAfter = days
	return o
}

// MakeFormat2 makes a closed state without months look as the program of format 2 has left it.
func MakeFormat2(dir string, opt Options, ids ...int32) error {
	db, err := Open(dir, opt)
	if err != nil {
		return err
	}
	for _, id := range ids {
		tk, err := db.Task(id)
		if err != nil {
			return errors.Join(err, db.Close())
		}
		sums := &tk.(*task).sums
		v := binary.BigEndian.AppendUint64(unsealed(nil), sums.merged)
		for i := range sums.next {
			v = binary.BigEndian.AppendUint64(v, uint64(sums.next[i]))
			v = binary.BigEndian.AppendUint16(v, sums.segs[i])
			v = binary.BigEndian.AppendUint32(v, sums.low[i])
			v = binary.BigEndian.AppendUint32(v, sums.persons[i])
		}
		key := tk.(*task).keys.merged()
		err = db.bg.Update(func(txn *badger.Txn) error { return db.set(txn, key, seal(v)) })
		if err != nil {
			return errors.Join(err, db.Close())
		}
	}
	return errors.Join(db.Close(), os.WriteFile(filepath.Join(dir, formatFile), []byte(formatLine(2)), 0o600))
}

// PlaceOf is the day, the page and whether it is a month of each segment of a task, in the order of keys.
type PlaceOf struct {
	Day   int32
	Page  uint32
	Month bool
}

// Places lists the segments of a task.
func (db *DB) Places(id int32) (all []PlaceOf, err error) {
	tk, err := db.Task(id)
	if err != nil {
		return nil, err
	}
	err = db.view(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: tk.(*task).keys.kind(kindPage, 0)})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			key := splitSegment(it.Item().Key())
			all = append(all, PlaceOf{dayOf(key.day), key.page, key.month})
		}
		return nil
	})
	return all, err
}
