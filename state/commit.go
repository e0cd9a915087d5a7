package state

import (
	"encoding/binary"
	"fmt"
	"math"

	badger "github.com/dgraph-io/badger/v4"
)

// maxMetaBytes bounds meta and checkpoint of one batch, which are written in
// one transaction of Badger.
const maxMetaBytes = 512 << 10

// maxCommits bounds the deltas that wait for a merge, and with them the time
// to open a task that commits much more often than it learns anything.
const maxCommits = 4096

// Commit writes the batch; see [Task]. What fits goes into one transaction of
// Badger. The parts of a larger delta are written ahead and count only with the
// last one, which is in the transaction of the checkpoint.
func (t *task) Commit(b *Batch) error {
	if err := t.mayCommit(b); err != nil {
		return err
	}
	if b.Empty() {
		return nil
	}
	from := len(t.active.arena)
	starts, err := t.active.appendDelta(b.buf)
	if err == nil {
		err = t.write(b, starts)
	}
	if err != nil {
		t.active.arena = t.active.arena[:from]
		return fmt.Errorf("committing task %d: %w", t.id, known(err))
	}
	return t.applied(b, starts)
}

func (t *task) mayCommit(b *Batch) error {
	if t.db.closing() {
		return ErrClosed
	}
	if b.err != nil {
		return b.err
	}
	size := len(b.checkpoint)
	for _, m := range b.meta {
		size += len(m.key) + len(m.value) + 16
	}
	if size > maxMetaBytes {
		return fmt.Errorf("%w: meta and checkpoint of a commit have %d bytes, at most %d are taken", ErrBounds, size, maxMetaBytes)
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
func (t *task) write(b *Batch, starts []int) error {
	seq := t.seq + 1
	if len(starts) > math.MaxUint16 {
		return fmt.Errorf("%w: a commit of %d parts", ErrBounds, len(starts))
	}
	parts := uint16(len(starts))
	ahead := max(0, len(starts)-1)
	for i := range ahead {
		err := t.db.bg.Update(func(txn *badger.Txn) error {
			return txn.Set(t.keys.delta(seq, parts, uint16(i)), t.active.arena[starts[i]:starts[i+1]])
		})
		if err != nil {
			return err
		}
	}
	return t.db.bg.Update(func(txn *badger.Txn) error {
		if parts > 0 {
			if err := txn.Set(t.keys.delta(seq, parts, parts-1), t.active.arena[starts[ahead]:]); err != nil {
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
		return txn.Set(t.keys.checkpoint(), t.checkpointValue(b, seq))
	})
}

func (t *task) writeMeta(txn *badger.Txn, m metaOp) error {
	// A deleted key stays as a mark: a restore of incremental backups would
	// bring back one that is really gone.
	v := append(unsealed(nil), metaGone)
	if !m.delete {
		v[sealLen] = metaSet
		v = append(v, m.value...)
	}
	return txn.Set(t.keys.meta(m.key), seal(v))
}

// The first byte of a meta value.
const (
	metaGone = 0
	metaSet  = 1
)

// readMeta returns a meta value of its unsealed bytes; false where it is gone.
func readMeta(v []byte) ([]byte, bool) {
	if len(v) == 0 || v[0] != metaSet {
		return nil, false
	}
	return v[1:], true
}

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
func (t *task) applied(b *Batch, starts []int) error {
	if b.hasCheck {
		t.checkpoint, t.hasCheck = append(t.checkpoint[:0], b.checkpoint...), true
	}
	if len(starts) == 0 {
		return nil
	}
	t.seq++
	t.active.last, t.active.commits = t.seq, t.active.commits+1
	if err := t.active.indexAll(starts, t.due); err != nil {
		return err
	}
	t.maybeMerge()
	return nil
}

// full reports whether p should be merged.
func (t *task) full(p *pending) bool {
	return len(p.arena) >= t.db.opt.MergeBytes || p.commits >= maxCommits
}
