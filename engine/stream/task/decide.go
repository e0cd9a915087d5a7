package task

import (
	"fmt"
	"strconv"

	"tilsyn/engine/duty"
	"tilsyn/engine/invariant"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/telling"
	"tilsyn/state"
	"tilsyn/topics"
)

// decide evaluates one person and gathers what has to be told (doc.go, "Two clocks"). The
// person is evaluated at the newer of caught_up and the newest fact. What would be harsher than
// what was last told is held back unless the verdict at caught_up agrees. A person judged ahead
// of caught_up is due again when caught_up gets there, unless a routine can go on. If nothing
// was told of a person, nothing can be cleared, and the verdict at caught_up is enough unless
// it would tell something.
func (t *Task) decide(p *person) error {
	if p.judged == len(p.fresh) && p.judgedAt == t.at.CaughtUp {
		return nil
	}
	p.judged, p.judgedAt = len(p.fresh), t.at.CaughtUp
	p.urgent = false
	t.beside.letters.check(p.id)
	begins := p.header.Routine.Centre() == "" && !p.header.Told && p.header.Summary == 0
	if done, err := t.tryRoutine(p); done || err != nil {
		return err
	}
	if over := t.carriedOf(p); over != nil {
		if done, err := t.decideRest(p, over); done || err != nil {
			return err
		}
		t.carried.twice++
	}
	return t.decideAll(p, begins)
}

// decideAll decides a person by a verdict on everything. If begins is set, a routine is tried first: one that begins
// without a verdict leaves the case summary as it is.
func (t *Task) decideAll(p *person, begins bool) error {
	k, err := t.load(p, state.Undated, stored.WholeRow)
	if err != nil {
		return err
	}
	at := t.clockFor(k)
	if begins {
		if done, err := t.decideByRoutine(p, k, at); done || err != nil {
			return err
		}
	}
	t.cycle.decided++
	t.stats.Evaluations.Add(1)
	caughtUp := t.at.CaughtUp
	in := t.input(p.id, &k.facts)
	refused := t.stats.Refused.Load()
	res, behind, at, ok := t.verdict(p, in, at)
	if !ok {
		p.next, p.changed = at+retryFault, true
		return nil
	}
	t.noteHeld(p, countHeld(&res))
	next := min(max(res.Next, at+1), k.ahead)
	if at > caughtUp {
		next = at
	}
	tell, about := t.holdBack(in, res, k.said, at > caughtUp, behind)
	held := t.at.Unheard || t.onlyClears() && len(tell.Units) < len(res.Units)
	if held { // decide again once this cycle has read, the others have handed over, or caught_up moves
		next, p.judged = min(next, at), -1
	}
	revisions, ok := t.revise(in, tell, about)
	if !ok {
		p.next, p.changed = at+retryFault, true
		return nil
	}
	may := t.floor.Filter(t.judge, in, revisions, k.said, t.at.Judged)
	t.stats.Frozen.Add(int64(len(revisions) - len(may)))
	may, braked := t.brake(t.heldUnheard(may, k.said), k.said, at)
	if braked > 0 {
		t.noteBraked(p, &res, braked)
		held, next = true, min(next, at+brakeLook)
	}
	t.must.tell(t, p, k, may)
	if err := t.tell(p, k, may); err != nil {
		return err
	}
	if len(may) > 0 && (at != caughtUp || t.at.Unheard) {
		t.summarise(p, k, &res) // what clears ahead of caught_up counts at once
	}
	if at == caughtUp && !t.at.Unheard {
		if err := t.tellSide(p, k, &res, nil); err != nil {
			return err
		}
		if !held {
			t.goOn(p, &in, &res, nil)
		}
		if !held && len(may) == len(revisions) && t.stats.Refused.Load() == refused && !t.onlyClears() {
			t.carry(p, k, in, &res)
		}
	} else if !held && t.followAhead(p, &in, &res, nil) {
		if next, err = t.goOnBehind(p, k, &in, behind, nil, next); err != nil {
			return err
		}
	}
	next = min(next, p.sums.next)
	t.must.decided(t, next, held)
	p.next, p.changed = next, true
	return nil
}

