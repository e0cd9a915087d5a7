package task

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/casefile"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/testkit"
)

// underCentre reports whether a record is paper under its centre's key.
func underCentre(rec *broker.Record, f *stored.Fact) bool {
	e, ok := f.Record.(*duty.ManualEntry)
	return ok && string(rec.Key) == e.CentreID && e.PersonID.V != e.CentreID
}

// joinPaper are all versions of the entries of which one names nobody; whoever has a
// version gets the later ones that lie under a centre.
func joinPaper(persons map[string]*duty.Facts, loose []stored.Fact) []duty.Known[duty.ManualEntry] {
	var out []duty.Known[duty.ManualEntry]
	unnamed, seen := map[string]bool{}, map[duty.Position]bool{}
	for i := range loose {
		e := loose[i].Record.(*duty.ManualEntry)
		unnamed[e.ID] = unnamed[e.ID] || !e.PersonID.OK
	}
	for i := range loose {
		if e := loose[i].Record.(*duty.ManualEntry); unnamed[e.ID] {
			seen[loose[i].Pos] = true
			out = append(out, stored.Known(&loose[i], e))
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
			e := loose[i].Record.(*duty.ManualEntry)
			if v, ok := has[e.ID]; ok && v <= e.Version {
				p.ManualEntries = append(p.ManualEntries, stored.Known(&loose[i], e))
			}
		}
	}
	return out
}

// Paper that names somebody and lies under its centre's key is that person's.
func TestCentrePaper(t *testing.T) {
	t.Parallel()
	seeds.ForEach(t, 20, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%4)
		w.play(testkit.CentrePaper(w.rng, 5, 4), worldEnd, 3)
		w.check()
	})
}

// The process dies at effects in turn.
func TestCentrePaperCrash(t *testing.T) {
	t.Parallel()
	seed := uint64(11)
	w := newCoreWorld(t, seed, 3)
	w.play(testkit.CentrePaper(w.rng, 4, 3), worldEnd, 2)
	w.check()
	step := max(1, w.effects/seeds.Size(t, 25))
	for at := 1 + int(seed)%step; at < w.effects; at += step {
		c := newCoreWorld(t, seed, 3)
		c.dieAt, c.loseTail = at, at%2 == 0
		c.limits.Records = 7 + at%13
		c.play(testkit.CentrePaper(c.rng, 4, 3), worldEnd, 2)
		if c.check(); t.Failed() {
			t.Fatalf("death at effect %d of %d", at, w.effects)
		}
	}
}

// Somebody went out and came back at the gate by hand: the entry clears the night,
// under whichever keys it lies, and a version that gives it to somebody else clears
// that person and no longer the first.
func TestCentrePaperClears(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]string{"centre": {"KH"}, "both": {"KH", "Qa"}, "both, person first": {"Qa", "KH"}, "person": {"Qa"}} {
		for parts := range int32(4) {
			t.Run(fmt.Sprintf("%s %d", name, parts+1), func(t *testing.T) {
				t.Parallel()
				w := newCoreWorld(t, 3, parts+1)
				w.boot()
				w.sendStay("Qa")
				w.sendStay("Qb")
				for _, way := range []duty.Direction{duty.DirectionIn, duty.DirectionOut} {
					w.now += 6 * duty.Hour
					w.sendPassage("Qa", w.now, way)
					w.sendPassage("Qb", w.now, way)
				}
				back := w.now + duty.Hour
				e := duty.ManualEntry{ID: "m", Version: 1, ReceivedAt: back, PersonID: duty.Some("Qa"), CentreID: "KH",
					Form: duty.FormAssistedPassage, APB: duty.Some(false), Direction: duty.Some(duty.DirectionIn), LocalTime: (back + 2*duty.Hour).String()[:16]}
				w.now = back + 2*duty.Hour
				for _, key := range keys {
					w.send(&testkit.Feed{Topic: duty.TopicManualEntries, Key: key, Record: &e})
				}
				w.now += 2 * duty.Day
				w.rest()
				w.check()
				if got := w.accusedNow(); !slices.Equal(got, []string{"Qb"}) {
					t.Fatalf("accused are %v, want Qb alone", got)
				}
				if n := len(w.broker.Committed(broker.Partition{Topic: duty.TopicDeadLetters, Index: 0})); n > 0 {
					t.Errorf("%d dead letters", n)
				}
				persons, _ := w.knowledgeOf()
				if n := len(persons["Qa"].ManualEntries); n < len(keys) {
					t.Fatalf("the model has %d of %d copies", n, len(keys))
				}
				for i := range w.parts {
					for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicDataQuality, Index: i}) {
						q, err := w.codec.Decode(duty.TopicDataQuality, rec.Value)
						w.must(err)
						if code := q.(*duty.DataQuality).Code; code == duty.DataQualityCodeConflictingFact {
							t.Errorf("%s", code)
						}
					}
				}
				n := e
				n.Version, n.PersonID, n.ReceivedAt = 2, duty.Some("Qb"), w.now
				w.send(&testkit.Feed{Topic: duty.TopicManualEntries, Key: "KH", Record: &n})
				w.now += duty.Hour
				w.rest()
				w.check()
				if got := w.accusedNow(); !slices.Equal(got, []string{"Qa"}) {
					t.Fatalf("accused are %v after the correction, want Qa alone", got)
				}
			})
		}
	}
}

// accusedNow are all of whom a record stands, sorted.
func (w *world) accusedNow() []string {
	var out []string
	for _, revisions := range w.histories() {
		if v := &revisions[len(revisions)-1]; v.Status != duty.StatusWithdrawn && !slices.Contains(out, v.PersonID) {
			out = append(out, v.PersonID)
		}
	}
	slices.Sort(out)
	return out
}

// A name that can be nobody's is a dead letter, under a centre as elsewhere.
func TestCentrePaperOfNoName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", " Qa", "Q\x00a"} {
		e := &duty.ManualEntry{ID: "m", Version: 1, CentreID: "KH", PersonID: duty.Some(name)}
		if err := casefile.KeyFault(broker.Partition{Topic: duty.TopicManualEntries}, []byte("KH"), e, 1); !errors.Is(err, casefile.ErrKeyOther) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// Paper without a person is a doubt about everybody of its centre, in every
// partition, until it is known whose it is (RD-47).
func TestNobodysPaper(t *testing.T) {
	t.Parallel()
	seeds.ForEach(t, 20, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%4)
		w.play(testkit.NobodysPaper(w.rng, 5, 4), worldEnd, 3)
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
	w.play(testkit.NobodysPaper(w.rng, 4, 3), worldEnd, 2)
	w.check()
	step := max(1, w.effects/seeds.Size(t, 25))
	for at := 1 + int(seed)%step; at < w.effects; at += step {
		c := newCoreWorld(t, seed, 3)
		c.dieAt, c.loseTail = at, at%2 == 0
		c.limits.Records = 7 + at%13
		c.play(testkit.NobodysPaper(c.rng, 4, 3), worldEnd, 2)
		if c.check(); t.Failed() {
			t.Fatalf("death at effect %d of %d", at, w.effects)
		}
	}
}
