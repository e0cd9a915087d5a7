package oracle

import "tilsyn/engine/duty"

// run is the time from one observation of the person to the next (RD-04).
type run struct {
	from, to duty.Instant
	open     bool
	// absence is true where the position after the first observation is
	// outside, or would be but for an exclusion.
	absence bool
	// long is true where the departure question must be asked (EVD-13).
	long bool
}

func (w *world) findRuns() {
	carried := unknown
	for i := range w.obs {
		o := &w.obs[i]
		if o.misfit {
			continue // paper under another name ends no run (RD-36)
		}
		if o.kind != police {
			carried = o.afterPlain()
			if o.oneWay && (o.kind == exit || o.kind == seenOutside) {
				carried = outside // Choice: the one-way rule is that of an exclusion
			}
			end := duty.Forever
			if _, next := w.around(o.t); next != nil {
				end = next.t
			}
			if carried == outside && w.removedIn(o.t, end) {
				carried = unknown // RD-37
			}
		}
		r := run{from: o.t, to: duty.Forever, open: true, absence: carried == outside}
		for j := i + 1; j < len(w.obs) && r.open; j++ {
			if !w.obs[j].misfit {
				r.to, r.open = w.obs[j].t, false
			}
		}
		r.long = r.absence && w.isLong(&r)
		w.runs = append(w.runs, r)
	}
}

// isLong counts nights. Choice: from the local date of the run's own first
// observation, also where that is a report outside and not an exit.
func (w *world) isLong(r *run) bool {
	start := dateOf(r.from)
	if !r.open {
		return int(dateOf(r.to)-start) >= w.par.DepartureClosedNights
	}
	n := 0
	for d := start; at(d+1, 6) <= w.at; d++ {
		n++
		if n >= w.par.DepartureOpenNights {
			return true
		}
	}
	return false
}

// questioned reports whether the departure question stands over a unit that
// touches [from, to) (for an instant: from = to), not counting runs that only
// touch it where all is set.
func (w *world) questioned(unit duty.Date, due, from, to duty.Instant, all bool) bool {
	for i := range w.runs {
		r := &w.runs[i]
		if !r.long {
			continue
		}
		touches := r.from < to && r.to > from
		if from == to {
			touches = r.from <= from && from < r.to
		}
		if all {
			touches = r.from <= from && to <= r.to
		}
		if touches && !w.ruledOut(unit, due, r) {
			return true
		}
	}
	return false
}

// decides is the assessment that decides for a unit date: the one with the
// latest decided_at among those that begin on or before it (RD-05).
func (w *world) decides(unit duty.Date) (duty.DepartureAssessment, bool) {
	var best duty.DepartureAssessment
	found := false
	for _, a := range w.assessed {
		if a.FromDate > unit {
			continue
		}
		if !found || a.DecidedAt > best.DecidedAt ||
			(a.DecidedAt == best.DecidedAt && a.Outcome == duty.DepartureOutcomeDeparted) {
			best, found = a, true
		}
	}
	return best, found
}

func (w *world) departed(unit duty.Date) bool {
	a, ok := w.decides(unit)
	return ok && a.Outcome == duty.DepartureOutcomeDeparted
}

// ruledOut: NOT_DEPARTED holds for the units, up to its decided_at, of the run
// that contains its date.
func (w *world) ruledOut(unit duty.Date, due duty.Instant, r *run) bool {
	a, ok := w.decides(unit)
	if !ok || a.Outcome != duty.DepartureOutcomeNotDeparted || due > a.DecidedAt {
		return false
	}
	return dateOf(r.from) <= a.FromDate && (r.open || a.FromDate <= dateOf(r.to))
}
