package duty

import (
	"cmp"
	"slices"
)

// run lasts from one observation of the person to the next (RD-04).
type run struct {
	from Instant
	// to is the next observation; Forever where there is none.
	to Instant
	// absence is set if the position after its first observation is outside, or would be without
	// excluded dates or an unknown device.
	absence bool
}

// newRuns splits time at every observation and report to the police.
func newRuns(m *movements) []run {
	type mark struct {
		at     Instant
		police bool
		raw    placeKind
	}
	marks := make([]mark, 0, len(m.list)+len(m.police))
	for i := range m.list {
		if m.list[i].misnamed {
			continue
		}
		// An absence over a removed row is not known to be one (RD-37).
		o, end := &m.list[i], Forever
		if i+1 < len(m.list) {
			end = m.list[i+1].at
		}
		raw := o.raw.kind
		if raw == outside && m.removedIn(Span{o.at, end}) {
			raw = unknown
		}
		marks = append(marks, mark{o.at, false, raw})
	}
	for _, p := range m.police {
		marks = append(marks, mark{p.early, true, unknown})
	}
	slices.SortStableFunc(marks, func(a, b mark) int { return cmp.Compare(a.at, b.at) })
	out := make([]run, 0, len(marks))
	now := unknown
	for i, k := range marks {
		if !k.police {
			now = k.raw
		}
		r := run{from: k.at, to: Forever, absence: now == outside}
		if i+1 < len(marks) {
			r.to = marks[i+1].at
		}
		if r.from < r.to {
			out = append(out, r)
		}
	}
	return out
}

// runsTo returns the index of the first run that ends at t or later: runs follow each other.
func runsTo(runs []run, t Instant) int {
	i, _ := slices.BinarySearchFunc(runs, t, func(r run, t Instant) int { return cmp.Compare(r.to, t) })
	return i
}

// questioned reports whether an absence is so long that the departure question
// stands (EVD-13): open, seven nights whose 06:00 has passed, counted from the
// date of its first observation; closed, thirty dates apart.
func (r *run) questioned(now Instant, par *Params) bool {
	if !r.absence {
		return false
	}
	first := r.from.Date()
	if r.to < Forever {
		return int(r.to.Date()-first) >= par.DepartureClosedNights
	}
	nights := int(now.Date() - first)
	if now < now.Date().Clock(nightToHour, 0) {
		nights--
	}
	return nights >= par.DepartureOpenNights
}

// contains reports whether an instant lies in the run, its start included.
func (r *run) contains(t Instant) bool { return r.from <= t && t < r.to }

// departureQuestion reports whether a unit over a span is flagged (EVD-13,
// RD-04), and not yet answered by an assessment (RD-05).
func (e *evaluation) departureQuestion(d Date, s Span, due Instant) bool {
	runs := e.moves.runs
	for i := runsTo(runs, s.From+1); i < len(runs) && runs[i].from <= max(s.From, s.To); i++ {
		r := &runs[i]
		if (r.contains(s.From) || r.from < s.To && s.From < r.to) && r.questioned(e.lens.at, e.par) &&
			!e.ruledOut(r, d, due) {
			return true
		}
	}
	return false
}

// ruledOut reports whether the assessment that decides for a unit found that the
// person had not left, on a date in the run, by when the unit fell due (RD-05).
func (e *evaluation) ruledOut(r *run, d Date, due Instant) bool {
	a := e.deciding(d)
	return a != nil && a.Outcome == DepartureOutcomeNotDeparted && due <= a.DecidedAt &&
		r.from.Date() <= a.FromDate && (r.to == Forever || a.FromDate <= r.to.Date())
}

// deciding returns the assessment that decides for a unit date: of those with
// from_date not after it the one decided last; of two decided at one instant
// DEPARTED stands (RD-05).
func (e *evaluation) deciding(d Date) *DepartureAssessment {
	var best *DepartureAssessment
	for _, k := range e.assessments {
		a := &k.Fact
		if a.FromDate > d || best != nil && a.DecidedAt < best.DecidedAt {
			continue
		}
		if best == nil || a.DecidedAt > best.DecidedAt || a.Outcome == DepartureOutcomeDeparted {
			best = a
		}
	}
	return best
}

// departed reports whether the latest assessment for a unit says that the
// person had left for good (EVD-12, RD-05).
func (e *evaluation) departed(d Date) bool {
	a := e.deciding(d)
	return a != nil && a.Outcome == DepartureOutcomeDeparted
}
