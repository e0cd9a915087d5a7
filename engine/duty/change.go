package duty

import "slices"

// changeReason names what caused the revision, from what became known since the last one. CLOCK
// remains if nothing that came in explains it (contract §3).
func changeReason(u *Unit, s *Said, at Instant) ChangeReason {
	if s == nil {
		return ChangeReasonFirst
	}
	g := u.grounds()
	since := Span{s.EvaluatedAt + 1, at + 1}
	newer := func(times []Instant) bool { return slices.ContainsFunc(times, since.contains) }
	switch {
	case u.PolicyDigest != s.PolicyDigest:
		return ChangeReasonPolicy
	case newer(knownTimes(nil, g.court.src.links)):
		return ChangeReasonIdentity
	case (u.Outcome == OutcomeExcluded) != (s.WithdrawnOutcome == Some(WithdrawnOutcomeExcluded)):
		return ChangeReasonExclusion
	case newer(g.court.personTimes()) || newer(g.court.in.Centres.known) || newer(g.blockTimes()) ||
		newer(g.paperTimes()) || g.watchChanged(u, s, at):
		return ChangeReasonNewFact
	case u.Settled != s.Settled ||
		slices.Contains(u.Caveats, "UNSETTLED") != slices.Contains(s.Caveats, "UNSETTLED") || newer(g.markerTimes()):
		return ChangeReasonSettlement
	case g.court.watch.incidents().openedWithin(g.f.centres, since):
		return ChangeReasonClock
	case g.unforeseen(s):
		return ChangeReasonNewFact
	}
	return ChangeReasonClock
}

// personTimes returns when each fact of the person was known.
func (c *court) personTimes() []Instant {
	s := c.src
	out := knownTimes(nil, s.cardEvents)
	out = knownTimes(out, s.entries)
	out = knownTimes(out, s.notices)
	out = knownTimes(out, s.obligations)
	out = knownTimes(out, s.groups)
	out = knownTimes(out, s.permissions)
	out = knownTimes(out, s.holds)
	out = knownTimes(out, s.assessments)
	return knownTimes(out, s.assignments)
}

// paperTimes returns when versions became known of centres' paper from about the unit's time that
// names nobody, or once did, and of the resolutions about it (RD-47).
func (g *ground) paperTimes() []Instant {
	var out []Instant
	for _, centre := range g.f.centres {
		for _, v := range g.e.centres.paper[centre] {
			if !slices.ContainsFunc(v, func(k *Known[ManualEntry]) bool { return near(k, g.f.period, g.interval()) }) {
				continue
			}
			out = knownTimes(out, v)
			for _, r := range g.e.centres.resolutions {
				if slices.ContainsFunc(r, func(k *Known[Resolution]) bool { return names(&k.Fact, v) }) {
					out = knownTimes(out, r)
				}
			}
		}
	}
	return out
}

// names reports whether a Resolution names the place of a version of a paper entry.
func names(r *Resolution, v versions[ManualEntry]) bool {
	return r.Topic == TopicManualEntries && slices.ContainsFunc(v, func(k *Known[ManualEntry]) bool {
		return k.Pos.OK && r.Partition == k.Pos.V.Partition && r.Offset == k.Pos.V.Offset
	})
}

// watchChanged reports whether since the last revision a heartbeat made the silence of the unit's
// centre one that must be proven, or ended that (REL-06).
func (g *ground) watchChanged(u *Unit, s *Said, at Instant) bool {
	p := g.court.proof(&g.f, u.Kind, u.Date, g.par)
	return p.unwatched(s.EvaluatedAt) != p.unwatched(at)
}

// markerTimes returns when the settlements of the unit's centres and dates were known.
func (g *ground) markerTimes() []Instant {
	var out []Instant
	for _, centre := range g.f.centres {
		for date := g.f.period.From.Date(); date <= g.f.period.To.Date(); date++ {
			for log := range len(symbolsLogType) {
				for _, v := range g.e.centres.settlements[settlementKey{centre, date, LogType(log)}] {
					out = knownTimes(out, v)
				}
			}
		}
	}
	return out
}

// unforeseen reports whether the facts known at the last revision give, at its clock, another
// verdict than was told. Then a fact has come in that carries an earlier time, such as a bad
// record whose own time is older or unreadable.
func (g *ground) unforeseen(s *Said) bool {
	res := Evaluate(g.court.in.OnlyUnits(s.Date, s.Date), s.EvaluatedAt)
	for i := range res.Units {
		if u := &res.Units[i]; u.Kind == s.Kind {
			return !u.told(s)
		}
	}
	return s.Status != StatusWithdrawn || s.WithdrawnOutcome != Some(WithdrawnOutcomeNotApplicable)
}

// told reports whether a unit equals what was last told of it.
func (u *Unit) told(s *Said) bool {
	if u.Record() {
		return s.Status.String() == u.Outcome.String() && sameMaterial(u, s)
	}
	out, _ := withdrawal(u)
	return s.WithdrawnOutcome == Some(out)
}
