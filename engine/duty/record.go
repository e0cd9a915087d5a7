package duty

import (
	"cmp"
	"slices"
)

// ground is what a record is built from.
type ground struct {
	f     finding
	e     *evaluation
	par   *Params
	court *court
	// blocks are the records that hold the unit, where it is held (contract §1).
	blocks []*block
	// paper is the paper of nobody that the record names.
	paper nobodysPaper
}

// baseCaveats are on every record of a duty, sorted (domain §4): what missing
// registrations cannot show (EVD-01, EVD-02), the general points of attention
// (EVD-04), and that notices are noted by hand (NTC-21).
func baseCaveats(k Kind) []string {
	out := []string{"ABSENCE_NOT_CONCLUSIVE", "AUTOMATED_TRANSFER_RISK", "CARD_NOT_PERSON", "MANUAL_PROCESS_RISK"}
	if k == KindNotify {
		out = append(out, "NOTICE_LOG_MANUAL")
	}
	return append(out, "PHYSICAL_BYPASS_POSSIBLE")
}

// build writes one revision with everything that a human needs to assess it
// (domain §4, EVD-14), as known at the clock. The digest is left to Revise.
func build(in Input, u *Unit, s *Said, status Status, gone Opt[WithdrawnOutcome], at Instant) Violation {
	g := u.grounds()
	g.e.par = g.par
	g.paper = g.paperOf(u.Kind, s)
	if g.f.before == nil && g.f.exit == nil && u.Kind != KindReport {
		g.f.before, g.f.after = g.e.bounds(g.f.period.From, g.f.period.From)
	}
	g.blocks = g.holders(u, at)
	v := Violation{
		UnitID: UnitID(u.Kind, u.Date, in.PersonID), Revision: 1, Status: status, WithdrawnOutcome: gone, Kind: u.Kind,
		PersonID: in.PersonID, UnitDate: u.Date, Instant: u.Instant.V, PeriodFrom: u.PeriodFrom, PeriodTo: u.PeriodTo,
		CentreID: u.CentreID, Group: u.Group, ObligationIDs: u.ObligationIDs, LegalBasis: u.LegalBasis, Basis: u.Basis,
		Shortfall: u.Shortfall, Caveats: u.Caveats, BaseCaveats: baseCaveats(u.Kind), Rules: u.Rules,
		PolicyVersion: u.PolicyVersion, PolicyDigest: u.PolicyDigest, EngineVersion: EngineVersion, EvaluatedAt: at,
		Settled: u.Settled, ChangeReason: changeReason(u, s, at),
	}
	if s != nil {
		v.Revision, v.PreviousDigest = s.Revision+1, Some(s.Digest)
	}
	v.Evidence = g.evidence()
	v.NoticesConsidered = g.noticesConsidered(u)
	v.PermissionsConsidered = g.permissionsConsidered(u)
	v.Incidents = g.incidentRefs()
	v.ExclusionsChecked = g.exclusionRefs()
	v.Supervision = g.supervisionRefs()
	v.Pattern = g.pattern(u.Date)
	v.Corroboration = g.corroboration(u)
	v.Contradiction = g.contradiction()
	v.Attachments = g.attachments(&v, g.bound(&v))
	g.setCause(&v, s)
	v.Statement, v.StatementDa = g.statements(&v, u)
	return v
}

// evidence lists the registrations relied on, and every row of the person from
// 24 hours before the unit to 24 hours after (EVD-14 item 2).
func (g *ground) evidence() []Evidence {
	var out []Evidence
	seen := map[[2]string]bool{}
	put := func(r ref, role EvidenceRole) {
		name := [2]string{r.topic, r.id}
		if seen[name] {
			return
		}
		seen[name] = true
		out = append(out, r.evidence(role))
	}
	bound := func(o *observation, role EvidenceRole) {
		if o != nil {
			for _, r := range o.refs {
				put(r, role)
			}
		}
	}
	bound(g.f.exit, EvidenceRoleTrigger)
	bound(g.f.before, EvidenceRoleBoundBefore)
	bound(g.f.after, EvidenceRoleBoundAfter)
	near := Span{g.f.period.From - Day, g.f.period.To + Day}
	for _, r := range g.e.contextRefs(near) {
		put(r, EvidenceRoleContext)
	}
	for _, r := range g.paper.refs() {
		put(r, EvidenceRoleContext)
	}
	out = append(out, blockEvidence(g.blocks)...)
	slices.SortFunc(out, func(a, b Evidence) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.ID, b.ID),
			cmp.Compare(a.Offset.V, b.Offset.V))
	})
	return out
}

