package task

import (
	"slices"

	"github.com/cespare/xxhash/v2"

	"tilsyn/engine/duty"
	"tilsyn/engine/invariant"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/wire"
	"tilsyn/state"
)

// sampleShare is how many decisions there are for one that is looked at closely: one evaluation
// costs as much as that many routines.
const sampleShare = 16

// sampled reports whether a decision about a person at a clock is looked at closely. It depends on
// these alone, so that a failing run can be repeated.
func sampled(person []byte, at duty.Instant) bool {
	var h xxhash.Digest
	h.ResetWithSeed(uint64(at))
	_, _ = h.Write(person)
	return h.Sum64()%sampleShare == 0
}

// routine is asked when a person's routine has decided nights at caught_up; p is nil if the person
// takes no part in the cycle. For a sample it evaluates everything known, and asserts that the
// evaluation gives the same nights and has nothing to tell.
func (m *invariants) routine(t *Task, id []byte, who uint32, p *person, nights []duty.LedgerUnit) error {
	if m == nil {
		return nil
	}
	return m.agree(t, id, who, p, nights)
}

// agree does what routine says.
func (m *invariants) agree(t *Task, id []byte, who uint32, p *person, nights []duty.LedgerUnit) error {
	if !sampled(id, t.at.CaughtUp) {
		return nil
	}
	if p == nil {
		m.byRoutine = append(m.byRoutine, who)
	}
	copied := person{id: string(id), resident: who}
	if p != nil {
		copied.fresh, copied.told = p.fresh, p.told
	}
	k, err := t.load(&copied, state.Undated, stored.WholeRow)
	if err != nil {
		return err
	}
	in := t.input(copied.id, &k.facts)
	res := t.judge.Evaluate(in, t.at.CaughtUp)
	for i := range nights {
		n := &nights[i]
		j := slices.IndexFunc(res.Units, func(u duty.Unit) bool { return u.Kind == n.Kind && u.Date == n.UnitDate })
		invariant.Hold(j >= 0, routineAgrees,
			"task %d at %d: a routine says %s of a night of which the evaluator says nothing", t.at.Task, res.At, n.Outcome)
		u := &res.Units[j]
		same := u.Outcome == n.Outcome && !u.Pending && u.PolicyVersion == n.PolicyVersion && u.Instant == n.Instant &&
			slices.Equal(u.Rules, n.Rules) && len(u.Caveats) == len(n.Caveats)
		invariant.Hold(same, routineAgrees,
			"task %d at %d: a routine says %s by %v of a night of which the evaluator says %s by %v",
			t.at.Task, res.At, n.Outcome, n.Rules, u.Outcome, u.Rules)
	}
	revisions, err := t.judge.Revise(in, res, k.said)
	may := t.floor.Filter(t.judge, in, revisions, k.said, t.at.Judged)
	invariant.Hold(err == nil && len(may) == 0, routineAgrees,
		"task %d at %d: a routine decides, and the evaluator would tell %d revisions", t.at.Task, res.At, len(may))
	return nil
}

// saved is asked after the local state was committed: what is in memory of the persons of the cycle
// must be what the store says, for a sample. An error is one of the store, as from the task's own reading.
func (m *invariants) saved(t *Task) error {
	if m == nil {
		return nil
	}
	for _, p := range t.cycle.order {
		if !sampled([]byte(p.id), t.at.CaughtUp) {
			continue
		}
		if err := m.compare(t, p.resident); err != nil {
			return err
		}
	}
	for _, who := range m.byRoutine {
		if err := m.compare(t, who); err != nil {
			return err
		}
	}
	return nil
}

// compare asserts that the entry of a person says what the store does.
func (m *invariants) compare(t *Task, who uint32) error {
	e := &t.roster.entries[who]
	h, err := t.store.Header(wire.View(t.roster.person(who)))
	if err != nil {
		return err
	}
	invariant.Hold(h.Known == (e.flags&isKnown != 0), rosterAgrees,
		"task %d: a person is in the store %t, in the roster %t", t.at.Task, h.Known, e.flags&isKnown != 0)
	if !h.Known {
		return nil
	}
	header, err := stored.DecodeHeader(h.Data)
	invariant.Hold(err == nil, rosterAgrees, "task %d: a header that was just written cannot be read", t.at.Task)
	invariant.Hold(e.next == fromStored(h.Next), rosterAgrees,
		"task %d: a person is due at %d in the roster and at %d in the store", t.at.Task, e.next, fromStored(h.Next))
	want := residentOf(header.Flags(), header.Routine.Centre() != "")
	invariant.Hold(e.flags&^(inCycle|isRoutine) == want, rosterAgrees,
		"task %d: the flags of a person are %b in the roster and %b in the store", t.at.Task, e.flags, want)
	invariant.Hold(e.card == 0 || len(header.Cards) == 1 && header.Cards[0] == e.card, rosterAgrees,
		"task %d: the roster knows another card of a person than the store", t.at.Task)
	one := len(header.Centres) == 1
	invariant.Hold(e.centre == 0 || one && t.roster.shapes.Centre(header.Centres[0]) == e.centre, rosterAgrees,
		"task %d: the roster knows another centre of a person than the store", t.at.Task)
	return nil
}
