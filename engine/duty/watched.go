package duty

import (
	"cmp"
	"maps"
	"slices"
)

// What the watch says of the centres comes into the core from outside, as data: package watch
// imports this one. A verdict takes four things from it (contract-watch §6): the automatic
// incidents that stand, those that stood by the facts that were not late, how far each feed had
// told everything at any time, and which devices are supervised.

// Watched is what the watch says at one clock under one policy. It is immutable.
type Watched struct {
	// Incidents are the automatic incidents that stand, with all facts known at the clock; nil is
	// none.
	Incidents *Automatic
	// Timely returns those that stand without the facts that were late for a unit that fell due at an
	// instant (DAT-08, W-35). The same incidents are the same pointer, also as Incidents; nil: always
	// Incidents.
	Timely func(due Instant) *Automatic
	// Feeds are the supervised feeds, as the policy lists them.
	Feeds []Feed
	// Supervised are the supervised devices, each over one period.
	Supervised []Supervised
}

// Automatic are automatic incidents that stand, by centre. It is immutable.
type Automatic struct {
	centres map[string]*automaticAt
	// opened are the clocks at which time alone opens them, ascending.
	opened []Instant
}

// automaticAt are the automatic incidents of one centre.
type automaticAt struct {
	// list is sorted by identity.
	list []AutomaticIncident
	// spans are when they last, as union returns them, whether or not they stand yet.
	spans []Span
}

// AutomaticIncident is an automatic incident, forms PENDING.
type AutomaticIncident struct {
	Incident Incident
	// Opened is the first clock at which it stands, where time alone opened it: a silence that lasts
	// is none until it is long enough. 0 for all others.
	Opened Instant
}

// NewAutomatic files automatic incidents by centre.
func NewAutomatic(list []AutomaticIncident) *Automatic {
	a := &Automatic{centres: map[string]*automaticAt{}}
	for i := range list {
		v := &list[i].Incident
		at := a.centres[v.CentreID]
		if at == nil {
			at = &automaticAt{}
			a.centres[v.CentreID] = at
		}
		at.list = append(at.list, list[i])
		at.spans = append(at.spans, v.span())
		a.opened = append(a.opened, list[i].Opened)
	}
	slices.Sort(a.opened)
	for _, at := range a.centres { //house:order-free each centre is for itself
		slices.SortFunc(at.list, func(a, b AutomaticIncident) int {
			x, y := &a.Incident, &b.Incident
			return cmp.Or(cmp.Compare(x.IncidentID, y.IncidentID), cmp.Compare(x.From, y.From),
				cmp.Compare(x.To.Or(Forever), y.To.Or(Forever)))
		})
		sortSpans(at.spans)
		at.spans = union(at.spans)
	}
	return a
}

// List returns the incidents, by centre.
func (a *Automatic) List() []AutomaticIncident {
	var out []AutomaticIncident
	for _, centre := range slices.Sorted(maps.Keys(a.centres)) {
		out = append(out, a.centres[centre].list...)
	}
	return out
}

// of returns the incidents of a centre; nil for none.
func (a *Automatic) of(centre string) *automaticAt {
	if a == nil {
		return nil
	}
	return a.centres[centre]
}

// at returns the incidents of a centre that stand at a clock.
func (a *Automatic) at(centre string, t Instant) []*Incident {
	x := a.of(centre)
	if x == nil {
		return nil
	}
	var out []*Incident
	for i := range x.list {
		if x.list[i].Opened <= t {
			out = append(out, &x.list[i].Incident)
		}
	}
	return out
}

// touches reports whether an incident of a centre lies in a span, one that time alone will open too.
func (a *Automatic) touches(centre string, s Span) bool {
	x := a.of(centre)
	return x != nil && !apart(x.spans, s)
}

