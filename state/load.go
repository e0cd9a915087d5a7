package state

import (
	"fmt"

	badger "github.com/dgraph-io/badger/v4"
)

// deltaLoader reads the committed deltas that are not merged, in order. The last part of a delta
// shares the transaction of its checkpoint; parts without it belong to a commit that never
// completed and are skipped. A missing delta means that the disk lost something in the middle.
type deltaLoader struct {
	t *task
	// next is the sequence number expected next.
	next uint64
	// seq and parts identify the delta being read, got counts its parts so far, records is their
	// content.
	seq        uint64
	parts, got uint16
	records    []byte
}

// loadDeltas loads the deltas of the task.
func (t *task) loadDeltas(txn *badger.Txn) error {
	it := txn.NewIterator(badger.IteratorOptions{PrefetchValues: true, PrefetchSize: 64,
		Prefix: t.keys.kind(kindDelta, 0)})
	defer it.Close()
	l := deltaLoader{t: t, next: t.sums.merged + 1}
	for it.Seek(t.keys.delta(l.next, 0, 0)); it.Valid(); it.Next() {
		seq, parts, part := splitDelta(it.Item().Key())
		if seq > t.seq || seq > l.next {
			break
		}
		if err := it.Item().Value(func(v []byte) error { return l.add(seq, parts, part, v) }); err != nil {
			return err
		}
	}
	if l.next <= t.seq {
		return fmt.Errorf("%w: commit %d of %d is missing", ErrCorrupt, l.next, t.seq)
	}
	return nil
}

// add takes in one part of a delta.
func (l *deltaLoader) add(seq uint64, parts, part uint16, value []byte) error {
	if seq != l.seq || parts != l.parts {
		l.drop()
		l.seq, l.parts = seq, parts
	}
	if seq < l.next || part != l.got {
		return nil // of a commit that did not happen
	}
	packed, err := unseal("delta", value)
	if err != nil {
		return err
	}
	p := l.t.active
	if l.records, err = unpack("delta", packed, l.records); err != nil {
		return err
	}
	if l.got++; l.got < parts {
		return nil
	}
	if err := p.add(l.records, l.t.due); err != nil {
		return err
	}
	p.last, p.commits = seq, p.commits+1
	l.next = seq + 1
	l.drop()
	return nil
}

// drop discards the parts read so far.
func (l *deltaLoader) drop() {
	l.records, l.got = l.records[:0], 0
}
