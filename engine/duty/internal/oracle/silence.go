package oracle

import "tilsyn/engine/duty"

// silent is RD-42: the date of a REPORT unit lies in a silence of
// departure.silent_days local dates that no assessment answers.
func (w *world) silent(d duty.Date, due duty.Instant) bool {
	last, next := duty.Date(-1<<30), duty.Date(1<<30)
	for _, x := range w.signs() {
		if x == d {
			return false
		}
		if x < d {
			last = max(last, x)
		} else {
			next = min(next, x)
		}
	}
	start, base := last+1, last
	if last == -1<<30 {
		start = w.firstReportDay()
		base = start
	}
	today := dateOf(w.at)
	end := min(next-1, today-1) // the last date that is over
	if d < start || d > end || int(end-start)+1 < w.par.DepartureSilentDays {
		return false
	}
	if a, ok := w.decides(d); ok && a.Outcome == duty.DepartureOutcomeNotDeparted && due <= a.DecidedAt &&
		base <= a.FromDate && a.FromDate <= min(next, today) {
		return false
	}
	return true
}

// signs are the dates on which somebody or something registered the person.
func (w *world) signs() []duty.Date {
	var out []duty.Date
	for i := range w.rows {
		out = append(out, dateOf(w.rows[i].t))
	}
	for i := range w.paper {
		s := &w.paper[i]
		if s.misfit || s.result == duty.CheckResultNotFound ||
			(s.form == duty.FormObservation && s.result != duty.CheckResultPresent) {
			continue
		}
		out = append(out, dateOf(s.when()))
	}
	for i := range w.notices {
		if w.notices[i].self {
			out = append(out, dateOf(w.notices[i].t))
		}
	}
	return out
}

// firstReportDay is the first day of the first duty to report.
func (w *world) firstReportDay() duty.Date {
	for i := range w.pieces {
		if len(w.pieces[i].report) > 0 {
			return dateOf(w.pieces[i].from)
		}
	}
	return 1 << 30
}
