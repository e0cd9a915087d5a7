package oracle

import (
	"sort"

	"tilsyn/engine/duty"
)

// triggerKind distinguishes the triggers of the notification duty.
type triggerKind byte

const (
	away  triggerKind = iota // T1: outside at 23:00
	left                     // T2: a registered exit
	lapse                    // T3: permission ends while outside
)

// trigger is an instant by which a notice must have been given.
type trigger struct {
	kind  triggerKind
	t     duty.Instant
	exit  *obs
	wrong bool
	q     *doubt
}

// notify is NTC-01 to NTC-21 for the night d.
func (w *world) notify(d duty.Date) *verdict {
	from, to := nightOf(d)
	if w.at < from || !w.ever(duty.KindNotify, from, to) {
		return nil
	}
	v := &verdict{
		kind: duty.KindNotify, date: d, due: to, from: from, to: to,
		q: newDoubt(), early: w.at < to, misplaced: w.misplaced(from, to, duty.KindNotify, duty.KindStay),
	}
	v.centres, v.transfer = w.stayCentres(d)
	switch {
	case w.closedTonight(d, from, to):
		v.outcome = duty.OutcomeNotApplicable
	case w.departed(d) || w.heldForNotify(from, to) || w.leaveCovers(from, to):
		v.outcome = duty.OutcomeExcused
	case w.excluded(v.centres, from, to):
		v.outcome = duty.OutcomeExcluded
	default:
		w.unnotified(v)
	}
	return v
}

// heldForNotify counts a hold that ends at 23:00:00 as well (RD-06).
func (w *world) heldForNotify(from, to duty.Instant) bool {
	for i := range w.holds {
		if w.holds[i].ValidTo.OK && w.holds[i].ValidTo.V == from && w.holds[i].ValidFrom <= from {
			return true
		}
	}
	return w.held(from, to)
}

func (w *world) unnotified(v *verdict) {
	eligible := w.bound(v.date, v.from) && w.bound(v.date, v.from-1) // RD-16
	lapsed := false
	for _, t := range w.lapses(v.from, v.to) {
		lapsed = lapsed || t == v.from
	}
	var open []trigger
	onLeave := false
	for _, g := range w.triggers(v, eligible, lapsed) {
		if w.onLeave(g.t) {
			onLeave = true
			continue
		}
		open = append(open, g)
	}
	var found []trigger
	for i := range open {
		g := open[i]
		g.q = newDoubt()
		if !w.covered(v.date, &g, i == 0) {
			w.doubts(v, &g)
			found = append(found, g)
		}
	}
	if len(found) > 0 {
		w.choose(v, found)
		if w.unequipped(v.centres, v.date, passageDevice) {
			v.outcome, v.pending, v.early = duty.OutcomeUndetermined, false, w.at < v.to
		}
		return
	}
	v.outcome = duty.OutcomeCompliant
	if onLeave {
		v.outcome = duty.OutcomeExcused
	}
	if eligible && w.position(v.from, v.centres) == unknown { // RD-21
		g := trigger{kind: away, t: v.from, q: newDoubt()}
		if lapsed {
			g.kind = lapse
		}
		if w.onLeave(v.from) {
			v.outcome = duty.OutcomeExcused
		} else if !w.covered(v.date, &g, true) {
			v.outcome = duty.OutcomeUndetermined
		}
	}
}

