package task

import (
	"context"
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/telling"
)

// Floor is the beginning of the history that can be relied on (--history-floor; design.md,
// "Floor"). Facts known before it may be gone from the logs, so that a verdict may differ from
// what was told for that reason alone. Losing history is never a reason to withdraw or to
// accuse: what was said stays until a new fact changes it.
//
// A change is due to new facts if the verdict at the clock of the last revision, on today's
// facts, still says what was told then: what is gone makes no difference to that unit. If it
// does not, only a milder revision may follow: a withdrawal for an outcome that rests on
// something found, which that verdict did not have yet, or a status milder than that verdict. A
// rebuild also treats silence as something that was said: whoever had the whole history told
// nothing of the unit. A unit that rests on anything before the floor is never told harsher.
type Floor struct {
	// at is the local midnight at which the floor begins; Beginning for no floor.
	at duty.Instant
}

// FloorAt returns the floor at the start of a local date; without a date, none.
func FloorAt(d duty.Opt[duty.Date]) Floor {
	if !d.OK {
		return Floor{at: duty.Beginning}
	}
	return Floor{at: d.V.Start()}
}

// Set reports whether there is a floor.
func (f Floor) Set() bool { return f.at > duty.Beginning }

// Filter returns the revisions that may be told. judged is [stored.Progress.Judged]: up to that
// clock an instance with more history told nothing of units that have no revision, so this one
// tells nothing of them either.
func (f Floor) Filter(judge Adjudicator, in duty.Input, revisions []duty.Violation, said []duty.Said,
	judged duty.Instant) []duty.Violation {
	if !f.Set() {
		return revisions
	}
	kept := revisions[:0]
	for i := range revisions {
		v := &revisions[i]
		var last *duty.Said
		if j := telling.Told(said, v.Kind, v.UnitDate); j >= 0 {
			last = &said[j]
		}
		if last == nil && v.Instant <= judged && judged > 0 {
			continue
		}
		if f.may(judge, in, v, last) {
			kept = append(kept, *v)
		}
	}
	return kept
}

// may reports whether a revision may follow the last one of its unit (nil for none).
func (f Floor) may(judge Adjudicator, in duty.Input, v *duty.Violation, last *duty.Said) bool {
	if last == nil {
		return !f.below(v)
	}
	then, same := asThen(judge, in, last)
	now, before := v.Status.Severity(), last.Status.Severity()
	switch {
	case now >= before && v.Status != duty.StatusWithdrawn:
		return same && !f.below(v)
	case same:
		return true
	case v.Status == duty.StatusWithdrawn:
		return clears(v.WithdrawnOutcome.V.String()) && (then == nil || !clears(then.Outcome.String()))
	}
	return then != nil && then.Severity() > now
}

// below reports whether a record rests on anything before the floor: its period, or a
// registration that bounds it.
func (f Floor) below(v *duty.Violation) bool {
	if v.PeriodFrom < f.at {
		return true
	}
	for i := range v.Evidence {
		if e := &v.Evidence[i]; e.Role != duty.EvidenceRoleContext && e.At < f.at {
			return true
		}
	}
	return false
}

// asThen is the verdict on a unit at the clock of its last revision, on the facts known today;
// same is true if it says what was told.
func asThen(judge Adjudicator, in duty.Input, last *duty.Said) (then *duty.Unit, same bool) {
	in = in.OnlyUnits(last.Date, last.Date)
	res := judge.Evaluate(in, last.EvaluatedAt)
	one := res
	one.Units = nil
	if i := telling.UnitIn(&res, last.Kind, last.Date); i >= 0 {
		one.Units = res.Units[i : i+1]
		then = &res.Units[i]
	}
	revisions, err := judge.Revise(in, one, []duty.Said{*last})
	return then, err == nil && len(revisions) == 0
}

// clears reports whether an outcome rests on something that was found, not on something
// missing.
func clears(outcome string) bool {
	return outcome == duty.OutcomeCompliant.String() || outcome == duty.OutcomeExcused.String() ||
		outcome == duty.OutcomeExcluded.String()
}

// silences reports whether a side output is about the time before the floor: what was said of
// that time stays.
func (f Floor) silences(record any) bool {
	if !f.Set() {
		return false
	}
	switch r := record.(type) {
	case *duty.OutcomeMonth:
		n := stored.MonthOf(f.at.Date())
		return r.Month <= fmt.Sprintf("%04d-%02d", n/12, n%12+1)
	case *duty.DataQuality:
		// For an unreadable record From is the time of the record, not of what it is about.
		// Opening its line is news; that it is gone is not.
		open := parkedLine(r) || r.Code == duty.DataQualityCodeUnreadable && r.State == duty.FindingStateOpen
		return !open && r.From < f.at
	case *duty.Observation:
		return r.From < f.at
	}
	return false
}

// begin moves positions that are not known to the start of their log, which is 0 unless history
// is gone.
func (f Floor) begin(at, starts broker.Offsets) {
	if !f.Set() {
		return
	}
	for p, n := range starts {
		if at[p] == 0 && n > 0 {
			at[p] = n
		}
	}
}

// StartsOf returns the start offsets of logs whose beginning may be gone; none without a floor.
func StartsOf(ctx context.Context, b broker.Broker, parts []broker.Partition,
	at duty.Opt[duty.Date]) (broker.Offsets, error) {
	if !at.OK {
		return nil, nil
	}
	return b.Ends(ctx, parts, broker.LogStart)
}
