package stream

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"tilsyn/engine/duty"
)

// TestAnswersAreServedOnce: whatever the times and however little a cycle takes,
// every record is served once, those of a partition in their order, and the
// position told is the one behind the last of them.
func TestAnswersAreServedOnce(t *testing.T) {
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		a := &answers{parts: map[Partition]*answer{}}
		at, want, got := Offsets{}, map[Partition][]int64{}, map[Partition][]int64{}
		ends := Offsets{}
		for n := range 1 + rnd.IntN(4) {
			p := Partition{Topic: fmt.Sprint(n), Index: 1}
			x := &answer{part: p, at: int64(rnd.IntN(5)), marked: true, mark: Mark{CRC: 99}}
			at[p] = x.at
			offset := x.at
			for range rnd.IntN(12) {
				offset += int64(rnd.IntN(3)) // compacted logs have gaps
				x.records = append(x.records, Record{Partition: p, Offset: offset, At: duty.Instant(rnd.IntN(6)), mark: Mark{CRC: uint32(offset)}})
				want[p] = append(want[p], offset)
				offset++
			}
			x.next = offset + int64(rnd.IntN(3))
			ends[p], a.parts[p] = x.next, x
		}
		for range 100 {
			out := Fetched{Next: Offsets{}, Marks: map[Partition]Mark{}}
			most := 1 + rnd.IntN(5)
			if a.take(at, most, &out); len(out.Records) > most {
				t.Fatalf("seed %d: %d records where %d were asked for", seed, len(out.Records), most)
			}
			last := map[Partition]int64{}
			for _, r := range out.Records {
				got[r.Partition] = append(got[r.Partition], r.Offset)
				last[r.Partition] = r.Offset
			}
			for p, next := range out.Next {
				if n, ok := last[p]; next != ends[p] && (!ok || next != n+1 || out.Marks[p].CRC != uint32(n)) {
					t.Fatalf("seed %d: %v goes on at %d with mark %v", seed, p, next, out.Marks[p])
				}
				at[p] = next
			}
			for p := range last {
				if _, ok := out.Next[p]; !ok {
					t.Fatalf("seed %d: records of %v without a position", seed, p)
				}
			}
		}
		for p, end := range ends {
			if at[p] != end || !slices.Equal(got[p], want[p]) {
				t.Fatalf("seed %d: %v: served %v up to %d, want %v up to %d", seed, p, got[p], at[p], want[p], end)
			}
		}
	}
}

// TestAnswersGoByTime: what became known together is served together.
func TestAnswersGoByTime(t *testing.T) {
	a := &answers{parts: map[Partition]*answer{}}
	from := Offsets{}
	for _, topic := range []string{"a", "b", "c"} {
		p := Partition{Topic: topic}
		x := &answer{part: p, next: 100}
		for n := range int64(100) {
			x.records = append(x.records, Record{Partition: p, Offset: n, At: duty.Instant(n / 10)})
		}
		a.parts[p], from[p] = x, 0
	}
	out := Fetched{Next: Offsets{}, Marks: map[Partition]Mark{}}
	a.take(from, 90, &out)
	if !slices.IsSortedFunc(out.Records, func(x, y Record) int { return int(x.At - y.At) }) || len(out.Records) != 90 {
		t.Error("90 records are not served in order of time")
	}
	for p, next := range out.Next {
		if next != 30 {
			t.Errorf("%v goes on at %d, want 30", p, next)
		}
	}
}
