package duty

import (
	"cmp"
	"slices"
)

// unseenDays is how many days without a row raise an observation, if the person's last row shows
// presence (TX-24).
const unseenDays = 30

// startNights is how many nights without any registration raise an observation (PRS-06).
const startNights = 3

func newObservation(code ObservationCode, person string, from Instant, to Opt[Instant]) Observation {
	return Observation{ID: UUID5("tilsyn:obs:" + code.String() + ":" + person + ":" + from.String()),
		Code: code, PersonID: person, From: from, To: to, State: FindingStateOpen}
}

// observations lists what a case officer may want to know. They never accuse: an unregistered
// movement is no breach (EVD-15).
func (c *court) observations(now Instant) []Observation {
	e := c.withLate.all[0]
	person := c.in.PersonID
	var out []Observation
	put := func(code ObservationCode, from Instant, to Opt[Instant]) {
		out = append(out, newObservation(code, person, from, to))
	}
	for _, p := range e.pieces {
		if p.conflicting && p.span.To < Forever {
			put(ObservationCodeUnregisteredMovement, p.span.From, Some(p.span.To))
		}
	}
	if from, ok := e.neverSeen(now); ok {
		put(ObservationCodeNoRegistrationSinceStart, from, None[Instant]())
	}
	if n := len(e.moves.list); n > 0 {
		last := &e.moves.list[n-1]
		if last.after.kind == inside && now-last.at > unseenDays*Day && len(e.duties.stay) > 0 {
			put(ObservationCodeNoRowsWhileInside, last.at, None[Instant]())
		}
	}
	if from, ok := e.returned(); ok {
		put(ObservationCodeReturnAfterDeparture, from, None[Instant]())
	}
	for i := range e.messages {
		if at, ok := e.overrun(&e.messages[i]); ok {
			put(ObservationCodePartialNoticeOverrun, at, None[Instant]())
		}
	}
	slices.SortStableFunc(out, func(a, b Observation) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.From, b.From))
	})
	return slices.CompactFunc(out, func(a, b Observation) bool { return a.ID == b.ID })
}

// observed calls for each instant at which time alone makes an observation, 06:00 aside.
func (e *evaluation) observed(at func(Instant)) {
	if n := len(e.moves.list); n > 0 && e.moves.list[n-1].after.kind == inside {
		at(e.moves.list[n-1].at + unseenDays*Day + 1)
	}
	for i := range e.messages {
		_, after := e.messages[i].overrunAt()
		at(after)
	}
}

// neverSeen returns the start of a stay duty followed by three nights without any registration, if
// there was none before either (PRS-06).
func (e *evaluation) neverSeen(now Instant) (Instant, bool) {
	if len(e.moves.list) > 0 || len(e.duties.stay) == 0 {
		return 0, false
	}
	start := e.duties.stay[0].span.From
	first := nightOf(start)
	if Night(first).From < start {
		first++
	}
	return start, now >= Night(first+startNights-1).To
}

// returned returns the first registration after a departure that an assessment has established
// (RD-05).
func (e *evaluation) returned() (Instant, bool) {
	for i := range e.moves.list {
		o := &e.moves.list[i]
		if d := o.at.Date(); e.departed(d) && e.departed(d-1) {
			return o.at, true
		}
	}
	return 0, false
}

// overrun reports whether an announced part of a night ended with the person
// still outside (NTC-17); for information only.
func (e *evaluation) overrun(m *message) (Instant, bool) {
	d, after := m.overrunAt()
	if after > e.lens.at || !e.notifyActive(d, after) {
		return 0, false
	}
	return after - Minute, e.positionAt(after, nil).kind == outside
}

// overrunAt returns when the announced part of the night of d counts as overrun; Forever if it has no
// end in it.
func (m *message) overrunAt() (d Date, after Instant) {
	if !m.full() || !m.notice.RangeTo.OK {
		return 0, Forever
	}
	d = m.night
	if t := m.notice.TargetDate; t.OK && t.V > d {
		d = t.V
	}
	_, end := m.rangeOf(d)
	if after = end + Minute; after >= Night(d).To {
		after = Forever
	}
	return d, after
}
