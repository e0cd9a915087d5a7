package stream

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// joinMoved gives whoever has a version of a fact those that are not lower and lie
// under another key, with everything at hand. It is dumb on purpose.
func joinMoved(persons map[string]*duty.Facts) {
	type place struct {
		topic string
		pos   duty.Position
	}
	versions, who := map[uint64]map[place]fact{}, map[place]map[string]bool{}
	for id, facts := range persons {
		for _, f := range listFacts(facts) {
			at := place{f.topic, f.pos}
			if versions[f.name()] == nil {
				versions[f.name()] = map[place]fact{}
			}
			versions[f.name()][at] = f
			if who[at] == nil {
				who[at] = map[string]bool{}
			}
			who[at][id] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(versions)) {
		for at, f := range versions[name] {
			h, _ := schemas.HeadOf(f.record)
			for other, g := range versions[name] {
				if o, _ := schemas.HeadOf(g.record); o.Version > h.Version {
					continue
				}
				for id := range who[other] {
					if !who[at][id] {
						f.fileUnder(persons[id])
						who[at][id] = true
					}
				}
			}
		}
	}
}

func listFacts(f *duty.Facts) []fact {
	var out []fact
	out = append(out, listOf(topicCardEvents, f.CardEvents)...)
	out = append(out, listOf("manual-entries", f.ManualEntries)...)
	out = append(out, listOf("notices", f.Notices)...)
	out = append(out, listOf("obligation-changes", f.ObligationChanges)...)
	out = append(out, listOf("group-changes", f.GroupChanges)...)
	out = append(out, listOf("permissions", f.Permissions)...)
	out = append(out, listOf("holds", f.Holds)...)
	out = append(out, listOf("departure-assessments", f.DepartureAssessments)...)
	out = append(out, listOf(topicIdentityLinks, f.IdentityLinks)...)
	return append(out, listOf(topicCardAssignments, f.CardAssignments)...)
}

func listOf[T any](topic string, list []duty.Known[T]) []fact {
	out := make([]fact, len(list))
	for i := range list {
		out[i] = fact{topic: topic, known: list[i].At, pos: list[i].Pos.V, record: &list[i].Fact}
	}
	return out
}

// wanderers are residents some of whose facts wander.
func wanderers(rng *rand.Rand, persons, days int) []feed {
	return wander(rng, residents(rng, persons, days), persons)
}

// wander gives some facts later versions that name somebody else, nobody, another
// card, or take the fact away; some of the versions come before the first.
func wander(rng *rand.Rand, feeds []feed, persons int) []feed {
	who := func() string { return fmt.Sprintf("Qperson%d", rng.IntN(persons)) }
	for i := range persons {
		id := fmt.Sprintf("Qperson%d", i)
		feeds = append(feeds, feed{at: worldStart, topic: "group-changes", key: id, record: &duty.GroupChange{ID: "gw" + id, Version: 1, ReceivedAt: worldStart,
			PersonID: id, Group: duty.GroupExpelledJudgment, ValidFrom: worldStart - 40*duty.Day}})
	}
	seen := map[uint64]bool{} // a version is of one form
	for _, f := range slices.Clone(feeds) {
		name := (&fact{topic: f.topic, record: f.record}).name()
		if f.record == nil || parkedRow(f.record) || seen[name] || rng.IntN(4) > 0 {
			continue
		}
		seen[name] = true
		at, version := f.at, int64(1)
		for range 1 + rng.IntN(2) {
			to := who()
			at += duty.Instant(rng.Int64N(int64(2*duty.Day))) - duty.Instant(rng.Int64N(int64(duty.Day)))
			at = max(at, worldStart)
			version++
			retracted := rng.IntN(6) == 0
			var record any
			switch v := f.record.(type) {
			case *duty.CardEvent:
				n := *v
				n.Version, n.PersonID, n.Retracted, n.ReceivedAt = version, duty.Some(to), retracted, at
				if rng.IntN(3) == 0 {
					n.CardID = "Qcard" + to
				}
				if version == 2 && rng.IntN(8) == 0 {
					n.PersonID, to = duty.None[string](), n.CardID
				}
				record = &n
			case *duty.ObligationChange:
				n := *v
				n.Version, n.PersonID, n.Retracted, n.Action, n.ReceivedAt = version, to, retracted, duty.ActionCorrect, at
				record = &n
			case *duty.CardAssignment:
				n := *v
				n.Version, n.PersonID, n.Retracted, n.ReceivedAt = version, to, retracted, at
				record = &n
			case *duty.IdentityLink:
				n := *v
				n.Version, n.PersonID, n.Retracted, n.ReceivedAt = version, to, retracted, at
				record = &n
			case *duty.Permission:
				n := *v
				n.Version, n.PersonID, n.Retracted, n.ReceivedAt = version, to, retracted, at
				record = &n
			case *duty.GroupChange:
				n := *v
				n.Version, n.PersonID, n.Retracted, n.ReceivedAt = version, to, retracted, at
				record = &n
			default:
				continue
			}
			feeds = append(feeds, feed{at: at, topic: f.topic, key: to, record: record})
		}
	}
	sort.SliceStable(feeds, func(i, j int) bool { return feeds[i].at < feeds[j].at })
	return feeds
}

// The highest version of a fact counts everywhere, whatever partition the versions
// lie in and whatever came first (contract §1).
func TestMoved(t *testing.T) {
	t.Parallel()
	moved := int64(0)
	forSeeds(t, 30, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%4)
		w.play(wanderers(w.rng, 6, 4), worldEnd, 3)
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
	forSeeds(t, 16, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%3)
		w.play(wander(w.rng, neighbours(w.rng, 5, 3), 5), worldEnd, 3)
		w.check()
	})
}

