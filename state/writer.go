package state

import (
	"errors"

	badger "github.com/dgraph-io/badger/v4"
)

// writeBytes is how much a writer gathers for one transaction. Badger allows 15 % of its write
// buffer.
const writeBytes = 400 << 10

// writer puts many values into Badger in transactions of its own, with one shared buffer. The
// whole is not atomic.
type writer struct {
	db  *DB
	txn *badger.Txn
	buf []byte
}

// set packs and writes a value, which the caller may change afterwards.
func (w *writer) set(key, value []byte) error { return w.setPacked(key, value, pack) }

// setMonth is set for the segment of a month.
func (w *writer) setMonth(key, value []byte) error { return w.setPacked(key, value, packMonth) }

func (w *writer) setPacked(key, value []byte, pack func(into, value []byte) []byte) error {
	if len(w.buf) > 0 && len(w.buf)+packedLen(len(value)) > writeBytes {
		if err := w.flush(); err != nil {
			return err
		}
	}
	if cap(w.buf) == 0 {
		w.buf = make([]byte, 0, writeBytes)
	}
	from := len(w.buf)
	w.buf = pack(w.buf, value)
	w.db.puts.note(key, w.buf[from:])
	return w.put(false, func() error { return w.txn.Set(key, w.buf[from:]) })
}

// delete deletes a key; the writer owns the key's memory from then on.
func (w *writer) delete(key []byte) error {
	w.db.puts.note(key, nil)
	return w.put(true, func() error { return w.txn.Delete(key) })
}

func (w *writer) put(deletes bool, op func() error) error {
	if cut := w.db.opt.cut; cut != nil {
		if err := cut(deletes); err != nil {
			return errors.Join(err, w.flush())
		}
	}
	if w.txn == nil {
		w.txn = w.db.bg.NewTransaction(true)
	}
	err := op()
	if !errors.Is(err, badger.ErrTxnTooBig) {
		return err
	}
	// Commit writes what fitted; the buffer still holds this value.
	if err := w.txn.Commit(); err != nil {
		return err
	}
	w.txn = w.db.bg.NewTransaction(true)
	return op()
}

// flush writes what was gathered.
func (w *writer) flush() error {
	if w.txn == nil {
		return nil
	}
	err := w.txn.Commit()
	w.txn, w.buf = nil, w.buf[:0]
	return err
}

// discard drops what was not flushed.
func (w *writer) discard() {
	if w.txn != nil {
		w.txn.Discard()
		w.txn = nil
	}
}
