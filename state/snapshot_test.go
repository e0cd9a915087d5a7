package state_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"tilsyn/state"
)

// A snapshot taken in the middle of random commits, and written while they go
// on, gives another store exactly what the model held at that moment; nothing of
// a damaged one is taken up.
func TestSnapshot(t *testing.T) {
	seed := seedOf(t)
	p := newPair(t, seed)
	defer func() { p.db.Close() }()
	p.commits(300)
	for i := range p.tasks {
		b := &state.Batch{}
		b.SetCheckpoint([]byte(fmt.Sprintf("checkpoint %d", i)))
		if err := errors.Join(p.tasks[i].real.Commit(b), p.tasks[i].model.Commit(b)); err != nil {
			t.Fatal(err)
		}
	}
	moment := p.model.Copy()
	snaps := make([]*state.Snapshot, len(p.tasks))
	for i := range p.tasks {
		var err error
		if snaps[i], err = p.tasks[i].real.(state.Snapshotter).Snapshot(); err != nil {
			t.Fatal(err)
		}
	}
	p.commits(200)

	q := newPair(t, seed+1)
	defer func() { q.db.Close() }()
	q.commits(100) // what was there is replaced
	for i := range q.tasks {
		var buf bytes.Buffer
		if err := snaps[i].Write(&buf); err != nil {
			t.Fatal(err)
		}
		snaps[i].Close()
		whole := buf.Bytes()
		if cp, err := state.ReadSnapshotCheckpoint(bytes.NewReader(whole)); err != nil ||
			string(cp) != string(snaps[i].Checkpoint) {
			t.Errorf("seed %d: checkpoint %q, %v", seed, cp, err)
		}
		to := q.tasks[i].real.(state.Snapshotter)
		for range 20 {
			bad := bytes.Clone(whole)
			at := q.r.IntN(len(bad))
			if q.r.IntN(2) == 0 {
				bad = bad[:at]
			} else {
				bad[at] ^= byte(1 + q.r.IntN(255))
			}
			if err := to.Restore(bytes.NewReader(bad)); !errors.Is(err, state.ErrSnapshot) {
				t.Fatalf("seed %d: a snapshot damaged at %d of %d gave %v", seed, at, len(whole), err)
			}
		}
		q.sameTask(i) // as it was
		if err := to.Restore(bytes.NewReader(whole)); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
	q.model = moment
	same := func() {
		t.Helper()
		for i := range q.tasks {
			q.sameTask(i)
			q.sameWalk(i, state.Never, 9)
			for who := range 60 {
				q.samePerson(i, personName(who), state.Undated)
			}
		}
	}
	q.reopen() // the restored state survives, and the model is the other store's
	same()
	q.commits(50)
	if err := errors.Join(q.tasks[1].real.Discard(), q.tasks[1].model.Discard()); err != nil {
		t.Fatal(err)
	}
	q.commits(50)
	q.reopen()
	same()
}
