package producer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/outfile"
)

const (
	// defaultBytes is Config.MaxBytes where it is 0: several weeks of a centre.
	defaultBytes = 256 << 20
	// leastBytes is the smallest Config.MaxBytes.
	leastBytes = 2 * maxBody
	// maxSegment bounds a file of entries.
	maxSegment = 8 << 20
)

// Config says where a buffer is.
type Config struct {
	// Dir is the directory, made where it is missing. It holds facts of persons: only the user that runs the
	// program may read it, and disks under it should be encrypted.
	Dir string
	// MaxBytes bounds the entries on disk. Default 256 MiB.
	MaxBytes int64
	// Restored says that the directory comes from a backup or a copy, or that another process has sent for the same
	// devices since: numbering begins anew under a higher epoch. Until somebody has told what was lost
	// meanwhile, the engine accuses nobody for that time.
	Restored bool
	// Clock is the present time. Default the system's.
	Clock func() duty.Instant
}

// Buffer keeps facts until they are sent. Several goroutines may use it at a time.
type Buffer struct {
	cfg  Config
	lock *os.File

	mu     sync.Mutex
	state  state
	log    segments
	memory memory
	// beats is the time of the last heartbeat by source.
	beats map[string]duty.Instant
	// broken is the error after which nothing more can be promised until the buffer is opened again.
	broken error
	// more tells Run that something was put.
	more chan struct{}
	// sending is held by the one that sends.
	sending sync.Mutex
}

// Open opens the buffer in a directory and mends what a crash has left. [ErrInUse] where another process has it.
func Open(cfg Config) (*Buffer, error) {
	if cfg.MaxBytes == 0 {
		cfg.MaxBytes = defaultBytes
	}
	if cfg.MaxBytes < leastBytes {
		return nil, fmt.Errorf("a buffer of %d bytes is too small: give at least %d", cfg.MaxBytes, leastBytes)
	}
	if cfg.Clock == nil {
		cfg.Clock = func() duty.Instant { return duty.Instant(time.Now().UnixMilli()) }
	}
	if err := private(cfg.Dir); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(cfg.Dir, lockName), os.O_CREATE|os.O_RDWR, outfile.Private)
	if err != nil {
		return nil, fmt.Errorf("the buffer's directory: %w", err)
	}
	b := &Buffer{cfg: cfg, lock: lock, log: segments{dir: cfg.Dir}, memory: memory{known: map[put]numbered{}},
		beats: map[string]duty.Instant{}, more: make(chan struct{}, 1)}
	if !outfile.TryLock(lock) {
		return nil, errors.Join(ErrInUse, lock.Close())
	}
	if err := b.recover(cfg.Restored); err != nil {
		return nil, errors.Join(fmt.Errorf("the buffer in %s: %w", cfg.Dir, err), b.Close())
	}
	return b, nil
}

// Close gives the directory free. What waits stays there.
func (b *Buffer) Close() error {
	b.sending.Lock()
	defer b.sending.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lock == nil {
		return nil
	}
	err := b.lock.Close()
	if b.log.open != nil {
		err = errors.Join(err, b.log.open.Close())
	}
	b.lock, b.log.open = nil, nil
	b.broken = errors.New("the buffer is closed")
	return err
}

// Put keeps facts, given by pointer to the types of package duty, all or none. When it returns nil they are on disk.
// Rows get their number; of every fact the version is 1 and the time of receipt now, where they are left out.
// A fact that was put before is passed over. [ErrFull], [ErrOther], [ErrNumber], [ErrFact].
func (b *Buffer) Put(facts ...any) error { return b.put("", facts) }

// PutUnder is [Buffer.Put] for facts that do not hold their key: a Reconciliation (the centre of its device), a
// Resolution (the key of the original), a ManualEntry under its centre (RD-47).
func (b *Buffer) PutUnder(key string, facts ...any) error { return b.put(key, facts) }

