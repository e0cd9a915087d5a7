package casefile_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// TestKeys checks the keys of contract §2 and §3 on the samples.
func TestKeys(t *testing.T) {
	want := map[string]string{
		"acknowledgements": "P-1042", "card-assignments": "P-1042", "card-events": "P-1042 C-5510",
		"case-summaries": "P-1042", "control-reports": "KH:2026-H1 KH:2026-H1",
		"change-marks": "ams", "control-actions": "ALL KH",
		"handlings": "P-1042 P-1042", "convictions": "P-1042", "data-quality": "- -",
		"departure-assessments": "P-1042",
		"exclusions":            "KH", "group-changes": "P-1042", "heartbeats": "feed:card-events KH", "holds": "P-1042",
		"identity-links": "P-1042", "incidents": "KH", "manual-entries": "P-1042 KH", "notices": "P-1042",
		"obligation-changes": "P-1042 P-1042", "observations": "P-1042 P-1042", "outcomes": "P-1042:2026-02",
		"permissions": "P-1042",
		"policies":    "policy", "recalls": "INCIDENT:I-7", "reconciliations": "-", "resolutions": "-",
		"settlements":         "KH KH KH",
		"supervision-results": "KH", "violations": "",
	}
	got := map[string]string{}
	text, err := os.ReadFile("../../schemas/testdata/records.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		l, err := schemas.DecodeLine(bytes.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		key, ok := casefile.Key(l.Value)
		if !ok {
			key = "-"
		}
		if v, is := l.Value.(*duty.Violation); is {
			want[l.Topic] = v.UnitID + " " + v.UnitID
		}
		got[l.Topic] = strings.TrimSpace(got[l.Topic] + " " + key)
	}
	for topic, key := range want {
		if got[topic] != key {
			t.Errorf("%s: key %q, want %q", topic, got[topic], key)
		}
	}
	if len(got) != len(want) {
		t.Errorf("keys of %d topics, want %d", len(got), len(want))
	}
}

// TestEveryInputIsKnown: a fact of each input topic says whom it concerns as the table of topics
// has it, and the core takes it as a fact of a person or of the centres.
func TestEveryInputIsKnown(t *testing.T) {
	text, err := os.ReadFile("../../schemas/testdata/records.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		l, err := schemas.DecodeLine(bytes.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		topic, _ := duty.TopicOf(l.Topic)
		if topic.Class != duty.ClassPersonInput && topic.Class != duty.ClassCentreInput {
			continue
		}
		a := casefile.AboutRecord(l.Value)
		if person := topic.Key == duty.KeyPerson; person != (a != casefile.About{}) {
			t.Errorf("%s: keyed by a person is %t, about %+v", l.Topic, person, a)
		}
		if key, field := a.RecordKey(); topic.Key == duty.KeyPerson {
			if own, _ := casefile.Key(l.Value); own != key || field == "" {
				t.Errorf("%s: key %q from %q, want %q", l.Topic, key, field, own)
			}
		}
		if own, _ := casefile.Key(l.Value); topic.Key == duty.KeyCentre && own != "" && casefile.CentreOf(l.Value) != own &&
			l.Topic != duty.TopicHeartbeats {
			t.Errorf("%s: key %q, centre %q", l.Topic, own, casefile.CentreOf(l.Value))
		}
		var facts duty.Facts
		var centres duty.CentreFacts
		at := duty.None[duty.Position]()
		person, centre := casefile.File(&facts, l.Value, 0, at), casefile.FileAtCentre(&centres, l.Value, 0, at)
		if person != (topic.Key == duty.KeyPerson) || !person && !centre {
			t.Errorf("%s: filed under a person is %t, at a centre %t", l.Topic, person, centre)
		}
	}
}
