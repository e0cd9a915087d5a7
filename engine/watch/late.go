package watch

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// Late answers for which units a report holds as it is, though facts came too late for them
// (DAT-08): of most units no fact that could matter did, and then nobody has to look again.
type Late struct {
	at    duty.Instant
	limit duty.Instant
	// facts are those other than rows that were known more than delay after their own time.
	facts []lateFact
}

// lateFact is a version of a fact: own is the earliest own time of all its versions.
type lateFact struct{ own, known duty.Instant }

// delay is how long after its own time a fact is expected at the latest. A longer one costs time,
// and changes no answer.
const delay = duty.Day

// Late gathers the facts that came late by a clock.
func (w *Watch) Late(at duty.Instant) *Late {
	l := &Late{at: at, limit: w.Params(at).LateAccusation}
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

// Holds reports whether the automatic incidents of a report on timely rows and all other facts
// (View.Strict with Due at the clock) are those of the view for a unit that fell due at an instant,
// as far as they begin by a day after it. Where it says false they may still be. The reason: what
// the view lacks, but for facts that came late, has an own time near its horizon or later, and an
// incident that ended well before the horizon, and was shown to be nothing by then, does not depend
// on that.
func (l *Late) Holds(r *Report, due duty.Instant) bool {
	last := due + l.limit
	if l.at <= last {
		return true // the view lacks nothing
	}
	horizon := last - delay - 2*duty.Hour
	cut := due + beyond
	lacking := func(f lateFact) bool { return f.known > last && f.own <= horizon }
	if horizon <= cut || slices.ContainsFunc(l.facts, lacking) {
		return false
	}
	for i := range r.Incidents {
		a := &r.Incidents[i]
		// A feed's silence waits for every device of the centre, also for one that appeared later.
		whole := a.Cause == CauseSilence && len(a.DeviceIDs) == 0 && a.State != Dissolved
		if a.From < cut && (whole || a.To.Or(duty.Forever) > horizon || a.Proven > last) {
			return false
		}
	}
	return true
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
