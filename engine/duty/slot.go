package duty

import (
	"cmp"
	"slices"
)

// slot is one due time of a reporting schedule (RPT-02).
type slot struct {
	// span runs from its start to its end; for a quota week from Monday 00:00 to
	// the next one.
	span Span
	// last is the last minute of a time-of-day window, which belongs to the slot
	// as a whole (RD-15); missing for whole days.
	last Opt[int]
	// first is the first minute of a time-of-day window; 0 without one.
	first int
	// quota is the number of distinct days due in the week; 0 for a single day.
	quota int
	parts []*dutyPart
}

// slots returns the slots due on date d, in the order of their start. A slot
// stands only where decisions with that very slot cover it whole (RPT-08, RD-17).
// A decision whose place is out of operation on the date is left out, but for one
// that names the police (RD-44).
func (e *evaluation) slots(d Date) (due []slot, partial, closed bool) {
	var all []slot
	var parts []*dutyPart // one of each slot
	for i := range e.duties.report {
		p := &e.duties.report[i]
		s, ok := scheduled(e.scheduleOn(p, d), d)
		if !ok || !p.span.overlaps(s.span) {
			continue
		}
		if !e.src.policy.inOperation(p.version.CentreID, d) && !p.namesPolice(e.src.policy) {
			closed = true
			continue
		}
		if all == nil {
			left := len(e.duties.report) - i
			all, parts = make([]slot, 0, left), make([]*dutyPart, 0, left)
		}
		n := len(parts)
		parts = append(parts, p)
		s.parts = parts[n : n+1 : n+1]
		all = append(all, s)
	}
	slices.SortStableFunc(all, func(a, b slot) int {
		return cmp.Or(cmp.Compare(a.span.From, b.span.From), cmp.Compare(a.span.To, b.span.To),
			cmp.Compare(a.quota, b.quota), cmp.Compare(a.first, b.first))
	})
	merged := all[:0]
	for _, s := range all {
		if n := len(merged); n > 0 && merged[n-1].same(&s) {
			merged[n-1].parts = append(merged[n-1].parts, s.parts...)
			continue
		}
		merged = append(merged, s)
	}
	due = merged[:0]
	for _, s := range merged {
		if s.covered() {
			due = append(due, s)
		} else {
			partial = true
		}
	}
	return due, partial, closed
}

// covered reports whether the decisions of the slot cover it whole, together.
func (s *slot) covered() bool {
	if p := s.parts[0]; len(s.parts) == 1 {
		return p.span.From < p.span.To && p.span.covers(s.span)
	}
	var spans []Span
	for _, p := range s.parts {
		spans = append(spans, p.span)
	}
	sortSpans(spans)
	return covered(union(spans), s.span)
}

// dailyFrom is when daily reporting became the starting point (OBL-03).
var dailyFrom = DateOf(2026, 1, 1)

// scheduleOn returns the schedule of a decision on a date: its own, unless
// report.auto_daily_2026 lets the date alone make it daily (AMB-08).
func (e *evaluation) scheduleOn(p *dutyPart, d Date) *Schedule {
	if e.par.ReportAutoDaily2026 && d >= dailyFrom {
		return &Schedule{Type: ScheduleTypeDaily}
	}
	return &p.schedule
}

func (s *slot) same(o *slot) bool {
	return s.span == o.span && s.quota == o.quota && s.first == o.first && s.last == o.last
}

// scheduled returns the slot of a schedule that is due on d, if there is one.
func scheduled(sc *Schedule, d Date) (slot, bool) {
	switch sc.Type {
	case ScheduleTypeDaily:
	case ScheduleTypeWeekdays:
		if !slices.Contains(sc.Weekdays, d.Weekday()) {
			return slot{}, false
		}
	case ScheduleTypeDates:
		if !slices.Contains(sc.Dates, d) {
			return slot{}, false
		}
	case ScheduleTypeQuota:
		if d.Weekday() != WeekdaySun || sc.QuotaPerWeek <= 0 {
			return slot{}, false
		}
		s := window(sc, d)
		s.span = Span{(d - 6).Start(), (d + 1).Start()}
		s.quota = int(sc.QuotaPerWeek)
		return s, true
	default:
		return slot{}, false
	}
	return window(sc, d), true
}

// window returns the slot of one date: the local day, of 23, 24 or 25 hours, or
// a part of it (RPT-02, TIM-05). A limit that does not exist or occurs
// twice takes the earlier reading for its start, the later for its end
// (contract §2).
func window(sc *Schedule, d Date) slot {
	s := slot{span: Span{d.Start(), (d + 1).Start()}}
	if sc.WindowFrom.OK {
		s.first, _ = parseHM(sc.WindowFrom.V)
		s.span.From, _, _ = d.clock(Instant(s.first) * Minute)
	}
	if sc.WindowTo.OK {
		last, _ := parseHM(sc.WindowTo.V)
		_, s.span.To, _ = d.clock(Instant(last) * Minute)
		s.last = Some(last)
	}
	return s
}

// DueMinute returns the local time of day at which a slot of the schedule falls due, in minutes after
// midnight; false if that is the end of the day, or if the time makes no sense (RPT-02).
func (v *Schedule) DueMinute() (int, bool) {
	if !v.WindowTo.OK {
		return 0, false
	}
	return parseHM(v.WindowTo.V)
}

// daySlot returns the slot's part on one date of its week, or itself.
func (s *slot) daySlot(d Date) Span {
	if s.quota == 0 {
		return s.span
	}
	day := Span{d.Start(), (d + 1).Start()}
	day.From, _, _ = d.clock(Instant(s.first) * Minute)
	if s.last.OK {
		_, day.To, _ = d.clock(Instant(s.last.V) * Minute)
	}
	return day
}

// dates returns the local dates on which a report serves the slot.
func (s *slot) dates() []Date {
	first, last := s.span.From.Date(), (s.span.To - 1).Date()
	if s.span.To == s.span.From {
		last = first
	}
	var out []Date
	for d := first; d <= last; d++ {
		out = append(out, d)
	}
	return out
}

// days returns the local days of its dates.
func (s *slot) days() Span {
	last := s.span.To - 1
	if s.span.To == s.span.From {
		last = s.span.From
	}
	return Span{s.span.From.Date().Start(), (last.Date() + 1).Start()}
}

// holds reports whether a report at t lies in the slot's time of day on date d:
// up to the end of a window's last minute (RD-15), before midnight otherwise.
func (s *slot) holds(d Date, t Instant) bool {
	day := s.daySlot(d)
	if s.last.OK {
		return day.From <= t && t.minute() <= day.To.minute()
	}
	return day.contains(t)
}

// near reports whether a report outside the slot's time on date d is within
// some minutes of it (RPT-07, RD-15).
func (s *slot) near(d Date, t Instant, minutes int) bool {
	day := s.daySlot(d)
	if s.holds(d, t) {
		return false
	}
	if t < day.From {
		return day.From.minute()-t.minute() <= int64(minutes)
	}
	return t.minute()-day.To.minute() <= int64(minutes)
}

// needs returns the log dates of the slot (contract §2).
func (s *slot) needs() []need {
	var out []need
	for _, d := range s.dates() {
		out = append(out, need{d, min(s.span.To, (d + 1).Start())})
	}
	return out
}
