package duty

import "bytes"

// Places of the register: which kind fits which duty, when they operate, and whether a device
// there could show that the duty was kept (RD-44, RD-46).

// placeOn returns the entry of a place that is valid on a date, or else its first one: what a
// place is does not change when it stops operating. Nil if the register does not know the place.
func (p *Policy) placeOn(id string, d Date) *Centre {
	for i := range p.Centres {
		if c := &p.Centres[i]; c.ID == id && c.operates(d) {
			return c
		}
	}
	return p.centre(id)
}

// operates reports whether a date lies in the validity of an entry.
func (c *Centre) operates(d Date) bool { return c.From <= d.Start() && d.Start() < c.To }

// inOperation reports whether a place of the register operates on a date. An unknown place is
// judged as if it did (RD-46).
func (p *Policy) inOperation(id string, d Date) bool {
	c := p.placeOn(id, d)
	return c == nil || c.operates(d)
}

// fits reports whether a decision of a kind may name a place: the register must
// know it, and nobody lives at a police station (RD-46).
func (p *Policy) fits(k Kind, place string) bool {
	c := p.centre(place)
	return c != nil && (k == KindReport || c.Kind != PlacePoliceStation)
}

// shows reports whether a place has a device that could show on a date that a duty was kept: one
// for passages, or one for reports (RD-46).
func (p *Policy) shows(place string, d Date, reports bool) bool {
	for i := range p.Devices {
		v := &p.Devices[i]
		if v.CentreID == place && v.Type != DeviceTypeOfflineLock && v.ForReports() == reports &&
			v.From <= d.Start() && d.Start() < v.To {
			return true
		}
	}
	return false
}

// blind reports whether no device at the place of a night could show that the duty was kept: what
// registrations elsewhere would accuse of is then unknown. Paper of that place or a timely notice
// clears as always (RD-46, RD-21). A place that does not fit is judged as if it were known.
func (e *evaluation) blind(centres []string, d Date) bool {
	p := e.src.policy
	for _, c := range centres {
		if p.fits(KindStay, c) && !p.shows(c, d, false) {
			return true
		}
	}
	return false
}

// dark reports whether the place of one of the slot's decisions has no device that could show a
// report (RD-46).
func (e *evaluation) dark(s *slot, d Date) bool {
	p := e.src.policy
	for _, part := range s.parts {
		if c := part.version.CentreID; p.fits(KindReport, c) && !p.shows(c, d, true) {
			return true
		}
	}
	return false
}

// closedOn reports whether the STAY decisions at places in operation on the date
// of a night do not cover it (RD-44).
func (e *evaluation) closedOn(d Date, night Span) bool {
	var open []Span
	some := false
	for i := range e.duties.stay {
		p := &e.duties.stay[i]
		if !p.span.overlaps(night) {
			continue
		}
		if e.src.policy.inOperation(p.version.CentreID, d) {
			open = append(open, p.span)
		} else {
			some = true
		}
	}
	if !some {
		return false
	}
	sortSpans(open)
	return !covered(union(open), night)
}

// closedTonight reports whether there is a STAY under §13(2) in the night, but
// none at a place in operation on its date (RD-44).
func (e *evaluation) closedTonight(d Date, night Span) bool {
	closed := false
	for i := range e.duties.stay {
		p := &e.duties.stay[i]
		if !p.under13() || !p.span.overlaps(night) {
			continue
		}
		if e.src.policy.inOperation(p.version.CentreID, d) {
			return false
		}
		closed = true
	}
	return closed
}

// illPlaced reports whether some decision in force in a span is at a place that
// does not fit (RD-46).
func (e *evaluation) illPlaced(parts []dutyPart, s Span) bool {
	for i := range parts {
		p := &parts[i]
		if p.span.overlaps(s) && !e.src.policy.fits(p.version.Kind, p.version.CentreID) {
			return true
		}
	}
	return false
}

// misplacedDuties reports the decisions at a place that does not fit, FACT_INVALID (RD-46), and
// those over dates on which their place does not operate, OBLIGATION_INCONSISTENT (RD-44).
func (c *court) misplacedDuties(e *evaluation) []DataQuality {
	var out []DataQuality
	for _, list := range [][]dutyPart{e.duties.stay, e.duties.notify, e.duties.report} {
		for i := range list {
			p := &list[i]
			v := p.version
			if !e.src.policy.fits(v.Kind, v.CentreID) {
				out = append(out, newQuality(DataQualityCodeFactInvalid, ClipKey(v.ID), v.ValidFrom.Clamp(),
					None[Instant](), unplaced(e.src.policy, v.CentreID, rulePlaces).Details(TopicObligationChanges)...))
				continue
			}
			if police := v.Kind == KindReport && p.namesPolice(e.src.policy); v.Kind != KindNotify && !police && e.outlives(p) {
				out = append(out, newQuality(DataQualityCodeObligationInconsistent, c.in.PersonID, v.ValidFrom, None[Instant](),
					Detail{"decision_id", v.DecisionID}, Detail{"kind", v.Kind.String()}))
			}
		}
	}
	return out
}

// outlives reports whether a decision is in force, up to the clock, on a date on which its place
// does not operate. It waits until a whole night or day of such a date is over, so that an alert
// comes with a unit. NOTIFY is reported with its STAY.
func (e *evaluation) outlives(p *dutyPart) bool {
	first, over := p.span.From.Date(), e.lens.at.Date()-1
	if p.version.Kind == KindStay {
		if p.span.From > Night(first).From {
			first++
		}
		if e.lens.at < Night(over).To {
			over--
		}
	}
	last := min((p.span.To - 1).Date(), over)
	for d := first; d <= last; d++ {
		c := e.src.policy.placeOn(p.version.CentreID, d)
		if !c.operates(d) {
			return true
		}
		if c.To == Forever {
			return false
		}
		d = max(d, (c.To - 1).Date())
	}
	return false
}

// tiedGroups reports group changes that begin at one instant (RD-48).
func (c *court) tiedGroups(e *evaluation) []DataQuality {
	var out []DataQuality
	for i, k := range e.groups {
		for _, o := range e.groups[:i] {
			if k.Fact.ValidFrom == o.Fact.ValidFrom && !bytes.Equal(k.Fact.AppendCanonical(nil), o.Fact.AppendCanonical(nil)) {
				out = append(out, newQuality(DataQualityCodeConflictingFact, c.in.PersonID, k.Fact.ValidFrom,
					None[Instant](), Detail{"fact_id", ClipKey(k.Fact.ID)}))
				break
			}
		}
	}
	return out
}
