package duty

import (
	"cmp"
	"slices"
)

// dutyPart is a stretch of a duty that binds: one decision, one group, a legal
// basis that fits (OBL-01, OBL-09).
type dutyPart struct {
	span     Span
	version  *ObligationChange
	group    Group    // effective
	schedule Schedule // of a REPORT
}

// refusal is a stretch of a decision that is not evaluated (OBL-09).
type refusal struct {
	code DataQualityCode
	part decisionPart
	// alone is true for a NOTIFY without the STAY that it requires (RD-18).
	alone bool
}

// duties are what binds the person, by kind, sorted by start.
type duties struct {
	stay, notify, report []dutyPart
	groups               []membership
	refusals             []refusal
}

// newDuties checks every decision against the group, instant by instant (GRP-08, OBL-09). A NOTIFY
// duty stands only if its validity, counting adjoining decisions as one, overlaps some STAY under
// §13(2) (RD-18).
func newDuties(parts []decisionPart, groups []membership) *duties {
	d := &duties{groups: groups}
	for _, p := range parts {
		d.admit(p)
	}
	var kept []dutyPart
	spans := union(spansOf(d.notify))
	for _, n := range d.notify {
		whole, _ := covering(spans, n.span.From)
		if d.stays13(whole) {
			kept = append(kept, n)
			continue
		}
		d.refusals = append(d.refusals, refusal{code: DataQualityCodeObligationInconsistent, alone: true,
			part: decisionPart{span: n.span, decision: n.version.DecisionID, version: n.version,
				validFrom: n.version.ValidFrom}})
	}
	d.notify = kept
	return d
}

// admit splits a decision by group and keeps the stretches whose legal basis fits.
func (d *duties) admit(p decisionPart) {
	at := p.span.From
	for _, m := range d.groups {
		s := Span{max(at, m.span.From), min(p.span.To, m.span.To)}
		if s.From >= s.To {
			continue
		}
		if at < s.From {
			d.place(p, Span{at, s.From}, membership{})
		}
		d.place(p, s, m)
		at = s.To
	}
	if at < p.span.To {
		d.place(p, Span{at, p.span.To}, membership{})
	}
}

func (d *duties) place(p decisionPart, s Span, m membership) {
	v := p.version
	part := decisionPart{span: s, decision: p.decision, version: v, validFrom: p.validFrom}
	if code := misfit(v, m); code != DataQualityCodeUnknown {
		d.refusals = append(d.refusals, refusal{code: code, part: part})
		return
	}
	duty := dutyPart{span: s, version: v, group: m.effective, schedule: v.Schedule.Or(Schedule{Type: ScheduleTypeDaily})}
	switch v.Kind {
	case KindStay:
		d.stay = append(d.stay, duty)
	case KindNotify:
		d.notify = append(d.notify, duty)
	case KindReport:
		d.report = append(d.report, duty)
	}
}

// fitting are the legal bases of each duty with the groups that they are for (domain §3.2).
var fitting = []struct {
	kind   Kind
	basis  LegalBasis
	groups []Group
}{
	{KindReport, LegalBasisReturnAct1214, []Group{GroupRejected, GroupOtherUnlawful}}, // GRP-06, RD-43
	{KindReport, LegalBasisAliensAct343, []Group{GroupRejected, GroupOtherUnlawful}},
	{KindReport, LegalBasisReturnAct122, []Group{GroupTolerated}},
	{KindReport, LegalBasisReturnAct123, []Group{GroupExpelledJudgment}},
	{KindReport, LegalBasisReturnAct124, []Group{GroupForeignFighter, GroupExpelled25}},
	{KindStay, LegalBasisReturnAct131, []Group{GroupRejected, GroupOtherUnlawful}},
	{KindStay, LegalBasisReturnAct132, enhancedGroups},
	{KindStay, LegalBasisAliensAct42a8, append([]Group{GroupRejected, GroupOtherUnlawful}, enhancedGroups...)},
	{KindNotify, LegalBasisReturnAct134, enhancedGroups},
	{KindNotify, LegalBasisAliensAct42a10, enhancedGroups},
}

