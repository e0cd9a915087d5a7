package simulate

import (
	"math/rand/v2"

	"tilsyn/engine/duty"
)

// day is one simulated day of one resident, from 06:00 to 06:00.
type day struct {
	w    *world
	r    *resident
	d    duty.Date
	dice *rand.Rand // of this resident and day alone
	// now is the minute up to which the day has been lived.
	now hm
}

// live plays a day of a resident.
func (w *world) live(r *resident, d duty.Date) {
	if d < r.arrive {
		return
	}
	b := &day{w: w, r: r, d: d, dice: w.dice(r, d, 2), now: 7 * 60}
	if r.private {
		if from, to, due := b.due(); due && b.willing() {
			b.attend(b.between(max(from, 9*60), min(to, 19*60)-10))
		}
		return
	}
	switch {
	case d == r.arrive:
		b.in(b.between(9*60, 11*60+30))
	case r.away.on:
		if !b.comeBack() {
			return
		}
	default:
		b.now += b.between(0, 90)
	}
	s := r.stories[d]
	if s.morning != nil {
		s.morning(b)
	}
	e := b.evening(s)
	b.daytime(e.leaves, s.misses)
	if e.run != nil {
		e.run(b)
	}
}

// comeBack ends an absence if today is the day, and reports whether it did. A
// resident who stays away may call in the evening.
func (b *day) comeBack() bool {
	a := b.r.away
	if a.gone || a.back != b.d {
		if a.calls == everyDay {
			b.call(b.between(19*60, 22*60+30), notice{channel: duty.ChannelPhone})
		}
		return false
	}
	b.r.away = absence{}
	if a.wake != nil {
		a.wake(b)
	} else {
		b.in(a.minute)
	}
	b.now += 20
	return true
}

// daytime fills the hours until the evening with outings and the report. A
// leaves of 0 means that nothing special comes in the evening.
func (b *day) daytime(leaves hm, misses bool) {
	limit := hm(22 * 60)
	if leaves != 0 {
		limit = leaves - 15
	}
	from, to, due := b.due()
	due = due && !misses && b.willing()
	windowed := due && to-from < 18*60
	trips := []int{0, 1, 1, 1, 2, 2}[b.dice.IntN(6)]
	if b.r.reserved[b.d] {
		trips = min(trips, 1)
	}
	when := b.dice.IntN(trips + 1)
	if windowed || limit-b.now < 6*60 {
		when = 0
	}
	for i := 0; i <= trips; i++ {
		if due && i == when {
			b.report(from, min(to, limit))
		}
		if i < trips {
			b.outing(limit)
		}
	}
}

// outing goes out and comes back before limit, if there is time.
func (b *day) outing(limit hm) {
	start := b.now + b.between(10, 90)
	length := b.between(30, 220)
	if start+length > limit-10 {
		return
	}
	b.out(start)
	b.in(start + length)
}

// report goes to report between from and to, if there is time.
func (b *day) report(from, to hm) {
	m := max(b.now+12, from+5)
	m += b.between(0, 45)
	if m > to-15 {
		m = max(b.now+12, from+5)
	}
	if m <= to-15 {
		b.attend(m)
	}
}

// attend reports at m, walking to the stand: inside at Kærshovedgård, outside
// the fence at Sjælsmark (DEV-03, DEV-04, RPT-11).
func (b *day) attend(m hm) {
	if b.r.police == policeAlone || b.r.police == alsoPolice && m-20 > b.now && b.dice.IntN(4) == 0 {
		b.toPolice(m)
		return
	}
	walks := b.r.inside == (b.r.centre == sj)
	if walks {
		b.step(m-6, !b.r.inside)
	}
	b.w.report(b.r, b.dice, b.time(m))
	b.now = m + 5
	if walks {
		b.step(m+9, !b.r.inside)
	}
}

// toPolice reports to the police at m, who write it on a list (RD-39).
func (b *day) toPolice(m hm) {
	walks := b.r.inside
	if walks {
		b.out(m - 20)
	}
	t := b.time(m)
	b.r.truth.reports = append(b.r.truth.reports, attended{at: t, police: true})
	b.w.paper(b.r, duty.ManualEntry{Form: duty.FormPoliceReport, LocalTime: LocalTime(t)}, b.w.papers(t, b.dice))
	if b.now = m + 5; walks {
		b.in(m + 20)
	}
}

// willing decides whether a due report is made.
func (b *day) willing() bool {
	if b.r.stopped.OK && b.d >= b.r.stopped.V {
		return false
	}
	return b.r.reportRule.OK && b.r.reportRule.V.Type == duty.ScheduleTypeQuota || b.dice.IntN(1000) >= 14
}

// due says whether the resident is to report today, and between which minutes.
func (b *day) due() (from, to hm, ok bool) {
	if !b.r.reports() || b.d <= b.r.arrive {
		return 0, 0, false
	}
	from, to = dawn, midnight
	if !b.r.reportRule.OK {
		return from, to, true
	}
	s := b.r.reportRule.V
	switch s.Type {
	case duty.ScheduleTypeWeekdays:
		wd := weekday(b.d)
		ok = wd == 0 || wd == 2 || wd == 4
	case duty.ScheduleTypeQuota:
		ok = b.quotaDay()
	case duty.ScheduleTypeDates:
		for _, x := range s.Dates {
			ok = ok || x == b.d
		}
	default:
		ok = true
	}
	if s.WindowFrom.OK {
		from, to = 8*60, 16*60
	}
	return from, to, ok
}

// quotaDay decides on which days of a week a resident with a weekly number of
// reports goes: mostly three, now and then only two.
func (b *day) quotaDay() bool {
	monday := b.d - duty.Date(weekday(b.d))
	dice := b.w.dice(b.r, monday, 3)
	days := dice.Perm(7)
	n := 3
	if dice.IntN(10) == 0 {
		n = 2
	}
	for _, x := range days[:n] {
		if monday+duty.Date(x) == b.d {
			return true
		}
	}
	return false
}

// between draws a minute from a to z, both included.
func (b *day) between(a, z hm) hm {
	if z <= a {
		return a
	}
	return a + hm(b.dice.IntN(int(z-a)+1))
}

// time turns a minute of this day into an instant, at a random second.
func (b *day) time(m hm) duty.Instant { return at(b.d, m, b.dice.IntN(60)) }

// out and in pass the gate at m.
func (b *day) out(m hm) { b.step(m, false) }
func (b *day) in(m hm)  { b.step(m, true) }

// apart is the least time between two passages of one resident. The rows of one reach
// 80 seconds before or after its time: nearer ones would be told in another order than
// they happened, or at one instant, which contradicts itself (RD-26).
const apart = 3 * duty.Minute

// step passes the gate at m, or a little later where that would be before the resident
// has come through it the other way: who returns late in the day had other plans for it.
func (b *day) step(m hm, in bool) {
	b.w.pass(b.r, b.dice, max(b.time(m), b.r.passed+apart), in)
	b.now = m + 5
}
