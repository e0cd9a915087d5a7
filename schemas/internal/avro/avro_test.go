package avro

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func parse(t testing.TB, text string) *Schema {
	t.Helper()
	s, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestCanonical holds the canonical form to the transformations of the
// specification. The fingerprints of int and of the second record are those of
// the specification's own test data.
func TestCanonical(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`"int"`, `"int"`},
		{`{"type":"int"}`, `"int"`},
		{`{"type":{"type":"int"}}`, `"int"`},
		{`{"type":"long","logicalType":"timestamp-millis"}`, `"long"`},
		{`{"type":"fixed","name":"F","size":15,"namespace":"x.y","aliases":["G"]}`, `{"name":"x.y.F","type":"fixed","size":15}`},
		{`{"type":"map","values":["null","double"]}`, `{"type":"map","values":["null","double"]}`},
		{`{"type":"enum","doc":"d","symbols":["A1"],"default":"A1","name":"e","namespace":"x"}`, `{"name":"x.e","type":"enum","symbols":["A1"]}`},
		{`{"fields":[{"type":{"type":"boolean"},"name":"f","order":"ignore","default":true}],"type":"record","name":"foo"}`,
			`{"name":"foo","type":"record","fields":[{"name":"f","type":"boolean"}]}`},
		{`{"type":"record","name":"a.R","fields":[{"name":"n","type":["null","R"]},{"name":"e","type":{"type":"enum","name":"E","symbols":[]}},{"name":"f","type":{"type":"array","items":"a.E"}}]}`,
			`{"name":"a.R","type":"record","fields":[{"name":"n","type":["null","a.R"]},{"name":"e","type":{"name":"a.E","type":"enum","symbols":[]}},{"name":"f","type":{"type":"array","items":"a.E"}}]}`},
	} {
		if got := string(parse(t, c.text).Canonical()); got != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.text, got, c.want)
		}
	}
	if got := CRC64([]byte(`"int"`)); got != 0x7275d51a3f395c8f {
		t.Errorf("fingerprint of int %016x", got)
	}
	if got := FingerprintBytes(0x0102030405060708); got != [8]byte{8, 7, 6, 5, 4, 3, 2, 1} {
		t.Errorf("bytes %v", got)
	}
}

func TestParseRefusals(t *testing.T) {
	for text, want := range map[string]string{
		``:                 "not JSON",
		`"int" "int"`:      "something follows",
		`7`:                "a type is a name, a list of types or an object",
		`"integer"`:        `unknown type "integer"`,
		`{"type":"array"}`: "schema[]: the type is missing",
		`[]`:               "a union without branches",
		`["null",["int"]]`: "a union directly inside a union",
		`["int","int"]`:    "the same type twice",
		`{"type":"enum","name":"E","symbols":["A","A"]}`:                                                         "symbol A twice",
		`{"type":"enum","name":"E","symbols":["A"],"default":"B"}`:                                               "the default is not one of its symbols",
		`{"type":"enum","name":"E","symbols":["A-B"]}`:                                                           `"A-B" is not a symbol`,
		`{"type":"fixed","name":"F"}`:                                                                            "fixed F has no size",
		`{"type":"fixed","name":"F","size":-1}`:                                                                  "fixed F has no size",
		`{"type":"record","name":"1R","fields":[]}`:                                                              `"1R" is not a name`,
		`{"type":"record","name":"R"}`:                                                                           "record R: no fields",
		`{"type":"record","name":"R","fields":[{"name":"a"}]}`:                                                   "R.a: the type is missing",
		`{"type":"record","name":"R","fields":[{"name":"a","type":"x"}]}`:                                        `R.a: unknown type "x"`,
		`{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}`:            "field a twice",
		`{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"enum","name":"R","symbols":["A"]}}]}`: "R is defined twice",
		strings.Repeat(`{"type":"array","items":`, 70) + `"int"` + strings.Repeat(`}`, 70):                       "nested more than 64 levels",
		`"` + strings.Repeat("a", 1<<20) + `"`:                                                                   "at most 1048576 are read",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80s: got %v, want %s", text, err, want)
		}
	}
}