// The process dies at every effect in turn, and may lose the newest of its state.
func TestMovedCrash(t *testing.T) {
	t.Parallel()
	for i, lose := range []bool{false, true} {
		seed := uint64(i + 5)
		w := newCoreWorld(t, seed, 3)
		w.play(wanderers(w.rng, 4, 3), worldEnd, 2)
		w.check()
		if w.stats.Moved.Load() == 0 {
			t.Fatal("nothing moved")
		}
		step := max(1, w.effects/40)
		for at := 1 + int(seed)%step; at < w.effects; at += step {
			c := newCoreWorld(t, seed, 3)
			c.dieAt, c.loseTail = at, lose
			c.limits.Records = 7 + at%13
			c.limits.WalkStep = 1 + at%5
			c.play(wanderers(c.rng, 4, 3), worldEnd, 2)
			if c.died == 0 {
				t.Fatalf("seed %d: nobody died at effect %d", seed, at)
			}
			if c.check(); t.Failed() {
				t.Fatalf("seed %d: death at effect %d of %d, tail lost: %v", seed, at, w.effects, lose)
			}
		}
	}
}

// Against a broker; `verify` finds the same by itself.
func TestMovedLive(t *testing.T) {
	t.Parallel()
	r := newRig(t, 3)
	r.load(wanderers(rand.New(rand.NewPCG(11, 4)), 12, 5))
	e := start(t, r.config(worldStart+20*duty.Day))
	e.rest()
	if e.cfg.Stats.Moved.Load() == 0 {
		t.Error("nothing moved")
	}
	e.end()
	r.verified()
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
	w.send(&feed{topic: topicCardEvents, key: first, record: out})
	w.now += 2 * duty.Day
	w.rest()
	if h := w.histories(); len(h) == 0 {
		t.Fatal("nobody was accused")
	}
	again := *out
	again.Version, again.PersonID, again.CardID, again.ReceivedAt = 2, duty.Some(second), "c"+second, w.now
	w.behind = duty.Hour // nothing more is caught up
	w.send(&feed{topic: topicCardEvents, key: second, record: &again})
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
