package task

import (
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
	if res.At == t.at.CaughtUp && !t.at.Unheard {
		return m.carriedSide(t, p, k, res, &all)
	}
	return nil
}

// carriedSide asserts what carried says of the ledger, the case summary and the open lines.
func (m *invariants) carriedSide(t *Task, p *person, k *knowledge, res, all *duty.Result) error {
	header := p.header
	header.Ledger = slices.Clone(header.Ledger)
	for _, month := range stored.LedgerOf(p.id, all) {
		invariant.Hold(!header.SetLedger(month.Number, month.Hash()), carriedAgrees,
			"task %d at %d: month %d of the ledger is another one of everything", t.at.Task, res.At, month.Number)
	}
	sums := p.sums
	t.summarise(p, k, all)
	invariant.Hold(p.sums.hash == sums.hash && p.sums.next == sums.next && (p.sums.write == nil) == (sums.write == nil),
		carriedAgrees, "task %d at %d: the case summary is another one of everything", t.at.Task, res.At)
	p.sums = sums
	s, err := t.sidesOf(p)
	if err != nil {
		return err
	}
	n := 0
	for i := range all.DataQuality {
		n += m.open(t, s, lineOfQuality(&all.DataQuality[i]), res)
	}
	for i := range all.Observations {
		n += m.open(t, s, lineOfObservation(&all.Observations[i]), res)
	}
	invariant.Hold(n == len(s.list), carriedAgrees,
		"task %d at %d: %d lines are open, and %d of everything", t.at.Task, res.At, len(s.list), n)
	return nil
}

// open asserts that a line of everything is open, and returns 1.
func (m *invariants) open(t *Task, s *sides, l sideLine, res *duty.Result) int {
	i := s.find(l.id)
	invariant.Hold(i >= 0 && s.list[i].same(&l), carriedAgrees,
		"task %d at %d: a line with code %d is not as it is of everything", t.at.Task, res.At, l.code)
	return 1
}
