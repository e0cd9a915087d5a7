package stream

import (
	"errors"
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
			seen[loose[i].pos] = true
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
			keys := [][]string{{"KH", who}, {who, "KH"}, {who}, {"KH"}}[rng.IntN(4)]
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

// centrePaper adds to the facts of residents, some of whom are linked, paper of a
// producer that keys all of it by centre: named from the first version on, and
// corrected by a later one to somebody else, also under other keys.
func centrePaper(rng *rand.Rand, persons, days int) []feed {
	feeds := residents(rng, persons, days)
	who := func() string { return fmt.Sprintf("Qperson%d", rng.IntN(persons)) }
	for i := range 2 {
		at := worldStart + duty.Instant(rng.Int64N(int64(duty.Instant(days)*duty.Day)))
		l := &duty.IdentityLink{ID: fmt.Sprintf("l%d", i), Version: 1, ReceivedAt: at, PersonID: who(), AliasPersonID: who(), Action: duty.LinkActionMerge, At: at}
		if l.PersonID != l.AliasPersonID {
			feeds = append(feeds, feed{at: at, topic: topicIdentityLinks, key: l.PersonID, record: l})
		}
	}
	for i := range 4 * persons {
		when := worldStart + duty.Instant(rng.Int64N(int64(duty.Instant(days)*duty.Day)))
		e := duty.ManualEntry{ID: fmt.Sprintf("named%d", i), ReceivedAt: when, CentreID: "KH", Form: duty.FormAssistedPassage,
			Direction: duty.Some(duty.DirectionIn + duty.Direction(rng.IntN(2))), LocalTime: when.String()[:16], PersonID: duty.Some(who()), APB: duty.Some(rng.IntN(3) == 0)}
		at := when
		for version := range int64(1 + rng.IntN(3)) {
			n := e
			n.Version, n.ReceivedAt = version+1, at
			switch {
			case version > 0 && rng.IntN(3) > 0:
				n.PersonID = duty.Some(who())
			case version > 0 && rng.IntN(4) == 0:
				n.PersonID = duty.None[string]()
			case version > 0:
				n.Retracted = rng.IntN(2) == 0
			}
			keys := []string{"KH"}
			if n.PersonID.OK && rng.IntN(3) == 0 {
				keys = [][]string{{"KH", n.PersonID.V}, {n.PersonID.V, "KH"}, {n.PersonID.V}}[rng.IntN(3)]
			}
			for _, key := range keys {
				feeds = append(feeds, feed{at: at, topic: topicManualEntries, key: key, record: &n})
				at += duty.Instant(rng.Int64N(int64(duty.Day)))
			}
		}
	}
	sort.SliceStable(feeds, func(i, j int) bool { return feeds[i].at < feeds[j].at })
	return feeds
}

// Paper that names somebody and lies under its centre's key is that person's.
func TestCentrePaper(t *testing.T) {
	t.Parallel()
	forSeeds(t, 20, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%4)
		w.play(centrePaper(w.rng, 5, 4), worldEnd, 3)
		w.check()
	})
}

// The process dies at effects in turn.
func TestCentrePaperCrash(t *testing.T) {
	t.Parallel()
	seed := uint64(11)
	w := newCoreWorld(t, seed, 3)
	w.play(centrePaper(w.rng, 4, 3), worldEnd, 2)
	w.check()
	step := max(1, w.effects/25)
	for at := 1 + int(seed)%step; at < w.effects; at += step {
		c := newCoreWorld(t, seed, 3)
		c.dieAt, c.loseTail = at, at%2 == 0
		c.limits.Records = 7 + at%13
		c.play(centrePaper(c.rng, 4, 3), worldEnd, 2)
		if c.check(); t.Failed() {
			t.Fatalf("death at effect %d of %d", at, w.effects)
		}
	}
}

// Against a broker; `verify` finds the same by itself.
func TestCentrePaperLive(t *testing.T) {
	t.Parallel()
	r := newRig(t, 3)
	r.load(centrePaper(rand.New(rand.NewPCG(5, 9)), 8, 4))
	e := start(t, r.config(worldStart+20*duty.Day))
	e.rest()
	e.end()
	r.verified()
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
					w.send(&feed{topic: topicManualEntries, key: key, record: &e})
				}
				w.now += 2 * duty.Day
				w.rest()
				w.check()
				if got := w.accusedNow(); !slices.Equal(got, []string{"Qb"}) {
					t.Fatalf("accused are %v, want Qb alone", got)
				}
				if n := len(w.broker.committed(Partition{Topic: topicDeadLetters, Index: 0})); n > 0 {
					t.Errorf("%d dead letters", n)
				}
				persons, _ := w.knowledgeOf()
				if n := len(persons["Qa"].ManualEntries); n < len(keys) {
					t.Fatalf("the model has %d of %d copies", n, len(keys))
				}
				for i := range w.parts {
					for _, rec := range w.broker.committed(Partition{Topic: topicDataQuality, Index: i}) {
						q, err := w.codec.Decode(topicDataQuality, rec.Value)
						w.must(err)
						if code := q.(*duty.DataQuality).Code; code == duty.DataQualityCodeConflictingFact {
							t.Errorf("%s", code)
						}
					}
				}
				n := e
				n.Version, n.PersonID, n.ReceivedAt = 2, duty.Some("Qb"), w.now
				w.send(&feed{topic: topicManualEntries, key: "KH", record: &n})
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
		if err := KeyFault(Partition{Topic: topicManualEntries}, []byte("KH"), e, 1); !errors.Is(err, errKeyOther) {
			t.Errorf("%q: %v", name, err)
		}
	}
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
