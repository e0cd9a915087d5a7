package control_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/control"
	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
)

// TestPeriods: months and half-years of local time, and the one before each.
func TestPeriods(t *testing.T) {
	for _, x := range []struct{ name, from, to, before string }{
		{"2026-01", "2025-12-31T23:00:00.000Z", "2026-01-31T23:00:00.000Z", "2025-12"},
		{"2026-03", "2026-02-28T23:00:00.000Z", "2026-03-31T22:00:00.000Z", "2026-02"},
		{"2026-12", "2026-11-30T23:00:00.000Z", "2026-12-31T23:00:00.000Z", "2026-11"},
		{"2026-H1", "2025-12-31T23:00:00.000Z", "2026-06-30T22:00:00.000Z", "2025-H2"},
		{"2026-H2", "2026-06-30T22:00:00.000Z", "2026-12-31T23:00:00.000Z", "2026-H1"},
	} {
		p, ok := control.ParsePeriod(x.name)
		joins := p.Before().Span.To == p.Span.From
		got := fmt.Sprint(p.Name, " ", p.Span.From, " ", p.Span.To, " ", p.Before().Name, " ", joins)
		if want := x.name + " " + x.from + " " + x.to + " " + x.before + " true"; !ok || got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for _, bad := range []string{
		"", "2026", "2026-13", "2026-00", "2026-H3", "2026-+1", "26-H1", "2026-H10", "1999-H1", "2026 H1",
	} {
		if p, ok := control.ParsePeriod(bad); ok {
			t.Errorf("%q is %v", bad, p)
		}
	}
}

// TestQuantiles: how soon a log was said to be complete, by nearest rank: always a delay that occurred.
func TestQuantiles(t *testing.T) {
	for _, x := range []struct {
		minutes []duty.Instant
		want    string
	}{
		{nil, "none none none"},
		{[]duty.Instant{7}, "7 7 7"},
		{[]duty.Instant{50, 10, 40, 20}, "20 50 50"},
		{[]duty.Instant{50, 10, 40, 20, 30}, "30 50 50"},
		{[]duty.Instant{6, 5, 4, 3, 2, 1}, "3 6 6"},
		{[]duty.Instant{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, "5 9 10"},
		{[]duty.Instant{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, "6 10 11"},
	} {
		var f duty.CentreFacts
		for i, m := range x.minutes {
			date := start + duty.Date(i)
			known := (date + 1).Start() + m*duty.Minute
			f.Settlements = append(f.Settlements, duty.Known[duty.Settlement]{At: known, Fact: duty.Settlement{
				ID: date.String(), Version: 1, ReceivedAt: known, CentreID: "KH", LocalDate: date,
				LogType: duty.LogTypeOutageForms, Complete: true,
			}})
		}
		minutes := func(ms duty.Opt[int64]) string {
			if !ms.OK {
				return "none"
			}
			return fmt.Sprint(ms.V / int64(duty.Minute))
		}
		got := "none none none"
		for _, s := range reportOf(f, nil).Settlements {
			if s.LogType == duty.LogTypeOutageForms {
				got = minutes(s.DelayP50Ms) + " " + minutes(s.DelayP90Ms) + " " + minutes(s.DelayMaxMs)
			}
		}
		if got != x.want {
			t.Errorf("%v min: %s, want %s", x.minutes, got, x.want)
		}
	}
}

// reportOf makes a report of January 2026 on KH, at a clock in the middle of February.
func reportOf(f duty.CentreFacts, watch *control.Watched, told ...recall.Person) duty.ControlReport {
	p, _ := control.ParsePeriod("2026-01")
	at := duty.DateOf(2026, 2, 20).Start()
	b := control.NewBook(world(f), at, "KH", p, watch)
	for i := range told {
		b.AddPerson(&duty.Result{At: at}, told[i], nil)
	}
	return b.Report(common(world(f), at), nil, nil)
}

// common is what reports share where nobody passed.
func common(w duty.World, at duty.Instant) *control.Common {
	return control.NewCommon(control.NewTally(), w, at)
}

// TestSources: a source is supervised from its first heartbeat that came in time, and silent where more than
// three intervals pass without one; one that never sent any is not supervised, which is no uptime.
func TestSources(t *testing.T) {
	var f duty.CentreFacts
	beat := func(source string, at duty.Instant) {
		f.Heartbeats = append(f.Heartbeats, duty.Known[duty.Heartbeat]{At: at, Fact: duty.Heartbeat{
			ID: source + at.String(), Version: 1, ReceivedAt: at, SourceID: source, CentreID: duty.Some("KH"), At: at,
		}})
	}
	for m := range 61 {
		if m < 20 || m >= 30 {
			beat("KH-stand", start.Clock(12, 0)+duty.Instant(m)*duty.Minute)
		}
	}
	got := map[string]string{}
	for _, s := range reportOf(f, nil).Sources {
		got[s.SourceID] = fmt.Sprint(s.SupervisedMs, " ", s.SilentMs, " ", s.Silences, " ", s.Gaps.OK)
	}
	end := duty.DateOf(2026, 2, 1).Start()
	supervised, silent := end-start.Clock(12, 0), 11*duty.Minute+end-start.Clock(13, 0)
	if want := fmt.Sprint(int64(supervised), " ", int64(silent), " 2 false"); got["KH-stand"] != want {
		t.Errorf("KH-stand: %s, want %s", got["KH-stand"], want)
	}
	if got["KH-carousel"] != "0 0 0 false" || got["SJ-stand"] != "" || got["KH-room"] != "" {
		t.Errorf("sources %v", got)
	}
}

// TestLosses: what the watch found and what people suspect; a declared exclusion confirms it.
func TestLosses(t *testing.T) {
	at := func(day, hour int) duty.Instant { return duty.DateOf(2026, 1, day).Clock(hour, 0) }
	incident := func(id string, version int64, forms duty.FormsStatus, known duty.Instant) duty.Known[duty.Incident] {
		return duty.Known[duty.Incident]{At: known, Fact: duty.Incident{
			ID: id, Version: version, ReceivedAt: known, IncidentID: id, CentreID: "KH", DeviceIDs: []string{}, From: at(8, 10),
			To: duty.Some(at(8, 12)), Kind: duty.IncidentKindSuspectedLoss, FormsStatus: forms,
			State: duty.IncidentStateActive, Origin: duty.OriginHuman,
		}}
	}
	f := duty.CentreFacts{
		Incidents: []duty.Known[duty.Incident]{
			incident("I", 1, duty.FormsStatusPending, at(8, 11)), incident("I", 2, duty.FormsStatusComplete, at(9, 12)),
		},
		Exclusions: []duty.Known[duty.Exclusion]{{At: at(20, 9), Fact: duty.Exclusion{
			ID: "E", Version: 1, ReceivedAt: at(20, 9), ExclusionID: "E", CentreID: "KH", FromDate: duty.DateOf(2026, 1, 12),
			ToDate: duty.DateOf(2026, 1, 12), Status: duty.ExclusionStatusDeclared, Reason: "LOSS", DeclaredBy: "a",
			ApprovedBy: "b", DeclaredAt: at(20, 9),
		}}},
	}
	watch := &control.Watched{Incidents: []control.Automatic{
		{ID: "auto:silence:KH:a", CentreID: "KH", From: at(10, 1), To: duty.Some(at(10, 2)), Dissolved: true},
		{ID: "auto:silence:KH:b", CentreID: "KH", From: at(12, 1), To: duty.Some(at(12, 2))},
		{ID: "auto:silence:KH:c", CentreID: "KH", From: at(13, 1)},
		{ID: "auto:silence:SJ:d", CentreID: "SJ", From: at(13, 1)},
	}}
	back := recall.Person{PersonID: "P", Units: []recall.Unit{{UnitID: "u", Revisions: []recall.Revision{
		{Number: 1, At: at(9, 8), Status: duty.StatusIndicated, CentreID: "KH"},
		{Number: 2, At: at(14, 8), Status: duty.StatusWithdrawn, CentreID: "KH",
			Cause: duty.Some(duty.RecallCauseIncident), CauseID: duty.Some("INCIDENT:auto:silence:KH:c")},
	}}}}
	r := reportOf(f, watch, back)
	var got []string
	for _, l := range r.Losses {
		got = append(got,
			fmt.Sprint(l.ID, " ", l.State, " ", l.NoticedAt.OK, " ", l.DeclaredAt.OK, " ", l.TakenBackLastAt.OK))
	}
	want := "I FORMS_COMPLETE true false false, auto:silence:KH:a DISSOLVED false false false, " +
		"auto:silence:KH:b CONFIRMED false true false, auto:silence:KH:c SUSPECTED false false true"
	if strings.Join(got, ", ") != want {
		t.Errorf("losses\n%s\nwant\n%s", strings.Join(got, ", "), want)
	}
	heartbeat := r.Controls[0]
	if heartbeat.FollowedUp != duty.Some[int32](2) || heartbeat.Open != duty.Some[int32](1) {
		t.Errorf("the control HEARTBEAT: %+v", heartbeat)
	}
	for _, i := range r.Incidents {
		if i.Origin == duty.OriginHuman && (i.Opened != 1 || i.NoticeP50Ms != duty.Some(int64(duty.Hour)) ||
			i.FormsP50Ms != duty.Some(int64(24*duty.Hour))) {
			t.Errorf("incidents of people: %+v", i)
		}
	}
	if r.Withdrawals.Permille.OK || r.Withdrawals.ExposureP50Ms != duty.Some(int64(5*duty.Day)) {
		t.Errorf("of one unit the share must not be told: %+v", r.Withdrawals)
	}
}

// TestAcknowledged: how long a consumer took, from the opening of a recall to its last acknowledgement; a recall of
// which it has something open is not measured, and neither is one that opened in another period or at another centre.
func TestAcknowledged(t *testing.T) {
	p, _ := control.ParsePeriod("2026-01")
	opened := duty.DateOf(2026, 1, 10).Clock(8, 0)
	part := func(centre string, at duty.Instant, shares ...recall.Share) recall.Part {
		return recall.Part{CauseID: at.String(), CentreID: centre, Units: 3, OpenedAt: at, Consumers: shares}
	}
	parts := []recall.Part{
		part("KH", opened, recall.Share{Name: "a", Acknowledged: 3, Last: opened + duty.Hour},
			recall.Share{Name: "b", Acknowledged: 2, Open: 1, Last: opened + duty.Hour}),
		part("KH", opened+duty.Day, recall.Share{Name: "a", Acknowledged: 3, Last: opened + duty.Day + 4*duty.Hour}),
		part("SJ", opened, recall.Share{Name: "a", Acknowledged: 3, Last: opened + 9*duty.Hour}),
		part("KH", p.Span.To, recall.Share{Name: "a", Acknowledged: 3, Last: p.Span.To + 9*duty.Hour}),
	}
	w, at := world(duty.CentreFacts{}), duty.DateOf(2026, 2, 20).Start()
	r := control.NewBook(w, at, "KH", p, nil).Report(common(w, at), parts, nil)
	ms := func(h duty.Instant) duty.Opt[int64] { return duty.Some(int64(h * duty.Hour)) }
	want := []duty.ControlConsumer{
		{Consumer: "a", AckP50Ms: ms(1), AckP90Ms: ms(4), AckMaxMs: ms(4)},
		{Consumer: "b", Open: 1},
	}
	if !slices.Equal(r.Recalls.Consumers, want) {
		t.Errorf("consumers %+v, want %+v", r.Recalls.Consumers, want)
	}
}

// TestWithdrawals: the share is told from twenty units on; what is handled or withdrawn is no backlog.
func TestWithdrawals(t *testing.T) {
	told := recall.Person{PersonID: "P"}
	first := duty.DateOf(2026, 1, 10).Clock(8, 0)
	for i := range 20 {
		u := recall.Unit{UnitID: fmt.Sprint(i), Revisions: []recall.Revision{
			{Number: 1, At: first, Status: duty.StatusIndicated, CentreID: "KH"},
		}}
		if i < 5 {
			u.Revisions = append(u.Revisions, recall.Revision{Number: 2, At: first + duty.Day, Status: duty.StatusWithdrawn,
				CentreID: "KH", Cause: duty.Some(duty.RecallCauseLateData), CauseID: duty.Some("LATE_DATA:P")})
		}
		told.Units = append(told.Units, u)
	}
	for i := range 14 {
		told.Handlings = append(told.Handlings, duty.Known[duty.Handling]{At: first + duty.Hour, Fact: duty.Handling{
			ID: fmt.Sprint("h", i), Version: 1, HandlingID: fmt.Sprint("h", i), UnitID: fmt.Sprint(5 + i), PersonID: "P",
			Kind: duty.HandlingKindAssessed, At: first + duty.Hour,
		}})
	}
	r := reportOf(duty.CentreFacts{}, nil, told)
	w := r.Withdrawals
	if w.Permille != duty.Some[int32](250) || len(w.Causes) != 1 || w.ExposureP90Ms != duty.Some(int64(duty.Day)) {
		t.Errorf("withdrawals %+v", w)
	}
	age := duty.Some(int64(duty.DateOf(2026, 2, 20).Start() - first))
	if h := r.Handled; h.OldestMs != age || h.BacklogP50Ms != age {
		t.Errorf("backlog %+v, want one of %v", h, age)
	}
	if !r.Final {
		t.Error("the period ended more than 14 days ago and no recall is open")
	}
	if text := string(r.AppendCanonical(nil)); strings.Contains(text, `"P"`) {
		t.Errorf("the record names a person: %s", text)
	}
}
