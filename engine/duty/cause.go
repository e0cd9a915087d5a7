package duty

import (
	"cmp"
	"slices"
	"strconv"
)

// takesBack reports whether a revision takes back what was told: it withdraws what stood, or a
// record now needs review (contract-case 8, C-41). A second withdrawal with another outcome takes
// nothing back.
func takesBack(s *Said, status Status) bool {
	switch {
	case s == nil:
		return false
	case status == StatusWithdrawn:
		return s.Status != StatusWithdrawn
	}
	return status == StatusNeedsReview && s.Status == StatusIndicated
}

// setCause names the cause that took back what was told: the first that fits, as found from the
// record itself (C-42, C-43).
func (g *ground) setCause(v *Violation, s *Said) {
	if !takesBack(s, v.Status) {
		return
	}
	cause, id := g.cause(v, s)
	v.Cause, v.CauseID = Some(cause), Some(cause.String()+":"+id)
}

func (g *ground) cause(v *Violation, s *Said) (RecallCause, string) {
	gone := v.WithdrawnOutcome.V
	switch {
	case v.ChangeReason == ChangeReasonPolicy:
		return RecallCausePolicy, v.PolicyVersion
	case v.ChangeReason == ChangeReasonIdentity:
		if id, ok := newestLink(g.court.src.links, g.e.lens.at); ok {
			return RecallCauseIdentity, id
		}
	}
	switch {
	case gone == WithdrawnOutcomeExcluded:
		if id, ok := firstExclusion(v.ExclusionsChecked); ok {
			return RecallCauseExclusion, id
		}
	case gone == WithdrawnOutcomeNotApplicable && len(v.ObligationIDs) > 0:
		return RecallCauseAnnulment, slices.Min(v.ObligationIDs)
	case gone == WithdrawnOutcomeExcused:
		if id, ok := g.departed(v.UnitDate); ok {
			return RecallCauseDeparture, id
		}
	}
	// A withdrawal repeats the caveats of what it withdraws, so the rule says that a bad record holds
	// the unit.
	if slices.Contains(v.Caveats, "RECONSTRUCTED") && !slices.Contains(s.Caveats, "RECONSTRUCTED") ||
		slices.Contains(v.Rules, "INC-07") {
		if id, ok := g.newestBad(v); ok {
			return RecallCauseDeadLetter, id
		}
	}
	if v.Status == StatusNeedsReview || gone == WithdrawnOutcomeUndetermined {
		if id, ok := firstIncident(v.Incidents); ok {
			return RecallCauseIncident, id
		}
	}
	return RecallCauseLateData, v.PersonID
}

// newestLink returns the link with the newest `at` among those known.
func newestLink(links []*Known[IdentityLink], at Instant) (string, bool) {
	var best *IdentityLink
	for _, k := range links {
		if k.At <= at && (best == nil || cmp.Or(cmp.Compare(k.Fact.At, best.At), cmp.Compare(best.ID, k.Fact.ID)) > 0) {
			best = &k.Fact
		}
	}
	if best == nil {
		return "", false
	}
	return best.ID, true
}

// firstExclusion returns the smallest id of the declared exclusions that overlap.
func firstExclusion(list []ExclusionRef) (string, bool) {
	var ids []string
	for _, x := range list {
		if x.Overlaps && x.Status == ExclusionStatusDeclared {
			ids = append(ids, x.ExclusionID)
		}
	}
	if len(ids) == 0 {
		return "", false
	}
	return slices.Min(ids), true
}

// departed returns the newest assessment whose date is not after the unit's,
// where it says that the person has left for good (EVD-12).
func (g *ground) departed(d Date) (string, bool) {
	var best *DepartureAssessment
	for _, k := range g.e.assessments {
		a := &k.Fact
		if a.FromDate <= d &&
			(best == nil || cmp.Or(cmp.Compare(a.DecidedAt, best.DecidedAt), cmp.Compare(best.ID, a.ID)) > 0) {
			best = a
		}
	}
	if best == nil || best.Outcome != DepartureOutcomeDeparted {
		return "", false
	}
	return best.ID, true
}

// newestBad returns the place in the log of the newest bad record that holds the unit; its id if
// the input names no place.
func (g *ground) newestBad(v *Violation) (string, bool) {
	list := g.court.proof(&g.f, v.Kind, v.UnitDate, g.par).holding(v.EvaluatedAt)
	if len(list) == 0 {
		return "", false
	}
	b := slices.MaxFunc(list, (*block).compare)
	if !b.pos.OK {
		return b.topic + ":" + ClipKey(b.id), true
	}
	return b.topic + ":" + strconv.Itoa(int(b.pos.V.Partition)) + ":" + strconv.FormatInt(b.pos.V.Offset, 10), true
}

// firstIncident returns the first incident that bears on the unit.
func firstIncident(list []IncidentRef) (string, bool) {
	var best *IncidentRef
	for i := range list {
		r := &list[i]
		if r.Effect != IncidentEffectOverlaps && r.Effect != IncidentEffectTaints {
			continue
		}
		if best == nil || cmp.Or(cmp.Compare(r.From, best.From), cmp.Compare(r.IncidentID, best.IncidentID)) < 0 {
			best = r
		}
	}
	if best == nil {
		return "", false
	}
	return best.IncidentID, true
}
