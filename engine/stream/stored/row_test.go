package stored

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/state"
	"tilsyn/state/statetest"
)

// randomRow is a row as producers send them, and as they should not.
func randomRow(rng *rand.Rand) duty.Known[duty.CardEvent] {
	at := duty.Instant(rng.Int64N(4_000_000_000_000) - 100)
	e := duty.CardEvent{
		Version: 1, ReceivedAt: at + duty.Instant(rng.Int64N(100_000)) - 500, PersonID: duty.Some("P"),
		CardID:   []string{"", "C1", "kort-æ"}[rng.IntN(3)],
		CardType: duty.CardTypeBiometric, CentreID: []string{"KH", "SJ"}[rng.IntN(2)],
		DeviceID: []string{"KH-carousel", "x"}[rng.IntN(2)], DeviceType: duty.DeviceTypeCarousel,
		Kind: duty.CardEventKindPassage, Scan: duty.ScanComplete, OccurredAt: at,
	}
	if rng.IntN(3) > 0 {
		e.Direction = duty.Some([]duty.Direction{duty.DirectionIn, duty.DirectionOut}[rng.IntN(2)])
	}
	if rng.IntN(2) > 0 {
		e.SourceSeq, e.SourceEpoch = duty.Some(rng.Int64()), rng.Int64N(3)
	}
	e.ID = []string{
		fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", rng.Uint32(), rng.IntN(1<<16), rng.IntN(1<<12), rng.IntN(1<<12), rng.Int64N(1<<48)),
		"0F8FAD5B-D9CB-469F-A165-70867728950E", "row-17", "", "0f8fad5b-d9cb-469f-a165-7086772895xx",
	}[rng.IntN(5)]
	return duty.Known[duty.CardEvent]{Fact: e, At: e.ReceivedAt + duty.Instant(rng.Int64N(1000)),
		Pos: duty.Some(duty.Position{Partition: 3, Offset: rng.Int64N(1 << 40)})}
}

// What is read from the short form of a row is the row, also after a restart.
func TestPackedRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	st, err := statetest.NewModel().Task(3)
	if err != nil {
		t.Fatal(err)
	}
	var s Shapes
	if err := s.Load(st); err != nil {
		t.Fatal(err)
	}
	for n := range 2000 {
		want := randomRow(rng)
		b, ok := s.PackRow([]byte("before"), &want.Fact, want.At, want.Pos.V.Offset)
		if !ok {
			t.Fatalf("row %d is not packed", n)
		}
		var batch state.Batch
		s.Save(&batch)
		if err := st.Commit(&batch); err != nil {
			t.Fatal(err)
		}
		if n%100 == 0 {
			if err := s.Load(st); err != nil {
				t.Fatal(err)
			}
		}
		var got duty.Known[duty.CardEvent]
		if err := s.UnpackRow(b[6:], "P", 3, WholeRow, &got); err != nil || got != want {
			t.Fatalf("row %d: %+v, want %+v, error %v", n, got, want, err)
		}
		for cut := 6; cut < len(b); cut++ {
			if s.UnpackRow(b[6:cut], "P", 3, SharedRow, &got) == nil && got.Fact.ID == want.Fact.ID {
				t.Fatalf("row %d: cut after %d of %d bytes it reads as whole", n, cut, len(b))
			}
		}
	}
}

// A row that the short form cannot carry is stored in full.
func TestRowsThatAreNotPacked(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	s := Shapes{numbers: map[shape]uint32{}}
	for name, change := range map[string]func(*duty.CardEvent){
		"another version": func(e *duty.CardEvent) { e.Version = 2 },
		"retracted":       func(e *duty.CardEvent) { e.Retracted = true },
		"no person":       func(e *duty.CardEvent) { e.PersonID = duty.None[string]() },
	} {
		k := randomRow(rng)
		change(&k.Fact)
		if _, ok := s.PackRow(nil, &k.Fact, k.At, 1); ok {
			t.Errorf("a row with %s is packed", name)
		}
	}
	for n := range maxShapes {
		s.number(shape{epoch: int64(n)})
	}
	k := randomRow(rng)
	if _, ok := s.PackRow(nil, &k.Fact, k.At, 1); ok {
		t.Error("a row of one shape too many is packed")
	}
}
