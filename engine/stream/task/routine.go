package task

import (
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/wire"
	"tilsyn/state"
)

// input is what the core is given of a person.
func (t *Task) input(id string, facts *duty.Facts) duty.Input {
	return duty.Input{PersonID: id, Person: facts, Centres: t.centreFacts(), Policies: t.picture.Policies}
}

// daysOf returns the first day of the rows that the walk over due persons has to read for a person
// with a header: those since the routine's last night, those that are not carried, or all.
func (t *Task) daysOf(id, header []byte) int32 {
	front, _, err := stored.SplitHeader(header)
	if err != nil {
		return state.Undated
	}
	if len(front.Routine) == 0 {
		return t.restOf(id)
	}
	m, _, err := duty.ReadRoutine(front.Routine)
	if err != nil {
		return state.Undated
	}
	return routineDay(&m)
}

// visitDue evaluates a person whom the walk over due persons shows.
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
	return t.decideShown(p, v)
}

// decideShown decides a person whom a walk shows.
func (t *Task) decideShown(p *person, v *state.View) error {
	p.view = v
	err := t.decide(p)
	p.view = nil
	return err
}

// advanceRoutine decides a person's nights by the routine, from what the walk shows; false if a
// full evaluation is needed.
func (t *Task) advanceRoutine(v *state.View) (bool, error) {
	front, rest, err := stored.SplitHeader(v.Header.Data)
	if err != nil || len(front.Routine) == 0 || !t.routines.on {
		return false, err
	}
	who := t.roster.seen(v.Person, &front, fromStored(v.Header.Next))
	e := &t.roster.entries[who]
	if e.flags&inCycle != 0 {
		return false, nil
	}
	m, in := &t.routines.shown, &t.routines.input
	if *m, err = stored.ReadRoutine(front.Routine); err != nil {
		return false, err
	}
	id := wire.View(v.Person)
	rows, err := t.rowsOf(v, e)
	if err != nil {
		return false, err
	}
	if rows.foreign || len(t.picture.Misplaced.Of(id)) > 0 {
		return false, nil
	}
	*in = t.input(id, nil)
	at := t.at.CaughtUp
	if !t.routines.advance(&m.Routine, in, rows.list, at) {
		return false, nil
	}
	// Rows known ahead of the clock were checked when they were read. If the roster knows where
	// the person's rows end, all of them were ordinary and cannot change what was told.
	tail, followed := e.tail, e.flags&isRoutine != 0
	if followed {
		tail.Raise(m.Since())
	} else if tail, followed = t.routines.tail(&m.Routine, in, rows.list, at, t.watermark.Limit()); !followed &&
		e.flags&wasTold != 0 {
		return false, nil
	}
	if !m.Month.Takes(t.routines.advanced.Nights) {
		return false, nil
	}
	t.stats.Routine.Add(1)
	for i := range t.routines.advanced.Nights {
		t.enter(m, &t.routines.advanced.Nights[i])
	}
	if err := t.must.routine(t, v.Person, who, nil, t.routines.advanced.Nights); err != nil {
		return false, err
	}
	next := max(t.routines.advanced.Next, at+1)
	if !followed {
		next = min(next, rows.after(at))
	}
	t.cycle.batch.SetHeaderBytes(v.Person, toStored(next), t.routines.header(m, &front, rest))
	t.cycle.routines++
	e.next, e.flags = next, e.flags|isKnown|hasRoutine
	if followed {
		e.follow(tail)
	}
	return true, nil
}

// rowsOf are the rows that a walk shows of a person, and those of this cycle.
func (t *Task) rowsOf(v *state.View, e *resident) (*routineRows, error) {
	rows, id := &t.routines.rows, wire.View(v.Person)
	rows.reset()
	add := func(b []byte) error { return rows.add(&t.roster.shapes, t.at.Task, b, id) }
	for _, b := range v.Facts[v.Undated:] {
		if err := add(b); err != nil {
			return nil, fmt.Errorf("task %d: a stored row: %w", t.at.Task, err)
		}
	}
	return rows, t.cycle.stack.each(e, add)
}

// enter adds a decided night to the month's ledger, which is written later.
func (t *Task) enter(m *stored.Routine, u *duty.LedgerUnit) {
	m.Month.Enter(u)
	m.Decided = t.at.CaughtUp
	t.at.Ledger.Add(t.at.CaughtUp)
}

// nextOfRoutine reports whether a row is the ordinary next one of a person with a routine, and
// then moves the end of that person's rows.
func (t *Task) nextOfRoutine(r *resident, e *duty.CardEvent, known duty.Instant) bool {
	if r.flags&isRoutine == 0 || r.centre == 0 || r.centre != t.roster.shapes.Centre(e.CentreID) {
		return false
	}
	in := t.input(e.PersonID.V, nil)
	return r.tail.Row(&in, e.CentreID, e, known)
}

