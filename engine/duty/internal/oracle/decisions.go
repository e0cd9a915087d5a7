package oracle

import (
	"sort"

	"tilsyn/engine/duty"
)

// segment is a time in which one version of a decision binds.
type segment struct {
	from, to duty.Instant
	// valid is when the version says that it begins, served or not.
	valid    duty.Instant
	kind     duty.Kind
	id       string
	basis    duty.LegalBasis
	centre   string
	schedule duty.Schedule
	police   bool // the decision names the police (RD-39)
}

// readDecisions applies the versions of every decision in ascending order
// (contract §2) and cuts time into pieces with constant duties.
func (w *world) readDecisions() {
	var segs []segment
	for _, c := range chains(w.c.Person.ObligationChanges, headDecision, func(k *duty.Known[duty.ObligationChange]) bool {
		return w.check.decision(&k.Fact) && w.keepOf(k.At, k.Fact.PersonID)
	}) {
		if k, stands := c.last(); !stands || !w.mine(k.Fact.PersonID) {
			continue
		}
		var own []segment
		for i := range c.versions {
			if c.heads[i].retracted || !w.mine(c.versions[i].Fact.PersonID) {
				continue // Choice: only a highest retracted version takes away
			}
			own = applyVersion(own, &c.versions[i].Fact)
		}
		segs = append(segs, own...)
	}
	w.cut(segs)
}

func applyVersion(own []segment, f *duty.ObligationChange) []segment {
	s := segment{
		from: f.ValidFrom, valid: f.ValidFrom, to: f.ValidTo.Or(duty.Forever), kind: f.Kind, id: f.DecisionID,
		basis: f.LegalBasis, centre: f.CentreID, schedule: f.Schedule.V,
	}
	for _, p := range f.Places {
		s.police = s.police || p == duty.ReportPlacePolice
	}
	if !f.Schedule.OK {
		s.schedule = duty.Schedule{Type: duty.ScheduleTypeDaily}
	}
	switch f.Action {
	case duty.ActionImpose, duty.ActionAmend:
		if !f.ServedAt.OK {
			return own
		}
		s.from = max(s.from, f.ServedAt.V)
		own = before(own, s.from)
	case duty.ActionCorrect:
		// Choice: a correction that names a service binds from it, too.
		own = nil
		if f.ServedAt.OK {
			s.from = max(s.from, f.ServedAt.V)
		}
	case duty.ActionAnnul:
		return before(own, f.ValidFrom)
	}
	if s.from < s.to {
		own = append(own, s)
	}
	return own
}

// before keeps what lies before t.
func before(own []segment, t duty.Instant) []segment {
	var out []segment
	for _, s := range own {
		s.to = min(s.to, t)
		if s.from < s.to {
			out = append(out, s)
		}
	}
	return out
}

// piece is a stretch of time in which nothing about the duties changes.
type piece struct {
	from, to             duty.Instant
	stay, notify, report []segment
	group                duty.Group
}

func (w *world) cut(segs []segment) {
	edges := []duty.Instant{duty.Beginning}
	for _, s := range segs {
		edges = append(edges, s.from, s.to)
	}
	for _, g := range w.groups {
		edges = append(edges, g.ValidFrom)
	}
	sort.Slice(edges, func(i, j int) bool { return edges[i] < edges[j] })
	for i, e := range edges {
		to := duty.Forever
		if i+1 < len(edges) {
			to = edges[i+1]
		}
		if e >= to {
			continue
		}
		w.pieces = append(w.pieces, w.pieceOf(e, to, segs))
	}
	w.dropNotifyWithoutStay()
}

func (w *world) pieceOf(from, to duty.Instant, segs []segment) piece {
	raw, group := w.groupAt(from)
	p := piece{from: from, to: to, group: group}
	for _, s := range segs {
		if from < s.from || from >= s.to || !fits(s.kind, s.basis, raw, group) {
			continue
		}
		switch s.kind {
		case duty.KindStay:
			p.stay = append(p.stay, s)
		case duty.KindNotify:
			p.notify = append(p.notify, s)
		case duty.KindReport:
			p.report = append(p.report, s)
		}
	}
	return p
}

// groupAt is the group in force as registered and as it counts (GRP-05).
func (w *world) groupAt(t duty.Instant) (raw, effective duty.Group) {
	found := false
	var best duty.GroupChange
	for _, g := range w.groups {
		if g.ValidFrom > t {
			continue
		}
		if !found || g.ValidFrom > best.ValidFrom || (g.ValidFrom == best.ValidFrom && canonical(g) < canonical(best)) {
			best, found = g, true
		}
	}
	if !found {
		return duty.GroupUnknown, duty.GroupUnknown
	}
	effective = best.Group
	if best.NonRefoulement && (best.Group == duty.GroupForeignFighter || best.Group == duty.GroupExpelled25) {
		effective = duty.GroupTolerated
	}
	return best.Group, effective
}

func enhanced(g duty.Group) bool {
	switch g {
	case duty.GroupTolerated, duty.GroupExpelledJudgment, duty.GroupForeignFighter, duty.GroupExpelled25:
		return true
	}
	return false
}

// fits is the matrix of domain §3.2. An unknown group fits nothing.
func fits(kind duty.Kind, basis duty.LegalBasis, raw, group duty.Group) bool {
	if basis == duty.LegalBasisOther && kind != duty.KindNotify {
		return true // no validation against the group
	}
	if group == duty.GroupUnknown {
		return false
	}
	switch kind {
	case duty.KindNotify:
		switch basis {
		case duty.LegalBasisReturnAct134, duty.LegalBasisAliensAct42a10, duty.LegalBasisOther:
			return enhanced(group)
		}
	case duty.KindStay:
		switch basis {
		case duty.LegalBasisAliensAct42a8:
			return true
		case duty.LegalBasisReturnAct132:
			return enhanced(group)
		case duty.LegalBasisReturnAct131:
			return !enhanced(group)
		}
	case duty.KindReport:
		return reportFits(basis, raw) || reportFits(basis, group)
	}
	return false
}

func reportFits(basis duty.LegalBasis, g duty.Group) bool {
	switch basis {
	case duty.LegalBasisReturnAct122:
		return g == duty.GroupTolerated
	case duty.LegalBasisReturnAct123:
		return g == duty.GroupExpelledJudgment
	case duty.LegalBasisReturnAct124:
		return g == duty.GroupForeignFighter || g == duty.GroupExpelled25
	case duty.LegalBasisReturnAct1214, duty.LegalBasisAliensAct343:
		return g == duty.GroupRejected || g == duty.GroupOtherUnlawful // RD-43
	}
	return false
}
