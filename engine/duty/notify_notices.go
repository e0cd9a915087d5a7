package duty

import "slices"

// earlierNotices discloses notices that do not cover the trigger, and doubts it
// where one of the night before may have been meant for this night (NTC-06,
// NTC-11, NTC-12, RD-19, RD-20).
func (e *evaluation) earlierNotices(c *candidate, d Date, t *trigger) {
	night := Night(d)
	near := e.nearNotice(d, t)
	late := map[*Notice]bool{}
	for i := range e.messages {
		m := &e.messages[i]
		if m.claims(d) {
			c.caveat("MULTI_NIGHT_NOTICE", "NTC-11")
		}
		if e.doubtful(m, d) {
			c.caveat("NOTICE_TARGET_UNCLEAR", "NTC-12")
		}
		if !m.own() || m.notice.Clarity != ClarityClear || near[m.notice] {
			continue
		}
		if in := night.contains(m.when.early) && !m.timely(t, e.par); in {
			late[m.notice] = true
		}
	}
	for i := range e.messages {
		if m := &e.messages[i]; late[m.notice] && !e.timelyReading(m.notice, t) {
			c.caveat("LATE_NOTICE", "NTC-06", "RD-20")
		}
	}
}

// timelyReading reports whether some reading of a notice's time is timely
// (TIM-06).
func (e *evaluation) timelyReading(n *Notice, t *trigger) bool {
	for i := range e.messages {
		if m := &e.messages[i]; m.notice == n && m.timely(t, e.par) {
			return true
		}
	}
	return false
}

// nearNotice returns the notices that give NEAR_BOUNDARY (RD-20).
func (e *evaluation) nearNotice(d Date, t *trigger) map[*Notice]bool {
	out := map[*Notice]bool{}
	if t.kind != away {
		return out
	}
	exits := e.moves.in(Span{Instant(t.at.minute()-int64(e.par.NoticeExitToleranceMinutes)) * Minute, t.at})
	for i := range exits {
		o := &exits[i]
		if !o.exit {
			continue
		}
		if m := e.noticeJustAfter(d, o.at, t.at); m != nil {
			out[m.notice] = true
		}
	}
	return out
}

// doubtful reports whether a notice given in the night before d, not from
// outside, with no later exit in that night and no stated target, may have been
// meant for d (NTC-12, RD-19); so may one noted at 23:00 (RD-50).
func (e *evaluation) doubtful(m *message, d Date) bool {
	before := Night(d - 1)
	if !m.full() || m.notice.TargetDate.OK || !m.begun || m.night != d-1 {
		return false
	}
	centres, _ := e.stayCentres(d - 1)
	around := e.around(centres)
	if e.positionAt(m.when.early, around.pending).kind == outside {
		return false
	}
	later := e.moves.in(Span{max(before.From, m.when.early+1), before.To})
	return !slices.ContainsFunc(later, func(o observation) bool { return o.exit })
}

// unknownAt23 reports whether the position at 23:00 is unknown and an OUTSIDE
// there would have been a trigger without a timely notice (RD-21). Under a
// permission it sets excused instead.
func (e *evaluation) unknownAt23(d Date, night Span, f *finding, excused *bool) bool {
	if e.positionAt(night.From, f.around.pending).kind != unknown || !e.activeAt23(d, night.From) {
		return false
	}
	if _, covered := covering(e.leaveSpans, night.From); covered {
		*excused = true
		return false
	}
	t := trigger{kind: away, at: night.From}
	for _, end := range endsIn(e.leaveSpans, night) {
		if end == night.From {
			t.kind = expiry
		}
	}
	return !e.noticed(&candidate{}, d, &t, true)
}
