package watching_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/watching"
	"tilsyn/engine/stream/wire"
	"tilsyn/engine/watch"
)

// said is one thing that was added to a sheet, or that came out of a record.
type said struct {
	what           string
	row            watch.Row
	person, policy string
	pairs          []duty.Pair
	due            int
	since          duty.Instant
}

// heard collects what comes out of records.
type heard struct{ list []said }

func (h *heard) Row(r watch.Row) {
	r.ID = strings.Clone(r.ID)
	h.list = append(h.list, said{what: "row", row: r})
}

func (h *heard) Pairs(person, policy string, since duty.Instant, pairs []duty.Pair) {
	h.list = append(h.list, said{what: "pairs", person: person, policy: policy, since: since, pairs: pairs})
}

func (h *heard) Due(minutes int) { h.list = append(h.list, said{what: "due", due: minutes}) }

// add adds things to a sheet.
func add(s *watching.Sheet, list []said) {
	for i := range list {
		switch x := &list[i]; x.what {
		case "row":
			s.Row(&x.row)
		case "pairs":
			s.Pairs(x.person, x.policy, x.since, x.pairs)
		default:
			s.Due(x.due)
		}
	}
}

// anyThing is a random thing to say.
func anyThing(r *rand.Rand) said {
	at := func() duty.Instant {
		if r.IntN(8) == 0 {
			return duty.Instant(r.Uint64())
		}
		return duty.Instant(r.Int64N(1 << 41))
	}
	switch r.IntN(10) {
	case 0:
		x := said{what: "pairs", person: fmt.Sprintf("P-%d", r.IntN(50)), since: at()}
		x.policy = strings.Repeat("a", r.IntN(65))
		for range r.IntN(4) {
			x.pairs = append(x.pairs, duty.Pair{CentreID: fmt.Sprintf("C%d", r.IntN(3)), From: at(), To: at(),
				Strict: r.IntN(2) == 0, Due: duty.Span{From: at(), To: at()}})
		}
		return x
	case 1:
		return said{what: "due", due: r.IntN(24*60 + 1)}
	}
	x := watch.Row{ID: fmt.Sprintf("row %d", r.IntN(1000)), Version: 1, DeviceID: fmt.Sprintf("dør-%d", r.IntN(300)),
		CentreID: fmt.Sprintf("C%d", r.IntN(3)), Epoch: r.Int64N(3), OccurredAt: at(), ReceivedAt: at(), Known: at()}
	if r.IntN(2) == 0 {
		x.ID = fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", r.Uint32(), r.Uint32()>>16, r.Uint32()>>16, r.Uint32()>>16,
			r.Uint64()>>16)
	}
	if r.IntN(3) == 0 {
		x.Version = int64(r.Uint64())
	}
	if r.IntN(3) > 0 {
		x.Seq = duty.Some(int64(r.Uint64()))
	}
	return said{what: "row", row: x}
}

// TestSheet: what goes in comes out, in the same order, whatever the size of the records; a sheet
// that is used again is as a new one, and records stay as they were.
func TestSheet(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var s watching.Sheet
	for round := range 40 {
		var in []said
		for range r.IntN(1 << r.IntN(14)) {
			in = append(in, anyThing(r))
		}
		s.Reset()
		if !s.Empty() || s.Records() != nil {
			t.Fatal("a sheet without anything has records")
		}
		add(&s, in)
		if s.Empty() != (len(in) == 0) {
			t.Fatalf("round %d: Empty() = %v after %d things", round, s.Empty(), len(in))
		}
		records := s.Records()
		kept := slices.Clone(records)
		for i := range kept {
			kept[i] = bytes.Clone(kept[i])
			if len(kept[i]) > 200<<10 {
				t.Errorf("a record takes %d bytes", len(kept[i]))
			}
		}
		s.Reset()
		add(&s, []said{anyThing(r), anyThing(r)})
		s.Reset()
		var out heard
		for i := range records {
			if !bytes.Equal(records[i], kept[i]) {
				t.Fatal("a record changed after Reset")
			}
			if err := watching.Decode(records[i], &out); err != nil {
				t.Fatal(err)
			}
		}
		if len(in) != len(out.list) {
			t.Fatalf("round %d: %d things out, %d in", round, len(out.list), len(in))
		}
		for i := range in {
			if !reflect.DeepEqual(in[i], out.list[i]) {
				t.Fatalf("round %d, %d:\nin  %+v\nout %+v", round, i, in[i], out.list[i])
			}
		}
	}
}

