package simulate

import (
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// history tells everything that an engine would tell that looks at some times
// of each day, in the order in which it is told.
func (g *gathered) history(t *testing.T, cfg Config, until duty.Instant) []duty.Violation {
	t.Helper()
	centres := duty.NewCentres(g.centres)
	active := []duty.ActivePolicy{{From: duty.Beginning, Policy: policy.Builtin()}}
	var out []duty.Violation
	said := map[string][]duty.Said{}
	look := func(now duty.Instant) {
		for person, facts := range g.people {
			in := duty.Input{PersonID: person, Person: facts, Centres: centres, Policies: active}
			revisions, err := duty.Revise(in, duty.Evaluate(in, now), said[person])
			if err != nil {
				t.Fatal(err)
			}
			for i := range revisions {
				v := revisions[i]
				s := duty.SaidOf(&v)
				said[person] = slices.DeleteFunc(said[person], func(x duty.Said) bool {
					return x.Kind == s.Kind && x.Date == s.Date
				})
				said[person] = append(said[person], s)
				out = append(out, v)
			}
		}
	}
	for d := cfg.Start; d <= cfg.Start+duty.Date(cfg.Days); d++ {
		for _, m := range []hm{9*60 + 30, 15 * 60} {
			if now := at(d, m, 0); now < until {
				look(now)
			}
		}
	}
	look(until)
	return out
}

// Everything rare happens: records are withdrawn for each cause, and what
// stands at the end is what ought to stand.
func TestHistoryWithdrawsAndEndsRight(t *testing.T) {
	cfg := november(7)
	cfg.Persons = 120
	facts, truth := simulated(t, cfg)
	last := map[Key]duty.Status{}
	withdrawn := map[duty.WithdrawnOutcome]int{}
	for _, v := range gather(facts).history(t, cfg, truth.Until) {
		last[Key{v.PersonID, v.Kind, v.UnitDate}] = v.Status
		if v.Status == duty.StatusWithdrawn {
			withdrawn[v.WithdrawnOutcome.V]++
		}
	}
	for _, o := range []duty.WithdrawnOutcome{duty.WithdrawnOutcomeCompliant, duty.WithdrawnOutcomeExcused,
		duty.WithdrawnOutcomeNotApplicable, duty.WithdrawnOutcomeUndetermined, duty.WithdrawnOutcomeExcluded} {
		if withdrawn[o] == 0 {
			t.Errorf("nothing is withdrawn as %s", o)
		}
	}
	score := truth.Compare(last, duty.KindUnknown)
	if score.Precision() != 1 || score.Recall() != 1 || len(score.Differences) != 0 {
		t.Errorf("precision %.3f, recall %.3f, %d differences: want 1, 1, 0", score.Precision(), score.Recall(),
			len(score.Differences))
	}
	t.Logf("withdrawn: %v", withdrawn)
}
