package task

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"tilsyn/engine/outfile"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/state"
)

// snapshotFile is one snapshot file of a task.
type snapshotFile struct {
	name string
	seq  int64
}

// list returns the snapshots of a task in formats that this program reads, newest first, and the
// unfinished ones.
func (s *StateSnapshots) list(task int32) (files, unfinished []snapshotFile, err error) {
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		name := e.Name()
		target, half := outfile.Unfinished(name)
		if half {
			name = target
		}
		f, format := snapshotFile{name: e.Name()}, uint64(0)
		if _, err := fmt.Sscanf(name, fmt.Sprintf("task-%d-seq-%%d.snapshot-%%d", task), &f.seq, &format); err != nil ||
			!state.Reads(format) || name != snapshotName(task, f.seq, format) {
			continue
		}
		if half {
			unfinished = append(unfinished, f)
		} else {
			files = append(files, f)
		}
	}
	slices.SortFunc(files, func(a, b snapshotFile) int { return cmp.Compare(b.seq, a.seq) })
	return files, unfinished, nil
}

// SnapshotWorth is how many records a snapshot must be ahead of the local state to be restored.
// Reading fewer records is as quick.
const SnapshotWorth = 50_000

// takeSnapshot replaces the local state by the newest sound snapshot that is far enough ahead
// of it, if there is one. It is part of recovery; last is the last commit.
func (t *Task) takeSnapshot(ctx context.Context, last stored.Progress) error {
	to, ok := t.store.(state.Snapshotter)
	if t.snapshots == nil || !ok {
		return nil
	}
	files, _, err := t.snapshots.list(t.at.Task)
	if err != nil {
		t.snapshots.log.Warn().Int32("task", t.at.Task).Err(err).
			Msg("the directory of --snapshots cannot be read: the topics are read instead, which takes longer")
		return nil
	}
	have, err := t.localReach(last)
	if err != nil {
		return err
	}
	for _, f := range files {
		path := filepath.Join(t.snapshots.Dir, f.name)
		if f.seq > last.Seq {
			// It belongs to other topics of this name, or to a task-commits that is gone.
			t.snapshots.log.Warn().Str("file", f.name).Int64("commits", last.Seq).
				Msg("the snapshot is newer than the last commit of its task, " +
					"as one of other topics of the same name is: it is removed")
			_ = os.Remove(path) // if that fails, it is skipped again next time
			continue
		}
		reach, err := t.trySnapshot(ctx, to, path, last, have)
		switch {
		case errors.Is(err, errNotWorth):
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, broker.ErrTransient):
			return err
		case errors.Is(err, state.ErrCorrupt):
			if err := t.store.Discard(); err != nil {
				return err
			}
			have = -1
		case err != nil:
			t.snapshots.log.Warn().Str("file", f.name).Err(err).
				Msg("the snapshot is not used: an older one, or the topics, are read instead")
		default:
			t.snapshots.log.Info().Str("file", f.name).Int64("records", reach).Msg("task begins from a snapshot")
			t.stats.Snapshots.Add(1)
			return nil
		}
	}
	return nil
}

// errNotWorth says that the local state is about as far as the snapshot.
var errNotWorth = errors.New("not worth taking")

// trySnapshot restores one snapshot, and returns how many records it covers. What can be
// checked is checked before the local state is replaced.
func (t *Task) trySnapshot(ctx context.Context, to state.Snapshotter, path string, last stored.Progress,
	have int64) (int64, error) {
	f, head, err := t.snapshots.open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if !head.same(t.snapshots.head(t.at.Task)) {
		return 0, fmt.Errorf("%w: it is of task %d of %s, layout %d", state.ErrSnapshot, head.Task,
			head.Identity.Where(), head.Layout)
	}
	data, err := state.ReadSnapshotCheckpoint(bufio.NewReader(f))
	if err != nil {
		return 0, err
	}
	cp, err := stored.DecodeProgress(data, t.at.Task)
	if err != nil {
		return 0, err
	}
	if cp.Layout != stored.StateLayout || cp.Seq > last.Seq || !cp.Inputs.Before(last.Inputs) {
		return 0, fmt.Errorf("%w: it is beyond the last commit", state.ErrSnapshot)
	}
	reach := cp.Inputs.Sum()
	if have >= 0 && reach-have < SnapshotWorth {
		return 0, errNotWorth
	}
	if err := t.checkMarksOf(ctx, &cp); err != nil {
		return 0, err
	}
	again, _, err := t.snapshots.open(path) // from its beginning
	if err != nil {
		return 0, err
	}
	defer again.Close()
	return reach, to.Restore(again)
}

// openSnapshot is a snapshot file, positioned behind its head.
type openSnapshot struct {
	io.Reader
	io.Closer
}

// open opens a snapshot, decrypts it if it is encrypted, and reads its head.
func (s *StateSnapshots) open(path string) (*openSnapshot, snapshotHead, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, snapshotHead{}, err
	}
	var head snapshotHead
	plain, err := s.key.Reader(f)
	if err == nil {
		head, err = readSnapshotHead(plain)
	}
	if err != nil {
		_ = f.Close() // only read
		return nil, head, err
	}
	return &openSnapshot{plain, f}, head, nil
}

// localReach is how many records the local state covers; -1 if it is of no use.
func (t *Task) localReach(last stored.Progress) (int64, error) {
	data, ok, err := t.store.Checkpoint()
	if errors.Is(err, state.ErrCorrupt) || err == nil && !ok {
		return -1, nil
	}
	if err != nil {
		return -1, err
	}
	cp, err := stored.DecodeProgress(data, t.at.Task)
	if err == nil && cp.Layout == stored.StateLayout && cp.Seq <= last.Seq && cp.Inputs.Before(last.Inputs) {
		return cp.Inputs.Sum(), nil
	}
	return -1, nil
}
