package duty

import "slices"

// This file sets the caveats that every record of a night shares (domain §4).

// registrations sets the caveats of the bounding registrations, which are
// observations (RD-11): the last before and the first after for an inference, the
// exit itself for a registered exit.
func (e *evaluation) registrations(c *candidate) {
	first := c.exit
	bounding := []*observation{c.exit}
	if c.exit == nil {
		first = c.before
		bounding = []*observation{c.before, c.after}
	}
	for _, o := range bounding {
		if o != nil {
			e.registration(c, o)
		}
	}
	if first != nil && e.twoCards(first.at) {
		c.caveat("TWO_CARDS", "CRD-10", "IDN-08")
	}
	e.suspension(c, first, bounding)
}

// registration sets the caveats of one bounding registration.
func (e *evaluation) registration(c *candidate, o *observation) {
	if o.barcode {
		c.caveat("STAFF_IDENTIFIED", "CRD-04")
		if o.at < e.par.DirectionRiskUntil.Start() && o.centre == e.par.DirectionRiskCentre &&
			o.direction != DirectionUnknown {
			c.caveat("DIRECTION_RISK", "DEV-06")
		}
		if e.missingInLog(o) {
			c.caveat("LOG_MISMATCH", "DAT-05", "RD-31")
		}
	}
	if o.at < e.par.PracticeReferenceDate.Start() {
		c.caveat("PRE_2022_11_22", "EVD-10")
	}
	if o.paper {
		c.caveat("MANUAL_EVIDENCE", "INC-03", "DAT-05")
	}
	if o.unsure {
		c.caveat("TIME_AMBIGUOUS", "TIM-06")
	}
}

// BarcodeLogFrom is the first day of the per-person barcode log (DAT-05, SYS-20).
var BarcodeLogFrom = DateOf(2023, 3, 20)

// missingInLog reports whether an electronic barcode passage is missing in the barcode log of its
// date, if that log is proven up to the row (RD-31). If two directions share an instant (RD-26),
// an entry of either suffices.
func (e *evaluation) missingInLog(o *observation) bool {
	d := o.at.Date()
	if !o.logged || d < BarcodeLogFrom {
		return false
	}
	key := settlementKey{o.centre, d, LogTypeBarcodeLog}
	if e.centres.reach(key, e.lens.at, e.lens.at) < o.at {
		return false
	}
	from, to := o.at, o.at
	for i := range o.refs {
		from, to = min(from, o.refs[i].at), max(to, o.refs[i].at)
	}
	near := Instant(e.par.AssistMatchMinutes+1) * Minute
	return !slices.ContainsFunc(e.papers.barcode.around(from-near, to+near), func(p timedPaper) bool {
		return p.entry.CentreID == o.centre && (o.direction == DirectionUnknown || p.entry.Direction.V == o.direction) &&
			p.when.has(func(t Instant) bool { return o.within(t, e.par.AssistMatchMinutes) })
	})
}

// within reports whether any row behind an observation lies within some minutes of t (RD-15).
func (o *observation) within(t Instant, minutes int) bool {
	for i := range o.refs {
		if minutesApart(o.refs[i].at, t) <= int64(minutes) {
			return true
		}
	}
	return false
}

// twoCards reports whether the person held two cards at t or, if the card history is unknown,
// whether that was still possible (CRD-10).
func (e *evaluation) twoCards(t Instant) bool {
	if len(e.assignments) == 0 {
		return t < e.par.TwoCardsUntil.Start()
	}
	held := ""
	for _, k := range e.assignments {
		a := &k.Fact
		if a.CardType == CardTypeKeyFob || !(Span{a.ValidFrom, a.ValidTo.Or(Forever)}).contains(t) {
			continue
		}
		if held != "" && held != a.CardID {
			return true
		}
		held = a.CardID
	}
	return false
}

// suspended reports whether a date lies in the suspension of AMS data (EVD-10).
func (p *Params) suspended(d Date) bool { return p.SuspensionFrom <= d && d <= p.SuspensionTo }

// suspension sets AMS_SUSPENSION: it caps unless a temporary manual
// registration confirms the bounding exit (EVD-10, RD-29).
func (e *evaluation) suspension(c *candidate, first *observation, bounding []*observation) {
	in := false
	for _, o := range bounding {
		in = in || o != nil && e.par.suspended(o.at.Date())
	}
	if !in {
		return
	}
	if e.par.SuspensionRequiresManual && !e.confirmed(first) {
		c.caveat("AMS_SUSPENSION", "EVD-10", "RD-29")
		return
	}
	c.mild("AMS_SUSPENSION", "EVD-10")
}

// confirmed reports whether an entry of the temporary registration is the
// bounding exit (EVD-10, RD-35); one under another name confirms nothing (RD-36).
func (e *evaluation) confirmed(o *observation) bool {
	if o == nil || o.direction != DirectionOut {
		return false
	}
	const near = (temporaryMinutes + 1) * Minute
	return slices.ContainsFunc(e.papers.temporary.around(o.at-near, o.at+near), func(p timedPaper) bool {
		return p.entry.Direction.V == DirectionOut && p.entry.CentreID == o.centre &&
			p.when.has(func(t Instant) bool { return minutesApart(t, o.at) <= temporaryMinutes })
	})
}

// inference sets the caveats of an interval without registrations: what was carried past an outage
// or excluded dates, and what lies in it (INC-04, INC-05, EXC-05, RD-28, RD-32). until is the
// instant that the inference is about.
func (e *evaluation) inference(c *candidate, s *surroundings, until Instant) {
	interval := Span{Beginning, Forever}
	if c.before != nil {
		interval.From = c.before.at
	}
	if c.after != nil {
		interval.To = c.after.at
	} else {
		c.caveat("OPEN_INTERVAL", "PRS-07", "EVD-01")
		c.capped = c.capped || e.par.StayOpenIntervalReview
	}
	carried := Span{interval.From, until}
	if e.par.IncidentTaintForward && touched(s.pending, carried) {
		c.caveat("TAINTED", "INC-05")
	}
	if touched(s.exclusions, carried) {
		c.caveat("TAINTED", "EXC-05")
	}
	if touched(s.complete, interval) {
		c.mild("MANUAL_PERIOD", "INC-04", "RD-32")
	}
	for _, a := range e.moves.unmatched {
		if interval.From <= a.at && a.at <= interval.To {
			c.caveat("ASSIST_UNMATCHED", "PAS-09", "RD-28")
		}
	}
}

// unmatchedAssist sets ASSIST_UNMATCHED where an assisted entry without a row
// has the date and direction of a bounding row (RD-28).
func (e *evaluation) unmatchedAssist(c *candidate) {
	for _, a := range e.moves.unmatched {
		for _, o := range []*observation{c.before, c.after, c.exit} {
			if o != nil && o.direction == a.direction && o.at.Date() == a.at.Date() {
				c.caveat("ASSIST_UNMATCHED", "PAS-09", "RD-28")
			}
		}
	}
}
