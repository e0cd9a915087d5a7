package glossary_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/duty/law"
	"tilsyn/engine/explain"
	"tilsyn/engine/glossary"
)

// both reports whether a text stands in both languages.
func both(w glossary.Words) bool { return w.Da != "" && w.En != "" && !strings.Contains(w.En, "|") }

// TestEverySymbolHasWords: every symbol of every enum of the schemas has words in both languages.
func TestEverySymbolHasWords(t *testing.T) {
	files, err := filepath.Glob("../../schemas/*.avsc")
	if err != nil || len(files) == 0 {
		t.Fatalf("no schemas: %v", err)
	}
	seen := 0
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(b, &v); err != nil {
			t.Fatal(err)
		}
		symbols(v, func(name, symbol string) {
			seen++
			if w, ok := glossary.Of(symbol); !ok || !both(w) {
				t.Errorf("%s: %s %s has %+v; give it words in both languages", filepath.Base(f), name, symbol, w)
			}
		})
	}
	if seen < 300 {
		t.Errorf("only %d symbols were found", seen)
	}
}

// symbols gives every symbol of every enum under a value of a schema.
func symbols(v any, f func(name, symbol string)) {
	switch v := v.(type) {
	case map[string]any:
		if v["type"] == "enum" {
			for _, s := range v["symbols"].([]any) {
				f(v["name"].(string), s.(string))
			}
		}
		for _, x := range v {
			symbols(x, f)
		}
	case []any:
		for _, x := range v {
			symbols(x, f)
		}
	}
}

// TestEveryCaveatHasWords: the caveats are exactly the specific ones of domain 4, and every field that makes a
// revision has a name.
func TestEveryCaveatHasWords(t *testing.T) {
	for _, c := range glossary.Caveats() {
		if w, _ := glossary.Of(c); !both(w) {
			t.Errorf("%s has %+v", c, w)
		}
		if law.Caveat(c) == "" {
			t.Errorf("%s is no caveat of domain 4", c)
		}
	}
	b, err := os.ReadFile("../duty/law/04-evidence-rules-and-caveats.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(b), "| Code | Set when |")
	for line := range strings.SplitSeq(table, "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 4 || strings.HasPrefix(cells[1], "---") {
			continue
		}
		for code := range strings.SplitSeq(cells[1], ",") {
			if code = strings.TrimSpace(code); !slices.Contains(glossary.Caveats(), code) {
				t.Errorf("the caveat %s is missing", code)
			}
		}
	}
	one, other := &duty.Violation{}, &duty.Violation{Status: duty.StatusIndicated, Kind: duty.KindReport, CentreID: "KH",
		Caveats: []string{"TAINTED"}, Settled: true,
		Instant: duty.Day, PeriodFrom: duty.Day, PeriodTo: duty.Day, Shortfall: duty.Some[int32](1),
		WithdrawnOutcome: duty.Some(duty.WithdrawnOutcomeExcluded), Group: duty.GroupTolerated, ObligationIDs: []string{"x"},
		LegalBasis: duty.LegalBasisReturnAct132, Basis: duty.BasisOpenOut}
	changes := explain.Changes(one, other)
	if len(changes) != 13 {
		t.Errorf("%d fields differ: %v", len(changes), changes)
	}
	for _, c := range changes {
		if w, ok := glossary.Field(c.Field); !ok || !both(w) {
			t.Errorf("the field %s has %+v", c.Field, w)
		}
	}
}
