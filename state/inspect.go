package state

import (
	"encoding/binary"
	"fmt"
	"math"

	badger "github.com/dgraph-io/badger/v4"
)

// TaskInfo says what a store holds of one task. It has no names and no keys.
type TaskInfo struct {
	Task       int32
	Generation uint32
	Pages      int
	// Commit is the number of the newest commit with records, Merged the one up
	// to which they are in pages.
	Commit, Merged uint64
	// Checkpoint is the size of the caller's checkpoint; -1: none. Saved is its
	// content.
	Checkpoint int
	Saved      []byte
	// Persons have a header in the pages; who was first heard of since the last
	// merge is not among them. Due are those whose Next is not after the
	// instant asked for, Next is the earliest of all.
	Persons, Due int
	Next         int64
	Kinds        []KindInfo
	// Left counts keys of discarded generations that are not deleted yet.
	Left int

	now int64
}

// KindInfo counts the keys of one kind.
type KindInfo struct {
	Kind  string
	Keys  int
	Bytes int64
}

var kindNames = map[byte]string{
	kindCheckpoint: "checkpoint", kindDelta: "deltas", kindHeader: "header pages",
	kindMeta: "meta", kindMerged: "summary", kindPage: "day segments",
}

// Inspect verifies the store (Verify), reads every key and checks every value
// against its checksum. An error that is ErrCorrupt names the task and kind; what was
// counted until then is returned with it.
func (db *DB) Inspect() ([]TaskInfo, error) { return db.InspectAt(math.MinInt64) }

// InspectAt is [DB.Inspect], and counts who is due at an instant (ms UTC). It
// may be called while the tasks are in use.
func (db *DB) InspectAt(now int64) ([]TaskInfo, error) {
	if db.closing() {
		return nil, ErrClosed
	}
	if err := db.Verify(); err != nil {
		return nil, err
	}
	var out []TaskInfo
	err := db.view(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{PrefetchValues: true, PrefetchSize: 16})
		defer it.Close()
		for it.Seek([]byte{'R'}); it.ValidForPrefix([]byte{'R'}); it.Next() {
			root, err := valueOf(it.Item(), "root")
			if err != nil {
				return err
			}
			if len(root) != 8 {
				return fmt.Errorf("%w: a root has %d bytes", ErrCorrupt, len(root))
			}
			out = append(out, TaskInfo{
				Task:       dayOf(binary.BigEndian.Uint32(it.Item().Key()[1:])),
				Generation: binary.BigEndian.Uint32(root),
				Pages:      int(binary.BigEndian.Uint32(root[4:])),
				Checkpoint: -1, Next: Never, now: now,
			})
		}
		for i := range out {
			if err := out[i].read(it); err != nil {
				return fmt.Errorf("task %d: %w", out[i].Task, err)
			}
		}
		return nil
	})
	return out, err
}

func (t *TaskInfo) read(it *badger.Iterator) error {
	kinds := map[byte]*KindInfo{}
	for it.Seek(taskPrefix(t.Task, 0)); it.ValidForPrefix(taskPrefix(t.Task, 0)[:5]); it.Next() {
		key := it.Item().Key()
		if binary.BigEndian.Uint32(key[5:]) != t.Generation {
			t.Left++
			continue
		}
		kind := key[prefixLen]
		value, err := valueOf(it.Item(), kindNames[kind])
		if err == nil {
			err = t.note(kind, value)
		}
		if err != nil {
			return err
		}
		if kinds[kind] == nil {
			kinds[kind] = &KindInfo{Kind: kindNames[kind]}
		}
		kinds[kind].Keys++
		kinds[kind].Bytes += int64(len(key) + len(value) + sealLen)
	}
	for _, kind := range []byte{kindCheckpoint, kindDelta, kindHeader, kindMeta, kindMerged, kindPage} {
		if kinds[kind] != nil {
			t.Kinds = append(t.Kinds, *kinds[kind])
		}
	}
	return nil
}

// note takes what the task's own records say, and reads packed ones through.
func (t *TaskInfo) note(kind byte, value []byte) (err error) {
	switch kind {
	case kindCheckpoint:
		if len(value) < 9 {
			return fmt.Errorf("%w: a checkpoint has %d bytes", ErrCorrupt, len(value))
		}
		t.Commit = binary.BigEndian.Uint64(value)
		if value[8] == 1 {
			t.Saved = append([]byte{}, value[9:]...)
			t.Checkpoint = len(t.Saved)
		}
	case kindMerged:
		sums, err := readSummaries(value, t.Pages)
		if err != nil {
			return err
		}
		t.Merged = sums.merged
	case kindDelta:
		if value, err = unpack(kindNames[kind], value, nil); err != nil {
			return err
		}
		for len(value) > 0 {
			if _, value, err = readRecord(value); err != nil {
				return err
			}
		}
	case kindHeader:
		page, err := unpack(kindNames[kind], value, nil)
		if err != nil {
			return err
		}
		return t.noteHeaders(page)
	case kindPage:
		_, err := unpack(kindNames[kind], value, nil)
		return err
	}
	return nil
}

// noteHeaders counts the persons of a header page.
func (t *TaskInfo) noteHeaders(page []byte) error {
	entries, err := readHeaders(page, nil)
	if err != nil {
		return err
	}
	t.Persons += len(entries)
	for _, e := range entries {
		t.Next = min(t.Next, e.next)
		if e.next <= t.now {
			t.Due++
		}
	}
	return nil
}
