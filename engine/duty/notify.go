package duty

import (
	"cmp"
	"slices"
)

// The notification duty, 001 §5.7: a person who is away between 23:00 and 06:00 tells the operator
// before leaving or, if already away, before 23:00. There is at most one record a night, at the
// first trigger without a timely notice (NTC-14). Returning to sleep meets STAY but does not
// replace the notice (INT-04).

// triggerKind distinguishes the kinds of trigger.
type triggerKind uint8

const (
	// away is T1: outside at 23:00 (NTC-05).
	away triggerKind = iota
	// leaving is T2: a registered exit in the night (NTC-08).
	leaving
	// expiry is T3: a permission ends in the night while outside (PRM-05).
	expiry
	// lapse is the end of an announced part of the night (NTC-17). It is not one of the three, and
	// counts only if the policy says so.
	lapse
)

// trigger is an instant by which a notice must have been given.
type trigger struct {
	kind triggerKind
	at   Instant
	exit *observation
	// wrong is set if the person was seen inside a centre that is not assigned (RD-23, AMB-42).
	wrong bool
}

// notify judges the night of d.
func (e *evaluation) notify(d Date) finding {
	night := Night(d)
	f := finding{outcome: OutcomeNotApplicable, period: night, due: night.To, judged: night.To}
	if !inForceOver(e.duties.notify, night) {
		f.rules.add("OBL-01")
		return f
	}
	centres, moved := e.stayCentres(d)
	f.centres = centres
	if e.closedTonight(d, night) {
		f.rules.add("RD-44")
		return f
	}
	f.around = e.around(centres)
	if out, rule := e.excused(d, night, true, &f.around); out != OutcomeUnknown {
		f.outcome = out
		f.rules.add(rule)
		return f
	}
	f.misplaced = e.illPlaced(e.duties.notify, night) || e.illPlaced(e.duties.stay, night)
	triggers, excusedAny := e.liveTriggers(d, night, &f)
	best := e.firstUncovered(d, triggers, &f, moved)
	if best == nil {
		best = e.overrunCandidate(d, &f, moved)
	}
	switch {
	case best != nil && e.blind(centres, d):
		f.outcome = OutcomeUndetermined
		f.rules.add("RD-46")
	case best != nil:
		f.needs = nightNeeds(d)
		f.take(best, best.at)
		f.judged = best.at + e.notifyTolerance()
	case e.unknownAt23(d, night, &f, &excusedAny):
		f.outcome = OutcomeUndetermined
		f.rules.add("RD-21")
	case excusedAny:
		f.outcome = OutcomeExcused
		f.rules.add("PRM-02")
	default:
		f.outcome = OutcomeCompliant
		f.rules.add("NTC-02")
	}
	return f
}

// liveTriggers returns the triggers of the night that no permission drops, in order of their
// instants, and whether one was dropped. A permission drops those that it covers (PRM-02); after
// its end NOTIFY applies again (PRM-03).
func (e *evaluation) liveTriggers(d Date, night Span, f *finding) (live []trigger, dropped bool) {
	ends := endsIn(e.leaveSpans, night)
	var all []trigger
	if at23 := e.positionAt(night.From, f.around.pending); e.activeAt23(d, night.From) &&
		!slices.Contains(ends, night.From) {
		wrong := at23.kind == inside && !assigned(f.centres, at23.centre)
		if (at23.kind == outside || wrong) && !e.leavesAt(night.From) {
			all = append(all, trigger{kind: away, at: night.From, wrong: wrong})
		}
	}
	tonight := e.moves.in(night)
	for i := range tonight {
		o := &tonight[i]
		if o.exit && e.notifyActive(d, o.at) {
			all = append(all, trigger{leaving, o.at, o, !assigned(f.centres, o.centre)})
		}
	}
	for _, t := range ends {
		if e.positionAt(t, f.around.pending).kind == outside && e.notifyActive(d, t) {
			all = append(all, trigger{kind: expiry, at: t})
		}
	}
	slices.SortStableFunc(all, func(a, b trigger) int { return cmp.Compare(a.at, b.at) })
	for _, t := range all {
		if t.at > e.lens.at {
			f.wakes(t.at)
			continue
		}
		if _, excused := covering(e.leaveSpans, t.at); excused {
			dropped = true
			e.trace.trigger(&t, true)
			continue
		}
		live = append(live, t)
	}
	return live, dropped
}

