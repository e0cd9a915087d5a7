package state

import (
	"encoding/binary"
	"errors"
	"fmt"

	badger "github.com/dgraph-io/badger/v4"
)

// Discard drops everything of the task; see [Task]. It raises the task's generation, which is one
// small write however much the task holds.
func (t *task) Discard() error {
	t.awaitMerge()
	if t.db.closing() {
		return ErrClosed
	}
	gen, err := t.nextGeneration()
	if err == nil {
		err = t.db.writeRoot(t.id, gen)
	}
	if err != nil {
		return fmt.Errorf("discarding the state of task %d: %w", t.id, err)
	}
	t.gen, t.pages = gen, t.db.opt.Pages
	if err := t.load(); err != nil {
		return err
	}
	t.clean()
	return nil
}

// awaitMerge waits for the running merge.
func (t *task) awaitMerge() {
	t.mu.Lock()
	run := t.merge
	t.mu.Unlock()
	if run != nil {
		<-run.done
	}
}

// nextGeneration returns a generation that no key has, not even keys of a snapshot whose restore
// was interrupted. If keys cannot be read it is the next one.
func (t *task) nextGeneration() (uint32, error) {
	gen, err := t.db.newestGeneration(t.id)
	if errors.Is(err, ErrCorrupt) {
		err = nil
	}
	return max(gen, t.gen) + 1, err
}

// Discard drops everything of a task that is not open; see [Store].
func (db *DB) Discard(id int32) error {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.closing() {
		return ErrClosed
	}
	if t := db.tasks[id]; t != nil {
		return fmt.Errorf("discarding the state of task %d: it is open, discard it through the task", id)
	}
	gen, err := db.newestGeneration(id)
	if err == nil {
		err = db.writeRoot(id, gen+1)
	}
	if err != nil {
		return fmt.Errorf("discarding the state of task %d: %w", id, known(err))
	}
	return nil
}

// newestGeneration returns the highest generation of which a task has keys. It does not use the
// root, which may be what is corrupt.
func (db *DB) newestGeneration(id int32) (gen uint32, err error) {
	err = db.view(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: taskPrefix(id, 0)[:5]})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Seek(taskPrefix(id, gen+1)) {
			gen = binary.BigEndian.Uint32(it.Item().Key()[5:])
		}
		return nil
	})
	return gen, err
}

// writeRoot sets the generation of a task.
func (db *DB) writeRoot(id int32, gen uint32) error {
	return db.writeRootOf(id, gen, db.opt.Pages)
}

func (db *DB) writeRootOf(id int32, gen uint32, pages int) error {
	if err := db.enter(); err != nil {
		return err
	}
	defer db.leave()
	root := binary.BigEndian.AppendUint32(unsealed(nil), gen)
	root = seal(binary.BigEndian.AppendUint32(root, uint32(pages)))
	return known(db.bg.Update(func(txn *badger.Txn) error { return db.set(txn, rootKey(id), root) }))
}

// clean deletes keys of older generations in the background. What it does not reach is found when
// the task is next opened.
func (t *task) clean() {
	if t.gen == 0 {
		return
	}
	from, to := taskPrefix(t.id, 0), taskPrefix(t.id, t.gen)
	t.db.background(func() {
		for more := true; more && !t.db.closing(); {
			var err error
			if more, err = t.db.deleteRange(from, to, 4096); err != nil {
				return
			}
		}
	})
}

// deleteRange deletes up to limit keys in [from, to), and reports whether there may be more.
func (db *DB) deleteRange(from, to []byte, limit int) (more bool, err error) {
	txn := db.bg.NewTransaction(false)
	defer txn.Discard()
	it := txn.NewIterator(badger.IteratorOptions{Prefix: from[:5]})
	defer it.Close()
	wb := db.bg.NewWriteBatch()
	defer wb.Cancel()
	n := 0
	for it.Seek(from); it.Valid() && n < limit; it.Next() {
		key := it.Item().KeyCopy(nil)
		if string(key) >= string(to) {
			break
		}
		if err := wb.Delete(key); err != nil {
			return false, err
		}
		db.puts.note(key, nil)
		n++
	}
	return n == limit, wb.Flush()
}
