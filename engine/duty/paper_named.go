package duty

import "slices"

// A record names the paper without a person because of which it is in doubt, and the paper that no
// longer stands in its way, among the evidence and in both statements (RD-47).

// nobodysPaper is the centres' paper that affects what is told of a unit.
type nobodysPaper struct {
	// doubtful casts UNASSIGNED_PAPER on the unit; lost are those of it that once named the person;
	// settled did so when the unit was last told and no longer does.
	doubtful, lost, settled []*Known[ManualEntry]
	// doubted is true if the unit is in doubt because of such paper.
	doubted bool
}

// all returns all of it, in the order of the lists.
func (p *nobodysPaper) all() []*Known[ManualEntry] {
	return slices.Concat(p.doubtful, p.lost, p.settled)
}

// paperOf finds that paper, from what the record is inferred from, before the record is built.
func (g *ground) paperOf(kind Kind, s *Said) nobodysPaper {
	var p nobodysPaper
	window, interval := g.f.period, nowhere
	if kind != KindReport && g.f.instant.OK {
		interval = g.e.inferredFrom(&candidate{at: g.f.instant.V, before: g.f.before, after: g.f.after, exit: g.f.exit})
	}
	near := g.e.unassignedPaper(g.f.centres, window, interval)
	p.doubted = g.f.caveats.has("UNASSIGNED_PAPER")
	for _, k := range near {
		if g.onceOwn(k.Fact.ID) {
			p.lost = append(p.lost, k)
		} else if p.doubted {
			p.doubtful = append(p.doubtful, k)
		}
	}
	if s != nil && slices.Contains(s.Caveats, "UNASSIGNED_PAPER") && !p.doubted {
		p.settled = g.settledPaper(interval, s.EvaluatedAt)
	}
	return p
}

// onceOwn reports whether some version of a paper entry names the person.
func (g *ground) onceOwn(id string) bool {
	return slices.ContainsFunc(g.court.src.entries, func(k *Known[ManualEntry]) bool {
		if k.Fact.ID != id || !k.Fact.PersonID.OK || k.At > g.e.lens.at {
			return false
		}
		_, own := g.e.id.own(k.Fact.PersonID.V)
		return own
	})
}

// settledPaper returns the versions without a person of paper that was in doubt at a clock and no
// longer is.
func (g *ground) settledPaper(interval Span, then Instant) []*Known[ManualEntry] {
	var out []*Known[ManualEntry]
	for _, centre := range g.f.centres {
		for _, v := range g.e.centres.paper[centre] {
			p := g.e.src.policy
			before := g.e.centres.unassigned(v, p, lens{at: then})
			if before != nil && g.e.centres.unassigned(v, p, g.e.lens) == nil && near(before, g.f.period, interval) {
				out = append(out, before)
			}
		}
	}
	return out
}

// refs names the paper among the evidence.
func (p *nobodysPaper) refs() []ref {
	var out []ref
	for _, k := range p.all() {
		l, _ := parseLocal(k.Fact.LocalTime)
		out = append(out, entryRef(k, l.early))
	}
	return out
}

// sayPaper says which paper casts a doubt, and which no longer does.
func (p *nobodysPaper) sayPaper(t *text) {
	ids := func(list []*Known[ManualEntry]) string {
		out := make([]string, len(list))
		for i, k := range list {
			out[i] = ClipKey(k.Fact.ID)
		}
		return idsText(out)
	}
	if p.doubted {
		t.say("Paper of the centre from about that time bears a number that nobody can read; "+
			"it may be this person's"+ids(p.doubtful)+".",
			"Et papir fra centret fra omtrent samme tid bærer et nummer, som ingen kan læse; "+
				"det kan være denne persons"+ids(p.doubtful)+".")
	}
	if len(p.lost) > 0 {
		t.say("Paper that named the person is corrected and bears a number that nobody can read; "+
			"it no longer counts as the person's"+ids(p.lost)+".",
			"Et papir, der nævnte personen, er rettet og bærer et nummer, som ingen kan læse; "+
				"det tæller ikke længere som personens"+ids(p.lost)+".")
	}
	if len(p.settled) > 0 {
		t.say("Paper of the centre that could not be linked to a person is settled and no longer leaves "+
			"any doubt about this person"+ids(p.settled)+".",
			"Et papir fra centret, som ingen kunne henføres til, "+
				"er afklaret og giver ikke længere anledning til tvivl om denne person"+ids(p.settled)+".")
	}
}
