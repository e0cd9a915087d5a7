package control

import (
	"maps"
	"slices"

	"tilsyn/engine/duty"
)

// MarkerDue is how long after the end of a date its logs should have been said to be complete
// (contract-case 9, `settlements`: on time).
const MarkerDue = duty.Day

// missingMarkers names, for each centre and date, the logs that are required and that no marker proves
// complete through the end of the date, once it is due (REL-12): a task for whoever keeps the log.
func missingMarkers(t *Tally, w duty.World, at duty.Instant) []duty.DataQuality {
	p := w.PolicyAt(at)
	var out []duty.DataQuality
	for i := range p.Centres {
		c := &p.Centres[i]
		for _, d := range t.dates(w, c.ID, at) {
			if whole(d).To+MarkerDue > at || d.Start() < c.From || c.To <= d.Start() {
				continue
			}
			detail := []duty.Detail{{Name: "local_date", Value: d.String()}}
			for _, log := range p.RequiredLogs(c.ID, d) {
				if !proven(w, c.ID, log, d, at) {
					detail = append(detail, duty.Detail{Name: "log_type", Value: log.String()})
				}
			}
			if len(detail) > 1 {
				out = append(out, finding(duty.DataQualityCodeMarkerMissing, c.ID, whole(d), detail...))
			}
		}
	}
	return out
}

// proven reports whether a log was proven complete through the end of a date by a clock.
func proven(w duty.World, centre string, log duty.LogType, d duty.Date, at duty.Instant) bool {
	s := whole(d)
	return w.Centres.Proven(centre, log, duty.Span{From: s.From, To: s.To - 1}, at)
}

// mostIdle is how many dates without a row or a marker may follow each other in a centre's use; one
// wrong clock years away is no use.
const mostIdle = 14

// dates are those on which a centre was in use by what is known at a clock: a row of a device has
// arrived or a log was marked, and the dates between them, ascending.
func (t *Tally) dates(w duty.World, centre string, at duty.Instant) []duty.Date {
	used := map[duty.Date]bool{}
	for d, known := range t.used[centre] { //house:order-free a set has no order
		if known <= at {
			used[d] = true
		}
	}
	for _, k := range w.Centres.Facts().Settlements {
		if k.Fact.CentreID == centre && k.At <= at {
			used[k.Fact.LocalDate] = true
		}
	}
	var out []duty.Date
	for _, d := range slices.Sorted(maps.Keys(used)) {
		if n := len(out); n > 0 && d-out[n-1] <= mostIdle+1 {
			for idle := out[n-1] + 1; idle < d; idle++ {
				out = append(out, idle)
			}
		}
		out = append(out, d)
	}
	return out
}
