package oracle

import (
	"sort"

	"tilsyn/engine/duty"
)

// visit is a report; its paper time may have two readings.
type visit struct {
	ts     []duty.Instant
	centre string
	police bool
}

// slot is a time in which a person must report.
type slot struct {
	from, to   duty.Instant
	quota      int32 // 0: one report; else distinct days in the week
	first      duty.Date
	windowFrom int
	windowTo   int // minutes; 1440 is the next midnight
}

// slotOn returns the slot that a schedule puts on date d.
func slotOn(s *duty.Schedule, d duty.Date) (slot, bool) {
	due := false
	switch s.Type {
	case duty.ScheduleTypeDaily:
		due = true
	case duty.ScheduleTypeWeekdays:
		for _, x := range s.Weekdays {
			due = due || isoDay(x) == weekday(d)
		}
	case duty.ScheduleTypeDates:
		due = hasDate(s.Dates, d)
	case duty.ScheduleTypeQuota:
		due = weekday(d) == 7
	}
	if !due {
		return slot{}, false
	}
	out := slot{first: d, windowTo: 24 * 60}
	if s.WindowFrom.OK {
		out.windowFrom, _ = clockMinutes(s.WindowFrom.V)
	}
	if s.WindowTo.OK {
		out.windowTo, _ = clockMinutes(s.WindowTo.V)
	}
	if s.Type == duty.ScheduleTypeQuota {
		out.first, out.quota = d-6, s.QuotaPerWeek
		if out.quota < 1 {
			return slot{}, false
		}
	}
	out.from, _ = out.day(out.first)
	_, out.to = out.day(d)
	return out, out.from < out.to
}

// day is the window on one date.
func (s *slot) day(d duty.Date) (from, to duty.Instant) {
	a := wall(d, s.windowFrom)
	b := wall(d, s.windowTo)
	return a[0], b[len(b)-1]
}

// holds reports whether t lies in the slot; the last minute of a window that is
// given as a clock time belongs to it (RD-15).
func (s *slot) holds(t duty.Instant) bool {
	from, to := s.day(dateOf(t))
	extra := duty.Instant(0)
	if s.windowTo < 24*60 {
		extra = duty.Minute
	}
	return t >= max(from, s.from) && t < min(to, s.to)+extra
}

func isoDay(x duty.Weekday) int {
	for i, name := range []string{"MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"} {
		if x.String() == name {
			return i + 1
		}
	}
	return 0
}

// report is RPT-01 to RPT-11 for the slots of date d.
func (w *world) report(d duty.Date) *verdict {
	slots := w.slots(d)
	if len(slots) == 0 {
		return nil
	}
	var all []*verdict
	for i := range slots {
		all = append(all, w.judgeSlot(d, &slots[i]))
	}
	v := combine(all)
	if w.at < v.due {
		return nil
	}
	if v.candidate() && w.at < v.due+duty.Instant(w.par.ReportGraceMinutes)*duty.Minute {
		v.pending = true
	}
	return v
}

// slots are the distinct slots that decisions in force anywhere put on d.
func (w *world) slots(d duty.Date) []slot {
	var out []slot
	for i := range w.pieces {
		for j := range w.pieces[i].report {
			s, ok := slotOn(&w.pieces[i].report[j].schedule, d)
			if !ok || w.pieces[i].from >= s.to || w.pieces[i].to <= s.from {
				continue
			}
			known := false
			for _, x := range out {
				known = known || x == s
			}
			if !known {
				out = append(out, s)
			}
		}
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].from != out[j].from {
			return out[i].from < out[j].from
		}
		if out[i].to != out[j].to {
			return out[i].to < out[j].to
		}
		return out[i].quota < out[j].quota
	})
	return out
}

// binding are the decisions with this very slot that bind at t. Choice: a slot
// must be covered by decisions that have it; adjoining ones count as one.
func (w *world) binding(s *slot, d duty.Date, t duty.Instant) []segment {
	var out []segment
	for _, g := range w.inForce(duty.KindReport, t) {
		if x, ok := slotOn(&g.schedule, d); ok && x == *s {
			out = append(out, g)
		}
	}
	return out
}

