package schemas_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/schemas/internal/avro"
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
	past := pastTexts(t)
	if len(past) < 5 {
		t.Errorf("%d past schemas, there were five at least: a file of them is never taken away", len(past))
	}
	for _, text := range past {
		old, err := avro.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(old.Name, "tilsyn.")
		s, ok := schemas.Show(name)
		if !ok {
			t.Errorf("%s is no record any more", name)
			continue
		}
		if s.Fingerprint() == old.Fingerprint() {
			t.Errorf("%s: the schema of before is that of today", name)
		}
		// The schema of before stands in the place of the changed one, so that
		// what the judgement calls forward is backward for today's.
		c, err := schemas.CheckCompatibility(text)
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

// pastTexts are the schemas of earlier versions.
func pastTexts(t *testing.T) [][]byte {
	t.Helper()
	names, err := filepath.Glob("past/*.avsc")
	if err != nil {
		t.Fatal(err)
	}
	var out [][]byte
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, text)
	}
	return out
}

// TestPastValues reads values as an earlier version wrote them, without a
// registry: a store knows their fingerprints by itself.
func TestPastValues(t *testing.T) {
	places := []duty.ReportPlace{duty.ReportPlaceReturnAgency}
	store := schemas.NewStore()
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
		s, _ := schemas.Lookup(x.Topic)
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
