package schemas_test

import (
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/linkedin/goavro/v2"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// change returns the text of a schema after an edit of its JSON.
func change(t *testing.T, s *schemas.Schema, edit func(map[string]any)) []byte {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(s.Text(), &m); err != nil {
		t.Fatal(err)
	}
	edit(m)
	out, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func field(m map[string]any, name string) map[string]any {
	for _, f := range m["fields"].([]any) {
		if f := f.(map[string]any); f["name"] == name {
			return f
		}
	}
	return nil
}

func drop(m map[string]any, name string) {
	m["fields"] = slices.DeleteFunc(m["fields"].([]any), func(f any) bool { return f.(map[string]any)["name"] == name })
}

func add(m map[string]any, at int, f map[string]any) {
	m["fields"] = slices.Insert(m["fields"].([]any), at, any(f))
}

// write encodes a value with a foreign schema by means of goavro, which takes
// numbers for the plain types only.
func write(t *testing.T, schema []byte, native map[string]any) []byte {
	t.Helper()
	c, err := goavro.NewCodec(strings.ReplaceAll(string(schema), `"logicalType":"timestamp-millis",`, ""))
	if err != nil {
		t.Fatal(err)
	}
	b, err := c.BinaryFromNative(nil, native)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var nativeHold = map[string]any{
	"id": "HV-1", "version": int64(3), "retracted": false, "received_at": int64(5), "hold_id": "H", "person_id": "P",
	"kind": "HOSPITAL", "valid_from": int64(7), "valid_to": goavro.Union("long", int64(9)),
}

// TestForeignWriters reads values of writers whose schema is not ours.
func TestForeignWriters(t *testing.T) {
	s, _ := schemas.Lookup("holds")
	want := duty.Hold{
		ID: "HV-1", Version: 3, ReceivedAt: 5, HoldID: "H", PersonID: "P",
		Kind: duty.HoldKindHospital, ValidFrom: 7, ValidTo: duty.Some(duty.Instant(9)),
	}
	for _, c := range []struct {
		name   string
		edit   func(map[string]any)
		native map[string]any
		alter  func(*duty.Hold)
	}{
		{"dropped default field", func(m map[string]any) { drop(m, "version") }, nil, func(h *duty.Hold) { h.Version = 1 }},
		{"dropped nullable field", func(m map[string]any) { drop(m, "valid_to") }, nil, func(h *duty.Hold) { h.ValidTo = duty.Opt[duty.Instant]{} }},
		{"added fields", func(m map[string]any) {
			add(m, 0, map[string]any{"name": "ward", "type": "string"})
			add(m, 3, map[string]any{"name": "beds",
				"type": map[string]any{"type": "map", "values": []any{"null", "double", "bytes"}}})
			add(m, 5, map[string]any{"name": "rooms",
				"type": map[string]any{"type": "array", "items": map[string]any{"type": "fixed", "name": "F", "size": 2}}})
		}, map[string]any{"ward": "B", "beds": map[string]any{"a": nil, "b": goavro.Union("double", 2.5)},
			"rooms": []any{[]byte("ab"), []byte("cd")}}, nil},
		{"other order", func(m map[string]any) { slices.Reverse(m["fields"].([]any)) }, nil, nil},
		{"promotion of int", func(m map[string]any) { field(m, "version")["type"] = "int" }, map[string]any{"version": int32(3)}, nil},
		{"bytes for string", func(m map[string]any) { field(m, "person_id")["type"] = "bytes" }, map[string]any{"person_id": []byte("P")}, nil},
		{"not nullable", func(m map[string]any) {
			field(m, "valid_to")["type"] = "long"
			delete(field(m, "valid_to"), "default")
		},
			map[string]any{"valid_to": int64(9)}, nil},
		{"union where we have none", func(m map[string]any) { field(m, "hold_id")["type"] = []any{"null", "string"} },
			map[string]any{"hold_id": goavro.Union("string", "H")}, nil},
		{"union in another order", func(m map[string]any) {
			f := field(m, "valid_to")
			f["type"] = []any{"int", "long", "null"}
			delete(f, "default")
		}, nil, nil},
		{"symbols in another order", func(m map[string]any) {
			slices.Reverse(field(m, "kind")["type"].(map[string]any)["symbols"].([]any))
		}, nil, nil},
		{"added symbol", func(m map[string]any) {
			e := field(m, "kind")["type"].(map[string]any)
			e["symbols"] = slices.Insert(e["symbols"].([]any), 1, any("QUARANTINE"))
		}, nil, nil},
		{"another namespace", func(m map[string]any) { m["namespace"] = "dk.source" }, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := change(t, s, c.edit)
			native := maps.Clone(nativeHold)
			maps.Copy(native, c.native)
			h := want
			if c.alter != nil {
				c.alter(&h)
			}
			store := schemas.NewStore()
			if err := store.AddID(12, text); err != nil {
				t.Fatal(err)
			}
			value := append(schemas.AppendConfluentFrame(nil, 12), write(t, text, native)...)
			got, err := store.Decode(s, value)
			if err != nil {
				t.Fatal(err)
			}
			if *got.(*duty.Hold) != h {
				t.Errorf("read %+v, want %+v", got, h)
			}
			if id, ok := store.SalvageID(s, value); !ok || id != "HV-1" {
				t.Errorf("salvaged %q, %t", id, ok)
			}
		})
	}
}

// TestForeignRefusals checks the errors for writers and values that cannot be
// read.
func TestForeignRefusals(t *testing.T) {
	s, _ := schemas.Lookup("holds")
	for _, c := range []struct {
		name   string
		edit   func(map[string]any)
		native map[string]any
		want   string
	}{
		{"no required field", func(m map[string]any) { drop(m, "hold_id") }, nil, "Hold: the writer has no field hold_id, and it has no default"},
		{"another type", func(m map[string]any) { field(m, "hold_id")["type"] = "long" }, map[string]any{"hold_id": int64(1)},
			"Hold.hold_id: the writer has long, the reader needs string"},
		{"another record", func(m map[string]any) { m["name"] = "Arrest" }, nil, "the writer has record Arrest, the reader needs record Hold"},
		{"new symbol used", func(m map[string]any) {
			e := field(m, "kind")["type"].(map[string]any)
			e["symbols"] = append(e["symbols"].([]any), "QUARANTINE")
		}, map[string]any{"kind": "QUARANTINE"}, "Hold.kind: byte 12: the symbol QUARANTINE, " +
			"which this version does not know; use one of CUSTODY, IMPRISONMENT, HOSPITAL, OTHER"},
		{"null where we have none", func(m map[string]any) { field(m, "hold_id")["type"] = []any{"null", "string"} },
			map[string]any{"hold_id": nil}, "the writer has null, the reader needs string"},
		{"long for int", func(m map[string]any) {
			field(m, "retracted")["type"] = "int"
			delete(field(m, "retracted"), "default")
		}, map[string]any{"retracted": int32(1)},
			"the writer has int, the reader needs boolean"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := change(t, s, c.edit)
			native := maps.Clone(nativeHold)
			maps.Copy(native, c.native)
			store := schemas.NewStore()
			if err := store.AddID(12, text); err != nil {
				t.Fatal(err)
			}
			_, err := store.Decode(s, append(schemas.AppendConfluentFrame(nil, 12), write(t, text, native)...))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestUnits reads instants in the unit of their writer, refuses what is no instant,
// and ignores what Avro does not define.
func TestUnits(t *testing.T) {
	s, _ := schemas.Lookup("holds")
	at, _ := duty.ParseInstant("2026-02-03T22:00:00.123Z")
	hold := duty.Hold{ID: "h", HoldID: "h", PersonID: "P-1", Version: 1, Kind: duty.HoldKindOther,
		ReceivedAt: at, ValidFrom: at}
	for _, c := range []struct {
		logical     string
		scale, more duty.Instant
		want        string // of the error; empty: the time is read
	}{
		{"timestamp-millis", 1, 0, ""},
		{"timestamp-micros", 1_000, 999, ""},
		{"timestamp-nanos", 1_000_000, 999_999, ""},
		{"timestamp-fortnights", 1, 0, ""},
		{"Timestamp-Micros", 1, 0, ""},
		{"date", 1, 0, ""}, // not of a long
		{"local-timestamp-millis", 1, 0, "Hold.received_at: the writer has local-timestamp-millis, the reader needs timestamp-millis"},
		{"time-micros", 1, 0, "the writer has time-micros"},
	} {
		t.Run(c.logical, func(t *testing.T) {
			text := strings.Replace(string(s.Text()), "timestamp-millis", c.logical, 1)
			written := hold
			written.ReceivedAt = at*c.scale + c.more
			store := schemas.NewStore()
			if err := store.AddID(1, []byte(text)); err != nil {
				t.Fatal(err)
			}
			// The canonical form has no logical types, so that both schemas have one
			// fingerprint: only the registry's id tells them apart.
			v, err := store.Decode(s, append(schemas.AppendConfluentFrame(nil, 1), s.Append(nil, &written)...))
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Fatalf("got %v, want %s", err, c.want)
				}
				return
			}
			if err != nil || !reflect.DeepEqual(v, &hold) {
				t.Fatalf("got %+v, %v, want %+v", v, err, hold)
			}
			switch _, err := store.Add([]byte(text)); {
			case c.scale != 1 && (err == nil || !strings.Contains(err.Error(), "other logical types")):
				t.Fatalf("two units under one fingerprint: %v", err)
			case c.logical == "timestamp-millis" && err != nil:
				t.Fatal(err)
			}
		})
	}
}

// TestNamesAreCaseSensitive: an attribute that differs in case from one of the
// specification is metadata, wherever it stands.
func TestNamesAreCaseSensitive(t *testing.T) {
	s, _ := schemas.Lookup("holds")
	text := string(s.Text())
	for _, extra := range []string{
		`"Name":"IS_DELETED"`, `"NAME":7`, `"Type":"string"`, `"Default":true`, `"Doc":[]`,
		`"LogicalType":"timestamp-micros"`,
		`"logicaltype":"timestamp-micros"`, `"Fields":[]`, `"Symbols":["X"]`, `"Namespace":"a.b"`, `"Items":"int"`,
		`"Values":1`, `"Size":"big"`,
		`"size":"big"`, `"items":7`, // defined, but not for a field, a record or a long
	} {
		edited := strings.ReplaceAll(text, "{", "{"+extra+",")
		store := schemas.NewStore()
		fp, err := store.Add([]byte(edited))
		if err != nil || fp != s.Fingerprint() {
			t.Errorf("%s: %v", extra, err)
			continue
		}
		if err := store.AddID(1, []byte(edited)); err != nil {
			t.Errorf("%s: %v", extra, err)
			continue
		}
		want := &duty.Hold{ID: "h", Version: 2, Retracted: true, HoldID: "x", PersonID: "P-1", Kind: duty.HoldKindCustody}
		got, err := store.Decode(s, append(schemas.AppendConfluentFrame(nil, 1), s.Append(nil, want)...))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: read %+v, %v", extra, got, err)
		}
	}
}

// TestFrames checks the two frames and what is neither.
func TestFrames(t *testing.T) {
	s, _ := schemas.Lookup("holds")
	store := schemas.NewStore()
	if _, err := store.Add([]byte(`{"type":"int"`)); err == nil {
		t.Error("half a schema was added")
	}
	if err := store.AddID(5, s.Text()); err != nil {
		t.Fatal(err)
	}
	if err := store.AddID(5, []byte(`"int"`)); err == nil {
		t.Error("an id changed its meaning")
	}
	v := &duty.Hold{ID: "a", Kind: duty.HoldKindOther}
	if _, err := store.Decode(s, s.Append(schemas.AppendConfluentFrame(nil, 5), v)); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		name, value, want string
		is                error
	}{
		{"empty", "", "the value is empty", schemas.ErrFrame},
		{"text", "{}", "the first byte is 7B", schemas.ErrFrame},
		{"short registry frame", "\x00\x00\x00", "this value 3", schemas.ErrFrame},
		{"short single object", "\xC3\x01\x00", "this value has 3 bytes", schemas.ErrFrame},
		{"unknown id", "\x00\x00\x00\x00\x09", "id 9 of a schema registry, which is not asked", schemas.ErrUnknownWriter},
		{"unknown fingerprint", "\xC3\x0112345678", "fingerprint 3837363534333231", schemas.ErrUnknownWriter},
	} {
		_, err := store.Decode(s, []byte(c.value))
		if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
	other, _ := schemas.Lookup("notices")
	if _, err := store.Decode(other, s.AppendValue(nil, v)); err == nil ||
		!strings.Contains(err.Error(), "the writer has record Hold, the reader needs record Notice") {
		t.Errorf("a Hold on notices: %v", err)
	}
}
