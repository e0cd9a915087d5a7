package control

import (
	"cmp"
	"slices"
	"strconv"

	"tilsyn/engine/duty"
)

// Quality lists what is doubtful about the control system at a clock, by the facts known then and the
// policy in force: registrations that look too few or one-sided (TRAFFIC_LOW, NET_DRIFT,
// SAME_DIRECTION_SHARE), rows that belong to nobody (UNLINKED_SHARE), logs without a marker
// (MARKER_MISSING), and hours after a change that were not reconciled (RECONCILIATION_MISSING). The
// subject is the centre; details are counts and names of logs, devices and systems, never persons. The
// tally is of the facts known at the clock.
func Quality(t *Tally, w duty.World, at duty.Instant) []duty.DataQuality {
	out := append(Implausible(t, w, at), missingMarkers(t, w, at)...)
	out = append(out, unreconciled(w, at)...)
	sortFindings(out)
	return out
}

// Implausible lists only what the counts say, TRAFFIC_LOW, NET_DRIFT, SAME_DIRECTION_SHARE and UNLINKED_SHARE,
// of hours, days and weeks that are over by the clock, and whose rows have had time to come. As for Quality
// the tally has to be of the facts known at the clock.
func Implausible(t *Tally, w duty.World, at duty.Instant) []duty.DataQuality {
	var out []duty.DataQuality
	p := w.PolicyAt(at)
	for _, centre := range t.names() {
		if !p.Registered(centre) {
			continue
		}
		c := t.centres[centre]
		out = append(out, c.lowTraffic(centre, at)...)
		out = append(out, c.oneSided(centre, at)...)
		out = append(out, c.unlinked(centre, at)...)
	}
	sortFindings(out)
	return out
}

// Missing lists only what people have not done, MARKER_MISSING and RECONCILIATION_MISSING: for that a tally
// of the rows that have arrived is enough, which may be of a later clock. until is the earliest instant
// at which the facts known by now may say something else.
func Missing(t *Tally, w duty.World, at duty.Instant) (out []duty.DataQuality, until duty.Instant) {
	out = append(missingMarkers(t, w, at), unreconciled(w, at)...)
	sortFindings(out)
	return out, t.until(w, at)
}

// until is the next instant after a clock at which Missing may change: dates, hours and periods of the
// register end at full hours, facts count once they are known, changes once they have happened.
func (t *Tally) until(w duty.World, at duty.Instant) duty.Instant {
	next := (at/duty.Hour + 1) * duty.Hour
	later := func(x duty.Instant) {
		if x > at {
			next = min(next, x)
		}
	}
	f := w.Centres.Facts()
	for i := range f.Settlements {
		later(f.Settlements[i].At)
	}
	for i := range f.Reconciliations {
		later(f.Reconciliations[i].At)
	}
	for i := range f.ChangeMarks {
		later(f.ChangeMarks[i].At)
		later(f.ChangeMarks[i].Fact.At)
	}
	for i := range w.Policies {
		later(w.Policies[i].From)
	}
	for _, of := range t.used { //house:order-free the least
		for _, known := range of { //house:order-free the least
			later(known)
		}
	}
	return next
}

// sortFindings sorts lines by code, subject and start.
func sortFindings(out []duty.DataQuality) {
	slices.SortFunc(out, func(a, b duty.DataQuality) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.From, b.From))
	})
}

// finding makes a line over a span of time.
func finding(code duty.DataQualityCode, centre string, s duty.Span, detail ...duty.Detail) duty.DataQuality {
	q := duty.NewDataQuality(code, centre, s.From, detail...)
	q.To = duty.Some(s.To)
	return q
}

// number is a detail that counts.
func number(name string, n int) duty.Detail { return duty.Detail{Name: name, Value: strconv.Itoa(n)} }

// arrives is how long after an hour or a day what was registered in it may still come before anything is
// said of it.
const arrives = duty.Hour

// whole returns the span of a local date.
func whole(d duty.Date) duty.Span { return duty.Span{From: d.Start(), To: (d + 1).Start()} }
