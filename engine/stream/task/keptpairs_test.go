package task

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// calm are the facts of persons whose cards have anti-passback over some days: passages in turn, whole or of two scans,
// now and then one that is lost, late, corrected, sent again or on paper, and entries of the assisted log.
func calm(rng *rand.Rand, persons, days int) (feeds []testkit.Feed) {
	n := 0
	id := func() string { n++; return fmt.Sprint("calm", n) }
	jitter := func(d duty.Instant) duty.Instant { return duty.Instant(rng.Int64N(int64(d))) }
	for i := range persons {
		who := fmt.Sprint("Rperson", i)
		add := func(at duty.Instant, topic string, record any) {
			feeds = append(feeds, testkit.Feed{At: at, Topic: topic, Key: who, Record: record})
		}
		add(seeds.Start, duty.TopicCardAssignments, &duty.CardAssignment{ID: id(), Version: 1, ReceivedAt: seeds.Start,
			CardID: "Rcard" + who, PersonID: who, CardType: duty.CardTypeBiometric, ValidFrom: seeds.Start - duty.Day,
			AntiPassback: duty.AntiPassbackOn, Created: duty.CardCreationAutomatic})
		way := duty.DirectionIn
		for t := seeds.Start + duty.Hour; t < seeds.Start+duty.Instant(days)*duty.Day; t += duty.Hour + jitter(duty.Day) {
			way = duty.DirectionIn + duty.DirectionOut - way
			row := duty.CardEvent{ID: id(), Version: 1, ReceivedAt: t + 500, PersonID: duty.Some(who), CardID: "Rcard" + who,
				CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel,
				Kind: duty.CardEventKindPassage, Direction: duty.Some(way), Scan: duty.ScanComplete, OccurredAt: t}
			known := t + 500 + jitter(duty.Minute)
			paper := &duty.ManualEntry{ID: id(), Version: 1, ReceivedAt: known, PersonID: duty.Some(who), CentreID: "KH",
				Form: duty.FormOutagePassage, Direction: duty.Some(way), LocalTime: (t + duty.Hour).String()[:16]}
			switch rng.IntN(16) {
			case 0:
				continue // lost
			case 1:
				known += jitter(20 * duty.Day)
			case 2:
				add(known+jitter(duty.Hour), duty.TopicCardEvents, &row) // sent again
			case 3:
				paper.Form = duty.FormAssistedPassage
				add(known+jitter(2*duty.Day), duty.TopicManualEntries, paper)
			case 4:
				add(known+jitter(5*duty.Day), duty.TopicManualEntries, paper)
				continue
			case 5, 6, 7:
				second := row
				row.Scan, second.Scan, second.ID = duty.ScanFirst, duty.ScanSecond, id()
				row.DeviceID, second.DeviceID = "KH-carousel-outer", "KH-carousel-inner"
				if way == duty.DirectionOut {
					row.DeviceID, second.DeviceID = second.DeviceID, row.DeviceID
				}
				second.OccurredAt += duty.Second + jitter(20*duty.Second)
				second.ReceivedAt = second.OccurredAt
				if rng.IntN(8) > 0 {
					add(max(known, second.ReceivedAt), duty.TopicCardEvents, &second)
				}
			case 8:
				if rng.IntN(10) == 0 {
					later := row
					later.Version, later.Direction = 2, duty.Some(duty.DirectionIn+duty.DirectionOut-way)
					add(known+jitter(3*duty.Day), duty.TopicCardEvents, &later)
				}
			}
			add(known, duty.TopicCardEvents, &row)
		}
	}
	slices.SortStableFunc(feeds, func(a, b testkit.Feed) int { return cmp.Compare(a.At, b.At) })
	return feeds
}

// TestPairsAreLookedForNearWhatIsNew: the owner of the watch is given the pairs that replay would use, also where they
// are looked for near new facts alone, which is the rule: how many rows a look weighs does not follow the history.
func TestPairsAreLookedForNearWhatIsNew(t *testing.T) {
	t.Parallel()
	pairs, looks, rows, near := 0, 0, 0, 0
	seeds.ForEach(t, 60, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%2)
		w.limits.Records = 1 + w.rng.IntN(30)
		turns := 3
		if seed%2 == 1 { // a backlog: many facts come in one cycle
			w.limits.Records, turns = 1000, 0
		}
		feeds := calm(w.rng, 2, 60)
		w.boot()
		looked := duty.Beginning
		for i := range feeds {
			w.now = max(w.now, feeds[i].At)
			w.send(&feeds[i])
			for range w.rng.IntN(max(1, turns)) {
				w.turn()
			}
			if turns == 0 && w.rng.IntN(60) == 0 {
				w.turn()
			}
			at := duty.Beginning
			for _, task := range w.tasks {
				at = max(at, task.CaughtUp())
			}
			if i%10 == 0 && at > looked {
				pairs, looked = pairs+w.checkForwarded(at), at
			}
			if t.Failed() {
				t.FailNow()
			}
		}
		w.now = max(w.now, worldEnd)
		w.rest()
		pairs += w.checkForwarded(w.now)
		for _, task := range w.tasks {
			looks, rows, near = looks+task.forward.weighings, rows+task.forward.rowsWeighed, near+task.forward.near
		}
	})
	t.Logf("%d pairs, %d looks, %d of them near the new facts, %d rows", pairs, looks, near, rows)
	if pairs == 0 || near < looks/2 {
		t.Error("too little happened for the test to say something")
	}
}
