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

// joinMoved gives whoever has a version of a fact those that are not lower and lie
// under another key, with everything at hand. It is dumb on purpose.
func joinMoved(persons map[string]*duty.Facts) {
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

// With links and cards of several persons beside it.
func TestMovedAmongNeighbours(t *testing.T) {
	t.Parallel()
	seeds.ForEach(t, 16, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%3)
		w.play(testkit.Wander(w.rng, testkit.Neighbours(w.rng, 5, 3), 5), worldEnd, 3)
		w.check()
	})
}

// The process dies at every effect in turn, and may lose the newest of its state.
func TestMovedCrash(t *testing.T) {
	t.Parallel()
	for i, lose := range []bool{false, true} {
		seed := uint64(i + 5)
		w := newCoreWorld(t, seed, 3)
		w.play(testkit.Wanderers(w.rng, 4, 3), worldEnd, 2)
		w.check()
		if w.stats.Moved.Load() == 0 {
			t.Fatal("nothing moved")
		}
		step := max(1, w.effects/seeds.Size(t, 40))
		for at := 1 + int(seed)%step; at < w.effects; at += step {
			c := newCoreWorld(t, seed, 3)
			c.dieAt, c.loseTail = at, lose
			c.limits.Records = 7 + at%13
			c.limits.WalkStep = 1 + at%5
			c.play(testkit.Wanderers(c.rng, 4, 3), worldEnd, 2)
			if c.died == 0 {
				t.Fatalf("seed %d: nobody died at effect %d", seed, at)
			}
			if c.check(); t.Failed() {
				t.Fatalf("seed %d: death at effect %d of %d, tail lost: %v", seed, at, w.effects, lose)
			}
		}
	}
}

// A row that accuses is given to somebody else: whom it accused is cleared at once,
// before anything is caught up.
func TestMovedClearsAtOnce(t *testing.T) {
	t.Parallel()
	w := newCoreWorld(t, 1, 2)
	w.boot()
	a := slices.IndexFunc([]string{"Qa", "Qb"}, func(p string) bool { return w.partitionOf(p) == 0 })
	first, second := []string{"Qa", "Qb"}[a], []string{"Qb", "Qa"}[a]
	for _, who := range []string{first, second} {
		w.sendStay(who)
		w.now += duty.Minute
		w.sendPassage(who, w.now, duty.DirectionIn)
	}
	w.now += 12 * duty.Hour
	out := &duty.CardEvent{ID: "out", Version: 1, ReceivedAt: w.now, PersonID: duty.Some(first), CardID: "c" + first, CardType: duty.CardTypeBiometric,
		CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage,
		Direction: duty.Some(duty.DirectionOut), Scan: duty.ScanComplete, OccurredAt: w.now}
	w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: first, Record: out})
	w.now += 2 * duty.Day
	w.rest()
	if h := w.histories(); len(h) == 0 {
		t.Fatal("nobody was accused")
	}
	again := *out
	again.Version, again.PersonID, again.CardID, again.ReceivedAt = 2, duty.Some(second), "c"+second, w.now
	w.behind = duty.Hour // nothing more is caught up
	w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: second, Record: &again})
	for range 20 {
		w.turn()
	}
	for id, revisions := range w.histories() {
		if v := &revisions[len(revisions)-1]; v.PersonID == first && v.Status != duty.StatusWithdrawn {
			t.Errorf("%s is %s still", id, v.Status)
		}
	}
	w.behind = 0
	w.now += duty.Hour
	w.rest()
	w.check()
	told := false
	for _, revisions := range w.histories() {
		told = told || revisions[0].PersonID == second
	}
	if !told {
		t.Error("the row speaks of nobody now")
	}
}
