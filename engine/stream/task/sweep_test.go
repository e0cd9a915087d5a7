package task

import (
	"fmt"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// A fact of a centre reaches every person whom nothing else would wake, whatever the size of the
// steps, and wherever the process crashes.
func TestSweepReachesEverybody(t *testing.T) {
	seeds.ForEach(t, 30, func(t *testing.T, seed uint64) {
		w := newWorld(t, seed, 2)
		w.limits.WalkStep, w.limits.Decisions = 1+int(seed%4), 1+int(seed%3)
		w.loseTail = seed%2 == 1
		var feeds []testkit.Feed
		for i := range 12 {
			who := fmt.Sprintf("Qperson%d", i)
			feeds = append(feeds, testkit.Feed{At: seeds.Start, Topic: "obligation-changes", Key: who,
				Record: &duty.ObligationChange{ID: who, Version: 1,
					ReceivedAt: seeds.Start, DecisionID: "d", PersonID: who, Kind: duty.KindStay, Action: duty.ActionImpose,
					LegalBasis: duty.LegalBasisReturnAct132, CentreID: "KH", ServedAt: duty.Some(seeds.Start), ValidFrom: seeds.Start,
					ValidTo: duty.Some(seeds.Start)}})
		}
		w.play(feeds, seeds.Start+8*duty.Day, 2)
		w.check()
		w.broker.Effect = func(string) error {
			if w.rng.IntN(15) == 0 {
				return testkit.ErrCrash
			}
			return nil
		}
		for _, status := range []duty.ExclusionStatus{duty.ExclusionStatusDeclared, duty.ExclusionStatusLifted} {
			w.now += duty.Hour
			w.send(&testkit.Feed{Topic: "exclusions",
				Key: "KH", Record: &duty.Exclusion{ID: status.String(), Version: 1, ReceivedAt: w.now,
					ExclusionID: status.String(), CentreID: "KH", FromDate: testkit.DayOfInstant(seeds.Start) - 1,
					ToDate: testkit.DayOfInstant(seeds.Start), Status: status,
					DeclaredAt: w.now}})
			for range w.rng.IntN(4) {
				w.turn()
			}
		}
		w.now += duty.Hour
		w.rest()
		w.check()
		for id, h := range w.histories() {
			if v := h[len(h)-1]; v.Status != duty.StatusWithdrawn {
				t.Errorf("%s is %s", id, v.Status)
			}
		}
	})
}

// A record in a partition other than that of its key, as a producer with another partitioner
// writes it, holds the person wherever that is, and nobody else.
func TestMisplacedRecordHolds(t *testing.T) {
	w := newWorld(t, 3, 2)
	w.boot()
	impose := func(who string) *duty.ObligationChange {
		return &duty.ObligationChange{ID: who, Version: 1, ReceivedAt: seeds.Start, DecisionID: "d", PersonID: who,
			Kind:   duty.KindStay,
			Action: duty.ActionImpose, LegalBasis: duty.LegalBasisReturnAct132, CentreID: "KH", ServedAt: duty.Some(seeds.Start),
			ValidFrom: seeds.Start, ValidTo: duty.Some(seeds.Start)}
	}
	for i := range 4 {
		who := fmt.Sprintf("Qperson%d", i)
		w.send(&testkit.Feed{Topic: "obligation-changes", Key: who, Record: impose(who)})
	}
	value, err := w.codec.Encode("obligation-changes", impose("Qperson1"))
	w.must(err)
	w.broker.Append(broker.Partition{Topic: "obligation-changes", Index: 1 - w.partitionOf("Qperson1")},
		[]byte("Qperson1"), value)
	w.now = seeds.Start + 6*duty.Day
	w.rest()
	if h := w.histories(); len(h) != 3 {
		t.Errorf("%d units were told, want those of three persons", len(h))
	}
	n := 0
	for i := range w.parts {
		n += len(w.broker.Committed(broker.Partition{Topic: duty.TopicDeadLetters, Index: i}))
	}
	if n != 1 {
		t.Errorf("%d dead letters", n)
	}
	for id := range w.histories() {
		if strings.HasPrefix(id, "Qperson1/") {
			t.Error("the person of the misplaced record was accused")
		}
	}
}

// faulty is a law that fails on one person.
type faulty struct{ judgeModel }

func (f faulty) Evaluate(in duty.Input, at duty.Instant) duty.Result {
	if in.PersonID == "Qperson0" {
		panic("a fault of the program")
	}
	return f.judgeModel.Evaluate(in, at)
}

// A fault in the verdict on one person is counted and does not stop others.
func TestFaultStopsNobodyElse(t *testing.T) {
	w := newWorld(t, 4, 1)
	w.judge = faulty{}
	w.boot()
	for i := range 3 {
		who := fmt.Sprintf("Qperson%d", i)
		w.send(&testkit.Feed{Topic: "obligation-changes", Key: who,
			Record: &duty.ObligationChange{ID: who, Version: 1, ReceivedAt: seeds.Start,
				DecisionID: "d", PersonID: who, Kind: duty.KindStay, Action: duty.ActionImpose,
				LegalBasis: duty.LegalBasisReturnAct132,
				CentreID:   "KH", ServedAt: duty.Some(seeds.Start), ValidFrom: seeds.Start, ValidTo: duty.Some(seeds.Start)}})
	}
	w.now = seeds.Start + 6*duty.Day
	for range 50 {
		w.turn()
	}
	if n := len(w.histories()); n != 2 || w.stats.Faults.Load() == 0 {
		t.Errorf("%d units told, %d faults", n, w.stats.Faults.Load())
	}
}
