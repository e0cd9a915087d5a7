package duty

// The stay duty, 001 §5.6: live at the place and, as a starting point, spend every night there
// (STY-01). Being out in the evening or for hours in the night is no breach (STY-04), and notices
// have no effect here (INT-03, NTC-20). A missed night is one on which registrations show the card
// outside throughout 23:00–06:00 (STY-03).

// stay judges the night of d.
func (e *evaluation) stay(d Date) finding {
	night := Night(d)
	f := finding{outcome: OutcomeNotApplicable, period: night, due: night.To, judged: night.To}
	if !covered(e.stays, night) { // AMB-20
		f.rules.add("STY-07")
		return f
	}
	if e.closedOn(d, night) {
		f.rules.add("RD-44")
		return f
	}
	centres, moved := e.stayCentres(d)
	f.centres = centres
	f.around = e.around(centres)
	if out, rule := e.excused(d, night, false, &f.around); out != OutcomeUnknown {
		f.outcome = out
		f.rules.add(rule)
		return f
	}
	f.outcome = e.stayOutcome(&f, night)
	if f.outcome == OutcomeIndicated && e.blind(centres, d) {
		f.outcome = OutcomeUndetermined
		f.rules.add("RD-46")
	}
	if f.outcome != OutcomeIndicated {
		return f
	}
	f.misplaced = e.illPlaced(e.duties.stay, night)
	f.needs = nightNeeds(d)
	c := e.stayCandidate(d, night, &f, moved)
	f.take(c, night.To)
	return f
}

// take turns a candidate into a finding, with the basis on which it rests (EVD-08).
func (f *finding) take(c *candidate, instant Instant) {
	f.outcome, f.instant = c.outcome(), Some(instant)
	f.caveats = c.caveats
	for _, r := range c.rules {
		f.rules.add(r)
	}
	f.before, f.after, f.exit, f.nearReport = c.before, c.after, c.exit, c.nearReport
	switch {
	case c.exit != nil:
		f.basis = BasisPositiveRegistration
	case f.caveats.has("OPEN_INTERVAL"):
		f.basis = BasisOpenOut
	default:
		f.basis = BasisClosedPair
	}
}

// stayOutcome applies three-valued logic to the window (PRS-01, STY-02, STY-03); Indicated means
// here that there is a candidate. A row inside a pending outage shows presence at its instant, and
// nothing about the rest of the outage (RD-22).
func (e *evaluation) stayOutcome(f *finding, night Span) Outcome {
	if e.par.StayMinPresence > 0 {
		return e.stayByDuration(f, night)
	}
	if e.seenAt(night, f.centres) { // out for hours before or after is no breach (STY-04)
		f.rules.add("STY-02")
		return OutcomeCompliant
	}
	doubt := false
	for _, p := range e.within(night, f.around.pending) {
		switch {
		case p.place.kind == unknown:
			doubt = true
		case p.place.kind == inside && assigned(f.centres, p.place.centre):
			f.rules.add("STY-02")
			return OutcomeCompliant
		}
	}
	if doubt {
		f.rules.add("PRS-01")
		return OutcomeUndetermined
	}
	return OutcomeIndicated
}

// stayByDuration applies MIN_DURATION: enough presence complies. Any part of the night of which nothing
// is known leaves it undetermined, even one too short to have been enough: unknown time never yields a
// record (PRS-01, STY-03), and an outage must not accuse while its forms are pending where it would be
// for review afterwards (INC-04, RD-01).
func (e *evaluation) stayByDuration(f *finding, night Span) Outcome {
	var present Instant
	doubt := false
	for _, p := range e.within(night, f.around.pending) {
		switch {
		case p.place.kind == unknown:
			doubt = true
		case p.place.kind == inside && assigned(f.centres, p.place.centre):
			present += p.span.To - p.span.From
		}
	}
	f.rules.add("STY-02")
	switch {
	case present >= e.par.StayMinPresence:
		return OutcomeCompliant
	case doubt:
		f.rules.add("PRS-01")
		return OutcomeUndetermined
	}
	return OutcomeIndicated
}

