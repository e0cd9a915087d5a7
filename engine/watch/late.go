package watch

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// Late answers for which units a report may not hold as it is, since facts came too late for them
// (DAT-08): of most units no fact that could matter did, and then nobody has to look again.
type Late struct {
	at    duty.Instant
	limit duty.Instant
	// appeared is until when a device may have been heard for the first time.
	appeared duty.Instant
	// facts are those other than rows that were known more than delay after their own time.
	facts []lateFact
}

// lateFact is a version of a fact: own is the earliest own time of all its versions.
type lateFact struct{ own, known duty.Instant }

// delay is how long after its own time a fact is expected at the latest. A longer one costs time,
// and changes no answer.
const delay = duty.Day

// missedBy is by how much longer than delay a fact must have come late for somebody to have to look.
const missedBy = 2 * duty.Hour

// Late gathers the facts that came late by a clock.
func (w *Watch) Late(at duty.Instant) *Late {
	l := &Late{at: at, limit: w.Params(at).LateAccusation, appeared: duty.Forever}
	addLate(l, w.heartbeats, func(v *duty.Heartbeat) (string, duty.Instant) { return v.ID, v.At })
	addLate(l, w.counts, func(v *duty.Reconciliation) (string, duty.Instant) { return v.ID, v.From })
	addLate(l, w.incidents, func(v *duty.Incident) (string, duty.Instant) { return v.IncidentID, v.From })
	return l
}

// addLate adds the late versions of a list that SortVersions sorted, so that those of one fact
// follow one another.
func addLate[T any](l *Late, list []*duty.Known[T], of func(*T) (id string, own duty.Instant)) {
	for from := 0; from < len(list); {
		id, own := of(&list[from].Fact)
		to := from + 1
		for ; to < len(list); to++ {
			other, at := of(&list[to].Fact)
			if other != id {
				break
			}
			own = min(own, at)
		}
		for _, k := range list[from:to] {
			if k.At-own > delay && k.At <= l.at {
				l.facts = append(l.facts, lateFact{own, k.At})
			}
		}
		from = to
	}
}

// beyond is how far after the due instant of a unit an incident may begin and still bear on it.
const beyond = duty.Day

// Doubtful returns the due instants of units for which a report on timely rows and all other facts
// (View.Strict with Due at the clock) may not be that of their own view, as far as its incidents
// begin by a day after the unit fell due; sorted, apart from one another. The reason why the others
// need no look of their own: what their view lacks, but for facts that came late, has an own time
// near its horizon or later, and an incident that ended well before the horizon, and was shown to be
// nothing by then, does not depend on that.
func (l *Late) Doubtful(r *Report) []duty.Span {
	end := l.at - l.limit // from then on the view lacks nothing
	before := l.limit - delay - missedBy
	if before <= beyond {
		return []duty.Span{{From: duty.Beginning, To: end}}
	}
	var out []duty.Span
	add := func(from, to duty.Instant) {
		if to = min(to, end); from < to {
			out = append(out, duty.Span{From: from, To: to})
		}
	}
	for _, f := range l.facts {
		add(f.own-before, f.known-l.limit)
	}
	for i := range r.Incidents {
		a := &r.Incidents[i]
		until := max(a.To.Or(duty.Forever)-before, a.Proven-l.limit)
		// A feed's silence waits for every device of the centre, also for one that appeared later.
		if a.Cause == CauseSilence && len(a.DeviceIDs) == 0 && a.State != Dissolved {
			until = max(until, l.appeared-l.limit)
		}
		add(a.From-beyond+1, until)
	}
	return duty.MergeSpans(out)
}

// within reports whether one of several spans, sorted and apart, contains an instant.
func within(list []duty.Span, t duty.Instant) bool {
	i, found := slices.BinarySearchFunc(list, t, func(s duty.Span, t duty.Instant) int { return cmp.Compare(s.From, t) })
	return found || i > 0 && t < list[i-1].To
}

// Begun returns the incidents of a report that begin before an instant, in an order of their own:
// for comparing two reports.
func (r *Report) Begun(before duty.Instant) []Automatic {
	var out []Automatic
	for i := range r.Incidents {
		if r.Incidents[i].From < before {
			out = append(out, r.Incidents[i])
		}
	}
	slices.SortFunc(out, func(a, b Automatic) int { return cmp.Compare(a.ID, b.ID) })
	return out
}
