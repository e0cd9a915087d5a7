package task

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
	"tilsyn/state/statetest"
)

// guarded adds to some facts what inconsistent pairs come from: cards with anti-passback, rows that
// are not in turn, late, corrected or half of a sluice, and entries of the assisted log.
func guarded(rng *rand.Rand, feeds []testkit.Feed, persons, days int) []testkit.Feed {
	n := 0
	add := func(at duty.Instant, topic, key string, record any) {
		feeds = append(feeds, testkit.Feed{At: at, Topic: topic, Key: key, Record: record})
	}
	id := func() string { n++; return fmt.Sprint("guarded", n) }
	jitter := func(d duty.Instant) duty.Instant { return duty.Instant(rng.Int64N(int64(d))) }
	for i := range persons {
		who := fmt.Sprint("Qperson", i)
		at := seeds.Start + jitter(duty.Hour)
		if rng.IntN(4) == 0 {
			at += jitter(duty.Instant(days) * duty.Day) // the card is told of after its rows
		}
		card := &duty.CardAssignment{ID: id(), Version: 1, ReceivedAt: at, CardID: "Qcard" + who, PersonID: who,
			CardType: duty.CardTypeBiometric, ValidFrom: seeds.Start - duty.Day,
			AntiPassback: duty.AntiPassbackOn, Created: duty.CardCreationAutomatic}
		if rng.IntN(5) == 0 {
			off := *card
			off.AntiPassback, card.Version = duty.AntiPassbackOff, 2
			add(seeds.Start, duty.TopicCardAssignments, who, &off)
		}
		add(at, duty.TopicCardAssignments, who, card)
		way := duty.DirectionIn
		for t := seeds.Start + duty.Hour; t < seeds.Start+duty.Instant(days)*duty.Day; t += jitter(duty.Day) + duty.Minute {
			way = duty.DirectionIn + duty.DirectionOut - way
			row := &duty.CardEvent{ID: id(), Version: 1, ReceivedAt: t + 500, PersonID: duty.Some(who), CardID: "Qcard" + who,
				CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel,
				Kind: duty.CardEventKindPassage, Direction: duty.Some(way), Scan: duty.ScanComplete, OccurredAt: t}
			known := t + jitter(duty.Minute)
			switch rng.IntN(12) {
			case 0, 1:
				continue // lost
			case 2:
				known = t + jitter(20*duty.Day)
			case 3:
				row.Scan, row.DeviceID = duty.ScanFirst, "KH-unknown"
			case 4:
				row.CentreID = "ZZ"
			case 5:
				later := *row
				later.Version, later.Retracted = 2, rng.IntN(2) == 0
				later.Direction = duty.Some(duty.DirectionIn + duty.DirectionOut - way)
				add(known+jitter(3*duty.Day), duty.TopicCardEvents, who, &later)
			case 6:
				entry := &duty.ManualEntry{ID: id(), Version: 1, ReceivedAt: t, PersonID: duty.Some(who), CentreID: "KH",
					Form: duty.FormAssistedPassage, Direction: duty.Some(way), LocalTime: (t + duty.Hour).String()[:16]}
				add(t+jitter(duty.Day), duty.TopicManualEntries, who, entry)
			case 7:
				row.Kind, row.Direction = duty.CardEventKindReport, duty.None[duty.Direction]()
			case 8:
				row.OccurredAt += jitter(2*duty.Hour) - duty.Hour
			}
			add(known, duty.TopicCardEvents, who, row)
			if rng.IntN(10) == 0 {
				add(known+jitter(duty.Hour), duty.TopicCardEvents, who, row) // sent again
			}
		}
	}
	sort.SliceStable(feeds, func(i, j int) bool { return feeds[i].At < feeds[j].At })
	return feeds
}

