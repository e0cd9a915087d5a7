package schemas

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"tilsyn/engine/duty"
)

// breaksForward names the changes that a reader of before cannot follow in every
// case. The contract lets a paper entry be without a person: such an entry is
// unreadable for it, and a record that cannot be read holds units and never
// accuses (contract §1). And a case summary says null where no group is known
// (contract-case 7.1); no earlier version wrote or read that topic.
var breaksForward = map[string]string{
	"CaseSummary": "CaseSummary.group: a value may be null: written as null, read as enum Group",
	"ManualEntry": "ManualEntry.person_id: a value may be null: written as null, read as string",
}

// TestPastSchemas judges the schemas of today against those of earlier versions:
// what those wrote must be readable (BACKWARD), and they must read what is
// written today (FORWARD).
func TestPastSchemas(t *testing.T) {
	if len(past()) < 5 {
		t.Errorf("%d past schemas, there were five at least: a file of them is never taken away", len(past()))
	}
	for _, old := range past() {
		name := strings.TrimPrefix(old.Name, "tilsyn.")
		s, ok := Show(name)
		if !ok {
			t.Errorf("%s is no record any more", name)
			continue
		}
		if s.Fingerprint() == old.Fingerprint() {
			t.Errorf("%s: the schema of before is that of today", name)
		}
		// The schema of before stands in the place of the changed one, so that
		// what the judgement calls forward is backward for today's.
		c, err := CheckCompatibility(textOf(t, name, old.Fingerprint()))
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Forward) > 0 {
			t.Errorf("%s cannot read what was written before: %q", name, c.Forward)
		}
		if want := breaksForward[name]; strings.Join(c.Backward, "\n") != want {
			t.Errorf("%s: readers of before: %q, want %q", name, c.Backward, want)
		}
	}
}

// textOf returns the text of a past schema.
func textOf(t *testing.T, name string, fingerprint uint64) []byte {
	t.Helper()
	names, err := files.ReadDir("past")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		text, err := files.ReadFile("past/" + n.Name())
		if err != nil {
			t.Fatal(err)
		}
		var head struct{ Name string }
		if err := json.Unmarshal(text, &head); err != nil {
			t.Fatal(err)
		}
		if fp, err := NewStore().Add(text); err == nil && fp == fingerprint && head.Name == name {
			return text
		}
	}
	t.Fatalf("no file of %s", name)
	return nil
}

// TestPastValues reads values as an earlier version wrote them, without a
// registry: a store knows their fingerprints by itself.
func TestPastValues(t *testing.T) {
	places := []duty.ReportPlace{duty.ReportPlaceReturnAgency}
	store := NewStore()
	for _, line := range textLines(t, "testdata/past.jsonl") {
		var x struct {
			Topic, Hex string
			Value      json.RawMessage
		}
		if err := json.Unmarshal(line, &x); err != nil {
			t.Fatal(err)
		}
		value, err := hex.DecodeString(x.Hex)
		if err != nil {
			t.Fatal(err)
		}
		s, _ := Lookup(x.Topic)
		got, err := store.Decode(s, value)
		if err != nil {
			t.Errorf("%s: %v", x.Topic, err)
			continue
		}
		want, _, err := s.DecodeJSON(x.Value)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: read\n%+v\nwant\n%+v", x.Topic, got, want)
		}
		if o, ok := got.(*duty.ObligationChange); ok && !reflect.DeepEqual(o.Places, places) {
			t.Errorf("a decision of before names %v, want the Agency alone", o.Places)
		}
		if bytes.Equal(value, s.AppendValue(nil, got)) {
			t.Errorf("%s: it is no value of before", x.Topic)
		}
	}
}
