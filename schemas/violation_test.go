package schemas_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// TestWorkedViolation holds the worked example to its digest, in JSON and in
// Avro. The digest was computed by other means than ours, in schemas/ with
// rfc8785 0.1.4 from PyPI:
//
//	python3 -m pip install rfc8785==0.1.4
//	python3 -c 'import hashlib, json, rfc8785
//	v = json.load(open("testdata/violation.json"))
//	d = v.pop("digest")
//	print(d == hashlib.sha256(rfc8785.dumps(v)).hexdigest(), d)'
//
// which prints True and the digest below.
func TestWorkedViolation(t *testing.T) {
	const digest = "52e2589a5efc3c2fa53c034275427f1ebeec77ea2b0c2fce73e597828583b4ae"
	text, err := os.ReadFile("testdata/violation.json")
	if err != nil {
		t.Fatal(err)
	}
	s, _ := schemas.Lookup("violations")
	v, _, err := s.DecodeJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	checkDigest(t, "JSON", v.(*duty.Violation), digest)

	framed, err := os.ReadFile("testdata/violation.avro.hex")
	if err != nil {
		t.Fatal(err)
	}
	value, err := hex.DecodeString(strings.Join(strings.Fields(string(framed)), ""))
	if err != nil {
		t.Fatal(err)
	}
	w, err := schemas.NewStore().Decode(s, value)
	if err != nil {
		t.Fatal(err)
	}
	checkDigest(t, "Avro", w.(*duty.Violation), digest)
	if again := s.AppendValue(nil, v); !bytes.Equal(again, value) {
		t.Errorf("the JSON example gives other Avro bytes:\n%x", again)
	}
	if a, b := s.AppendJSON(nil, v), s.AppendJSON(nil, w); !bytes.Equal(a, b) {
		t.Errorf("the two examples differ:\n%s\n%s", a, b)
	}
}

func checkDigest(t *testing.T, form string, v *duty.Violation, want string) {
	t.Helper()
	if v.Digest != want {
		t.Errorf("%s: the field digest is %s, want %s", form, v.Digest, want)
	}
	if got := v.ComputeDigest(); got != want {
		t.Errorf("%s: computed %s, want %s", form, got, want)
	}
}
