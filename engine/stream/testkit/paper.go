package testkit

import (
	"fmt"
	"math/rand/v2"
	"sort"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
)

// CentrePaper adds to the facts of residents, some of them linked, paper entries of a producer
// that keys them by centre: they name a person from the first version on, and later versions
// correct the person, some under other keys.
func CentrePaper(rng *rand.Rand, persons, days int) []Feed {
	feeds := Residents(rng, persons, days)
	who := func() string { return fmt.Sprintf("Qperson%d", rng.IntN(persons)) }
	for i := range 2 {
		at := seeds.Start + duty.Instant(rng.Int64N(int64(duty.Instant(days)*duty.Day)))
		l := &duty.IdentityLink{ID: fmt.Sprintf("l%d", i), Version: 1, ReceivedAt: at, PersonID: who(),
			AliasPersonID: who(), Action: duty.LinkActionMerge, At: at}
		if l.PersonID != l.AliasPersonID {
			feeds = append(feeds, Feed{At: at, Topic: duty.TopicIdentityLinks, Key: l.PersonID, Record: l})
		}
	}
	for i := range 4 * persons {
		when := seeds.Start + duty.Instant(rng.Int64N(int64(duty.Instant(days)*duty.Day)))
		e := duty.ManualEntry{ID: fmt.Sprintf("named%d", i), ReceivedAt: when, CentreID: "KH", Form: duty.FormAssistedPassage,
			Direction: duty.Some(duty.DirectionIn + duty.Direction(rng.IntN(2))), LocalTime: when.String()[:16],
			PersonID: duty.Some(who()), APB: duty.Some(rng.IntN(3) == 0)}
		at := when
		for version := range int64(1 + rng.IntN(3)) {
			n := e
			n.Version, n.ReceivedAt = version+1, at
			switch {
			case version > 0 && rng.IntN(3) > 0:
				n.PersonID = duty.Some(who())
			case version > 0 && rng.IntN(4) == 0:
				n.PersonID = duty.None[string]()
			case version > 0:
				n.Retracted = rng.IntN(2) == 0
			}
			keys := []string{"KH"}
			if n.PersonID.OK && rng.IntN(3) == 0 {
				keys = [][]string{{"KH", n.PersonID.V}, {n.PersonID.V, "KH"}, {n.PersonID.V}}[rng.IntN(3)]
			}
			for _, key := range keys {
				feeds = append(feeds, Feed{At: at, Topic: duty.TopicManualEntries, Key: key, Record: &n})
				at += duty.Instant(rng.Int64N(int64(duty.Day)))
			}
		}
	}
	sort.SliceStable(feeds, func(i, j int) bool { return feeds[i].At < feeds[j].At })
	return feeds
}

// NobodysPaper adds to the facts of residents paper entries without a readable number. Some are
// later corrected to a person, under both keys or one; others are retracted or stay without a
// person.
func NobodysPaper(rng *rand.Rand, persons, days int) []Feed {
	feeds := Wanderers(rng, persons, days)
	for i := range 3 * persons {
		when := seeds.Start + duty.Instant(rng.Int64N(int64(duty.Instant(days)*duty.Day)))
		who := fmt.Sprintf("Qperson%d", rng.IntN(persons))
		e := duty.ManualEntry{ID: fmt.Sprintf("paper%d", i), Version: 1, ReceivedAt: when, CentreID: "KH",
			Form:      duty.FormOutagePassage,
			Direction: duty.Some(duty.DirectionIn + duty.Direction(rng.IntN(2))), LocalTime: when.String()[:16]}
		first := e
		at := when + duty.Instant(rng.Int64N(int64(duty.Day)))
		key := "KH"
		if rng.IntN(5) == 0 { // it was of somebody at first
			first.PersonID, key = duty.Some(who), who
		}
		feeds = append(feeds, Feed{At: at, Topic: duty.TopicManualEntries, Key: key, Record: &first})
		second := e
		second.Version, second.ReceivedAt = 2, at+duty.Hour
		switch {
		case key == who:
			feeds = append(feeds, Feed{At: at + duty.Hour, Topic: duty.TopicManualEntries, Key: "KH", Record: &second})
		case rng.IntN(2) == 0:
			second.PersonID = duty.Some(who)
			keys := [][]string{{"KH", who}, {who, "KH"}, {who}, {"KH"}}[rng.IntN(4)]
			for _, key := range keys {
				at += duty.Instant(rng.Int64N(int64(duty.Day)))
				feeds = append(feeds, Feed{At: at, Topic: duty.TopicManualEntries, Key: key, Record: &second})
			}
		case rng.IntN(3) == 0:
			second.Retracted = true
			feeds = append(feeds, Feed{At: at + duty.Hour, Topic: duty.TopicManualEntries, Key: "KH", Record: &second})
		}
	}
	sort.SliceStable(feeds, func(i, j int) bool { return feeds[i].At < feeds[j].At })
	return feeds
}
