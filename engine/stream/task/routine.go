package task

import (
	"cmp"
	"fmt"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/telling"
	"tilsyn/engine/stream/wire"
	"tilsyn/state"
)

// routineDay is the day from which on the rows of a routine are read.
func routineDay(m *duty.Routine) int32 {
	if m.Centre() == "" || m.Since() == duty.Beginning {
		return state.Undated
	}
	return int32(stored.FloorDiv(int64(m.Since()), int64(duty.Day)))
}

// input is what the core gets of a person.
func (t *Task) input(id string, facts *duty.Facts) duty.Input {
	return duty.Input{PersonID: id, Person: facts, Centres: t.centreFacts(), Policies: t.snap.Policies}
}

// daysOf says what the walk over due persons has to read of a person: rows since
// the routine's last night, or everything.
func (t *Task) daysOf(data []byte) int32 {
	front, _, err := stored.SplitHeader(data)
	if err != nil || len(front.Routine) == 0 {
		return state.Undated
	}
	m, _, err := duty.ReadRoutine(front.Routine)
	if err != nil {
		return state.Undated
	}
	return routineDay(&m)
}

// visitDue evaluates a person whom the walk over due persons has come to.
func (t *Task) visitDue(v *state.View) error {
	if !t.cycle.room() {
		return errFull
	}
	done, err := t.advanceRoutine(v)
	if done || err != nil {
		return err
	}
	p, err := t.shown(v)
	if err != nil {
		return err
	}
	p.view = v
	err = t.decide(p)
	p.view = nil
	return err
}

// advanceRoutine decides the nights of a person by its routine, from what the
// walk shows of it; false where a full evaluation has to.
func (t *Task) advanceRoutine(v *state.View) (bool, error) {
	front, rest, err := stored.SplitHeader(v.Header.Data)
	if err != nil || len(front.Routine) == 0 || !t.routines {
		return false, err
	}
	e := &t.roster.entries[t.roster.seen(v.Person, &front, fromStored(v.Header.Next))]
	if e.flags&inCycle != 0 {
		return false, nil
	}
	m, err := stored.ReadRoutine(front.Routine)
	if err != nil {
		return false, err
	}
	id := wire.View(v.Person)
	rows := &t.rows
	rows.reset()
	for _, b := range v.Facts[v.Undated:] {
		if err := rows.add(t, b, id); err != nil {
			return false, fmt.Errorf("task %d: a stored row: %w", t.At.Task, err)
		}
	}
	if err := t.cycle.stack.each(e, func(b []byte) error { return rows.add(t, b, id) }); err != nil {
		return false, err
	}
	if rows.foreign || len(t.snap.Misplaced.Of(id)) > 0 {
		return false, nil
	}
	in := t.input(id, nil)
	at := t.At.CaughtUp
	if !m.Advance(&in, rows.list, at, &t.advanced) {
		return false, nil
	}
	// What is known ahead of the clock was looked at when it was read, and can
	// change nothing that was told, where the roster knows where the rows end.
	tail, followed := e.tail, e.flags&isRoutine != 0
	if followed {
		tail.Raise(m.Since())
	} else if tail, followed = t.tailAhead(&m.Routine, &in, rows.list, at); !followed && e.flags&wasTold != 0 {
		return false, nil
	}
	if !m.Month.Takes(t.advanced.Nights) {
		return false, nil
	}
	t.stats.Routine.Add(1)
	for i := range t.advanced.Nights {
		t.enter(&m, &t.advanced.Nights[i])
	}
	next := max(t.advanced.Next, at+1)
	if !followed {
		next = min(next, rows.after(at))
	}
	t.scratch = m.Append(t.scratch[:0])
	split := len(t.scratch)
	t.scratch = front.WithRoutine(t.scratch, t.scratch, rest)
	t.cycle.batch.SetHeaderBytes(v.Person, toStored(next), t.scratch[split:])
	t.cycle.routines++
	e.next, e.flags = next, e.flags|isKnown|hasRoutine
	if followed {
		e.follow(tail)
	}
	return true, nil
}

// enter adds a night just decided to the ledger of its month, which is written
// later.
func (t *Task) enter(m *stored.Routine, u *duty.LedgerUnit) {
	m.Month.Enter(u)
	m.Decided = t.At.CaughtUp
	t.At.Ledger.Add(t.At.CaughtUp)
}

