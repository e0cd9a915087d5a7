package task

import (
	"fmt"
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/testkit"
	"tilsyn/engine/treelog"
)

// logOf is the log of one task as a reader of the topics sees it.
type logOf struct {
	progress  stored.RevisionLog
	point     treelog.Note
	leaves    []treelog.Leaf
	revisions []treelog.Revision
}

// readLogOf reads it; ok is false where the task has never committed.
func (w *world) readLogOf(task int32) (l logOf, ok bool) {
	w.t.Helper()
	var err error
	if commits := w.broker.Committed(stored.CommitPartition(task)); len(commits) > 0 { // the newest counts
		p, err := stored.DecodeProgress(commits[len(commits)-1].Value, task)
		w.must(err)
		l.progress, ok = p.Log, true
	}
	for _, rec := range w.broker.Committed(CheckpointPartition(task)) {
		l.point, err = treelog.ParseNote(rec.Value)
		w.must(err)
	}
	var chunks treelog.Chunks
	for _, rec := range w.broker.Committed(LeavesPartition(task)) {
		chunk, err := treelog.DecodeChunk(rec.Value)
		w.must(err)
		if string(rec.Key) != fmt.Sprint(chunk.First) || chunk.Begin != l.progress.Begin {
			w.t.Errorf("leaves from %d on have the key %s, and say that the log begins at %d", chunk.First, rec.Key, chunk.Begin)
		}
		chunks.Take(chunk)
	}
	l.leaves = chunks.Leaves(l.progress.Tree.Size())
	for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicViolations, Index: task}) {
		if rec.Offset >= l.progress.Begin {
			l.revisions = append(l.revisions, w.revisionOf(&rec))
		}
	}
	return l, ok
}

func (w *world) revisionOf(rec *broker.Record) treelog.Revision {
	v := w.decoded(rec.Topic, rec.Value).(*duty.Violation)
	digest, err := treelog.DigestOf(v.ComputeDigest())
	w.must(err)
	return treelog.Revision{UnitID: v.UnitID, Number: v.Revision, Offset: rec.Offset, Digest: digest}
}

// checkLog checks that every revision is in the log once, in its place, that the record of progress
// and the newest checkpoint name its root, and that the key has signed it.
func (w *world) checkLog() {
	w.t.Helper()
	for task := range w.parts {
		l, ok := w.readLogOf(task)
		if !ok {
			continue
		}
		for _, d := range treelog.Compare(l.leaves, l.revisions).Differences {
			w.t.Errorf("log of task %d: %s", task, d)
		}
		if !l.progress.Begun || l.progress.Tree.Size() != int64(len(l.revisions)) {
			w.t.Errorf("log of task %d: it has %d entries by the record of progress, and there are %d revisions", task,
				l.progress.Tree.Size(), len(l.revisions))
		}
		if len(l.revisions) == 0 {
			continue
		}
		root := treelog.RootOf(l.leaves)
		want := treelog.Checkpoint{Origin: treelog.OriginOf(duty.TopicViolations, task), Size: int64(len(l.leaves)),
			Root: root}
		if l.progress.Tree.Root() != root || l.point.Checkpoint != want {
			w.t.Errorf("log of task %d: its leaves give %+v, the record of progress says %s, the checkpoint %+v", task, want,
				l.progress.Tree.Root(), l.point.Checkpoint)
		}
		// Whoever kept an older checkpoint finds it true.
		for _, rec := range w.broker.Committed(CheckpointPartition(task)) {
			old, err := treelog.ParseNote(rec.Value)
			w.must(err)
			if old.Size > int64(len(l.leaves)) || treelog.RootOf(l.leaves[:old.Size]) != old.Root {
				w.t.Errorf("log of task %d: the checkpoint of %d entries at offset %d is of another log", task, old.Size,
					rec.Offset)
			}
			if err := old.Check(w.logKey.Public()); err != nil {
				w.t.Errorf("log of task %d: %v", task, err)
			}
		}
	}
}

// toldWorld is a world in which several persons of several tasks were told something.
func toldWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, 5, 3)
	w.play(testkit.Residents(w.rng, 30, 6), seeds.Start+9*duty.Day, 2)
	w.check()
	for task := range w.parts {
		if l, _ := w.readLogOf(task); len(l.revisions) < 5 {
			t.Fatalf("task %d has told %d revisions only", task, len(l.revisions))
		}
	}
	return w
}

