package stream

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sort"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/state/statetest"
)

// neighbours adds to the facts of some persons what makes them concern each
// other: links made and parted, cards given late, to two persons, or taken back,
// rows without a person, and rows with somebody else's card.
func neighbours(rng *rand.Rand, persons, days int) []feed {
	feeds := residents(rng, persons, days)
	n := 0
	id := func(kind string) string { n++; return fmt.Sprintf("%s%d", kind, n) }
	moment := func() duty.Instant { return worldStart + duty.Instant(rng.Int64N(int64(duty.Instant(days)*duty.Day))) }
	who := func() string { return fmt.Sprintf("Qperson%d", rng.IntN(persons)) }
	card := func() string { return fmt.Sprintf("Qcard%d", rng.IntN(persons)) }
	add := func(at duty.Instant, topic, key string, record any) {
		feeds = append(feeds, feed{at: at, topic: topic, key: key, record: record})
		// A row of nobody is shown once per record.
		if rng.IntN(8) == 0 && !parkedRow(record) {
			feeds = append(feeds, feed{at: at + duty.Hour, topic: topic, key: key, record: record})
		}
	}
	for range 1 + rng.IntN(persons) {
		l := &duty.IdentityLink{ID: id("l"), Version: 1, PersonID: who(), AliasPersonID: who(), Action: duty.LinkActionMerge, At: moment()}
		l.ReceivedAt = l.At
		add(l.At, topicIdentityLinks, l.PersonID, l)
		if rng.IntN(3) == 0 {
			s := *l
			s.ID, s.Action, s.At = id("l"), duty.LinkActionSplit, l.At+duty.Day
			s.ReceivedAt = s.At
			add(s.At, topicIdentityLinks, s.PersonID, &s)
		}
	}
	for range persons {
		a := &duty.CardAssignment{ID: id("a"), Version: 1, CardID: card(), PersonID: who(), CardType: duty.CardTypeBiometric,
			ValidFrom: moment() - duty.Day, AntiPassback: duty.AntiPassbackOff, Created: duty.CardCreationManual}
		if rng.IntN(3) == 0 {
			a.ValidTo = duty.Some(a.ValidFrom + 2*duty.Day)
		}
		at := a.ValidFrom + duty.Instant(rng.Int64N(int64(3*duty.Day)))
		a.ReceivedAt = at
		add(max(at, worldStart), topicCardAssignments, a.PersonID, a)
		if rng.IntN(4) == 0 {
			b := *a
			b.Version, b.Retracted, b.ReceivedAt = 2, rng.IntN(2) == 0, at+duty.Day
			b.ValidTo = duty.Some(b.ValidFrom + duty.Day)
			add(max(at, worldStart)+duty.Day, topicCardAssignments, b.PersonID, &b)
		}
	}
	for range 2 * persons {
		e := &duty.CardEvent{ID: id("e"), Version: 1, CardID: card(), CardType: duty.CardTypeBiometric, CentreID: "KH",
			DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage,
			Direction: duty.Some(duty.DirectionIn + duty.Direction(rng.IntN(2))), Scan: duty.ScanComplete, OccurredAt: moment()}
		e.ReceivedAt = e.OccurredAt
		key := e.CardID
		if rng.IntN(3) == 0 {
			key = who()
			e.PersonID = duty.Some(key)
		}
		add(e.OccurredAt+duty.Instant(rng.Int64N(int64(duty.Day))), topicCardEvents, key, e)
	}
	sort.SliceStable(feeds, func(i, j int) bool { return feeds[i].at < feeds[j].at })
	return feeds
}

// What concerns persons of other partitions reaches them, whatever came first:
// the model of the law, then the law.
func TestHandedOver(t *testing.T) {
	t.Parallel()
	handed := int64(0)
	forSeeds(t, 40, func(t *testing.T, seed uint64) {
		w := newWorld(t, seed, 1+int32(seed)%4)
		if seed%2 == 0 {
			w.judge, w.policy = core{}, policy.Builtin()
		}
		w.play(neighbours(w.rng, 6, 4), worldEnd, 3)
		w.check()
		handed += w.stats.HandedOver.Load()
	})
	if handed == 0 {
		t.Error("nothing was handed over between partitions")
	}
}

// The process dies at every effect in turn; what was handed over is neither lost
// nor does it count twice.
func TestHandedOverCrash(t *testing.T) {
	t.Parallel()
	for i, lose := range []bool{false, true} {
		seed := uint64(i + 1)
		w := newWorld(t, seed, 3)
		w.play(neighbours(w.rng, 4, 3), worldEnd, 2)
		w.check()
		step := max(1, w.effects/60)
		for at := 1 + int(seed)%step; at < w.effects; at += step {
			c := newWorld(t, seed, 3)
			c.dieAt, c.loseTail = at, lose
			c.limits.Records = 7 + at%13
			c.limits.WalkStep = 1 + at%5
			c.play(neighbours(c.rng, 4, 3), worldEnd, 2)
			if c.died == 0 {
				t.Fatalf("seed %d: nobody died at effect %d", seed, at)
			}
			if c.check(); t.Failed() {
				t.Fatalf("seed %d: death at effect %d of %d, tail lost: %v", seed, at, w.effects, lose)
			}
		}
	}
}

