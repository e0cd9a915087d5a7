package control_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/control"
)

// texts are the fields of the record that hold text: names of places, sources, systems, consumers, codes
// and references. None holds free text.
var texts = []string{
	"centre_id", "period", "policy_versions", "source_id", "id", "devices", "consumer", "code", "field",
	"result_ref", "system", "ref",
}

// never are parts of names that must not be in the record: what was told of persons, in numbers or by name,
// and what would make it a target (contract-case 9).
var never = []string{
	"indicated", "needs_review", "told", "violation", "breach", "person_id", "card", "unit_id", "case", "target",
	"rank", "trend", "statement", "text", "reason", "description", "remark_", "numerator", "denominator",
}

// persons is the one number of persons: of those whom a suspected loss may concern, told of or not.
const persons = "losses.persons"

// walk calls with every field of a schema, its path and its type.
func walk(t *testing.T, path string, schema any, see func(path, kind string, symbols []string)) {
	t.Helper()
	switch s := schema.(type) {
	case string:
		see(path, s, nil)
	case []any:
		for _, branch := range s {
			if branch != "null" {
				walk(t, path, branch, see)
			}
		}
	case map[string]any:
		switch s["type"] {
		case "record":
			for _, f := range s["fields"].([]any) {
				field := f.(map[string]any)
				walk(t, strings.TrimPrefix(path+"."+field["name"].(string), "."), field["type"], see)
			}
		case "array":
			walk(t, path, s["items"], see)
		case "enum":
			var symbols []string
			for _, x := range s["symbols"].([]any) {
				symbols = append(symbols, x.(string))
			}
			see(path, "enum", symbols)
		default:
			see(path, s["type"].(string), nil)
		}
	default:
		t.Fatalf("%s: %v is no schema", path, schema)
	}
}

// TestNeverInIt reads the schema of the record: it says nothing of what was told of persons.
func TestNeverInIt(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "schemas", "control-report.avsc"))
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(schema["doc"].(string), control.Sentence) {
		t.Errorf("the record does not say: %s", control.Sentence)
	}
	fields := 0
	walk(t, "", schema, func(path, kind string, symbols []string) {
		fields++
		name := path[strings.LastIndexByte(path, '.')+1:]
		for _, part := range never {
			if strings.Contains(name, part) || slices.ContainsFunc(symbols, func(s string) bool {
				return strings.Contains(strings.ToLower(s), part)
			}) {
				t.Errorf("%s must not be in the record (%s)", path, part)
			}
		}
		if kind == "string" && !slices.Contains(texts, name) {
			t.Errorf("%s is text, and not one of %v", path, texts)
		}
		if strings.Contains(name, "person") && path != persons {
			t.Errorf("%s speaks of persons", path)
		}
		if strings.HasPrefix(path, "withdrawals.") && (kind == "int" || kind == "long") &&
			!strings.HasSuffix(name, "_ms") && name != "permille" {
			t.Errorf("%s: a number beside the share tells how many were told", path)
		}
	})
	if fields < 90 {
		t.Errorf("%d fields were read; the test looks at the wrong file", fields)
	}
}