// misfit returns why a decision must not be evaluated for a group, or Unknown if it may (domain
// §3.2). OTHER is not checked against the group, but no basis makes NOTIFY bind outside the
// enhanced regime (GRP-04).
func misfit(v *ObligationChange, m membership) DataQualityCode {
	const permitted, inconsistent = DataQualityCodeObligationNotPermittedForGroup, DataQualityCodeObligationInconsistent
	if v.Kind == KindNotify && m.group != GroupUnknown && !m.effective.enhanced() {
		return permitted
	}
	for i := range fitting {
		r := &fitting[i]
		switch {
		case r.kind != v.Kind || r.basis != v.LegalBasis:
			continue
		case slices.Contains(r.groups, m.group), slices.Contains(r.groups, m.effective):
			return DataQualityCodeUnknown
		case m.group == GroupUnknown:
			return inconsistent
		}
		return permitted
	}
	if v.LegalBasis == LegalBasisOther && (v.Kind != KindNotify || m.group != GroupUnknown) {
		return DataQualityCodeUnknown
	}
	return inconsistent
}

// namesPolice reports whether a REPORT decision names the police, in words or by its place
// (RD-39).
func (p *dutyPart) namesPolice(pol *Policy) bool {
	return slices.Contains(p.version.Places, ReportPlacePolice) || pol.policeStation(p.version.CentreID)
}

// under13 reports whether a stay duty is under §13(2), which NOTIFY requires (OBL-06, contract
// §2).
func (p *dutyPart) under13() bool {
	return p.version.LegalBasis == LegalBasisReturnAct132 ||
		p.version.LegalBasis == LegalBasisAliensAct42a8 && p.group.enhanced()
}

// stays13 reports whether some STAY under §13(2) lies in a span.
func (d *duties) stays13(s Span) bool {
	for i := range d.stay {
		if d.stay[i].under13() && d.stay[i].span.overlaps(s) {
			return true
		}
	}
	return false
}

// notifyActive reports whether NOTIFY and STAY under §13(2) both bind at t of the
// night of d, at a place in operation then (OBL-07, INT-02, RD-44).
func (e *evaluation) notifyActive(d Date, t Instant) bool {
	if partAt(e.duties.notify, t) == nil {
		return false
	}
	for i := range e.duties.stay {
		if p := &e.duties.stay[i]; p.under13() && p.span.contains(t) && e.src.policy.inOperation(p.version.CentreID, d) {
			return true
		}
	}
	return false
}

// groupAt returns the effective group at t.
func (d *duties) groupAt(t Instant) Group {
	for _, m := range d.groups {
		if m.span.contains(t) {
			return m.effective
		}
	}
	return GroupUnknown
}

// partAt returns the part in force at t: the one that began last, and among those the one with the
// smallest decision id.
func partAt(parts []dutyPart, t Instant) *dutyPart {
	var best *dutyPart
	for i := range parts {
		p := &parts[i]
		if !p.span.contains(t) {
			continue
		}
		if best == nil ||
			cmp.Or(-cmp.Compare(p.version.ValidFrom, best.version.ValidFrom),
				cmp.Compare(p.version.DecisionID, best.version.DecisionID)) < 0 {
			best = p
		}
	}
	return best
}

// inForceOver reports whether some part is in force at some time of a span.
func inForceOver(parts []dutyPart, s Span) bool {
	for i := range parts {
		if parts[i].span.overlaps(s) {
			return true
		}
	}
	return false
}

func spansOf(parts []dutyPart) []Span {
	out := make([]Span, len(parts))
	for i := range parts {
		out[i] = parts[i].span
	}
	slices.SortFunc(out, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	return out
}

// inPeriod returns the decisions in force at any time in a span, sorted.
func inPeriod(ids []string, parts []dutyPart, s Span) []string {
	n := len(ids)
	for i := range parts {
		if parts[i].span.overlaps(s) {
			ids = append(ids, parts[i].version.DecisionID)
		}
	}
	if len(ids) == n || len(ids) == 1 {
		return ids
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
