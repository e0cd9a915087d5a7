package testkit

import (
	"fmt"
	"math/rand/v2"
	"sort"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
)

// Neighbours are residents whose facts concern each other: links merged and split, cards assigned
// late, to two persons, or retracted, rows without a person, and rows with somebody else's card.
func Neighbours(rng *rand.Rand, persons, days int) []Feed {
	feeds := Residents(rng, persons, days)
	n := 0
	id := func(kind string) string { n++; return fmt.Sprintf("%s%d", kind, n) }
	moment := func() duty.Instant { return seeds.Start + duty.Instant(rng.Int64N(int64(duty.Instant(days)*duty.Day))) }
	who := func() string { return fmt.Sprintf("Qperson%d", rng.IntN(persons)) }
	card := func() string { return fmt.Sprintf("Qcard%d", rng.IntN(persons)) }
	add := func(at duty.Instant, topic, key string, record any) {
		feeds = append(feeds, Feed{At: at, Topic: topic, Key: key, Record: record})
		// A row without a person is reported once per record, so it is not repeated.
		if rng.IntN(8) == 0 && !ParkedRow(record) {
			feeds = append(feeds, Feed{At: at + duty.Hour, Topic: topic, Key: key, Record: record})
		}
	}
	for range 1 + rng.IntN(persons) {
		l := &duty.IdentityLink{ID: id("l"), Version: 1, PersonID: who(), AliasPersonID: who(),
			Action: duty.LinkActionMerge, At: moment()}
		l.ReceivedAt = l.At
		add(l.At, duty.TopicIdentityLinks, l.PersonID, l)
		if rng.IntN(3) == 0 {
			s := *l
			s.ID, s.Action, s.At = id("l"), duty.LinkActionSplit, l.At+duty.Day
			s.ReceivedAt = s.At
			add(s.At, duty.TopicIdentityLinks, s.PersonID, &s)
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
		add(max(at, seeds.Start), duty.TopicCardAssignments, a.PersonID, a)
		if rng.IntN(4) == 0 {
			b := *a
			b.Version, b.Retracted, b.ReceivedAt = 2, rng.IntN(2) == 0, at+duty.Day
			b.ValidTo = duty.Some(b.ValidFrom + duty.Day)
			add(max(at, seeds.Start)+duty.Day, duty.TopicCardAssignments, b.PersonID, &b)
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
		add(e.OccurredAt+duty.Instant(rng.Int64N(int64(duty.Day))), duty.TopicCardEvents, key, e)
	}
	sort.SliceStable(feeds, func(i, j int) bool { return feeds[i].At < feeds[j].At })
	return feeds
}
