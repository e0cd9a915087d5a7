package duty

import "testing"

// TestWhenTheStandingChanges: the clock alone changes what is counted where a group begins, where a
// decision that is known is given, and where parameters of counting come into force.
func TestWhenTheStandingChanges(t *testing.T) {
	_, _, at := ordinary()
	for _, x := range []struct {
		what         string
		change       func(*Input)
		next, params Instant
	}{
		{"nothing to come", func(*Input) {}, Forever, Forever},
		{"a group from later on", func(in *Input) {
			g := in.Person.GroupChanges[0]
			g.Fact.ID, g.Fact.ValidFrom = "later", at+Hour
			in.Person.GroupChanges = append(in.Person.GroupChanges, g)
		}, at + Hour, Forever},
		{"a decision given at the clock", func(in *Input) { convict(in, at, at) }, Forever, Forever},
		{"a decision to be given", func(in *Input) { convict(in, at, at+2*Hour) }, at + 2*Hour, Forever},
		{"two decisions to be given", func(in *Input) { convict(in, at, at+3*Hour); convict(in, at, at+2*Hour) },
			at + 2*Hour, Forever},
		{"a decision that is not known yet", func(in *Input) { convict(in, at+1, at+2*Hour) }, Forever, Forever},
		{"the guideline from tomorrow on", func(in *Input) {
			step(in, at.Date()+1, func(p *Params) { p.SanctionLookupEnabled = !p.SanctionLookupEnabled })
		}, Forever, (at.Date() + 1).Start()},
		{"another threshold from tomorrow on", func(in *Input) {
			step(in, at.Date()+1, func(p *Params) { p.SanctionClearlyMoreThan10++ })
		}, Forever, (at.Date() + 1).Start()},
		{"the guideline from today on", func(in *Input) {
			step(in, at.Date(), func(p *Params) { p.SanctionLookupEnabled = !p.SanctionLookupEnabled })
		}, Forever, Forever},
		{"another parameter from tomorrow on", func(in *Input) {
			step(in, at.Date()+1, func(p *Params) { p.AssistMatchMinutes++ })
		}, Forever, Forever},
	} {
		in, _, _ := ordinary()
		x.change(&in)
		res := Evaluate(in, at)
		if s := res.Standing(); s.Next != x.next || s.NextParams != x.params {
			t.Errorf("%s: next at %s and %s, want %s and %s", x.what, s.Next, s.NextParams, x.next, x.params)
		}
	}
	if s := new(Result).Standing(); s.Next != Forever || s.NextParams != Forever {
		t.Errorf("without a policy: next at %s and %s", s.Next, s.NextParams)
	}
}

// convict adds a conviction known at an instant and decided at another.
func convict(in *Input, known, decided Instant) {
	in.Person.Convictions = append(in.Person.Convictions, Known[Conviction]{At: known, Fact: Conviction{
		ID: "c" + decided.String(), Version: 1, ReceivedAt: known, PersonID: in.PersonID, DecidedAt: decided,
		Statute: "RETURN_ACT_23_2"}})
}

// step adds parameters that apply from a date on.
func step(in *Input, from Date, change func(*Params)) {
	p := *in.Policies[0].Policy
	params := p.Steps[len(p.Steps)-1].Params
	change(&params)
	p.Steps = append(p.Steps[:len(p.Steps):len(p.Steps)], ParamsFrom{From: from, Params: params})
	in.Policies[0].Policy = &p
}
