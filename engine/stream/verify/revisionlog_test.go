package verify

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/telling"
	"tilsyn/engine/stream/testkit"
	"tilsyn/engine/treelog"
)

// logRig is a partition of violations with its log, as a task writes them.
type logRig struct {
	*verifyRig
	key      *treelog.Key
	progress stored.Progress
	last     map[string]*duty.Violation
	salts    *rand.ChaCha8
}

var toldTo = broker.Partition{Topic: duty.TopicViolations}

func newLogRig(t *testing.T) *logRig {
	r := &logRig{verifyRig: newVerifyRig(t, 1, 1), progress: stored.NewProgress(0), last: map[string]*duty.Violation{},
		salts: rand.NewChaCha8([32]byte{1})}
	r.progress.Log.Begun = true
	var err error
	r.key, err = treelog.NewKey(r.salts)
	r.must(err)
	for i := range 12 {
		r.tell(fmt.Sprint("u", i%5), fmt.Sprint("u", (i+3)%5))
	}
	return r
}

// next is the next revision of a unit.
func (r *logRig) next(unit string) *duty.Violation {
	v := &duty.Violation{UnitID: unit, Revision: 1, PersonID: "P", Kind: duty.KindStay, Status: duty.StatusIndicated,
		ChangeReason: duty.ChangeReasonFirst, Group: duty.GroupExpelledJudgment, Basis: duty.BasisOpenOut,
		LegalBasis: duty.LegalBasisReturnAct132}
	if was := r.last[unit]; was != nil {
		v.Revision, v.PreviousDigest = was.Revision+1, duty.Some(was.Digest)
		v.Instant = was.Instant + duty.Hour
	}
	v.Digest = v.ComputeDigest()
	return v
}

// tell writes a transaction with one revision of each unit.
func (r *logRig) tell(units ...string) {
	txn := &testkit.Txn{}
	chunk := treelog.Chunk{First: r.progress.Log.Tree.Size()}
	tree := r.progress.Log.Tree.Clone()
	for _, unit := range units {
		v := r.next(unit)
		r.last[unit] = v
		r.broker.AppendIn(txn, toldTo, []byte(unit), r.encode(v))
		digest, err := treelog.DigestOf(v.Digest)
		r.must(err)
		var salt treelog.Salt
		_, _ = r.salts.Read(salt[:])
		chunk.Leaves = append(chunk.Leaves, treelog.NewLeaf(salt, digest))
		tree.Append(chunk.Leaves[len(chunk.Leaves)-1].Hash)
	}
	value, err := chunk.Encode()
	r.must(err)
	r.broker.AppendIn(txn, task.LeavesPartition(0), chunk.Key(), value)
	note, err := (&treelog.Checkpoint{Origin: "violations/0", Size: tree.Size(), Root: tree.Root()}).Sign(r.key)
	r.must(err)
	r.broker.AppendIn(txn, task.CheckpointPartition(0), stored.CommitKey(0), note)
	r.progress.Log.Tree = tree
	r.progress.Seq++
	record, err := r.progress.Encode()
	r.must(err)
	r.broker.AppendIn(txn, stored.CommitPartition(0), stored.CommitKey(0), record)
	r.broker.Decide(txn, true)
}

func (r *logRig) encode(v *duty.Violation) []byte {
	value, err := r.codec.Encode(duty.TopicViolations, v)
	r.must(err)
	return value
}

// at are the places of the records of a partition in its log.
func (r *logRig) at(p broker.Partition) (at []int) {
	for i, e := range r.broker.Logs[p] {
		if !e.Control {
			at = append(at, i)
		}
	}
	return at
}

func (r *logRig) told(i int) *duty.Violation {
	record, err := r.codec.Decode(duty.TopicViolations, r.broker.Logs[toldTo][i].Rec.Value)
	r.must(err)
	return record.(*duty.Violation)
}

// remove takes records out of a log; what follows keeps no gap.
func (r *logRig) remove(p broker.Partition, of func(*broker.Record) bool) {
	r.broker.Logs[p] = slices.DeleteFunc(r.broker.Logs[p], func(e testkit.Entry) bool { return !e.Control && of(&e.Rec) })
	for i := range r.broker.Logs[p] {
		r.broker.Logs[p][i].Rec.Offset = int64(i)
	}
	delete(r.broker.Stables, p)
}

// rewriteUnit makes all revisions of a unit say something else, with digests that chain.
func (r *logRig) rewriteUnit(unit string) (revisions []duty.Violation) {
	previous := duty.None[string]()
	for _, i := range r.at(toldTo) {
		v := r.told(i)
		if v.UnitID != unit {
			continue
		}
		v.Shortfall, v.PreviousDigest = duty.Some(int32(7)), previous
		v.Digest = v.ComputeDigest()
		previous = duty.Some(v.Digest)
		r.broker.Logs[toldTo][i].Rec.Value = r.encode(v)
		revisions = append(revisions, *v)
	}
	return revisions
}

