package duty

import (
	"cmp"
	"slices"
)

// Standing is what counting for one person needs besides its units: groups, convictions and duties
// by the facts known at the clock (domain chapter 5, contract-case 7).
type Standing struct {
	// Joined is true while a link makes the PersonID an alias of another, where its facts and units
	// then count (IDN-07).
	Joined bool
	// Groups are the person's groups over time, sorted; no two overlap.
	Groups []GroupSpan
	// Convictions are those in force at the clock, by decision, then id.
	Convictions []KnownConviction
	// Convicted is true once any version of a conviction was known.
	Convicted bool
	// Duties are what binds, sorted by kind, then start.
	Duties []BindingSpan
	// Params are the parameters in force at the clock, Tables the guideline's.
	Params Params
	Tables []SanctionTable
	// Next is the next instant at which the clock alone gives another group, or a conviction that is
	// known is decided; NextParams the one at which other parameters of counting come into force.
	// Forever where none will.
	Next, NextParams Instant
}

// GroupSpan is a stretch in one group (GRP-08).
type GroupSpan struct {
	Span Span
	// Own is the group as registered, Effective as treated (GRP-05).
	Own, Effective Group
}

// KnownConviction is a conviction that counts.
type KnownConviction struct {
	Conviction
	// ByLink is true if it was given under an alias of the person.
	ByLink bool
}

// BindingSpan is a stretch in which a duty binds.
type BindingSpan struct {
	Kind Kind
	Span Span
	// Under13 is true for a STAY under Return Act §13(2), which NOTIFY requires (OBL-06).
	Under13 bool
}

// Standing returns what counting needs at the clock of the result; the zero value if no policy was
// active.
func (res *Result) Standing() Standing {
	if res.court == nil {
		return Standing{Next: Forever, NextParams: Forever}
	}
	c := res.court
	e := c.withLate.all[0]
	p := c.policy.Policy
	s := Standing{Params: *p.paramsAt(res.At.Date()), Tables: p.Tables, Next: Forever, NextParams: p.nextCounting(res.At)}
	next := func(t Instant) {
		if t > res.At {
			s.Next = min(s.Next, t)
		}
	}
	_, own := e.id.own(res.PersonID)
	s.Joined = !own
	for _, m := range e.duties.groups {
		s.Groups = append(s.Groups, GroupSpan{m.span, m.group, m.effective})
		next(m.span.From)
		next(m.span.To)
	}
	for _, list := range []struct {
		kind  Kind
		parts []dutyPart
	}{{KindStay, e.duties.stay}, {KindNotify, e.duties.notify}, {KindReport, e.duties.report}} {
		for i := range list.parts {
			p := &list.parts[i]
			s.Duties = append(s.Duties, BindingSpan{list.kind, p.span, list.kind == KindStay && p.under13()})
		}
	}
	for _, k := range inForce[Conviction](byVersion[Conviction](c.in.Person.Convictions), func(k *Known[Conviction]) bool {
		s.Convicted = s.Convicted || e.speaksOf(k.Fact.PersonID, k.At)
		return e.speaksOf(k.Fact.PersonID, k.At) || !e.owns(k.Fact.PersonID) && k.At <= e.lens.at
	}) {
		if !e.owns(k.Fact.PersonID) {
			continue // its highest version names somebody else
		}
		s.Convictions = append(s.Convictions, KnownConviction{k.Fact, k.Fact.PersonID != res.PersonID})
		next(k.Fact.DecidedAt)
	}
	slices.SortFunc(s.Convictions, func(a, b KnownConviction) int {
		return cmp.Or(cmp.Compare(a.DecidedAt, b.DecidedAt), cmp.Compare(a.ID, b.ID))
	})
	return s
}

// nextCounting returns when the parameters of counting next change by date; Forever where never.
func (p *Policy) nextCounting(t Instant) Instant {
	next, today := Forever, t.Date()
	now := p.paramsAt(today)
	for i := range p.Steps {
		x := &p.Steps[i]
		if x.From > today && (x.Params.SanctionLookupEnabled != now.SanctionLookupEnabled ||
			x.Params.SanctionClearlyMoreThan10 != now.SanctionClearlyMoreThan10) {
			next = min(next, x.From.Start())
		}
	}
	return next
}

// speaksOf reports whether a fact under a PersonID speaks of the person and is
// known at the clock; it is never left out for being late.
func (e *evaluation) speaksOf(person string, known Instant) bool {
	since, own := e.id.own(person)
	return own && max(known, since) <= e.lens.at
}
