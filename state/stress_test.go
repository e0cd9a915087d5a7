package state_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"tilsyn/state"
)

// TestStress runs tasks, backups, syncs and checks at once for a while and
// closes the store under them again and again: nobody ever sees anything but
// what was committed, or ErrClosed. TILSYN_STRESS sets how long, e.g. 60s.
func TestStress(t *testing.T) {
	long := time.Duration(size(2000)) * time.Millisecond
	if s := os.Getenv("TILSYN_STRESS"); s != "" {
		var err error
		if long, err = time.ParseDuration(s); err != nil {
			t.Fatalf("TILSYN_STRESS: %v", err)
		}
	}
	seed := seedOf(t)
	r := rand.New(rand.NewPCG(seed, 9))
	dir := t.TempDir()
	opt := small
	opt.MappedBytes = 1
	var done [4]uint64 // commits that were acknowledged
	closings := 0
	for end := time.Now().Add(long); time.Now().Before(end) && !t.Failed(); closings++ {
		db, err := state.Open(dir, opt)
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for id := range done {
			wg.Go(func() { stressTask(t, db, int32(id), &done[id], rand.New(rand.NewPCG(seed, uint64(closings*10+id)))) })
		}
		wg.Go(func() { stressSide(t, db) })
		time.Sleep(time.Duration(50+r.IntN(500)) * time.Millisecond)
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		wg.Wait()
	}
	t.Logf("seed %d: %d closings, commits %v", seed, closings, done)
}

// stressTask works on a task until the store is closed.
func stressTask(t *testing.T, db *state.DB, id int32, done *uint64, r *rand.Rand) {
	tk, err := db.Task(id)
	for err == nil {
		switch n := r.IntN(100); {
		case n < 60:
			err = stressCommit(tk, done, r)
		case n < 99:
			err = stressRead(tk, *done, r)
		case r.IntN(10) == 0:
			if err = tk.Discard(); err == nil {
				*done = 0
			}
		}
	}
	if !errors.Is(err, state.ErrClosed) {
		t.Errorf("task %d: %v, want ErrClosed", id, err)
	}
}

// stressCommit adds a fact of every person, and numbers it.
func stressCommit(tk state.Task, done *uint64, r *rand.Rand) error {
	var b state.Batch
	fact := binary.BigEndian.AppendUint64(make([]byte, 0, 60), *done+1)[:8+r.IntN(50)]
	for who := range 10 {
		b.AddFact(victim(who), int32(*done%5), fact)
		b.SetHeader(victim(who), int64(*done+1), fact)
	}
	b.SetCheckpoint(fact)
	err := tk.Commit(&b)
	if err == nil {
		*done++
	}
	return err
}

// stressRead checks that a person, or everybody, has every commit once.
func stressRead(tk state.Task, done uint64, r *rand.Rand) error {
	if r.IntN(2) == 0 {
		p, err := tk.Person(victim(r.IntN(10)), state.Undated)
		if err == nil && uint64(len(p.Facts)) != done {
			err = fmt.Errorf("%d facts after %d commits", len(p.Facts), done)
		}
		return err
	}
	visited := 0
	all := func(_, _ []byte) int32 { return state.Undated }
	_, err := tk.WalkDue(state.Never, nil, 100, all, func(v *state.View) error {
		visited++
		if n := uint64(len(unique(v.Facts))); n != done || uint64(v.Header.Next) != done {
			return fmt.Errorf("a walk shows %d facts and header %d after %d commits", n, v.Header.Next, done)
		}
		return nil
	})
	if err == nil && done > 0 && visited != 10 {
		err = fmt.Errorf("a walk visited %d persons, want 10", visited)
	}
	return err
}

// stressSide does what an instance does beside its tasks.
func stressSide(t *testing.T, db *state.DB) {
	for n := 0; ; n++ {
		var err error
		switch n % 4 {
		case 0:
			err = db.Sync()
		case 1:
			_, err = db.Backup(io.Discard, 0)
		case 2:
			err = db.Verify()
		case 3:
			_, err = db.Inspect()
		}
		if errors.Is(err, state.ErrClosed) {
			return
		}
		if err != nil {
			t.Errorf("step %d beside the tasks: %v", n%4, err)
			return
		}
	}
}
