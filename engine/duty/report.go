package duty

import (
	"cmp"
	"slices"
)

// The reporting duty, 001 §5.5: appear at the set times. No report in a due slot
// is a breach at the end of the slot (RPT-05); a report at any assigned or police
// place meets it (RPT-10).

// presented is one report of the person.
type presented struct {
	when   localTime // of the report
	centre string
	police bool // reported to the police
	ref    ref
}

// report judges the reporting day d: each of its slots by itself, and then the day by the first
// outcome in the order of contract §2.
func (e *evaluation) report(d Date) finding {
	due, partial, closed := e.slots(d)
	if len(due) == 0 {
		day := Span{d.Start(), (d + 1).Start()}
		f := finding{outcome: OutcomeNotApplicable, period: day, due: day.To, judged: day.To}
		switch {
		case closed:
			f.rules.add("RD-44")
		case partial:
			f.rules.add("RPT-08")
		default:
			f.rules.add("RPT-02")
		}
		return f
	}
	var room [1]finding // nearly always there is one
	findings := room[:0]
	for i := range due {
		e.trace.slot(due[i].span)
		findings = append(findings, e.slot(&due[i], d))
		e.trace.slotFound(&findings[i])
	}
	if len(findings) == 1 {
		return findings[0]
	}
	return unitOfSlots(findings)
}

// slotOrder is the order in which the outcome of one slot decides the day.
var slotOrder = []Outcome{OutcomeIndicated, OutcomeNeedsReview, OutcomeUndetermined, OutcomeExcluded,
	OutcomeExcused, OutcomeCompliant, OutcomeNotApplicable}

// unitOfSlots makes one unit of several slots (contract §2).
func unitOfSlots(findings []finding) finding {
	best := 0
	for i := range findings {
		if slices.Index(slotOrder, findings[i].outcome) < slices.Index(slotOrder, findings[best].outcome) {
			best = i
		}
	}
	out := findings[best]
	out.caveats, out.rules = slices.Clone(out.caveats), slices.Clone(out.rules)
	for i := range findings {
		f := &findings[i]
		out.period.From = min(out.period.From, f.period.From)
		out.period.To = max(out.period.To, f.period.To)
		out.due = max(out.due, f.due)
		out.judged = max(out.judged, f.judged)
		out.police = out.police || f.police
		out.misplaced = out.misplaced || f.misplaced
		if i != best {
			out.needs = append(slices.Clone(out.needs), f.needs...)
		}
		if f.outcome != out.outcome {
			continue
		}
		out.nearReport = max(out.nearReport, f.nearReport)
		for _, c := range f.caveats {
			out.caveats.add(c)
		}
		for _, r := range f.rules {
			out.rules.add(r)
		}
	}
	return out
}

// slot judges one slot due on d.
func (e *evaluation) slot(s *slot, d Date) finding {
	f := finding{period: s.span, due: s.span.To, judged: s.span.To +
		Instant(e.par.ReportGraceMinutes)*Minute, needs: s.needs()}
	centres := e.reportCentres(s)
	f.centres = centres
	f.police = slices.ContainsFunc(s.parts, func(p *dutyPart) bool { return p.namesPolice(e.src.policy) })
	f.around = e.around(centres)
	reports := e.reportsNear(s)
	short := e.shortfall(s, reports)
	if short == 0 {
		f.outcome = OutcomeCompliant
		f.rules.add("RPT-01")
		return f
	}
	if out, rule := e.reportExcused(d, s, &f.around); out != OutcomeUnknown {
		f.outcome = out
		f.rules.add(rule)
		return f
	}
	if touched(f.around.pending, s.span) || e.unclearReport(s) {
		f.outcome = OutcomeUndetermined
		f.rules.add("RPT-09")
		return f
	}
	if !f.police && e.dark(s, d) {
		f.outcome = OutcomeUndetermined
		f.rules.add("RD-46")
		return f
	}
	f.misplaced = e.misplacedParts(s)
	c := e.reportCandidate(s, d, &f, reports)
	f.take(c, s.span.To)
	f.basis = BasisNoReport
	if s.quota > 0 {
		f.shortfall = Some(int32(short))
	}
	return f
}

// misplacedParts reports whether a decision of the slot is at a place that does
// not fit (RD-46).
func (e *evaluation) misplacedParts(s *slot) bool {
	return slices.ContainsFunc(s.parts, func(p *dutyPart) bool {
		return !e.src.policy.fits(KindReport, p.version.CentreID)
	})
}