// contextRefs returns every row and entry of the person in a span, those
// of offline units left out (EVD-11).
func (e *evaluation) contextRefs(s Span) []ref {
	var out []ref
	for _, list := range [][]row{e.rows.passages, e.rows.reports, e.rows.off} {
		for _, r := range list {
			if s.contains(r.event.OccurredAt) {
				out = append(out, eventRef(r))
			}
		}
	}
	for _, c := range e.rows.conflicts {
		if s.contains(c.OccurredAt) {
			out = append(out, eventRef(row{event: c}))
		}
	}
	for _, k := range e.entries {
		if l, _ := parseLocal(k.Fact.LocalTime); s.contains(l.early) {
			out = append(out, entryRef(k, l.early))
		}
	}
	return out
}

// interval returns the time on which the inference rests: from the last observation before to the
// first after, or the unit itself.
func (g *ground) interval() Span {
	s := g.f.period
	if g.f.before != nil {
		s.From = min(s.From, g.f.before.at)
	}
	if g.f.after != nil {
		s.To = max(s.To, g.f.after.at)
	} else if g.f.before != nil {
		s.To = max(s.To, g.e.lens.at)
	}
	return s
}

// incidentRefs lists the incidents of the unit's centres over the interval
// (EVD-14 item 7).
func (g *ground) incidentRefs() []IncidentRef {
	out := []IncidentRef{}
	interval := g.interval()
	for _, i := range g.f.around.incidents {
		s := i.span()
		if !s.overlaps(interval) {
			continue
		}
		r := IncidentRef{IncidentID: i.IncidentID, From: i.From, To: i.To, FormsStatus: i.FormsStatus,
			Effect: IncidentEffectNone}
		switch {
		case s.overlaps(g.f.period):
			r.Effect = IncidentEffectOverlaps
		case i.FormsStatus != FormsStatusComplete && s.From < g.f.period.From:
			r.Effect = IncidentEffectTaints
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b IncidentRef) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.IncidentID, b.IncidentID))
	})
	return slices.Compact(out)
}

// exclusionRefs lists the exclusions of the unit's centres (EVD-14 item 8).
func (g *ground) exclusionRefs() []ExclusionRef {
	out := []ExclusionRef{}
	for _, x := range g.f.around.checked {
		out = append(out, ExclusionRef{x.ExclusionID, x.FromDate, x.ToDate, x.Status, x.span().overlaps(g.f.period)})
	}
	slices.SortFunc(out, func(a, b ExclusionRef) int {
		return cmp.Or(cmp.Compare(a.FromDate, b.FromDate), cmp.Compare(a.ExclusionID, b.ExclusionID))
	})
	return slices.Compact(out)
}

// supervisionRefs lists the results of supervision that cover part of the unit
// (EVD-14 item 9, EVD-17, SYS-24).
func (g *ground) supervisionRefs() []SupervisionRef {
	out := []SupervisionRef{}
	for _, centre := range g.f.centres {
		for _, r := range g.court.in.Centres.supervisionAt(centre, g.e.lens) {
			if dates(r.FromDate, r.ToDate).overlaps(g.f.period) {
				out = append(out, SupervisionRef{r.ResultRef, r.FromDate, r.ToDate, r.Remarks})
			}
		}
	}
	slices.SortFunc(out, func(a, b SupervisionRef) int {
		return cmp.Or(cmp.Compare(a.FromDate, b.FromDate), cmp.Compare(a.ResultRef, b.ResultRef))
	})
	return slices.Compact(out)
}

// supervisionAt returns the results of supervision of a centre that count.
func (c *Centres) supervisionAt(centre string, l lens) []*SupervisionResult {
	var out []*SupervisionResult
	for _, v := range c.supervision[centre] {
		k := at[SupervisionResult](v, func(k *Known[SupervisionResult]) bool { return l.fact(k.At) })
		if k != nil && k.Fact.CentreID == centre {
			out = append(out, &k.Fact)
		}
	}
	return out
}
