package explain

import (
	"slices"
	"testing"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
)

// with adds one fact of a person to a copy of what the case has.
func with(c *Case) func(any) (duty.Input, bool) {
	return func(record any) (duty.Input, bool) {
		in := c.last().Input
		facts := *in.Person
		facts.CardEvents, facts.ManualEntries = slices.Clip(facts.CardEvents), slices.Clip(facts.ManualEntries)
		facts.Notices, facts.Permissions = slices.Clip(facts.Notices), slices.Clip(facts.Permissions)
		facts.Holds, facts.ObligationChanges = slices.Clip(facts.Holds), slices.Clip(facts.ObligationChanges)
		facts.DepartureAssessments = slices.Clip(facts.DepartureAssessments)
		in.Person = &facts
		return in, casefile.File(&facts, record, c.last().At, duty.None[duty.Position]())
	}
}

// TestSoonAgreesWithExplain: the short answer names only facts that the whole one has as clearing too, as many as it
// may, and asks far less.
func TestSoonAgreesWithExplain(t *testing.T) {
	for _, k := range []duty.Kind{duty.KindStay, duty.KindNotify} {
		c := caseAt(k, night, (night+1).Clock(8, 0), true)
		c.With = with(&c)
		x, err := Explain(c)
		if err != nil {
			t.Fatal(err)
		}
		short, err := Soon(c, 3, 30)
		if err != nil {
			t.Fatal(err)
		}
		if short.Now != x.Verdict.Outcome || len(short.Facts) != 3 || short.Asked > 12 || x.Clearing.Asked < 50 {
			t.Errorf("%s: %d facts of %d questions, where Explain asks %d", k, len(short.Facts), short.Asked, x.Clearing.Asked)
		}
		for _, f := range short.Facts {
			if !slices.ContainsFunc(x.Clearing.Facts, func(o ClearingFact) bool {
				return o.What == f.What && o.Outcome == f.Outcome && o.Clears
			}) {
				t.Errorf("%s: Explain does not say that %s would clear", k, f.What)
			}
		}
		if few, err := Soon(c, 3, 1); err != nil || few.Asked > 1 {
			t.Errorf("%s: asked %d, %v", k, few.Asked, err)
		}
	}
	kept := caseAt(duty.KindStay, night-1, (night+1).Clock(8, 0), true)
	kept.With = with(&kept)
	if short, err := Soon(kept, 3, 30); err != nil || short.Asked != 0 || len(short.Facts) != 0 {
		t.Errorf("nothing is held against the person, and %d were asked: %v", short.Asked, err)
	}
	if _, err := Soon(caseAt(duty.KindStay, night+5, (night+1).Clock(8, 0), true), 3, 30); err == nil {
		t.Error("a night that is not over is explained")
	}
}
