package testkit

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"

	"tilsyn/engine/duty"
	"tilsyn/engine/internal/notation"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/stored"
)

// Wanderers are residents some of whose facts wander (Wander).
func Wanderers(rng *rand.Rand, persons, days int) []Feed {
	return Wander(rng, Residents(rng, persons, days), persons)
}

// Wander gives some facts later versions that name another person, nobody or another card, or that
// retract the fact. Some later versions come before the first.
func Wander(rng *rand.Rand, feeds []Feed, persons int) []Feed {
	who := func() string { return fmt.Sprintf("Qperson%d", rng.IntN(persons)) }
	for i := range persons {
		id := fmt.Sprintf("Qperson%d", i)
		feeds = append(feeds, Feed{At: seeds.Start, Topic: duty.TopicGroupChanges, Key: id,
			Record: &duty.GroupChange{ID: "gw" + id, Version: 1, ReceivedAt: seeds.Start,
				PersonID: id, Group: duty.GroupExpelledJudgment, ValidFrom: seeds.Start - 40*duty.Day}})
	}
	seen := map[uint64]bool{} // a version is of one form
	for _, f := range slices.Clone(feeds) {
		name := (&stored.Fact{Topic: f.Topic, Record: f.Record}).Name()
		if f.Record == nil || ParkedRow(f.Record) || seen[name] || rng.IntN(4) > 0 {
			continue
		}
		seen[name] = true
		at, version := f.At, int64(1)
		for range 1 + rng.IntN(2) {
			to := who()
			at += duty.Instant(rng.Int64N(int64(2*duty.Day))) - duty.Instant(rng.Int64N(int64(duty.Day)))
			at = max(at, seeds.Start)
			version++
			retracted := rng.IntN(6) == 0
			record := notation.Copy(f.Record)
			notation.Set(record, "Version", version)
			notation.Set(record, "PersonID", to)
			notation.Set(record, "Retracted", retracted)
			notation.Set(record, "ReceivedAt", at)
			switch v := record.(type) {
			case *duty.CardEvent:
				if rng.IntN(3) == 0 {
					v.CardID = "Qcard" + to
				}
				if version == 2 && rng.IntN(8) == 0 {
					v.PersonID, to = duty.None[string](), v.CardID
				}
			case *duty.ObligationChange:
				v.Action = duty.ActionCorrect
			case *duty.CardAssignment, *duty.IdentityLink, *duty.Permission, *duty.GroupChange:
			default:
				continue
			}
			feeds = append(feeds, Feed{At: at, Topic: f.Topic, Key: to, Record: record})
		}
	}
	sort.SliceStable(feeds, func(i, j int) bool { return feeds[i].At < feeds[j].At })
	return feeds
}
