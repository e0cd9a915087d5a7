package task

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"tilsyn/engine/atrest"
	"tilsyn/engine/outfile"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/stored"
	"tilsyn/state"
	"tilsyn/topics"
)

// Snapshots make it quick to move a task. Every task writes its state now and then to a
// directory that all instances share; a new owner restores the newest one and reads only what
// came after. A snapshot is the local state at a checkpoint, which is never beyond the last
// commit record. It is trusted no more than a local state: the same checks apply, and a
// checksum. With a key they are encrypted to that of the operator, not to that of a data directory:
// others must be able to read them.

// StateSnapshots is the directory of `run --snapshots`.
type StateSnapshots struct {
	// Dir holds the snapshots of this group and prefix.
	Dir   string
	id    datadir.Identity
	key   *atrest.Key // nil: they are not encrypted
	every time.Duration
	log   zerolog.Logger
	// turn is held while a snapshot is written, so that only one is written at a time.
	turn    chan struct{}
	writing sync.WaitGroup
	ctx     context.Context
	cancel  context.CancelFunc
}

// snapshotHead is the beginning of a file: the version of this form, whose state it is, which
// task's, and in which layout. The state's own form follows.
type snapshotHead struct {
	Version  int              `json:"version"`
	Identity datadir.Identity `json:"identity"`
	Task     int32            `json:"task"`
	Layout   int              `json:"layout"`
}

// snapshotVersion is the version of the head.
const snapshotVersion = 1

// maxSnapshotHead bounds what is allocated for the head of a damaged file.
const maxSnapshotHead = 64 << 10

// OpenStateSnapshots opens a directory of snapshots of this identity; each task is to be
// written at intervals of about `every`, encrypted with the key if there is one. Without a directory it
// returns nil, which writes none.
func OpenStateSnapshots(dir string, every time.Duration, id datadir.Identity, key *atrest.Key,
	log zerolog.Logger) (*StateSnapshots, error) {
	if dir == "" {
		return nil, nil
	}
	s := &StateSnapshots{Dir: filepath.Join(dir, url.PathEscape(topics.Scope(id.Prefix, id.Group))), id: id, key: key,
		every: every, log: log, turn: make(chan struct{}, 1)}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the directory of --snapshots: %w", err)
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s, nil
}

// Close stops what is being written and waits for it.
func (s *StateSnapshots) Close() {
	if s != nil {
		s.cancel()
		s.writing.Wait()
	}
}

// head is the head of this instance's snapshots of a task.
func (s *StateSnapshots) head(task int32) snapshotHead {
	id := s.id
	id.InstanceID = "" // it does not matter who wrote it
	return snapshotHead{Version: snapshotVersion, Identity: id, Task: task, Layout: stored.StateLayout}
}

// same reports whether two snapshots are of the same task, topics and layout. Topics whose id
// one of the two does not know may be the same.
func (h *snapshotHead) same(o snapshotHead) bool {
	return h.Version == o.Version && h.Task == o.Task && h.Layout == o.Layout && h.Identity.Same(&o.Identity) &&
		len(h.Identity.Contradicts(o.Identity.TopicIDs)) == 0
}

// SnapshotName returns the name of the file of a task at a sequence number. Names sort by it.
func SnapshotName(task int32, seq int64) string {
	return snapshotName(task, seq, state.FormatVersion)
}

// snapshotName is SnapshotName for a format of the state.
func snapshotName(task int32, seq int64, format uint64) string {
	return fmt.Sprintf("task-%d-seq-%020d.snapshot-%d", task, seq, format)
}

// Schedule says when a snapshot of a task is next due.
type Schedule struct {
	next time.Time
	seq  int64
}

// Plan returns the schedule of a task that begins. A random part keeps tasks from writing at
// the same time.
func (s *StateSnapshots) Plan() Schedule {
	if s == nil {
		return Schedule{}
	}
	return Schedule{next: time.Now().Add(s.every/2 + rand.N(s.every/2+1))}
}

