package dutytest

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// broken is a value that makes no sense in a field, and how it is reported: at is the field as the
// report names it, class the kind of fault, rule the rule that is broken.
type broken struct{ field, value, at, class, rule string }

func bad(field, value, class string) broken {
	return broken{field, value, field, class, "contract §1"}
}

func badField(field, value, class string) broken {
	return broken{field, value, field, class, "contract §2"}
}

const (
	before = `"1999-12-31T12:00:00Z"`
	after  = `"2101-06-01T12:00:00Z"`
)

var long = `"` + strings.Repeat("x", 257) + `"`

// senseless has, by topic, a record that makes sense and the values that would not.
var senseless = []struct {
	topic, schema, record string
	broken                []broken
}{
	{"card-events", "card-event", `{"id":"x","received_at":"2026-02-03T12:00:00Z","person_id":"P","card_id":"c","card_type":"BIOMETRIC","centre_id":"KH","device_id":"KH-carousel","device_type":"CAROUSEL","kind":"PASSAGE","direction":"IN","occurred_at":"2026-02-03T12:00:00Z"}`, []broken{
		bad("occurred_at", before, "outside 2000-2100"), badField("direction", "null", "missing"),
		{"occurred_at", `"2026-02-04T12:00:00.001Z"`, "occurred_at", "over 24 h ahead of its receipt", "W-41"},
		bad("device_id", `"KH-carousel "`, "blank at an edge"),
		bad("centre_id", `"KX"`, "unknown centre"), bad("centre_id", `""`, "empty"),
		bad("card_id", long, "longer than 256 bytes"), bad("person_id", `"P\u0000"`, "control character"),
		bad("received_at", after, "outside 2000-2100"), bad("id", `""`, "empty")}},
	{"manual-entries", "manual-entry", `{"id":"x","received_at":"2026-02-03T12:00:00Z","person_id":"P","centre_id":"KH","form":"PRESENCE_CHECK","direction":"IN","result":"PRESENT","local_time":"2026-02-03T12:00"}`, []broken{
		bad("local_time", `"noon"`, "not a local time"),
		bad("local_time", `"1999-01-01T12:00"`, "outside 2000-2100"), badField("result", "null", "missing"),
		bad("centre_id", `"KX"`, "unknown centre"), bad("person_id", `"\u00a0P"`, "blank at an edge"),
		bad("id", `"x\t"`, "control character")}},
	{"notices", "notice", `{"id":"x","received_at":"2026-02-03T12:00:00Z","person_id":"P","centre_id":"KH","local_time":"2026-02-03T12:00","channel":"GUARD","given_by":"SELF","recipient":"OPERATOR","clarity":"CLEAR"}`, []broken{
		bad("target_date", `"1999-01-01"`, "outside 2000-2100"), bad("range_to", `"25:00"`, "not a time of day"),
		bad("range_from", `"6"`, "not a time of day"),
		bad("local_time", `""`, "not a local time"), bad("centre_id", `"KH "`, "blank at an edge"),
		bad("person_id", `""`, "empty"), bad("id", `" x"`, "blank at an edge")}},
	{"obligation-changes", "obligation-change", `{"id":"x","received_at":"2026-02-03T12:00:00Z","decision_id":"d","person_id":"P","kind":"REPORT","action":"IMPOSE","legal_basis":"RETURN_ACT_12_1_4","centre_id":"KH","served_at":"2026-02-03T12:00:00Z","valid_from":"2026-02-03T12:00:00Z"}`, []broken{
		bad("valid_to", `"2026-02-03T11:00:00Z"`, "before valid_from"), bad("valid_to", after, "outside 2000-2100"),
		bad("served_at", before, "outside 2000-2100"), bad("valid_from", after, "outside 2000-2100"),
		{"schedule", `{"type":"DATES","dates":["1999-01-01"]}`, "schedule.dates", "outside 2000-2100", "contract §1"},
		{"schedule", `{"type":"QUOTA","quota_per_week":8}`, "schedule.quota_per_week", "outside 0-7", "contract §2"},
		{"schedule", `{"type":"DAILY","window_from":"9"}`, "schedule.window_from", "not a time of day", "contract §1"},
		{"schedule", `{"type":"DAILY","window_from":"09:00","window_to":"08:00"}`, "schedule.window_to", "not after window_from", "contract §2"},
		{"schedule", `{"type":"DAILY","window_from":"09:00","window_to":"09:00"}`, "schedule.window_to", "not after window_from", "contract §2"},
		{"schedule", `{"type":"DAILY","window_to":"00:00"}`, "schedule.window_to", "not after window_from", "contract §2"},
		bad("decision_id", long, "longer than 256 bytes"), bad("person_id", `""`, "empty"),
		bad("centre_id", `""`, "empty"), bad("id", `""`, "empty")}},
	{"group-changes", "group-change", `{"id":"x","received_at":"2026-02-03T12:00:00Z","person_id":"P","group":"REJECTED","valid_from":"2026-02-03T12:00:00Z"}`, []broken{
		bad("valid_from", before, "outside 2000-2100"), bad("person_id", `"P "`, "blank at an edge"),
		bad("id", `""`, "empty")}},
	{"permissions", "permission", `{"id":"x","received_at":"2026-02-03T12:00:00Z","permission_id":"p","person_id":"P","status":"GRANTED","valid_from":"2026-02-03T12:00:00Z","valid_to":"2026-02-04T12:00:00Z","report_effect":"SILENT","decided_at":"2026-02-03T12:00:00Z"}`, []broken{
		bad("served_at", before, "outside 2000-2100"), bad("decided_at", after, "outside 2000-2100"),
		bad("valid_to", `"2026-02-01T12:00:00Z"`, "before valid_from"),
		bad("valid_from", before, "outside 2000-2100"), bad("permission_id", `""`, "empty"),
		bad("person_id", `""`, "empty"), bad("id", `""`, "empty")}},
	{"holds", "hold", `{"id":"x","received_at":"2026-02-03T12:00:00Z","hold_id":"h","person_id":"P","kind":"OTHER","valid_from":"2026-02-03T12:00:00Z"}`, []broken{
		bad("valid_to", `"2026-02-01T12:00:00Z"`, "before valid_from"),
		bad("valid_from", before, "outside 2000-2100"), bad("hold_id", `""`, "empty"),
		bad("person_id", `""`, "empty"), bad("id", `""`, "empty")}},
	{"departure-assessments", "departure-assessment", `{"id":"x","received_at":"2026-02-03T12:00:00Z","person_id":"P","from_date":"2026-02-01","outcome":"NOT_DEPARTED","decided_at":"2026-02-03T12:00:00Z"}`, []broken{
		bad("decided_at", before, "outside 2000-2100"), bad("from_date", `"1999-01-01"`, "outside 2000-2100"),
		bad("person_id", `""`, "empty"), bad("id", `""`, "empty")}},
	{"identity-links", "identity-link", `{"id":"x","received_at":"2026-02-03T12:00:00Z","person_id":"P","alias_person_id":"Q","action":"MERGE","at":"2026-02-03T12:00:00Z"}`, []broken{
		bad("at", before, "outside 2000-2100"), bad("alias_person_id", `"Q "`, "blank at an edge"),
		bad("person_id", `""`, "empty"), bad("id", `""`, "empty")}},
	{"card-assignments", "card-assignment", `{"id":"x","received_at":"2026-02-03T12:00:00Z","card_id":"c","person_id":"P","card_type":"BIOMETRIC","valid_from":"2026-02-03T12:00:00Z","anti_passback":"ON","created":"AUTOMATIC"}`, []broken{
		bad("valid_to", `"2026-02-01T12:00:00Z"`, "before valid_from"),
		bad("valid_from", before, "outside 2000-2100"), bad("person_id", `""`, "empty"),
		bad("card_id", `"\u200bc"`, "blank at an edge"), bad("id", `""`, "empty")}},
	{"incidents", "incident", `{"id":"x","received_at":"2026-02-03T12:00:00Z","incident_id":"i","centre_id":"KH","device_ids":[],"from":"2026-02-03T10:00:00Z","kind":"DEVICE","forms_status":"PENDING"}`, []broken{
		bad("to", `"2026-02-03T09:00:00Z"`, "before from"), bad("from", before, "outside 2000-2100"),
		bad("incident_id", `""`, "empty"), bad("centre_id", `"KH "`, "blank at an edge"),
		bad("centre_id", `"KX"`, "unknown centre"), bad("id", `""`, "empty")}},
	{"exclusions", "exclusion", `{"id":"x","received_at":"2026-02-03T12:00:00Z","exclusion_id":"e","centre_id":"KH","from_date":"2026-02-02","to_date":"2026-02-02","status":"DECLARED","reason":"r","declared_by":"d","approved_by":"a","declared_at":"2026-02-03T12:00:00Z"}`, []broken{
		bad("declared_at", before, "outside 2000-2100"), bad("to_date", `"2026-02-01"`, "before from_date"),
		{"approved_by", `" D "`, "approved_by", "same as declared_by", "EXC-06"},
		{"approved_by", `""`, "approved_by", "empty", "EXC-06"}, {"declared_by", `" "`, "declared_by", "empty", "EXC-06"},
		bad("from_date", `"1999-01-01"`, "outside 2000-2100"), bad("exclusion_id", `""`, "empty"),
		bad("centre_id", `"KX"`, "unknown centre"), bad("id", `""`, "empty")}},
	{"settlements", "settlement", `{"id":"x","received_at":"2026-02-03T12:00:00Z","centre_id":"KH","local_date":"2026-02-02","log_type":"NOTICE_LOG","complete":true}`, []broken{
		bad("through", before, "outside 2000-2100"), bad("local_date", `"1999-01-01"`, "outside 2000-2100"),
		bad("centre_id", `"KX"`, "unknown centre"), bad("centre_id", `""`, "empty"), bad("id", `""`, "empty")}},
	{"heartbeats", "heartbeat", `{"id":"x","received_at":"2026-02-03T12:00:00Z","source_id":"KH-carousel","centre_id":"KH","at":"2026-02-03T12:00:00Z"}`, []broken{
		bad("at", before, "outside 2000-2100"), bad("centre_id", `"KX"`, "unknown centre"),
		bad("centre_id", `" "`, "blank at an edge"), bad("source_id", `""`, "empty"), bad("id", `""`, "empty")}},
	{"supervision-results", "supervision-result", `{"id":"x","received_at":"2026-02-03T12:00:00Z","centre_id":"KH","from_date":"2026-02-02","to_date":"2026-02-02","result_ref":"r","remarks":false}`, []broken{
		bad("to_date", `"2026-02-01"`, "before from_date"), bad("from_date", `"1999-01-01"`, "outside 2000-2100"),
		bad("centre_id", `"KX"`, "unknown centre"), bad("id", `""`, "empty")}},
	{"control-actions", "control-action", `{"id":"x","received_at":"2026-02-03T12:00:00Z","centre_id":"ALL","control":"RECALL_DRILL","at":"2026-02-02T12:00:00Z","kind":"RECALL_DRILL","ok":true,"ref":"J-1"}`, []broken{
		bad("at", before, "outside 2000-2100"), bad("centre_id", `"KX"`, "unknown centre"),
		bad("centre_id", `""`, "empty"), bad("ref", `" "`, "blank at an edge"), bad("id", `""`, "empty")}},
}