func (w *world) judgeSlot(d duty.Date, s *slot) *verdict {
	v := &verdict{
		kind: duty.KindReport, date: d, due: s.to, from: s.from, to: s.to, instant: s.to,
		q: newDoubt(), basis: duty.BasisNoReport,
	}
	complete := true
	for _, t := range w.edges(s.from, s.to) {
		list := w.working(d, w.binding(s, d, t))
		complete = complete && len(list) > 0
		for _, g := range list {
			if !has(v.places, g.centre) {
				v.places = append(v.places, g.centre)
			}
			v.police = v.police || w.namesPolice(&g)
			v.misplaced = v.misplaced || !w.check.centre(g.centre)
		}
	}
	if !complete {
		v.outcome = duty.OutcomeNotApplicable
		return v
	}
	v.centres = append(v.centres, v.places...)
	if g, ok := w.reference(duty.KindReport, s.to-1); ok && !has(v.centres, g.centre) {
		v.centres = append(v.centres, g.centre) // the centre that the record names
	}
	for _, e := range w.edges(at(dateOf(s.from), 0), at(dateOf(s.to-1)+1, 0)) {
		for _, g := range w.inForce(duty.KindStay, e) {
			if !has(v.centres, g.centre) && w.check.centre(g.centre) {
				v.centres = append(v.centres, g.centre) // a report there fulfils as well (W-68)
			}
		}
	}
	met, missing := w.met(v, s)
	if s.quota > 0 {
		v.shortfall = duty.Some(missing)
	}
	places := v.centres
	switch {
	case met:
		v.outcome, v.shortfall = duty.OutcomeCompliant, duty.None[int32]()
	case w.departed(d) || w.held(s.from, s.to) || w.leaveSays(s, duty.ReportEffectExcused):
		v.outcome = duty.OutcomeExcused
	case w.excluded(places, s.from, s.to):
		v.outcome = duty.OutcomeExcluded
	case w.outage(places, s, duty.FormsStatusPending) || w.disputed(s):
		v.outcome = duty.OutcomeUndetermined
	case !v.police && w.unequipped(v.places, d, reportDevice):
		v.outcome = duty.OutcomeUndetermined
	default:
		w.missedReport(v, s, places)
	}
	return v
}

// assigned are the places where a report at t fulfils: the centres of the slot's
// own decisions, and of the STAY in force on the date of the slot, or in a quota
// week on the date of the report (RD-25).
func (w *world) assigned(v *verdict, s *slot, t duty.Instant) []string {
	out := append([]string{}, v.places...)
	first, last := dateOf(s.from), dateOf(s.to-1)
	if s.quota > 0 {
		first = min(max(dateOf(t), first), last)
		last = first
	}
	for _, e := range w.edges(at(first, 0), at(last+1, 0)) {
		for _, g := range w.inForce(duty.KindStay, e) {
			if !has(out, g.centre) {
				out = append(out, g.centre)
			}
		}
	}
	return out
}

// met reports whether the slot is fulfilled and how many days are missing.
func (w *world) met(v *verdict, s *slot) (bool, int32) {
	days := map[duty.Date]bool{}
	for _, r := range w.reports {
		for _, t := range r.ts {
			d := dateOf(t)
			if !s.holds(t) {
				continue
			}
			if r.police || has(w.assigned(v, s, t), r.centre) {
				days[d] = true
				break
			}
		}
	}
	if s.quota == 0 {
		return len(days) > 0, 0
	}
	return int32(len(days)) >= s.quota, s.quota - int32(len(days))
}

func (w *world) leaveSays(s *slot, effect duty.ReportEffect) bool {
	for _, l := range w.leaves {
		if l.report == effect && l.from < s.to && l.to > s.from {
			return true
		}
	}
	return false
}

