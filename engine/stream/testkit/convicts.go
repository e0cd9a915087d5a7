package testkit

import (
	"fmt"
	"math/rand/v2"
	"sort"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
)

// Convicts are residents of whom what counting needs is told as well: groups, some of which begin
// later, convictions of all statutes, decided long before or after they are known, corrected, taken
// back or of another person by then, and now and then a link.
func Convicts(rng *rand.Rand, persons, days int) []Feed {
	feeds := Residents(rng, persons, days)
	span := int64(duty.Instant(days+4) * duty.Day)
	moment := func() duty.Instant { return seeds.Start + duty.Instant(rng.Int64N(span)) }
	who := func() string { return fmt.Sprintf("Qperson%d", rng.IntN(persons)) }
	add := func(at duty.Instant, topic, key string, record any) {
		feeds = append(feeds, Feed{At: at, Topic: topic, Key: key, Record: record})
	}
	groups := []duty.Group{duty.GroupTolerated, duty.GroupExpelledJudgment, duty.GroupForeignFighter, duty.GroupExpelled25,
		duty.GroupRejected, duty.GroupOtherUnlawful}
	for i := range persons {
		id := fmt.Sprintf("Qperson%d", i)
		for n := range 1 + rng.IntN(3) {
			at, from := seeds.Start, seeds.Start-40*duty.Day
			if n > 0 {
				at = moment()
				from = at + duty.Instant(rng.Int64N(int64(3*duty.Day))) - duty.Day
			}
			add(at, duty.TopicGroupChanges, id, &duty.GroupChange{ID: fmt.Sprintf("gc%d-%d", i, n), Version: 1,
				ReceivedAt: at, PersonID: id, Group: groups[rng.IntN(len(groups))], ValidFrom: from})
		}
	}
	statutes := []string{"ALIENS_ACT_60_1", "ALIENS_ACT_60_2", "RETURN_ACT_23_1", "RETURN_ACT_23_2", "PENAL_CODE_143",
		"OTHER"}
	for n := range 2 * persons {
		id, at := who(), moment()
		c := duty.Conviction{ID: fmt.Sprintf("conviction%d", n), Version: 1, ReceivedAt: at, PersonID: id,
			DecidedAt: at + duty.Instant(rng.Int64N(int64(6*duty.Day))) - 4*duty.Day,
			Statute:   statutes[rng.IntN(len(statutes))]}
		if rng.IntN(3) == 0 {
			c.Breaches = duty.Some(int32(rng.IntN(3)))
		}
		if rng.IntN(4) == 0 {
			c.CoversFromDate = duty.Some(seeds.Start.Date() + duty.Date(rng.IntN(days)))
		}
		if rng.IntN(4) == 0 {
			c.CoversToDate = duty.Some(seeds.Start.Date() + duty.Date(rng.IntN(days)))
		}
		first := c
		add(at, duty.TopicConvictions, id, &first)
		if rng.IntN(3) == 0 {
			later := c
			later.Version, later.Retracted = 2, rng.IntN(2) == 0
			later.DecidedAt += duty.Instant(rng.Int64N(int64(2*duty.Day))) - duty.Day
			later.ReceivedAt = moment()
			if rng.IntN(3) == 0 {
				later.PersonID = who()
			}
			add(later.ReceivedAt, duty.TopicConvictions, later.PersonID, &later)
		}
	}
	for n := range rng.IntN(3) {
		at, id, alias := moment(), who(), who()
		if action := []duty.LinkAction{duty.LinkActionMerge, duty.LinkActionSplit}[rng.IntN(4)/3]; id != alias {
			add(at, duty.TopicIdentityLinks, id, &duty.IdentityLink{ID: fmt.Sprintf("lc%d", n), Version: 1, ReceivedAt: at,
				PersonID: id, AliasPersonID: alias, Action: action, At: at})
		}
	}
	sort.SliceStable(feeds, func(i, j int) bool { return feeds[i].At < feeds[j].At })
	return feeds
}
