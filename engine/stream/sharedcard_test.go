package stream

import (
	"fmt"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// cardsOf are residents of KH with so many rows each; card names everybody's card.
func cardsOf(persons, rows int, assigned bool, card func(i int) string) []testkit.Feed {
	var feeds []testkit.Feed
	for i := range persons {
		who := fmt.Sprintf("Qp%03d", i)
		feeds = append(feeds, manyRows(who, 0)...)
		if assigned {
			feeds = append(feeds, testkit.Feed{At: seeds.Start, Topic: duty.TopicCardAssignments, Key: who,
				Record: &duty.CardAssignment{ID: "a" + who, Version: 1, ReceivedAt: seeds.Start,
					CardID: card(i), PersonID: who, CardType: duty.CardTypeBiometric, ValidFrom: seeds.Start,
					AntiPassback: duty.AntiPassbackOn, Created: duty.CardCreationAutomatic}})
		}
	}
	for n := range rows {
		for i := range persons {
			who := fmt.Sprintf("Qp%03d", i)
			at := seeds.Start + duty.Instant(n/2)*duty.Day + duty.Instant(n%2*10+8)*duty.Hour + duty.Instant(i)*duty.Second
			way := duty.DirectionOut
			if n%2 == 1 {
				way = duty.DirectionIn
			}
			feeds = append(feeds, testkit.Feed{At: at, Topic: duty.TopicCardEvents, Key: who,
				Record: &duty.CardEvent{ID: fmt.Sprintf("%s-%d", who, n), Version: 1,
					ReceivedAt: at, PersonID: duty.Some(who), CardID: card(i), CardType: duty.CardTypeBiometric,
					CentreID: "KH", DeviceID: "KH-carousel",
					DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage, Direction: duty.Some(way),
					Scan: duty.ScanComplete, OccurredAt: at}})
		}
	}
	return feeds
}

// TestSharedCardLive: one card id that everybody uses costs the engine no more than a card for
// each person, whether it was assigned to nobody or to everybody (decision 0018), and rows do not
// make everybody be judged again. With -v it shows the time.
func TestSharedCardLive(t *testing.T) {
	t.Parallel()
	persons, rows := 60, 40 // 100 and 60 were not at rest after 220 s, and now take 5 s of CPU
	zero := func(int) string { return "0" }
	for _, c := range []struct {
		name     string
		assigned bool
		card     func(int) string
	}{
		{"a card each", true, func(i int) string { return fmt.Sprint("c", i) }},
		{"one for all", false, zero},
		{"one that all were given", true, zero},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, 4)
			r.load(cardsOf(persons, rows, c.assigned, c.card))
			cfg := r.config(seeds.Start + duty.Instant(rows/2+10)*duty.Day)
			began, moved, last := time.Now(), time.Now(), int64(-1)
			e := start(t, cfg)
			// A hundred looks, so that on a busy machine it is longer (running.rest).
			for quiet := 0; quiet < 100 || cfg.Stats.Evaluations.Load()+cfg.Stats.Routine.Load() == 0; quiet++ {
				if n := cfg.Stats.Commits.Load() - cfg.Stats.Looks.Load() + cfg.Stats.Evaluations.Load() +
					cfg.Stats.Records.Load() + cfg.Stats.HandedOver.Load(); n != last {
					last, moved, quiet = n, time.Now(), 0
				}
				if time.Since(began) > 2*within {
					t.Fatal("the engine does not come to rest")
				}
				time.Sleep(20 * time.Millisecond)
			}
			t.Logf("%d persons, %d rows: at rest after %s, %d verdicts, %d records handed over", persons, persons*rows,
				moved.Sub(began).Round(time.Millisecond), cfg.Stats.Evaluations.Load(), cfg.Stats.HandedOver.Load())
			e.end()
			if got := r.verified(); got.Persons != persons {
				t.Errorf("%+v", got)
			}
			if n := cfg.Stats.HandedOver.Load(); n != 0 {
				t.Errorf("%d records are handed over", n)
			}
			if n := cfg.Stats.Evaluations.Load(); n > int64(4*persons) {
				t.Errorf("%d verdicts on %d persons", n, persons)
			}
		})
	}
}
