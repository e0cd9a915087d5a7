package task

import (
	"maps"
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/testkit"
	"tilsyn/schemas"
)

// spreadMoved gives everybody who has a version of a fact the versions under other keys that are
// not lower. It looks at everything at once and knows nothing of partitions.
func spreadMoved(persons map[string]*duty.Facts) {
	type place struct {
		topic string
		pos   duty.Position
	}
	versions, who := map[uint64]map[place]stored.Fact{}, map[place]map[string]bool{}
	for id, facts := range persons {
		for _, f := range listFacts(facts) {
			at := place{f.Topic, f.Pos}
			if versions[f.Name()] == nil {
				versions[f.Name()] = map[place]stored.Fact{}
			}
			versions[f.Name()][at] = f
			if who[at] == nil {
				who[at] = map[string]bool{}
			}
			who[at][id] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(versions)) {
		for at, f := range versions[name] {
			h, _ := schemas.HeadOf(f.Record)
			for other, g := range versions[name] {
				if o, _ := schemas.HeadOf(g.Record); o.Version > h.Version {
					continue
				}
				for id := range who[other] {
					if !who[at][id] {
						f.FileUnder(persons[id])
						who[at][id] = true
					}
				}
			}
		}
	}
}

func listFacts(f *duty.Facts) []stored.Fact {
	var out []stored.Fact
	out = append(out, listOf(duty.TopicCardEvents, f.CardEvents)...)
	out = append(out, listOf("manual-entries", f.ManualEntries)...)
	out = append(out, listOf("notices", f.Notices)...)
	out = append(out, listOf("obligation-changes", f.ObligationChanges)...)
	out = append(out, listOf("group-changes", f.GroupChanges)...)
	out = append(out, listOf("permissions", f.Permissions)...)
	out = append(out, listOf("holds", f.Holds)...)
	out = append(out, listOf("departure-assessments", f.DepartureAssessments)...)
	out = append(out, listOf(duty.TopicConvictions, f.Convictions)...)
	out = append(out, listOf(duty.TopicIdentityLinks, f.IdentityLinks)...)
	return append(out, listOf(duty.TopicCardAssignments, f.CardAssignments)...)
}

func listOf[T any](topic string, list []duty.Known[T]) []stored.Fact {
	out := make([]stored.Fact, len(list))
	for i := range list {
		out[i] = stored.Fact{Topic: topic, Known: list[i].At, Pos: list[i].Pos.V, Record: &list[i].Fact}
	}
	return out
}

// The highest version of a fact counts everywhere, whatever partition the versions
// lie in and whatever came first (contract §1).
func TestMoved(t *testing.T) {
	t.Parallel()
	moved := int64(0)
	seeds.ForEach(t, 30, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%4)
		w.play(testkit.Wanderers(w.rng, 6, 4), worldEnd, 3)
		w.check()
		moved += w.stats.Moved.Load()
	})
	if moved == 0 {
		t.Error("nothing moved")
	}
}

// The same with links, and cards of several persons.
func TestMovedAmongNeighbours(t *testing.T) {
	t.Parallel()
	seeds.ForEach(t, 16, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%3)
		w.play(testkit.Wander(w.rng, testkit.Neighbours(w.rng, 5, 3), 5), worldEnd, 3)
		w.check()
	})
}