// leavesAt reports whether a registered exit lies at t: it is then the trigger, and the person
// counts as present at t (RD-02).
func (e *evaluation) leavesAt(t Instant) bool {
	now := e.moves.at(t)
	for i := range now {
		if now[i].exit {
			return true
		}
	}
	return false
}

// activeAt23 reports whether both duties bind at 23:00 and were in force before
// it (OBL-10, RD-16).
func (e *evaluation) activeAt23(d Date, t Instant) bool {
	return e.notifyActive(d, t) && e.notifyActive(d, t-1)
}

// firstUncovered returns the candidate of the first trigger that would be INDICATED, otherwise of
// the first that needs review, otherwise nil (NTC-14).
func (e *evaluation) firstUncovered(d Date, triggers []trigger, f *finding, moved bool) *candidate {
	var best, soon *candidate
	for i := range triggers {
		c := &candidate{at: triggers[i].at, exit: triggers[i].exit, trace: e.trace}
		e.trace.trigger(&triggers[i], false)
		if e.noticed(c, d, &triggers[i], i == 0) {
			continue
		}
		e.notifyDoubts(c, d, &triggers[i], f, moved)
		e.trace.weighed(c)
		into := &best
		if judged := c.at + e.notifyTolerance(); judged > e.lens.at {
			into = &soon
			f.wakes(judged)
		}
		if *into == nil || (*into).capped && !c.capped {
			*into = c
		}
	}
	if best == nil {
		return soon
	}
	return best
}

// notifyTolerance returns the longest tolerance of a trigger: until it has passed the trigger is
// not judged, though another one may be (RD-27).
func (e *evaluation) notifyTolerance() Instant {
	return Instant(max(e.par.NoticeExitToleranceMinutes, e.par.ReturnToleranceMinutes)) * Minute
}

// noticed reports whether a timely notice covers a trigger, and otherwise sets
// the caveats of the notices that do not.
func (e *evaluation) noticed(c *candidate, d Date, t *trigger, first bool) bool {
	for i := range e.messages {
		m := &e.messages[i]
		w := m.effect(d, t, first, e.par)
		if !w.counts {
			continue
		}
		if m.full() && !w.unclear && !w.outside {
			c.trace.covered(m.notice.ID)
			return true
		}
		switch {
		case !m.own():
			c.caveat("THIRD_PARTY_NOTICE", "NTC-10")
			continue
		case m.notice.Clarity != ClarityClear:
			c.caveat("UNCLEAR_NOTICE", "NTC-15")
		}
		if m.notice.Recipient != RecipientOperator {
			if e.par.NoticeWrongRecipient == Ignore {
				continue
			}
			c.caveat("WRONG_RECIPIENT_NOTICE", "NTC-16")
		}
		if w.unclear {
			c.caveat("NOTICE_TARGET_UNCLEAR", "NTC-12", "RD-19")
		}
		if w.outside {
			c.caveat("PARTIAL_NOTICE", "NTC-17")
		}
	}
	return false
}

