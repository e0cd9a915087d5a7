package duty

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// formCases is how many random times each test of their forms tries, from a seed that is always the same.
const formCases = 500

// TestInstantForm compares with package time, which the core itself does not
// use.
func TestInstantForm(t *testing.T) {
	const first, last = -62167219200000, 253402300799999 // years 0000 to 9999
	r := rand.New(rand.NewPCG(1, 0))
	for range formCases {
		ms := first + r.Int64N(last-first+1)
		want := time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z")
		if got := Instant(ms).String(); got != want {
			t.Fatalf("%d: %s, want %s", ms, got, want)
		}
		const farthest = 23*60 + 59
		offset := r.IntN(2*farthest+1) - farthest
		local := time.UnixMilli(ms).In(time.FixedZone("", offset*60))
		if y := local.Year(); y < 0 || y > 9999 {
			continue
		}
		text := local.Format("2006-01-02T15:04:05.000-07:00")
		if got, ok := ParseInstant(text); !ok || got != Instant(ms) {
			t.Fatalf("%s: %d, %t, want %d", text, got, ok, ms)
		}
	}
}

// TestEveryInstant: instants of the whole range are written and read back.
func TestEveryInstant(t *testing.T) {
	far := []int64{math.MinInt64, math.MinInt64 + 1, math.MaxInt64, math.MaxInt64 - 1, int64(Beginning),
		int64(Forever), -1, 0, 1}
	for _, ms := range far {
		if got, ok := ParseInstant(Instant(ms).String()); !ok || got != Instant(ms) {
			t.Errorf("%d is written %s and read %d, %t", ms, Instant(ms), got, ok)
		}
	}
	r := rand.New(rand.NewPCG(2, 0))
	for range formCases {
		i := Instant(r.Uint64() >> r.IntN(64)) // of every length
		if r.IntN(2) == 0 {
			i = -i
		}
		if got, ok := ParseInstant(i.String()); !ok || got != i {
			t.Fatalf("%d is written %s and read %d, %t", i, i, got, ok)
		}
		d := Date(int32(r.Uint32()) >> r.IntN(32))
		if got, ok := ParseDate(d.String()); !ok || got != d {
			t.Fatalf("%d is written %s and read %d, %t", d, d, got, ok)
		}
	}
}

func TestParseInstant(t *testing.T) {
	for text, want := range map[string]string{
		"2026-02-03T23:00:00+01:00":     "2026-02-03T22:00:00.000Z",
		"2026-02-03T23:00:00Z":          "2026-02-03T23:00:00.000Z",
		"2026-02-03t23:00:00z":          "2026-02-03T23:00:00.000Z",
		"2026-02-03T23:00:00.1Z":        "2026-02-03T23:00:00.100Z",
		"2026-02-03T23:00:00.123999Z":   "2026-02-03T23:00:00.123Z",
		"2026-03-29T02:30:00.5-00:30":   "2026-03-29T03:00:00.500Z",
		"1969-12-31T23:59:59.999Z":      "1969-12-31T23:59:59.999Z",
		"2024-02-29T00:00:00Z":          "2024-02-29T00:00:00.000Z",
		"+010000-01-01T00:00:00.000Z":   "+010000-01-01T00:00:00.000Z",
		"-000001-12-31T23:59:59.999Z":   "-000001-12-31T23:59:59.999Z",
		"0000-01-01T00:00:00.000+00:01": "-000001-12-31T23:59:00.000Z",
		// A leap second is read as the next one (RFC 3339, 5.6 and appendix D).
		"2016-12-31T23:59:60Z":      "2017-01-01T00:00:00.000Z",
		"2016-12-31T15:59:60-08:00": "2017-01-01T00:00:00.000Z",
		"2017-01-01T00:59:60+01:00": "2017-01-01T00:00:00.000Z",
		"1990-12-31T23:59:60.25Z":   "1991-01-01T00:00:00.250Z",
		"1969-06-30T23:59:60Z":      "1969-07-01T00:00:00.000Z",
	} {
		got, ok := ParseInstant(text)
		if !ok || got.String() != want {
			t.Errorf("%s: %s, %t, want %s", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"", "2026-02-03", "2026-02-03T23:00:00", "2026-02-03T23:00Z", "2026-02-03 23:00:00Z", "2026-02-30T00:00:00Z",
		"2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z",
		"2026-01-01T00:60:00Z",
		"2026-12-31T23:59:61Z", "2026-12-31T23:59:60+01:00", "2026-12-31T12:00:60Z", "2026-01-01T00:00:00.Z",
		"2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+01:60",
		"2026-01-01T00:00:00+0100", "2026-01-01T00:00:00Zz", "26-01-01T00:00:00Z", "+002026-01-01T00:00:00Z",
		"2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "+292278994-08-17T07:12:55.808Z", "-292275055-05-16T16:47:04.191Z",
		"+1234567890-01-01T00:00:00Z", "2026-01-01T0é:00:00Z",
	} {
		if got, ok := ParseInstant(text); ok {
			t.Errorf("%q was read as %s", text, got)
		}
	}
}

func TestParseDate(t *testing.T) {
	for text, want := range map[string]Date{"1970-01-01": 0, "1969-12-31": -1, "2024-02-29": 19782,
		"2000-03-01": 11017, "0000-03-01": -719468} {
		if got, ok := ParseDate(text); !ok || got != want || got.String() != text {
			t.Errorf("%s: %d %s, %t, want %d", text, got, got, ok, want)
		}
	}
	for _, text := range []string{"", "2026-2-3", "2026-02-29", "2026-04-31", "2026-02-03T", "2026/02/03",
		"+999999999-01-01"} {
		if got, ok := ParseDate(text); ok {
			t.Errorf("%q was read as %s", text, got)
		}
	}
}

// TestJSONStrings holds the escapes to RFC 8785 §3.2.2.2.
func TestJSONStrings(t *testing.T) {
	for text, want := range map[string]string{
		"":                            `""`,
		"Kærshovedgård €":             `"Kærshovedgård €"`,
		"\u0000\u001f\b\t\n\f\r\"\\/": `"\u0000\u001f\b\t\n\f\r\"\\/"`,
		"\u007f\u2028<>&'":            "\"\u007f\u2028<>&'\"",
		"a\xffb\xc3":                  "\"a\uFFFDb\uFFFD\"",
		"\U0001F600\ufffd":            "\"\U0001F600\ufffd\"",
	} {
		if got := string(appendJSONString(nil, text)); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// TestJSONNumbers holds longs beyond 2^53 to the number form of ECMAScript.
func TestJSONNumbers(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", -7: "-7", 1 << 53: "9007199254740992", 1<<53 + 1: "9007199254740992", -(1<<53 + 3): "-9007199254740996",
		math.MaxInt64: "9223372036854776000", math.MinInt64: "-9223372036854776000", 1 << 62: "4611686018427388000",
	} {
		if got := string(appendJSONNumber(nil, n)); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

// TestSymbols reads every symbol of an enum back, and nothing else.
func TestSymbols(t *testing.T) {
	for v := GroupUnknown; v.String() != "UNKNOWN" || v == 0; v++ {
		if got, ok := ParseGroup(v.String()); !ok || got != v {
			t.Errorf("%s is read as %d, %t", v, got, ok)
		}
	}
	if _, ok := ParseGroup("tolerated"); ok {
		t.Error("a symbol in small letters was read")
	}
	if got := Group(200).String(); got != "UNKNOWN" {
		t.Errorf("a value that is no symbol is written %s", got)
	}
}
