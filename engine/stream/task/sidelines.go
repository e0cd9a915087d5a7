package task

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/wire"
	"tilsyn/state"
)

// A line of data quality or an observation is open until it no longer holds. Then it is written
// once more, CLOSED, with everything that it said (contract §3). So the state keeps every
// person's open lines; if it has lost them, they are read back from the outputs.

// sideKind is the kind under which a person's open lines are stored beside what was told of
// units.
const sideKind = 0xff

// sideLine is an open line.
type sideLine struct {
	id          string
	observation bool
	code        byte
	subject     string
	from        duty.Instant
	to          duty.Opt[duty.Instant]
	detail      []duty.Detail
}

// lineOfQuality returns the line of a data-quality record.
func lineOfQuality(q *duty.DataQuality) sideLine {
	return sideLine{id: q.ID, code: byte(q.Code), subject: q.Subject, from: q.From, to: q.To, detail: q.Detail}
}

// lineOfObservation returns the line of an observation.
func lineOfObservation(o *duty.Observation) sideLine {
	return sideLine{id: o.ID, observation: true, code: byte(o.Code), subject: o.PersonID, from: o.From, to: o.To}
}

// same reports whether two lines say the same.
func (l *sideLine) same(o *sideLine) bool {
	return l.id == o.id && l.observation == o.observation && l.code == o.code && l.subject == o.subject &&
		l.from == o.from && l.to == o.to &&
		slices.Equal(l.detail, o.detail)
}

// record returns the record of the line and its topic: open, or closed at a clock.
func (l *sideLine) record(state duty.FindingState, closed duty.Opt[duty.Instant]) (topic string, record any) {
	if l.observation {
		return duty.TopicObservations, &duty.Observation{ID: l.id, Code: duty.ObservationCode(l.code),
			PersonID: l.subject, From: l.from, To: l.to, State: state, ClosedAt: closed}
	}
	detail := l.detail
	if detail == nil {
		detail = []duty.Detail{}
	}
	return duty.TopicDataQuality, &duty.DataQuality{ID: l.id, Code: duty.DataQualityCode(l.code), Subject: l.subject,
		From: l.from, To: l.to, Detail: detail, State: state, ClosedAt: closed}
}

// sides are the open lines of a person.
type sides struct {
	list []sideLine
	// read is true once list has been read from the state; changed is true if the state has
	// another list.
	read, changed bool
}

// find is the index of a line by id; -1 if it is not open.
func (s *sides) find(id string) int {
	return slices.IndexFunc(s.list, func(l sideLine) bool { return l.id == id })
}

// set notes a line, which is the newest of its id, as open or closed.
func (s *sides) set(l sideLine, open bool) {
	i := s.find(l.id)
	switch {
	case open && i < 0:
		s.list = append(s.list, l)
	case open && !s.list[i].same(&l):
		s.list[i] = l
	case !open && i >= 0:
		s.list = slices.Delete(s.list, i, i+1)
	default:
		return
	}
	s.changed = true
}

// sidesVersion is the version of the stored form.
const sidesVersion = 1

// encode returns the stored form of the open lines.
func (s *sides) encode() []byte {
	var w wire.Writer
	w.Byte(sidesVersion)
	w.Uint(uint64(len(s.list)))
	for i := range s.list {
		l := &s.list[i]
		w.Bool(l.observation)
		w.Byte(l.code)
		w.Text(l.id)
		w.Text(l.subject)
		w.Int(int64(l.from))
		w.OptInstant(l.to)
		w.Uint(uint64(len(l.detail)))
		for _, d := range l.detail {
			w.Text(d.Name)
			w.Text(d.Value)
		}
	}
	return w.Bytes
}

// decode reads the stored form, unless the lines are known already.
func (s *sides) decode(b []byte) error {
	if s.read {
		return nil
	}
	r := wire.Reader{Rest: b}
	if r.Byte() != sidesVersion {
		return wire.ErrCut
	}
	list := make([]sideLine, r.Count(8))
	for i := range list {
		l := &list[i]
		l.observation, l.code, l.id, l.subject, l.from, l.to = r.Bool(), r.Byte(), r.Text(), r.Text(),
			duty.Instant(r.Int()), r.OptInstant()
		if n := r.Count(2); n > 0 {
			l.detail = make([]duty.Detail, n)
			for j := range l.detail {
				l.detail[j] = duty.Detail{Name: r.Text(), Value: r.Text()}
			}
		}
	}
	s.list, s.read = list, true
	return r.End()
}

// sidesOf returns a person's open lines, reading them from the store if necessary.
func (t *Task) sidesOf(p *person) (*sides, error) {
	if p.sides.read {
		return &p.sides, nil
	}
	stored, err := t.store.Person(p.id, state.OnlyUndated)
	if err != nil {
		return nil, err
	}
	for _, u := range stored.Said {
		if u.Kind == sideKind {
			if err := p.sides.decode(u.Data); err != nil {
				return nil, err
			}
		}
	}
	p.sides.read = true
	return &p.sides, nil
}

// tellLines writes those of a person's lines that are new or have changed, and closes those
// that no longer hold, but for those of which stays is true. Without a key each line has its subject as key.
func (t *Task) tellLines(p *person, key string, now []sideLine, at duty.Instant, stays func(*sideLine) bool) error {
	s, err := t.sidesOf(p)
	if err != nil {
		return err
	}
	write := func(l sideLine, open bool) error {
		state, closed := duty.FindingStateOpen, duty.None[duty.Instant]()
		if !open {
			state, closed = duty.FindingStateClosed, duty.Some(at)
		}
		topic, record := l.record(state, closed)
		if t.floor.silences(record) {
			return nil
		}
		s.set(l, open)
		p.changed = true
		return t.out(topic, []byte(cmp.Or(key, l.subject)), record)
	}
	for _, l := range slices.Clone(s.list) {
		if (stays == nil || !stays(&l)) && !slices.ContainsFunc(now, func(o sideLine) bool { return o.id == l.id }) {
			if err := write(l, false); err != nil {
				return err
			}
		}
	}
	for _, l := range now {
		if i := s.find(l.id); i < 0 || !s.list[i].same(&l) {
			if err := write(l, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// heardLine takes in a line from the task's own outputs.
func (t *Task) heardLine(person string, l sideLine, state duty.FindingState) error {
	p, err := t.person(person)
	if err != nil {
		return err
	}
	s, err := t.sidesOf(p)
	if err != nil {
		return err
	}
	s.set(l, state != duty.FindingStateClosed)
	if s.changed {
		p.header.EndRoutine() // the state is of before the line; a routine would go on as if it were not there
	}
	if l.observation && state != duty.FindingStateClosed && endsWithRow(duty.ObservationCode(l.code)) {
		p.header.Awaited = true // the state is of before the line; a routine would not close it
	}
	p.changed = p.changed || s.changed
	return nil
}

// endsWithRow reports whether an observation may cease to hold when a registration comes,
// however ordinary: one about the age of the last registration.
func endsWithRow(code duty.ObservationCode) bool {
	return code == duty.ObservationCodeNoRegistrationSinceStart || code == duty.ObservationCodeNoRowsWhileInside
}

// awaitsRow reports whether a verdict leaves an observation open that a row known after it may
// close. A routine that begins with this verdict would take the row in and leave the line open.
func awaitsRow(in *duty.Input, res *duty.Result) bool {
	ends := func(o duty.Observation) bool { return endsWithRow(o.Code) }
	after := func(k duty.Known[duty.CardEvent]) bool { return k.At > res.At }
	return slices.ContainsFunc(res.Observations, ends) && slices.ContainsFunc(in.Person.CardEvents, after)
}
