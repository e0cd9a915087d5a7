package duty

import (
	"cmp"
	"slices"
)

// lateness collects when facts other than rows became known, and reports whether any row came late
// for its own time, or could do so by a link (DAT-08).
func (c *court) lateness() (known []Instant, lateRow bool) {
	late := c.policy.Policy.paramsAt(c.at.Date()).LateAccusation
	s := c.src
	known = knownTimes(known, s.obligations)
	known = knownTimes(known, s.groups)
	known = knownTimes(known, s.permissions)
	known = knownTimes(known, s.holds)
	known = knownTimes(known, s.links)
	known = knownTimes(known, s.assignments)
	known = append(known, c.in.Centres.known...)
	if len(c.in.Centres.unnamed) > 0 {
		for _, v := range c.in.Centres.resolutions {
			known = knownTimes(known, v)
		}
	}
	for i := range c.policy.Policy.Exclusions {
		known = append(known, c.policy.Policy.Exclusions[i].At)
	}
	slices.SortFunc(known, func(a, b Instant) int { return cmp.Compare(a, b) })
	known = slices.DeleteFunc(slices.Compact(known), func(t Instant) bool { return t > c.at })
	lateRow = len(s.links) > 0
	for _, k := range s.cardEvents {
		lateRow = lateRow || k.At-k.Fact.OccurredAt > late
	}
	for _, k := range s.entries {
		lateRow = lateRow || laterThan(k.At, k.Fact.LocalTime, late)
	}
	for _, v := range c.in.Centres.unnamed {
		for _, k := range v {
			lateRow = lateRow || laterThan(k.At, k.Fact.LocalTime, late)
		}
	}
	for _, k := range s.notices {
		lateRow = lateRow || laterThan(k.At, k.Fact.LocalTime, late)
	}
	return known, lateRow
}

func laterThan(known Instant, local string, late Instant) bool {
	when, _ := parseLocal(local)
	return known-when.late > late
}

func knownTimes[T any](out []Instant, list []*Known[T]) []Instant {
	for _, k := range list {
		out = append(out, k.At)
	}
	return out
}

// nextClock returns the earliest instant after now at which time alone can make or end a unit:
// 06:00, 23:00, the ends of slots, permissions and grace, and an observation. It may be too early, never too late.
func (c *court) nextClock(now Instant) Instant {
	e := c.withLate.all[0]
	d := e.duties
	if len(d.stay)+len(d.notify)+len(d.report) == 0 {
		return Forever
	}
	next := Forever
	tolerance := Instant(max(e.par.NoticeExitToleranceMinutes, e.par.ReturnToleranceMinutes)) * Minute
	grace := max(e.par.EmitGrace.Or(graceWithoutMarkers), 0)
	consider := func(t Instant) {
		for _, extra := range []Instant{0, tolerance, grace, Instant(e.par.ReportGraceMinutes) * Minute} {
			if t+extra > now {
				next = min(next, t+extra)
			}
		}
	}
	today := now.Date()
	for day := today - 1; day <= today+1; day++ {
		consider(day.Clock(nightToHour, 0))
		consider(day.Clock(nightFromHour, 0))
		consider((day + 1).Start())
		for i := range d.report {
			if s, ok := scheduled(&d.report[i].schedule, day); ok {
				consider(s.span.To)
			}
		}
	}
	for _, l := range e.leaveSpans {
		consider(l.To)
	}
	e.observed(consider)
	return next
}
