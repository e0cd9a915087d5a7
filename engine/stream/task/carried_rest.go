package task

import (
	"math"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
)

// What a verdict on the units that are not carried leads to. Where a method is called on nil, nothing is carried, and
// the verdict is one on everything.

// decideRest decides a person by a verdict on the units that are not carried, for which only their rows are read.
// False means that everything has to be judged, since something would be told; nothing has happened then.
func (t *Task) decideRest(p *person, over *carried) (bool, error) {
	k, err := t.loadRest(p, over)
	if err != nil {
		return false, err
	}
	t.carried.rows += len(k.facts.CardEvents) + len(k.facts.ManualEntries)
	at := t.clockFor(k)
	whole, refused := t.input(p.id, &k.facts), t.stats.Refused.Load()
	in, ok := over.Rest(whole, at)
	if !ok || p.header.Connected {
		return false, nil
	}
	res, behind, at, ok := t.verdict(p, in, at)
	if !ok {
		return false, nil
	}
	caughtUp := t.at.CaughtUp
	tell, about := t.holdBack(in, res, over.judged(k.said), at > caughtUp, behind)
	revisions, ok := t.revise(in, tell, about)
	if !ok || len(revisions) > 0 {
		return false, nil
	}
	t.noteHeld(p, countHeld(&res))
	next := min(max(over.Next(&res), at+1), k.ahead)
	if at > caughtUp {
		next = at
	}
	left := t.at.Unheard || t.onlyClears() && len(tell.Units) < len(res.Units)
	if left { // as in decide
		next, p.judged = min(next, at), -1
	}
	if at == caughtUp && !t.at.Unheard {
		if err := t.tellSide(p, k, &res, over); err != nil {
			return false, err
		}
		if !left {
			t.goOn(p, &in, &res, over)
		}
		if !left && !t.onlyClears() && t.stats.Refused.Load() == refused {
			t.advance(p, k, whole, &res, over)
		}
	} else if !left && t.followAhead(p, &in, &res, over) {
		if next, err = t.goOnBehind(p, k, &in, behind, over, next); err != nil {
			return false, err
		}
	}
	next = min(next, p.sums.next)
	t.must.decided(t, next, left)
	p.next, p.changed = next, true
	t.cycle.decided++
	t.stats.Evaluations.Add(1)
	t.stats.Carried.Add(1)
	return true, t.must.carried(t, p, k, over, &res)
}

// keeps reports whether a line of data quality or an observation stays as it is; on nil none does.
func (x *carried) keeps(l *sideLine) bool {
	if x == nil || l.observation {
		return x != nil && x.KeepsObservation(l.from)
	}
	return x.KeepsQuality(duty.DataQualityCode(l.code), l.from)
}

// withCounted returns a verdict with the units before that count in the case summary; on nil the verdict itself.
func (x *carried) withCounted(res *duty.Result) *duty.Result {
	if x == nil || len(x.counted) == 0 {
		return res
	}
	all := *res
	all.Units = slices.Concat(x.counted, res.Units)
	return &all
}

// withTold adds the units before to those that something was told of; on nil there are none.
func (x *carried) withTold(said []duty.Said) []duty.Said {
	if x == nil {
		return said
	}
	for _, u := range x.told {
		said = append(said, duty.Said{Kind: u.kind, Status: u.status, Date: u.date, Instant: u.instant,
			Material: duty.Material{Group: u.group}})
	}
	return said
}

// judged returns what was told of the units that are not carried; on nil all of it.
func (x *carried) judged(said []duty.Said) []duty.Said {
	if x == nil {
		return said
	}
	return slices.DeleteFunc(slices.Clone(said), func(s duty.Said) bool { return s.Date < x.From })
}

// goesOn returns the routine that may go on behind a verdict on the units that are not carried; on nil on everything.
func (x *carried) goesOn(in *duty.Input, res *duty.Result) (duty.Routine, bool) {
	if x == nil {
		return res.Routine(in)
	}
	return x.Routine(in, res)
}

// next returns when the clock alone may change anything of such a verdict.
func (x *carried) next(res *duty.Result) duty.Instant {
	if x == nil {
		return res.Next
	}
	return x.Next(res)
}

// firstMonth returns the first month of the ledger that is not carried; on nil there is none before it.
func (x *carried) firstMonth() int32 {
	if x == nil {
		return math.MinInt32
	}
	return stored.MonthOf(x.From)
}

// months returns the months of the ledger that a verdict on what is not carried says anything of, completed; on nil
// those of a verdict on everything.
func (x *carried) months(person string, res *duty.Result) []stored.LedgerMonth {
	months := stored.LedgerOf(person, res)
	if x == nil {
		return months
	}
	return x.month.Complete(person, months, x.policy)
}