// reportCentres returns the centre of the slot's decision in force just before
// its end, any other in force in it, where several decisions bind at once the one
// that the record will name, and those of the STAY in force on its dates: a report
// there fulfils it as well, and may be what is missing (RD-25, W-68). A place that the
// register does not know holds the STAY alone (RD-46).
func (e *evaluation) reportCentres(s *slot) []string {
	var parts []dutyPart
	for _, p := range s.parts {
		parts = append(parts, *p)
	}
	centres, _ := e.centresIn(parts, s.span, s.span.To-1)
	if p := partAt(e.duties.report, s.span.To-1); p != nil && !assigned(centres, p.version.CentreID) {
		centres = append(centres, p.version.CentreID)
	}
	days := s.days()
	for i := range e.duties.stay {
		c := e.duties.stay[i].version.CentreID
		if e.duties.stay[i].span.overlaps(days) && !assigned(centres, c) && e.src.policy.centre(c) != nil {
			centres = append(centres, c)
		}
	}
	return centres
}

// presented returns every report of the person: at stands, on paper, at the
// police (RPT-03, RPT-10).
func (e *evaluation) presented() []presented {
	out := make([]presented, 0, len(e.rows.reports)+2*len(e.rows.off))
	for _, r := range e.rows.reports {
		t := r.event.OccurredAt
		out = append(out, presented{localTime{t, t, true}, r.event.CentreID,
			e.src.policy.policeStation(r.event.CentreID), eventRef(r)})
	}
	for _, r := range e.rows.off {
		if r.event.Kind == CardEventKindReport {
			for _, t := range []Instant{r.receipt, r.event.OccurredAt} {
				out = append(out, presented{localTime{t, t, true}, r.event.CentreID,
					e.src.policy.policeStation(r.event.CentreID), eventRef(r)})
			}
		}
	}
	for _, k := range e.entries {
		if f := k.Fact.Form; f == FormOutageReport || f == FormPoliceReport {
			l, _ := parseLocal(k.Fact.LocalTime)
			out = append(out, presented{l, k.Fact.CentreID, f == FormPoliceReport ||
				e.src.policy.policeStation(k.Fact.CentreID), entryRef(k, l.early)})
		}
	}
	return out
}

// reportsNear returns the reports that may serve a slot, or lie as near to it as the tolerance allows
// (RPT-07), in the order of their times.
func (e *evaluation) reportsNear(s *slot) []presented {
	if !e.shown {
		e.reports, e.shown = e.presented(), true
		slices.SortStableFunc(e.reports, func(a, b presented) int { return cmp.Compare(a.when.early, b.when.early) })
	}
	first := func(t Instant) int {
		i, _ := slices.BinarySearchFunc(e.reports, t,
			func(p presented, t Instant) int { return cmp.Compare(p.when.early, t) })
		return i
	}
	days := s.days()
	near := Instant(e.par.ReportGraceMinutes+1) * Minute
	return e.reports[first(days.From-near-readingsApart):first(days.To+near)]
}

// rightPlace reports whether a report was made at the police or an assigned
// centre: that of the REPORT decision, or of the STAY in force that day (RPT-10,
// RD-25).
func (e *evaluation) rightPlace(s *slot, d Date, p *presented) bool {
	if p.police {
		return true
	}
	for _, part := range s.parts {
		if part.version.CentreID == p.centre {
			return true
		}
	}
	day := Span{d.Start(), (d + 1).Start()}
	for i := range e.duties.stay {
		if st := &e.duties.stay[i]; st.version.CentreID == p.centre && st.span.overlaps(day) {
			return true
		}
	}
	return false
}

// shortfall returns how many reports are missing in the slot: 0 or 1 for a day,
// the missing distinct days for a quota week (RPT-02, RPT-04, TX-29). A report
// counts for the local date in which it lies (RPT-06).
func (e *evaluation) shortfall(s *slot, reports []presented) int {
	days := 0
	for _, d := range s.dates() {
		for i := range reports {
			p := &reports[i]
			if e.rightPlace(s, d, p) && p.when.has(func(t Instant) bool { return t.Date() == d && s.holds(d, t) }) {
				days++
				break
			}
		}
	}
	return max(0, max(1, s.quota)-days)
}

