package duty

import (
	"cmp"
	"slices"
)

// EngineVersion is written into every record.
const EngineVersion = "0.1.0"

// SaidOf returns what a revision said.
func SaidOf(v *Violation) Said {
	return Said{
		Kind: v.Kind, Date: v.UnitDate, Revision: v.Revision, Status: v.Status, WithdrawnOutcome: v.WithdrawnOutcome,
		Instant: v.Instant, Material: v.Material(), PolicyDigest: v.PolicyDigest,
		EvaluatedAt: v.EvaluatedAt, Digest: v.Digest,
	}
}

// Revise compares a verdict with what was last told of each unit and returns
// the revisions to tell, sorted by date and then NOTIFY, REPORT, STAY. A
// revision is written exactly when a material field differs (contract §3, LIF-04):
// what clears withdraws, however late it came (DAT-07). An error means that a record
// failed the output validation: nothing of it may be published.
func Revise(in Input, res Result, said []Said) ([]Violation, error) {
	last := map[unitName]*Said{}
	for i := range said {
		last[unitName{said[i].Kind, said[i].Date}] = &said[i]
	}
	var out []Violation
	seen := map[unitName]bool{} // units of which something was told
	for i := range res.Units {
		u := &res.Units[i]
		name := unitName{u.Kind, u.Date}
		s := last[name]
		if s != nil {
			seen[name] = true
		}
		if v, ok := reviseUnit(in, u, s, res.At); ok {
			out = append(out, v)
		}
	}
	for i := range said {
		s := &said[i]
		if name := (unitName{s.Kind, s.Date}); !seen[name] && in.wants(s.Date) && s.Instant <= res.At {
			seen[name] = true
			if v, ok := withdrawAbsent(in, s, &res); ok {
				out = append(out, v)
			}
		}
	}
	slices.SortFunc(out, func(a, b Violation) int {
		return cmp.Or(cmp.Compare(a.UnitDate, b.UnitDate), cmp.Compare(kindOrder(a.Kind), kindOrder(b.Kind)))
	})
	for i := range out {
		if err := checkContent(&out[i], in.Centres, res.At); err != nil {
			return nil, err
		}
		out[i].Digest = out[i].ComputeDigest()
	}
	return out, nil
}

// wants reports whether units of a date are asked for.
func (in *Input) wants(d Date) bool {
	return (!in.FromDate.OK || d >= in.FromDate.V) && (!in.ToDate.OK || d <= in.ToDate.V)
}

// reviseUnit returns the next revision of a unit, if one is due.
func reviseUnit(in Input, u *Unit, s *Said, at Instant) (Violation, bool) {
	if u.Record() {
		status := StatusIndicated
		if u.Outcome == OutcomeNeedsReview {
			status = StatusNeedsReview
		}
		if s != nil && s.Status == status && sameMaterial(u, s) {
			return Violation{}, false
		}
		return build(in, u, s, status, None[WithdrawnOutcome](), at), true
	}
	if s == nil {
		return Violation{}, false
	}
	told := s.Status != StatusWithdrawn
	out, final := withdrawal(u)
	if !told && (!final || s.WithdrawnOutcome == Some(out)) {
		return Violation{}, false
	}
	return withdraw(in, u, s, out, at), true
}

// withdrawal returns the outcome that a withdrawal names. A unit that is provisional or pending,
// or whose outcome is not known before 06:00, can no longer be relied on, but nothing final
// replaces it: the data cannot answer yet.
func withdrawal(u *Unit) (out WithdrawnOutcome, final bool) {
	if u.Pending || u.Outcome == OutcomeProvisional {
		return WithdrawnOutcomeUndetermined, false
	}
	switch u.Outcome {
	case OutcomeCompliant:
		out = WithdrawnOutcomeCompliant
	case OutcomeExcused:
		out = WithdrawnOutcomeExcused
	case OutcomeExcluded:
		out = WithdrawnOutcomeExcluded
	case OutcomeNotApplicable:
		out = WithdrawnOutcomeNotApplicable
	default:
		out = WithdrawnOutcomeUndetermined
	}
	return out, !u.Early
}

// sameMaterial reports whether a unit agrees with what was told in every
// material field but the status (contract §3).
func sameMaterial(u *Unit, s *Said) bool {
	return u.Instant.V == s.Instant && u.Differs(&s.Material) == ""
}

// withdraw repeats what was told, with the outcome that replaces it.
func withdraw(in Input, u *Unit, s *Said, out WithdrawnOutcome, at Instant) Violation {
	w := *u
	w.Instant, w.Material = Some(s.Instant), s.Material
	return build(in, &w, s, StatusWithdrawn, Some(out), at)
}

// withdrawAbsent withdraws a unit for which no duty remains (OBL-11).
func withdrawAbsent(in Input, s *Said, res *Result) (Violation, bool) {
	if s.Status == StatusWithdrawn && s.WithdrawnOutcome == Some(WithdrawnOutcomeNotApplicable) || res.court == nil {
		return Violation{}, false
	}
	c := res.court
	e := c.withLate.all[0]
	par := c.policy.Policy.paramsAt(s.Date)
	f := finding{outcome: OutcomeNotApplicable, period: Span{s.PeriodFrom, s.PeriodTo}, due: s.PeriodTo,
		centres: []string{s.CentreID}}
	f.around = e.around(f.centres)
	u := Unit{Kind: s.Kind, Date: s.Date, Outcome: OutcomeNotApplicable, Rules: []string{"OBL-11"},
		PolicyVersion: c.policy.Policy.Version, PolicyDigest: c.policy.Policy.Digest,
		ground: &ground{f: f, e: e, par: par, court: c}}
	return withdraw(in, &u, s, WithdrawnOutcomeNotApplicable, res.At), true
}
