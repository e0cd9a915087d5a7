package explain

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// harm orders outcomes by what they hold against a person. PROVISIONAL is told to nobody, and may become a
// record.
func harm(o duty.Outcome) int {
	switch o {
	case duty.OutcomeIndicated:
		return 3
	case duty.OutcomeNeedsReview:
		return 2
	case duty.OutcomeProvisional:
		return 1
	}
	return 0
}

// notAsked are facts that may clear and that nobody can make up: they name another person, or several
// facts at once.
var notAsked = []words{
	{"that the card was another person's, or that the person is another (card assignments, identity links)",
		"at kortet var en andens, eller at personen er en anden (tildeling af kort, sammenlægning af identiteter)"},
	{"another group of the person, or another wording of a decision",
		"en anden gruppe for personen eller en anden ordlyd af en afgørelse"},
	{"several facts at once, such as two rows", "flere oplysninger på én gang, såsom to rækker"},
	{"numbers and heartbeats that prove a silence to be nothing",
		"numre og livstegn, der viser, at en tavshed intet betød"},
}

// clearing asks the core for every candidate, one at a time, and keeps those with which it is milder.
func clearing(c *Case, a *duty.Account) Clearing {
	out := Clearing{Now: a.Unit.Outcome.String(), Facts: []ClearingFact{}, Other: []string{}, OtherDa: []string{}}
	if harm(a.Unit.Outcome) == 0 || c.With == nil {
		return out
	}
	out.Other, out.OtherDa = lines(notAsked)
	groups := map[*factKind][]*ClearingFact{}
	var order []*ClearingFact
	for _, x := range seek(c, a) {
		out.Asked++
		if then, ok := c.ask(c.Quick, x.record); ok && harm(then) >= harm(a.Unit.Outcome) {
			continue
		}
		then, ok := c.ask(c.With, x.record)
		if !ok || harm(then) >= harm(a.Unit.Outcome) {
			continue
		}
		f := groupOf(groups[x.kind], then)
		if f == nil {
			f = &ClearingFact{What: x.kind.what, WhatDa: x.kind.whatDa, Whom: x.kind.whom, WhomDa: x.kind.whomDa,
				Outcome: then.String(), Clears: harm(then) == 0, At: []string{}}
			groups[x.kind] = append(groups[x.kind], f)
			order = append(order, f)
		}
		if x.at.OK {
			f.At = append(f.At, x.at.V.Local())
		}
		f.Facts = append(f.Facts, line(x.record))
		f.records = append(f.records, x.record)
	}
	slices.SortStableFunc(order, func(a, b *ClearingFact) int { return cmp.Compare(rankOf(a), rankOf(b)) })
	for _, f := range order {
		out.Facts = append(out.Facts, *f)
	}
	return out
}

func rankOf(f *ClearingFact) int {
	if f.Clears {
		return 0
	}
	return 1
}

func groupOf(list []*ClearingFact, then duty.Outcome) *ClearingFact {
	for _, f := range list {
		if f.Outcome == then.String() {
			return f
		}
	}
	return nil
}

// ask asks the core with one more fact; false where there is nobody to ask.
func (c *Case) ask(with func(any) (duty.Input, bool), record any) (duty.Outcome, bool) {
	if with == nil {
		return duty.OutcomeUnknown, false
	}
	in, ok := with(record)
	if !ok {
		return duty.OutcomeUnknown, false
	}
	return outcomeOf(in, c), true
}

// outcomeOf is what the core says of the unit; NOT_APPLICABLE where no duty is left.
func outcomeOf(in duty.Input, c *Case) duty.Outcome {
	in.FromDate, in.ToDate = duty.Some(c.Date), duty.Some(c.Date)
	res := duty.Evaluate(in, c.last().At)
	for i := range res.Units {
		if u := &res.Units[i]; u.Kind == c.Kind && u.Date == c.Date {
			return u.Outcome
		}
	}
	return duty.OutcomeNotApplicable
}

// line writes a fact in the form of FACTS (contract §4).
func line(record any) RawFact {
	topic, canonical := topicOf(record)
	return RawFact(append(canonical([]byte(`{"topic":"`+topic+`","value":`)), '}'))
}

func topicOf(record any) (string, func([]byte) []byte) {
	switch v := record.(type) {
	case *duty.CardEvent:
		return duty.TopicCardEvents, v.AppendCanonical
	case *duty.ManualEntry:
		return duty.TopicManualEntries, v.AppendCanonical
	case *duty.Notice:
		return duty.TopicNotices, v.AppendCanonical
	case *duty.Permission:
		return duty.TopicPermissions, v.AppendCanonical
	case *duty.Hold:
		return duty.TopicHolds, v.AppendCanonical
	case *duty.DepartureAssessment:
		return duty.TopicDepartureAssessments, v.AppendCanonical
	case *duty.ObligationChange:
		return duty.TopicObligationChanges, v.AppendCanonical
	case *duty.Incident:
		return duty.TopicIncidents, v.AppendCanonical
	case *duty.Exclusion:
		return duty.TopicExclusions, v.AppendCanonical
	case *duty.Settlement:
		return duty.TopicSettlements, v.AppendCanonical
	}
	panic("explain: a candidate of a kind without a topic") // a mistake of this package, which its tests find
}