// TestSheetRowsAreSmall: rows of a few devices take few bytes besides their ids, and adding one
// allocates nothing.
func TestSheetRowsAreSmall(t *testing.T) {
	rows := make([]watch.Row, 1000)
	for i := range rows {
		at := duty.Instant(1_770_000_000_000 + 700*int64(i))
		rows[i] = watch.Row{ID: fmt.Sprintf("id%08d", i), Version: 1,
			DeviceID: fmt.Sprintf("KH-gate-%d", i%24), CentreID: "KH",
			Seq: duty.Some(int64(5000 + i/24)), OccurredAt: at, ReceivedAt: at + 900, Known: at + 1000}
	}
	var s watching.Sheet
	for i := range rows {
		s.Row(&rows[i])
	}
	records := s.Records()
	if len(records) != 1 {
		t.Fatalf("%d records, want 1", len(records))
	}
	if each := float64(len(records[0]))/float64(len(rows)) - 10; each > 14 {
		t.Errorf("%.1f bytes for each row besides its id, want at most 14", each)
	}
	s.Reset()
	for i := range rows {
		s.Row(&rows[i])
	}
	// The sheet stays below the size of a record while this runs.
	if n := testing.AllocsPerRun(500, func() { s.Row(&rows[7]) }); n != 0 {
		t.Errorf("a row allocates %v times", n)
	}
}

// TestDecodeRefuses: a record that is none, of a newer version or cut short is an error.
func TestDecodeRefuses(t *testing.T) {
	var s watching.Sheet
	add(&s, []said{
		{what: "row", row: watch.Row{ID: "a", Version: 2, DeviceID: "d", CentreID: "KH", Seq: duty.Some[int64](4), Known: 9}},
		{what: "pairs", person: "P-1", policy: "abc", pairs: []duty.Pair{{CentreID: "KH", From: 1, To: 2}}},
		{what: "due", due: 750},
	})
	whole := s.Records()[0]
	ends := 0
	for n := range whole {
		var out heard
		if err := watching.Decode(whole[:n], &out); err == nil {
			ends++
		} else if !errors.Is(err, wire.ErrCut) {
			t.Errorf("cut at %d: %v", n, err)
		}
	}
	if ends != 4 { // an empty record, the source, the row, and the pairs end where nothing is cut
		t.Errorf("%d beginnings can be read, want 4", ends)
	}
	newer := bytes.Clone(whole)
	newer[1]++
	if err := watching.Decode(newer, &heard{}); err == nil || !errors.Is(err, stored.ErrNewer) {
		t.Errorf("a newer version: %v", err)
	}
	for _, b := range [][]byte{
		{watching.Record + 1, 1}, {watching.Record, 1, 0}, {watching.Record, 1, 9},
		{watching.Record, 1, 2, 0, 0},                                 // a row of no source
		{watching.Record, 1, 4, 0xa1, 0x0b},                           // 24:01
		{watching.Record, 1, 3, 1, 'P', 0, 0, 0, 1, 0, 0, 0, 0, 0, 0}, // a pair at no centre
		append([]byte{watching.Record, 1, 3, 1, 'P', 0, 0, 0}, bytes.Repeat([]byte{0xff}, 9)...),
	} {
		if err := watching.Decode(b, &heard{}); !errors.Is(err, wire.ErrCut) {
			t.Errorf("% x: %v, want %v", b, err, wire.ErrCut)
		}
	}
}

// FuzzDecode: arbitrary bytes give an error or things that come out again when they are forwarded,
// and never more of them than there are bytes.
func FuzzDecode(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 20 {
		var s watching.Sheet
		for range n + 1 {
			add(&s, []said{anyThing(r)})
		}
		f.Add(s.Records()[0])
	}
	f.Add([]byte{watching.Record, 1, 3, 1, 'P', 0, 0, 1, 1, 'C', 1, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		var out heard
		if watching.Decode(b, &out) != nil {
			return
		}
		n := 0
		for i := range out.list {
			n += 1 + len(out.list[i].pairs)
		}
		if n > len(b) {
			t.Fatalf("%d things in %d bytes", n, len(b))
		}
		var s watching.Sheet
		again := heard{}
		add(&s, out.list)
		for _, record := range s.Records() {
			if err := watching.Decode(record, &again); err != nil {
				t.Fatal(err)
			}
		}
		if !reflect.DeepEqual(out.list, again.list) {
			t.Fatalf("out   %+v\nagain %+v", out.list, again.list)
		}
	})
}