// notifyDoubts weighs the doubts about one uncovered trigger.
func (e *evaluation) notifyDoubts(c *candidate, d Date, t *trigger, f *finding, moved bool) {
	night := f.period
	switch t.kind {
	case away:
		c.rules.add("NTC-05")
		e.nearBoundary(c, d, t)
	case leaving:
		c.rules.add("NTC-08")
	case expiry:
		c.caveat("PERMISSION_EXPIRED_IN_NIGHT", "PRM-05")
	}
	if t.kind == leaving {
		e.sameDirection(c, t.exit)
	} else {
		c.before, c.after = e.bounds(t.at, t.at)
		e.inference(c, &f.around, t.at)
	}
	e.registrations(c)
	e.unmatchedAssist(c)
	e.nightIncidents(c, &f.around, night)
	e.earlierNotices(c, d, t)
	if t.wrong {
		c.caveat("WRONG_CENTRE", "RD-23")
	}
	if moved {
		c.caveat("TRANSFER", "OBL-13", "RD-24")
	}
	if t.kind != expiry && partly(e.leaveSpans, night) {
		c.caveat("PERMISSION_PARTIAL", "PRM-06")
	}
	if t.at.Date().month() != d.month() {
		c.caveat("MONTH_BOUNDARY", "CNT-05")
	}
	e.paperDoubts(c, KindNotify, f)
	if e.departureQuestion(d, Span{t.at, t.at}, f.due) {
		c.caveat("DEPARTURE_QUESTION", "EVD-13")
	}
}

// nightIncidents caps every record of a night that an incident touches (RD-01).
func (e *evaluation) nightIncidents(c *candidate, s *surroundings, night Span) {
	if touched(s.pending, night) {
		c.caveat("TAINTED", "RD-01")
	}
	if touched(s.complete, night) {
		c.caveat("MANUAL_PERIOD", "RD-01")
		c.capped = true
	}
}

// sameDirection doubts a registered exit if the observation before it did not leave the person
// inside the centre of the exit; not if there is none (RD-12).
func (e *evaluation) sameDirection(c *candidate, exit *observation) {
	prev := e.observationBefore(exit)
	if prev == nil {
		return
	}
	if prev.raw != (place{inside, exit.centre}) {
		c.caveat("SAME_DIRECTION", "RD-12", "PRS-04")
		return
	}
	for _, t := range e.moves.breaks {
		if prev.at <= t && t < exit.at {
			c.caveat("SAME_DIRECTION", "RD-12", "PRS-04")
		}
	}
	if touched(e.moves.crowded, Span{prev.at, exit.at}) {
		c.caveat("SAME_DIRECTION", "RD-12", "PRS-04")
	}
}

// nearBoundary doubts a trigger at 23:00 if an entry follows within the tolerance, since the gate
// may have kept the person waiting (NTC-18, PAS-12), or if a notice follows within the tolerance
// after an exit shortly before (NTC-09).
func (e *evaluation) nearBoundary(c *candidate, d Date, t *trigger) {
	start := t.at.minute()
	near := e.moves.in(Span{Instant(start-int64(e.par.NoticeExitToleranceMinutes)) * Minute,
		Instant(start+int64(e.par.ReturnToleranceMinutes)+1) * Minute})
	for i := range near {
		o := &near[i]
		if after := o.at.minute() - start; o.entry && o.at > t.at && after <= int64(e.par.ReturnToleranceMinutes) {
			c.caveat("NEAR_BOUNDARY", "NTC-18")
		}
		if o.exit && o.at < t.at && start-o.at.minute() <= int64(e.par.NoticeExitToleranceMinutes) &&
			e.noticeJustAfter(d, o.at, t.at) != nil {
			c.caveat("NEAR_BOUNDARY", "NTC-09")
		}
	}
}

// noticeJustAfter returns the first full notice at or after 23:00 that is within the tolerance
// after an exit before it (NTC-09).
func (e *evaluation) noticeJustAfter(d Date, exit, deadline Instant) *message {
	for i := range e.messages {
		m := &e.messages[i]
		t := m.when.early.minute()
		means, unclear := m.meaning(d)
		if m.full() && means && !unclear && t >= deadline.minute() &&
			t-exit.minute() <= int64(e.par.NoticeExitToleranceMinutes) {
			return m
		}
	}
	return nil
}
