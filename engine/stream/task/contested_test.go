package task

import (
	"testing"

	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// One id in one version is one fact, however many persons it comes under (contract §1).
func TestContested(t *testing.T) {
	t.Parallel()
	contested := int64(0)
	seeds.ForEach(t, 30, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%4)
		w.play(testkit.Contenders(w.rng, 6, 4), worldEnd, 3)
		w.check()
		contested += w.stats.Contested.Load()
	})
	if contested == 0 {
		t.Error("nothing was contested")
	}
}

// The same with versions that move, links, and cards of several persons.
func TestContestedAmongNeighbours(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "worlds of neighbours, beside those of one person")
	seeds.ForEach(t, 20, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%3)
		w.play(testkit.Contest(w.rng, testkit.Wander(w.rng, testkit.Neighbours(w.rng, 5, 3), 5), 5), worldEnd, 3)
		w.check()
	})
}
