package control_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/control"
	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// start is a Monday; all tests begin there.
var start = duty.DateOf(2026, 1, 5)

// world is one of the built-in policy with facts of the centres.
func world(f duty.CentreFacts) duty.World {
	return duty.World{Centres: duty.NewCentres(f),
		Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: policy.Builtin()}}}
}

// regular is the traffic of a person who goes out and comes back on each of some days, as often as asked
// in each hour from 08:00 to 20:00.
func regular(days, perHour int) duty.Traffic {
	var t duty.Traffic
	for d := start; d < start+duty.Date(days); d++ {
		for h := 8; h < 20; h++ {
			for i := range 2 * perHour {
				way := duty.DirectionOut
				if i%2 == 1 {
					way = duty.DirectionIn
				}
				at := d.Clock(h, 0) + duty.Instant(i)*duty.Minute
				t.Passages = append(t.Passages, duty.TrafficPassage{At: at, CentreID: "KH", Direction: way})
				t.Rows = append(t.Rows, duty.TrafficRow{At: at, CentreID: "KH"})
			}
		}
	}
	return t
}

// lines are the findings of some codes in short: code, subject, start, details.
func lines(list []duty.DataQuality, codes ...string) []string {
	var out []string
	for _, q := range list {
		if !slices.Contains(codes, q.Code.String()) {
			continue
		}
		var detail []string
		for _, d := range q.Detail {
			detail = append(detail, d.Name+"="+d.Value)
		}
		out = append(out, fmt.Sprintf("%s %s %s %s", q.Code, q.Subject, q.From, strings.Join(detail, " ")))
	}
	return out
}

// same compares findings with what is wanted.
func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestTrafficLow: hours far below the same hour of the weeks before are one line, also where nothing at
// all is registered, and only once they are over and what is late has had its time. The line is gone
// when the passages arrive.
func TestTrafficLow(t *testing.T) {
	all := regular(36, 12)
	day := start + 35
	lost := duty.Span{From: day.Clock(10, 0), To: day.Clock(13, 0)}
	kept := duty.Traffic{}
	for _, p := range all.Passages {
		if !(lost.From <= p.At && p.At < lost.To) {
			kept.Passages = append(kept.Passages, p)
		}
	}
	const want = "TRAFFIC_LOW KH 2026-02-09T09:00:00.000Z passages=0 usual=72 weeks=5"
	found := func(x duty.Traffic, at duty.Instant) []string {
		tally := control.NewTally()
		tally.AddPerson(x)
		return lines(control.Quality(tally, world(duty.CentreFacts{}), at), "TRAFFIC_LOW")
	}
	at := day.Clock(20, 30)
	same(t, found(kept, at), want)
	same(t, found(all, at))
	same(t, found(kept, day.Clock(11, 59)))
	same(t, found(kept, day.Clock(12, 0)), "TRAFFIC_LOW KH 2026-02-09T09:00:00.000Z passages=0 usual=24 weeks=5")
	same(t, found(regular(35, 0), at))
	// Three weeks are no usual level.
	same(t, found(regular(21, 12), start.Start()+25*duty.Day))
}

// TestQuietDay: a centre that is too small to judge by the hour is judged by the day.
func TestQuietDay(t *testing.T) {
	tally := control.NewTally()
	tally.AddPerson(regular(35, 1))
	at := (start + 36).Clock(2, 0)
	same(t, lines(control.Quality(tally, world(duty.CentreFacts{}), at), "TRAFFIC_LOW"),
		"TRAFFIC_LOW KH 2026-02-08T23:00:00.000Z passages=0 usual=24 weeks=5")
}

// TestOneSided: a day on which entries are missing is named by drift and by pairs in one direction.
func TestOneSided(t *testing.T) {
	all := regular(3, 5)
	lossy := duty.Traffic{}
	for i, p := range all.Passages {
		if !(p.At.Date() == start+1 && p.Direction == duty.DirectionIn && i%2 == 1 && i%4 == 1) {
			lossy.Passages = append(lossy.Passages, p)
		}
	}
	codes := []string{"NET_DRIFT", "SAME_DIRECTION_SHARE"}
	found := func(x duty.Traffic) []string {
		tally := control.NewTally()
		tally.AddPerson(x)
		return lines(control.Quality(tally, world(duty.CentreFacts{}), (start+4).Start()), codes...)
	}
	same(t, found(lossy), "NET_DRIFT KH 2026-01-05T23:00:00.000Z in=30 out=60",
		"SAME_DIRECTION_SHARE KH 2026-01-05T23:00:00.000Z pairs=90 same_direction=30")
	same(t, found(all))
}

// TestUnlinked: more than five rows in a thousand of a week that belong to nobody, exactly five do not.
func TestUnlinked(t *testing.T) {
	tally := control.NewTally()
	rows := duty.Traffic{}
	for range 995 {
		rows.Rows = append(rows.Rows, duty.TrafficRow{At: start.Clock(12, 0), CentreID: "SJ"})
	}
	tally.AddPerson(rows)
	at := (start + 7).Clock(1, 0)
	for range 5 {
		tally.AddUnlinked("SJ", "SJ-carousel", start.Clock(13, 0))
	}
	w := world(duty.CentreFacts{})
	same(t, lines(control.Quality(tally, w, at), "UNLINKED_SHARE"))
	tally.AddPerson(duty.Traffic{Unknown: true, Rows: rows.Rows[:1]})
	same(t, lines(control.Quality(tally, w, at), "UNLINKED_SHARE"),
		"UNLINKED_SHARE SJ 2026-01-04T23:00:00.000Z rows=1001 unlinked=6")
	same(t, lines(control.Quality(tally, w, at-1), "UNLINKED_SHARE"))
}

