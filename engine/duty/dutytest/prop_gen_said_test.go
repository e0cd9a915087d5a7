package dutytest

import (
	"slices"

	"tilsyn/engine/duty"
)

// saidWatch is what a watch says of two weeks, clock by clock: made up, not found in any facts.
type saidWatch struct {
	incidents []saidIncident
	// lateFor are the due instants of units for which the timely facts show something else.
	lateFor    duty.Span
	feeds      []saidFeed
	supervised []duty.Supervised
	// foretold is set where all steps of feeds are given at any clock, also those known later.
	foretold bool
}

// saidIncident is an automatic incident with the clocks at which the watch says it.
type saidIncident struct {
	is   duty.AutomaticIncident
	said duty.Span
	// all and timely say which lists it is in.
	all, timely bool
}

// saidFeed is a feed with all its steps.
type saidFeed struct {
	source, centre string
	listed         duty.Span
	steps          []duty.FeedStep
}

// says makes up a watch that says something now and then; one of five says nothing.
func (g *gen) says() *saidWatch {
	w := &saidWatch{foretold: g.chance(50)}
	if g.chance(20) {
		return w
	}
	for range g.r.IntN(5) {
		w.incidents = append(w.incidents, g.saidIncidents()...)
	}
	w.lateFor = duty.Span{From: g.time(-2, 6), To: g.time(6, 18)}
	for range g.r.IntN(3) {
		w.feeds = append(w.feeds, g.saidFeed())
	}
	if g.chance(50) {
		w.supervised = []duty.Supervised{{DeviceID: "KH-carousel", CentreID: "KH",
			Span: duty.Span{From: g.time(-2, 9), To: g.time(9, 20)}}}
	}
	return w
}

// saidIncidents makes up one incident: of some hours, or a silence that lasts until it ends.
func (g *gen) saidIncidents() []saidIncident {
	from := g.time(-1, 16)
	x := saidIncident{all: true, timely: true}
	x.is.Incident = duty.Incident{ID: g.id("auto"), Version: 1, CentreID: pick(g, "KH", "KH", "SJ"), DeviceIDs: []string{},
		From: from, Kind: duty.IncidentKindDevice, Origin: duty.OriginAutomatic}
	x.is.Incident.IncidentID = x.is.Incident.ID
	to := from + duty.Instant(g.r.IntN(20*60))*duty.Minute
	switch g.r.IntN(6) {
	case 0:
		x.all = false
	case 1:
		x.timely = false
	}
	x.said = duty.Span{From: to + duty.Instant(g.r.IntN(300))*duty.Second, To: duty.Forever}
	if g.chance(40) {
		x.said.To = x.said.From + duty.Instant(g.r.IntN(5*24*60))*duty.Minute
	}
	bounded := x
	bounded.is.Incident.To = duty.Some(to)
	if g.chance(60) {
		return []saidIncident{bounded}
	}
	x.is.Opened = from + duty.Instant(1+g.r.IntN(10))*duty.Minute
	x.said = duty.Span{From: x.is.Opened - duty.Instant(g.r.IntN(5))*duty.Minute, To: bounded.said.From}
	return []saidIncident{x, bounded}
}

// saidFeed makes up a feed that has told everything up to some time before, and sometimes falls
// silent or takes a promise back.
func (g *gen) saidFeed() saidFeed {
	f := saidFeed{source: "feed:notices", centre: pick(g, "", "KH", "SJ"),
		listed: duty.Span{From: duty.Beginning, To: duty.Forever}}
	if g.chance(20) {
		f.listed.From = g.time(0, 8)
	}
	t := g.time(-2, 6)
	for end := g.time(6, 40); t < end; t += duty.Instant(1+g.r.IntN(6*60)) * duty.Minute {
		s := duty.FeedStep{Known: t, Through: t - duty.Instant(g.r.IntN(90))*duty.Second}
		switch g.r.IntN(40) {
		case 0:
			t += duty.Instant(g.r.IntN(4)) * duty.Day
		case 1:
			s.Through -= duty.Instant(g.r.IntN(3*24)) * duty.Hour
		case 2:
			s.Through = duty.Forever
		}
		f.steps = append(f.steps, s)
	}
	return f
}

// at is what the watch says at a clock, with the steps of feeds known by another.
func (w *saidWatch) at(t, told duty.Instant) func(*duty.Policy) *duty.Watched {
	var all, timely []duty.AutomaticIncident
	for i := range w.incidents {
		x := &w.incidents[i]
		if t < x.said.From || t >= x.said.To {
			continue
		}
		if x.all {
			all = append(all, x.is)
		}
		if x.timely {
			timely = append(timely, x.is)
		}
	}
	s := &duty.Watched{Incidents: duty.NewAutomatic(all), Supervised: w.supervised}
	late := s.Incidents
	if !slices.EqualFunc(all, timely, func(a, b duty.AutomaticIncident) bool { return a.Incident.ID == b.Incident.ID }) {
		late = duty.NewAutomatic(timely)
	}
	s.Timely = func(due duty.Instant) *duty.Automatic {
		if w.lateFor.From <= due && due < w.lateFor.To {
			return late
		}
		return s.Incidents
	}
	for _, f := range w.feeds {
		steps := f.steps
		if !w.foretold {
			steps = slices.DeleteFunc(slices.Clone(steps), func(x duty.FeedStep) bool { return x.Known > told })
		}
		s.Feeds = append(s.Feeds, duty.NewFeed(f.source, f.centre, f.listed, steps))
	}
	return func(*duty.Policy) *duty.Watched { return s }
}

// changed reports whether the watch says something new in (from, to], further ordinary heartbeats
// aside.
func (w *saidWatch) changed(from, to duty.Instant) bool {
	in := func(t duty.Instant) bool { return from < t && t <= to }
	for _, x := range w.incidents {
		if in(x.said.From) || in(x.said.To) {
			return true
		}
	}
	for _, f := range w.feeds {
		for i, s := range f.steps {
			if in(s.Known) && (i == 0 || s.Through < f.steps[i-1].Through) {
				return true
			}
		}
	}
	return false
}