// checked checks the log.
func (r *logRig) checked(cfg LogConfig) CheckedLog {
	r.t.Helper()
	v := &verifier{codec: r.codec, broker: r.broker, parts: 1}
	l, err := v.readLog(context.Background(), 0)
	r.must(err)
	return l.check(&cfg)
}

// newest is the newest checkpoint.
func (r *logRig) newest() treelog.Note {
	l := r.checked(LogConfig{})
	if l.Newest == nil {
		r.t.Fatal("there is no checkpoint")
	}
	return *l.Newest
}

// Whatever somebody does to the topics shows, and is named.
func TestTamperingShows(t *testing.T) {
	for _, c := range []struct {
		name  string
		do    func(r *logRig)
		wants []string
	}{
		{"nothing", func(*logRig) {}, nil},
		{"a whole chain rewritten", func(r *logRig) {
			if bad := telling.CheckHistory(r.rewriteUnit("u2")); strings.Contains(bad, "digest") {
				r.t.Errorf("its digests do not chain: %s", bad)
			}
		}, slices.Repeat([]string{"unit u2 revision "}, 4)},
		{"a whole chain left out", func(r *logRig) {
			r.remove(toldTo, func(rec *broker.Record) bool { return string(rec.Key) == "u2" })
		}, slices.Repeat([]string{"was left out"}, 4)},
		{"one added", func(r *logRig) {
			r.broker.Append(toldTo, []byte("u9"), r.encode(r.next("u9")))
		}, []string{"unit u9 revision 1 at offset 36 was never logged: it was added"}},
		{"two changed places", func(r *logRig) {
			at := r.at(toldTo)
			a, b := &r.broker.Logs[toldTo][at[3]].Rec, &r.broker.Logs[toldTo][at[6]].Rec
			a.Value, b.Value = b.Value, a.Value
		}, []string{"was put elsewhere", "was put elsewhere"}},
		{"leaves gone", func(r *logRig) {
			r.remove(task.LeavesPartition(0), func(rec *broker.Record) bool { return string(rec.Key) == "4" })
		}, []string{"the entries from 4 on are not in log-leaves: the log has 24",
			"the newest checkpoint is of 24 entries, and 4 are there",
			"was never logged"}},
		{"checkpoints gone", func(r *logRig) { delete(r.broker.Logs, task.CheckpointPartition(0)) },
			[]string{"it has 24 entries, and no checkpoint is in log-checkpoints"}},
		{"leaves and revisions rewritten", func(r *logRig) { r.rewriteUnit("u1"); r.relog(false) },
			[]string{"the root of its 24 entries is", "the newest checkpoint of 24 entries has the root"}},
		{"the record of progress cut back", func(r *logRig) {
			at := r.at(stored.CommitPartition(0))
			r.remove(stored.CommitPartition(0), func(rec *broker.Record) bool { return rec.Offset == int64(at[len(at)-1]) })
		}, []string{"the newest checkpoint is of 24 entries, and 22 are there", "was never logged", "was never logged"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newLogRig(t)
			c.do(r)
			got := r.checked(LogConfig{Key: r.key.Public()})
			if len(got.Differences) < len(c.wants) || (len(c.wants) == 0) != (len(got.Differences) == 0) {
				t.Fatalf("%d differences, want %d:\n%s", len(got.Differences), len(c.wants), strings.Join(got.Differences, "\n"))
			}
			for i, want := range c.wants {
				if !strings.Contains(got.Differences[i], want) {
					t.Errorf("%q, want %q", got.Differences[i], want)
				}
			}
		})
	}
}

// relog makes the leaves anew from the revisions that are there, and, all of it, the checkpoints and
// the record of progress too.
func (r *logRig) relog(all bool) {
	var tree treelog.Tree
	for n, i := range r.at(task.LeavesPartition(0)) {
		rec := &r.broker.Logs[task.LeavesPartition(0)][i].Rec
		chunk, err := treelog.DecodeChunk(rec.Value)
		r.must(err)
		for k := range chunk.Leaves {
			digest, err := treelog.DigestOf(r.told(r.at(toldTo)[int(chunk.First)+k]).Digest)
			r.must(err)
			chunk.Leaves[k] = treelog.NewLeaf(chunk.Leaves[k].Salt, digest)
			tree.Append(chunk.Leaves[k].Hash)
		}
		rec.Value, err = chunk.Encode()
		r.must(err)
		if !all {
			continue
		}
		point := &r.broker.Logs[task.CheckpointPartition(0)][r.at(task.CheckpointPartition(0))[n]].Rec
		point.Value, err = (&treelog.Checkpoint{Origin: "violations/0", Size: tree.Size(), Root: tree.Root()}).Sign(r.key)
		r.must(err)
	}
	if !all {
		return
	}
	r.progress.Log.Tree = tree
	at := r.at(stored.CommitPartition(0))
	record, err := r.progress.Encode()
	r.must(err)
	r.broker.Logs[stored.CommitPartition(0)][at[len(at)-1]].Rec.Value = record
}

