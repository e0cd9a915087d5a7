package task

import (
	"context"
	"fmt"
	"io"
	"math"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/treelog"
)

// Every revision that a task tells enters its log of revisions, in the transaction that tells it
// (decision 0028). Progress.Log says how far the log has come; what lies in log-leaves beyond it
// belongs to no commit, and the next one writes over it.

// revisionLog is what a task knows of its log besides Progress.Log.
type revisionLog struct {
	// key signs checkpoints; nil for none. salts gives the chance in the leaves.
	key   *treelog.Key
	salts io.Reader
	// told are the revisions of the present cycle, in the order in which they are written.
	told []treelog.Digest
	// owed are the leaves of revisions that lie in violations and are not in the log.
	owed []treelog.Leaf
}

// LeavesPartition and CheckpointPartition hold the log of a task.
func LeavesPartition(task int32) broker.Partition {
	return broker.Partition{Topic: duty.TopicLogLeaves, Index: task}
}

// CheckpointPartition holds the newest checkpoint of the log of a task; the key is
// stored.CommitKey.
func CheckpointPartition(task int32) broker.Partition {
	return broker.Partition{Topic: duty.TopicLogCheckpoints, Index: task}
}

// enter notes that a revision is told.
func (l *revisionLog) enter(v *duty.Violation) error {
	digest, err := treelog.DigestOf(v.Digest)
	l.told = append(l.told, digest)
	return err
}

// logRevisions adds to the transaction the leaves of what the cycle tells, and the new checkpoint.
func (t *Task) logRevisions() error {
	at := &t.at.Log
	at.Told = int64(len(t.log.told))
	leaves, err := t.newLeaves()
	if err != nil || len(leaves) == 0 {
		return err
	}
	tree := at.Tree.Clone() // others hold copies of the progress
	for len(leaves) > 0 {
		chunk := treelog.Chunk{First: tree.Size(), Begin: at.Begin, Leaves: leaves[:min(len(leaves), treelog.MaxChunk)]}
		leaves = leaves[len(chunk.Leaves):]
		for i := range chunk.Leaves {
			tree.Append(chunk.Leaves[i].Hash)
		}
		value, err := chunk.Encode()
		if err != nil {
			return err
		}
		t.cycle.write(broker.Out{Partition: LeavesPartition(t.at.Task), Key: chunk.Key(), Value: value})
	}
	at.Tree = tree
	point := treelog.Checkpoint{Origin: treelog.OriginOf(t.prefix+duty.TopicViolations, t.at.Task),
		Size: tree.Size(), Root: tree.Root()}
	note, err := point.Sign(t.log.key)
	if err != nil {
		return err
	}
	t.cycle.write(broker.Out{Partition: CheckpointPartition(t.at.Task), Key: stored.CommitKey(t.at.Task), Value: note})
	return nil
}

// newLeaves returns the leaves that the transaction adds: those owed, and those of what it tells.
func (t *Task) newLeaves() ([]treelog.Leaf, error) {
	l := &t.log
	if len(l.told) == 0 {
		return l.owed, nil
	}
	salts := make([]byte, len(l.told)*treelog.SaltBytes)
	if _, err := io.ReadFull(l.salts, salts); err != nil {
		return nil, fmt.Errorf("task %d: chance for the log of revisions: %w", t.at.Task, err)
	}
	leaves := make([]treelog.Leaf, 0, len(l.owed)+len(l.told))
	leaves = append(leaves, l.owed...)
	for i, digest := range l.told {
		leaves = append(leaves, treelog.NewLeaf(treelog.Salt(salts[i*treelog.SaltBytes:]), digest))
	}
	return leaves, nil
}

// logged notes that the transaction was committed.
func (t *Task) logged(written broker.Offsets) {
	t.log.owed = nil
	if next, ok := written[LeavesPartition(t.at.Task)]; ok {
		t.at.Log.Leaves = next
	}
}

