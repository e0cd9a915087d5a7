package sanction

import "tilsyn/engine/duty"

// Reasons for which the figures of §15 are not given (C-32).
const (
	reasonUnknown = "GROUP_UNKNOWN"
	reasonGroup   = "GROUP_NOT_COVERED"
	reasonBefore  = "BEFORE_COMMENCEMENT"
)

// reachFrom is the day after which §15 reaches a group, by the group as
// registered: that day itself is not covered (DET-01).
func reachFrom(own duty.Group) duty.Date {
	if own == duty.GroupForeignFighter || own == duty.GroupExpelled25 {
		return widened
	}
	return act2017
}

// detention gives the figures of Return Act §15 for a reference instant, and never
// a recommendation: what is a substantial default is for people to say (DET-02,
// DET-07).
func (t *tally) detention(at duty.Instant) duty.Detention {
	d := duty.Detention{Reference: at, PrimaryMonths: 2, Windows: []duty.DetentionWindow{}}
	if t.convictions(classEnhanced, at) > 0 {
		d.PrimaryMonths = 1
	}
	g := t.groupAt(at)
	switch {
	case g.Effective == duty.GroupUnknown:
		d.Reason = duty.Some(reasonUnknown)
	case classOf(g.Effective) != classEnhanced:
		d.Reason = duty.Some(reasonGroup)
	case at.Date() <= reachFrom(g.Own):
		d.Reason = duty.Some(reasonBefore)
	default:
		d.Available = true
		for _, n := range []int{2, 1} {
			d.Windows = append(d.Windows, t.window(at, n))
		}
	}
	return d
}

// window counts the trailing n calendar months up to an instant, each duty by
// itself and whether or not there is a series (DET-03, DET-04, AMB-29).
func (t *tally) window(at duty.Instant, n int) duty.DetentionWindow {
	to := at.Date()
	w := duty.DetentionWindow{Months: int32(n), FromDate: monthsBefore(to, n) + 1, ToDate: to}
	for i := range t.units {
		u := &t.units[i]
		if u.Date < w.FromDate || to < u.Date || u.Instant > at {
			continue
		}
		if u.open() && classOf(u.Group) == classEnhanced && u.Date > reachFrom(u.own) {
			switch u.Kind {
			case duty.KindStay:
				w.Indicated.Stay++
			case duty.KindNotify:
				w.Indicated.Notify++
			case duty.KindReport:
				w.Indicated.Report++
			}
		}
		if u.Status == duty.StatusNeedsReview {
			w.NeedsReview++
		}
		switch {
		case u.Outcome == duty.OutcomeUndetermined:
			w.Undetermined++
		case u.Outcome == duty.OutcomeExcluded:
			w.Excluded++
		case u.Outcome == duty.OutcomeCompliant && u.Kind == duty.KindStay:
			w.CompliantNights++
		case u.Outcome == duty.OutcomeCompliant && u.Kind == duty.KindReport:
			w.CompliantReports++
		}
	}
	return w
}

// monthsBefore returns the date n months earlier; a day that the month lacks
// becomes its last (C-27).
func monthsBefore(d duty.Date, n int) duty.Date {
	_, _, day := d.Civil()
	m := monthOf(d) - month(n)
	return min(m.first()+duty.Date(day)-1, m.last())
}
