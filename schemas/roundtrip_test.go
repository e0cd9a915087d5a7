package schemas_test

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/linkedin/goavro/v2"
	"pgregory.net/rapid"

	"tilsyn/schemas"
)

// draw fills a record with values of every kind that its fields can take.
// Numbers stay below 2^53 where exact is set, since beyond it the JSON form
// rounds (RFC 8785 §3.2.2.3).
func draw(t *rapid.T, s *schemas.Schema, exact bool) any {
	v := s.New()
	fill(t, reflect.ValueOf(v).Elem(), exact)
	return v
}

func fill(t *rapid.T, v reflect.Value, exact bool) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(rapid.String().Draw(t, "string"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int32:
		v.SetInt(int64(rapid.Int32().Draw(t, "int")))
	case reflect.Int64:
		n := rapid.Int64()
		if exact && v.Type().Name() == "int64" {
			n = rapid.Int64Range(-1<<53, 1<<53)
		}
		v.SetInt(n.Draw(t, "long"))
	case reflect.Uint8:
		v.SetUint(uint64(rapid.IntRange(1, symbols(v.Type())-1).Draw(t, "symbol")))
	case reflect.Slice:
		n := rapid.IntRange(0, 3).Draw(t, "items")
		if n == 0 {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(t, v.Index(i), exact)
		}
	case reflect.Struct:
		if ok := v.FieldByName("OK"); ok.IsValid() && v.NumField() == 2 {
			ok.SetBool(rapid.Bool().Draw(t, "present"))
			if ok.Bool() {
				fill(t, v.Field(0), exact)
			}
			return
		}
		for i := range v.NumField() {
			fill(t, v.Field(i), exact)
		}
	default:
		panic(fmt.Sprintf("no values for %s", v.Type()))
	}
}

// symbols counts the symbols of an enum type: beyond the last one String falls
// back to UNKNOWN.
func symbols(t reflect.Type) int {
	v := reflect.New(t).Elem()
	for n := 1; ; n++ {
		v.SetUint(uint64(n))
		if v.Interface().(fmt.Stringer).String() == "UNKNOWN" {
			return n
		}
	}
}

// TestBinaryRoundTrip reads back what was written, and compares the bytes with
// goavro's. A failure prints the seed that replays it.
func TestBinaryRoundTrip(t *testing.T) {
	store := schemas.NewStore()
	for _, s := range schemas.List() {
		reference := goavroCodec(t, s)
		t.Run(s.Name(), rapid.MakeCheck(func(t *rapid.T) {
			v := draw(t, s, false)
			b := s.Append(nil, v)
			got, err := s.Decode(b)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, v) {
				t.Fatalf("read %+v, wrote %+v", got, v)
			}
			if framed, err := store.Decode(s, s.AppendValue(nil, v)); err != nil || !reflect.DeepEqual(framed, v) {
				t.Fatalf("framed: %v, %+v", err, framed)
			}
			native, rest, err := reference.NativeFromBinary(b)
			if err != nil || len(rest) > 0 {
				t.Fatalf("goavro: %v, %d bytes left", err, len(rest))
			}
			if again, err := reference.BinaryFromNative(nil, native); err != nil || !bytes.Equal(again, b) {
				t.Fatalf("goavro writes %x (%v), we %x", again, err, b)
			}
		}))
	}
}

// goavroCodec returns a codec for the canonical form, whose numbers goavro does
// not turn into times.
func goavroCodec(t testing.TB, s *schemas.Schema) *goavro.Codec {
	t.Helper()
	c, err := goavro.NewCodec(string(s.Canonical()))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestJSONRoundTrip reads back the canonical form, and compares it with what
// another implementation of RFC 8785 makes of it.
func TestJSONRoundTrip(t *testing.T) {
	for _, s := range schemas.List() {
		t.Run(s.Name(), rapid.MakeCheck(func(t *rapid.T) {
			v := draw(t, s, true)
			text := s.AppendJSON(nil, v)
			got, _, err := s.DecodeJSON(text)
			if err != nil {
				t.Fatalf("%v in %s", err, text)
			}
			if !reflect.DeepEqual(got, v) {
				t.Fatalf("read %+v, wrote %+v", got, v)
			}
			again := jsontext.Value(bytes.Clone(text))
			if err := again.Canonicalize(); err != nil || !bytes.Equal(again, text) {
				t.Fatalf("canonical form %s (%v), ours %s", again, err, text)
			}
		}))
	}
}

// TestCanonicalLongs checks numbers that a double does not hold.
func TestCanonicalLongs(t *testing.T) {
	for _, n := range []int64{0, -1, 1 << 53, 1<<53 + 1, -(1<<53 + 1), 1<<63 - 1, -1 << 63, 9007199254740993} {
		text := fmt.Appendf(nil, "[%d]", n)
		want := jsontext.Value(bytes.Clone(text))
		if err := want.Canonicalize(); err != nil {
			t.Fatal(err)
		}
		s, _ := schemas.Lookup("reconciliations")
		v, _, err := s.DecodeJSON(fmt.Appendf(nil,
			`{"id":"a","received_at":"2026-01-01T00:00:00Z","device_id":"d","from":"2026-01-01T00:00:00Z","to":"2026-01-01T00:00:00Z","rows":%d}`, n))
		if err != nil {
			t.Fatal(err)
		}
		got := s.AppendJSON(nil, v)
		if !bytes.Contains(got, append(append([]byte(`"rows":`), want[1:len(want)-1]...), ',')) {
			t.Errorf("%d: canonical %s in %s", n, want, got)
		}
	}
}