// verdict returns the verdict on a person at a clock, or at caught_up if that is enough, and
// the clock used. behind is the verdict at caught_up if it was made too; ok is false if the
// evaluation failed.
func (t *Task) verdict(p *person, in duty.Input,
	at duty.Instant) (res duty.Result, behind *duty.Result, _ duty.Instant, ok bool) {
	if caughtUp := t.at.CaughtUp; at > caughtUp && caughtUp > duty.Beginning && !p.header.Told {
		if res, ok = t.evaluate(in, caughtUp); !ok || !telling.Tells(&res) {
			return res, nil, caughtUp, ok
		}
		first := res
		behind = &first
	}
	res, ok = t.evaluate(in, at)
	return res, behind, at, ok
}

// tryRoutine lets a person's routine decide, if there is one and it can; else it is over.
func (t *Task) tryRoutine(p *person) (done bool, err error) {
	if t.routines.on && !p.header.Connected && p.header.Routine.Centre() != "" {
		k, err := t.load(p, routineDay(&p.header.Routine.Routine), stored.SharedRow)
		if err != nil {
			return false, err
		}
		if done, err := t.decideByRoutine(p, k, t.clockFor(k)); done || err != nil {
			return done, err
		}
	}
	p.header.EndRoutine()
	p.tailed = false
	return false, nil
}

// clockFor is the clock of the newest fact that was read of a person or the centres, at least
// caught_up and at most the limit of the clock.
func (t *Task) clockFor(k *knowledge) duty.Instant {
	return max(t.at.CaughtUp, min(t.watermark.Limit(), max(k.newest, t.picture.NewestFact, t.moved.paper.newest)))
}

// revise returns the revisions of a verdict. Output validation stands between the core and any
// output (TX-11, TX-12): a unit that it refuses is counted and not told, while the person's
// other units are.
func (t *Task) revise(in duty.Input, res duty.Result, said []duty.Said) (revisions []duty.Violation, ok bool) {
	defer t.guard(&ok)
	revisions, err := t.judge.Revise(in, res, said)
	if err == nil {
		return revisions, true
	}
	one := res
	for i := range res.Units {
		u := &res.Units[i]
		one.Units = res.Units[i : i+1]
		var about []duty.Said
		if j := telling.Told(said, u.Kind, u.Date); j >= 0 {
			about = said[j : j+1]
		}
		v, err := t.judge.Revise(in, one, about)
		if err != nil {
			t.stats.Refused.Add(1)
			continue
		}
		revisions = append(revisions, v...)
	}
	one.Units = nil
	for j := range said {
		if s := &said[j]; telling.UnitIn(&res, s.Kind, s.Date) < 0 {
			v, err := t.judge.Revise(in, one, said[j:j+1])
			if err != nil {
				t.stats.Refused.Add(1)
				continue
			}
			revisions = append(revisions, v...)
		}
	}
	return revisions, true
}

// retryFault is when a person is evaluated again whose evaluation panicked.
const retryFault = duty.Hour

// guard recovers from a panic in the core, so that one person cannot stop the verdicts on all
// others. Nothing is told of that person; the fault is counted, and must raise an alarm.
func (t *Task) guard(ok *bool) {
	if fault := recover(); fault != nil {
		invariant.Pass(fault)
		*ok = false
		t.stats.Faults.Add(1)
	}
}

// evaluate returns the verdict on a person; ok is false if the core panicked.
func (t *Task) evaluate(in duty.Input, at duty.Instant) (res duty.Result, ok bool) {
	defer t.guard(&ok)
	return t.judge.Evaluate(in, at), true
}

