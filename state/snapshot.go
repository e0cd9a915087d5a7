package state

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	badger "github.com/dgraph-io/badger/v4"
)

// A snapshot is the state of one task at one moment, for another store to restore:
//
//	"tilsynTS", format version: 8 bytes; pages: 4 bytes
//	checkpoint: length (4 bytes), that many bytes
//	records: length of the key behind the task's prefix (2 bytes, not 0), key,
//	length of the value (4 bytes), value as it is stored
//	length 0 (2 bytes), CRC-32C of everything before
const snapshotMagic = "tilsynTS"

// maxStored bounds a stored value, and a checkpoint, in a snapshot.
const maxStored = 2 * maxUnpacked

// ErrSnapshot says that a file is no snapshot, is damaged, or is of another format; nothing of it
// was used.
var ErrSnapshot = errors.New("snapshot cannot be used")

// Snapshotter is a [Task] that can be copied to another store, as those of [*DB] can.
type Snapshotter interface {
	// Snapshot returns the present state. It costs nothing; close it after use.
	Snapshot() (*Snapshot, error)
	// Restore replaces everything of the task by a snapshot. After an error the task is as it was: a
	// snapshot counts only once it was read to its end and its checksum matches.
	Restore(r io.Reader) error
}

var _ Snapshotter = (*task)(nil)

// Snapshot is the state of a task at one moment. It may be written while the task continues.
type Snapshot struct {
	// Checkpoint is the checkpoint of that moment.
	Checkpoint []byte
	db         *DB
	txn        *badger.Txn
	prefix     []byte
	pages      int
}

// Snapshot returns the present state; see [Snapshotter].
func (t *task) Snapshot() (*Snapshot, error) {
	if !t.hasCheck {
		return nil, fmt.Errorf("%w: the task has no checkpoint yet", ErrSnapshot)
	}
	if err := t.db.enter(); err != nil {
		return nil, err
	}
	return &Snapshot{db: t.db, Checkpoint: append([]byte{}, t.checkpoint...), txn: t.db.bg.NewTransaction(false),
		prefix: t.keys.prefix, pages: t.pages}, nil
}

// Close releases the snapshot; the store's Close waits for it.
func (s *Snapshot) Close() {
	s.txn.Discard()
	s.db.leave()
}

// Write writes the snapshot, verifying the checksums of what it reads.
func (s *Snapshot) Write(w io.Writer) (err error) {
	defer damaged(&err)
	buf := bufio.NewWriterSize(w, chunkBytes)
	out := &summed{w: buf}
	head := binary.BigEndian.AppendUint64([]byte(snapshotMagic), FormatVersion)
	head = binary.BigEndian.AppendUint32(head, uint32(s.pages))
	head = append(binary.BigEndian.AppendUint32(head, uint32(len(s.Checkpoint))), s.Checkpoint...)
	if _, err := out.Write(head); err != nil {
		return fmt.Errorf("writing a snapshot: %w", err)
	}
	it := s.txn.NewIterator(badger.IteratorOptions{PrefetchValues: true, PrefetchSize: 8, Prefix: s.prefix})
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		if err := writeStored(out, it.Item(), len(s.prefix)); err != nil {
			return fmt.Errorf("writing a snapshot: %w", known(err))
		}
	}
	if _, err := out.Write([]byte{0, 0}); err != nil {
		return fmt.Errorf("writing a snapshot: %w", err)
	}
	if err := binary.Write(buf, binary.BigEndian, out.sum); err != nil {
		return fmt.Errorf("writing a snapshot: %w", err)
	}
	return buf.Flush()
}

// writeStored writes one key, without its prefix, and its value.
func writeStored(out io.Writer, item *badger.Item, skip int) error {
	key := item.Key()[skip:]
	return item.Value(func(value []byte) error {
		if _, err := unseal("value", value); err != nil {
			return err
		}
		head := append(binary.BigEndian.AppendUint16(nil, uint16(len(key))), key...)
		if _, err := out.Write(binary.BigEndian.AppendUint32(head, uint32(len(value)))); err != nil {
			return err
		}
		_, err := out.Write(value)
		return err
	})
}

// ReadSnapshotCheckpoint reads the checkpoint at the start of a snapshot. This does not prove that
// the snapshot is undamaged.
func ReadSnapshotCheckpoint(r io.Reader) ([]byte, error) {
	in := &snapshotReader{r: r}
	_, checkpoint, err := in.head()
	return checkpoint, err
}

