package task

import (
	"fmt"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// A fact of a centre reaches every person whom nothing else would wake, whatever the size of the
// steps, and wherever the process crashes.
// The steps and crashes are random, so this is no script.
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
		deaths := 0
		w.broker.Effect = func(string) error {
			// A walk that begins anew with each death has to end some time.
			if w.rng.IntN(15) == 0 && deaths < 60 {
				deaths++
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
