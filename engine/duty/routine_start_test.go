package duty

import (
	"fmt"
	"testing"
)

// ordinary is a person who was home at 23:00, with the clock at the end of that
// night: all that StartRoutine and Advance ask for.
func ordinary() (in Input, d Date, at Instant) {
	_, d = oneNight()
	in, _ = oneNight(d.Clock(9, 0), d.Clock(20, 0))
	return in, d, Night(d).To
}

// TestWhatStartsARoutine changes one thing of an ordinary person at a time.
func TestWhatStartsARoutine(t *testing.T) {
	_, d, at := ordinary()
	start := DateOf(2026, 1, 5).Start()
	obligation := func(f func(*ObligationChange)) func(*Input) {
		return func(in *Input) { f(&in.Person.ObligationChanges[0].Fact) }
	}
	group := func(f func(*GroupChange)) func(*Input) {
		return func(in *Input) { f(&in.Person.GroupChanges[0].Fact) }
	}
	cards := func(spans ...Span) func(*Input) {
		return func(in *Input) {
			k := in.Person.CardAssignments[0]
			in.Person.CardAssignments = nil
			for i, s := range spans {
				k.Fact.ID, k.Fact.ValidFrom, k.Fact.ValidTo = fmt.Sprint(i), s.From, Some(s.To)
				in.Person.CardAssignments = append(in.Person.CardAssignments, k)
			}
		}
	}
	card := func(f func(*Known[CardAssignment])) func(*Input) {
		return func(in *Input) { f(&in.Person.CardAssignments[0]) }
	}
	facts := func(f func(*Facts)) func(*Input) { return func(in *Input) { f(in.Person) } }
	var many []Span
	for i := range Instant(maxCards + 1) {
		many = append(many, Span{start + i*Hour, start + (i+1)*Hour})
	}
	for _, x := range []struct {
		what   string
		change func(*Input)
		ok     bool
	}{
		{"an ordinary person", func(*Input) {}, true},
		{"no policy", func(in *Input) { in.Policies = nil }, false},
		{"a policy from the clock on", func(in *Input) { in.Policies[0].From = at }, true},
		{"a policy that is to come", func(in *Input) { in.Policies[0].From = at + 1 }, false},
		{"a second policy from the clock on", secondPolicy(at), false},
		{"a second policy that is to come", secondPolicy(at + 1), true},
		{"facts that may be elsewhere", func(in *Input) { in.Provisional = true }, false},
		{"units from a date on", func(in *Input) { in.FromDate = Some(d) }, false},
		{"units up to a date", func(in *Input) { in.ToDate = Some(d) }, false},

		{"paper", facts(func(f *Facts) { f.ManualEntries = make([]Known[ManualEntry], 1) }), false},
		{"paper that was nobody's before", paperOfNobody, false},
		{"a notice", facts(func(f *Facts) { f.Notices = make([]Known[Notice], 1) }), false},
		{"a permission", facts(func(f *Facts) { f.Permissions = make([]Known[Permission], 1) }), false},
		{"a hold", facts(func(f *Facts) { f.Holds = make([]Known[Hold], 1) }), false},
		{"an assessment", facts(func(f *Facts) { f.DepartureAssessments = make([]Known[DepartureAssessment], 1) }), false},
		{"a link", facts(func(f *Facts) { f.IdentityLinks = make([]Known[IdentityLink], 1) }), false},
		{"a card that everybody holds", facts(func(f *Facts) { f.Crowds = make([]Crowd, 1) }), false},
		{"an unreadable record", facts(func(f *Facts) { f.Unreadable = make([]Unreadable, 1) }), false},

		{"no decision", facts(func(f *Facts) { f.ObligationChanges = nil }), false},
		{"two versions of a decision", facts(func(f *Facts) { f.ObligationChanges = append(f.ObligationChanges, f.ObligationChanges[0]) }), false},
		{"a decision known at the clock", func(in *Input) { in.Person.ObligationChanges[0].At = at }, true},
		{"a decision known later", func(in *Input) { in.Person.ObligationChanges[0].At = at + 1 }, false},
		{"somebody else's decision", obligation(func(v *ObligationChange) { v.PersonID = "Q" }), false},
		{"a retracted decision", obligation(func(v *ObligationChange) { v.Retracted = true }), false},
		{"a decision of NOTIFY", obligation(func(v *ObligationChange) { v.Kind, v.LegalBasis = KindNotify, LegalBasisReturnAct134 }), false},
		{"a decision that is changed", obligation(func(v *ObligationChange) { v.Action = ActionAmend }), false},
		{"a decision that was not served", obligation(func(v *ObligationChange) { v.ServedAt = None[Instant]() }), false},
		{"a decision with an end", obligation(func(v *ObligationChange) { v.ValidTo = Some(at + 30*Day) }), false},
		{"a decision that makes no sense", obligation(func(v *ObligationChange) { v.DecisionID = "" }), false},
		{"a decision at a place that nobody knows", obligation(func(v *ObligationChange) { v.CentreID = "NN" }), false},
		{"a decision at a police station", func(in *Input) { in.Policies[0].Policy.Centres[0].Kind = PlacePoliceStation }, false},
		{"a basis that does not fit", obligation(func(v *ObligationChange) { v.LegalBasis = LegalBasisReturnAct131 }), false},

		{"no group", facts(func(f *Facts) { f.GroupChanges = nil }), false},
		{"two groups", facts(func(f *Facts) { f.GroupChanges = append(f.GroupChanges, f.GroupChanges[0]) }), false},
		{"a group known at the clock", func(in *Input) { in.Person.GroupChanges[0].At = at }, true},
		{"a group known later", func(in *Input) { in.Person.GroupChanges[0].At = at + 1 }, false},
		{"somebody else's group", group(func(v *GroupChange) { v.PersonID = "Q" }), false},
		{"a retracted group", group(func(v *GroupChange) { v.Retracted = true }), false},
		{"a group that makes no sense", group(func(v *GroupChange) { v.ID = "" }), false},
		{"a group from after the decision", group(func(v *GroupChange) { v.ValidFrom++ }), false},

		{"no card", facts(func(f *Facts) { f.CardAssignments = nil }), true},
		{"a card known at the clock", card(func(k *Known[CardAssignment]) { k.At = at }), true},
		{"a card known later", card(func(k *Known[CardAssignment]) { k.At = at + 1 }), false},
		{"somebody else's card", card(func(k *Known[CardAssignment]) { k.Fact.PersonID = "Q" }), false},
		{"a card taken back", card(func(k *Known[CardAssignment]) { k.Fact.Retracted = true }), false},
		{"a card that makes no sense", card(func(k *Known[CardAssignment]) { k.Fact.CardID = "" }), false},
		{"one card after another", cards(many[:maxCards]...), true},
		{"too many cards", cards(many...), false},
		{"two cards at once", cards(Span{start, start + Hour}, Span{start + Hour - 1, start + 2*Hour}), false},
		{"a card told twice", func(in *Input) {
			cards(many[:2]...)(in)
			in.Person.CardAssignments[1].Fact.ID = in.Person.CardAssignments[0].Fact.ID
		}, false},
	} {
		in, _, _ := ordinary()
		x.change(&in)
		r, ok := StartRoutine(&in, at)
		if ok != x.ok {
			t.Errorf("%s: started %t, want %t", x.what, ok, x.ok)
		}
		if !ok && r != (Routine{}) {
			t.Errorf("%s: a routine that is none: %+v", x.what, r)
		}
	}
}

