package stream

import (
	"math/rand/v2"
	"testing"

	"tilsyn/engine/duty"
)

// A second instance of the group takes over some of the tasks, and their state
// from the topics; nothing is told twice, and what is told stays right.
func TestSecondInstance(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for rebalances")
	}
	leaks(t)
	r := newRig(t, 4)
	feeds := residents(rand.New(rand.NewPCG(9, 9)), 30, 9)
	r.load(feeds[:len(feeds)/2])
	one, two := r.config(worldStart+20*duty.Day), r.config(worldStart+20*duty.Day)
	a := start(t, one)
	a.rest()
	b := start(t, two)
	r.load(feeds[len(feeds)/2:])
	a.rest()
	b.rest()
	if one.Stats.Commits.Load() == 0 || two.Stats.Commits.Load() == 0 {
		t.Errorf("%d and %d commits", one.Stats.Commits.Load(), two.Stats.Commits.Load())
	}
	r.verified()
	a.end()
	b.end()
	r.verified()
}