// decideByRoutine lets the routine decide for a person in the cycle; false if a full evaluation
// is needed.
//
// The routine decides at caught_up. What is known after that can clear nothing if nothing was
// told; if something was told, the rows ahead must be the ordinary next ones. If it cannot
// decide at caught_up because a fact of another kind is still ahead, it is asked at the newest
// clock. Then no night is decided, but nothing can change either before caught_up reaches that
// fact. If everything ahead is beyond the limit of the clock, there is no such clock.
func (t *Task) decideByRoutine(p *person, k *knowledge, at duty.Instant) (bool, error) {
	if !t.routines.on || p.header.Connected || len(k.facts.Unreadable) > 0 {
		return false, nil
	}
	in := t.input(p.id, &k.facts)
	m, caughtUp := p.header.Routine, t.at.CaughtUp
	decided := t.advanceBy(p, &m, &in, caughtUp)
	if decided {
		p.tail, p.tailed = t.routines.tail(&m.Routine, &in, k.facts.CardEvents, caughtUp, t.watermark.Limit())
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
	for i := range t.routines.advanced.Nights {
		u := &t.routines.advanced.Nights[i]
		if n := stored.MonthOf(u.UnitDate); n != m.Month.Number {
			if err := t.endMonth(p, &m.Month); err != nil {
				return false, err
			}
			m.Month = stored.MonthLedger{Number: n}
		}
		t.enter(&m, u)
	}
	p.header.Routine = m
	p.next = max(t.routines.advanced.Next, caughtUp+1)
	if !p.tailed {
		p.next = min(p.next, k.ahead)
	}
	t.must.decided(t, p.next, false)
	return true, t.must.routine(t, []byte(p.id), p.resident, p, t.routines.advanced.Nights)
}

// advanceBy advances a person's routine to a clock, or begins one if nothing was told.
func (t *Task) advanceBy(p *person, m *stored.Routine, in *duty.Input, at duty.Instant) bool {
	if m.Centre() == "" {
		var ok bool
		// What has come since may close an open line, and change a summary.
		if m.Routine, ok = duty.StartRoutine(in, at); !ok || p.header.Told || len(p.sides.list) > 0 ||
			p.header.Summary != 0 || len(in.Person.Convictions) > 0 {
			return false
		}
	}
	return t.routines.advance(&m.Routine, in, in.Person.CardEvents, at)
}

// endMonth writes the ledger of a month in which the routine will decide no more nights.
func (t *Task) endMonth(p *person, m *stored.MonthLedger) error {
	if m.Empty() {
		return nil
	}
	l := m.Record(p.id, t.policy())
	p.header.SetLedger(l.Number, l.Hash())
	return t.out(duty.TopicOutcomes, []byte(p.id+":"+l.Record.Month), &l.Record)
}

// policy is the newest active policy.
func (t *Task) policy() *duty.Policy { return t.picture.Policies[len(t.picture.Policies)-1].Policy }

// followAhead remembers where the rows of a person evaluated ahead of caught_up end, if their
// ordinary next rows can change nothing that was told. Without this, every such row in a
// backlog would cost an evaluation. The person is judged again when caught_up gets there all
// the same. It reports whether it could.
func (t *Task) followAhead(p *person, in *duty.Input, res *duty.Result, over *carried) bool {
	if !t.routines.on || p.header.Connected {
		return false
	}
	if m, ok := over.goesOn(in, res); ok {
		p.tail, p.tailed = t.routines.tail(&m, in, in.Person.CardEvents, res.At, t.watermark.Limit())
	}
	return p.tailed
}

// goOnBehind is goOn for a person evaluated ahead of caught_up. It requires that the verdict at
// caught_up (behind, nil if not known) adds nothing to what was told, and that all rows ahead
// are the ordinary next ones. Without it the person would be evaluated again whenever caught_up
// reaches what was the newest row, as long as the backlog lasts. It returns when the person is
// next due: next, if no routine goes on.
func (t *Task) goOnBehind(p *person, k *knowledge, in *duty.Input, behind *duty.Result, over *carried,
	next duty.Instant) (duty.Instant, error) {
	if t.cycle.clearing {
		return next, nil
	}
	if behind == nil {
		behind = t.behind(*in)
	}
	m, ok := over.goesOn(in, behind)
	if !ok || awaitsRow(in, behind) {
		return next, nil
	}
	tail, ok := t.routines.tail(&m, in, in.Person.CardEvents, behind.At, t.watermark.Limit())
	if !ok {
		return next, nil
	}
	if !t.addsNothing(in, behind, over.judged(k.saidNow(p))) {
		return next, nil
	}
	if err := t.tellSide(p, k, behind, over); err != nil || p.sums.bound {
		return next, err
	}
	p.header.Routine = stored.Routine{Routine: m, Month: stored.LastMonth(over.months(p.id, behind), t.policy())}
	p.tail, p.tailed = tail, true
	return max(over.next(behind), t.at.CaughtUp+1), nil
}

// addsNothing reports whether a verdict leads to no revision of what was said.
func (t *Task) addsNothing(in *duty.Input, res *duty.Result, said []duty.Said) (ok bool) {
	defer t.guard(&ok)
	revisions, err := t.judge.Revise(*in, *res, said)
	return err == nil && len(revisions) == 0
}

// goOn lets a routine take over after a verdict at caught_up, on everything or what is not carried, if only ordinary
// rows can follow. What is carried is kept for when the routine ends.
func (t *Task) goOn(p *person, in *duty.Input, res *duty.Result, over *carried) {
	p.header.EndRoutine()
	if !t.routines.on || p.header.Connected || p.sums.bound {
		return
	}
	var m stored.Routine
	var ok bool
	if m.Routine, ok = over.goesOn(in, res); !ok || awaitsRow(in, res) {
		return
	}
	m.Month = stored.LastMonth(over.months(p.id, res), t.policy())
	p.header.Routine = m
	p.tail, p.tailed = t.routines.tail(&m.Routine, in, in.Person.CardEvents, res.At, t.watermark.Limit())
}
