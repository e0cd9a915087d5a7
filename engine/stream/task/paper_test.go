package task

import (
	"errors"
	"slices"
	"testing"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/testkit"
)

// underCentre reports whether a record is paper under its centre's key.
func underCentre(rec *broker.Record, f *stored.Fact) bool {
	e, ok := f.Record.(*duty.ManualEntry)
	return ok && string(rec.Key) == e.CentreID && e.PersonID.V != e.CentreID
}

// spreadPaper are all versions of the entries of which one names nobody; whoever has a
// version gets the later ones that lie under a centre.
func spreadPaper(persons map[string]*duty.Facts, loose []stored.Fact) []duty.Known[duty.ManualEntry] {
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

// Paper that names a person and lies under its centre's key belongs to that person.
func TestCentrePaper(t *testing.T) {
	t.Parallel()
	seeds.ForEach(t, 20, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%4)
		w.play(testkit.CentrePaper(w.rng, 5, 4), worldEnd, 3)
		w.check()
	})
}

// A name that is not a usable key is a dead letter, under a centre's key as under any other.
func TestCentrePaperOfNoName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", " Qa", "Q\x00a"} {
		e := &duty.ManualEntry{ID: "m", Version: 1, CentreID: "KH", PersonID: duty.Some(name)}
		if err := casefile.KeyFault(duty.TopicManualEntries, "KH",
			0, e, func(string) int32 { return 0 }); !errors.Is(err, casefile.ErrKeyOther) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// Paper without a person casts a doubt on everybody of its centre, in every partition, until it is
// known whose it is (RD-47).
func TestNobodysPaper(t *testing.T) {
	t.Parallel()
	seeds.ForEach(t, 20, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%4)
		w.play(testkit.NobodysPaper(w.rng, 5, 4), worldEnd, 3)
		w.check()
		doubted := false
		for _, revisions := range w.histories() {
			doubted = doubted || slices.ContainsFunc(revisions, func(v duty.Violation) bool {
				return slices.Contains(v.Caveats, "UNASSIGNED_PAPER")
			})
		}
		if seed == 0 && !doubted {
			t.Error("nobody was doubted")
		}
	})
}