// reportExcused applies RD-06 and PRM-07 to a slot that was not met.
func (e *evaluation) reportExcused(d Date, s *slot, around *surroundings) (Outcome, string) {
	switch {
	case e.departed(d):
		return OutcomeExcused, "EVD-12"
	case e.held(s.span, false):
		return OutcomeExcused, "OBL-12"
	case e.leaveWith(s.span, ReportEffectExcused):
		return OutcomeExcused, "PRM-07"
	case touched(around.exclusions, s.span):
		return OutcomeExcluded, "EXC-02"
	}
	return OutcomeUnknown, ""
}

// leaveWith reports whether a permission with an effect on reporting overlaps a
// span at all (PRM-07, RD-07).
func (e *evaluation) leaveWith(s Span, effect ReportEffect) bool {
	for _, l := range e.leaves {
		if l.covers && l.permission.ReportEffect == effect && l.span.overlaps(s) {
			return true
		}
	}
	return false
}

// unclearReport reports whether a report row that is evidence for nobody lies in the slot: it may
// have been this person's. The contract does not say what that means for REPORT; this is the
// reading that does not accuse (CARD_CONFLICT).
func (e *evaluation) unclearReport(s *slot) bool {
	for _, c := range e.rows.conflicts {
		if c.Kind == CardEventKindReport && s.span.From <= c.OccurredAt && c.OccurredAt.minute() <= s.span.To.minute() {
			return true
		}
	}
	return touched(e.moves.crowded, s.span)
}

// reportCandidate weighs the doubts about a missed report.
func (e *evaluation) reportCandidate(s *slot, d Date, f *finding, reports []presented) *candidate {
	c := &candidate{at: s.span.To, trace: e.trace}
	c.rules.add("RPT-05")
	if e.leaveWith(s.span, ReportEffectSilent) {
		c.caveat("PERMISSION_SILENT_ON_REPORT", "PRM-07")
	}
	if touched(f.around.complete, s.span) {
		c.caveat("MANUAL_PERIOD", "RPT-09")
		c.capped = true
	}
	e.misplaced(c, s, reports)
	e.oldSlot(c, s)
	e.paperDoubts(c, KindReport, f)
	if e.slotInAbsence(s, d, f.due) {
		c.caveat("DEPARTURE_QUESTION", "EVD-13", "RD-04")
	}
	if e.silent(d, f.due) {
		c.caveat("DEPARTURE_QUESTION", "EVD-13", "RD-42")
	}
	return c
}

// misplaced sets NEAR_BOUNDARY and WRONG_PLACE (RPT-07, RPT-10).
func (e *evaluation) misplaced(c *candidate, s *slot, reports []presented) {
	for _, d := range s.dates() {
		for i := range reports {
			p := &reports[i]
			right := e.rightPlace(s, d, p)
			if right && p.when.has(func(t Instant) bool { return s.near(d, t, e.par.ReportGraceMinutes) && !e.serves(s, t) }) {
				c.caveat("NEAR_BOUNDARY", "RPT-07")
				c.nearReport = max(c.nearReport, p.when.late)
			}
			if !right && p.when.has(func(t Instant) bool { return t.Date() == d && s.holds(d, t) }) {
				c.caveat("WRONG_PLACE", "RPT-10")
			}
		}
	}
}

// serves reports whether t lies in the slot on one of its dates.
func (e *evaluation) serves(s *slot, t Instant) bool {
	for _, d := range s.dates() {
		if s.holds(d, t) {
			return true
		}
	}
	return false
}

// oldSlot sets the caveats of a slot of earlier practice (RD-03).
func (e *evaluation) oldSlot(c *candidate, s *slot) {
	first, last := s.span.From.Date(), (s.span.To - 1).Date()
	if first <= e.par.SuspensionTo && e.par.SuspensionFrom <= last {
		c.caveat("AMS_SUSPENSION", "EVD-10", "RD-03")
	}
	if first < e.par.PracticeReferenceDate {
		c.caveat("PRE_2022_11_22", "EVD-10", "RD-03")
	}
}

// slotInAbsence reports whether the slot lies wholly in a run on which the departure question
// rests, with STAY in force over it (RD-04).
func (e *evaluation) slotInAbsence(s *slot, d Date, due Instant) bool {
	if !inForceOver(e.duties.stay, s.span) {
		return false
	}
	runs := e.moves.runs
	for i := runsTo(runs, s.span.To); i < len(runs) && runs[i].from <= s.span.From; i++ {
		if r := &runs[i]; r.questioned(e.lens.at, e.par) && !e.ruledOut(r, d, due) {
			return true
		}
	}
	return false
}