// holdBack removes units from a verdict that would be told harsher than before: ahead of
// caught_up, those that are not as harsh at caught_up, or have their instant only after it, as
// another trigger of the same evening may; while the task only clears, all of them. It also
// removes what was said of these units, so that nothing at all is told of them. behind is the verdict
// at caught_up if it was made.
func (t *Task) holdBack(in duty.Input, res duty.Result, said []duty.Said, ahead bool,
	behind *duty.Result) (tell duty.Result, about []duty.Said) {
	clears := t.onlyClears()
	if !ahead && !clears {
		return res, said
	}
	tell, about = res, said
	tell.Units = nil
	harsher := func(u *duty.Unit) bool { return u.Record() && u.Severity() > telling.RankOfSaid(said, u.Kind, u.Date) }
	for i := range res.Units {
		u := &res.Units[i]
		if harsher(u) {
			if behind == nil && !clears {
				behind = t.behind(in.OnlyUnits(u.Date, lastUnit(&res, harsher)))
			}
			if clears || telling.RankIn(behind, u.Kind, u.Date) < u.Severity() || u.Ready > t.at.CaughtUp {
				about = telling.Without(about, u.Kind, u.Date)
				t.stats.Held.Add(1)
				continue
			}
		}
		tell.Units = append(tell.Units, *u)
	}
	return tell, about
}

// lastUnit returns the date of the last unit for which f holds.
func lastUnit(res *duty.Result, f func(*duty.Unit) bool) duty.Date {
	for i := len(res.Units) - 1; i > 0; i-- {
		if f(&res.Units[i]) {
			return res.Units[i].Date
		}
	}
	return res.Units[0].Date
}

// onlyClears reports whether nothing harsher than before may be told at present: in a walk that
// clears, which runs before reading, so that an unread record may clear; and while nobody may be
// accused.
func (t *Task) onlyClears() bool { return t.cycle.clearing || t.waits() }

// waits reports whether nobody may be accused at present: caught_up stands, or what the watch says
// rests on facts that this task may not have read yet.
func (t *Task) waits() bool { return t.Stands() != "" || t.watermark.Uncovered() }

// behind returns the verdict at caught_up; an empty one before the first mark is reached.
func (t *Task) behind(in duty.Input) *duty.Result {
	if t.at.CaughtUp == duty.Beginning {
		return &duty.Result{}
	}
	r, _ := t.evaluate(in, t.at.CaughtUp)
	return &r
}

// maxTold is the largest value that is written, in bytes; with key and headers it fits into
// every topic. The core's output is bounded far below this (decision 0014). The check is here
// so that a single record that is too large cannot block the records of all others.
const maxTold = topics.OwnRecordBytes - 4<<10

// tell adds a person's revisions to the transaction.
func (t *Task) tell(p *person, k *knowledge, revisions []duty.Violation) error {
	for i := range revisions {
		v := &revisions[i]
		value, err := t.codec.EncodeTold(duty.TopicViolations, v)
		if err != nil {
			return fmt.Errorf("task %d: encode a violation: %w", t.at.Task, err)
		}
		if len(value) > maxTold {
			t.must.refused(v)
			t.stats.Refused.Add(1)
			continue // not told, so not remembered either
		}
		t.cycle.write(broker.Out{
			Partition: broker.Partition{Topic: duty.TopicViolations, Index: t.at.Task},
			Key:       []byte(v.UnitID), Value: value,
			Headers: []broker.Header{
				{Key: broker.HeaderSchema, Value: []byte(broker.SchemaViolation)},
				{Key: broker.HeaderUnitID, Value: []byte(v.UnitID)},
				{Key: broker.HeaderRevision, Value: strconv.AppendInt(nil, int64(v.Revision), 10)},
			},
		})
		if err := t.log.enter(v); err != nil {
			return fmt.Errorf("task %d: %w", t.at.Task, err)
		}
		t.remember(p, duty.SaidOf(v), stored.Follow(k.lastOf(p, v.Kind, v.UnitDate)))
		t.stats.told(v)
		t.rebuild.told(v)
	}
	return nil
}

// remember keeps what was told of a unit, and what the unit was before, for the rest of the cycle
// and for the state.
func (t *Task) remember(p *person, s duty.Said, before []stored.Change) {
	p.sums.before.set(s.Kind, s.Date, before)
	if i := telling.Told(p.told, s.Kind, s.Date); i >= 0 {
		p.told[i] = s
	} else {
		p.told = append(p.told, s)
	}
	if !p.header.Told {
		p.header.Told, p.changed = true, true
	}
	p.header.EndRoutine()
}
