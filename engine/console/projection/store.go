package projection

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync/atomic"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"tilsyn/topics"
)

// format is the version of the keys and values; another one is built anew.
const format = 4

// Kinds of keys. A name in a key ends with a NUL byte, which no usable key holds (UsableKey of package duty).
const (
	keyMeta       = 'm' // what the whole belongs to
	keyPosition   = 'o' // topic, partition: next offset
	keyFact       = 'f' // person, topic, partition, offset: a fact
	keyCard       = 'k' // card, person: who used it or was given it
	keyLink       = 'i' // person, person: they were linked at some time
	keyPaper      = 'e' // topic, partition, offset: paper under its centre
	keyRevision   = 'r' // person, unit, revision: a record
	keyUnit       = 't' // person, unit: its row
	keyOwner      = 'n' // unit: its person
	keyQueue      = 'q' // queue, first told, unit: its row again
	keyHandling   = 'h' // unit, handling, version, partition, offset
	keyHandled    = 'g' // unit: it has handlings
	keyLedger     = 'l' // person, month
	keySummary    = 's' // person
	keyRecall     = 'c' // cause
	keyReport     = 'd' // centre and period
	keyObserved   = 'b' // person, id
	keyQuality    = 'y' // subject, id
	keyBeat       = 'z' // source: its newest heartbeat
	keySuggestion = 'x' // id: an entry that waits for a second person
	keyTouched    = 'a' // person: its account is old
	keyAccount    = 'p' // person: its account
	keyWake       = 'u' // instant, person: when time alone makes it old
	keyClaim      = 'w' // whose account is being taken
	keyCause      = 'j' // why everybody was marked the last time
)

// Store is the projection. Its methods may be called from several goroutines; Follow from one.
type Store struct {
	db *badger.DB
	// behind is how many records were written and not read yet; -1 before the first look.
	behind atomic.Int64
	// papers counts changes of the paper under centres.
	papers atomic.Int64
	// epoch counts how often it was emptied.
	epoch atomic.Int64
}

// Open opens the projection in a directory that is its own; an empty one keeps it in memory alone. What
// lies there and cannot be opened, or is encrypted with another key, is thrown away: everything in it comes
// from the topics. The key has 32 bytes; with none nothing is encrypted.
func Open(dir string, key []byte) (*Store, error) {
	db, err := badger.Open(settings(dir, key))
	if err != nil && dir != "" {
		if gone := os.RemoveAll(dir); gone != nil {
			return nil, fmt.Errorf("the pages' projection %s cannot be opened (%w) nor removed: %w", dir, err, gone)
		}
		db, err = badger.Open(settings(dir, key))
	}
	if err != nil {
		return nil, fmt.Errorf("the pages' projection cannot be opened: %w; give the engine a --data-dir that it may "+
			"write", err)
	}
	s := &Store{db: db}
	s.behind.Store(-1)
	return s, nil
}

// settings are Badger's, with bounded memory: about 64 MB in all.
func settings(dir string, key []byte) badger.Options {
	return badger.DefaultOptions(dir).WithInMemory(dir == "").WithLogger(nil).WithMemTableSize(16 << 20).
		WithNumMemtables(2).WithBlockCacheSize(16 << 20).WithIndexCacheSize(8 << 20).WithNumCompactors(2).
		WithValueThreshold(1 << 20 / 8).WithValueLogFileSize(64 << 20).WithDetectConflicts(false).
		WithCompression(options.Snappy).WithMetricsEnabled(false).
		WithEncryptionKey(key)
}

// Close closes it; Follow must have returned.
func (s *Store) Close() error { return s.db.Close() }

// Behind is how many records are written and not in the projection yet; false before that was looked up.
func (s *Store) Behind() (int64, bool) {
	n := s.behind.Load()
	return max(n, 0), n >= 0
}

// origin says what a projection belongs to.
type origin struct {
	Format  int               `json:"format"`
	Cluster string            `json:"cluster"`
	Prefix  string            `json:"prefix"`
	Topics  map[string]string `json:"topics"`
	// Order is that of the topics, by which keys number them.
	Order []string `json:"order"`
}

// belongs empties the projection unless it is of these topics.
func (s *Store) belongs(o origin) error {
	want, err := json.Marshal(o)
	if err != nil {
		return err
	}
	var have []byte
	err = s.db.View(func(tx *badger.Txn) error {
		have, err = get(tx, []byte{keyMeta})
		return err
	})
	if err != nil || slices.Equal(have, want) {
		return err
	}
	if err := s.db.DropAll(); err != nil {
		return err
	}
	s.papers.Add(1)
	s.epoch.Add(1)
	return s.db.Update(func(tx *badger.Txn) error { return tx.Set([]byte{keyMeta}, want) })
}

// get reads a value; nil where there is none.
func get(tx *badger.Txn, key []byte) ([]byte, error) {
	item, err := tx.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return item.ValueCopy(nil)
}

// key puts a key together: its kind, then names that each end with NUL.
func key(kind byte, names ...string) []byte {
	b := []byte{kind}
	for _, n := range names {
		b = append(append(b, n...), 0)
	}
	return b
}

// place appends a place in a topic, so that keys sort by it.
func place(b []byte, topic byte, partition int32, offset int64) []byte {
	b = binary.BigEndian.AppendUint32(append(b, topic), uint32(partition))
	return binary.BigEndian.AppendUint64(b, uint64(offset))
}

// each gives every key and value under a prefix, until the function returns an error.
func each(tx *badger.Txn, prefix []byte, f func(key, value []byte) error) error {
	it := tx.NewIterator(badger.IteratorOptions{PrefetchValues: true, PrefetchSize: 64, Prefix: prefix})
	defer it.Close()
	for it.Seek(prefix); it.Valid(); it.Next() {
		item := it.Item()
		if err := item.Value(func(v []byte) error { return f(item.Key(), v) }); err != nil {
			return err
		}
	}
	return nil
}

// batch is a set of changes that are written together; it reads its own changes.
type batch struct {
	s  *Store
	tx *badger.Txn
}

func (s *Store) begin() *batch { return &batch{s: s, tx: s.db.NewTransaction(true)} }

// set writes a key; a batch that grew too large is written and goes on in another one.
func (b *batch) set(k, v []byte) error { return b.change(func() error { return b.tx.Set(k, v) }) }

func (b *batch) drop(k []byte) error { return b.change(func() error { return b.tx.Delete(k) }) }

func (b *batch) change(f func() error) error {
	err := f()
	if !errors.Is(err, badger.ErrTxnTooBig) {
		return err
	}
	if err := b.tx.Commit(); err != nil {
		return err
	}
	b.tx = b.s.db.NewTransaction(true)
	return f()
}

// positions are the next offsets; a topic without any begins at 0.
func (s *Store) positions(parts []topics.TopicPartition) (map[topics.TopicPartition]int64, error) {
	out := map[topics.TopicPartition]int64{}
	err := s.db.View(func(tx *badger.Txn) error {
		for _, p := range parts {
			v, err := get(tx, positionKey(p))
			if err != nil {
				return err
			}
			if len(v) == 8 {
				out[p] = int64(binary.BigEndian.Uint64(v))
			}
		}
		return nil
	})
	return out, err
}

func positionKey(p topics.TopicPartition) []byte {
	return binary.BigEndian.AppendUint32(key(keyPosition, p.Topic), uint32(p.Partition))
}
