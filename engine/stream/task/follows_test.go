package task

import (
	"context"
	"errors"
	"testing"

	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/testkit"
)

// A transaction of another program on task-commits is undecided when a cycle writes its record
// behind it. The cycle is aborted and recovery waits; when the other transaction is aborted too,
// all goes on as if nothing had been.
func TestUndecidedProgressInBetween(t *testing.T) {
	seeds.ForEach(t, 20, func(t *testing.T, seed uint64) {
		w := newWorld(t, seed, 1)
		feeds := testkit.Residents(w.rng, 4, 4)
		w.boot()
		half := len(feeds) / 2
		for i := range feeds[:half] {
			w.now = max(w.now, feeds[i].At)
			w.send(&feeds[i])
			w.turn()
		}
		w.rest()
		var stranger testkit.Txn
		w.broker.AppendIn(&stranger, stored.CommitPartition(0), stored.CommitKey(0), []byte("x"))
		commits := len(w.broker.Committed(stored.CommitPartition(0)))
		ctx := context.Background()
		var err error
		next := half
		for ; next < len(feeds) && err == nil; next++ {
			w.now = max(w.now, feeds[next].At)
			w.send(&feeds[next])
			_, err = w.tasks[0].Step(ctx)
		}
		if !errors.Is(err, ErrNotNext) {
			t.Fatalf("the cycle ended with %v", err)
		}
		if err := w.tasks[0].Recover(ctx); !errors.Is(err, broker.ErrTransient) {
			t.Errorf("recovery beside an open transaction: %v", err)
		}
		w.broker.Decide(&stranger, false)
		w.must(w.tasks[0].Recover(ctx))
		if n := len(w.broker.Committed(stored.CommitPartition(0))); n != commits {
			t.Errorf("%d records of progress were committed meanwhile", n-commits)
		}
		for ; next < len(feeds); next++ {
			w.now = max(w.now, feeds[next].At)
			w.send(&feeds[next])
		}
		w.now = worldEnd
		w.rest()
		w.check()
	})
}