// TestEndless gives values that would cost time, stack or memory without end.
func TestEndless(t *testing.T) {
	reader := parse(t, `{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":0}]}`)
	for name, c := range map[string]struct{ writer, value, want string }{
		"items without bytes": {`{"type":"record","name":"R","fields":[{"name":"x","type":{"type":"array","items":"null"}}]}`,
			"\xfe\xff\xff\xff\xff\xff\xff\xff\x7f", "x: byte 9: a block of"},
		"a record in itself": {`{"type":"record","name":"R","fields":[{"name":"x","type":"R"}]}`, "", "nested more than 64 levels"},
		"lists in lists": {`{"type":"record","name":"R","fields":[{"name":"x","type":{"type":"array","items":{"type":"array","items":"null"}}}]}`,
			strings.Repeat("\x80\x40", 3000), "a block of"},
		"wild fixed": {`{"type":"record","name":"R","fields":[{"name":"x","type":{"type":"fixed","name":"F","size":2147483647}}]}`,
			"", "x: byte 0: 2147483647 bytes where 0 are left"},
		"wild block size": {`{"type":"record","name":"R","fields":[{"name":"x","type":{"type":"map","values":"int"}}]}`,
			"\x01\xfe\xff\xff\xff\x0f", "x: byte 6: a block of"},
	} {
		t.Run(name, func(t *testing.T) {
			plan, err := Compile(parse(t, c.writer), reader)
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = plan.Transcode(nil, []byte(c.value))
			var fault *Error
			if !errors.As(err, &fault) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestDefaults writes defaults of every type.
func TestDefaults(t *testing.T) {
	for _, c := range []struct{ schema, text, want string }{
		{`"null"`, `null`, ""},
		{`"boolean"`, `true`, "\x01"},
		{`"int"`, `-3`, "\x05"},
		{`"float"`, `1`, "\x00\x00\x80\x3f"},
		{`"double"`, `1`, "\x00\x00\x00\x00\x00\x00\xf0\x3f"},
		{`"string"`, `"é"`, "\x04\xc3\xa9"},
		{`"bytes"`, `"\u00e9"`, "\x02\xe9"},
		{`{"type":"fixed","name":"F","size":2}`, `"ab"`, "ab"},
		{`{"type":"enum","name":"E","symbols":["A","B"]}`, `"B"`, "\x02"},
		{`["null","int"]`, `null`, "\x00"},
		{`["null","int"]`, `4`, "\x02\x08"},
		{`{"type":"array","items":"int"}`, `[1,2]`, "\x04\x02\x04\x00"},
		{`{"type":"map","values":"int"}`, `{}`, "\x00"},
		{`{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int","default":1}]}`, `{"a":3}`, "\x06\x02"},
	} {
		got, err := appendDefault(nil, parse(t, c.schema), []byte(c.text), 0)
		if err != nil || !bytes.Equal(got, []byte(c.want)) {
			t.Errorf("%s of %s: %x, %v, want %x", c.text, c.schema, got, err, c.want)
		}
	}
	for schema, text := range map[string]string{
		`"null"`: `0`, `"boolean"`: `1`, `"int"`: `2147483648`, `"long"`: `1.5`, `"double"`: `"1"`,
		`"string"`: `1`, `"bytes"`: `"€"`,
		`{"type":"fixed","name":"F","size":2}`:       `"abc"`,
		`{"type":"enum","name":"E","symbols":["A"]}`: `"B"`,
		`["null","int"]`:                 `"a"`,
		`{"type":"array","items":"int"}`: `null`,
		`{"type":"map","values":"int"}`:  `{"a":1}`,
		`{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}`: `{}`,
	} {
		if got, err := appendDefault(nil, parse(t, schema), []byte(text), 0); err == nil {
			t.Errorf("%s of %s was written as %x", text, schema, got)
		}
	}
}

// TestJudgeRecursive ends on a schema that refers to itself.
func TestJudgeRecursive(t *testing.T) {
	old := parse(t, `{"type":"record","name":"R","fields":[{"name":"next","type":["null","R"]}]}`)
	wide := parse(t, `{"type":"record","name":"R","fields":[{"name":"next","type":["null","R"]},{"name":"a","type":"int"}]}`)
	if got := Judge(old, old); len(got) != 0 {
		t.Errorf("against itself: %v", got)
	}
	got := Judge(old, wide)
	if len(got) == 0 || !got[0].Breaks || got[0].Path != "R.a" && got[len(got)-1].Path != "R.a" {
		t.Errorf("%v", got)
	}
}