// A log that somebody who has the key too made anew, with all that goes with it, shows by a
// checkpoint that was kept elsewhere, and by nothing else.
func TestLogMadeAnewShowsByAKeptCheckpoint(t *testing.T) {
	r := newLogRig(t)
	early := r.newest()
	r.tell("u1", "u7")
	late := r.newest()
	if got := r.checked(LogConfig{Kept: []treelog.Note{early, late}, Key: r.key.Public()}); len(got.Differences) > 0 {
		t.Fatalf("%s", strings.Join(got.Differences, "\n"))
	}
	r.rewriteUnit("u0")
	r.relog(true)
	if got := r.checked(LogConfig{Key: r.key.Public()}); len(got.Differences) > 0 {
		t.Fatalf("by itself the log shows it: %s", strings.Join(got.Differences, "\n"))
	}
	got := r.checked(LogConfig{Kept: []treelog.Note{early, late}}).Differences
	if len(got) != 2 || !strings.Contains(got[0], "the checkpoint that was kept of 24 entries has the root") ||
		!strings.Contains(got[1], "the checkpoint that was kept of 26 entries has the root") {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	other, err := treelog.NewKey(r.salts)
	r.must(err)
	got = r.checked(LogConfig{Key: other.Public()}).Differences
	if len(got) != 1 || !strings.Contains(got[0], "of 26 entries: the checkpoint is not signed by this key") {
		t.Errorf("another key: %s", strings.Join(got, "\n"))
	}
}

// Revisions from before the log are no differences, and neither are entries whose salts are erased
// together with their revisions.
func TestOlderAndErasedRevisions(t *testing.T) {
	r := newLogRig(t)
	erased := r.told(r.at(toldTo)[5]).UnitID
	var chunk treelog.Chunk
	for _, i := range r.at(task.LeavesPartition(0)) {
		var err error
		chunk, err = treelog.DecodeChunk(r.broker.Logs[task.LeavesPartition(0)][i].Rec.Value)
		r.must(err)
		if chunk.First == 4 {
			break
		}
	}
	chunk.Leaves[1].Salt = treelog.Salt{}
	value, err := chunk.Encode()
	r.must(err)
	r.broker.Append(task.LeavesPartition(0), chunk.Key(), value)
	n := 0
	r.remove(toldTo, func(*broker.Record) bool { n++; return n == 6 })
	if got := r.checked(LogConfig{}); len(got.Differences) > 0 || got.Erased != 1 || got.Agree != 23 {
		t.Errorf("an erased revision: %+v", got)
	}
	// Nothing is proven of the one that was erased, and all of the others of its unit.
	l := &logReader{origin: "violations/0", wanted: func(v *duty.Violation) bool { return v.UnitID == erased }}
	r.must((&verifier{codec: r.codec, broker: r.broker, parts: 1}).read(context.Background(), l))
	proven, err := l.prove()
	r.must(err)
	if len(proven) < 2 {
		t.Fatalf("%d revisions of %s", len(proven), erased)
	}
	for _, p := range proven {
		if err := p.Proof.Check(); err != nil || p.Missing != "" ||
			p.Proof.UnitID != erased || p.Proof.Digest != p.Revision.Digest {
			t.Errorf("%+v (%v)", p, err)
		}
	}
	r = newLogRig(t)
	r.broker.Logs[task.LeavesPartition(0)], r.broker.Logs[task.CheckpointPartition(0)] = nil, nil
	r.progress.Log.Tree = treelog.Tree{}
	r.progress.Log.Begin = int64(len(r.broker.Logs[toldTo]))
	r.tell("u1", "u8")
	got := r.checked(LogConfig{})
	if len(got.Differences) > 0 || got.Older != 24 || got.Agree != 2 || got.Begin != 36 {
		t.Errorf("a log that begins late: %+v", got)
	}
}

// What is read of several partitions while the engine writes may be of different commits: it is
// read on.
func TestLogIsReadUntilItFits(t *testing.T) {
	r := newLogRig(t)
	for _, topic := range []string{duty.TopicLogLeaves, duty.TopicViolations,
		duty.TopicTaskCommits, duty.TopicLogCheckpoints} {
		r.tell("u1")
		p := broker.Partition{Topic: topic}
		log := r.broker.Logs[p]
		r.broker.Logs[p] = log[:len(log)-2] // a record and the marker of its transaction
		delete(r.broker.Stables, p)
		asked := 0
		r.broker.Fail = func(what string) error {
			if what == "ends" {
				if asked++; asked == 3 {
					r.broker.Logs[p] = log
				}
			}
			return nil
		}
		if got := r.checked(LogConfig{}); len(got.Differences) > 0 || asked != 3 {
			t.Errorf("%s comes late: asked %d times, %s", topic, asked, strings.Join(got.Differences, "\n"))
		}
	}
}
