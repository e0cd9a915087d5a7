package schemas_test

import (
	"strings"
	"testing"

	"tilsyn/schemas"
)

// TestCompatibility changes the schema of holds in one way at a time.
func TestCompatibility(t *testing.T) {
	s, _ := schemas.Lookup("holds")
	for _, c := range []struct {
		name                           string
		edit                           func(map[string]any)
		backward, forward, rules, note string
		identical                      bool
	}{
		{name: "nothing", edit: func(map[string]any) {}, identical: true},
		{name: "added default field", edit: func(m map[string]any) {
			add(m, 4, map[string]any{"name": "ward", "type": []any{"null", "string"}, "doc": "Ward.", "default": nil})
		}, note: "forward: Hold.ward: the reader does not have the field and passes over it"},
		{name: "added required field", edit: func(m map[string]any) {
			add(m, 4, map[string]any{"name": "ward", "type": "string", "doc": "Ward."})
		}, backward: "Hold.ward: the writer does not have the field, and it has no default"},
		{name: "bad default", edit: func(m map[string]any) {
			add(m, 4, map[string]any{"name": "ward", "type": "string", "doc": "Ward.", "default": 7})
		}, backward: "Hold.ward: the default is not a string"},
		{name: "dropped default field", edit: func(m map[string]any) { drop(m, "version") },
			note: "forward: Hold.version: the writer does not have the field; the reader sees its default 1"},
		{name: "dropped required field", edit: func(m map[string]any) { drop(m, "hold_id") },
			forward: "Hold.hold_id: the writer does not have the field, and it has no default"},
		{name: "another type", edit: func(m map[string]any) { field(m, "hold_id")["type"] = "long" },
			backward: "Hold.hold_id: written as string, read as long", forward: "Hold.hold_id: written as long, read as string"},
		{name: "wider type", edit: func(m map[string]any) { field(m, "version")["type"] = "double" },
			forward: "Hold.version: written as double, read as long"},
		{name: "now nullable", edit: func(m map[string]any) { field(m, "hold_id")["type"] = []any{"null", "string"} },
			forward: "Hold.hold_id: a value may be null: written as null, read as string"},
		{name: "no longer nullable", edit: func(m map[string]any) {
			f := field(m, "valid_to")
			f["type"] = map[string]any{"type": "long", "logicalType": "timestamp-millis"}
			delete(f, "default")
		}, backward: "Hold.valid_to: a value may be null: written as null, read as long"},
		{name: "no logical type", edit: func(m map[string]any) {
			field(m, "valid_from")["type"] = map[string]any{"type": "long", "logicalType": "timestamp-milis"}
		}, rules: `Hold.valid_from: "timestamp-milis" is no logical type of long; every reader ignores it`, identical: true},
		{name: "micros", edit: func(m map[string]any) {
			field(m, "valid_from")["type"] = map[string]any{"type": "long", "logicalType": "timestamp-micros"}
		}, backward: "Hold.valid_from: written as timestamp-millis, read as timestamp-micros",
			forward: "written as timestamp-micros", identical: true},
		{name: "added symbol", edit: func(m map[string]any) {
			e := field(m, "kind")["type"].(map[string]any)
			e["symbols"] = append(e["symbols"].([]any), "QUARANTINE")
		}, note: "forward: Hold.kind: enum HoldKind: the reader does not have QUARANTINE; by the default it sees UNKNOWN"},
		{name: "dropped symbol without default", edit: func(m map[string]any) {
			e := field(m, "kind")["type"].(map[string]any)
			e["symbols"] = e["symbols"].([]any)[:4]
			delete(e, "default")
		}, backward: "Hold.kind: enum HoldKind: the reader does not have OTHER, and its enum has no default",
			rules: "Hold.kind: an enum has UNKNOWN"},
		{name: "renamed enum", edit: func(m map[string]any) {
			field(m, "kind")["type"].(map[string]any)["name"] = "HoldSort"
		},
			backward: "a type must keep its name", forward: "a type must keep its name"},
		{name: "no doc", edit: func(m map[string]any) { delete(field(m, "kind"), "doc") }, rules: "Hold.kind: the field has no doc", identical: true},
		{name: "another key", edit: func(m map[string]any) { m["key"] = "hold_id" }, rules: `Hold: the key was "person_id" and is now "hold_id"`, identical: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := schemas.CheckCompatibility(change(t, s, c.edit))
			if err != nil {
				t.Fatal(err)
			}
			expect(t, "backward", got.Backward, c.backward)
			expect(t, "forward", got.Forward, c.forward)
			expect(t, "rules", got.Rules, c.rules)
			if c.note != "" {
				expect(t, "notes", got.Notes, c.note)
			}
			if want := c.backward+c.forward+c.rules == ""; got.OK() != want {
				t.Errorf("OK is %t", got.OK())
			}
			if got.Identical != c.identical {
				t.Errorf("Identical is %t", got.Identical)
			}
		})
	}
}

// expect wants an entry that holds the text, or no entry where it is empty.
func expect(t *testing.T, what string, got []string, want string) {
	t.Helper()
	if want == "" && len(got) > 0 || want != "" && !strings.Contains(strings.Join(got, "\n"), want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// TestBuiltInIsCompatible judges every schema against itself.
func TestBuiltInIsCompatible(t *testing.T) {
	for _, s := range schemas.List() {
		c, err := schemas.CheckCompatibility(s.Text())
		if err != nil || !c.OK() || !c.Identical || c.Schema != s || len(c.Notes) > 0 {
			t.Errorf("%s: %v, %+v", s.Name(), err, c)
		}
		for _, name := range []string{s.Name(), s.Topic(), "tilsyn." + s.Name()} {
			if got, ok := schemas.Show(name); !ok || got != s {
				t.Errorf("Show(%q) is not %s", name, s.Name())
			}
		}
	}
	for _, text := range []string{`{`, `"string"`, `{"type":"record","name":"tilsyn.Parcel","fields":[]}`,
		`{"type":"enum","name":"tilsyn.Hold","symbols":["A"]}`} {
		if _, err := schemas.CheckCompatibility([]byte(text)); err == nil {
			t.Errorf("%s was judged", text)
		}
	}
}