// TestFaultsAreNamed: a fact that makes no sense is reported with its topic, the field, the class
// of the fault and the rule, never with the value. Of several faults the first in the order of the
// schema is reported.
func TestFaultsAreNamed(t *testing.T) {
	for _, c := range senseless {
		t.Run(c.topic, func(t *testing.T) {
			order := fieldsOf(t, c.schema)
			if got := faultsOf(t, c.topic, c.record); got != "" {
				t.Errorf("a record that makes sense: %s", got)
			}
			for i, a := range c.broken {
				want := func(x broken) string {
					return fmt.Sprintf("topic=%s field=%s value=%s rule=%s", c.topic, x.at, x.class, x.rule)
				}
				if got := faultsOf(t, c.topic, c.record, a); got != want(a) {
					t.Errorf("%s %s: %q, want %q", a.field, a.value, got, want(a))
				}
				for _, b := range c.broken[:i] {
					// Whether the register knows a centre is asked only of values that make sense.
					asked := func(x broken) int {
						if x.class == "unknown centre" && c.topic != "card-events" && c.topic != "manual-entries" {
							return len(order)
						}
						return slices.Index(order, x.field)
					}
					if a.field == b.field || strings.HasPrefix(a.class, "before") || strings.HasPrefix(b.class, "before") {
						continue
					}
					first := a
					if asked(b) < asked(a) {
						first = b
					}
					if got := faultsOf(t, c.topic, c.record, a, b); got != want(first) {
						t.Errorf("%s and %s: %q, want %q", a.field, b.field, got, want(first))
					}
				}
			}
		})
	}
}

