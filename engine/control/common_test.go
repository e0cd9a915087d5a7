package control_test

import (
	"slices"
	"testing"

	"tilsyn/engine/control"
	"tilsyn/engine/duty"
)

// TestCommonServesAllReports: reports of all centres and periods, made from what they share in either order, are those
// that each of them is made alone; and what the counts say is among it.
func TestCommonServesAllReports(t *testing.T) {
	traffic := regular(36, 12)
	for i, p := range traffic.Passages {
		traffic.Rows = append(traffic.Rows, duty.TrafficRow{At: p.At, CentreID: "KH", DeviceID: "KH-carousel"})
		if p.At >= (start + 35).Start() { // the last day is far too quiet
			traffic.Passages = traffic.Passages[:i]
			break
		}
	}
	tally := control.NewTally()
	tally.AddPerson(traffic)
	var f duty.CentreFacts
	for d := start; d < start+40; d++ {
		tally.Arrived("KH", d.Clock(12, 0), d.Clock(12, 1))
		known := (d + 1).Start() + duty.Instant(d-start)*duty.Hour
		f.Settlements = append(f.Settlements, duty.Known[duty.Settlement]{At: known, Fact: duty.Settlement{
			ID: d.String(), Version: 1, ReceivedAt: known, CentreID: "KH", LocalDate: d,
			LogType: duty.LogTypeOutageForms, Complete: true,
		}})
		f.Heartbeats = append(f.Heartbeats, duty.Known[duty.Heartbeat]{At: d.Clock(12, 0), Fact: duty.Heartbeat{
			ID: "beat" + d.String(), Version: 1, ReceivedAt: d.Clock(12, 0), SourceID: "KH-stand",
			CentreID: duty.Some("KH"), At: d.Clock(12, 0),
		}})
		f.Reconciliations = append(f.Reconciliations, duty.Known[duty.Reconciliation]{At: known, Fact: duty.Reconciliation{
			ID: "count" + d.String(), Version: 1, ReceivedAt: known, DeviceID: "KH-carousel",
			From: d.Clock(10, 0), To: d.Clock(12, 0),
		}})
	}
	w, at := world(f), (start + 37).Start()
	type asked struct {
		centre string
		period control.Period
	}
	var all []asked
	for _, centre := range []string{"KH", "SJ", control.All} {
		for _, p := range control.Recomputed(at) {
			all = append(all, asked{centre, p})
		}
	}
	alone := map[asked]string{}
	report := func(a asked, c *control.Common) string {
		r := control.NewBook(w, at, a.centre, a.period, nil).Report(c, nil, nil)
		return string(r.AppendCanonical(nil))
	}
	texts := map[string]bool{}
	for _, a := range all {
		alone[a] = report(a, control.NewCommon(tally, w, at))
		texts[alone[a]] = true
	}
	if len(texts) != len(all) {
		t.Errorf("%d of %d reports differ", len(texts), len(all))
	}
	c := control.NewCommon(tally, w, at)
	for range 2 {
		for _, a := range all {
			if got := report(a, c); got != alone[a] {
				t.Errorf("%s of %s: with others\n%s\nalone\n%s", a.centre, a.period.Name, got, alone[a])
			}
		}
		slices.Reverse(all)
	}
	codes := []string{"TRAFFIC_LOW"}
	want := lines(control.Implausible(tally, w, at), codes...)
	if same(t, lines(c.Implausible(), codes...), want...); len(want) == 0 {
		t.Error("nothing was implausible")
	}
	if got := len(c.Implausible()); got != len(control.Implausible(tally, w, at)) {
		t.Errorf("%d lines of what the counts say", got)
	}
}
