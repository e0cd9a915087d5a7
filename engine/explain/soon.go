package explain

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// triesOfKind is how often Soon asks about one kind of fact: for the time in the middle, the first and the last.
const triesOfKind = 3

// soonest are the kinds of facts that people are asked for first; all others come after them.
var soonest = []*factKind{roomCheck, guardForm, noticeClear, agencyForm, policeReport, leave, custody, hospital, byHand,
	barcodeLine, observed, rowIn, standRow}

// Soon is a short answer to what would clear or lower a unit, for a list of many: the first kinds of facts with which
// the core clears it, at most so many, found with at most so many questions. It may miss what Explain finds, and says
// of nothing that it would clear what does not. A unit that is no record has none. An error is a *NotFoundError.
func Soon(c Case, kinds, questions int) (Clearing, error) {
	m := c.last()
	a, state := duty.Explain(m.Input, c.Kind, c.Date, m.At)
	if state != duty.UnitFound {
		return Clearing{}, &NotFoundError{Ahead: state == duty.UnitAhead, Kind: c.Kind, Date: c.Date, At: m.At}
	}
	out := Clearing{Now: a.Unit.Outcome.String(), Facts: []ClearingFact{}, Other: []string{}, OtherDa: []string{}}
	if harm(a.Unit.Outcome) == 0 || c.With == nil {
		return out, nil
	}
	for _, list := range byKind(seek(&c, &a)) {
		if len(out.Facts) == kinds || out.Asked == questions {
			break
		}
		tries := []candidate{list[len(list)/2], list[0], list[len(list)-1]}
		for _, x := range tries[:min(len(list), triesOfKind, questions-out.Asked)] {
			out.Asked++
			then, ok := c.ask(c.With, x.record)
			if !ok || harm(then) > 0 {
				continue
			}
			f := ClearingFact{What: x.kind.what, WhatDa: x.kind.whatDa, Whom: x.kind.whom, WhomDa: x.kind.whomDa,
				Outcome: then.String(), Clears: true, At: []string{}, Facts: []RawFact{line(x.record)}}
			if x.at.OK {
				f.At = append(f.At, x.at.V.Local())
			}
			out.Facts = append(out.Facts, f)
			break
		}
	}
	return out, nil
}

// byKind puts candidates together by their kind, those that people are asked for first in front.
func byKind(list []candidate) [][]candidate {
	var out [][]candidate
	at := map[*factKind]int{}
	for _, x := range list {
		i, ok := at[x.kind]
		if !ok {
			i = len(out)
			at[x.kind] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], x)
	}
	rank := func(l []candidate) int {
		if i := slices.Index(soonest, l[0].kind); i >= 0 {
			return i
		}
		return len(soonest)
	}
	slices.SortStableFunc(out, func(a, b []candidate) int { return cmp.Compare(rank(a), rank(b)) })
	return out
}