// secondPolicy activates another policy at an instant.
func secondPolicy(from Instant) func(*Input) {
	return func(in *Input) {
		in.Policies = append(in.Policies, ActivePolicy{From: from, Policy: in.Policies[0].Policy})
	}
}

// paperOfNobody is an entry whose first version named nobody and whose second
// names the person; it stands among the facts of centres alone (RD-47).
func paperOfNobody(in *Input) {
	k := Known[ManualEntry]{Fact: ManualEntry{ID: "m", Version: 1, CentreID: "KH"}}
	named := k
	named.Fact.Version, named.Fact.PersonID = 2, Some("P")
	in.Centres = NewCentres(CentreFacts{ManualEntries: []Known[ManualEntry]{k, named}})
}

// TestFirstNightOfARoutine: the first night is the one that the duty covers from 23:00 at the
// latest; the duty binds from the later of its start and its service.
func TestFirstNightOfARoutine(t *testing.T) {
	_, d, at := ordinary()
	for _, x := range []struct {
		validFrom, servedAt Instant
		first               Date
	}{
		{d.Start() - Day, d.Start() - Day, d - 1},
		{Night(d).From, Night(d).From - Hour, d},
		{Night(d-1).From - Hour, Night(d).From, d},
		{Night(d-1).From - Hour, Night(d).From + 1, d + 1},
	} {
		in, _, _ := ordinary()
		o := &in.Person.ObligationChanges[0].Fact
		o.ValidFrom, o.ServedAt = x.validFrom, Some(x.servedAt)
		if r, ok := StartRoutine(&in, at); !ok || r.first != x.first || r.night != x.first {
			t.Errorf("from %s, served %s: started %t, first night %s, want %s", x.validFrom, x.servedAt, ok, r.first, x.first)
		}
	}
}

// TestRoutineWakes: a routine ends when parameters change by date, or when a policy comes into
// force.
func TestRoutineWakes(t *testing.T) {
	_, d, at := ordinary()
	steps := func(dates ...Date) func(*Input) {
		return func(in *Input) {
			p := in.Policies[0].Policy
			for _, x := range dates {
				p.Steps = append(p.Steps, ParamsFrom{From: x, Params: p.Steps[0].Params})
			}
		}
	}
	morning := Night(d + 1).To
	for _, x := range []struct {
		what   string
		change func(*Input)
		next   Instant
		wakes  bool
	}{
		{"no change", func(*Input) {}, morning, false},
		{"parameters from today on", steps(at.Date()), morning, false},
		{"parameters from tomorrow on", steps(at.Date()+1, at.Date()+9), (at.Date() + 1).Start(), true},
		{"a policy that is to come", secondPolicy(at + 1), at + 1, true},
	} {
		in, _, _ := ordinary()
		x.change(&in)
		r, ok := StartRoutine(&in, at)
		var out Advanced
		if again := r; !ok || !again.Advance(&in, in.Person.CardEvents, at, &out) || out.Next != x.next {
			t.Errorf("%s: started %t, next %s, want %s", x.what, ok, out.Next, x.next)
		}
		if again := r; !again.Advance(&in, in.Person.CardEvents, x.next-1, &out) {
			t.Errorf("%s: refuses 1 ms before %s", x.what, x.next)
		}
		if again := r; again.Advance(&in, in.Person.CardEvents, x.next, &out) == x.wakes {
			t.Errorf("%s: answers %t at %s", x.what, x.wakes, x.next)
		}
	}
}
