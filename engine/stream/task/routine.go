package task

import (
	"cmp"
	"fmt"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/telling"
	"tilsyn/engine/stream/wire"
	"tilsyn/state"
)

// routineDay is the first day of the rows that a routine still needs.
func routineDay(m *duty.Routine) int32 {
	if m.Centre() == "" || m.Since() == duty.Beginning {
		return state.Undated
	}
	return int32(stored.FloorDiv(int64(m.Since()), int64(duty.Day)))
}

// input is what the core is given of a person.
func (t *Task) input(id string, facts *duty.Facts) duty.Input {
	return duty.Input{PersonID: id, Person: facts, Centres: t.centreFacts(), Policies: t.snap.Policies}
}

// daysOf returns the first day of the rows that the walk over due persons has to read for a
// header: those since the routine's last night, or all.
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
	p.view = v
	err = t.decide(p)
	p.view = nil
	return err
}

// advanceRoutine decides a person's nights by the routine, from what the walk shows; false if a
// full evaluation is needed.
func (t *Task) advanceRoutine(v *state.View) (bool, error) {
	front, rest, err := stored.SplitHeader(v.Header.Data)
	if err != nil || len(front.Routine) == 0 || !t.routines {
		return false, err
	}
	who := t.roster.seen(v.Person, &front, fromStored(v.Header.Next))
	e := &t.roster.entries[who]
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
			return false, fmt.Errorf("task %d: a stored row: %w", t.at.Task, err)
		}
	}
	if err := t.cycle.stack.each(e, func(b []byte) error { return rows.add(t, b, id) }); err != nil {
		return false, err
	}
	if rows.foreign || len(t.snap.Misplaced.Of(id)) > 0 {
		return false, nil
	}
	in := t.input(id, nil)
	at := t.at.CaughtUp
	if !m.Advance(&in, rows.list, at, &t.advanced) {
		return false, nil
	}
	// Rows known ahead of the clock were checked when they were read. If the roster knows where
	// the person's rows end, all of them were ordinary and cannot change what was told.
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
	if err := t.must.routine(t, v.Person, who, nil, t.advanced.Nights); err != nil {
		return false, err
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

// enter adds a decided night to the month's ledger, which is written later.
func (t *Task) enter(m *stored.Routine, u *duty.LedgerUnit) {
	m.Month.Enter(u)
	m.Decided = t.at.CaughtUp
	t.at.Ledger.Add(t.at.CaughtUp)
}

// routineRows are the rows given to a routine, in reused memory.
type routineRows struct {
	list []duty.Known[duty.CardEvent]
	// foreign is true if a fact among them is not a packed row.
	foreign bool
}

func (r *routineRows) reset() { r.list, r.foreign = r.list[:0], false }

// add unpacks a stored row of a person and appends it.
func (r *routineRows) add(t *Task, b []byte, person string) error {
	if len(b) == 0 || b[0] != stored.PackedRow {
		r.foreign = true
		return nil
	}
	r.list = append(r.list, duty.Known[duty.CardEvent]{})
	return t.shapes.UnpackRow(b, person, t.at.Task, stored.SharedRow, &r.list[len(r.list)-1])
}

// after is when the first row known after a clock becomes known.
func (r *routineRows) after(at duty.Instant) duty.Instant {
	next := duty.Forever
	for i := range r.list {
		if known := r.list[i].At; known > at {
			next = min(next, known)
		}
	}
	return next
}

// nextOfRoutine reports whether a row is the ordinary next one of a person with a routine, and
// then moves the end of that person's rows.
func (t *Task) nextOfRoutine(r *resident, e *duty.CardEvent, known duty.Instant) bool {
	if r.flags&isRoutine == 0 || r.centre == 0 || r.centre != t.shapes.Centre(e.CentreID) {
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
	if !t.routines || p.header.Joined || len(k.facts.Unreadable) > 0 {
		return false, nil
	}
	in := t.input(p.id, &k.facts)
	m, caughtUp := p.header.Routine, t.at.CaughtUp
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
	t.must.decided(t, p.next, false)
	return true, t.must.routine(t, []byte(p.id), p.resident, p, t.advanced.Nights)
}

// advanceBy advances a person's routine to a clock, or begins one if nothing was told.
func (t *Task) advanceBy(p *person, m *stored.Routine, in *duty.Input, at duty.Instant) bool {
	if m.Centre() == "" {
		var ok bool
		// What has come since may close an open line.
		if m.Routine, ok = duty.StartRoutine(in, at); !ok || p.header.Told || len(p.sides.list) > 0 {
			return false
		}
	}
	return m.Advance(in, in.Person.CardEvents, at, &t.advanced)
}

// tailAhead is where the person's rows end, including those known after the routine's clock;
// false unless these are the ordinary next ones, one after the other.
func (t *Task) tailAhead(m *duty.Routine, in *duty.Input, rows []duty.Known[duty.CardEvent], at duty.Instant) (duty.RoutineTail, bool) {
	t.aheadRows = t.aheadRows[:0]
	for i := range rows {
		if rows[i].At > at {
			t.aheadRows = append(t.aheadRows, &rows[i])
		}
	}
	slices.SortFunc(t.aheadRows, func(a, b *duty.Known[duty.CardEvent]) int { return cmp.Compare(a.Fact.OccurredAt, b.Fact.OccurredAt) })
	tail, centre, limit := m.Tail(), m.Centre(), t.watermark.Limit()
	for i, k := range t.aheadRows {
		if i > 0 && k.Fact == t.aheadRows[i-1].Fact {
			continue // a walk may show the same row twice
		}
		if k.At > limit || !tail.Row(in, centre, &k.Fact, k.At) {
			return tail, false
		}
	}
	return tail, true
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
func (t *Task) policy() *duty.Policy { return t.snap.Policies[len(t.snap.Policies)-1].Policy }

// followAhead remembers where the rows of a person evaluated ahead of caught_up end, if their
// ordinary next rows can change nothing that was told. Without this, every such row in a
// backlog would cost an evaluation. The person is judged again when caught_up gets there all
// the same. It reports whether it could.
func (t *Task) followAhead(p *person, in *duty.Input, res *duty.Result) bool {
	if !t.routines || p.header.Joined {
		return false
	}
	if m, ok := res.Routine(in); ok {
		p.tail, p.tailed = t.tailAhead(&m, in, in.Person.CardEvents, res.At)
	}
	return p.tailed
}

// goOnBehind is goOn for a person evaluated ahead of caught_up. It requires that the verdict at
// caught_up (behind, nil if not known) adds nothing to what was told, and that all rows ahead
// are the ordinary next ones. Without it the person would be evaluated again whenever caught_up
// reaches what was the newest row, as long as the backlog lasts. It returns when the person is
// next due: next, if no routine goes on.
func (t *Task) goOnBehind(p *person, k *knowledge, in *duty.Input, behind *duty.Result, next duty.Instant) (duty.Instant, error) {
	if t.clearing {
		return next, nil
	}
	if behind == nil {
		behind = t.behind(*in)
	}
	m, ok := behind.Routine(in)
	if !ok || awaitsRow(in, behind) {
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
	return max(behind.Next, t.at.CaughtUp+1), nil
}

// addsNothing reports whether a verdict leads to no revision of what was said.
func (t *Task) addsNothing(in *duty.Input, res *duty.Result, said []duty.Said) (ok bool) {
	defer t.guard(&ok)
	revisions, err := t.judge.Revise(*in, *res, said)
	return err == nil && len(revisions) == 0
}

// goOn lets a routine take over after a full evaluation at caught_up, if only ordinary rows can
// follow.
func (t *Task) goOn(p *person, in *duty.Input, res *duty.Result) {
	p.header.EndRoutine()
	if !t.routines || p.header.Joined {
		return
	}
	var m stored.Routine
	var ok bool
	if m.Routine, ok = res.Routine(in); !ok || awaitsRow(in, res) {
		return
	}
	m.Month = stored.MonthOfResult(res, t.policy())
	p.header.Routine = m
	p.tail, p.tailed = t.tailAhead(&m.Routine, in, in.Person.CardEvents, res.At)
}
