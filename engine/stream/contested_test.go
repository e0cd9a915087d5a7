package stream

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"tilsyn/engine/duty"
)

// withPerson is a record of the same id and version that names somebody else; nil for
// what is made of no two.
func withPerson(record any, to string, at duty.Instant) any {
	switch v := record.(type) {
	case *duty.CardEvent:
		n := *v
		n.PersonID, n.ReceivedAt = duty.Some(to), at
		return &n
	case *duty.Notice:
		n := *v
		n.PersonID, n.ReceivedAt = to, at
		return &n
	case *duty.ObligationChange:
		n := *v
		n.PersonID, n.ReceivedAt = to, at
		return &n
	case *duty.Permission:
		n := *v
		n.PersonID, n.ReceivedAt = to, at
		return &n
	case *duty.GroupChange:
		n := *v
		n.PersonID, n.ReceivedAt = to, at
		return &n
	case *duty.CardAssignment:
		n := *v
		n.PersonID, n.ReceivedAt = to, at
		return &n
	case *duty.Hold:
		n := *v
		n.PersonID, n.ReceivedAt = to, at
		return &n
	}
	return nil
}

// contest makes some of the facts come under a second person too, with the same id in
// the same version, before or after; some records come twice as they are.
func contest(rng *rand.Rand, feeds []feed, persons int) []feed {
	for _, f := range slices.Clone(feeds) {
		if f.record == nil || parkedRow(f.record) {
			continue
		}
		if rng.IntN(6) == 0 {
			feeds = append(feeds, feed{at: f.at + duty.Instant(rng.Int64N(int64(duty.Day))), topic: f.topic, key: f.key, record: f.record})
		}
		if rng.IntN(5) > 0 {
			continue
		}
		for range 1 + rng.IntN(2) {
			to := fmt.Sprintf("Qperson%d", rng.IntN(persons))
			at := max(worldStart, f.at+duty.Instant(rng.Int64N(int64(3*duty.Day)))-duty.Day)
			if record := withPerson(f.record, to, at); record != nil {
				feeds = append(feeds, feed{at: at, topic: f.topic, key: to, record: record})
			}
		}
	}
	sort.SliceStable(feeds, func(i, j int) bool { return feeds[i].at < feeds[j].at })
	return feeds
}

// contenders are residents some of whose facts come under two of them.
func contenders(rng *rand.Rand, persons, days int) []feed {
	return contest(rng, residents(rng, persons, days), persons)
}

// One id in one version is one fact, under however many persons it comes (contract §1).
func TestContested(t *testing.T) {
	t.Parallel()
	contested := int64(0)
	forSeeds(t, 30, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%4)
		w.play(contenders(w.rng, 6, 4), worldEnd, 3)
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
	forSeeds(t, 20, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%3)
		w.play(contest(w.rng, wander(w.rng, neighbours(w.rng, 5, 3), 5), 5), worldEnd, 3)
		w.check()
	})
}

// The process dies at every effect in turn, and may lose the newest of its state.
func TestContestedCrash(t *testing.T) {
	t.Parallel()
	for i, lose := range []bool{false, true} {
		seed := uint64(i + 3)
		w := newCoreWorld(t, seed, 3)
		w.play(contenders(w.rng, 4, 3), worldEnd, 2)
		w.check()
		if w.stats.Contested.Load() == 0 {
			t.Fatal("nothing was contested")
		}
		step := max(1, w.effects/40)
		for at := 1 + int(seed)%step; at < w.effects; at += step {
			c := newCoreWorld(t, seed, 3)
			c.dieAt, c.loseTail = at, lose
			c.limits.Records = 7 + at%13
			c.limits.WalkStep = 1 + at%5
			c.play(contenders(c.rng, 4, 3), worldEnd, 2)
			if c.died == 0 {
				t.Fatalf("seed %d: nobody died at effect %d", seed, at)
			}
			if c.check(); t.Failed() {
				t.Fatalf("seed %d: death at effect %d of %d, tail lost: %v", seed, at, w.effects, lose)
			}
		}
	}
}

// Against a broker; `verify` finds the same by itself.
func TestContestedLive(t *testing.T) {
	t.Parallel()
	r := newRig(t, 3)
	r.load(contenders(rand.New(rand.NewPCG(13, 4)), 12, 5))
	e := start(t, r.config(worldStart+20*duty.Day))
	e.rest()
	if e.cfg.Stats.Contested.Load() == 0 {
		t.Error("nothing was contested")
	}
	e.end()
	r.verified()
}
