package duty

import (
	"bytes"
	"cmp"
	"slices"
)

// decisionPart is one stretch of a decision in force, as one of its versions words it.
type decisionPart struct {
	span     Span
	decision string            // decision_id
	version  *ObligationChange // the version that words it
	// validFrom is the start that the version names, which may lie before service.
	validFrom Instant
}

// decide applies the versions of each decision in ascending order (contract §2). IMPOSE and AMEND
// bind from the later of valid_from and served_at, and never a person who was not served; CORRECT
// replaces the whole past, and binds from its service where it names one (decision 0003); ANNUL
// removes the decision from its valid_from on (OBL-10, OBL-11).
//
// A decision belongs to the person whom its highest version names; only versions that name the
// person count (contract §1). What a version that names somebody else says of a decision does not
// apply to this person.
func decide(sorted []*Known[ObligationChange], keep func(*Known[ObligationChange]) bool,
	mine func(*ObligationChange) bool) []decisionPart {
	var out []decisionPart
	for from := 0; from < len(sorted); {
		to := from + 1
		for to < len(sorted) && sorted[to].Fact.DecisionID == sorted[from].Fact.DecisionID {
			to++
		}
		out = append(out, decideOne(sorted[from:to], keep, mine)...)
		from = to
	}
	slices.SortFunc(out, func(a, b decisionPart) int {
		return cmp.Or(cmp.Compare(a.span.From, b.span.From), cmp.Compare(a.decision, b.decision),
			cmp.Compare(a.span.To, b.span.To))
	})
	return out
}

// decideOne applies the versions of one decision, given newest first.
func decideOne(versions []*Known[ObligationChange], keep func(*Known[ObligationChange]) bool,
	mine func(*ObligationChange) bool) []decisionPart {
	var chosen []*ObligationChange
	for _, k := range versions {
		if !keep(k) || len(chosen) > 0 && chosen[len(chosen)-1].Version == k.Fact.Version {
			continue
		}
		chosen = append(chosen, &k.Fact)
	}
	if len(chosen) == 0 || chosen[0].Retracted || !mine(chosen[0]) {
		return nil
	}
	var parts []decisionPart
	for _, v := range slices.Backward(chosen) {
		if v.Retracted || !mine(v) {
			continue
		}
		parts = v.apply(parts)
	}
	return parts
}

// apply changes the parts of a decision by one version.
func (v *ObligationChange) apply(parts []decisionPart) []decisionPart {
	from := v.ValidFrom
	switch v.Action {
	case ActionAnnul:
		return cut(parts, from)
	case ActionCorrect: // needs no service, but one that names it binds from then on only (OBL-10)
		parts = nil
		from = max(from, v.ServedAt.Or(from))
	default:
		if !v.ServedAt.OK {
			return parts
		}
		from = max(from, v.ServedAt.V)
		parts = cut(parts, from)
	}
	s := Span{from, v.ValidTo.Or(Forever)}
	if s.From >= s.To {
		return parts
	}
	return append(parts, decisionPart{span: s, decision: v.DecisionID, version: v, validFrom: v.ValidFrom})
}

// cut ends parts at t.
func cut(parts []decisionPart, t Instant) []decisionPart {
	var out []decisionPart
	for _, p := range parts {
		p.span.To = min(p.span.To, t)
		if p.span.From < p.span.To {
			out = append(out, p)
		}
	}
	return out
}

// membership is the group of the person over a span (GRP-08).
type membership struct {
	span Span
	// group is as registered; effective is as treated (GRP-05).
	group, effective Group
}

// memberships orders group changes by the instant from which they apply. Of those that begin
// together, the one with the smallest canonical form comes last and applies (RD-48).
func memberships(changes []*Known[GroupChange]) []membership {
	slices.SortStableFunc(changes, func(a, b *Known[GroupChange]) int {
		if c := cmp.Compare(a.Fact.ValidFrom, b.Fact.ValidFrom); c != 0 {
			return c
		}
		return -bytes.Compare(a.Fact.AppendCanonical(nil), b.Fact.AppendCanonical(nil))
	})
	var out []membership
	for _, k := range changes {
		g := &k.Fact
		m := membership{span: Span{g.ValidFrom, Forever}, group: g.Group, effective: g.Group}
		// GRP-05
		if g.NonRefoulement && (g.Group == GroupForeignFighter || g.Group == GroupExpelled25) {
			m.effective = GroupTolerated
		}
		if n := len(out); n > 0 {
			out[n-1].span.To = g.ValidFrom
			if out[n-1].span.From >= out[n-1].span.To {
				out = out[:n-1]
			}
		}
		out = append(out, m)
	}
	return out
}

// enhancedGroups are under the enhanced control regime (GRP-07).
var enhancedGroups = []Group{GroupTolerated, GroupExpelledJudgment, GroupForeignFighter, GroupExpelled25}

// enhanced reports whether a group is one of them.
func (g Group) enhanced() bool { return slices.Contains(enhancedGroups, g) }
