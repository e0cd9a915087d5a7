package state_test

import (
	"errors"
	"sync/atomic"
	"testing"

	"tilsyn/state"
)

var errDropped = errors.New("a merge that fails behind its deletions")

// TestMergeFailsBehindItsDeletions lets merges fail after they count and have deleted what they replaced: they are
// not run again on what is gone, and no fact is lost, neither at once nor when the store is opened again.
func TestMergeFailsBehindItsDeletions(t *testing.T) {
	dir, merges := t.TempDir(), atomic.Int64{}
	opt := small
	opt.Pages, opt.MergeBytes = 16, 12<<10 // so that a page is compacted by each merge
	db := open(t, dir, opt.WithDropped(func() error {
		if merges.Add(1)%2 == 0 {
			return errDropped
		}
		return nil
	}))
	tk, n := task(t, db, 3), uint64(0)
	for merges.Load() < 40 {
		var b state.Batch
		fillFacts(&b, n+1, 0)
		switch err := tk.Commit(&b); {
		case err == nil:
			n++
		case !errors.Is(err, errDropped):
			t.Fatalf("commit %d: %v", n+1, err)
		}
	}
	checkWhole(t, db, n)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	checkWhole(t, open(t, dir, opt), n)
}
