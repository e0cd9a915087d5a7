package task

import (
	"reflect"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/invariant"
	"tilsyn/engine/stream/stored"
	"tilsyn/state"
)

// carried is asked when a person is decided by a verdict on the units that are not carried. It reads and
// evaluates everything, and asserts that nothing of before would be told, that the units are the same, and,
// at caught_up, that the ledger and the open lines are those of everything.
func (m *invariants) carried(t *Task, p *person, rest *knowledge, over *carried, res *duty.Result) error {
	if m == nil {
		return nil
	}
	was := *rest // whose memory is that of the cycle
	t.cycle.knowledge = knowledge{}
	defer func() { t.cycle.knowledge = was }()
	copied := person{id: p.id, resident: p.resident, fresh: p.fresh, told: p.told}
	k, err := t.load(&copied, state.Undated, stored.WholeRow)
	if err != nil {
		return err
	}
	invariant.Hold(t.clockFor(k) == t.clockFor(&was) && k.ahead == was.ahead && len(k.facts.Crowds) == 0 &&
		!copied.header.Connected, carriedAgrees,
		"task %d at %d: facts that are not read move the clock, or concern others", t.at.Task, res.At)
	in := t.input(p.id, &k.facts)
	all := t.judge.Evaluate(in, res.At)
	if res.At == t.at.CaughtUp {
		soon := min(max(all.Next, res.At+1), k.ahead)
		invariant.Hold(p.next <= soon, carriedAgrees, "task %d at %d: something may change at %d, and it is looked at at %d",
			t.at.Task, res.At, soon, p.next)
	}
	n := slices.IndexFunc(all.Units, func(u duty.Unit) bool { return u.Date >= over.From })
	if n < 0 {
		n = len(all.Units)
	}
	before := all
	before.Units = all.Units[:n]
	said := slices.DeleteFunc(slices.Clone(k.said), func(s duty.Said) bool { return s.Date >= over.From })
	revisions, err := t.judge.Revise(in, before, said)
	invariant.Hold(err == nil && len(revisions) == 0, carriedAgrees,
		"task %d at %d: %d revisions of units before are not told", t.at.Task, res.At, len(revisions))
	invariant.Hold(len(all.Units)-n == len(res.Units), carriedAgrees,
		"task %d at %d: there are %d units, and %d of everything", t.at.Task, res.At, len(res.Units), len(all.Units)-n)
	for i := range res.Units {
		u, v := &res.Units[i], &all.Units[n+i]
		same := u.Kind == v.Kind && u.Date == v.Date && u.Outcome == v.Outcome && u.Pending == v.Pending &&
			u.Instant == v.Instant && slices.Equal(u.Caveats, v.Caveats) && slices.Equal(u.Rules, v.Rules) &&
			u.Differs(&v.Material) == ""
		invariant.Hold(same, carriedAgrees, "task %d at %d: a unit is %s by %v, and of everything %s by %v",
			t.at.Task, res.At, u.Outcome, u.Rules, v.Outcome, v.Rules)
	}
	held, want := t.beside.held[p.resident], countHeld(&all)
	invariant.Hold(held == want, carriedAgrees, "task %d at %d: %v units are held back, and %v of everything",
		t.at.Task, res.At, held, want)
	switch {
	case p.header.Routine.Centre() != "":
		return m.carriedRoutine(t, p, k, &in)
	case res.At == t.at.CaughtUp && !t.at.Unheard:
		return m.carriedSide(t, p, k, &all)
	}
	return nil
}

// carriedRoutine asserts that the routine that goes on is the one behind the verdict on everything at caught_up, and
// what carriedSide does of that verdict.
func (m *invariants) carriedRoutine(t *Task, p *person, k *knowledge, in *duty.Input) error {
	all := t.judge.Evaluate(*in, t.at.CaughtUp)
	goes, ok := all.Routine(in)
	kept := &p.header.Routine
	month := stored.LastMonth(stored.LedgerOf(p.id, &all), t.policy())
	invariant.Hold(ok && !awaitsRow(in, &all) && goes.Tail() == kept.Tail() && goes.Since() == kept.Since() &&
		goes.Centre() == kept.Centre(), carriedAgrees, "task %d at %d: a routine goes on that is another one of everything",
		t.at.Task, all.At)
	invariant.Hold(p.next <= max(all.Next, all.At+1), carriedAgrees,
		"task %d at %d: something may change at %d, and it is looked at at %d", t.at.Task, all.At, all.Next, p.next)
	invariant.Hold(reflect.DeepEqual(month, kept.Month), carriedAgrees,
		"task %d at %d: the month of a routine is another one of everything", t.at.Task, all.At)
	return m.carriedSide(t, p, k, &all)
}

// carriedSide asserts what carried says of the ledger, the case summary and the open lines.
func (m *invariants) carriedSide(t *Task, p *person, k *knowledge, all *duty.Result) error {
	header := p.header
	header.Ledger = slices.Clone(header.Ledger)
	for _, month := range stored.LedgerOf(p.id, all) {
		invariant.Hold(!header.SetLedger(month.Number, month.Hash()), carriedAgrees,
			"task %d at %d: month %d of the ledger is another one of everything", t.at.Task, all.At, month.Number)
	}
	sums := p.sums
	t.summarise(p, k, all)
	invariant.Hold(p.sums.hash == sums.hash && p.sums.next == sums.next && (p.sums.write == nil) == (sums.write == nil),
		carriedAgrees, "task %d at %d: the case summary is another one of everything", t.at.Task, all.At)
	p.sums = sums
	s, err := t.sidesOf(p)
	if err != nil {
		return err
	}
	n := 0
	for i := range all.DataQuality {
		n += m.open(t, s, lineOfQuality(&all.DataQuality[i]), all.At)
	}
	for i := range all.Observations {
		n += m.open(t, s, lineOfObservation(&all.Observations[i]), all.At)
	}
	invariant.Hold(n == len(s.list), carriedAgrees,
		"task %d at %d: %d lines are open, and %d of everything", t.at.Task, all.At, len(s.list), n)
	return nil
}

// open asserts that a line of everything is open, and returns 1.
func (m *invariants) open(t *Task, s *sides, l sideLine, at duty.Instant) int {
	i := s.find(l.id)
	invariant.Hold(i >= 0 && s.list[i].same(&l), carriedAgrees,
		"task %d at %d: a line with code %d is not as it is of everything", t.at.Task, at, l.code)
	return 1
}
