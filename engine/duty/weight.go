package duty

import (
	"cmp"
	"slices"
)

// This file lists what surrounds an indication: the pattern, what supports it and what contradicts
// it. There is no score; a human weighs them (STY-09, EVD-07, domain §4).

// patternNights is how many nights the pattern looks back (STY-09).
const patternNights = 30

// pattern counts the 30 nights before a date.
func (g *ground) pattern(d Date) Pattern {
	var p Pattern
	for n := d - patternNights; n < d; n++ {
		switch g.nightBefore(n) {
		case OutcomeCompliant:
			p.Present++
		case OutcomeIndicated, OutcomeNeedsReview:
			p.Absent++
		case OutcomeUndetermined:
			p.Undetermined++
		default:
			p.Other++
		}
	}
	return p
}

// nightBefore returns the stay outcome of a night, worked out once per person.
func (g *ground) nightBefore(d Date) Outcome {
	if out, ok := g.court.nights.get(d); ok {
		return out
	}
	f, _ := g.court.withLate.judge(KindStay, d)
	g.e.par = g.par
	g.court.nights.put(d, f.outcome)
	return f.outcome
}

// nights are stay outcomes by date.
type nights struct {
	// inTurn are those of dates that follow one another from first on, as verdicts are found; others are all others.
	first  Date
	inTurn []Outcome
	others map[Date]Outcome
}

func (n *nights) get(d Date) (Outcome, bool) {
	if i := int(d) - int(n.first); i >= 0 && i < len(n.inTurn) {
		return n.inTurn[i], true
	}
	out, ok := n.others[d]
	return out, ok
}

func (n *nights) put(d Date, out Outcome) {
	if len(n.inTurn) == 0 {
		n.first = d
	}
	switch i := int(d) - int(n.first); {
	case i == len(n.inTurn):
		n.inTurn = append(n.inTurn, out)
	case i < 0 || i > len(n.inTurn):
		if n.others == nil {
			n.others = map[Date]Outcome{}
		}
		n.others[d] = out
	}
}

// similarDays is how many days back similar nights count.
const similarDays = 14

// corroboration lists what supports the indication.
func (g *ground) corroboration(u *Unit) []Corroboration {
	out := []Corroboration{}
	put := func(code CorroborationCode, refs []string) {
		slices.Sort(refs)
		out = append(out, Corroboration{code, bounded(slices.Compact(refs))})
	}
	if g.f.before != nil && g.f.after != nil {
		put(CorroborationCodeClosedPair, append(g.f.before.ids(), g.f.after.ids()...))
	}
	if refs := g.similarNights(u.Date); len(refs) >= 3 {
		put(CorroborationCodeSimilarNights, refs)
	}
	if u.Kind != KindReport && g.reportMissing(u.Date) {
		put(CorroborationCodeReportMissing, []string{})
	}
	interval := g.interval()
	if refs := g.notFound(interval, FormObservation); len(refs) > 0 {
		put(CorroborationCodeGuardObservation, refs)
	}
	if refs := g.notFound(interval, FormPresenceCheck); len(refs) > 0 {
		put(CorroborationCodeCheckNotFound, refs)
	}
	if o := g.first(); o != nil {
		if o.barcode && !g.e.missingInLog(o) && o.at.Date() >= BarcodeLogFrom {
			if refs := g.agreeing(o, FormBarcodeLog); len(refs) > 0 {
				put(CorroborationCodeBarcodeLogAgrees, refs)
			}
		}
		if refs := g.agreeing(o, FormTemporaryRegistration); len(refs) > 0 {
			put(CorroborationCodeTemporaryRegistrationAgrees, refs)
		}
	}
	if refs := g.cleanSupervision(interval); len(refs) > 0 {
		put(CorroborationCodeNoIncidentSupervised, refs)
	}
	slices.SortStableFunc(out, func(a, b Corroboration) int { return cmp.Compare(a.Code, b.Code) })
	return out
}

// ids returns the ids of the facts behind an observation.
func (o *observation) ids() []string {
	var out []string
	for _, r := range o.refs {
		out = append(out, r.id)
	}
	return out
}

// from reports whether a fact stands behind the observation.
func (o *observation) from(id string) bool { return slices.Contains(o.ids(), id) }

// first returns the observation from which the inference starts.
func (g *ground) first() *observation {
	if g.f.exit != nil {
		return g.f.exit
	}
	return g.f.before
}

// similarNights returns the exits of closed absences over a night in the
// fourteen days before.
func (g *ground) similarNights(d Date) []string {
	var out []string
	for n := d - similarDays; n < d; n++ {
		before, after := g.e.bounds(Night(n).From, Night(n).To)
		if before != nil && after != nil && before.raw.kind == outside && before.exit && after.entry &&
			after.at < Night(n+1).From {
			out = append(out, before.ids()...)
		}
	}
	return out
}

