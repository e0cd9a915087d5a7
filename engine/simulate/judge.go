package simulate

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// judge turns what the residents did into the truth about their units.
func (w *world) judge() *Truth {
	t := &Truth{Until: w.cfg.Until, Faults: w.faults, Persons: w.cfg.Persons, Days: w.cfg.Days}
	for _, l := range w.losses {
		t.Losses = append(t.Losses, Loss{l.centre, l.from, l.to, l.passages})
	}
	slices.SortStableFunc(t.Losses, func(a, b Loss) int { return cmp.Compare(a.From, b.From) })
	for _, r := range w.residents {
		p := &r.truth
		p.moves = slices.DeleteFunc(p.moves, func(m move) bool { return m.at > w.cfg.Until })
		j := judge{w: w, p: p, seen: p.seen(w.cfg.Until)}
		for d := r.arrive; d <= w.cfg.Start+duty.Date(w.cfg.Days); d++ {
			j.notify(t, d)
			j.report(t, r, d)
			j.stay(t, d)
		}
	}
	for i := range t.Units {
		u := &t.Units[i]
		u.Open = u.Indicated && (u.Open || len(w.faults) > 0)
	}
	return t
}

// judge holds what is needed to judge one person.
type judge struct {
	w    *world
	p    *person
	seen []sight
	// open is set where a loss is near what is judged.
	open bool
}

// near notes that a loss of one of some centres lies near an interval: passages that do
// not fit together may show it as a burst (REL-04).
func (j *judge) near(from, to duty.Instant, centres ...string) {
	for _, l := range j.w.losses {
		if slices.Contains(centres, l.centre) && from < l.to+around && l.from-around < to {
			j.open = true
		}
	}
}

// around is how far a burst may reach beyond the loss that it follows from: to the
// passages before and after it of those who show it.
const around = 2 * duty.Day

// night is N(d).
func night(d duty.Date) (from, to duty.Instant) { return at(d, 23*60, 0), at(d, nextDawn, 0) }

// settleWait is settle.max_wait: after so long a marker comes too late.
const settleWait = 14 * duty.Day

// stay judges the stay duty of night d: away all night.
func (j *judge) stay(t *Truth, d duty.Date) {
	from, to := night(d)
	if to > j.w.cfg.Until || !j.p.covers(duty.KindStay, from, to) {
		return
	}
	j.open = false
	u := Unit{PersonID: j.p.id, Kind: duty.KindStay, Date: d}
	entry, back := j.firstEntry(to)
	switch {
	case !j.p.outside(from) || j.movedBetween(from, to):
		u.What = Met
	case j.excused(from, to, d) || j.permittedAll(from, to):
		u.What = Excused
	case j.permittedSome(from, to), back && localDate(entry) == d+1 && localMinute(entry) <= 8*60:
		u.What = Grey
	default:
		u.What = Breach
		u.Why = j.absenceWhy(d, from, to)
		u.Indicated, u.Open = u.Why == "", j.open
	}
	t.Units = append(t.Units, u)
}

// notify judges the notification duty of night d: away at 23:00, or leaving
// later, without having said so in time.
func (j *judge) notify(t *Truth, d duty.Date) {
	from, to := night(d)
	if to > j.w.cfg.Until || !j.p.covers(duty.KindNotify, from, to) {
		return
	}
	j.open = false
	u := Unit{PersonID: j.p.id, Kind: duty.KindNotify, Date: d}
	if j.excused(from, to, d) || j.permittedAll(from, to) {
		u.What = Excused
	} else {
		j.triggers(&u, d, from, to)
		u.Open = j.open
	}
	t.Units = append(t.Units, u)
}

// triggers looks at each occasion on which night d asked for a notice; the
// worst decides.
func (j *judge) triggers(u *Unit, d duty.Date, from, to duty.Instant) {
	note := func(what What, why Why) {
		indicated := what == Breach && why == ""
		if what > u.What || what == u.What && indicated && !u.Indicated {
			u.What, u.Indicated, u.Why = what, indicated, why
		}
	}
	if j.p.outside(from) {
		what := j.told(d, from)
		if what == Breach {
			if entry, ok := j.firstEntry(from); ok && entry < to && entry-from < 6*duty.Minute || j.permittedSome(from, to) {
				what = Grey
			}
		}
		note(what, j.unless(what, func() Why { return j.absenceWhy(d, from, from) }))
	}
	for _, m := range j.p.moves {
		if m.in || m.at < from || m.at >= to || j.permitted(m.at) {
			continue
		}
		what := j.told(d, m.at+5*duty.Minute)
		note(what, j.unless(what, func() Why { return j.exitWhy(d, m) }))
	}
}

// unless asks for a reason where there is a breach to explain.
func (j *judge) unless(what What, why func() Why) Why {
	if what != Breach {
		return ""
	}
	return why()
}

// told says whether the person told the operator of night d by a limit, at
// minute precision (RD-15).
func (j *judge) told(d duty.Date, limit duty.Instant) What {
	what := Breach
	for _, n := range j.p.notices {
		if n.at >= at(d, dawn, 0) && n.at/duty.Minute <= limit/duty.Minute {
			if !n.doubtful {
				return Met
			}
			what = Grey
		}
	}
	return what
}

// excused reports a hold that overlaps, or an established departure.
func (j *judge) excused(from, to duty.Instant, d duty.Date) bool {
	if j.p.departed.OK && d >= j.p.departed.V {
		return true
	}
	return slices.ContainsFunc(j.p.holds, func(h between) bool { return h.from < to && from < h.to })
}

// permittedAll, permittedSome and permitted say how permissions lie over an
// interval or an instant.
func (j *judge) permittedAll(from, to duty.Instant) bool {
	return slices.ContainsFunc(j.p.permissions, func(l leave) bool { return l.from <= from && to <= l.to })
}

func (j *judge) permittedSome(from, to duty.Instant) bool {
	return slices.ContainsFunc(j.p.permissions, func(l leave) bool { return l.from < to && from <= l.to })
}

func (j *judge) permitted(t duty.Instant) bool {
	return slices.ContainsFunc(j.p.permissions, func(l leave) bool { return l.from <= t && t < l.to })
}

// firstEntry gives the first real entry at or after t.
func (j *judge) firstEntry(t duty.Instant) (duty.Instant, bool) {
	for _, m := range j.p.moves {
		if m.in && m.at >= t {
			return m.at, true
		}
	}
	return 0, false
}

func (j *judge) movedBetween(from, to duty.Instant) bool {
	return slices.ContainsFunc(j.p.moves, func(m move) bool { return m.at >= from && m.at < to })
}