// triggers lists T1, T2 and T3 in the order of time, as far as the clock has
// come.
func (w *world) triggers(v *verdict, eligible, lapsed bool) []trigger {
	var out []trigger
	p := w.position(v.from, v.centres)
	if eligible {
		switch {
		case p == outside && lapsed: // PRM-05: 23:00 included
			out = append(out, trigger{kind: lapse, t: v.from})
		case p == outside:
			out = append(out, trigger{kind: away, t: v.from})
		case p.kind == 'i' && !lapsed && !has(v.centres, p.centre) && !w.presentIn(v.from, v.centres) && !w.exitsAt(v.from):
			out = append(out, trigger{kind: away, t: v.from, wrong: true})
		}
	}
	for i := range w.obs {
		o := &w.obs[i]
		if o.kind == exit && o.after() == outside && o.t >= v.from && o.t < v.to && w.bound(v.date, o.t) {
			out = append(out, trigger{kind: left, t: o.t, exit: o, wrong: !has(v.centres, o.centre)})
		}
	}
	seen := map[duty.Instant]bool{v.from: true}
	for _, t := range w.lapses(v.from, v.to) {
		if !seen[t] && w.bound(v.date, t) && w.position(t, v.centres) == outside {
			out = append(out, trigger{kind: lapse, t: t})
		}
		seen[t] = true
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].t < out[j].t })
	for i := range out {
		if out[i].t > w.at {
			return out[:i]
		}
	}
	return out
}

// exitsAt reports whether a registered exit lies at exactly t: then T2 speaks.
func (w *world) exitsAt(t duty.Instant) bool {
	for i := range w.obs {
		if o := &w.obs[i]; o.t == t && o.kind == exit && o.after() == outside {
			return true
		}
	}
	return false
}

func (w *world) presentIn(t duty.Instant, centres []string) bool {
	for _, c := range w.presentAt(t) {
		if has(centres, c) {
			return true
		}
	}
	return false
}

// covered reports whether a timely notice covers the trigger; only the first
// trigger is held against an announced range (NTC-13, NTC-17, RD-34).
func (w *world) covered(d duty.Date, g *trigger, first bool) bool {
	for i := range w.notices {
		n := &w.notices[i]
		certain, _ := n.nightsMeant()
		if !n.own() || !hasDate(certain, d) || !w.inTime(n.t, g.t, g.kind) {
			continue
		}
		if !first || n.inRange(d, g.t) {
			return true
		}
		g.q.cap("PARTIAL_NOTICE")
	}
	return false
}

// doubts sets the caveats of a trigger that no notice covers.
func (w *world) doubts(v *verdict, g *trigger) {
	q := g.q
	night := [2]duty.Instant{v.from, v.to}
	if g.kind == left {
		w.bounding(q, g.exit)
		w.suspended(q, g.exit, nil)
		w.twoCards(q, g.exit)
		w.assistUnmatched(q, duty.Forever, duty.Beginning, g.exit)
		if w.sameDirection(g.exit) {
			q.cap("SAME_DIRECTION")
		}
		w.paperDoubts(q, v.centres, v.from, v.to, w.beforeExit(g.exit), false)
	} else {
		a, b := w.around(g.t)
		w.interval(q, a, b, g.t, v.centres, night)
		w.paperDoubts(q, v.centres, v.from, v.to, w.inferred(a, b), true)
	}
	w.touchedByIncident(q, v.centres, night)
	if g.wrong {
		q.cap("WRONG_CENTRE")
	}
	if v.transfer {
		q.cap("TRANSFER")
	}
	if g.kind == lapse {
		q.cap("PERMISSION_EXPIRED_IN_NIGHT")
	} else if w.leaveTouches(v.from, v.to) {
		q.cap("PERMISSION_PARTIAL")
	}
	if month(dateOf(g.t)) != month(v.date) {
		q.note("MONTH_BOUNDARY")
	}
	if w.questioned(v.date, v.due, g.t, g.t, false) {
		q.cap("DEPARTURE_QUESTION")
	}
	near := ""
	if g.kind == away {
		if w.entryBetween(g.t+1, g.t+duty.Instant(w.par.ReturnToleranceMinutes)*duty.Minute) {
			q.cap("NEAR_BOUNDARY")
		}
		if near = w.nearNotice(v); near != "" {
			q.cap("NEAR_BOUNDARY")
		}
	}
	w.noticeDoubts(v, g, near)
}

// touchedByIncident is RD-01.
func (w *world) touchedByIncident(q *doubt, centres []string, night [2]duty.Instant) {
	for i := range w.incidents {
		n := &w.incidents[i]
		if !has(centres, n.CentreID) || n.From >= night[1] || n.To.Or(duty.Forever) <= night[0] {
			continue
		}
		if n.FormsStatus == duty.FormsStatusComplete {
			q.cap("MANUAL_PERIOD")
		} else {
			q.cap("TAINTED")
		}
	}
}

