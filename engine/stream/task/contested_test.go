package task

import (
	"testing"

	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// One id in one version is one fact, under however many persons it comes (contract §1).
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

// With versions that move, links and cards of several persons beside it.
func TestContestedAmongNeighbours(t *testing.T) {
	t.Parallel()
	seeds.ForEach(t, 20, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%3)
		w.play(testkit.Contest(w.rng, testkit.Wander(w.rng, testkit.Neighbours(w.rng, 5, 3), 5), 5), worldEnd, 3)
		w.check()
	})
}

// The process dies at every effect in turn, and may lose the newest of its state.
func TestContestedCrash(t *testing.T) {
	t.Parallel()
	for i, lose := range []bool{false, true} {
		seed := uint64(i + 3)
		w := newCoreWorld(t, seed, 3)
		w.play(testkit.Contenders(w.rng, 4, 3), worldEnd, 2)
		w.check()
		if w.stats.Contested.Load() == 0 {
			t.Fatal("nothing was contested")
		}
		step := max(1, w.effects/seeds.Size(t, 40))
		for at := 1 + int(seed)%step; at < w.effects; at += step {
			c := newCoreWorld(t, seed, 3)
			c.dieAt, c.loseTail = at, lose
			c.limits.Records = 7 + at%13
			c.limits.WalkStep = 1 + at%5
			c.play(testkit.Contenders(c.rng, 4, 3), worldEnd, 2)
			if c.died == 0 {
				t.Fatalf("seed %d: nobody died at effect %d", seed, at)
			}
			if c.check(); t.Failed() {
				t.Fatalf("seed %d: death at effect %d of %d, tail lost: %v", seed, at, w.effects, lose)
			}
		}
	}
}
