package task

import (
	"context"
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/telling"
)

// Floor is the beginning of the history that can be relied on (--history-floor;
// design.md, "Floor"). Facts known before it may be gone from the logs, so that
// a verdict may differ from what was told for no other reason than that. Losing
// history is never a reason to withdraw or to accuse: what was said stays, until
// a fact comes that changes it by itself.
//
// A fact did that where the verdict at the clock of the last revision, made of
// today's facts, still says what was told then: what is gone makes no
// difference to the unit, so what has changed since is due to new facts. Where
// it does not, only what clears by itself, and did not then, takes the record
// back. A rebuild takes silence as something that was said, too: who had all of
// the history told nothing of the unit. A unit that rests on anything before the floor is never told harsher.
type Floor struct {
	// at is the local midnight at which the floor begins; Beginning: there is
	// none.
	at duty.Instant
}

// FloorAt is the floor at the start of a local date; missing: none.
func FloorAt(d duty.Opt[duty.Date]) Floor {
	if !d.OK {
		return Floor{at: duty.Beginning}
	}
	return Floor{at: d.V.Start()}
}

// Set reports whether there is one.
func (f Floor) Set() bool { return f.at > duty.Beginning }

// Filter returns the revisions that may be told. Judged is as in progress: of
// whom nothing was told by somebody who knew more, nothing is told by who knows
// less.
func (f Floor) Filter(judge Adjudicator, in duty.Input, revisions []duty.Violation, said []duty.Said, judged duty.Instant) []duty.Violation {
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

// may reports whether a revision may be told after the last one of its unit.
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

// below reports whether a record rests on anything before the floor: its period
// or a registration that bounds it.
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

// asThen is the verdict on a unit at the clock of its last revision, of the
// facts that are known today; same where it says what was told.
func asThen(judge Adjudicator, in duty.Input, last *duty.Said) (then *duty.Unit, same bool) {
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

// clears reports whether an outcome rests on something that was found, and not
// on something that is missing.
func clears(outcome string) bool {
	return outcome == duty.OutcomeCompliant.String() || outcome == duty.OutcomeExcused.String() || outcome == duty.OutcomeExcluded.String()
}

// silences reports whether a side output speaks of the time before the floor:
// what was said of it stays.
func (f Floor) silences(record any) bool {
	if !f.Set() {
		return false
	}
	switch r := record.(type) {
	case *duty.OutcomeMonth:
		n := stored.MonthOf(f.at.Date())
		return r.Month <= fmt.Sprintf("%04d-%02d", n/12, n%12+1)
	case *duty.DataQuality:
		// Of a record that could not be read the time is that of the record, and not of
		// what it may speak of: that one is known is news, that it is gone is none.
		open := parkedLine(r) || r.Code == duty.DataQualityCodeUnreadable && r.State == duty.FindingStateOpen
		return !open && r.From < f.at
	case *duty.Observation:
		return r.From < f.at
	}
	return false
}

// begin is where reading a log begins whose positions are not known: at its
// start, which is 0 unless history is gone.
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

// StartsOf are the starts of logs whose beginning may be gone; none without a
// floor.
func StartsOf(ctx context.Context, b broker.Broker, parts []broker.Partition, at duty.Opt[duty.Date]) (broker.Offsets, error) {
	if !at.OK {
		return nil, nil
	}
	return b.Ends(ctx, parts, broker.LogStart)
}
