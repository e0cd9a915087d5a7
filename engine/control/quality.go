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
	out = append(out, missingMarkers(t, w, at)...)
	out = append(out, unreconciled(w, at)...)
	slices.SortFunc(out, func(a, b duty.DataQuality) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.From, b.From))
	})
	return out
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
