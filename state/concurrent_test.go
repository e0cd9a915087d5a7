package state_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"testing"

	"tilsyn/state"
)

// TestTasksAtOnce runs tasks side by side, each in its goroutine, while the
// store is synced, backed up and verified: every task ends with exactly its own.
func TestTasksAtOnce(t *testing.T) {
	db := open(t, t.TempDir(), small)
	const tasks, commits = 4, 120
	stop := make(chan struct{})
	var side, wg sync.WaitGroup
	side.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			var err error
			switch n % 3 {
			case 0:
				err = db.Sync()
			case 1:
				_, err = db.Backup(io.Discard, 0)
			case 2:
				err = db.Verify()
			}
			if err != nil {
				t.Error(err)
				return
			}
		}
	})
	for id := range int32(tasks) {
		tk := task(t, db, id)
		wg.Go(func() {
			if err := runTask(tk, id, commits); err != nil {
				t.Errorf("task %d: %v", id, err)
			}
		})
	}
	wg.Wait()
	close(stop)
	side.Wait()
	for id := range int32(tasks) {
		for who := range 10 {
			p, err := task(t, db, id).Person(victim(who), state.Undated)
			if err != nil || len(p.Facts) != commits {
				t.Fatalf("task %d: %d facts %v, want %d", id, len(p.Facts), err, commits)
			}
			for _, f := range p.Facts {
				if int32(binary.BigEndian.Uint32(f)) != id {
					t.Fatalf("task %d has a fact of another task", id)
				}
			}
		}
	}
}

// runTask commits and reads back as it goes.
func runTask(tk state.Task, id int32, commits int) error {
	var b state.Batch
	for n := range uint64(commits) {
		b.Reset()
		fact := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(nil, uint32(id)), n)
		for who := range 10 {
			b.AddFact(victim(who), int32(n%5), fact)
			b.SetHeader(victim(who), int64(n), fact)
		}
		b.SetCheckpoint(fact)
		if err := tk.Commit(&b); err != nil {
			return err
		}
		p, err := tk.Person(victim(int(n%10)), state.Undated)
		if err != nil {
			return err
		}
		if uint64(len(p.Facts)) != n+1 || p.Header.Next != int64(n) {
			return fmt.Errorf("after commit %d: %d facts, header %v", n, len(p.Facts), p.Header)
		}
		due, _, err := tk.Due(int64(n), nil, 100)
		if err != nil {
			return err
		}
		if len(due) != 10 {
			return fmt.Errorf("after commit %d: %d persons due, want 10", n, len(due))
		}
	}
	return nil
}
