package testkit

import (
	"fmt"
	"math/rand/v2"
	"sort"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
)

// Residents returns the facts of some persons over some days, sorted by time. The same seed gives
// the same facts.
func Residents(rng *rand.Rand, persons, days int) []Feed {
	var feeds []Feed
	add := func(at duty.Instant, topic, key string, record any) {
		feeds = append(feeds, Feed{At: at, Topic: topic, Key: key, Record: record})
		if rng.IntN(12) == 0 {
			feeds = append(feeds, Feed{At: at + duty.Instant(rng.IntN(int(2*duty.Hour))), Topic: topic,
				Key: key, Record: record})
		}
	}
	jitter := func(d duty.Instant) duty.Instant { return duty.Instant(rng.Int64N(int64(d))) }
	n := 0
	id := func() string { n++; return fmt.Sprintf("f%d", n) }
	centres := []string{"KH", "SJ"}
	for i := range persons {
		who, centre := fmt.Sprintf("Qperson%d", i), centres[rng.IntN(2)]
		// Nothing wakes a person whose duty has ended except a sweep.
		var to duty.Opt[duty.Instant]
		if rng.IntN(2) == 0 {
			to = duty.Some(seeds.Start + duty.Instant(rng.IntN(days))*duty.Day)
		}
		add(seeds.Start+jitter(duty.Hour), duty.TopicObligationChanges, who,
			&duty.ObligationChange{ID: id(), Version: 1, ReceivedAt: seeds.Start,
				DecisionID: "d" + who, PersonID: who, Kind: duty.KindStay, Action: duty.ActionImpose,
				LegalBasis: duty.LegalBasisReturnAct132,
				CentreID:   centre, ServedAt: duty.Some(seeds.Start), ValidFrom: seeds.Start, ValidTo: to})
		add(seeds.Start+jitter(duty.Hour), duty.TopicObligationChanges, who,
			&duty.ObligationChange{ID: id(), Version: 1, ReceivedAt: seeds.Start,
				DecisionID: "n" + who, PersonID: who, Kind: duty.KindNotify, Action: duty.ActionImpose,
				LegalBasis: duty.LegalBasisReturnAct134,
				CentreID:   centre, ServedAt: duty.Some(seeds.Start), ValidFrom: seeds.Start})
		add(seeds.Start+jitter(duty.Hour), duty.TopicGroupChanges, who,
			&duty.GroupChange{ID: id(), Version: 1, ReceivedAt: seeds.Start,
				PersonID: who, Group: duty.GroupExpelledJudgment, ValidFrom: seeds.Start - 30*duty.Day})
		if rng.IntN(15) == 0 {
			at := seeds.Start + jitter(duty.Instant(days)*duty.Day)
			add(at, duty.TopicIdentityLinks, who, &duty.IdentityLink{ID: id(), Version: 1, ReceivedAt: at, PersonID: who,
				AliasPersonID: fmt.Sprintf("Qperson%d", rng.IntN(persons)), Action: duty.LinkActionMerge, At: at})
		}
		for d := range days {
			day := seeds.Start + duty.Instant(d)*duty.Day
			if rng.IntN(3) > 0 {
				at := day + jitter(duty.Day)
				late := jitter(duty.Hour)
				if rng.IntN(5) == 0 {
					late = jitter(3 * duty.Day)
				}
				add(at+late, duty.TopicCardEvents, who,
					&duty.CardEvent{ID: id(), Version: 1, ReceivedAt: at, PersonID: duty.Some(who), CardID: "Qcard" + who,
						CardType: duty.CardTypeBiometric, CentreID: centre, DeviceID: centre + "-carousel",
						DeviceType: duty.DeviceTypeCarousel,
						Kind:       duty.CardEventKindPassage, Direction: duty.Some(duty.DirectionIn +
							duty.Direction(rng.IntN(2))), Scan: duty.ScanComplete, OccurredAt: at})
			}
			if rng.IntN(8) == 0 {
				at := day + jitter(4*duty.Day)
				add(at, duty.TopicPermissions, who,
					&duty.Permission{ID: id(), Version: 1, ReceivedAt: at, PermissionID: id(), PersonID: who,
						Status: duty.PermissionStatusGranted, ValidFrom: day - duty.Hour, ValidTo: day + 2*duty.Day,
						ReportEffect: duty.ReportEffectExcused, DecidedAt: at})
			}
			if rng.IntN(20) == 0 {
				feeds = append(feeds, Feed{At: day + jitter(duty.Day), Topic: duty.TopicNotices, Key: who})
			}
		}
	}
	for d := range days {
		feeds = append(feeds, centreDay(rng, add, id, centres, seeds.Start+duty.Instant(d)*duty.Day)...)
	}
	sort.SliceStable(feeds, func(i, j int) bool { return feeds[i].At < feeds[j].At })
	return feeds
}

// centreDay returns what the centres report about one day.
func centreDay(rng *rand.Rand, add func(duty.Instant, string, string, any), id func() string, centres []string,
	day duty.Instant) []Feed {
	var bad []Feed
	for _, c := range centres {
		at := day + duty.Day + duty.Instant(rng.Int64N(int64(2*duty.Day)))
		if rng.IntN(6) > 0 {
			for l := duty.LogTypeAssistedPassage; l <= duty.LogTypeOutageForms; l++ {
				add(at, duty.TopicSettlements, c, &duty.Settlement{ID: id(), Version: 1, ReceivedAt: at, CentreID: c,
					LocalDate: DayOfInstant(day), LogType: l, Complete: true})
			}
		}
		if rng.IntN(7) == 0 {
			add(at+duty.Day, duty.TopicExclusions,
				c, &duty.Exclusion{ID: id(), Version: 1, ReceivedAt: at, ExclusionID: id(), CentreID: c,
					FromDate: DayOfInstant(day), ToDate: DayOfInstant(day), Status: duty.ExclusionStatusDeclared, Reason: "loss",
					DeclaredBy: "a", ApprovedBy: "b", DeclaredAt: at})
		}
		if rng.IntN(7) == 0 {
			add(at, duty.TopicIncidents, c, &duty.Incident{ID: id(), Version: 1, ReceivedAt: at, IncidentID: id(),
				CentreID: c, From: day + duty.Hour,
				To: duty.Some(day + 2*duty.Hour), Kind: duty.IncidentKindServer, FormsStatus: duty.FormsStatusPending,
				State: duty.IncidentStateActive, Origin: duty.OriginHuman})
		}
		if rng.IntN(10) == 0 {
			bad = append(bad, Feed{At: at, Topic: duty.TopicExclusions, Key: c})
		}
	}
	return bad
}

// ParkedRow reports whether a record is a card row without a person.
func ParkedRow(record any) bool {
	e, ok := record.(*duty.CardEvent)
	return ok && !e.PersonID.OK
}
