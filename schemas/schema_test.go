package schemas_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// TestFingerprints compares with what the Avro Java library and Python's
// fastavro printed; testdata/fingerprints.md has the commands.
func TestFingerprints(t *testing.T) {
	text, err := os.ReadFile("testdata/fingerprints.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for line := range strings.Lines(string(text)) {
		file, figure, _ := strings.Cut(strings.TrimSpace(line), " ")
		want[file] = figure
	}
	if len(want) != len(schemas.List()) {
		t.Errorf("%d figures for %d schemas", len(want), len(schemas.List()))
	}
	for _, s := range schemas.List() {
		if got := fmt.Sprintf("%016x", s.Fingerprint()); got != want[s.File()] {
			t.Errorf("%s: fingerprint %s, Java and fastavro say %s; if the change is meant, "+
				"make the file anew and keep the schema of before in past/", s.File(), got, want[s.File()])
		}
	}
}

// TestTable checks what every caller relies on: each topic once, each record
// found by its topic and by its type.
func TestTable(t *testing.T) {
	if in, out := len(schemas.Inputs()), len(schemas.Outputs()); in != 23 || out != 7 {
		t.Errorf("%d inputs and %d outputs, contract §2 and §3 have 23 and 7", in, out)
	}
	for _, s := range schemas.List() {
		if got, ok := schemas.Lookup(s.Topic()); !ok || got != s {
			t.Errorf("Lookup(%q) is not %s", s.Topic(), s.Name())
		}
		v := s.New()
		if got, ok := schemas.Of(v); !ok || got != s {
			t.Errorf("Of(%T) is not %s", v, s.Name())
		}
		if _, ok := schemas.HeadOf(v); ok != s.Input() {
			t.Errorf("HeadOf(%T) is %t for an input that is %t", v, ok, s.Input())
		}
		if s.Doc() == "" || s.KeyText() == "" {
			t.Errorf("%s lacks a doc or key", s.File())
		}
	}
	for _, topic := range []string{"", "card_events", "tilsyn.card-events", "dead-letters"} {
		if _, ok := schemas.Lookup(topic); ok {
			t.Errorf("Lookup(%q) found something", topic)
		}
	}
}

// TestSchemasAreOfKnownTopics: every schema belongs to a topic of the contract, is a fact exactly
// if others write that topic, and is keyed as its file says.
func TestSchemasAreOfKnownTopics(t *testing.T) {
	for _, s := range schemas.List() {
		topic, ok := duty.TopicOf(s.Topic())
		if !ok {
			t.Errorf("%s: no topic %s", s.File(), s.Topic())
			continue
		}
		if facts := topic.Class == duty.ClassPersonInput || topic.Class == duty.ClassCentreInput; facts != s.Input() {
			t.Errorf("%s: a fact is %t, the topic is an %s", s.File(), s.Input(), topic.Class)
		}
		want := duty.KeyOther
		switch {
		case s.Topic() == duty.TopicViolations, s.Topic() == duty.TopicOutcomes:
			want = duty.KeyPerson // the partition is the person's
		case strings.HasPrefix(s.KeyText(), "person_id"):
			want = duty.KeyPerson
		case strings.HasPrefix(s.KeyText(), "centre_id") && s.Input():
			want = duty.KeyCentre
		}
		if topic.Key != want {
			t.Errorf("%s: keyed by %q, the topic by %d, want %d", s.File(), s.KeyText(), topic.Key, want)
		}
	}
}
