package task

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
	"tilsyn/state/statetest"
)

const worldEnd = seeds.Start + 9*duty.Day

// A run without faults tells what follows from the facts.
func TestStraight(t *testing.T) {
	seeds.ForEach(t, 20, func(t *testing.T, seed uint64) {
		w := newWorld(t, seed, 2)
		w.play(testkit.Residents(w.rng, 6, 5), worldEnd, 3)
		w.check()
		if len(w.histories()) == 0 {
			t.Error("nothing was told")
		}
	})
}

// The process crashes at each effect of a run in turn, and goes on with another batch size: what
// was told is as if it had not.
func TestCrashAfterEveryEffect(t *testing.T) {
	t.Parallel()
	for i, lose := range []bool{false, true} {
		seeds.ForEach(t, 1, func(t *testing.T, seed uint64) {
			seed += uint64(i)
			feeds := testkit.Residents(newWorld(t, seed, 1).rng, 4, 4)
			straight := newWorld(t, seed, 1)
			straight.play(feeds, worldEnd, 2)
			straight.check()
			step := 1
			if !seeds.Full() {
				step = 23
			}
			for die := 1; die <= straight.effects; die += step {
				w := newWorld(t, seed, 1)
				w.dieAt, w.loseTail = die, lose
				w.limits.Records = 1 + die%5
				w.limits.Decisions = 1 + die%3
				w.limits.WalkStep = 1 + die%2
				w.play(feeds, worldEnd, 2)
				if t.Failed() {
					t.Fatalf("died at effect %d", die)
				}
				w.check()
			}
		})
	}
}

// Crashes, lost tails and lost answers come at random, with random batch sizes.
func TestRandomFaults(t *testing.T) {
	t.Parallel()
	died := 0
	seeds.ForEach(t, 200, func(t *testing.T, seed uint64) {
		w := newWorld(t, seed, int32(1+seed%3))
		w.loseTail = seed%2 == 0
		w.broker.Most = 1 + int(seed%9)
		w.limits.Records = 1 + int(seed%7)
		w.limits.Decisions = 1 + int(seed%4)
		w.limits.WalkStep = 1 + int(seed%3)
		w.broker.Effect = func(string) error {
			if w.rng.IntN(60) == 0 {
				return testkit.ErrCrash
			}
			return nil
		}
		w.broker.Deaf = func() int { return max(0, w.rng.IntN(40)-37) }
		w.play(testkit.Residents(w.rng, 5, 5), worldEnd, 3)
		w.check()
		died += w.died
	})
	if died < seeds.Size(t, 50) {
		t.Errorf("only %d processes died", died)
	}
}

// The same with the real core and its policy.
func TestRandomFaultsWithCore(t *testing.T) {
	told := 0
	seeds.ForEach(t, 12, func(t *testing.T, seed uint64) {
		w := newWorld(t, seed, 2)
		w.judge, w.policy = Core{}, policy.Builtin()
		w.loseTail = seed%2 == 0
		w.broker.Most = 1 + int(seed%9)
		w.limits.Records = 1 + int(seed%7)
		w.limits.Decisions = 1 + int(seed%4)
		w.broker.Effect = func(string) error {
			if w.rng.IntN(80) == 0 {
				return testkit.ErrCrash
			}
			return nil
		}
		w.broker.Deaf = func() int { return max(0, w.rng.IntN(40)-37) }
		w.play(testkit.Residents(w.rng, 5, 5), seeds.Start+25*duty.Day, 3)
		w.check()
		told += len(w.histories())
		if n := w.stats.Refused.Load(); n > 0 {
			t.Errorf("%d units refused", n)
		}
	})
	if told == 0 {
		t.Error("nothing was told")
	}
}

// An old owner whose task was taken over writes nothing and says why.
func TestFenced(t *testing.T) {
	w := newWorld(t, 1, 1)
	feeds := testkit.Residents(w.rng, 3, 3)
	w.boot()
	zombie := w.tasks[0]
	for i := range feeds {
		w.now = max(w.now, feeds[i].At)
		w.send(&feeds[i])
	}
	w.boot()
	w.must(w.reader.ReadToEnd(context.Background()))
	if _, err := zombie.Step(context.Background()); !errors.Is(err, broker.ErrFenced) {
		t.Fatalf("the zombie's cycle ended with %v", err)
	}
	w.now = worldEnd
	w.rest()
	w.check()
}

// A task refuses to go on with a log that is not the one it read.
func TestForeignLog(t *testing.T) {
	w := newWorld(t, 1, 1)
	w.play(testkit.Residents(w.rng, 3, 3), worldEnd, 2)
	p := broker.Partition{Topic: duty.TopicCardEvents, Index: 0}
	log := w.broker.Logs[p]
	log[len(log)-1].Rec.Value = []byte("something else")
	w.store = w.store.Kill()
	st, err := w.store.Task(0)
	w.must(err)
	old := w.tasks[0]
	task := NewTask(TaskConfig{Task: 0, Partitions: 1, PartitionOf: w.partitionOf, Broker: w.broker,
		Store: st, Centres: w.reader,
		Judge: w.judge, Codec: w.codec, Clock: old.clock, Wall: w.wall, Limits: w.limits, Stats: &w.stats})
	if err := task.Recover(context.Background()); !errors.Is(err, broker.ErrForeignLog) {
		t.Fatalf("recovery ended with %v", err)
	}
}