// TestMarkerMissing: what nobody has said to be complete a day after the date's end is a task that names
// centre, date and logs; a marker that comes ends it.
func TestMarkerMissing(t *testing.T) {
	marker := func(log duty.LogType, d duty.Date, known duty.Instant) duty.Known[duty.Settlement] {
		return duty.Known[duty.Settlement]{At: known, Fact: duty.Settlement{
			ID: log.String() + d.String(), Version: 1, ReceivedAt: known, CentreID: "KH", LocalDate: d, LogType: log,
			Complete: true,
		}}
	}
	due := (start + 2).Start()
	var f duty.CentreFacts
	for _, log := range policy.Builtin().RequiredLogs("KH", start) {
		if log != duty.LogTypeNoticeLog {
			f.Settlements = append(f.Settlements, marker(log, start, (start+1).Clock(8, 0)))
		}
	}
	found := func(at duty.Instant) []string {
		return lines(control.Quality(control.NewTally(), world(f), at), "MARKER_MISSING")
	}
	const want = "MARKER_MISSING KH 2026-01-04T23:00:00.000Z local_date=2026-01-05 log_type=NOTICE_LOG"
	same(t, found(due-1))
	same(t, found(due), want)
	f.Settlements = append(f.Settlements, marker(duty.LogTypeNoticeLog, start, due+duty.Hour))
	same(t, found(due), want)
	same(t, found(due+duty.Hour))
	// A date between two that are in use counts, one marker years away leaves the years alone.
	f.Settlements = append(f.Settlements, marker(duty.LogTypeNoticeLog, start+2, (start+5).Start()),
		marker(duty.LogTypeNoticeLog, duty.DateOf(2010, 1, 1), due))
	const all = " log_type=ASSISTED_PASSAGE log_type=BARCODE_LOG log_type=OUTAGE_FORMS"
	same(t, found((start + 5).Start()),
		"MARKER_MISSING KH 2009-12-31T23:00:00.000Z local_date=2010-01-01 log_type=ASSISTED_PASSAGE log_type=OUTAGE_FORMS",
		"MARKER_MISSING KH 2026-01-05T23:00:00.000Z local_date=2026-01-06"+
			" log_type=ASSISTED_PASSAGE log_type=BARCODE_LOG log_type=NOTICE_LOG log_type=OUTAGE_FORMS",
		"MARKER_MISSING KH 2026-01-06T23:00:00.000Z local_date=2026-01-07"+all)
	if len(f.Settlements) < 4 {
		t.Errorf("%d logs are required at KH", len(f.Settlements))
	}
}

// TestReconciliationMissing: after a change every hour of a day is reconciled for each device, within an
// hour; a count over a whole day is not enough.
func TestReconciliationMissing(t *testing.T) {
	changed := start.Clock(10, 20)
	f := duty.CentreFacts{ChangeMarks: []duty.Known[duty.ChangeMark]{{At: changed, Fact: duty.ChangeMark{
		ID: "m", Version: 1, ReceivedAt: changed, System: "AMS", At: changed, Description: "firmware",
	}}}}
	count := func(device string, from, to, known duty.Instant) {
		f.Reconciliations = append(f.Reconciliations, duty.Known[duty.Reconciliation]{At: known, Fact: duty.Reconciliation{
			ID: device + from.String(), Version: 1, ReceivedAt: known, DeviceID: device, From: from, To: to,
		}})
	}
	found := func(at duty.Instant) string {
		got := lines(control.Quality(control.NewTally(), world(f), at), "RECONCILIATION_MISSING")
		return strings.Join(got, "\n")
	}
	if got := found(start.Clock(12, 0) - 1); got != "" {
		t.Errorf("before the first hour is due: %s", got)
	}
	at := start.Clock(13, 0)
	if got := found(at); !strings.Contains(got, "RECONCILIATION_MISSING KH 2026-01-05T09:20:00.000Z system=AMS ") ||
		!strings.Contains(got, "device_id=KH-carousel hours=2") || strings.Contains(got, "KH-room") ||
		!strings.Contains(got, "RECONCILIATION_MISSING SJ ") {
		t.Errorf("two hours after the change: %s", got)
	}
	count("KH-carousel", start.Clock(10, 0), start.Clock(11, 0), at)
	count("KH-stand", start.Clock(10, 0), start.Clock(12, 0), at)
	if got := found(at); !strings.Contains(got, "device_id=KH-carousel hours=1") ||
		!strings.Contains(got, "device_id=KH-stand hours=2") {
		t.Errorf("one hour of one device: %s", got)
	}
	count("KH-carousel", start.Clock(11, 0), start.Clock(11, 30), at)
	count("KH-carousel", start.Clock(11, 30), start.Clock(12, 0), at)
	if got := found(at); strings.Contains(got, "device_id=KH-carousel ") {
		t.Errorf("all hours of a device: %s", got)
	}
	if got := found((start + 9).Start()); !strings.Contains(got, "device_id=KH-stand hours=25") {
		t.Errorf("later, no hour beyond a day counts: %s", got)
	}
}
