package main

import (
	"encoding/binary"
	"errors"

	badger "github.com/dgraph-io/badger/v4"
)

// perKey is the naive layout: one key per event and one per header, with the
// same bounds on memory. A cycle does not fit into one transaction, so that it
// is not even atomic.
type perKey struct {
	bg    *badger.DB
	count []uint64
}

func openKeys(p params) (layout, error) {
	opt := badger.DefaultOptions(p.Dir).WithLogger(nil).WithMetricsEnabled(false).
		WithSyncWrites(p.Sync).WithDetectConflicts(false).
		WithMemTableSize(16 << 20).WithNumMemtables(3).WithNumCompactors(2).
		WithBaseTableSize(8 << 20).WithBaseLevelSize(64 << 20).
		WithBlockCacheSize(48 << 20).WithIndexCacheSize(16 << 20)
	bg, err := badger.Open(opt)
	if err != nil {
		return nil, err
	}
	return &perKey{bg: bg, count: make([]uint64, p.Tasks)}, nil
}

func taskKey(kind byte, task int) []byte { return []byte{kind, byte(task)} }

func headerKey(task int, who string) []byte { return append(taskKey('h', task), who...) }

func eventKey[P string | []byte](task int, who P, day int32, n uint64) []byte {
	key := append(taskKey('e', task), who...)
	key = binary.BigEndian.AppendUint32(key, uint32(day))
	return binary.BigEndian.AppendUint64(key, n)
}

func headerValue(next int64) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(next)), make([]byte, 40)...)
}

// write fills transactions and commits each when it is full.
func (l *perKey) write(n int, entry func(i int) (key, value []byte)) error {
	txn := l.bg.NewTransaction(true)
	defer func() { txn.Discard() }()
	for i := range n {
		key, value := entry(i)
		err := txn.Set(key, value)
		if errors.Is(err, badger.ErrTxnTooBig) {
			if err := txn.Commit(); err != nil {
				return err
			}
			txn = l.bg.NewTransaction(true)
			err = txn.Set(key, value)
		}
		if err != nil {
			return err
		}
	}
	return txn.Commit()
}

func (l *perKey) introduce(task int, persons []string) error {
	return l.write(len(persons), func(i int) ([]byte, []byte) { return headerKey(task, persons[i]), headerValue(due) })
}

func (l *perKey) commit(task int, events []event) error {
	return l.write(len(events)+1, func(i int) ([]byte, []byte) {
		if i == len(events) {
			return taskKey('c', task), make([]byte, 200)
		}
		l.count[task]++
		e := &events[i]
		return eventKey(task, e.person, e.day, l.count[task]), append([]byte(nil), e.data...)
	})
}

func (l *perKey) sweep(task int, deep, advance bool) (visited, facts int, err error) {
	var persons []string
	err = l.bg.View(func(txn *badger.Txn) error {
		prefix := taskKey('h', task)
		it := txn.NewIterator(badger.IteratorOptions{PrefetchValues: true, PrefetchSize: 100, Prefix: prefix})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			var next int64
			err := it.Item().Value(func(v []byte) error {
				next = int64(binary.BigEndian.Uint64(v))
				return nil
			})
			if err != nil {
				return err
			}
			if next > due {
				continue
			}
			persons = append(persons, string(it.Item().Key()[2:]))
		}
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	visited = len(persons)
	if deep {
		facts, err = l.read(task, persons)
	}
	if err == nil && advance {
		err = l.write(len(persons), func(i int) ([]byte, []byte) {
			return headerKey(task, persons[i]), headerValue(due + 86_400_000)
		})
	}
	return visited, facts, err
}

// read reads the facts of two days of each person.
func (l *perKey) read(task int, persons []string) (facts int, err error) {
	err = l.bg.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{PrefetchValues: true, PrefetchSize: 16, Prefix: taskKey('e', task)})
		defer it.Close()
		for _, who := range persons {
			prefix := append(taskKey('e', task), who...)
			for it.Seek(eventKey(task, who, 19_002, 0)); it.ValidForPrefix(prefix); it.Next() {
				if err := it.Item().Value(func([]byte) error { return nil }); err != nil {
					return err
				}
				facts++
			}
		}
		return nil
	})
	return facts, err
}

func (l *perKey) close() error { return l.bg.Close() }
