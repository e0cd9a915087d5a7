package schemas_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"tilsyn/schemas"
)

// samples returns the lines of testdata/records.jsonl, which hold every record
// of the contract at least once.
func samples(t testing.TB) []schemas.Line {
	t.Helper()
	var out []schemas.Line
	for _, text := range textLines(t, "testdata/records.jsonl") {
		l, err := schemas.DecodeLine(text)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, l)
	}
	return out
}

func textLines(t testing.TB, path string) [][]byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out [][]byte
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		out = append(out, bytes.Clone(in.Bytes()))
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestFastavro reads what fastavro made of the samples, and writes the same
// bytes. testdata/fastavro_make.py says how they were made.
func TestFastavro(t *testing.T) {
	lines := samples(t)
	store := schemas.NewStore()
	seen := map[string]bool{}
	for i, text := range textLines(t, "testdata/fastavro.jsonl") {
		var x struct{ Topic, Hex string }
		if err := json.Unmarshal(text, &x); err != nil {
			t.Fatal(err)
		}
		value, err := hex.DecodeString(x.Hex)
		if err != nil {
			t.Fatal(err)
		}
		s, _ := schemas.Lookup(x.Topic)
		seen[x.Topic] = true
		got, err := store.Decode(s, value)
		if err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		if !reflect.DeepEqual(got, lines[i].Value) {
			t.Errorf("line %d: read\n%+v\nwant\n%+v", i+1, got, lines[i].Value)
		}
		if again := s.AppendValue(nil, lines[i].Value); !bytes.Equal(again, value) {
			t.Errorf("line %d: wrote\n%x\nfastavro writes\n%x", i+1, again, value)
		}
	}
	for _, s := range schemas.List() {
		if !seen[s.Topic()] {
			t.Errorf("no sample of %s", s.Topic())
		}
	}
}