// A rebuild from topics that say much less than before stops unless it is allowed.
func TestRebuildStops(t *testing.T) {
	for _, accept := range []bool{false, true} {
		w := newWorld(t, 1, 1)
		w.limits.Decisions = 3
		var feeds []testkit.Feed
		duties := func(to duty.Opt[duty.Instant]) []testkit.Feed {
			feeds = nil
			for i := range 30 {
				who := fmt.Sprintf("Qperson%d", i)
				feeds = append(feeds, testkit.Feed{At: seeds.Start, Topic: "obligation-changes", Key: who,
					Record: &duty.ObligationChange{
						ID: who, Version: 1, ReceivedAt: seeds.Start, DecisionID: "d", PersonID: who,
						Kind: duty.KindStay, Action: duty.ActionImpose,
						LegalBasis: duty.LegalBasisReturnAct132, CentreID: "KH", ServedAt: duty.Some(seeds.Start),
						ValidFrom: seeds.Start, ValidTo: to}})
			}
			return feeds
		}
		w.play(duties(duty.None[duty.Instant]()), worldEnd, 2)
		if n := len(w.histories()); n <= maxRebuildWithdrawals {
			t.Fatalf("only %d units were told", n)
		}
		log := w.broker.Logs[broker.Partition{Topic: "obligation-changes", Index: 0}]
		for i, f := range duties(duty.Some(seeds.Start - duty.Day)) {
			value, err := w.codec.Encode(f.Topic, f.Record)
			w.must(err)
			log[i].Rec.Value = value
		}
		w.store = statetest.NewModel()
		w.boot()
		task := w.tasks[0]
		task.accept = accept
		var err error
		for range 500 {
			if _, err = task.Step(context.Background()); err != nil || task.AtRest() {
				break
			}
		}
		if got := errors.Is(err, ErrRebuild); got == accept || accept && err != nil {
			t.Errorf("accept %v: the rebuild ended with %v", accept, err)
		}
	}
}

// stalled is a world in which one record lies in another program's open transaction, so that
// caught_up does not move from then on.
func stalled(w *world) {
	p := broker.Partition{Topic: duty.TopicCardEvents, Index: 0}
	w.broker.Put(p, broker.Record{Key: []byte("Qperson0"), Value: []byte{1}}, &testkit.Txn{}, false)
}

// While something cannot be read nobody is accused, whether by the clock or by a fact. What clears
// is told all the same, be it a fact of the person or of the centre.
func TestAccusesLateClearsAtOnce(t *testing.T) {
	w := newWorld(t, 1, 1)
	w.boot()
	impose := func(who string, day duty.Instant) {
		w.send(&testkit.Feed{Topic: "obligation-changes", Key: who,
			Record: &duty.ObligationChange{ID: who, Version: 1, ReceivedAt: w.now,
				DecisionID: fmt.Sprintf("d%d", day), PersonID: who, Kind: duty.KindStay, Action: duty.ActionImpose,
				LegalBasis: duty.LegalBasisReturnAct132,
				CentreID:   "KH", ServedAt: duty.Some(seeds.Start), ValidFrom: seeds.Start + day*duty.Day,
				ValidTo: duty.Some(seeds.Start + (day+1)*duty.Day)}})
	}
	at := func(hours int) {
		w.now = seeds.Start + duty.Instant(hours)*duty.Hour
		for range 20 {
			w.turn()
		}
	}
	last := func() map[string]duty.Status {
		out := map[string]duty.Status{}
		for _, h := range w.histories() {
			v := h[len(h)-1]
			out[fmt.Sprintf("%s/%d", v.PersonID, v.UnitDate-testkit.DayOfInstant(seeds.Start))] = v.Status
		}
		return out
	}
	want := func(when string, want map[string]duty.Status) {
		t.Helper()
		if got := last(); !maps.Equal(got, want) {
			t.Errorf("%s: told %v, want %v", when, got, want)
		}
	}
	impose("Qperson1", 0)
	impose("Qperson2", 0)
	at(24 * 6)
	review := duty.StatusNeedsReview
	want("after six days", map[string]duty.Status{"Qperson1/0": review, "Qperson1/1": review, "Qperson2/0": review,
		"Qperson2/1": review})
	at(24*6 + 1)
	stalled(w)
	w.now++
	impose("Qperson3", 0)
	impose("Qperson2", 3)
	at(24 * 9)
	want("stalled", map[string]duty.Status{"Qperson1/0": review, "Qperson1/1": review, "Qperson2/0": review,
		"Qperson2/1": review})
	w.send(&testkit.Feed{Topic: "permissions", Key: "Qperson1",
		Record: &duty.Permission{ID: "p", Version: 1, ReceivedAt: w.now, PermissionID: "p",
			PersonID: "Qperson1", Status: duty.PermissionStatusGranted, ValidFrom: seeds.Start,
			ValidTo: seeds.Start + 2*duty.Day, DecidedAt: w.now,
			ReportEffect: duty.ReportEffectExcused}})
	w.send(&testkit.Feed{Topic: "exclusions", Key: "KH",
		Record: &duty.Exclusion{ID: "e", Version: 1, ReceivedAt: w.now, ExclusionID: "e", CentreID: "KH",
			FromDate: testkit.DayOfInstant(seeds.Start) + 1, ToDate: testkit.DayOfInstant(seeds.Start) + 1,
			Status: duty.ExclusionStatusDeclared, DeclaredBy: "a", ApprovedBy: "b", DeclaredAt: w.now}})
	at(24*9 + 1)
	gone := duty.StatusWithdrawn
	want("cleared", map[string]duty.Status{"Qperson1/0": gone, "Qperson1/1": gone, "Qperson2/0": review,
		"Qperson2/1": gone})
	if w.stats.Held.Load() == 0 {
		t.Error("nothing was held back")
	}
}
