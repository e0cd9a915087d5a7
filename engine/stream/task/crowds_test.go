package task

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// crowdCost counts what was told and stored about a card.
type crowdCost struct {
	handed, handedBytes, facts, lines, evaluations int64
}

// oneCardToAll plays three days of this many persons, all of whom are assigned one card, or a card
// each.
func oneCardToAll(t *testing.T, persons int, shared bool) (c crowdCost) {
	w := newCoreWorld(t, 3, 4)
	w.boot()
	card := func(i int) string {
		if shared {
			return "0"
		}
		return fmt.Sprintf("card%d", i)
	}
	name := func(i int) string { return fmt.Sprintf("Qperson%d", i) }
	for i := range persons {
		w.sendStay(name(i))
		w.send(&testkit.Feed{Topic: duty.TopicCardAssignments, Key: name(i),
			Record: &duty.CardAssignment{ID: fmt.Sprint("a", i), Version: 1, ReceivedAt: w.now,
				CardID: card(i), PersonID: name(i), CardType: duty.CardTypeBiometric, ValidFrom: w.now - duty.Day,
				AntiPassback: duty.AntiPassbackOn, Created: duty.CardCreationManual}})
	}
	w.rest()
	for hour := range 8 {
		w.now += 9 * duty.Hour
		for i := range persons {
			who := name(i)
			w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: who,
				Record: &duty.CardEvent{ID: fmt.Sprint("row", hour, "-", i), Version: 1, ReceivedAt: w.now,
					PersonID: duty.Some(who), CardID: card(i), CardType: duty.CardTypeBiometric, CentreID: "KH",
					DeviceID:   "KH-carousel",
					DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage,
					Direction: duty.Some(duty.DirectionIn + duty.Direction(hour%2)),
					Scan:      duty.ScanComplete, OccurredAt: w.now - duty.Minute}})
		}
		w.rest()
	}
	w.now += 2 * duty.Day
	w.rest()
	w.check()
	c.handed, c.evaluations = w.stats.HandedOver.Load(), w.stats.Evaluations.Load()
	for i := range w.parts {
		for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicHandOver, Index: i}) {
			c.handedBytes += int64(len(rec.Value))
		}
		c.lines += int64(len(w.broker.Committed(broker.Partition{Topic: duty.TopicDataQuality, Index: i})))
	}
	for i := range persons {
		for _, task := range w.tasks {
			p, err := task.store.Person(name(i), math.MinInt32)
			w.must(err)
			c.facts += int64(len(p.Facts))
		}
	}
	for _, revisions := range w.histories() {
		if shared && revisions[len(revisions)-1].Status == duty.StatusIndicated {
			t.Errorf("%s %s is told by rows of everybody's card", revisions[0].PersonID, revisions[0].UnitDate)
		}
	}
	return c
}

// A card that is assigned to everybody costs at most twice what a card for each person does, and
// twice the persons cost at most twice as much. Records and facts are counted, not time. Two
// worlds are compared, which no script does.
func TestOneCardGivenToAll(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "compares what worlds of two sizes cost")
	own, few, many := oneCardToAll(t, 48, false), oneCardToAll(t, 24, true), oneCardToAll(t, 48, true)
	t.Logf("a card each %+v, one card %+v, of twice as many %+v", own, few, many)
	for _, c := range []struct {
		what           string
		own, few, many int64
	}{
		{"records handed over", own.handed, few.handed, many.handed},
		{"bytes handed over", own.handedBytes, few.handedBytes, many.handedBytes},
		{"facts kept", own.facts, few.facts, many.facts},
		{"lines", own.lines, few.lines, many.lines},
		{"evaluations", own.evaluations, few.evaluations, many.evaluations},
	} {
		if c.many > c.few*5/2+16 {
			t.Errorf("%s: %d for 24 persons, %d for 48", c.what, c.few, c.many)
		}
		// A person whose rows are in doubt is not decided by a routine (decision 0006).
		if c.many > 2*c.own+2*48 && c.what != "evaluations" {
			t.Errorf("%s: %d, with a card each %d", c.what, c.many, c.own)
		}
	}
}

// crowding gives one card to more and more persons, and takes it back.
func crowding(rng *rand.Rand, persons, days int) []testkit.Feed {
	feeds := testkit.Neighbours(rng, persons, days)
	for i := range persons {
		a := &duty.CardAssignment{ID: fmt.Sprint("crowd", i), Version: 1,
			CardID: fmt.Sprintf("Qcard%d", rng.IntN(2)), PersonID: fmt.Sprintf("Qperson%d", i), CardType: duty.CardTypeBiometric,
			ValidFrom: seeds.Start - duty.Day, AntiPassback: duty.AntiPassbackOff, Created: duty.CardCreationManual}
		at := seeds.Start + duty.Instant(rng.Int64N(int64(duty.Instant(days)*duty.Day)))
		a.ReceivedAt = at
		feeds = append(feeds, testkit.Feed{At: at, Topic: duty.TopicCardAssignments, Key: a.PersonID, Record: a})
		if rng.IntN(3) > 0 {
			b := *a
			b.Version, b.ReceivedAt, b.Retracted = 2, at+duty.Day, rng.IntN(2) == 0
			b.ValidTo = duty.Some(seeds.Start + duty.Day)
			feeds = append(feeds, testkit.Feed{At: b.ReceivedAt, Topic: duty.TopicCardAssignments, Key: b.PersonID, Record: &b})
		}
	}
	sort.SliceStable(feeds, func(i, j int) bool { return feeds[i].At < feeds[j].At })
	return feeds
}

// A card becomes everybody's, and ceases to be, while the engine runs: what is told is what
// follows from the facts in the log.
// The facts and times are random, so this is no script.
func TestCardsCrowdAndThin(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "cards of everybody, changed while the engine runs")
	seeds.ForEach(t, 8, func(t *testing.T, seed uint64) {
		w := newWorld(t, seed, 1+int32(seed)%4)
		w.judge, w.policy = Core{}, policy.Builtin()
		w.play(crowding(w.rng, 20, 4), worldEnd, 3)
		w.check()
	})
}