// TestOwnerIsGivenWhatReplayUses: with one to three tasks, deaths at any effect, lost states and
// facts of all kinds, a reader of the owner's hand-over partition has, at every clock up to which a
// task has read everything, the rows and pairs that replay would use at it.
func TestOwnerIsGivenWhatReplayUses(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "what the owner knows is compared at every clock")
	looks, pairs, died, silent := 0, 0, 0, 0
	seeds.ForEach(t, 30, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%3)
		const persons, days = 6, 12
		var feeds []testkit.Feed
		switch seed / 3 % 4 {
		case 0:
			feeds = testkit.Residents(w.rng, persons, days)
		case 1:
			feeds = testkit.Wanderers(w.rng, persons, days)
		case 2:
			feeds = testkit.Contenders(w.rng, persons, days)
		}
		feeds = guarded(w.rng, feeds, persons, days)
		w.limits.Records, w.limits.WalkStep, w.broker.Most = 1+w.rng.IntN(20), 1+w.rng.IntN(4), 1+w.rng.IntN(9)
		if seed%2 == 0 {
			w.die = func(string) bool { return w.rng.IntN(150) == 0 }
			w.loseTail = seed%4 == 0
		}
		looked := duty.Beginning
		w.boot()
		for i := range feeds {
			w.now = max(w.now, feeds[i].At)
			w.send(&feeds[i])
			for range w.rng.IntN(3) {
				w.turn()
			}
			if i%40 != 0 {
				continue
			}
			at := duty.Beginning
			for _, task := range w.tasks {
				at = max(at, task.CaughtUp())
			}
			if at > looked {
				pairs += w.checkForwarded(at)
				looks, looked = looks+1, at
			}
			if t.Failed() {
				t.FailNow()
			}
			if w.rng.IntN(20) == 0 {
				w.store = statetest.NewModel() // the disk is lost
				w.boot()
			}
		}
		w.die = nil
		w.now = max(w.now, worldEnd)
		w.rest()
		pairs += w.checkForwarded(w.now)
		if t.Failed() {
			t.FailNow()
		}
		died += w.died
		before := w.forwarded()
		w.boot()
		w.rest()
		if after := w.forwarded(); after.again > before.again || after.idle > before.idle {
			t.Errorf("a start forwards again: %d and %d rows, %d and %d pairs",
				before.again, after.again, before.idle, after.idle)
		}
		silent++
	})
	if t.Logf("%d looks, %d pairs, %d deaths", looks, pairs, died); pairs == 0 || looks == 0 || died == 0 || silent == 0 {
		t.Error("too little happened for the test to say something")
	}
}

// TestOwnerIsGivenPairsUnderEveryPolicy: a policy that becomes active later calls scans one passage
// which the first one calls two; its pairs, and those of the first policy, are all forwarded, also
// after deaths in the midst of the walk, and before any mark is reached at which it is known.
func TestOwnerIsGivenPairsUnderEveryPolicy(t *testing.T) {
	t.Parallel()
	pairs := 0
	seeds.ForEach(t, 12, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%3)
		const persons, days = 5, 8
		later := withLaterCentre(w)
		later.Steps = slices.Clone(later.Steps)
		for i := range later.Steps {
			later.Steps[i].Params.CollapseMax, later.Steps[i].Params.LateAccusation = duty.Day, duty.Day
		}
		feeds := guarded(w.rng, nil, persons, days)
		last := feeds[len(feeds)-1].At
		changed := later.Steps[len(later.Steps)-1]
		changed.From, changed.Params.CollapseMax = last.Date()+3, 0
		later.Steps = append(later.Steps, changed)
		w.limits.Records, w.limits.WalkStep, w.limits.Decisions = 1+w.rng.IntN(20), 1+w.rng.IntN(3), 1+w.rng.IntN(3)
		w.boot()
		for i := range feeds {
			w.now = max(w.now, feeds[i].At)
			w.send(&feeds[i])
			if i == len(feeds)/2 {
				w.send(&testkit.Feed{Topic: duty.TopicPolicies, Key: "policy", Record: &duty.PolicyActivation{ID: "later",
					Version: 1, ReceivedAt: w.now, PolicyVersion: later.Version, Digest: later.Digest, Text: "later",
					ActivatedAt: w.now, By: "a test"}})
				w.die = func(string) bool { return w.rng.IntN(60) == 0 }
			}
			for range w.rng.IntN(3) {
				w.turn()
			}
			reached := duty.Beginning
			for _, task := range w.tasks {
				reached = max(reached, task.CaughtUp())
			}
			if i > len(feeds)/2 && i%12 == 0 && reached > duty.Beginning {
				w.checkForwarded(reached)
			}
			if t.Failed() {
				t.FailNow()
			}
		}
		w.die = nil
		for _, end := range []duty.Instant{last + duty.Day, last + 5*duty.Day} { // before and after the step
			w.now = max(w.now, end)
			w.rest()
			pairs += w.checkForwarded(w.now)
		}
	})
	if pairs == 0 {
		t.Error("there were no pairs: the test says nothing")
	}
}
