package evidence

import (
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/watch"
)

// silences are the statements of silence that a would-be record makes, each with what it rests on.
func (c *Case) silences(a *duty.Account, signs []watch.Signs, standing []Automatic, limit duty.Instant) []Silence {
	s := speaker{c: c, a: a, signs: signs, standing: standing, limit: limit}
	u := &a.Unit
	span := duty.Span{From: u.PeriodFrom, To: u.PeriodTo}
	var out []Silence
	switch {
	case u.Kind == duty.KindReport:
		out = append(out, s.say("REPORTS", span, []string{"feed:card-events", "feed:manual-entries"}, registered))
	case u.Basis != duty.BasisPositiveRegistration:
		out = append(out, s.say("PASSAGES", silent(a), []string{"feed:card-events", "feed:manual-entries"}, registered))
	}
	if u.Kind == duty.KindNotify {
		out = append(out, s.say("NOTICES", span, []string{"feed:notices"}, func(l duty.LogType) bool {
			return l == duty.LogTypeNoticeLog
		}))
	}
	return append(out, s.say("PERMISSIONS", span, []string{"feed:permissions"}, nil))
}

// registered are the logs in which a passage or a report may stand.
func registered(l duty.LogType) bool { return l != duty.LogTypeNoticeLog }

// silent is the time without a registration that a night rests on: from the one before it to the one after
// it, or to the end of the night.
func silent(a *duty.Account) duty.Span {
	return duty.Span{From: a.Interval.From, To: min(a.Interval.To, a.Unit.PeriodTo)}
}

// speaker makes the statements of one unit.
type speaker struct {
	c        *Case
	a        *duty.Account
	signs    []watch.Signs
	standing []Automatic
	limit    duty.Instant
}

// say makes a statement over a span: with the devices and incidents if logs is registered, the logs that it
// admits, and the feeds named.
func (s *speaker) say(about string, span duty.Span, feeds []string, logs func(duty.LogType) bool) Silence {
	n := Silence{About: about, From: span.From.String(), To: span.To.String(), Centres: orNone(s.a.Centres),
		Cites: []Cite{}}
	n.Says, n.SaysDa = sayings(about, span)
	rows := about == "PASSAGES" || about == "REPORTS"
	for i := range s.signs {
		g := &s.signs[i]
		feed := slices.Contains(feeds, g.Source)
		if rows && !isFeed(g) || feed {
			n.Cites = append(n.Cites, citeSource(g, span, s.limit, within(s.standing, span))...)
		}
	}
	for i := range s.a.Logs {
		if l := &s.a.Logs[i]; logs != nil && logs(l.Log) {
			n.Cites = append(n.Cites, s.marker(l))
		}
	}
	if rows {
		n.Cites = append(n.Cites, s.forms(span)...)
		n.Cites = append(n.Cites, s.exclusions())
	}
	switch {
	case len(n.Cites) == 0:
		n.Cites = append(n.Cites, nothing())
	case about == "PERMISSIONS":
		n.Cites = append(n.Cites, holdsUnsaid())
	}
	n.State = stateOf(n.Cites)
	return n
}

func isFeed(g *watch.Signs) bool { return len(g.Source) > 5 && g.Source[:5] == duty.FeedPrefix }

// within are the automatic incidents that lie in a span.
func within(list []Automatic, s duty.Span) []Automatic {
	var out []Automatic
	for i := range list {
		if list[i].span.From < s.To && s.From < list[i].span.To {
			out = append(out, list[i])
		}
	}
	return out
}

// stateOf is what all that is cited comes to.
func stateOf(cites []Cite) string {
	state, device := "COVERED", ""
	for i := range cites {
		switch x := &cites[i]; {
		case x.State == "OPEN":
			return "OPEN"
		case x.Kind == "HEARTBEAT" || x.Kind == "NUMBERS":
			// A device is covered by its heartbeats with its numbers, and by either where the other is
			// not to be had.
			if x.Source != device {
				device = x.Source
				if x.State != "PROVEN" {
					state = "PEOPLE"
				}
			}
		case x.State != "PROVEN":
			state = "PEOPLE"
		}
	}
	return state
}

// marker says how far a log is proven, and by which markers.
func (s *speaker) marker(l *duty.LogRead) Cite {
	n := Cite{Kind: "MARKER", Source: l.CentreID + " " + l.Date.String() + " " + l.Log.String(), State: "OPEN",
		Facts: []string{}}
	if l.Proven() {
		n.State = "PROVEN"
	}
	for i := range s.c.Centres.Settlements {
		k := &s.c.Centres.Settlements[i]
		if f := &k.Fact; k.At <= s.c.At && f.CentreID == l.CentreID && f.LocalDate == l.Date && f.LogType == l.Log &&
			!slices.Contains(n.Facts, f.ID) {
			n.Facts = append(n.Facts, f.ID)
		}
	}
	slices.Sort(n.Facts)
	n.Text, n.TextDa = markerWords(l)
	return n
}

// forms says of each incident over a span whether its forms are complete.
func (s *speaker) forms(span duty.Span) []Cite {
	var out []Cite
	for i := range s.a.Incidents {
		x := &s.a.Incidents[i]
		if x.From >= span.To || x.To.Or(duty.Forever) <= span.From {
			continue
		}
		n := Cite{Kind: "FORMS", Source: x.IncidentID, State: "OPEN", Facts: []string{x.IncidentID}}
		if x.FormsStatus == duty.FormsStatusComplete {
			n.State = "PROVEN"
		}
		n.Text, n.TextDa = formsWords(x)
		out = append(out, n)
	}
	return out
}

// exclusions says which excluded periods were looked at, and whether one lies over the unit.
func (s *speaker) exclusions() Cite {
	n := Cite{Kind: "EXCLUSIONS", Source: "checked", State: "PROVEN", Facts: []string{}}
	for i := range s.a.Exclusions {
		x := &s.a.Exclusions[i]
		n.Facts = append(n.Facts, x.ExclusionID)
		if x.Overlaps && x.Status == duty.ExclusionStatusDeclared {
			n.State = "OPEN"
		}
	}
	n.Text, n.TextDa = exclusionWords(n.State == "OPEN", len(n.Facts))
	return n
}
