package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestOutputIsFresh fails when a generated file is not what the .avsc files
// say.
func TestOutputIsFresh(t *testing.T) {
	const dir = "../.."
	files, err := generate(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		path := filepath.Join(dir, f.path)
		have, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(have, f.text) {
			t.Errorf("%s is stale: run go generate ./schemas", path)
		}
	}
}

// TestRefusals checks that a schema that the decoders are not made for is
// refused with the place.
func TestRefusals(t *testing.T) {
	head := `{"type":"record","name":"X","namespace":"tilsyn","topic":"x","key":"id","fields":[`
	for name, c := range map[string]struct{ text, want string }{
		"no topic":        {`{"type":"record","name":"X","fields":[]}`, "topic and key"},
		"no doc":          {head + `{"name":"a","type":"string"}]}`, "tilsyn.X.a has no doc"},
		"float":           {head + `{"name":"a","type":"double","doc":"d"}]}`, "tilsyn.X.a: type double"},
		"wide union":      {head + `{"name":"a","type":["null","int","string"],"doc":"d"}]}`, "a union must be null and one other"},
		"null last":       {head + `{"name":"a","type":["int","null"],"doc":"d"}]}`, "null first"},
		"enum no default": {head + `{"name":"a","type":{"type":"enum","name":"E","symbols":["A"]},"doc":"d"}]}`, "must have UNKNOWN"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "x.avsc"), []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := load(dir)
			if err == nil || !bytes.Contains([]byte(err.Error()), []byte(c.want)) {
				t.Fatalf("got %v, want something about %q", err, c.want)
			}
		})
	}
}