// TestFaultOfKey: one class for each way in which a key is not usable.
func TestFaultOfKey(t *testing.T) {
	for key, class := range map[string]string{
		"P-1": "", "": "empty", "\xffP": "not UTF-8", "P\x7f": "control character", "P\u0085": "control character",
		"P ": "blank at an edge", "\ufeffP": "blank at an edge", strings.Repeat("ø", 129): "longer than 256 bytes",
	} {
		f := duty.FaultOfKey("card_id", key)
		if f.Value != class || f.None() != (class == "") || f.None() != duty.UsableKey(key) {
			t.Errorf("%q: %+v, want %q", key, f, class)
		}
	}
}

// TestMisplacedIsNamed: a decision at a place that does not fit (RD-46).
func TestMisplacedIsNamed(t *testing.T) {
	record := strings.NewReplacer(`"REPORT"`, `"STAY"`, "RETURN_ACT_12_1_4", "OTHER").Replace(senseless[3].record)
	group := `{"topic":"group-changes","value":{"id":"g","received_at":"2026-02-03T12:00:00Z","person_id":"P","group":"REJECTED","valid_from":"2026-01-01T12:00:00Z"}}`
	for place, class := range map[string]string{"KX": "unknown centre", "POLICE": "police station", "KH": ""} {
		want := ""
		if class != "" {
			want = "topic=obligation-changes field=centre_id value=" + class + " rule=RD-46"
		}
		if got := faults(t, group, line(t, "obligation-changes", record,
			broken{field: "centre_id", value: `"` + place + `"`})); got != want {
			t.Errorf("%s: %q, want %q", place, got, want)
		}
	}
}

