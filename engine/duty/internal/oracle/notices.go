package oracle

import (
	"sort"

	"tilsyn/engine/duty"
)

// notice is a message that somebody will be away.
type notice struct {
	id          string
	t           duty.Instant
	self, clear bool
	operator    bool
	nights      int32
	target      duty.Opt[duty.Date]
	from, to    duty.Opt[string]
}

// own reports whether it is a notice as the law wants it (NTC-10, 15, 16).
func (n *notice) own() bool { return n.self && n.clear && n.operator }

func (w *world) readNotices() {
	for _, k := range current(w.c.Person.Notices, headNotice, func(k *duty.Known[duty.Notice]) bool {
		if !w.check.notice(&k.Fact) {
			return false
		}
		ts, _ := paperTime(k.Fact.LocalTime)
		return w.keepRow(k.At, ts[0], k.Fact.PersonID)
	}) {
		f := &k.Fact
		if !w.mine(f.PersonID) {
			continue
		}
		ts, _ := paperTime(f.LocalTime)
		w.notices = append(w.notices, notice{
			id: f.ID, t: ts[w.reading(f.ID, len(ts))], self: f.GivenBy == duty.GivenBySelf,
			clear:    f.Clarity == duty.ClarityClear,
			operator: f.Recipient == duty.RecipientOperator, nights: f.Nights, target: f.TargetDate,
			from: f.RangeFrom, to: f.RangeTo,
		})
	}
	sort.SliceStable(w.notices, func(i, j int) bool { return w.notices[i].t < w.notices[j].t })
}

// givenFor returns the night that a notice without a target is for: the
// running one inside a night, else the coming one (NTC-12). One noted as 23:00
// is given before the night, as it is in time (TIM-07), and in it as well
// (RD-50).
func (n *notice) givenFor() (d duty.Date, running, before bool) {
	d = dateOf(n.t)
	if n.t < at(d, 6) {
		return d - 1, true, false
	}
	m, limit := minute(n.t), minute(at(d, 23))
	return d, m >= limit, m <= limit
}

// nightsMeant returns the nights that the notice covers for certain and those
// for which its target is in doubt (NTC-12, RD-19).
func (n *notice) nightsMeant() (certain, doubtful []duty.Date) {
	d, running, before := n.givenFor()
	switch {
	case !n.target.OK || n.target.V == d:
		return []duty.Date{d}, nil
	case running && before && n.target.V == d+1:
		// Choice: named in the running night it is certain for the next one; given
		// before the night it leaves this one in doubt.
		return []duty.Date{d + 1}, []duty.Date{d}
	case running && n.target.V == d+1:
		return []duty.Date{d + 1}, nil
	case n.target.V == d+1:
		return nil, []duty.Date{d, d + 1}
	}
	// Choice: a target that is past, or named in the running night and later than
	// the next one, counts as none; by day a later one leaves both in doubt.
	if running || n.target.V < d {
		return []duty.Date{d}, nil
	}
	return nil, []duty.Date{d, n.target.V}
}

func hasDate(list []duty.Date, d duty.Date) bool {
	for _, x := range list {
		if x == d {
			return true
		}
	}
	return false
}

// inTime reports whether a notice at t meets the deadline of a trigger.
func (w *world) inTime(t, trigger duty.Instant, kind triggerKind) bool {
	if kind == away {
		if !w.par.NoticeDeadlineMinuteInclusive {
			return t < trigger
		}
		return minute(t) <= minute(trigger)
	}
	return minute(t) <= minute(trigger)+int64(w.par.NoticeExitToleranceMinutes)
}

// inRange reports whether a trigger lies in the announced part of the night,
// its limits read in the person's favour (NTC-17).
func (n *notice) inRange(d duty.Date, trigger duty.Instant) bool {
	limit := func(s string, last bool) duty.Instant {
		m, ok := clockMinutes(s)
		if !ok {
			return trigger
		}
		day := d
		if m < 12*60 {
			day = d + 1
		}
		r := wall(day, m)
		if last {
			return r[len(r)-1]
		}
		return r[0]
	}
	from, to := int64(-1<<60), int64(1<<60)
	if n.from.OK {
		from = minute(limit(n.from.V, false))
	}
	if n.to.OK {
		to = minute(limit(n.to.V, true))
	}
	// Choice: a range that ends before it begins counts as none.
	return from > to || (from <= minute(trigger) && minute(trigger) <= to)
}

// doubtBefore is NTC-12's doubt: a notice in the night before d, without a
// target, not from outside, with no later exit in that night.
func (w *world) doubtBefore(d duty.Date) bool {
	_, end := nightOf(d - 1)
	for i := range w.notices {
		n := &w.notices[i]
		night, running, _ := n.givenFor()
		if !n.own() || !running || night != d-1 || n.target.OK {
			continue
		}
		centres, _ := w.stayCentres(d - 1)
		if w.position(n.t, centres) == outside {
			continue
		}
		later := false
		for j := range w.obs {
			o := &w.obs[j]
			if o.kind == exit && o.after() == outside && o.t > n.t && o.t < end {
				later = true
			}
		}
		if !later {
			return true
		}
	}
	return false
}