// routineRows are the rows that a routine gets, in memory that is used again.
type routineRows struct {
	list []duty.Known[duty.CardEvent]
	// foreign is true where something was among them that is no packed row.
	foreign bool
}

func (r *routineRows) reset() { r.list, r.foreign = r.list[:0], false }

func (r *routineRows) add(t *Task, b []byte, person string) error {
	if len(b) == 0 || b[0] != stored.PackedRow {
		r.foreign = true
		return nil
	}
	r.list = append(r.list, duty.Known[duty.CardEvent]{})
	return t.shapes.UnpackRow(b, person, t.At.Task, stored.SharedRow, &r.list[len(r.list)-1])
}

// after is when the first row behind a clock is known.
func (r *routineRows) after(at duty.Instant) duty.Instant {
	next := duty.Forever
	for i := range r.list {
		if known := r.list[i].At; known > at {
			next = min(next, known)
		}
	}
	return next
}

// nextOfRoutine reports whether a row is the ordinary next one of a person with
// a routine, and moves the end of its rows if so.
func (t *Task) nextOfRoutine(r *resident, e *duty.CardEvent, known duty.Instant) bool {
	if r.flags&isRoutine == 0 || r.centre == 0 || r.centre != t.shapes.Centre(e.CentreID) {
		return false
	}
	in := t.input(e.PersonID.V, nil)
	return r.tail.Row(&in, e.CentreID, e, known)
}

// decideByRoutine tries the routine for a person that is in the cycle; false
// where a full evaluation has to decide.
//
// It decides at caught_up. What is known after that can clear nothing where
// nothing was told, and where something was, the rows ahead must be the ordinary
// next ones. Where it cannot decide there, because a fact of another kind is
// still ahead, it may at the newest clock; then it decides nothing, but nothing
// changes either until caught_up comes to that fact. Where all that is ahead is
// beyond the limit of the clock, there is no such clock.
func (t *Task) decideByRoutine(p *person, k *knowledge, at duty.Instant) (bool, error) {
	if !t.routines || p.header.Joined || len(k.facts.Unreadable) > 0 {
		return false, nil
	}
	in := t.input(p.id, &k.facts)
	m, caughtUp := p.header.Routine, t.At.CaughtUp
	decided := t.advanceBy(p, &m, &in, caughtUp)
	if decided {
		p.tail, p.tailed = t.tailAhead(&m.Routine, &in, k.facts.CardEvents, caughtUp)
		decided = p.tailed || !p.header.Told
	}
	if !decided {
		m = p.header.Routine
		if at <= caughtUp || k.ahead == duty.Forever || !t.advanceBy(p, &m, &in, at) {
			p.tailed = false
			return false, nil
		}
		p.next, p.tailed = min(at, k.ahead), false
	}
	t.stats.Routine.Add(1)
	t.cycle.routines++
	p.urgent, p.changed = false, true
	if !decided {
		return true, nil
	}
	for i := range t.advanced.Nights {
		u := &t.advanced.Nights[i]
		if n := stored.MonthOf(u.UnitDate); n != m.Month.Number {
			if err := t.endMonth(p, &m.Month); err != nil {
				return false, err
			}
			m.Month = stored.MonthLedger{Number: n}
		}
		t.enter(&m, u)
	}
	p.header.Routine = m
	p.next = max(t.advanced.Next, caughtUp+1)
	if !p.tailed {
		p.next = min(p.next, k.ahead)
	}
	return true, nil
}

// advanceBy moves the routine of a person on to a clock, or begins one where
// nothing was told.
func (t *Task) advanceBy(p *person, m *stored.Routine, in *duty.Input, at duty.Instant) bool {
	if m.Centre() == "" {
		var ok bool
		// What is open of the person may be over by what has come since.
		if m.Routine, ok = duty.StartRoutine(in, at); !ok || p.header.Told || len(p.sides.list) > 0 {
			return false
		}
	}
	return m.Advance(in, in.Person.CardEvents, at, &t.advanced)
}

