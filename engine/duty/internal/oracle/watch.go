package oracle

import (
	"sort"

	"tilsyn/engine/duty"
)

// What the watch says (contract-watch §6). Automatic incidents come from outside, for
// each policy, clock and due instant anew: the watch has a dumb evaluator of its own.
// How far feeds had told everything is looked up here, heartbeat by heartbeat.

// automatic are the automatic incidents that stand; a silence that lasts is none until it
// is long enough.
func (w *world) automatic() []duty.Incident {
	if w.c.Automatic == nil {
		return nil
	}
	due := w.only
	if w.late != nil {
		due = duty.Some(w.late.due)
	}
	var out []duty.Incident
	for _, a := range w.c.Automatic(w.pol, w.clock, due) {
		if a.Opened <= w.at {
			out = append(out, a.Incident)
		}
	}
	return out
}

// restOn notes the registrations that a record rests on.
func (v *verdict) restOn(list ...*obs) {
	for _, o := range list {
		if o != nil {
			v.rests = max(v.rests, o.own)
		}
	}
}

// behind reports whether, by what was known at t, a feed of the unit's centres or of all
// had not told everything up to n. A feed that had told nothing yet is behind nothing.
func (w *world) behind(v *verdict, t, n duty.Instant) bool {
	through := map[[2]string]duty.Instant{}
	for _, k := range current(w.c.Centres.Heartbeats, headHeartbeat, func(k *duty.Known[duty.Heartbeat]) bool {
		return k.At <= t && sensibleBeat(&k.Fact)
	}) {
		h := &k.Fact
		if !isFeed(h.SourceID) || h.At > k.At+24*duty.Hour || h.CentreID.OK && !has(v.centres, h.CentreID.V) {
			continue
		}
		source := [2]string{h.SourceID, h.CentreID.Or("")}
		if old, ok := through[source]; !ok || old < min(h.At, k.At) {
			through[source] = min(h.At, k.At)
		}
	}
	for _, x := range through {
		if x < n {
			return true
		}
	}
	return false
}

func isFeed(source string) bool {
	return has([]string{
		"feed:card-events", "feed:manual-entries", "feed:notices", "feed:obligation-changes", "feed:permissions",
	}, source)
}

func sensibleBeat(h *duty.Heartbeat) bool {
	return names(h.ID, h.SourceID) && (!h.CentreID.OK || names(h.CentreID.V)) && times(h.At)
}

// restedOn is how far the feeds had to tell everything at t: the due instant, or the
// latest own time of what the record rested on with the facts known then, in the mildest
// reading.
func (w *world) restedOn(v *verdict, t duty.Instant) duty.Instant {
	best, rank := v.due, 9
	all := newWorld(w.c, t, w.pol, w.par, w.late, 0, nil).choices()
	for choice := 0; choice < all; choice++ {
		x := newWorld(w.c, t, w.pol, w.par, w.late, choice, func(x *world) { x.clock, x.only = w.clock, w.only })
		u := x.bare(v.kind, v.date)
		r, n := 0, v.due
		if u != nil && u.candidate() {
			n = max(n, u.rests)
			r = 1
			if u.outcome == duty.OutcomeIndicated {
				r = 2
			}
		}
		if r < rank {
			best, rank = n, r
		}
	}
	return best
}

// bare is the verdict of the rules alone, before settlement and holds.
func (w *world) bare(kind duty.Kind, d duty.Date) *verdict {
	switch kind {
	case duty.KindNotify:
		return w.notify(d)
	case duty.KindReport:
		return w.report(d)
	}
	return w.stay(d)
}

// turnsOf are all instants at which anything became known.
func (w *world) turnsOf() []duty.Instant {
	var out []duty.Instant
	p, f := w.c.Person, &w.c.Centres
	collect(&out, p.CardEvents)
	collect(&out, p.ManualEntries)
	collect(&out, p.Notices)
	collect(&out, p.ObligationChanges)
	collect(&out, p.GroupChanges)
	collect(&out, p.Permissions)
	collect(&out, p.Holds)
	collect(&out, p.DepartureAssessments)
	collect(&out, p.IdentityLinks)
	collect(&out, p.CardAssignments)
	collect(&out, f.Incidents)
	collect(&out, f.Exclusions)
	collect(&out, f.Settlements)
	collect(&out, f.Resolutions)
	collect(&out, f.ManualEntries)
	collect(&out, f.Heartbeats)
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}

func collect[T any](out *[]duty.Instant, list []duty.Known[T]) {
	for i := range list {
		*out = append(*out, list[i].At)
	}
}

// waits reports whether the unit waits for a feed.
func (w *world) waits(v *verdict, holds []bad) bool {
	return w.c.Automatic != nil && w.behind(v, w.at, max(v.due, v.rests)) && !w.hadProof(v, holds, w.at)
}

// toldLate reports whether feeds had told everything only when it was late for the unit.
func (w *world) toldLate(v *verdict, holds []bad) bool {
	limit := v.due + w.par.LateAccusation
	if w.c.Automatic == nil || w.at <= limit || !w.behind(v, limit, max(v.due, v.rests)) {
		return false
	}
	return w.behind(v, limit, v.due) || !w.hadProof(v, holds, limit+1)
}

// supervised reports whether a registered device of the unit's centres sent heartbeats
// in time before the unit fell due.
func (w *world) supervised(v *verdict) bool {
	beats := current(w.c.Centres.Heartbeats, headHeartbeat, func(k *duty.Known[duty.Heartbeat]) bool {
		return k.At <= w.clock && sensibleBeat(&k.Fact)
	})
	for _, k := range beats {
		t := min(k.Fact.At, k.At)
		if k.Fact.At > k.At+24*duty.Hour || k.At-k.Fact.At > w.par.LateAccusation {
			continue
		}
		for i := range w.pol.Devices {
			d := &w.pol.Devices[i]
			if d.ID == k.Fact.SourceID && d.Type != duty.DeviceTypeOfflineLock && has(v.centres, d.CentreID) &&
				d.From <= t && t <= v.due && v.due < d.To {
				return true
			}
		}
	}
	return false
}