// stayCandidate weighs the doubts about a missed night.
func (e *evaluation) stayCandidate(d Date, night Span, f *finding, moved bool) *candidate {
	c := &candidate{at: night.To, trace: e.trace}
	c.rules.add("STY-03")
	c.before, c.after = e.bounds(night.From, night.To)
	e.registrations(c)
	e.inference(c, &f.around, night.From)
	e.unmatchedAssist(c)
	if touched(f.around.complete, night) {
		c.caveat("MANUAL_PERIOD", "INC-04")
		c.capped = true
	}
	if e.seenElsewhere(night, f.centres) {
		c.caveat("WRONG_CENTRE", "RD-23")
	}
	if moved {
		c.caveat("TRANSFER", "OBL-13", "RD-24")
	}
	if partly(e.leaveSpans, night) {
		c.caveat("PERMISSION_PARTIAL", "PRM-06")
	}
	if e.lateReturn(night.To) {
		c.caveat("LATE_RETURN", "STY-05")
	}
	if d.month() != (d + 1).month() {
		c.caveat("MONTH_BOUNDARY", "CNT-05")
	}
	e.paperDoubts(c, KindStay, f)
	if e.departureQuestion(d, night, night.To) {
		c.caveat("DEPARTURE_QUESTION", "EVD-13")
	}
	return c
}

// seenAt reports whether anything shows the card in the window inside one of the centres.
func (e *evaluation) seenAt(w Span, centres []string) bool {
	seen := e.moves.in(w)
	for i := range seen {
		if seen[i].present && assigned(centres, seen[i].centre) {
			return true
		}
	}
	return false
}

// seenElsewhere reports whether registrations show the card in the window inside
// a centre that is not assigned (RD-23).
func (e *evaluation) seenElsewhere(w Span, centres []string) bool {
	seen := e.moves.in(w)
	for i := range seen {
		if seen[i].present && !assigned(centres, seen[i].centre) {
			return true
		}
	}
	for _, p := range e.within(w, nil) {
		if p.place.kind == inside && !assigned(centres, p.place.centre) {
			return true
		}
	}
	return false
}

// lateReturn reports whether the first entry after the window came at or before
// stay.late_return_until (STY-05, RD-15).
func (e *evaluation) lateReturn(end Instant) bool {
	o := e.entryAfter(end)
	return o != nil && o.at.Date() == end.Date() && o.at.clockMinute() <= e.par.StayLateReturnUntilMinute
}

// entryAfter returns the first entry at or after t, or nil.
func (e *evaluation) entryAfter(t Instant) *observation {
	for i := e.moves.since(t); i < len(e.moves.list); i++ {
		if o := &e.moves.list[i]; o.entry {
			return o
		}
	}
	return nil
}

// stayCentres returns the centres of night d: the one of the STAY decision in
// force just before 06:00 first, and on a transfer day every one assigned in
// [06:00 d, 06:00 d+1) (OBL-13, contract §3).
func (e *evaluation) stayCentres(d Date) (centres []string, moved bool) {
	day := Span{d.Clock(nightToHour, 0), (d + 1).Clock(nightToHour, 0)}
	if len(e.sole) > 0 && e.duties.stay[0].span.overlaps(day) {
		return e.sole, false
	}
	return e.centresIn(e.duties.stay, day, day.To-1)
}

// centresIn returns the centre in force at t first, then the others in force in
// a span. Where the assigned centre changes in it, moved is set, and the old
// centre counts even if it gave way right at the start.
func (e *evaluation) centresIn(parts []dutyPart, s Span, t Instant) (centres []string, moved bool) {
	add := func(centre string) {
		if !assigned(centres, centre) {
			centres = append(centres, centre)
		}
	}
	if p := partAt(parts, t); p != nil {
		add(p.version.CentreID)
	}
	for i := range parts {
		if parts[i].span.overlaps(s) {
			add(parts[i].version.CentreID)
		}
	}
	for _, m := range transfers(parts) {
		if s.contains(m.at) {
			moved = true
			add(m.from)
			add(m.to)
		}
	}
	return centres, moved
}

func assigned(centres []string, centre string) bool {
	for _, c := range centres {
		if c == centre {
			return true
		}
	}
	return false
}

// excused applies the order of RD-06 up to the exclusion: assessed departure,
// hold, permission over the whole window, exclusion. OutcomeUnknown means that
// the duty's own logic decides.
func (e *evaluation) excused(d Date, window Span, holdAtStart bool, s *surroundings) (out Outcome, rule string) {
	switch {
	case e.departed(d):
		return OutcomeExcused, "EVD-12"
	case e.held(window, holdAtStart):
		return OutcomeExcused, "OBL-12"
	case covered(e.leaveSpans, window):
		return OutcomeExcused, "PRM-02"
	case s.excludes(window, e.par, d):
		return OutcomeExcluded, "EXC-02"
	}
	return OutcomeUnknown, ""
}

// nightNeeds returns the log dates of a night: d whole, d+1 up to 06:00
// (contract §2).
func nightNeeds(d Date) []need {
	return []need{{d, (d + 1).Start()}, {d + 1, (d + 1).Clock(nightToHour, 0)}}
}
