package schemas_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/linkedin/goavro/v2"

	"tilsyn/engine/stream/seeds"
	"tilsyn/schemas"
)

// records is how many random records of each schema the round trips try.
const records = 100

// eachRecord calls fn with random records of a schema. Numbers stay below 2^53 where exact is set, since beyond it the
// JSON form rounds (RFC 8785 §3.2.2.3). TILSYN_SEED is the seed of the first record; a failure prints that of its own.
func eachRecord(t *testing.T, s *schemas.Schema, exact bool, fn func(v any)) {
	t.Helper()
	first := seeds.Seed(t, 1)
	for seed := first; seed < first+records; seed++ {
		v := s.New()
		fill(rand.New(rand.NewPCG(seed, 0)), reflect.ValueOf(v).Elem(), exact)
		if fn(v); t.Failed() {
			t.Fatalf("TILSYN_SEED=%d begins with this record", seed)
		}
	}
}

// runes are what random strings are made of, and what is hard to write among them.
var runes = []rune("aZ09 æøÅ€\"\\/\x00\x1f\u007f\u2028\ufffd\U0001F600<>&'")

// fill fills a value with what its type can take.
func fill(r *rand.Rand, v reflect.Value, exact bool) {
	switch v.Kind() {
	case reflect.String:
		text := make([]rune, r.IntN(12))
		for i := range text {
			text[i] = runes[r.IntN(len(runes))]
		}
		v.SetString(string(text))
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int32:
		v.SetInt(int64(int32(r.Uint32()) >> r.IntN(32)))
	case reflect.Int64:
		n := int64(r.Uint64()) >> r.IntN(64) // of every length
		if exact && v.Type().Name() == "int64" {
			n %= 1<<53 + 1
		}
		v.SetInt(n)
	case reflect.Uint8:
		v.SetUint(uint64(1 + r.IntN(symbols(v.Type())-1)))
	case reflect.Slice:
		n := r.IntN(4)
		if n == 0 {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(r, v.Index(i), exact)
		}
	case reflect.Struct:
		if ok := v.FieldByName("OK"); ok.IsValid() && v.NumField() == 2 {
			ok.SetBool(r.IntN(2) == 0)
			if ok.Bool() {
				fill(r, v.Field(0), exact)
			}
			return
		}
		for i := range v.NumField() {
			fill(r, v.Field(i), exact)
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
// goavro's.
func TestBinaryRoundTrip(t *testing.T) {
	store := schemas.NewStore()
	for _, s := range schemas.List() {
		reference := goavroCodec(t, s)
		t.Run(s.Name(), func(t *testing.T) {
			eachRecord(t, s, false, func(v any) { binaryAgain(t, store, s, reference, v) })
		})
	}
}

// binaryAgain writes a record and reads it back, as goavro does.
func binaryAgain(t *testing.T, store *schemas.Store, s *schemas.Schema, reference *goavro.Codec, v any) {
	t.Helper()
	b := s.Append(nil, v)
	if got, err := s.Decode(b); err != nil || !reflect.DeepEqual(got, v) {
		t.Errorf("read %+v (%v), wrote %+v", got, err, v)
	}
	if framed, err := store.Decode(s, s.AppendValue(nil, v)); err != nil || !reflect.DeepEqual(framed, v) {
		t.Errorf("framed: %v, %+v", err, framed)
	}
	native, rest, err := reference.NativeFromBinary(b)
	if err != nil || len(rest) > 0 {
		t.Errorf("goavro: %v, %d bytes left", err, len(rest))
		return
	}
	if again, err := reference.BinaryFromNative(nil, native); err != nil || !bytes.Equal(again, b) {
		t.Errorf("goavro writes %x (%v), we %x", again, err, b)
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
		t.Run(s.Name(), func(t *testing.T) {
			eachRecord(t, s, true, func(v any) {
				text := s.AppendJSON(nil, v)
				if got, _, err := s.DecodeJSON(text); err != nil || !reflect.DeepEqual(got, v) {
					t.Errorf("read %+v (%v) from %s, wrote %+v", got, err, text, v)
				}
				again := jsontext.Value(bytes.Clone(text))
				if err := again.Canonicalize(); err != nil || !bytes.Equal(again, text) {
					t.Errorf("canonical form %s (%v), ours %s", again, err, text)
				}
			})
		})
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