// A task that stands still keeps others from accusing whom its facts may clear,
// and from nothing else: clearing does not wait.
func TestStandingTaskStallsAccusing(t *testing.T) {
	w := newWorld(t, 5, 2)
	w.boot()
	in := slices.IndexFunc([]string{"Qa", "Qb"}, func(p string) bool { return w.partitionOf(p) == 0 })
	who, card := []string{"Qa", "Qb"}[in], []string{"Qb", "Qa"}[in]
	w.send(&feed{topic: "obligation-changes", key: who, record: &duty.ObligationChange{ID: "o", Version: 1, ReceivedAt: worldStart,
		DecisionID: "d", PersonID: who, Kind: duty.KindStay, Action: duty.ActionImpose, LegalBasis: duty.LegalBasisReturnAct132,
		CentreID: "KH", ServedAt: duty.Some(worldStart), ValidFrom: worldStart, ValidTo: duty.Some(worldStart)}})
	w.send(&feed{topic: topicCardAssignments, key: who, record: &duty.CardAssignment{ID: "a", Version: 1, ReceivedAt: worldStart,
		CardID: card, PersonID: who, CardType: duty.CardTypeBiometric, ValidFrom: worldStart - duty.Day,
		AntiPassback: duty.AntiPassbackOff, Created: duty.CardCreationManual}})
	w.send(&feed{topic: "settlements", key: "KH", record: &duty.Settlement{ID: "s", Version: 1, ReceivedAt: worldStart, CentreID: "KH",
		LocalDate: dayOfInstant(worldStart), Complete: true}})
	w.rest()
	// The row that clears lies in the partition of the task that stands still.
	w.now += duty.Hour
	w.send(&feed{topic: topicCardEvents, key: card, record: &duty.CardEvent{ID: "e", Version: 1, ReceivedAt: w.now, CardID: card,
		CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel,
		Kind: duty.CardEventKindPassage, Direction: duty.Some(duty.DirectionIn), Scan: duty.ScanComplete, OccurredAt: w.now}})
	w.now += 2 * duty.Day
	all := w.tasks
	w.tasks = all[:1]
	for range 50 {
		w.turn()
	}
	if h := w.histories(); len(h) != 0 {
		t.Fatalf("somebody was accused whom a row of another partition clears: %v", h)
	}
	w.tasks = all
	w.rest()
	w.check()
	if h := w.histories(); len(h) != 0 {
		t.Fatalf("somebody was accused who was there: %v", h)
	}
}

// The same with a register that is kept between runs: at a death it is behind or
// ahead of what the tasks have committed.
func TestHandedOverKept(t *testing.T) {
	t.Parallel()
	died, kept := 0, 0
	for i, lose := range []bool{false, true} {
		seed := uint64(i + 3)
		w := newWorld(t, seed, 3)
		w.keepDir = filepath.Join(t.TempDir(), dirRegister)
		w.play(neighbours(w.rng, 4, 3), worldEnd, 2)
		w.check()
		step := max(1, w.effects/25)
		for at := 1 + int(seed)%step; at < w.effects; at += step {
			c := newWorld(t, seed, 3)
			c.keepDir = filepath.Join(t.TempDir(), dirRegister)
			c.dieAt, c.loseTail = at, lose
			c.limits.Records = 7 + at%13
			c.limits.WalkStep = 1 + at%5
			c.play(neighbours(c.rng, 4, 3), worldEnd, 2)
			died, kept = died+c.died, kept+c.resumed
			if c.check(); t.Failed() {
				t.Fatalf("seed %d: death at effect %d of %d, tail lost: %v", seed, at, w.effects, lose)
			}
		}
	}
	if died < 30 || kept == 0 {
		t.Errorf("%d died, %d starts took up a register that was kept", died, kept)
	}
}

// A task that had not seen an assignment when the process died is told of it by a
// register that had, and hands over what it knows: it does not matter which of
// the two is further.
func TestKeptRegisterIsAheadOfTask(t *testing.T) {
	for _, how := range []string{"same state", "no state"} {
		t.Run(how, func(t *testing.T) {
			w := newWorld(t, 5, 2)
			w.keepDir = filepath.Join(t.TempDir(), dirRegister)
			w.boot()
			in := slices.IndexFunc([]string{"Qa", "Qb"}, func(p string) bool { return w.partitionOf(p) == 0 })
			who, card := []string{"Qa", "Qb"}[in], []string{"Qb", "Qa"}[in]
			w.send(&feed{topic: "obligation-changes", key: who, record: &duty.ObligationChange{ID: "o", Version: 1, ReceivedAt: worldStart,
				DecisionID: "d", PersonID: who, Kind: duty.KindStay, Action: duty.ActionImpose, LegalBasis: duty.LegalBasisReturnAct132,
				CentreID: "KH", ServedAt: duty.Some(worldStart), ValidFrom: worldStart, ValidTo: duty.Some(worldStart)}})
			w.send(&feed{topic: "settlements", key: "KH", record: &duty.Settlement{ID: "s", Version: 1, ReceivedAt: worldStart, CentreID: "KH",
				LocalDate: dayOfInstant(worldStart), Complete: true}})
			w.now += duty.Hour
			w.send(&feed{topic: topicCardEvents, key: card, record: &duty.CardEvent{ID: "e", Version: 1, ReceivedAt: w.now, CardID: card,
				CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel,
				Kind: duty.CardEventKindPassage, Direction: duty.Some(duty.DirectionIn), Scan: duty.ScanComplete, OccurredAt: w.now}})
			w.rest()
			if w.stats.HandedOver.Load() != 0 {
				t.Fatal("something was handed over already")
			}
			// Only the reader gets to see who was given the card, and keeps it.
			w.send(&feed{topic: topicCardAssignments, key: who, record: &duty.CardAssignment{ID: "a", Version: 1, ReceivedAt: worldStart,
				CardID: card, PersonID: who, CardType: duty.CardTypeBiometric, ValidFrom: worldStart - duty.Day,
				AntiPassback: duty.AntiPassbackOff, Created: duty.CardCreationManual}})
			w.must(w.reader.Poll(context.Background(), 0))
			w.reader.save(true)
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
