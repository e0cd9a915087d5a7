package duty

import (
	"cmp"
	"slices"
)

// Thirty local dates without any registration raise the departure question for
// the reporting duty, with or without STAY: who has gone for good is not
// registered anywhere (RD-42).

// silence is a stretch of local dates, both inclusive, without any registration. An assessment
// dated from askedFrom to askedTo answers it.
type silence struct {
	from, to           Date
	askedFrom, askedTo Date
}

// silences returns the stretches that are over or running at the clock, longest
// dates first to last.
func (e *evaluation) silences() []silence {
	if e.unheard != nil || len(e.duties.report) == 0 {
		return e.unheard
	}
	if !e.dated {
		e.dates, e.dated = e.registered(), true
	}
	start := e.duties.report[0].span.From
	for i := range e.duties.report {
		start = min(start, e.duties.report[i].span.From)
	}
	today := e.lens.at.Date()
	e.unheard = []silence{}
	add := func(s silence) {
		if s.from <= s.to {
			e.unheard = append(e.unheard, s)
		}
	}
	first, asked := start.Date(), start.Date()
	for _, d := range e.dates {
		add(silence{first, d - 1, asked, d})
		first, asked = d+1, d
	}
	add(silence{first, today - 1, asked, today})
	return e.unheard
}

// registered returns the local dates on which there was a sign of the person, ascending and
// without repetition: passages and reports, paper except what silences excludes, and the person's
// own notices.
func (e *evaluation) registered() []Date {
	var out []Date
	add := func(t Instant) {
		if t <= e.lens.at {
			out = append(out, t.Date())
		}
	}
	for _, list := range [][]row{e.rows.passages, e.rows.reports} {
		for i := range list {
			add(list[i].event.OccurredAt)
		}
	}
	for _, k := range e.entries {
		if !k.Fact.silences() {
			l, _ := parseLocal(k.Fact.LocalTime)
			add(l.early)
		}
	}
	for i := range e.messages {
		if m := &e.messages[i]; m.own() {
			add(m.when.early)
		}
	}
	slices.SortFunc(out, func(a, b Date) int { return cmp.Compare(a, b) })
	return slices.Compact(out)
}

// silent reports whether a REPORT unit lies in a silence so long that the
// departure question stands, and no assessment has answered it (RD-42, RD-05).
func (e *evaluation) silent(d Date, due Instant) bool {
	all := e.silences()
	i, _ := slices.BinarySearchFunc(all, d, func(s silence, d Date) int { return cmp.Compare(s.to, d) })
	for _, s := range all[i:min(i+1, len(all))] {
		if s.from <= d && d <= s.to && int(s.to-s.from)+1 >= e.par.DepartureSilentDays && !e.answered(&s, d, due) {
			return true
		}
	}
	return false
}

// answered reports whether the assessment that decides for the unit found that
// the person had not left, on a date within the silence, by when it fell due.
func (e *evaluation) answered(s *silence, d Date, due Instant) bool {
	a := e.deciding(d)
	return a != nil && a.Outcome == DepartureOutcomeNotDeparted && due <= a.DecidedAt &&
		s.askedFrom <= a.FromDate && a.FromDate <= s.askedTo
}