// A state that is built again, and one that is older, add nothing to the log: recovery does not
// ask them.
func TestRebuildAddsNothingToTheLog(t *testing.T) {
	w := toldWorld(t)
	before := map[int32]logOf{}
	for task := range w.parts {
		before[task], _ = w.readLogOf(task)
	}
	for range 2 {
		w.store = newWorld(t, 6, 3).store // empty
		w.boot()
		w.now += duty.Hour
		w.rest()
		for task := range w.parts {
			was := before[task]
			is, _ := w.readLogOf(task)
			if is.progress.Tree.Root() != was.progress.Tree.Root() || string(is.point.Text) != string(was.point.Text) {
				t.Errorf("task %d: the log is another one", task)
			}
		}
		w.check()
	}
	if w.stats.Rebuilds.Load() == 0 {
		t.Error("no state was built again")
	}
}

// forgetLogs makes the logs those of a prefix that an older program wrote: no record of progress
// names a log, and with all gone there are no leaves either.
func (w *world) forgetLogs(all bool) {
	for task := range w.parts {
		entries := w.broker.Logs[stored.CommitPartition(task)]
		for i := range entries {
			if e := &entries[i]; !e.Control {
				p, err := stored.DecodeProgress(e.Rec.Value, task)
				w.must(err)
				p.Log = stored.RevisionLog{}
				e.Rec.Value, err = p.Encode()
				w.must(err)
			}
		}
		if all {
			delete(w.broker.Logs, LeavesPartition(task))
			delete(w.broker.Logs, CheckpointPartition(task))
			delete(w.broker.Stables, LeavesPartition(task))
			delete(w.broker.Stables, CheckpointPartition(task))
		}
	}
}

// goesOn lets the world live on until every task has told more than before.
func (w *world) goesOn() {
	w.t.Helper()
	w.boot()
	w.now += 3 * duty.Day // whoever is still out is told of more nights
	w.rest()
}

// A prefix that is older than its log begins one where its revisions end, and says so.
func TestLogBeginsInAnOldPrefix(t *testing.T) {
	seeds.Large(t, "a world that is older than its log")
	w := toldWorld(t)
	w.forgetLogs(true)
	before := map[int32]int{}
	for task := range w.parts {
		l, _ := w.readLogOf(task)
		before[task] = len(l.revisions)
	}
	w.goesOn()
	w.checkLog()
	for task := range w.parts {
		l, _ := w.readLogOf(task)
		all := len(w.broker.Committed(broker.Partition{Topic: duty.TopicViolations, Index: task}))
		if l.progress.Begin == 0 || len(l.revisions) == 0 || all-len(l.revisions) != before[task] {
			t.Errorf("task %d: the log begins at offset %d, with %d of %d revisions; %d are older", task, l.progress.Begin,
				len(l.revisions), all, before[task])
		}
	}
}

// An older program that writes in between leaves revisions without leaves; they get them, and the
// log goes on.
func TestLogGoesOnAfterAnOlderProgram(t *testing.T) {
	seeds.Large(t, "worlds that two programs write in turn")
	w := toldWorld(t)
	var sizes []int64
	for task := range w.parts {
		l, _ := w.readLogOf(task)
		sizes = append(sizes, l.progress.Tree.Size())
	}
	w.goesOn()
	w.forgetLogs(false)
	for task := range w.parts { // the logs as they were before that
		for _, p := range []broker.Partition{LeavesPartition(task), CheckpointPartition(task)} {
			w.broker.Logs[p] = slices.DeleteFunc(w.broker.Logs[p], func(e testkit.Entry) bool {
				if e.Control {
					return false
				}
				if chunk, err := treelog.DecodeChunk(e.Rec.Value); err == nil {
					return chunk.First >= sizes[task]
				}
				note, err := treelog.ParseNote(e.Rec.Value)
				w.must(err)
				return note.Size > sizes[task]
			})
			for i := range w.broker.Logs[p] {
				w.broker.Logs[p][i].Rec.Offset = int64(i)
			}
			delete(w.broker.Stables, p)
		}
	}
	w.boot()
	w.now += duty.Hour
	w.rest()
	w.checkLog()
	for task := range w.parts {
		if l, _ := w.readLogOf(task); l.progress.Tree.Size() <= sizes[task] || l.progress.Begin != 0 {
			t.Errorf("task %d: the log has %d entries after %d, and begins at %d", task, l.progress.Tree.Size(), sizes[task],
				l.progress.Begin)
		}
	}
}