// disputed reports whether a report in the slot is evidence for neither of two
// persons. Choice: then the data cannot answer.
func (w *world) disputed(s *slot) bool {
	if w.crowdTouches(s.from, s.to) {
		return true
	}
	for _, t := range w.contested {
		if t >= s.from && minute(t) <= minute(s.to) {
			return true
		}
	}
	return false
}

func (w *world) outage(places []string, s *slot, forms duty.FormsStatus) bool {
	for i := range w.incidents {
		n := &w.incidents[i]
		if n.FormsStatus == forms && has(places, n.CentreID) && n.From < s.to && n.To.Or(duty.Forever) > s.from {
			return true
		}
	}
	return false
}

func (w *world) missedReport(v *verdict, s *slot, places []string) {
	q := v.q
	if w.outage(places, s, duty.FormsStatusComplete) {
		q.cap("MANUAL_PERIOD")
	}
	if w.leaveSays(s, duty.ReportEffectSilent) {
		q.cap("PERMISSION_SILENT_ON_REPORT")
	}
	grace := int64(w.par.ReportGraceMinutes)
	for _, r := range w.reports {
		for _, t := range r.ts {
			assigned := r.police || has(w.assigned(v, s, t), r.centre)
			switch {
			case s.holds(t):
				if !assigned {
					q.cap("WRONG_PLACE")
				}
			case t >= s.to && minute(t)-minute(s.to) <= grace && assigned,
				t < s.from && minute(s.from)-minute(t) <= grace && assigned:
				q.cap("NEAR_BOUNDARY")
				v.rests = max(v.rests, r.ts[len(r.ts)-1])
			}
		}
	}
	if s.from < at(w.par.SuspensionTo+1, 0) && s.to > at(w.par.SuspensionFrom, 0) {
		q.cap("AMS_SUSPENSION")
	}
	if dateOf(s.from) < w.par.PracticeReferenceDate {
		q.note("PRE_2022_11_22")
	}
	if w.ever(duty.KindStay, s.from, s.to) && w.questioned(v.date, v.due, s.from, s.to, true) {
		q.cap("DEPARTURE_QUESTION")
	}
	if w.silent(v.date, v.due) {
		q.cap("DEPARTURE_QUESTION")
	}
	w.paperDoubts(q, v.centres, s.from, s.to, nil, false)
	v.outcome = q.outcome()
}

// combine makes one unit of several slots (contract §2, Schedule). Choice: a
// slot that does not apply lends no period and no due instant to one that does,
// and a slot that would be a record at a place that does not fit holds the unit.
func combine(all []*verdict) *verdict {
	order := []duty.Outcome{
		duty.OutcomeIndicated, duty.OutcomeNeedsReview, duty.OutcomeUndetermined, duty.OutcomeExcluded,
		duty.OutcomeExcused, duty.OutcomeCompliant, duty.OutcomeNotApplicable,
	}
	sort.SliceStable(all, func(i, j int) bool {
		if all[i].from != all[j].from {
			return all[i].from < all[j].from
		}
		return all[i].to < all[j].to
	})
	for _, outcome := range order {
		var first *verdict
		for _, v := range all {
			if v.outcome != outcome {
				continue
			}
			if first == nil {
				first = v
				continue
			}
			for c := range v.q.codes {
				first.q.note(c)
			}
			first.rests = max(first.rests, v.rests)
			if !first.shortfall.OK {
				first.shortfall = v.shortfall
			}
		}
		if first == nil {
			continue
		}
		for _, v := range all {
			if v.outcome == duty.OutcomeNotApplicable && outcome != duty.OutcomeNotApplicable {
				continue
			}
			first.from, first.to = min(first.from, v.from), max(first.to, v.to)
			first.due = max(first.due, v.due)
			first.misplaced = first.misplaced || (v.misplaced && v.candidate())
			first.police = first.police || v.police
		}
		return first
	}
	return nil
}
