package replay

import (
	"path/filepath"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// TestRecallsAndCountsClose: the codes that come from counts and recalls close as well, within one
// call with several as-ofs: an overdue recall when everybody has acknowledged it, the others when
// the fact that they are about is retracted.
func TestRecallsAndCountsClose(t *testing.T) {
	s := &story{}
	s.resident("A")
	s.holds("A", "c", "2026-01-05T00:00:00Z", "")
	s.passes("A", "c", "OUT", "2026-02-03T19:00:00Z")
	s.passes("A", "c", "IN", "2026-02-04T13:00:00Z")
	s.settled("2026-02", 15)
	permission := `"id":"p","version":%d,"retracted":%t,"permission_id":"p","person_id":"A","status":"GRANTED","valid_from":"2026-02-03T12:00:00Z","valid_to":"2026-02-04T20:00:00Z","report_effect":"EXCUSED","decided_at":"2026-02-01T12:00:00Z","served_at":"2026-02-01T12:00:00Z","received_at":%q`
	s.fact("permissions", permission, 1, false, "2026-02-06T12:00:00Z")
	conviction := `"id":"v","version":%d,"retracted":%t,"person_id":"A","decided_at":"2026-02-05T15:00:00Z","statute":"RETURN_ACT_23_2","breaches":1,"covers_from_date":"2026-02-01","covers_to_date":"2026-02-04","received_at":%q`
	s.fact("convictions", conviction, 1, false, "2026-02-05T15:00:00Z")
	s.fact("convictions", conviction, 2, true, "2026-02-12T12:00:00Z")
	acknowledgement := `"id":%q,"version":%d,"retracted":%t,"consumer":%q,"unit_id":%q,"revision":%d,"person_id":"A","at":"2026-02-12T12:00:00Z","received_at":%q`
	s.fact("acknowledgements", acknowledgement, "wrong", 1, false, "counters", "no-such-unit", 1, "2026-02-05T10:00:00Z")
	s.fact("acknowledgements", acknowledgement, "wrong", 2, true, "counters", "no-such-unit", 1, "2026-02-12T12:00:00Z")
	for _, consumer := range policy.Builtin().Consumers {
		for _, kind := range []duty.Kind{duty.KindStay, duty.KindNotify} {
			s.fact("acknowledgements", acknowledgement, consumer.Name+kind.String(), 1, false, consumer.Name,
				duty.UnitID(kind, duty.DateOf(2026, 2, 3), "A"), 2, "2026-02-12T12:00:00Z")
		}
	}
	link := `"id":"l","version":%d,"retracted":%t,"person_id":"X","alias_person_id":"Y","action":"MERGE","at":"2026-02-04T10:00:00Z","received_at":%q`
	s.resident("X")
	s.fact("identity-links", link, 1, false, "2026-02-04T10:00:00Z")
	s.fact("identity-links", link, 2, true, "2026-02-12T12:00:00Z")
	s.fact("convictions", `"id":"w","person_id":"Y","decided_at":"2026-02-05T10:00:00Z","statute":"RETURN_ACT_23_2","breaches":1,"received_at":"2026-02-05T10:00:00Z"`)
	got, _ := replayText(t, s.String(), func(o *Options) {
		at(t, "2026-02-05T12:00:00Z", "2026-02-07T09:00:00Z", "2026-02-11T09:00:00Z", "2026-02-13T09:00:00Z")(o)
		o.Summaries, o.Recalls = filepath.Join(t.TempDir(), "s"), filepath.Join(t.TempDir(), "r")
	})
	for _, c := range []struct{ code, subject, want string }{
		{"RECALL_OVERDUE", "LATE_DATA:A", "2026-02-11 OPEN, 2026-02-13 CLOSED 2026-02-13"},
		{"ACKNOWLEDGEMENT_INVALID", "A", "2026-02-05 OPEN, 2026-02-07 OPEN, 2026-02-11 OPEN, 2026-02-13 CLOSED 2026-02-13"},
		{"JUDGED_UNIT_WITHDRAWN", "A", "2026-02-07 OPEN, 2026-02-11 OPEN, 2026-02-13 CLOSED 2026-02-13"},
		{"CONVICTION_BY_LINK", "X", "2026-02-05 OPEN, 2026-02-07 OPEN, 2026-02-11 OPEN, 2026-02-13 CLOSED 2026-02-13"},
	} {
		if have := states(got.quality, c.code, c.subject); have != c.want {
			t.Errorf("%s: %s, want %s in\n%s", c.code, have, c.want, got.quality)
		}
	}
}

// TestLostLinesClose: a line that cannot be read is named once, under its key, and
// closed when it comes again or a Resolution names its place.
func TestLostLinesClose(t *testing.T) {
	notice := func(id, person, more string, bad bool, known string) string {
		local := `"2026-02-03T12:00"`
		if bad {
			local = "17"
		}
		return `{"topic":"notices",` + more + `"value":{"id":"` + id + `","received_at":"` + known +
			`","person_id":` + person + `,"centre_id":"KH","local_time":` + local +
			`,"channel":"GUARD","given_by":"SELF","recipient":"OPERATOR","clarity":"CLEAR"}}` + "\n"
	}
	row := func(bad, known string) string {
		return `{"topic":"card-events","value":{"id":"r","received_at":"` + known + `","person_id":null,"card_id":"c9","card_type":"BIOMETRIC","centre_id":"KH","device_id":"KH-carousel","device_type":"CAROUSEL","kind":"PASSAGE","direction":` + bad + `,"occurred_at":"2026-02-03T12:00:00Z"}}` + "\n"
	}
	sheet := func(bad, known string) string {
		return `{"topic":"manual-entries","value":{"id":"m","received_at":"` + known + `","person_id":null,"centre_id":"KX","form":"OBSERVATION","local_time":` + bad + `}}` + "\n"
	}
	handling := func(at, known string) string {
		return `{"topic":"handlings","value":{"id":"h","received_at":"` + known + `","handling_id":"h","unit_id":"u","person_id":"H","revision":1,"kind":"ASSESSED","by_role":"o","at":` + at + `}}` + "\n"
	}
	resolved := func(offset string) string {
		return `{"topic":"resolutions","value":{"id":"r` + offset + `","received_at":"2026-02-12T12:00:00Z","topic":"notices","partition":1,"offset":` + offset + `,"outcome":"IRRELEVANT","by":"b","at":"2026-02-12T12:00:00Z"}}` + "\n"
	}
	const early, late = "2026-02-04T12:00:00Z", "2026-02-12T12:00:00Z"
	text := notice("n1", `"P"`, "", true, early) + notice("n1", `"P"`, "", false, late) +
		notice("n2", `"Q"`, `"partition":1,"offset":7,`, true, early) + resolved("7") +
		notice("n3", `"Q "`, `"partition":1,"offset":8,`, false, early) + resolved("8") +
		row("17", early) + row(`"IN"`, late) + sheet("17", early) +
		handling("17", early) + handling(`"`+late+`"`, late) +
		`{"topic":"settlements","value":{"id":"s","received_at":"` + early + `","centre_id":"SJ","local_date":"2026-02-03","log_type":17,"complete":true}}` + "\n" +
		`{"topic":"settlements","value":{"id":"s","received_at":"` + late + `","centre_id":"SJ","local_date":"2026-02-03","log_type":"NOTICE_LOG","complete":true}}` + "\n"
	got, _ := replayText(t, text, func(o *Options) {
		at(t, "2026-02-05T09:00:00Z", "2026-02-13T09:00:00Z")(o)
		o.SkipBad = filepath.Join(t.TempDir(), "bad")
	})
	const closes = "2026-02-05 OPEN, 2026-02-13 CLOSED 2026-02-13"
	for _, c := range []struct{ code, subject, want string }{
		{"UNREADABLE", "P", closes}, {"UNREADABLE", "Q", closes}, {"FACT_INVALID", "n3", closes},
		{"UNREADABLE", "c9", closes},
		{"UNREADABLE", "KX", "2026-02-05 OPEN, 2026-02-13 OPEN"}, {"UNREADABLE", "H", closes}, {"UNREADABLE", "SJ", closes},
	} {
		if have := states(got.quality, c.code, c.subject); have != c.want {
			t.Errorf("%s of %s: %s, want %s in\n%s", c.code, c.subject, have, c.want, got.quality)
		}
	}
	if n := strings.Count(got.quality, `"code":"UNREADABLE"`); n != 2*6 {
		t.Errorf("%d lines of six records at two as-ofs", n)
	}
}
