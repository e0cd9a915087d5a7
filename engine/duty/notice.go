package duty

import (
	"cmp"
	"slices"
)

// message is a notice with its readings and the night that it means (NTC-12).
type message struct {
	notice *Notice
	pos    Opt[Position]
	when   localTime // one reading of its time
	// night is the first night that it can mean by its time alone.
	night Date
	// running is set if it was given inside that night after the minute of 23:00, begun if it was
	// given in that minute or later (RD-50).
	running, begun bool
}

// readMessages returns the notice once for each reading of its time (TIM-06).
func readMessages(k *Known[Notice]) []message {
	when, _ := parseLocal(k.Fact.LocalTime)
	times := []Instant{when.early}
	if !when.exact {
		times = append(times, when.late)
	}
	var out []message
	for _, t := range times {
		night := nightOf(t)
		start := Night(night).From.minute()
		out = append(out, message{&k.Fact, k.Pos, localTime{t, t, true}, night, t.minute() > start, t.minute() >= start})
	}
	return out
}

// noticeEffect is the effect of a notice on a trigger of a night.
type noticeEffect struct {
	// counts is set if it is timely for the trigger and may mean the night.
	counts bool
	// unclear is set if it is not certain that it means the night (NOTICE_TARGET_UNCLEAR).
	unclear bool
	// outside is set if the trigger lies outside the announced range.
	outside bool
}

// meaning returns whether a message means night d: not at all, for certain, or
// perhaps (NTC-11, NTC-12, RD-19, RD-50).
func (m *message) meaning(d Date) (means, unclear bool) {
	t := m.notice.TargetDate
	switch {
	case !t.OK || t.V < m.night:
		return d == m.night, false
	case t.V == m.night:
		return d == m.night, false
	case m.running && t.V == m.night+1:
		return d == t.V, false
	case m.begun && t.V == m.night+1:
		// Noted at 23:00: given in the night it is certain for the next one, given
		// before it this one is in doubt (RD-50).
		return d == m.night || d == t.V, d == m.night
	case m.begun:
		// A later night named in the running one is not honoured; the message
		// still is a notice of the running night.
		return d == m.night, false
	default:
		// Named by day for a later night than the coming one: neither is
		// covered for certain.
		return d == m.night || d == t.V, true
	}
}

// timely reports whether a message came in time for a trigger of night d: by
// 23:00 for one at 23:00 while away, else until the tolerance after it has
// passed (NTC-03, NTC-05, NTC-09, TIM-07, RD-15).
func (m *message) timely(tr *trigger, par *Params) bool {
	t := m.when.early
	if tr.kind == away {
		if par.NoticeDeadlineMinuteInclusive {
			return t.minute() <= tr.at.minute()
		}
		return t < tr.at
	}
	return t.minute() <= tr.at.minute()+int64(par.NoticeExitToleranceMinutes)
}

// effect judges a message for a trigger of night d; first is set for the first
// trigger of the night that no permission or hold drops (NTC-13, RD-34).
func (m *message) effect(d Date, tr *trigger, first bool, par *Params) noticeEffect {
	means, unclear := m.meaning(d)
	if !means || !m.timely(tr, par) {
		return noticeEffect{}
	}
	return noticeEffect{counts: true, unclear: unclear, outside: first && !m.announced(d, tr.at)}
}

// announced reports whether an instant lies in the announced part of night d
// (NTC-17). Clock times from noon on are of d, earlier ones of d+1.
func (m *message) announced(d Date, t Instant) bool {
	from, to := m.rangeOf(d)
	return from.minute() <= t.minute() && t.minute() <= to.minute()
}

// rangeOf returns the announced part of night d; the whole night if none was announced, or if the
// range makes no sense.
func (m *message) rangeOf(d Date) (from, to Instant) {
	n := Night(d)
	from, to = n.From, n.To
	if m.notice.RangeFrom.OK {
		from, _ = inNight(d, m.notice.RangeFrom.V)
	}
	if m.notice.RangeTo.OK {
		_, to = inNight(d, m.notice.RangeTo.V)
	}
	if from > to {
		return n.From, n.To
	}
	return from, to
}

// inNight returns the readings of a clock time around night d.
func inNight(d Date, hm string) (early, late Instant) {
	minutes, _ := parseHM(hm)
	if minutes < 12*60 {
		d++
	}
	early, late, _ = d.clock(Instant(minutes) * Minute)
	return early, late
}

// own reports whether the resident gave the notice (NTC-10).
func (m *message) own() bool { return m.notice.GivenBy == GivenBySelf }

// full reports whether the notice is the resident's own, clear, and addressed to the operator, by
// whatever channel (NTC-01, NTC-04, NTC-10, NTC-15, NTC-16).
func (m *message) full() bool {
	return m.own() && m.notice.Clarity == ClarityClear && m.notice.Recipient == RecipientOperator
}

// newMessages returns the notices that count, in the order of their time.
func newMessages(known []*Known[Notice]) []message {
	var out []message
	for _, k := range known {
		out = append(out, readMessages(k)...)
	}
	slices.SortStableFunc(out, func(a, b message) int {
		return cmp.Or(cmp.Compare(a.when.early, b.when.early), cmp.Compare(a.notice.ID, b.notice.ID))
	})
	return out
}

// claims reports whether an earlier notice claims several nights including d, where d is not the
// first (NTC-11, MULTI_NIGHT_NOTICE).
func (m *message) claims(d Date) bool {
	first := m.night
	if t := m.notice.TargetDate; t.OK && t.V > first {
		first = t.V
	}
	// The producer chooses the number; added to a date it may not fit into one.
	return first < d && int64(d)-int64(first) < int64(m.notice.Nights)
}