// tailAhead is where the rows of a person end, those included that are known after
// the clock of the routine; false where these are not the ordinary next ones, each
// after the other.
func (t *Task) tailAhead(m *duty.Routine, in *duty.Input, rows []duty.Known[duty.CardEvent], at duty.Instant) (duty.RoutineTail, bool) {
	t.aheadRows = t.aheadRows[:0]
	for i := range rows {
		if rows[i].At > at {
			t.aheadRows = append(t.aheadRows, &rows[i])
		}
	}
	slices.SortFunc(t.aheadRows, func(a, b *duty.Known[duty.CardEvent]) int { return cmp.Compare(a.Fact.OccurredAt, b.Fact.OccurredAt) })
	tail, centre, limit := m.Tail(), m.Centre(), t.limit()
	for i, k := range t.aheadRows {
		if i > 0 && k.Fact == t.aheadRows[i-1].Fact {
			continue // a walk may show a row twice
		}
		if k.At > limit || !tail.Row(in, centre, &k.Fact, k.At) {
			return tail, false
		}
	}
	return tail, true
}

// endMonth writes the ledger of a month that gets no more nights.
func (t *Task) endMonth(p *person, m *stored.MonthLedger) error {
	if m.Empty() {
		return nil
	}
	l := m.Record(p.id, t.policy())
	p.header.SetLedger(l.Number, l.Hash())
	return t.out(broker.TopicOutcomes, []byte(p.id+":"+l.Record.Month), &l.Record)
}

// policy is the newest one.
func (t *Task) policy() *duty.Policy { return t.snap.Policies[len(t.snap.Policies)-1].Policy }

// followAhead remembers where the rows of a person end who was evaluated ahead of
// caught_up, where nothing that was told can change by the ordinary next ones: in a
// backlog each of them would be one more evaluation. The last word is had when
// caught_up gets there, all the same. It reports whether it could.
func (t *Task) followAhead(p *person, in *duty.Input, res *duty.Result) bool {
	if !t.routines || p.header.Joined {
		return false
	}
	if m, ok := res.Routine(in); ok {
		p.tail, p.tailed = t.tailAhead(&m, in, in.Person.CardEvents, res.At)
	}
	return p.tailed
}

// goOnBehind is goOn for a person who was evaluated ahead of caught_up, where that
// verdict and the one at caught_up (behind, nil where it is not known) say the same,
// and all that is ahead are ordinary next rows. Without it the person would be
// evaluated anew whenever caught_up comes to what was the newest row, as long as
// the backlog lasts. It returns when the person is due next, which is as given
// where no routine goes on.
func (t *Task) goOnBehind(p *person, k *knowledge, in *duty.Input, behind *duty.Result, next duty.Instant) (duty.Instant, error) {
	if t.clearing {
		return next, nil
	}
	if behind == nil {
		behind = t.behind(*in)
	}
	m, ok := behind.Routine(in)
	if !ok {
		return next, nil
	}
	tail, ok := t.tailAhead(&m, in, in.Person.CardEvents, behind.At)
	if !ok {
		return next, nil
	}
	said := append(slices.DeleteFunc(slices.Clone(k.said), func(s duty.Said) bool { return telling.Told(p.told, s.Kind, s.Date) >= 0 }), p.told...)
	if !t.addsNothing(in, behind, said) {
		return next, nil
	}
	if err := t.tellSide(p, behind); err != nil {
		return next, err
	}
	p.header.Routine = stored.Routine{Routine: m, Month: stored.MonthOfResult(behind, t.policy())}
	p.tail, p.tailed = tail, true
	return max(behind.Next, t.At.CaughtUp+1), nil
}

// addsNothing reports whether a verdict makes no revision of what was said.
func (t *Task) addsNothing(in *duty.Input, res *duty.Result, said []duty.Said) (ok bool) {
	defer t.guard(&ok)
	revisions, err := t.judge.Revise(*in, *res, said)
	return err == nil && len(revisions) == 0
}

// goOn lets a routine go on behind a full evaluation, where nothing but the
// ordinary can follow.
func (t *Task) goOn(p *person, in *duty.Input, res *duty.Result) {
	p.header.EndRoutine()
	if !t.routines || p.header.Joined {
		return
	}
	var m stored.Routine
	var ok bool
	if m.Routine, ok = res.Routine(in); !ok {
		return
	}
	m.Month = stored.MonthOfResult(res, t.policy())
	p.header.Routine = m
	p.tail, p.tailed = t.tailAhead(&m.Routine, in, in.Person.CardEvents, res.At)
}