// TestUnknownSourceSaysTheFeeds: the report of an unknown source lists the feeds that exist.
func TestUnknownSourceSaysTheFeeds(t *testing.T) {
	at, _ := duty.ParseInstant("2026-02-05T12:00:00Z")
	list := duty.CentreQuality(duty.NewCentres(centreFacts(t,
		beat("b", `"source_id":"feed:card-event","at":"2026-02-03T12:00:00Z"`))), builtin, at)
	if len(list) != 1 {
		t.Fatalf("%d lines", len(list))
	}
	want := "source_id=feed:card-event feeds=feed:card-events feed:manual-entries feed:notices " +
		"feed:obligation-changes feed:permissions rule=contract §6"
	if got := detailsOf(&list[0]); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// fieldsOf are the fields of a schema, in its order.
func fieldsOf(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "schemas", name+".avsc"))
	if err != nil {
		t.Fatal(err)
	}
	var s struct{ Fields []struct{ Name string } }
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range s.Fields {
		out = append(out, f.Name)
	}
	return out
}

// line is a record with some fields replaced.
func line(t *testing.T, topic, record string, with ...broken) string {
	t.Helper()
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(record), &fields); err != nil {
		t.Fatal(err)
	}
	for _, b := range with {
		fields[b.field] = json.RawMessage(b.value)
	}
	text, err := json.Marshal(map[string]any{"topic": topic, "value": fields})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func faultsOf(t *testing.T, topic, record string, with ...broken) string {
	t.Helper()
	return faults(t, line(t, topic, record, with...))
}

// faults are the details of the lines FACT_INVALID on some facts.
func faults(t *testing.T, lines ...string) string {
	t.Helper()
	c := &testCase{person: "P", policies: builtinPolicies()}
	for _, text := range lines {
		l, err := schemas.DecodeLine([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		c.add(t, &l)
	}
	at, _ := duty.ParseInstant("2026-02-05T12:00:00Z")
	in := c.core()
	found := map[string]bool{}
	for _, q := range append(duty.Evaluate(in, at).DataQuality, duty.CentreQuality(in.Centres, builtin, at)...) {
		if q.Code == duty.DataQualityCodeFactInvalid {
			found[detailsOf(&q)] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(found)), "; ")
}

func detailsOf(q *duty.DataQuality) string {
	var out []string
	for _, d := range q.Detail {
		out = append(out, d.Name+"="+d.Value)
	}
	return strings.Join(out, " ")
}