// snapshotReader reads a snapshot and computes its checksum.
type snapshotReader struct {
	r   io.Reader
	sum uint32 // CRC-32C so far
}

// bytes reads exactly n bytes.
func (s *snapshotReader) bytes(n int) ([]byte, error) {
	p := make([]byte, n)
	if _, err := io.ReadFull(s.r, p); err != nil {
		return nil, fmt.Errorf("%w: it is cut short (%w)", ErrSnapshot, err)
	}
	s.sum = crc32.Update(s.sum, castagnoli, p)
	return p, nil
}

// sized reads a length of four bytes and that many bytes.
func (s *snapshotReader) sized() ([]byte, error) {
	p, err := s.bytes(4)
	if err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(p)
	if n > maxStored {
		return nil, fmt.Errorf("%w: it claims a value of %d bytes", ErrSnapshot, n)
	}
	return s.bytes(int(n))
}

func (s *snapshotReader) head() (pages int, checkpoint []byte, err error) {
	p, err := s.bytes(len(snapshotMagic) + 12)
	if err != nil {
		return 0, nil, err
	}
	if string(p[:len(snapshotMagic)]) != snapshotMagic {
		return 0, nil, fmt.Errorf("%w: it does not begin like one", ErrSnapshot)
	}
	if v := binary.BigEndian.Uint64(p[len(snapshotMagic):]); !Reads(v) {
		return 0, nil, fmt.Errorf("%w: it holds format %d, this program reads formats %s", ErrSnapshot, v, Formats())
	}
	pages = int(binary.BigEndian.Uint32(p[len(snapshotMagic)+8:]))
	if pages < 1 || pages > 1<<20 || pages&(pages-1) != 0 {
		return 0, nil, fmt.Errorf("%w: it has %d pages", ErrSnapshot, pages)
	}
	checkpoint, err = s.sized()
	return pages, checkpoint, err
}

// next returns one record; a nil key at the end, once the checksum matched.
func (s *snapshotReader) next() (key, value []byte, err error) {
	p, err := s.bytes(2)
	if err != nil {
		return nil, nil, err
	}
	if n := binary.BigEndian.Uint16(p); n > 0 {
		if key, err = s.bytes(int(n)); err != nil {
			return nil, nil, err
		}
		value, err = s.sized()
		return key, value, err
	}
	want := s.sum
	if p, err = s.bytes(4); err != nil {
		return nil, nil, err
	}
	if binary.BigEndian.Uint32(p) != want {
		return nil, nil, fmt.Errorf("%w: its checksum does not match", ErrSnapshot)
	}
	return nil, nil, nil
}

// Restore replaces everything of the task; see [Snapshotter]. The snapshot is written under a new
// generation, which counts only once the task's root names it.
func (t *task) Restore(r io.Reader) error {
	t.awaitMerge()
	if err := t.db.enter(); err != nil {
		return err
	}
	defer t.db.leave()
	in := &snapshotReader{r: bufio.NewReaderSize(r, chunkBytes)}
	pages, _, err := in.head()
	if err != nil {
		return err
	}
	if err := t.db.raiseFormat(); err != nil {
		return err
	}
	gen, err := t.nextGeneration()
	if err != nil {
		return err
	}
	if err := t.fill(gen, in); err != nil {
		for more := true; more; { // what is left is found by the next generation
			if more, _ = t.db.deleteRange(taskPrefix(t.id, gen), taskPrefix(t.id, gen+1), 4096); t.db.closing() {
				break
			}
		}
		return fmt.Errorf("restoring the state of task %d: %w", t.id, known(err))
	}
	if err := t.db.writeRootOf(t.id, gen, pages); err != nil {
		return fmt.Errorf("restoring the state of task %d: %w", t.id, err)
	}
	t.gen, t.pages = gen, pages
	if err := t.load(); err != nil {
		return err
	}
	t.clean()
	return nil
}

// fill writes the records of a snapshot under a generation.
func (t *task) fill(gen uint32, in *snapshotReader) error {
	prefix := taskPrefix(t.id, gen)
	wb := t.db.bg.NewWriteBatch()
	defer wb.Cancel()
	for n := 0; ; n++ {
		key, value, err := in.next()
		if err != nil {
			return err
		}
		if key == nil {
			return wb.Flush()
		}
		if n%64 == 0 {
			if err := t.db.room(len(value)); err != nil {
				return err
			}
		}
		key = append(prefix[:len(prefix):len(prefix)], key...)
		if err := wb.Set(key, value); err != nil {
			return err
		}
		t.db.puts.note(key, value)
	}
}
