package dutytest

import (
	"testing"

	"tilsyn/engine/duty"
)

// TestSpeaksFrom: only the first version of a settlement, an incident or an exclusion that makes sense speaks from its
// own beginning on, and one of paper of nobody from a day before its time, if that means one instant.
func TestSpeaksFrom(t *testing.T) {
	d := dateOfText("2026-02-22")
	noon := d.Clock(12, 0)
	settled := duty.Settlement{ID: "a", Version: 1, LocalDate: d, CentreID: "KH", ReceivedAt: noon}
	incident := duty.Incident{ID: "a", IncidentID: "a", Version: 1, From: noon, CentreID: "KH", ReceivedAt: noon}
	excluded := duty.Exclusion{ID: "a", ExclusionID: "a", Version: 1, FromDate: d, ToDate: d, CentreID: "KH",
		ReceivedAt: noon, DeclaredAt: noon, DeclaredBy: "A", ApprovedBy: "B"}
	paper := duty.ManualEntry{ID: "a", Version: 1, LocalTime: "2026-02-22T12:00", CentreID: "KH", ReceivedAt: noon,
		Form: duty.FormObservation}
	for _, x := range []struct {
		record any
		want   duty.Instant
	}{
		{&settled, d.Start()},
		{&incident, noon},
		{&excluded, d.Start()},
		{&paper, (d - 1).Clock(12, 0)},
		{with(excluded, func(x *duty.Exclusion) { x.Version = 2 }), duty.Beginning},
		{with(incident, func(x *duty.Incident) { x.Retracted = true }), duty.Beginning},
		{&duty.Heartbeat{ID: "a", Version: 1}, duty.Beginning},
		{with(paper, func(x *duty.ManualEntry) { x.LocalTime = "2026-10-25T02:30" }), duty.Beginning},
		{with(paper, func(x *duty.ManualEntry) { x.Version = 2 }), duty.Beginning},
		{with(paper, func(x *duty.ManualEntry) { x.PersonID = duty.Some("P") }), duty.Beginning},

		// What makes no sense may hold any unit.
		{with(settled, func(x *duty.Settlement) { x.CentreID = "" }), duty.Beginning},
		{with(incident, func(x *duty.Incident) { x.To = duty.Some(noon - 1) }), duty.Beginning},
		{with(excluded, func(x *duty.Exclusion) { x.ApprovedBy = "a " }), duty.Beginning},
		{with(paper, func(x *duty.ManualEntry) { x.Form = duty.FormOutagePassage }), duty.Beginning},
	} {
		if _, from := duty.SpeaksFrom(x.record); from != x.want {
			t.Errorf("%T %+v speaks from %d, not %d", x.record, x.record, from, x.want)
		}
	}
}

// with is a record with something else in it.
func with[T any](record T, change func(*T)) *T {
	change(&record)
	return &record
}