// opens returns when after a clock time alone next opens an incident; Forever for none.
func (a *Automatic) opens(t Instant) Instant {
	if a == nil {
		return Forever
	}
	i, _ := slices.BinarySearch(a.opened, t+1)
	if i == len(a.opened) {
		return Forever
	}
	return a.opened[i]
}

// openedWithin reports whether time alone opened an incident of one of the centres within a span of
// clocks.
func (a *Automatic) openedWithin(centres []string, s Span) bool {
	return slices.ContainsFunc(centres, func(c string) bool {
		x := a.of(c)
		return x != nil && slices.ContainsFunc(x.list, func(i AutomaticIncident) bool { return s.contains(i.Opened) })
	})
}

// Supervised is a period over which a registered device sends heartbeats, or should (W-05, W-06).
type Supervised struct {
	DeviceID, CentreID string
	Span               Span
}

// WithWatch returns the same facts with what the watch says of them under each policy. Without it
// nothing proves silence, and units of a centre that sends heartbeats are provisional.
func (c *Centres) WithWatch(of func(*Policy) *Watched) *Centres {
	out := *c
	out.watch = of
	return &out
}

// Watch returns what WithWatch was given; nil for no watch.
func (c *Centres) Watch() func(*Policy) *Watched { return c.watch }

// WatchFacts returns the facts of centres that the watch reads, without those that make no sense: such
// a heartbeat or reconciliation was not sent (W-56). Automatic incidents are never read.
func (c *Centres) WatchFacts() CentreFacts {
	var f CentreFacts
	for _, k := range c.facts.Heartbeats {
		if k.Fact.fault().None() {
			f.Heartbeats = append(f.Heartbeats, k)
		}
	}
	for _, k := range c.facts.Reconciliations {
		if k.Fact.fault().None() {
			f.Reconciliations = append(f.Reconciliations, k)
		}
	}
	for _, k := range human(c.facts.Incidents) {
		if k.Fact.fault().None() {
			f.Incidents = append(f.Incidents, k)
		}
	}
	return f
}

// WatchReads reports whether the watch reads a fact of a centre: a heartbeat, a reconciliation or an
// incident that makes sense and that no watch wrote (W-32, W-56).
func WatchReads(record any) bool {
	switch v := record.(type) {
	case *Heartbeat:
		return v.fault().None()
	case *Reconciliation:
		return v.fault().None()
	case *Incident:
		return v.Origin != OriginAutomatic && v.fault().None()
	}
	return false
}

// watched returns what the watch says under a policy; nil if there is no watch.
func (c *Centres) watched(p *Policy) *Watched {
	if c.watch == nil {
		return nil
	}
	return c.watch(p)
}

// incidents returns the incidents that stand with all facts; nil for no watch.
func (w *Watched) incidents() *Automatic {
	if w == nil {
		return nil
	}
	return w.Incidents
}

// timely returns the incidents that stand without late facts; nil for no watch.
func (w *Watched) timely(due Instant) *Automatic {
	if w == nil || w.Timely == nil {
		return w.incidents()
	}
	return w.Timely(due)
}

// supervises reports whether a device of one of the centres is supervised at t.
func (w *Watched) supervises(centres []string, t Instant) bool {
	return slices.ContainsFunc(w.Supervised, func(s Supervised) bool {
		return assigned(centres, s.CentreID) && s.Span.contains(t)
	})
}

// supervisedAll reports whether every registered device of the centres that is online is supervised
// over its share of a span (W-64).
func (w *Watched) supervisedAll(p *Policy, centres []string, s Span) bool {
	for i := range p.Devices {
		d := &p.Devices[i]
		part := Span{max(s.From, d.From), min(s.To, d.To)}
		if d.Type == DeviceTypeOfflineLock || !assigned(centres, d.CentreID) || part.From >= part.To {
			continue
		}
		if !slices.ContainsFunc(w.Supervised, func(x Supervised) bool {
			return x.DeviceID == d.ID && x.CentreID == d.CentreID && x.Span.covers(part)
		}) {
			return false
		}
	}
	return true
}
