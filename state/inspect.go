package state

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math"

	badger "github.com/dgraph-io/badger/v4"
)

// TaskInfo describes what a store holds of one task, without names or keys.
type TaskInfo struct {
	Task       int32  // partition number
	Generation uint32 // another one begins when the state is discarded or restored
	Pages      int    // over which the persons are spread
	// Commit is the number of the newest commit with records, Merged the one up to which they are in
	// pages.
	Commit, Merged uint64
	// Checkpoint is the size of the caller's checkpoint, -1 if there is none. Saved is its content.
	Checkpoint int
	Saved      []byte
	// Persons have a header, in the pages or in what waits for a merge, and count by
	// [InspectOptions]. Due are those whose Next is not after the given instant; Next is the earliest
	// of all.
	Persons, Due int
	Next         int64
	Kinds        []KindInfo
	// Left is how many keys of discarded generations are not deleted yet.
	Left int

	opt InspectOptions
	// waiting are the headers not merged yet; group are those of the delta being read.
	waiting map[string]int64
	group   deltaGroup
}

// deltaGroup is a delta of several parts, as far as it was read.
type deltaGroup struct {
	seq        uint64 // commit
	parts, got uint16
	next       map[string]int64 // by person
}

// KindInfo counts the keys and bytes of one kind.
type KindInfo struct {
	Kind  string
	Keys  int
	Bytes int64 // of keys and values as they are stored
}

// kindNames names the kinds of keys.
var kindNames = map[byte]string{
	kindCheckpoint: "checkpoint", kindDelta: "deltas", kindHeader: "header pages",
	kindMeta: "meta", kindMerged: "summary", kindPage: "day segments", kindMonth: "month segments",
}

// kindMonth is kindPage for months; no key begins with it.
const kindMonth = 'q'

// kindOf returns the kind of a key of a task.
func kindOf(key []byte) byte {
	if kind := key[prefixLen]; kind != kindPage || !splitSegment(key).month {
		return kind
	}
	return kindMonth
}

// Inspect verifies the store, reads every key and checks every value against its checksum. An
// error that is ErrCorrupt names the task and kind; what was counted so far is returned with it.
func (db *DB) Inspect() ([]TaskInfo, error) {
	return db.InspectWith(InspectOptions{Now: math.MinInt64})
}

// InspectOptions say what [DB.InspectWith] counts.
type InspectOptions struct {
	// Now is the instant (ms UTC) at which persons are due.
	Now int64
	// Pseudo reports whether a person of the store is none to its caller, and does not count; nil: all
	// count.
	Pseudo func(person string) bool
}

// InspectWith is [DB.Inspect], and counts who is due. It may be called while tasks are in use.
func (db *DB) InspectWith(opt InspectOptions) ([]TaskInfo, error) {
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
				Checkpoint: -1, Next: Never, opt: opt,
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

// read counts the keys of a task.
func (t *TaskInfo) read(it *badger.Iterator) error {
	kinds := map[byte]*KindInfo{}
	t.waiting = map[string]int64{}
	if err := t.readMerged(it); err != nil {
		return err
	}
	for it.Seek(taskPrefix(t.Task, 0)); it.ValidForPrefix(taskPrefix(t.Task, 0)[:5]); it.Next() {
		key := it.Item().Key()
		if binary.BigEndian.Uint32(key[5:]) != t.Generation {
			t.Left++
			continue
		}
		kind := kindOf(key)
		value, err := valueOf(it.Item(), kindNames[kind])
		if err == nil {
			err = t.note(kind, key, value)
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
	for person, next := range t.waiting {
		t.count(person, next)
	}
	for _, kind := range []byte{kindCheckpoint, kindDelta, kindHeader, kindMeta, kindMerged, kindPage, kindMonth} {
		if kinds[kind] != nil {
			t.Kinds = append(t.Kinds, *kinds[kind])
		}
	}
	return nil
}

// readMerged first finds out which deltas are merged: the newest headers of the others are not in
// the pages.
func (t *TaskInfo) readMerged(it *badger.Iterator) error {
	key := keys{taskPrefix(t.Task, t.Generation)}.merged()
	if it.Seek(key); !it.Valid() || !bytes.Equal(it.Item().Key(), key) {
		return nil
	}
	value, err := valueOf(it.Item(), kindNames[kindMerged])
	if err != nil {
		return err
	}
	sums, err := readSummaries(value, t.Pages)
	t.Merged = sums.merged
	return err
}

// note takes in what the task's own records say, and reads packed ones to verify them.
func (t *TaskInfo) note(kind byte, key, value []byte) (err error) {
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
	case kindDelta:
		if value, err = unpack(kindNames[kind], value, nil); err != nil {
			return err
		}
		return t.noteDelta(key, value)
	case kindHeader:
		page, err := unpack(kindNames[kind], value, nil)
		if err != nil {
			return err
		}
		return t.noteHeaders(page)
	case kindPage:
		_, err := unpack(kindNames[kind], value, nil)
		return err
	case kindMonth:
		_, err := unpackMonth(kindNames[kind], value, nil)
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
	for _, e := range entries {
		person, next := string(e.person), e.next
		if newer, ok := t.waiting[person]; ok {
			next = newer
			delete(t.waiting, person)
		}
		t.count(person, next)
	}
	return nil
}

// count counts a person by its next.
func (t *TaskInfo) count(person string, next int64) {
	if t.opt.Pseudo != nil && t.opt.Pseudo(person) {
		return
	}
	t.Persons++
	t.Next = min(t.Next, next)
	if next <= t.opt.Now {
		t.Due++
	}
}

// noteDelta takes in the headers of one part of a delta. Merged deltas, and parts of a commit that
// never completed, are verified and left out, as when a task is opened.
func (t *TaskInfo) noteDelta(key, records []byte) error {
	seq, parts, part := splitDelta(key)
	if seq != t.group.seq || parts != t.group.parts {
		t.group = deltaGroup{seq: seq, parts: parts, next: map[string]int64{}}
	}
	for len(records) > 0 {
		r, rest, err := readRecord(records)
		if err != nil {
			return err
		}
		if records = rest; r.op == opHeader {
			t.group.next[string(r.person)] = r.next
		}
	}
	if part != t.group.got || seq <= t.Merged || seq > t.Commit {
		return nil
	}
	if t.group.got++; t.group.got == parts {
		maps.Copy(t.waiting, t.group.next)
		t.group = deltaGroup{}
	}
	return nil
}
