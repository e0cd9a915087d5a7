package simulate

import (
	"slices"

	"tilsyn/engine/duty"
)

// slot is one occasion to report, to exclusive.
type slot struct {
	from, to duty.Instant
	// first and last are the local dates that it touches; need is how many
	// distinct days it asks for.
	first, last duty.Date
	need        int
}

// slotOn gives the slot that is due on d, if any.
func slotOn(r *resident, d duty.Date) (slot, bool) {
	whole := slot{from: at(d, 0, 0), to: at(d+1, 0, 0), first: d, last: d, need: 1}
	if !r.reportRule.OK {
		return whole, true
	}
	s := r.reportRule.V
	switch s.Type {
	case duty.ScheduleTypeQuota:
		return slot{from: at(d-6, 0, 0), to: at(d+1, 0, 0), first: d - 6, last: d, need: int(s.QuotaPerWeek)}, weekday(d) == 6
	case duty.ScheduleTypeWeekdays:
		wd := weekday(d)
		return whole, wd == 0 || wd == 2 || wd == 4
	case duty.ScheduleTypeDates:
		for _, x := range s.Dates {
			if x == d {
				return whole, true
			}
		}
		return whole, false
	}
	if s.WindowFrom.OK {
		whole.from, whole.to = at(d, 8*60, 0), at(d, 16*60, 0)
	}
	return whole, true
}

// report judges the slot that is due on d.
func (j *judge) report(t *Truth, r *resident, d duty.Date) {
	s, due := slotOn(r, d)
	if !due || s.to > j.w.cfg.Until || !j.p.covers(duty.KindReport, s.from, s.to) {
		return
	}
	u := Unit{PersonID: j.p.id, Kind: duty.KindReport, Date: d}
	effect, permitted := j.permissionOver(s)
	switch {
	case j.days(s) >= s.need:
		u.What = Met
	case j.excused(s.from, s.to, d) || permitted && effect == duty.ReportEffectExcused:
		u.What = Excused
	case permitted && effect == duty.ReportEffectSilent:
		u.What = Grey
	default:
		u.What = Breach
		j.open = false
		u.Why = j.slotWhy(d, s, r.police.logs())
		u.Indicated, u.Open = u.Why == "", j.open
	}
	t.Units = append(t.Units, u)
}

// days counts the distinct local days with a report in a slot.
func (j *judge) days(s slot) int {
	days := map[duty.Date]bool{}
	for _, x := range j.p.reports {
		if s.from <= x.at && x.at < s.to {
			days[localDate(x.at)] = true
		}
	}
	return len(days)
}

// permissionOver gives what the permissions over a slot say about reporting:
// an excusing one goes before a silent one (PRM-07).
func (j *judge) permissionOver(s slot) (effect duty.ReportEffect, ok bool) {
	for _, l := range j.p.permissions {
		if l.from < s.to && s.from < l.to {
			if !ok || l.effect == duty.ReportEffectExcused ||
				l.effect == duty.ReportEffectSilent && effect == duty.ReportEffectRequired {
				effect, ok = l.effect, true
			}
		}
	}
	return effect, ok
}

// slotWhy says why a missed slot cannot be indicated.
func (j *judge) slotWhy(due duty.Date, s slot, logs []duty.LogType) Why {
	centres := j.slotCentres(s)
	j.near(s.from, s.to, centres...)
	if slices.ContainsFunc(centres, func(c string) bool { return j.excludedBetween(c, s.from, s.to) }) {
		return WhyExclusion
	}
	for _, o := range j.w.outages {
		if slices.Contains(centres, o.centre) && o.known <= j.w.cfg.Until && o.from < s.to && s.from < o.to {
			return WhyOutage
		}
	}
	if s.first <= eraEnd && eraFrom <= s.last {
		return WhySuspension // RD-03
	}
	if why := j.paperWhy(centres, s.from, s.to, nil); why != "" {
		return why
	}
	if j.slotGone(s) || j.silent(due) {
		return WhyDeparture
	}
	var settled duty.Instant
	for d := s.first; d <= s.last; d++ {
		for _, centre := range centres {
			settled = max(settled, j.w.provenDay(centre, d, logs))
		}
	}
	return j.proofWhy(settled, s.to)
}

// slotCentres are the places that a slot concerns: those of the duty to report in it,
// and of the duty to stay on its dates (RD-25). They are two where somebody moved.
func (j *judge) slotCentres(s slot) []string {
	var out []string
	for _, x := range j.p.duties {
		from, to := s.from, s.to
		if x.kind == duty.KindStay {
			from, to = at(s.first, 0, 0), at(s.last+1, 0, 0)
		}
		if x.kind != duty.KindNotify && x.from < to && from < x.to && !slices.Contains(out, x.centre) {
			out = append(out, x.centre)
		}
	}
	return out
}

// slotGone reports whether a slot lies wholly in an absence that raises the
// departure question while the duty to stay is in force (RD-04).
func (j *judge) slotGone(s slot) bool {
	last, next, ok := j.bounds(s.from, s.to)
	return ok && j.p.covers(duty.KindStay, s.from, s.to) && j.gone(last, next)
}

// silentDays is departure.silent_days (RD-42).
const silentDays = 30

// silent reports whether a date lies in a silence of so many dates.
func (j *judge) silent(d duty.Date) bool {
	first, last := j.firstReport(), localDate(j.w.cfg.Until)-1
	for _, t := range j.p.signs() {
		switch x := localDate(t); {
		case t > j.w.cfg.Until:
		case x == d:
			return false
		case x < d:
			first = max(first, x+1)
		default:
			last = min(last, x-1)
		}
	}
	return first <= d && d <= last && int(last-first)+1 >= silentDays
}

// firstReport gives the first day of the duty to report, where nothing came
// before it.
func (j *judge) firstReport() duty.Date {
	for _, s := range j.p.duties {
		if s.kind == duty.KindReport {
			return localDate(s.from)
		}
	}
	return 0
}
