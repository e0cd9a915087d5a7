package stream

import (
	"context"
	"errors"
	"testing"
)

// A transaction of somebody else on task-commits that is not decided, before the
// record of a cycle: the cycle is taken back, recovery waits, and when the other one
// is taken back too all goes on as if nothing had been.
func TestUndecidedProgressInBetween(t *testing.T) {
	forSeeds(t, 20, func(t *testing.T, seed uint64) {
		w := newWorld(t, seed, 1)
		feeds := residents(w.rng, 4, 4)
		w.boot()
		half := len(feeds) / 2
		for i := range feeds[:half] {
			w.now = max(w.now, feeds[i].at)
			w.send(&feeds[i])
			w.turn()
		}
		w.rest()
		var stranger modelTxn
		w.broker.appendIn(&stranger, commitPartition(0), commitKey(0), []byte("x"))
		commits := len(w.broker.committed(commitPartition(0)))
		ctx := context.Background()
		var err error
		next := half
		for ; next < len(feeds) && err == nil; next++ {
			w.now = max(w.now, feeds[next].at)
			w.send(&feeds[next])
			_, err = w.tasks[0].Step(ctx)
		}
		if !errors.Is(err, errNotNext) {
			t.Fatalf("the cycle ended with %v", err)
		}
		if err := w.tasks[0].Recover(ctx); !errors.Is(err, ErrTransient) {
			t.Errorf("recovery beside an open transaction: %v", err)
		}
		w.broker.decide(&stranger, false)
		w.must(w.tasks[0].Recover(ctx))
		if n := len(w.broker.committed(commitPartition(0))); n != commits {
			t.Errorf("%d records of progress were committed meanwhile", n-commits)
		}
		for ; next < len(feeds); next++ {
			w.now = max(w.now, feeds[next].at)
			w.send(&feeds[next])
		}
		w.now = worldEnd
		w.rest()
		w.check()
	})
}
