package task

import (
	"cmp"
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	residents "tilsyn/engine/simulate"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// lived are the facts of residents under all duties over some days, their centres' among them, as they become known.
func lived(t *testing.T, seed uint64, days int, ordinary bool) (feeds []testkit.Feed) {
	t.Helper()
	_, err := residents.Run(residents.Config{Seed: seed, Start: duty.DateOf(2026, 1, 10), Days: days, Persons: 2,
		Ordinary: ordinary}, residents.SinkFunc(func(f residents.Fact) error {
		feeds = append(feeds, testkit.Feed{At: f.ReceivedAt, Topic: f.Topic, Key: f.Key, Record: f.Record})
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(feeds, func(a, b testkit.Feed) int { return cmp.Compare(a.At, b.At) })
	return feeds
}

// TestCarriedOverMonths: where residents live under all duties for months, most verdicts judge only what is not
// carried, and everything told is what replay says; also where processes die, which forgets what is carried.
func TestCarriedOverMonths(t *testing.T) {
	t.Parallel()
	carried, all := int64(0), int64(0)
	seeds.ForEach(t, 6, func(t *testing.T, seed uint64) {
		w := newWorld(t, seed, 1+int32(seed%2))
		w.judge, w.policy = Core{}, policy.Builtin()
		w.boot()
		checked := seeds.Start
		feeds := lived(t, seed, 40+w.rng.IntN(30), seed%3 > 0)
		for i := range feeds {
			w.now = max(w.now, feeds[i].At)
			w.send(&feeds[i])
			if w.rng.IntN(2) == 0 {
				w.turn()
			}
			if w.rng.IntN(2000) == 0 {
				w.dieAt = w.effects + w.rng.IntN(20)
			}
			if w.now > checked+12*duty.Day {
				checked = w.now
				w.rest()
				w.check()
			}
		}
		w.rest()
		w.check()
		carried, all = carried+w.stats.Carried.Load(), all+w.stats.Evaluations.Load()
	})
	t.Logf("%d of %d verdicts on what is not carried", carried, all)
	if carried == 0 {
		t.Error("nothing is carried")
	}
}