// sameDirection is RD-12.
func (w *world) sameDirection(o *obs) bool {
	last := w.previous(o)
	if last == nil {
		return false
	}
	for _, m := range w.marks {
		if m >= last.t && m < o.t {
			return true
		}
	}
	return last.afterPlain() != inside(o.centre) || w.crowdTouches(last.t, o.t)
}

// previous is the observation before o, reports to the police left aside.
func (w *world) previous(o *obs) *obs {
	var last *obs
	for i := range w.obs {
		if &w.obs[i] == o {
			break
		}
		if w.obs[i].kind != police {
			last = &w.obs[i]
		}
	}
	return last
}

// nearNotice is NTC-09's last sentence: the exit within five minutes before
// 23:00, the notice within five minutes after that exit.
func (w *world) nearNotice(v *verdict) string {
	tolerance := int64(w.par.NoticeExitToleranceMinutes)
	for i := len(w.obs) - 1; i >= 0; i-- {
		o := &w.obs[i]
		if o.kind != exit || o.t >= v.from {
			continue
		}
		if minute(v.from)-minute(o.t) > tolerance {
			return ""
		}
		for j := range w.notices {
			n := &w.notices[j]
			certain, _ := n.nightsMeant()
			if n.own() && hasDate(certain, v.date) && n.t >= v.from && minute(n.t) <= minute(o.t)+tolerance {
				return n.id
			}
		}
		return ""
	}
	return ""
}

// noticeDoubts sets the caveats that messages give.
func (w *world) noticeDoubts(v *verdict, g *trigger, near string) {
	q := g.q
	for i := range w.notices {
		n := &w.notices[i]
		certain, doubtful := n.nightsMeant()
		timely := w.inTime(n.t, g.t, g.kind)
		if n.self && n.clear && n.t >= v.from && n.t < v.to && !timely && n.id != near {
			q.note("LATE_NOTICE")
		}
		first := certain
		if len(first) == 0 {
			first = doubtful[len(doubtful)-1:]
		}
		// Choice: like LATE_NOTICE, any own, clear notice.
		if n.self && n.clear && v.date > first[0] && int64(v.date) < int64(first[0])+int64(n.nights) {
			q.note("MULTI_NIGHT_NOTICE")
		}
		if !timely {
			continue
		}
		if n.own() && hasDate(doubtful, v.date) {
			q.cap("NOTICE_TARGET_UNCLEAR")
		}
		if !hasDate(certain, v.date) {
			continue
		}
		switch {
		case !n.self:
			q.note("THIRD_PARTY_NOTICE")
		default:
			if !n.clear {
				q.cap("UNCLEAR_NOTICE")
			}
			if !n.operator {
				q.cap("WRONG_RECIPIENT_NOTICE")
			}
		}
	}
	if w.doubtBefore(v.date) {
		q.cap("NOTICE_TARGET_UNCLEAR")
	}
}

// choose reports the first INDICATED trigger, else the first (NTC-14); one
// whose tolerance has not passed is not judged yet (RD-27).
func (w *world) choose(v *verdict, found []trigger) {
	tolerance := duty.Instant(max(w.par.NoticeExitToleranceMinutes, w.par.ReturnToleranceMinutes)) * duty.Minute
	var judged []trigger
	for _, g := range found {
		if g.t+tolerance <= w.at {
			judged = append(judged, g)
		}
	}
	if len(judged) == 0 {
		judged, v.pending = found, true
	}
	pick := judged[0]
	for _, g := range judged {
		if !g.q.capped {
			pick = g
			break
		}
	}
	v.early = false
	v.q, v.instant, v.outcome = pick.q, pick.t, pick.q.outcome()
	if pick.kind == left {
		v.restOn(pick.exit)
		v.basis = duty.BasisPositiveRegistration
		return
	}
	a, b := w.around(pick.t)
	v.restOn(a, b)
	v.basis = pairBasis(b)
}
