package duty

import "slices"

// World is what a verdict on anybody depends on besides their own facts: for a question what it would
// be if the world were another (REL-14).
type World struct {
	Centres  *Centres
	Policies []ActivePolicy
}

// PolicyAt returns the policy that was activated last at a clock; the first one before any.
func (w World) PolicyAt(at Instant) *Policy {
	p := w.Policies[0].Policy
	for _, a := range w.Policies {
		if a.From <= at {
			p = a.Policy
		}
	}
	return p
}

// Registered reports whether a place is in the register of the policy.
func (p *Policy) Registered(centre string) bool { return p.centre(centre) != nil }

// Incident returns the version of an incident that was newest at a clock, whether people declared it
// or the watch found it; false if there is none.
func (w World) Incident(id string, at Instant) (Incident, bool) {
	for _, k := range SortVersions[Incident](w.Centres.facts.Incidents) {
		if k.Fact.IncidentID == id && k.At <= at {
			return k.Fact, true
		}
	}
	for _, p := range w.Policies {
		if auto := w.Centres.watched(p.Policy).incidents(); auto != nil {
			for _, a := range auto.List() {
				if a.Incident.IncidentID == id {
					return a.Incident, true
				}
			}
		}
	}
	return Incident{}, false
}

// Exclusion returns the version of an exclusion that was newest at a clock, of the facts or of the
// policies; false if there is none.
func (w World) Exclusion(id string, at Instant) (Exclusion, bool) {
	for _, k := range SortVersions[Exclusion](w.Centres.facts.Exclusions) {
		if k.Fact.ExclusionID == id && k.At <= at {
			return k.Fact, true
		}
	}
	for _, p := range slices.Backward(w.Policies) {
		for i := range p.Policy.Exclusions {
			if x := &p.Policy.Exclusions[i]; x.Fact.ExclusionID == id && x.At <= at {
				return x.Fact, true
			}
		}
	}
	return Exclusion{}, false
}

// Facts returns all facts of the centres, those that make no sense among them.
func (c *Centres) Facts() *CentreFacts { return &c.facts }

// Span returns the whole local days that the exclusion covers (EXC-02).
func (v *Exclusion) Span() Span { return v.span() }

// WithoutIncident returns the world in which an incident never was.
func (w World) WithoutIncident(id string) World {
	f := w.Centres.facts
	f.Incidents = slices.DeleteFunc(slices.Clone(f.Incidents), func(k Known[Incident]) bool {
		return k.Fact.IncidentID == id
	})
	out := w.with(f)
	if watch := w.Centres.watch; watch != nil {
		out.Centres.watch = func(p *Policy) *Watched { return watch(p).without(id) }
	}
	return out
}

// WithoutExclusion returns the world in which an exclusion never was, neither among the facts nor in
// a policy.
func (w World) WithoutExclusion(id string) World {
	f := w.Centres.facts
	f.Exclusions = slices.DeleteFunc(slices.Clone(f.Exclusions), func(k Known[Exclusion]) bool {
		return k.Fact.ExclusionID == id
	})
	out := w.with(f)
	out.Policies = slices.Clone(w.Policies)
	was := map[*Policy]*Policy{}
	for i := range out.Policies {
		p := *out.Policies[i].Policy
		p.Exclusions = slices.DeleteFunc(slices.Clone(p.Exclusions), func(k Known[Exclusion]) bool {
			return k.Fact.ExclusionID == id
		})
		was[&p], out.Policies[i].Policy = out.Policies[i].Policy, &p
	}
	if watch := w.Centres.watch; watch != nil {
		out.Centres.watch = func(p *Policy) *Watched { return watch(was[p]) }
	}
	return out
}

// unknownInterval is the id of the incident of WithUnknown, which is in no record.
const unknownInterval = "tilsyn:unknown"

// WithUnknown returns the world in which nothing is known of an interval at a centre: an incident with
// forms pending, known since it began (INC-02).
func (w World) WithUnknown(centre string, s Span) World {
	f := w.Centres.facts
	f.Incidents = append(slices.Clone(f.Incidents), Known[Incident]{At: s.From, Fact: Incident{
		ID: unknownInterval, Version: 1, ReceivedAt: s.From, IncidentID: unknownInterval, CentreID: centre,
		DeviceIDs: []string{}, From: s.From, To: Some(s.To), Kind: IncidentKindSuspectedLoss, FormsStatus: FormsStatusPending,
		State: IncidentStateActive, Origin: OriginHuman,
	}})
	out := w.with(f)
	out.Centres.watch = w.Centres.watch
	return out
}

// with returns the world with other facts of the centres, without what the watch says.
func (w World) with(f CentreFacts) World { return World{NewCentres(f), w.Policies} }

// without returns the same without an automatic incident; nil for no watch.
func (w *Watched) without(id string) *Watched {
	if w == nil {
		return nil
	}
	out := *w
	out.Incidents = w.Incidents.without(id)
	if w.Timely != nil {
		out.Timely = func(due Instant) *Automatic {
			if t := w.Timely(due); t != w.Incidents {
				return t.without(id)
			}
			return out.Incidents
		}
	}
	return &out
}

// without returns the same incidents without one.
func (a *Automatic) without(id string) *Automatic {
	if a == nil {
		return nil
	}
	return NewAutomatic(slices.DeleteFunc(a.List(), func(i AutomaticIncident) bool {
		return i.Incident.IncidentID == id
	}))
}

// Stale reports whether at a clock a feed that covers a centre is older than staleness.stop_after
// (REL-06): what it had to tell may be missing.
func (w World) Stale(centre string, at Instant) bool {
	var known []Known[Heartbeat]
	for _, k := range w.Centres.facts.Heartbeats {
		if k.At <= at {
			known = append(known, k)
		}
	}
	silent := w.PolicyAt(at).SilentFeeds(FeedBeats(known), at)
	return slices.ContainsFunc(silent, func(b FeedBeat) bool { return b.Covers(centre) })
}
