package testkit

import (
	"tilsyn/engine/duty"
)

// OutSince returns the facts of a person who left an hour ago and must spend the nights at the
// centre from the next hour on.
func OutSince(now duty.Instant) []Feed {
	from := now - 30*duty.Day
	feeds := []Feed{{At: from, Topic: duty.TopicGroupChanges, Key: "Qout",
		Record: &duty.GroupChange{ID: "g", Version: 1, ReceivedAt: from,
			PersonID: "Qout", Group: duty.GroupExpelledJudgment, ValidFrom: from}}}
	for _, k := range []duty.Kind{duty.KindStay, duty.KindNotify} {
		basis := duty.LegalBasisReturnAct132
		if k == duty.KindNotify {
			basis = duty.LegalBasisReturnAct134
		}
		feeds = append(feeds, Feed{At: from, Topic: duty.TopicObligationChanges, Key: "Qout",
			Record: &duty.ObligationChange{ID: k.String(), Version: 1,
				ReceivedAt: from, DecisionID: k.String(), PersonID: "Qout", Kind: k, Action: duty.ActionImpose,
				LegalBasis: basis, CentreID: "KH",
				ServedAt: duty.Some(from), ValidFrom: now + duty.Hour}})
	}
	for i, way := range []duty.Direction{duty.DirectionIn, duty.DirectionOut} {
		at := now - duty.Hour + duty.Instant(i)*duty.Minute
		feeds = append(feeds, Feed{At: at, Topic: duty.TopicCardEvents, Key: "Qout",
			Record: &duty.CardEvent{ID: way.String(), Version: 1, ReceivedAt: at,
				PersonID: duty.Some("Qout"), CardID: "Qcard", CardType: duty.CardTypeBiometric, CentreID: "KH",
				DeviceID:   "KH-carousel",
				DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage, Direction: duty.Some(way),
				Scan: duty.ScanComplete, OccurredAt: at}})
	}
	return feeds
}
