package stream

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"tilsyn/engine/duty"
)

// underCentre reports whether a record is paper under its centre's key.
func underCentre(rec *Record, f *fact) bool {
	e, ok := f.record.(*duty.ManualEntry)
	return ok && string(rec.Key) == e.CentreID && e.PersonID.V != e.CentreID
}

// joinPaper are all versions of the entries of which one names nobody; whoever has a
// version gets the later ones that lie under a centre.
func joinPaper(persons map[string]*duty.Facts, loose []fact) []duty.Known[duty.ManualEntry] {
	var out []duty.Known[duty.ManualEntry]
	unnamed, seen := map[string]bool{}, map[duty.Position]bool{}
	for i := range loose {
		e := loose[i].record.(*duty.ManualEntry)
		unnamed[e.ID] = unnamed[e.ID] || !e.PersonID.OK
	}
	for i := range loose {
		if e := loose[i].record.(*duty.ManualEntry); unnamed[e.ID] {
			out = append(out, known(&loose[i], e))
		}
	}
	for _, p := range persons {
		for i := range p.ManualEntries {
			if k := &p.ManualEntries[i]; unnamed[k.Fact.ID] && !seen[k.Pos.V] {
				seen[k.Pos.V] = true
				out = append(out, *k)
			}
		}
	}
	for _, p := range persons {
		has := map[string]int64{}
		for i := range p.ManualEntries {
			e := &p.ManualEntries[i].Fact
			if v, ok := has[e.ID]; !ok || e.Version < v {
				has[e.ID] = e.Version
			}
		}
		for i := range loose {
			e := loose[i].record.(*duty.ManualEntry)
			if v, ok := has[e.ID]; ok && v <= e.Version {
				p.ManualEntries = append(p.ManualEntries, known(&loose[i], e))
			}
		}
	}
	return out
}

// nobodysPaper adds to the facts of residents paper whose number nobody can read,
// of which some is read later: under both keys, under one, or it turns out to be
// nobody's, or a Resolution says that it does not matter.
func nobodysPaper(rng *rand.Rand, persons, days int) []feed {
	feeds := wanderers(rng, persons, days)
	for i := range 3 * persons {
		when := worldStart + duty.Instant(rng.Int64N(int64(duty.Instant(days)*duty.Day)))
		who := fmt.Sprintf("Qperson%d", rng.IntN(persons))
		e := duty.ManualEntry{ID: fmt.Sprintf("paper%d", i), Version: 1, ReceivedAt: when, CentreID: "KH", Form: duty.FormOutagePassage,
			Direction: duty.Some(duty.DirectionIn + duty.Direction(rng.IntN(2))), LocalTime: when.String()[:16]}
		first := e
		at := when + duty.Instant(rng.Int64N(int64(duty.Day)))
		key := "KH"
		if rng.IntN(5) == 0 { // it was of somebody at first
			first.PersonID, key = duty.Some(who), who
		}
		feeds = append(feeds, feed{at: at, topic: topicManualEntries, key: key, record: &first})
		second := e
		second.Version, second.ReceivedAt = 2, at+duty.Hour
		switch {
		case key == who:
			feeds = append(feeds, feed{at: at + duty.Hour, topic: topicManualEntries, key: "KH", record: &second})
		case rng.IntN(2) == 0:
			second.PersonID = duty.Some(who)
			keys := [][]string{{"KH", who}, {who, "KH"}, {who}}[rng.IntN(3)]
			for _, key := range keys {
				at += duty.Instant(rng.Int64N(int64(duty.Day)))
				feeds = append(feeds, feed{at: at, topic: topicManualEntries, key: key, record: &second})
			}
		case rng.IntN(3) == 0:
			second.Retracted = true
			feeds = append(feeds, feed{at: at + duty.Hour, topic: topicManualEntries, key: "KH", record: &second})
		}
	}
	sort.SliceStable(feeds, func(i, j int) bool { return feeds[i].at < feeds[j].at })
	return feeds
}

// Paper without a person is a doubt about everybody of its centre, in every
// partition, until it is known whose it is (RD-47).
func TestNobodysPaper(t *testing.T) {
	t.Parallel()
	forSeeds(t, 20, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%4)
		w.play(nobodysPaper(w.rng, 5, 4), worldEnd, 3)
		w.check()
		doubted := false
		for _, revisions := range w.histories() {
			doubted = doubted || slices.ContainsFunc(revisions, func(v duty.Violation) bool { return slices.Contains(v.Caveats, "UNASSIGNED_PAPER") })
		}
		if seed == 0 && !doubted {
			t.Error("nobody was doubted")
		}
	})
}

// The process dies at effects in turn.
func TestNobodysPaperCrash(t *testing.T) {
	t.Parallel()
	seed := uint64(7)
	w := newCoreWorld(t, seed, 3)
	w.play(nobodysPaper(w.rng, 4, 3), worldEnd, 2)
	w.check()
	step := max(1, w.effects/25)
	for at := 1 + int(seed)%step; at < w.effects; at += step {
		c := newCoreWorld(t, seed, 3)
		c.dieAt, c.loseTail = at, at%2 == 0
		c.limits.Records = 7 + at%13
		c.play(nobodysPaper(c.rng, 4, 3), worldEnd, 2)
		if c.check(); t.Failed() {
			t.Fatalf("death at effect %d of %d", at, w.effects)
		}
	}
}

// Against a broker; `verify` finds the same by itself.
func TestNobodysPaperLive(t *testing.T) {
	t.Parallel()
	r := newRig(t, 3)
	r.load(nobodysPaper(rand.New(rand.NewPCG(3, 8)), 8, 4))
	e := start(t, r.config(worldStart+20*duty.Day))
	e.rest()
	e.end()
	r.verified()
}
