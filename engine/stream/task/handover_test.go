package task

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
	"tilsyn/state/statetest"
)

// Facts that concern persons of other partitions reach them, in whatever order they come: under
// the model law, then under the real one.
func TestHandedOver(t *testing.T) {
	t.Parallel()
	handed := int64(0)
	seeds.ForEachOf(t, seeds.AtLeast(t, 40, 2), func(t *testing.T, seed uint64) {
		w := newWorld(t, seed, 1+int32(seed)%4)
		if seed%2 == 0 {
			w.judge, w.policy = Core{}, policy.Builtin()
		}
		w.play(testkit.Neighbours(w.rng, 6, 4), worldEnd, 3)
		w.check()
		handed += w.stats.HandedOver.Load()
	})
	if handed == 0 {
		t.Error("nothing was handed over between partitions")
	}
}

// The same with a register that is kept between runs: after a crash it is behind or ahead of what
// the tasks have committed.
func TestHandedOverKept(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "each world is played anew for each of its deaths")
	died, kept := 0, 0
	for i, lose := range []bool{false, true} {
		seed := uint64(i + 3)
		w := newWorld(t, seed, 3)
		w.keepDir = filepath.Join(t.TempDir(), datadir.DirRegister)
		w.play(testkit.Neighbours(w.rng, 4, 3), worldEnd, 2)
		w.check()
		step := max(1, w.effects/seeds.AtLeast(t, 25, 4))
		for at := 1 + int(seed)%step; at < w.effects; at += step {
			c := newWorld(t, seed, 3)
			c.keepDir = filepath.Join(t.TempDir(), datadir.DirRegister)
			c.dieAt, c.loseTail = at, lose
			c.limits.Records = 7 + at%13
			c.limits.WalkStep = 1 + at%5
			c.play(testkit.Neighbours(c.rng, 4, 3), worldEnd, 2)
			died, kept = died+c.died, kept+c.resumed
			if c.check(); t.Failed() {
				t.Fatalf("seed %d: death at effect %d of %d, tail lost: %v", seed, at, w.effects, lose)
			}
		}
	}
	if died < seeds.Size(t, 30) || kept == 0 {
		t.Errorf("%d died, %d starts took up a register that was kept", died, kept)
	}
}

// A task had not seen an assignment when the process crashed, and the register had. The task
// learns of it from the register and hands over what it knows. It does not matter which of the two
// is further.
func TestKeptRegisterIsAheadOfTask(t *testing.T) {
	for _, how := range []string{"same state", "no state"} {
		t.Run(how, func(t *testing.T) {
			w := newWorld(t, 5, 2)
			w.keepDir = filepath.Join(t.TempDir(), datadir.DirRegister)
			w.boot()
			in := slices.IndexFunc([]string{"Qa", "Qb"}, func(p string) bool { return w.partitionOf(p) == 0 })
			who, card := []string{"Qa", "Qb"}[in], []string{"Qb", "Qa"}[in]
			w.send(&testkit.Feed{Topic: "obligation-changes", Key: who,
				Record: &duty.ObligationChange{ID: "o", Version: 1, ReceivedAt: seeds.Start,
					DecisionID: "d", PersonID: who, Kind: duty.KindStay, Action: duty.ActionImpose,
					LegalBasis: duty.LegalBasisReturnAct132,
					CentreID:   "KH", ServedAt: duty.Some(seeds.Start), ValidFrom: seeds.Start, ValidTo: duty.Some(seeds.Start)}})
			w.send(&testkit.Feed{Topic: "settlements", Key: "KH",
				Record: &duty.Settlement{ID: "s", Version: 1, ReceivedAt: seeds.Start, CentreID: "KH",
					LocalDate: testkit.DayOfInstant(seeds.Start), Complete: true}})
			w.now += duty.Hour
			w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: card,
				Record: &duty.CardEvent{ID: "e", Version: 1, ReceivedAt: w.now, CardID: card,
					CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel,
					Kind: duty.CardEventKindPassage, Direction: duty.Some(duty.DirectionIn),
					Scan: duty.ScanComplete, OccurredAt: w.now}})
			w.rest()
			if w.stats.HandedOver.Load() != 0 {
				t.Fatal("something was handed over already")
			}
			// Only the reader gets to see who was given the card, and keeps it.
			w.send(&testkit.Feed{Topic: duty.TopicCardAssignments, Key: who,
				Record: &duty.CardAssignment{ID: "a", Version: 1, ReceivedAt: seeds.Start,
					CardID: card, PersonID: who, CardType: duty.CardTypeBiometric, ValidFrom: seeds.Start - duty.Day,
					AntiPassback: duty.AntiPassbackOff, Created: duty.CardCreationManual}})
			w.must(w.reader.Poll(context.Background(), 0))
			w.reader.Save(true)
			w.restore()
			if how == "no state" {
				w.store = statetest.NewModel()
			}
			w.boot()
			if w.resumed == 0 {
				t.Fatal("the register was not taken up")
			}
			w.now += 2 * duty.Day
			w.rest()
			w.check()
			if w.stats.HandedOver.Load() == 0 {
				t.Error("the row was not handed over to the holder of its card")
			}
			if h := w.histories(); len(h) != 0 {
				t.Errorf("somebody was accused who was there: %v", h)
			}
		})
	}
}
