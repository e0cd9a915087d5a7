package testkit

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"

	"tilsyn/engine/duty"
	"tilsyn/engine/internal/notation"
	"tilsyn/engine/stream/seeds"
)

// withPerson returns a copy of a record with the same id and version that names somebody else; nil
// for record types that are not contested.
func withPerson(record any, to string, at duty.Instant) any {
	switch record.(type) {
	case *duty.CardEvent, *duty.Notice, *duty.ObligationChange, *duty.Permission, *duty.GroupChange,
		*duty.CardAssignment, *duty.Hold:
		other := notation.Copy(record)
		notation.Set(other, "PersonID", to)
		notation.Set(other, "ReceivedAt", at)
		return other
	}
	return nil
}

// Contest adds copies of some facts under a second person, with the same id and version, at an
// earlier or later time. Some records are also repeated unchanged.
func Contest(rng *rand.Rand, feeds []Feed, persons int) []Feed {
	for _, f := range slices.Clone(feeds) {
		if f.Record == nil || ParkedRow(f.Record) {
			continue
		}
		if rng.IntN(6) == 0 {
			feeds = append(feeds, Feed{At: f.At + duty.Instant(rng.Int64N(int64(duty.Day))), Topic: f.Topic,
				Key: f.Key, Record: f.Record})
		}
		if rng.IntN(5) > 0 {
			continue
		}
		for range 1 + rng.IntN(2) {
			to := fmt.Sprintf("Qperson%d", rng.IntN(persons))
			at := max(seeds.Start, f.At+duty.Instant(rng.Int64N(int64(3*duty.Day)))-duty.Day)
			if record := withPerson(f.Record, to, at); record != nil {
				feeds = append(feeds, Feed{At: at, Topic: f.Topic, Key: to, Record: record})
			}
		}
	}
	sort.SliceStable(feeds, func(i, j int) bool { return feeds[i].At < feeds[j].At })
	return feeds
}

// Contenders are residents some of whose facts are contested.
func Contenders(rng *rand.Rand, persons, days int) []Feed {
	return Contest(rng, Residents(rng, persons, days), persons)
}
