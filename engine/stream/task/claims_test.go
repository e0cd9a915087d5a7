package task

import (
	"math/rand/v2"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/testkit"
	"tilsyn/state"
)

// A record that comes twice under one key is no contest, and a name is examined with
// all claims of before, also those of a process that is gone.
func TestClaimsOfBefore(t *testing.T) {
	t.Parallel()
	w := newCoreWorld(t, 4, 2)
	w.boot()
	first, second := w.pairOf()
	w.sendStay(first)
	row := exitOf("out", first, w.now)
	w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: first, Record: row})
	w.rest()
	w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: first, Record: row})
	w.rest()
	if n := w.stats.Contested.Load(); n != 0 {
		t.Fatalf("%d names are contested by a record that came twice", n)
	}
	w.restore()
	w.boot()
	w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: second, Record: exitOf("out", second, w.now)})
	w.rest()
	w.check()
	if n := w.stats.Contested.Load(); n != 2 {
		t.Errorf("%d tasks know of the contest", n)
	}
}

// Names that agree in all that is kept of them are told apart from those that do not,
// in every shard.
func TestClaimsInShards(t *testing.T) {
	t.Parallel()
	w := newCoreWorld(t, 1, 1)
	w.boot()
	task := w.tasks[0]
	rng := rand.New(rand.NewPCG(3, 9))
	want := map[uint64]bool{}
	for range 3 {
		task.resetCycle(task.limits.Decisions)
		for range 4000 {
			name := rng.Uint64()
			task.claimFor(name, 1, true)
			switch rng.IntN(8) {
			case 0:
				task.claimFor(name, 1, true)
			case 1:
				task.claimFor(name, 2+uint32(rng.IntN(3)), true)
				want[keptName(name)] = true
			}
		}
		task.at.Inputs[broker.Partition{Topic: duty.TopicCardEvents}]++
		w.must(task.examine())
		w.must(task.save(false))
	}
	for name := range want {
		if !task.claims.contested.Names[name] {
			t.Fatal("a name that is claimed for two keys is not contested")
		}
	}
	if len(task.claims.contested.Names) != len(want) {
		t.Errorf("%d of %d names are contested", len(task.claims.contested.Names), len(want))
	}
	stored, err := task.store.Person(shardKey(5), state.Aside)
	w.must(err)
	if len(stored.Facts) != 3 {
		t.Errorf("a shard has %d blocks after three cycles", len(stored.Facts))
	}
	if ids, _, err := task.store.Persons(nil, 10); err != nil || len(ids) > 0 {
		t.Errorf("a walk finds %v, %v", ids, err)
	}
	w.must(task.loadContested())
	w.must(task.loadClaims())
	if len(task.claims.contested.Names) != len(want) || task.claims.Pending() {
		t.Error("a restart forgets what was contested, or examines it again")
	}
}
