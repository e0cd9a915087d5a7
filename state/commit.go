package state

import (
	"encoding/binary"
	"fmt"
	"math"

	badger "github.com/dgraph-io/badger/v4"
)

// maxMetaBytes bounds meta values and checkpoint of one batch, which are written in one
// transaction of Badger.
const maxMetaBytes = 256 << 10

// maxCommits bounds the deltas that wait for a merge, and so the time to open a task that commits
// much more often than it learns anything.
const maxCommits = 4096

// aheadBytes bounds a transaction of several parts. Badger allows 15 % of its write buffer, and
// the last transaction also has meta values and checkpoint.
const aheadBytes = inlineBytes

// Commit writes the batch; see [Task]. If it fits, it is one transaction of Badger. The parts of a
// larger delta are written ahead and count only with the last one, which shares the transaction of
// the checkpoint.
func (t *task) Commit(b *Batch) error {
	if err := t.db.enter(); err != nil {
		return err
	}
	defer t.db.leave()
	if err := t.mayCommit(b); err != nil {
		return err
	}
	t.giveBack()
	if b.Empty() {
		return nil
	}
	if err := t.write(b); err != nil {
		return fmt.Errorf("committing task %d: %w", t.id, known(err))
	}
	return t.applied(b)
}

// mayCommit refuses a batch that is out of bounds or for which there is no space.
func (t *task) mayCommit(b *Batch) error {
	if b.err != nil {
		return b.err
	}
	size := len(b.checkpoint)
	for _, m := range b.meta {
		size += len(m.key) + len(m.value) + 16
	}
	if size > maxMetaBytes {
		return fmt.Errorf("%w: meta and checkpoint of a commit have %d bytes, at most %d are taken", ErrBounds,
			size, maxMetaBytes)
	}
	if len(b.buf) > maxArena-2*t.db.opt.MergeBytes {
		return fmt.Errorf("%w: a commit of %d bytes", ErrBounds, len(b.buf))
	}
	if err := t.db.room(len(b.buf)); err != nil {
		return err
	}
	return t.throttle()
}

// write puts the delta's parts, meta and checkpoint into Badger.
func (t *task) write(b *Batch) error {
	seq := t.seq + 1
	n := b.parts()
	if n > math.MaxUint16 {
		return fmt.Errorf("%w: a commit of %d parts", ErrBounds, n)
	}
	parts := uint16(n)
	txn := t.db.bg.NewTransaction(true)
	defer func() { txn.Discard() }()
	t.packed = t.packed[:0]
	for part := range parts {
		records := b.buf[b.cut(int(part)):b.cut(int(part)+1)]
		// Badger refers to its arguments until the transaction is written.
		if len(t.packed) > 0 && len(t.packed)+packedLen(len(records)) > aheadBytes {
			if err := txn.Commit(); err != nil {
				return err
			}
			txn, t.packed = t.db.bg.NewTransaction(true), t.packed[:0]
		}
		from := len(t.packed)
		t.packed = pack(t.packed, records)
		if err := t.db.set(txn, t.keys.delta(seq, parts, part), t.packed[from:]); err != nil {
			return err
		}
	}
	for _, m := range b.meta {
		if err := t.writeMeta(txn, m); err != nil {
			return err
		}
	}
	if parts == 0 {
		seq-- // nothing for the pages: the sequence counts deltas
	}
	if err := t.db.set(txn, t.keys.checkpoint(), t.checkpointValue(b, seq)); err != nil {
		return err
	}
	return txn.Commit()
}

// writeMeta writes one meta value.
func (t *task) writeMeta(txn *badger.Txn, m metaOp) error {
	// A deleted key stays as a marker, since a restore of incremental backups would bring back a key
	// that is really gone.
	v := append(unsealed(nil), metaGone)
	if !m.delete {
		v[sealLen] = metaSet
		v = append(v, m.value...)
	}
	return t.db.set(txn, t.keys.meta(m.key), seal(v))
}

// The first byte of a meta value.
const (
	metaGone = 0
	metaSet  = 1
)

// readMeta returns a meta value from its unsealed bytes; false if it was deleted.
func readMeta(v []byte) ([]byte, bool) {
	if len(v) == 0 || v[0] != metaSet {
		return nil, false
	}
	return v[1:], true
}

// checkpointValue returns the stored checkpoint, with the sequence of the last delta.
func (t *task) checkpointValue(b *Batch, seq uint64) []byte {
	check, has := t.checkpoint, t.hasCheck
	if b.hasCheck {
		check, has = b.checkpoint, true
	}
	v := binary.BigEndian.AppendUint64(unsealed(t.value), seq)
	if has {
		v = append(append(v, 1), check...)
	} else {
		v = append(v, 0)
	}
	t.value = v
	return seal(v)
}

// applied makes a written batch visible to readers.
func (t *task) applied(b *Batch) error {
	if b.hasCheck {
		t.checkpoint, t.hasCheck = append(t.checkpoint[:0], b.checkpoint...), true
	}
	if len(b.buf) == 0 {
		return nil
	}
	t.seq++
	t.active.last, t.active.commits = t.seq, t.active.commits+1
	if err := t.active.add(b.buf, t.due); err != nil {
		return err
	}
	t.maybeMerge()
	return nil
}

// full reports whether p should be merged.
func (t *task) full(p *pending) bool {
	return p.size() >= t.db.mergeBytes() || p.commits >= maxCommits
}

// giveBack releases the memory of what was merged. It is called only here, where nobody reads it.
func (t *task) giveBack() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.spare != nil {
		t.spare.clear()
	}
}
