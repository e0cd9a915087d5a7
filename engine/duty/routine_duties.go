package duty

// boundDuties are the duties of a person with at most one stretch of each.
type boundDuties struct {
	stay, notify, report *dutyPart
}

// add adds a stretch; false if there is one of its kind.
func (b *boundDuties) add(d *dutyPart) bool {
	of := &b.stay
	switch d.version.Kind {
	case KindStay:
	case KindNotify:
		of = &b.notify
	case KindReport:
		of = &b.report
	default:
		return false
	}
	if *of != nil {
		return false
	}
	*of = d
	return true
}

// underNotify and underReport say whether these duties bind beside the STAY.
func (r *Routine) underNotify() bool { return r.notify > 0 }
func (r *Routine) underReport() bool { return r.report > 0 }

// beside takes over NOTIFY and REPORT beside the STAY of the routine; false unless they are ordinary: at the
// centre of the STAY, NOTIFY with a STAY that it can go with (RD-18), REPORT daily, of the whole day, and not
// to the police.
func (r *Routine) beside(of *boundDuties, p *Policy) bool {
	if n := of.notify; n != nil {
		if n.version.CentreID != r.centre || !of.stay.under13() {
			return false
		}
		r.notify = nightOf(n.span.From)
	}
	if d := of.report; d != nil {
		if d.version.CentreID != r.centre || d.namesPolice(p) || d.schedule.Type != ScheduleTypeDaily ||
			d.schedule.WindowFrom.OK || d.schedule.WindowTo.OK {
			return false
		}
		if r.report = d.span.From.Date(); r.report.Start() < d.span.From {
			if !p.inOperation(r.centre, r.report) { // no unit, but a line of data quality once it is over (RD-44)
				return false
			}
			r.report++
		}
	}
	return true
}

// goOn takes over NOTIFY and REPORT beside the STAY that goes on behind a full evaluation; false unless each
// is one ordinary stretch without an end that has begun by end, as the STAY has, and no notice was ever given
// (NTC-12, NTC-17).
func (r *Routine) goOn(in *Input, e *evaluation, stay *dutyPart, end Instant) bool {
	d := e.duties
	if len(d.notify)+len(d.report) == 0 {
		return true
	}
	if len(in.Person.Notices) > 0 || len(d.refusals) > 0 {
		return false
	}
	of := boundDuties{stay: stay}
	for _, list := range [...][]dutyPart{d.notify, d.report} {
		for i := range list {
			if s := list[i].span; s.To < Forever || s.From > end || !of.add(&list[i]) {
				return false
			}
		}
	}
	if stay.span.From > end || !r.beside(&of, e.src.policy) {
		return false
	}
	if r.underReport() {
		r.report = max(r.report, e.lens.at.Date())
		r.reportedBefore(e, end)
	}
	return true
}

// reportedBefore notes the newest report before end.
func (r *Routine) reportedBefore(e *evaluation, end Instant) {
	for _, x := range e.rows.reports {
		if t := x.event.OccurredAt; t < end && x.event.CentreID == r.centre {
			r.reported = max(r.reported, t.Date())
		}
	}
}

// reports decides the days of REPORT that ended by a date's beginning: a report on each, and the centre in
// operation. False where there is none.
func (w *walk) reports(r *Routine, before Date) bool {
	for ; r.underReport() && r.report < before; r.report++ {
		if !w.p.inOperation(r.centre, r.report) || r.reported != r.report && !w.reportedOn(r.report) {
			return false
		}
		w.out.Nights = append(w.out.Nights, MetUnit(KindReport, r.report, w.p))
	}
	return true
}

// reportedOn reports whether one of the rows is a report of a date.
func (w *walk) reportedOn(d Date) bool {
	for _, k := range w.out.rows {
		if k.Fact.Kind == CardEventKindReport && k.Fact.OccurredAt.Date() == d {
			return true
		}
	}
	return false
}

// passes reports whether a row that is not taken in yet is a passage before t.
func (w *walk) passes(t Instant) bool {
	for _, k := range w.out.rows[w.i:] {
		if k.Fact.OccurredAt < t && k.Fact.Kind == CardEventKindPassage {
			return true
		}
	}
	return false
}

// evening takes in the rows up to a 23:00 that has passed, if NOTIFY binds in the night that is not over:
// false unless the card is inside and no passage lies in the night so far.
func (w *walk) evening(r *Routine) bool {
	d := nightOf(w.at)
	night := Night(d)
	if !r.underNotify() || d < r.notify || w.at < night.From {
		return true
	}
	w.take(r, night.From)
	return r.place == within && !w.passes(Forever)
}

// tooLate reports whether a passage lies in a night of NOTIFY, or is known only after its 23:00: then more is due
// than at the next clock that the routine names.
func (r *Routine) tooLate(e *CardEvent, known Instant) bool {
	return r.underNotify() && e.Kind == CardEventKindPassage &&
		max(e.OccurredAt, known) >= Night(nightOf(e.OccurredAt)).From
}
