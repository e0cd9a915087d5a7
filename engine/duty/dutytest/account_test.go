package dutytest

import (
	"slices"
	"testing"

	"tilsyn/engine/duty"
)

// TestExplainIsTheVerdict: on random persons, the account of a unit has the verdict that Evaluate
// gives, its record is the one that Revise writes first, every caveat of which somebody set has its
// rules in the record, and the registrations are those of the evidence.
func TestExplainIsTheVerdict(t *testing.T) {
	records, doubts, triggers := 0, 0, 0
	forCases(t, 120, func(t *testing.T, seed uint64, g *gen) {
		clocks := g.clocks()
		at := clocks[len(clocks)-1]
		res := duty.Evaluate(g.c.coreAt(at), at)
		first, err := duty.Revise(g.c.coreAt(at), res, nil)
		if err != nil {
			t.Fatal(err)
		}
		told := map[unitKey]*duty.Violation{}
		for i := range first {
			told[unitKey{first[i].Kind, first[i].UnitDate}] = &first[i]
		}
		for i := range res.Units {
			u := &res.Units[i]
			a, state := duty.Explain(g.c.coreAt(at), u.Kind, u.Date, at)
			if state != duty.UnitFound {
				t.Fatalf("seed %d: %s %s was judged and is not found", seed, u.Kind, u.Date)
			}
			if a.Unit.Outcome != u.Outcome || !slices.Equal(a.Unit.Rules, u.Rules) ||
				a.Unit.Differs(&u.Material) != "" || a.Unit.PolicyDigest != u.PolicyDigest {
				t.Fatalf("seed %d: %s %s: explained as %s %v, judged %s %v", seed, u.Kind, u.Date,
					a.Unit.Outcome, a.Unit.Rules, u.Outcome, u.Rules)
			}
			v := told[unitKey{u.Kind, u.Date}]
			if (v == nil) != (a.Record == nil) || v != nil && v.Digest != a.Record.Digest {
				t.Fatalf("seed %d: %s %s: the record is another one", seed, u.Kind, u.Date)
			}
			if v == nil {
				continue
			}
			records++
			triggers += len(a.Triggers)
			doubts += checkDoubts(t, seed, &a, v)
			checkRegistrations(t, seed, &a, v)
		}
	})
	if records < 20 || doubts < 20 || triggers < 5 {
		t.Errorf("%d records, %d doubts and %d triggers: the test looked at nothing", records, doubts, triggers)
	}
}

// checkDoubts compares the doubts that decide with the caveats and rules of the record.
func checkDoubts(t *testing.T, seed uint64, a *duty.Account, v *duty.Violation) int {
	t.Helper()
	list := slices.Clone(a.Doubts)
	for _, tr := range a.Triggers {
		if tr.Chosen {
			list = append(list, tr.Doubts...)
		}
	}
	for _, s := range a.Slots {
		if len(a.Slots) == 1 {
			list = append(list, s.Doubts...)
		}
	}
	for _, d := range list {
		if !slices.Contains(v.Caveats, d.Code) {
			t.Fatalf("seed %d: %s %s: %s was noted and is no caveat: %v", seed, v.Kind, v.UnitDate, d.Code, v.Caveats)
		}
		for _, r := range d.Rules {
			if !slices.Contains(v.Rules, r) {
				t.Fatalf("seed %d: %s %s: %s was noted and did not fire: %v", seed, v.Kind, v.UnitDate, r, v.Rules)
			}
		}
	}
	return len(list)
}

// checkRegistrations compares them with the evidence: nothing more is shown, and nothing less.
func checkRegistrations(t *testing.T, seed uint64, a *duty.Account, v *duty.Violation) {
	t.Helper()
	evidence := map[string]duty.EvidenceRole{}
	for _, e := range v.Evidence {
		if e.Topic == duty.TopicCardEvents || e.Topic == duty.TopicManualEntries {
			evidence[e.Topic+" "+e.ID] = e.Role
		}
	}
	shown := map[string]bool{}
	for _, r := range a.Registrations {
		name := r.Topic + " " + r.ID
		if role, ok := evidence[name]; !ok || role != r.Role {
			t.Fatalf(
				"seed %d: %s %s: %s is shown as %s and is %s in the evidence",
				seed,
				v.Kind,
				v.UnitDate,
				name,
				r.Role,
				role,
			)
		}
		shown[name] = true
	}
	held := map[string]bool{}
	for _, h := range a.HeldBy {
		held[h.Topic] = true
	}
	for name := range evidence {
		if !shown[name] && len(held) == 0 {
			t.Fatalf("seed %d: %s %s: %s is evidence and is not shown", seed, v.Kind, v.UnitDate, name)
		}
	}
}

// TestExplainOfOtherDates: a date without a duty and a night that is not over are told apart.
func TestExplainOfOtherDates(t *testing.T) {
	c := loadVectors(t)[0].facts
	at := duty.DateOf(2026, 2, 4).Clock(8, 0)
	for d, want := range map[duty.Date]duty.UnitState{
		duty.DateOf(1999, 1, 1): duty.UnitNone, duty.DateOf(2026, 2, 3): duty.UnitFound,
		duty.DateOf(2026, 2, 4): duty.UnitAhead,
	} {
		if _, got := duty.Explain(c.coreAt(at), duty.KindStay, d, at); got != want {
			t.Errorf("%s: %d, want %d", d, got, want)
		}
	}
}
