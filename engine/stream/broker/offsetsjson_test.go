package broker

import (
	"encoding/json"
	"maps"
	"math"
	"math/rand/v2"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
)

// TestOffsetsAsJSON: positions and marks are written as a map of their names is, byte for byte, and read back.
func TestOffsetsAsJSON(t *testing.T) {
	seeds.ForEach(t, 3000, func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 31))
		o, m := Offsets{}, Marks{}
		topics := []string{"", "a", "a-b", "a.b", "ab", "a/b", `a"b\`, "a<b", "Æ\xff"}
		for _, topic := range duty.Topics() {
			topics = append(topics, topic.Name)
		}
		for range r.IntN(60) {
			p := Partition{Topic: topics[r.IntN(len(topics))], Index: int32(r.IntN(1 << r.IntN(31)))}
			o[p] = r.Int64N(1 << r.IntN(63))
			m[p] = Mark{Epoch: int32(r.Uint32() >> r.IntN(32)), CRC: r.Uint32() >> r.IntN(32)}
		}
		marks := map[string]Mark{}
		for p, mark := range m {
			marks[p.Name()] = mark
		}
		same(t, o, o.Names())
		same(t, m, marks)
	})
	same(t, Offsets(nil), map[string]int64{})
	same(t, Marks(nil), map[string]Mark{})
}

// same compares two values as JSON.
func same(t *testing.T, got, want any) {
	t.Helper()
	a, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if string(a) != string(b) {
		t.Fatalf("written as\n%s\nwant\n%s", a, b)
	}
	readAlike(t, b)
}

// readAlike reads a text quickly and by way of a map of names; the two must agree, also in what they refuse.
func readAlike(t *testing.T, text []byte) {
	t.Helper()
	var o, wantOffsets Offsets
	var m, wantMarks Marks
	errOffsets, errMarks := json.Unmarshal(text, &o), json.Unmarshal(text, &m)
	var offsets map[string]int64
	err := json.Unmarshal(text, &offsets)
	if err == nil && offsets != nil {
		wantOffsets, err = ParseOffsets(offsets)
	}
	if err == nil && len(wantOffsets) < len(offsets) {
		return // two names of one partition, as "holds/1" and "holds/01": which of them counts is left open
	}
	if (err != nil) != (errOffsets != nil) || !maps.Equal(o, wantOffsets) {
		t.Fatalf("%q is read as %v, %v: want %v, %v", text, o, errOffsets, wantOffsets, err)
	}
	var marks map[string]Mark
	err = json.Unmarshal(text, &marks)
	if err == nil && marks != nil {
		wantMarks, err = ByPartition(marks, func(m Mark) Mark { return m })
	}
	if err == nil && len(wantMarks) < len(marks) {
		return
	}
	if (err != nil) != (errMarks != nil) || !maps.Equal(m, wantMarks) {
		t.Fatalf("%q is read as %v, %v: want %v, %v", text, m, errMarks, wantMarks, err)
	}
}

// FuzzOffsetsAsJSON: whatever the text, it is read as a map of names is, or refused as that is.
func FuzzOffsetsAsJSON(f *testing.F) {
	for _, text := range []string{
		`{}`, ` { "holds/0" : 7 } `, `{"holds/0":7,"holds/0":8}`, `{"holds/00":7,"holds/+1":8}`, `{"holds/1":7,"holds/01":8}`, `{"holds/0":-1}`,
		`{"holds/0":1e3}`, `{"holds/0":9223372036854775807}`, `{"holds/2147483648":1}`, `{"holds":1}`, `{"a\/1":1}`,
		`{"/1":1}`, `{"a/1/2":1}`, `{"holds/1":{"epoch":-1,"crc":4294967295}}`, `{"holds/1":{"crc":1,"epoch":2}}`,
		`{"holds/1":{"epoch":1,"crc":-1}}`, `{"holds/1":{"epoch":2147483648,"crc":1}}`, `null`, `[]`, `{"holds/1":null}`,
		`{"holds/-1":3}`, `{"holds/1":-0}`, `{"holds/":3}`, `{"ø/1":2}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(readAlike)
}

// BenchmarkOffsetsAsJSON reads and writes the positions of one commit.
func BenchmarkOffsetsAsJSON(b *testing.B) {
	o := Offsets{}
	for _, topic := range duty.Topics() {
		o[Partition{Topic: topic.Name, Index: 3}] = math.MaxInt32
	}
	b.ReportAllocs()
	for b.Loop() {
		text, err := json.Marshal(o)
		if err != nil {
			b.Fatal(err)
		}
		var back Offsets
		if err := json.Unmarshal(text, &back); err != nil || len(back) != len(o) {
			b.Fatal(err, len(back))
		}
	}
}