// Maybe begins to write a snapshot in the background if one is due and the task has committed
// since the last. A failure is logged; the snapshot is tried again when next due.
func (s *StateSnapshots) Maybe(t *Task, sched *Schedule) {
	if s == nil || time.Now().Before(sched.next) || t.at.Seq == sched.seq {
		return
	}
	from, ok := t.store.(state.Snapshotter)
	if !ok {
		return
	}
	select {
	case s.turn <- struct{}{}:
	default:
		return
	}
	sched.next = time.Now().Add(s.every)
	snap, err := from.Snapshot()
	if err != nil {
		<-s.turn
		s.log.Warn().Int32("task", t.at.Task).Err(err).
			Msg("the snapshot of the task could not be written: it is tried again next time; " +
				"until then an instance that takes the task over has more to read")
		return
	}
	sched.seq = t.at.Seq
	task := t.at.Task
	s.writing.Go(func() {
		defer func() { <-s.turn }()
		defer snap.Close()
		began := time.Now()
		name, err := s.write(task, snap)
		switch {
		case s.ctx.Err() != nil:
		case err != nil:
			s.log.Warn().Int32("task", task).Err(err).
				Msg("the snapshot of the task could not be written: it is tried again next time; " +
					"until then an instance that takes the task over has more to read")
		default:
			s.log.Debug().Str("file", name).Dur("took", time.Since(began)).Msg("snapshot")
		}
	})
}

// write writes a snapshot, as a whole or not at all, and then tidies up.
func (s *StateSnapshots) write(task int32, snap *state.Snapshot) (name string, err error) {
	at, err := stored.DecodeProgress(snap.Checkpoint, task)
	if err != nil {
		return "", err
	}
	head, err := json.Marshal(s.head(task))
	if err != nil {
		return "", err
	}
	name = SnapshotName(task, at.Seq)
	f, err := outfile.Create(filepath.Join(s.Dir, name), outfile.Private)
	if err != nil {
		return "", err
	}
	defer f.Discard()
	sealed, err := s.key.Writer(f)
	if err != nil {
		return "", err
	}
	w := &patient{w: sealed, ctx: s.ctx}
	_, err = w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(head))), head...))
	if err == nil {
		err = snap.Write(w)
	}
	if err == nil {
		err = sealed.Close()
	}
	if err == nil {
		err = f.Commit()
	}
	if err != nil {
		return "", err
	}
	return name, s.Tidy(task, at.Seq)
}

// Tidy removes all snapshots of a task but the newest SnapshotsKept, and unfinished ones up to
// seq. A former owner that still writes one of these loses nothing of value.
func (s *StateSnapshots) Tidy(task int32, seq int64) error {
	files, unfinished, err := s.list(task)
	if err != nil {
		return err
	}
	for _, old := range files[min(len(files), SnapshotsKept):] {
		err = errors.Join(err, s.remove(old.name))
	}
	for _, half := range unfinished {
		if half.seq <= seq {
			err = errors.Join(err, s.remove(half.name))
		}
	}
	return err
}

// remove deletes a file that another instance may be deleting too.
func (s *StateSnapshots) remove(name string) error {
	if err := os.Remove(filepath.Join(s.Dir, name)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// SnapshotsKept is how many snapshots of a task are kept: if the newest is damaged, the one
// before is still there.
const SnapshotsKept = 2

// patient is a writer that fails once its context ends.
type patient struct {
	w   io.Writer
	ctx context.Context
}

// Write implements io.Writer.
func (p *patient) Write(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.w.Write(b)
}

// readSnapshotHead reads the head of a file; the state's own form follows.
func readSnapshotHead(r io.Reader) (snapshotHead, error) {
	var h snapshotHead
	size := make([]byte, 4)
	if _, err := io.ReadFull(r, size); err != nil {
		return h, fmt.Errorf("%w: %w", state.ErrSnapshot, err)
	}
	n := binary.BigEndian.Uint32(size)
	if n > maxSnapshotHead {
		return h, fmt.Errorf("%w: it begins with %d bytes", state.ErrSnapshot, n)
	}
	data := make([]byte, n)
	if _, err := io.ReadFull(r, data); err != nil {
		return h, fmt.Errorf("%w: %w", state.ErrSnapshot, err)
	}
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&h); err != nil {
		return h, fmt.Errorf("%w: %w", state.ErrSnapshot, err)
	}
	return h, nil
}