// readLog finds out which revisions lie in violations and are not in the log that the last commit
// names: the end of step 5. There are some after a transaction of which only a part was committed,
// and after an older program has written. A leaf of theirs that lies in log-leaves is used again,
// since somebody may have seen it in a checkpoint.
func (r *recovery) readLog(ctx context.Context) error {
	t, log := r.t, r.last.Log
	violations := broker.Partition{Topic: duty.TopicViolations, Index: t.at.Task}
	from, known := r.last.Outputs[violations], log.Told
	if !log.Begun {
		var err error
		if log, from, err = r.beginLog(ctx); err != nil {
			return err
		}
		known = log.Tree.Size()
	}
	leaves := LeavesPartition(t.at.Task)
	if log.Leaves > r.ends[leaves] {
		return fmt.Errorf("%s partition %d ends at offset %d, and was written up to %d: %w", leaves.Topic, leaves.Index,
			r.ends[leaves], log.Leaves, broker.ErrForeignLog)
	}
	beyond, err := r.leavesFrom(ctx, log.Tree.Size(), log.Leaves)
	if err != nil {
		return err
	}
	n := int64(0)
	t.log.owed = nil
	err = t.scan().Each(ctx, broker.Offsets{violations: from}, r.ends, func(rec *broker.Record) error {
		if n++; n <= known {
			return nil
		}
		leaf, err := t.owedLeaf(rec, beyond, int(n-known)-1)
		t.log.owed = append(t.log.owed, leaf)
		return err
	})
	if err == nil && n < known {
		err = fmt.Errorf("%s partition %d has %d revisions from offset %d on, and %d are logged: %w",
			violations.Topic, violations.Index, n, from, known, broker.ErrForeignLog)
	}
	log.Leaves = r.ends[leaves]
	t.at.Log = log
	return err
}

// owedLeaf returns the leaf of a revision without one: the n-th of those beyond the log if it stands
// for the revision, else a new one.
func (t *Task) owedLeaf(rec *broker.Record, beyond []treelog.Leaf, n int) (leaf treelog.Leaf, err error) {
	record, err := t.decodeTold(rec)
	if err != nil {
		return leaf, fmt.Errorf("%s partition %d offset %d: %w", rec.Topic, rec.Index, rec.Offset, err)
	}
	digest, err := treelog.DigestOf(record.(*duty.Violation).Digest)
	if err != nil {
		return leaf, err
	}
	if n < len(beyond) && beyond[n].Of(digest) {
		return beyond[n], nil
	}
	var salt treelog.Salt
	_, err = io.ReadFull(t.log.salts, salt[:])
	return treelog.NewLeaf(salt, digest), err
}

// leavesFrom reads the leaves from a number on that lie in log-leaves from an offset on.
func (r *recovery) leavesFrom(ctx context.Context, first, offset int64) ([]treelog.Leaf, error) {
	part := LeavesPartition(r.t.at.Task)
	var chunks treelog.Chunks
	err := r.t.scan().Each(ctx, broker.Offsets{part: offset}, r.ends, func(rec *broker.Record) error {
		chunk, err := treelog.DecodeChunk(rec.Value)
		if err != nil {
			return fmt.Errorf("%s partition %d offset %d: %w", rec.Topic, rec.Index, rec.Offset, err)
		}
		if chunk.First -= first; chunk.First >= 0 {
			chunks.Take(chunk)
		}
		return nil
	})
	return chunks.Leaves(math.MaxInt64), err
}

// beginLog returns the log of a task whose last commit names none, and the offset of violations from
// which on its revisions lie. A task that has never committed begins with its first revision. One
// that has, with an older program, begins where violations end; where a newer program had begun a
// log before, that one goes on.
func (r *recovery) beginLog(ctx context.Context) (log stored.RevisionLog, from int64, err error) {
	t := r.t
	log.Begun = true
	if r.last.Seq == 0 {
		return log, 0, nil
	}
	at := CheckpointPartition(t.at.Task)
	size := int64(0)
	err = t.scan().Each(ctx, broker.Offsets{at: 0}, r.ends, func(rec *broker.Record) error {
		note, err := treelog.ParseNote(rec.Value)
		size = note.Size
		return err
	})
	if err != nil {
		return log, 0, fmt.Errorf("%s partition %d: %w", at.Topic, at.Index, err)
	}
	if size == 0 {
		log.Begin = r.ends[broker.Partition{Topic: duty.TopicViolations, Index: t.at.Task}]
		return log, log.Begin, nil
	}
	var chunks treelog.Chunks
	err = t.scan().Each(ctx, broker.Offsets{LeavesPartition(t.at.Task): 0}, r.ends, func(rec *broker.Record) error {
		chunk, err := treelog.DecodeChunk(rec.Value)
		chunks.Take(chunk)
		return err
	})
	leaves := chunks.Leaves(size)
	if err == nil && int64(len(leaves)) < size {
		err = fmt.Errorf("it has %d of %d leaves: %w", len(leaves), size, broker.ErrForeignLog)
	}
	if err != nil {
		return log, 0, fmt.Errorf("%s partition %d: %w", duty.TopicLogLeaves, t.at.Task, err)
	}
	for i := range leaves {
		log.Tree.Append(leaves[i].Hash)
	}
	log.Begin, _ = chunks.Begin()
	return log, log.Begin, nil
}
