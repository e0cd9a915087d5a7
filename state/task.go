package state

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sync"

	badger "github.com/dgraph-io/badger/v4"
)

// task is the state of one task. The fields below mu are shared with the merge
// that runs in the background; the rest belongs to the caller's goroutine.
//
// Many fields: what commits and walks use, and behind mu what the merge shares with them.
type task struct {
	db    *DB
	id    int32
	gen   uint32 // keys of earlier generations were discarded
	pages int    // over which the persons are spread
	keys  keys

	seq        uint64 // of the newest commit
	checkpoint []byte // as given by the caller
	hasCheck   bool   // false before the first commit

	active *pending // what was committed since the last merge began
	spare  *pending // memory of the next active
	// due is, for each page, a lower bound of when any of its persons is due.
	due []int64

	read   readCache
	walker walker
	value  []byte // scratch for the checkpoint's value
	packed []byte // scratch for a delta's parts

	mu     sync.Mutex
	frozen *pending // what the running merge writes into pages
	merge  *mergeRun
	sums   summaries // of the pages as the last merge left them
}

func openTask(db *DB, id int32) (*task, error) {
	t := &task{db: db, id: id, pages: db.opt.Pages}
	var root []byte
	err := db.view(func(txn *badger.Txn) (err error) {
		root, err = get(txn, rootKey(id), "root")
		return err
	})
	if err == nil && root == nil {
		err = db.createRoot(id)
	}
	if err != nil {
		return nil, err
	}
	if root != nil {
		if len(root) != 8 {
			return nil, fmt.Errorf("%w: a root has %d bytes", ErrCorrupt, len(root))
		}
		t.gen = binary.BigEndian.Uint32(root)
		t.pages = int(binary.BigEndian.Uint32(root[4:]))
	}
	if t.pages < 1 || t.pages&(t.pages-1) != 0 {
		return nil, fmt.Errorf("%w: a root says %d pages", ErrCorrupt, t.pages)
	}
	if err := t.load(); err != nil {
		return nil, err
	}
	t.clean()
	return t, nil
}

// createRoot creates a task that does not exist. Keys without a root belong to a task whose root
// was lost.
func (db *DB) createRoot(id int32) error {
	found := false
	err := db.view(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: taskPrefix(id, 0)[:5]})
		defer it.Close()
		it.Rewind()
		found = it.Valid()
		return nil
	})
	if err == nil && found {
		err = fmt.Errorf("%w: a task has no root", ErrCorrupt)
	}
	if err != nil {
		return err
	}
	return db.writeRoot(id, 0)
}

// load reads the checkpoint, the summary and the deltas of the generation.
func (t *task) load() error {
	t.keys = keys{taskPrefix(t.id, t.gen)}
	t.seq, t.checkpoint, t.hasCheck = 0, nil, false
	t.active, t.spare, t.frozen = newPending(t.pages, &t.db.chunks), newPending(t.pages, &t.db.chunks), nil
	t.read, t.walker = readCache{}, walker{}
	return t.db.view(func(txn *badger.Txn) error {
		if err := t.loadCheckpoint(txn); err != nil {
			return err
		}
		merged, err := get(txn, t.keys.merged(), "summary")
		if err != nil {
			return err
		}
		if t.sums, err = readSummaries(merged, t.pages); err != nil {
			return err
		}
		t.due = make([]int64, t.pages)
		copy(t.due, t.sums.next)
		if t.sums.merged > t.seq {
			return fmt.Errorf("%w: pages are of commit %d, the checkpoint of %d", ErrCorrupt, t.sums.merged, t.seq)
		}
		return t.loadDeltas(txn)
	})
}

func (t *task) loadCheckpoint(txn *badger.Txn) error {
	value, err := get(txn, t.keys.checkpoint(), "checkpoint")
	if err != nil || value == nil {
		return err
	}
	if len(value) < 9 {
		return fmt.Errorf("%w: a checkpoint has %d bytes", ErrCorrupt, len(value))
	}
	t.seq = binary.BigEndian.Uint64(value)
	if t.hasCheck = value[8] == 1; t.hasCheck {
		t.checkpoint = value[9:]
	}
	return nil
}

// Checkpoint returns the newest checkpoint; see [Task].
func (t *task) Checkpoint() ([]byte, bool, error) {
	if t.db.closing() {
		return nil, false, ErrClosed
	}
	if !t.hasCheck {
		return nil, false, nil
	}
	return append([]byte{}, t.checkpoint...), true, nil
}

// NextDue is the smallest bound of all pages; see [Task].
func (t *task) NextDue() int64 {
	next := int64(math.MaxInt64)
	for _, d := range t.due {
		next = min(next, d)
	}
	return next
}

// Meta returns a value of the task; see [Task].
func (t *task) Meta(key string) (value []byte, found bool, err error) {
	err = t.db.view(func(txn *badger.Txn) error {
		value, err = get(txn, t.keys.meta(key), "meta value")
		return err
	})
	value, found = readMeta(value)
	return value, found, err
}

// WalkMeta walks values of the task; see [Task].
func (t *task) WalkMeta(prefix string, fn func(key string, value []byte) error) error {
	type pair struct {
		key   string
		value []byte
	}
	var pairs []pair
	skip := len(t.keys.prefix) + 1
	err := t.db.view(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{PrefetchValues: true, PrefetchSize: 16, Prefix: t.keys.meta(prefix)})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			sealed, err := valueOf(it.Item(), "meta value")
			if err != nil {
				return err
			}
			if value, found := readMeta(sealed); found {
				pairs = append(pairs, pair{string(it.Item().Key()[skip:]), value})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	// Outside of the read, so that fn may use the task.
	for _, p := range pairs {
		if err := fn(p.key, p.value); err != nil {
			return err
		}
	}
	return nil
}

// get returns the sealed bytes of a key; nil where there is none.
func get(txn *badger.Txn, key []byte, what string) ([]byte, error) {
	item, err := txn.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return valueOf(item, what)
}

// valueOf returns the sealed bytes of an item.
func valueOf(item *badger.Item, what string) ([]byte, error) {
	sealed, err := item.ValueCopy(nil)
	if err != nil {
		return nil, err
	}
	return unseal(what, sealed)
}
