package dutytest

import (
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// centreFacts reads lines of centre-keyed topics.
func centreFacts(t *testing.T, lines ...string) duty.CentreFacts {
	t.Helper()
	var f duty.CentreFacts
	for _, text := range lines {
		l, err := schemas.DecodeLine([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		switch v := l.Value.(type) {
		case *duty.Heartbeat:
			known(&f.Heartbeats, v, v.ReceivedAt, &l)
		case *duty.Settlement:
			known(&f.Settlements, v, v.ReceivedAt, &l)
		case *duty.Incident:
			known(&f.Incidents, v, v.ReceivedAt, &l)
		case *duty.Exclusion:
			known(&f.Exclusions, v, v.ReceivedAt, &l)
		case *duty.SupervisionResult:
			known(&f.SupervisionResults, v, v.ReceivedAt, &l)
		}
	}
	return f
}

func beat(id, more string) string {
	return `{"topic":"heartbeats","value":{"id":"` + id + `","received_at":"2026-02-03T12:00:00Z",` + more + `}}`
}

// TestCentreQuality: doubtful facts of centres are reported, and others are not.
func TestCentreQuality(t *testing.T) {
	settled := `{"topic":"settlements","value":{"id":"s","received_at":"2026-02-03T12:00:00Z","centre_id":"KX","local_date":"2026-02-02","log_type":"NOTICE_LOG","complete":true`
	for _, c := range []struct {
		name  string
		facts []string
		want  string
	}{
		{"a device", []string{beat("b", `"source_id":"KH-carousel","centre_id":"KH","at":"2026-02-03T12:00:00Z"`)}, ""},
		{"a device without centre", []string{beat("b", `"source_id":"KH-carousel","at":"2026-02-03T12:00:00Z"`)}, ""},
		{"a device at another centre", []string{beat("b", `"source_id":"KH-carousel","centre_id":"SJ","at":"2026-02-03T12:00:00Z"`)}, ""},
		{"a feed of a centre", []string{beat("b", `"source_id":"feed:notices","centre_id":"SJ","at":"2026-02-03T12:00:00Z"`)}, ""},
		{"unknown devices", []string{beat("b", `"source_id":"X","centre_id":"KH","at":"2026-02-03T12:00:00Z"`), beat("c", `"source_id":"X","centre_id":"KH","at":"2026-02-03T11:59:00Z"`)}, "UNKNOWN_SOURCE X"},
		{"an unknown feed", []string{beat("b", `"source_id":"feed:weather","at":"2026-02-03T12:00:00Z"`)}, "UNKNOWN_SOURCE feed:weather"},
		{"a device with a blank", []string{beat("b", `"source_id":"KH-carousel ","centre_id":"KH","at":"2026-02-03T12:00:00Z"`)}, "FACT_INVALID KH-carousel "},
		{"a device at its beginning", []string{beat("b", `"source_id":"KH-carousel","centre_id":"KH","at":"2000-01-01T00:07:00Z"`)}, "CLOCK_OFFSET KH-carousel"},
		{"a device of 2040", []string{beat("b", `"source_id":"KH-carousel","centre_id":"KH","at":"2040-01-01T00:00:00Z"`)}, "CLOCK_OFFSET KH-carousel"},
		{"a feed of 2099", []string{beat("b", `"source_id":"feed:notices","centre_id":"KH","at":"2099-12-31T00:00:00Z"`)}, "CLOCK_OFFSET feed:notices"},
		{"a device half a minute ahead", []string{beat("b", `"source_id":"KH-carousel","centre_id":"KH","at":"2026-02-03T12:00:30Z"`)}, ""},
		{"a device a moment more ahead", []string{beat("b", `"source_id":"KH-carousel","centre_id":"KH","at":"2026-02-03T12:00:30.001Z"`)}, "CLOCK_OFFSET KH-carousel"},
		{"a device ahead for a time", []string{beat("b", `"source_id":"KH-carousel","centre_id":"KH","at":"2026-02-03T11:00:00Z"`), beat("c", `"source_id":"KH-carousel","centre_id":"KH","at":"2026-02-03T13:00:00Z"`)},
			"CLOCK_OFFSET KH-carousel"},
		{"a device of 1970", []string{beat("b", `"source_id":"KH-carousel","centre_id":"KH","at":"1970-01-01T00:00:00Z"`)}, "FACT_INVALID KH-carousel"},
		{"an unknown centre", []string{beat("b", `"source_id":"KH-carousel","centre_id":"KX","at":"2026-02-03T12:00:00Z"`)}, "FACT_INVALID KH-carousel"},
		{"a settlement of an unknown centre", []string{settled + `}}`}, "FACT_INVALID s"},
		{"and its correction", []string{settled + `}}`, strings.Replace(settled, "KX", "KH", 1) + `,"version":2}}`}, ""},
		{"and its retraction", []string{settled + `}}`, settled + `,"version":2,"retracted":true}}`}, ""},
		{"an incident of an unknown centre", []string{`{"topic":"incidents","value":{"id":"i","incident_id":"i","received_at":"2026-02-03T12:00:00Z","centre_id":"KX","device_ids":[],"from":"2026-02-03T10:00:00Z","kind":"DEVICE","forms_status":"PENDING"}}`}, "FACT_INVALID i"},
		{"an exclusion of an unknown centre", []string{`{"topic":"exclusions","value":{"id":"e","exclusion_id":"e","received_at":"2026-02-03T12:00:00Z","centre_id":"KX","from_date":"2026-02-02","to_date":"2026-02-02","status":"DECLARED","reason":"r","declared_by":"d","approved_by":"a","declared_at":"2026-02-03T12:00:00Z"}}`}, "FACT_INVALID e"},
		{"a supervision of an unknown centre", []string{`{"topic":"supervision-results","value":{"id":"v","received_at":"2026-02-03T12:00:00Z","centre_id":"KX","from_date":"2026-02-02","to_date":"2026-02-02","result_ref":"r","remarks":false}}`}, "FACT_INVALID v"},
	} {
		t.Run(c.name, func(t *testing.T) {
			at, _ := duty.ParseInstant("2026-02-05T12:00:00Z")
			var got []string
			for _, q := range duty.CentreQuality(duty.NewCentres(centreFacts(t, c.facts...)), builtin, at) {
				got = append(got, q.Code.String()+" "+q.Subject)
			}
			slices.Sort(got)
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("%q, want %q", s, c.want)
			}
		})
	}
}

// TestWhatHoldsACentre: facts of an unknown source or an unknown centre hold nobody. Without a watch,
// heartbeats of a known source hold its centre, and a centre that is not a usable key holds everybody.
func TestWhatHoldsACentre(t *testing.T) {
	settlement := func(centre string) string {
		return `{"topic":"settlements","value":{"id":"s","received_at":"2026-02-03T12:00:00Z","centre_id":"` + centre + `","local_date":"2026-02-02","log_type":"NOTICE_LOG","complete":true}}`
	}
	for line, want := range map[string]string{
		beat("b", `"source_id":"X","centre_id":"KH","at":"2026-02-03T12:00:00Z"`):            "INDICATED",
		beat("b", `"source_id":"feed:weather","at":"2026-02-03T12:00:00Z"`):                  "INDICATED",
		beat("b", `"source_id":"KH-carousel","centre_id":"SJ","at":"2000-01-01T00:00:00Z"`):  "INDICATED",
		beat("b", `"source_id":"KH-carousel ","centre_id":"KH","at":"2026-02-03T12:00:00Z"`): "INDICATED",
		beat("b", `"source_id":"SJ-carousel","centre_id":"SJ","at":"2026-02-03T12:00:00Z"`):  "INDICATED",
		beat("b", `"source_id":"KH-carousel","centre_id":"KH","at":"2026-02-03T12:00:00Z"`):  "PROVISIONAL",
		beat("b", `"source_id":"KH-carousel","at":"2026-02-03T12:00:00Z"`):                   "PROVISIONAL",
		beat("b", `"source_id":"feed:notices","at":"2026-02-03T12:00:00Z"`):                  "PROVISIONAL",
		settlement("KX"):  "INDICATED",
		settlement("KH "): "PROVISIONAL",
		settlement(""):    "PROVISIONAL",
	} {
		s := mustScript(t, "EN", "OUT 2026-02-03T18:00", "IN 2026-02-04T14:00")
		if err := s.markComplete([]string{"N2026-02-03"}); err != nil {
			t.Fatal(err)
		}
		more := centreFacts(t, line)
		s.c.centres.Heartbeats = append(s.c.centres.Heartbeats, more.Heartbeats...)
		s.c.centres.Settlements = append(s.c.centres.Settlements, more.Settlements...)
		at := s.Final([]string{"N2026-02-03"})
		for name, view := range map[string]map[string]string{"core": coreView(s.c, at), "oracle": oracleView(s.c, at)} {
			found := false
			for _, got := range view {
				if strings.HasPrefix(got, "STAY 2026-02-03 ") {
					found = true
					if !strings.HasPrefix(got, "STAY 2026-02-03 "+want) {
						t.Errorf("%s: %s\n%s, want %s", name, line, got, want)
					}
				}
			}
			if !found {
				t.Errorf("%s: no STAY", name)
			}
		}
	}
}