// Beat puts a heartbeat of a device, or of a feed such as feed:card-events, at this moment; centre is empty for a
// feed of all centres. Call it each minute, and only while the source is known to be well: its silence is what keeps
// people from being accused when rows do not come (contract §6). That of a device names the highest number that was
// given out.
func (b *Buffer) Beat(source, centre string) error {
	b.mu.Lock()
	now, epoch := b.cfg.Clock(), b.state.Epoch
	again := b.beats[source] == now
	b.beats[source] = now
	h := &duty.Heartbeat{SourceID: source, At: now, ReceivedAt: now,
		ID: source + ":" + strconv.FormatInt(epoch, 10) + ":" + strconv.FormatInt(int64(now), 10)}
	if centre != "" {
		h.CentreID = duty.Some(centre)
	}
	if !strings.HasPrefix(source, "feed:") {
		h.SourceEpoch, h.LastSeq = epoch, duty.Some(b.state.Last[source])
	}
	b.mu.Unlock()
	if again {
		return nil // it has said so this very millisecond
	}
	return b.Put(h)
}

// Waiting returns how many bytes of entries are not acknowledged yet.
func (b *Buffer) Waiting() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	waiting := -b.state.Offset
	for _, s := range b.log.list {
		if s.number >= b.state.Segment {
			waiting += s.size
		}
	}
	return waiting
}

// Number returns epoch and number of a row that was put, for a correction of it; false where the buffer has
// forgotten the row. key is its person, or its card where it names no person.
func (b *Buffer) Number(key, id string) (epoch, number int64, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n, ok := b.memory.find(nameOf(duty.TopicCardEvents, key, id), 1)
	return n.epoch, n.number, ok
}

func (b *Buffer) put(key string, facts []any) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken != nil {
		return fmt.Errorf("the buffer in %s takes nothing more until it is opened again: %w", b.cfg.Dir, b.broken)
	}
	before := b.state.copied()
	list, err := b.number(key, facts)
	if err != nil {
		b.state = before
		return err
	}
	if len(list) == 0 {
		return nil
	}
	var text []byte
	for i := range list {
		text = appendEntry(text, &list[i].entry)
	}
	if err := b.write(text); err != nil {
		return b.refuse(list, err)
	}
	for i := range list {
		b.memory.add(&list[i].entry)
		b.state.paid(list[i].name)
	}
	select {
	case b.more <- struct{}{}:
	default:
	}
	return nil
}

// number makes the entries of the facts that are new.
func (b *Buffer) number(key string, facts []any) (list []made, err error) {
	for _, f := range facts {
		m, err := makeFact(f, key, b.cfg.Clock())
		if err != nil {
			return nil, err
		}
		if n, ok := b.memory.find(m.name, m.version); ok {
			if n.content != m.content {
				return nil, fmt.Errorf("%s: %w", m.topic, ErrOther)
			}
			continue
		}
		epoch, number := b.state.Epoch, int64(0)
		switch {
		case m.numbers && m.version == 1:
			number = b.state.number(m.device, m.name)
		case m.numbers:
			n, ok := b.memory.find(m.name, 1)
			if !ok {
				return nil, fmt.Errorf("%s of %s: %w", m.topic, m.device, ErrNumber)
			}
			epoch, number = n.epoch, n.number
		}
		if err := m.finish(epoch, number); err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}

// write appends entries, in a new file where the present one is full.
func (b *Buffer) write(text []byte) error {
	size := int64(len(text))
	if b.log.bytes()+size > b.cfg.MaxBytes {
		if err := b.log.drop(b.state.Segment, 0); err != nil {
			return err
		}
	}
	if b.log.bytes()+size > b.cfg.MaxBytes {
		return fmt.Errorf("%w: %d of at most %d bytes are on disk", ErrFull, b.log.bytes(), b.cfg.MaxBytes)
	}
	if last := b.log.last(); last.size > 0 && last.size+size > min(maxSegment, b.cfg.MaxBytes/8) {
		if err := b.log.begin(last.number + 1); err != nil {
			return err
		}
	}
	clean, err := b.log.append(text)
	if !clean {
		b.broken = err
	}
	return err
}

// refuse keeps the numbers of rows that could not be written: what is not put again is seen to be missing.
func (b *Buffer) refuse(list []made, cause error) error {
	for i := range list {
		if m := &list[i]; m.numbers && m.version == 1 {
			b.state.owe(m.name, m.number)
		}
	}
	if err := b.state.save(b.cfg.Dir); err != nil {
		return errors.Join(cause, err)
	}
	return cause
}
