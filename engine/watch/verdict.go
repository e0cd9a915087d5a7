package watch

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// Automatic returns the automatic incidents of a report that stand, as the core takes them. A silence
// that lasts is opened by time alone, when it is longer than p allows (W-65).
func (r *Report) Automatic(p *duty.Params) *duty.Automatic {
	var out []duty.AutomaticIncident
	for i := range r.Incidents {
		a := &r.Incidents[i]
		if a.State != Active {
			continue
		}
		x := duty.AutomaticIncident{Incident: duty.Incident{
			ID: a.ID, Version: 1, IncidentID: a.ID, CentreID: a.CentreID, DeviceIDs: a.DeviceIDs, From: a.From, To: a.To,
			Kind: a.Kind, FormsStatus: duty.FormsStatusPending, State: duty.IncidentStateActive, Origin: duty.OriginAutomatic,
		}}
		if !a.To.OK {
			x.Opened = a.From + limit(p) + 1
		}
		out = append(out, x)
	}
	return duty.NewAutomatic(out)
}

// SameIncidents reports whether two reports have the same incidents, in the same states.
func (r *Report) SameIncidents(o *Report) bool {
	return slices.EqualFunc(r.Incidents, o.Incidents, func(a, b Automatic) bool {
		return a.ID == b.ID && a.From == b.From && a.To == b.To && a.State == b.State && a.CentreID == b.CentreID
	})
}

// Params returns the parameters by which the watch looks at a clock.
func (w *Watch) Params(at duty.Instant) *duty.Params { return w.policy.ParamsAt(at.Date()) }

// Supervised returns the devices of the register that were supervised by what was known at a clock,
// each over one period: from its first heartbeat that was known in time until the register ends it
// (W-05, W-06).
func (w *Watch) Supervised(at duty.Instant) []duty.Supervised {
	s := w.sight(View{At: at})
	var out []duty.Supervised
	beats := s.beats()
	for i := range w.policy.Devices {
		d := &w.policy.Devices[i]
		if d.Type == duty.DeviceTypeOfflineLock {
			continue
		}
		first := duty.Forever
		for _, k := range beats[source{id: d.ID}] {
			if g := beatSign(k); begins(d) <= g.at && g.at < d.To && !g.late(s.params.LateAccusation) {
				first = min(first, g.at)
			}
		}
		if first < duty.Forever {
			out = append(out, duty.Supervised{DeviceID: d.ID, CentreID: d.CentreID, Span: duty.Span{From: first, To: d.To}})
		}
	}
	return out
}

// Feeds returns how far each supervised feed had told everything, at any time (6.6).
func (w *Watch) Feeds() []duty.Feed {
	of := map[source][]told{}
	var names []source
	for _, facts := range byID(w.heartbeats) {
		for _, t := range turns(facts) {
			if !t.source.feed() || !w.knows(t.source) {
				continue
			}
			if _, ok := of[t.source]; !ok {
				names = append(names, t.source)
			}
			of[t.source] = append(of[t.source], t)
		}
	}
	slices.SortFunc(names, func(a, b source) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.centre, b.centre))
	})
	var out []duty.Feed
	for _, src := range names {
		steps := stairs(of[src])
		for _, listed := range w.policy.ListedFeed(src.id, src.centre) {
			out = append(out, duty.NewFeed(src.id, src.centre, listed, steps))
		}
	}
	return out
}

// told says that, from an instant on, a heartbeat promises everything through another; gone where it
// no longer does.
type told struct {
	source  source
	known   duty.Instant
	through duty.Instant
	gone    bool
}

// byID splits sorted versions into those of one heartbeat each.
func byID(sorted []*duty.Known[duty.Heartbeat]) [][]*duty.Known[duty.Heartbeat] {
	var out [][]*duty.Known[duty.Heartbeat]
	for from := 0; from < len(sorted); {
		to := from + 1
		for to < len(sorted) && sorted[to].Fact.ID == sorted[from].Fact.ID {
			to++
		}
		out = append(out, sorted[from:to])
		from = to
	}
	return out
}

// turns lists what the versions of one heartbeat promised as they became known.
func turns(facts []*duty.Known[duty.Heartbeat]) []told {
	var times []duty.Instant
	for _, k := range facts {
		times = append(times, k.At)
	}
	slices.Sort(times)
	var out []told
	for _, t := range slices.Compact(times) {
		i := slices.IndexFunc(facts, func(k *duty.Known[duty.Heartbeat]) bool { return k.At <= t })
		if n := len(out); n > 0 && !out[n-1].gone {
			out = append(out, told{source: out[n-1].source, known: t, through: out[n-1].through, gone: true})
		}
		if k := facts[i]; !k.Fact.Retracted && !senseless(k.Fact.At, k.At) {
			out = append(out, told{source: sourceOf(&k.Fact), known: t, through: min(k.Fact.At, k.At)})
		}
	}
	return out
}

// stairs returns how far the promises of one feed reach, from each instant on.
func stairs(list []told) []duty.FeedStep {
	slices.SortFunc(list, func(a, b told) int {
		return cmp.Or(cmp.Compare(a.known, b.known), compareBools(a.gone, b.gone), cmp.Compare(a.through, b.through))
	})
	stands := map[duty.Instant]int{}
	best, n := duty.Beginning, 0
	var out []duty.FeedStep
	for _, t := range list {
		if !t.gone {
			stands[t.through]++
			n++
			best = max(best, t.through)
		} else {
			n--
			if stands[t.through]--; stands[t.through] == 0 {
				delete(stands, t.through)
				if t.through == best {
					best = duty.Beginning
					for at := range stands { //house:order-free the greatest
						best = max(best, at)
					}
				}
			}
		}
		step := duty.FeedStep{Known: t.known, Through: best}
		if n == 0 {
			step.Through = duty.Forever
		}
		out = append(out, step)
	}
	return out
}