// reportMissing reports whether a report due at a centre with its stand inside
// is missing on the date.
func (g *ground) reportMissing(d Date) bool {
	if g.e.lens.at < (d + 1).Start() {
		return false
	}
	f, _ := g.court.withLate.judge(KindReport, d)
	g.e.par = g.par
	if f.outcome.Severity() == SeverityNone || len(f.centres) == 0 {
		return false
	}
	c := g.court.policy.Policy.placeOn(f.centres[0], d)
	return c != nil && c.StandInside
}

// entriesIn returns the paper entries of a form in a span.
func (g *ground) entriesIn(s Span, form Form) []string {
	return g.entriesThat(s, func(v *ManualEntry) bool { return v.Form == form })
}

// notFound returns the entries of a form that say so in a span; under another
// name they are nothing (RD-36).
func (g *ground) notFound(s Span, form Form) []string {
	return g.entriesThat(s, func(v *ManualEntry) bool {
		return v.Form == form && v.Result == Some(CheckResultNotFound) && !v.misnamed()
	})
}

func (g *ground) entriesThat(s Span, want func(*ManualEntry) bool) []string {
	var out []string
	for _, k := range g.e.entries {
		l, _ := parseLocal(k.Fact.LocalTime)
		if want(&k.Fact) && l.has(s.contains) {
			out = append(out, k.Fact.ID)
		}
	}
	return out
}

// agreeing returns the paper entries of a form that agree with a passage. Those
// under another name, and those of the temporary registration that are nothing
// but an attachment, do not (RD-35, RD-36).
func (g *ground) agreeing(o *observation, form Form) []string {
	limit := g.par.AssistMatchMinutes
	if form == FormTemporaryRegistration {
		limit = temporaryMinutes
	}
	var out []string
	for _, k := range g.e.entries {
		m := &k.Fact
		l, _ := parseLocal(m.LocalTime)
		if m.Form == form && (form != FormTemporaryRegistration || m.temporary()) && !m.misnamed() &&
			m.CentreID == o.centre && m.Direction.Or(o.direction) == o.direction && !o.from(m.ID) &&
			l.has(func(t Instant) bool { return minutesApart(t, o.at) <= int64(limit) }) {
			out = append(out, m.ID)
		}
	}
	return out
}

// cleanSupervision returns the results of supervision without remarks that cover
// the whole interval, where no incident touches it and, with a watch, every device of
// the centres that is online was supervised over the period (W-64).
func (g *ground) cleanSupervision(interval Span) []string {
	for _, i := range g.f.around.incidents {
		if i.span().overlaps(interval) {
			return nil
		}
	}
	if w := g.court.watch; w != nil && !w.supervisedAll(g.court.policy.Policy, g.f.centres, g.f.period) {
		return nil
	}
	var out []string
	for _, r := range g.supervisionRefs() {
		if !r.Remarks && dates(r.FromDate, r.ToDate).covers(interval) {
			out = append(out, r.ResultRef)
		}
	}
	return out
}

// contradiction lists what contradicts the indication, over the period and 24 hours on each side
// (contract §3).
func (g *ground) contradiction() []Contradiction {
	near := Span{g.f.period.From - Day, g.f.period.To + Day}
	var present, same, apb, incidents []string
	var passage *observation
	list := g.e.moves.list
	for i := range list {
		o, before := &list[i], passage
		if o.passage() {
			passage = o
		}
		if !near.contains(o.at) {
			continue
		}
		if o.present && (o.report || o.check) {
			present = append(present, o.ids()...)
		}
		if before != nil && o.direction != DirectionUnknown && before.direction == o.direction {
			same = append(same, append(before.ids(), o.ids()...)...)
		}
	}
	present = append(present, g.entriesThat(near, func(v *ManualEntry) bool {
		return v.Form == FormObservation && v.Result == Some(CheckResultPresent)
	})...)
	for _, p := range g.court.apbPairs(g.e) {
		if near.contains(p.to) || near.contains(p.from) {
			apb = append(apb, p.refs...)
		}
	}
	for _, i := range g.f.around.incidents {
		if i.span().overlaps(near) {
			incidents = append(incidents, i.IncidentID)
		}
	}
	out := []Contradiction{}
	for _, x := range []struct {
		code ContradictionCode
		refs []string
	}{{ContradictionCodePresenceNear, present}, {ContradictionCodeSameDirectionNear, same},
		{ContradictionCodeApbNear, apb}, {ContradictionCodeIncidentNear, incidents}} {
		if len(x.refs) > 0 {
			slices.Sort(x.refs)
			out = append(out, Contradiction{x.code, bounded(slices.Compact(x.refs))})
		}
	}
	return out
}
