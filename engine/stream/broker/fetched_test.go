package broker

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"tilsyn/topics"
)

// rowList are the rows of an answer in a test. Some end a batch, and are held
// then.
type rowList struct {
	list []topics.Record
	at   int
	held func() int
}

func (r *rowList) Next() (bool, error) {
	r.at++
	return r.at <= len(r.list), nil
}

func (r *rowList) At() *topics.Record { return &r.list[r.at-1] }

func (r *rowList) Held() int {
	if r.held == nil || r.at == len(r.list) {
		return 0
	}
	return r.held()
}

func (r *rowList) Leave() {}
func (r *rowList) Close() {}

// TestAnswersAreServedOnce: whatever the timestamps, and however little a cycle takes, every
// record is served once, those of a partition in their order, and the position that is reported is
// the one behind the last record served.
func TestAnswersAreServedOnce(t *testing.T) {
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		a := &answers{parts: map[Partition]*answer{}}
		at, want, got := Offsets{}, map[Partition][]int64{}, map[Partition][]int64{}
		ends := Offsets{}
		for n := range 1 + rnd.IntN(4) {
			p := Partition{Topic: fmt.Sprint(n), Index: 1}
			list := &rowList{held: func() int { return rnd.IntN(2) * 2 * holdMost }}
			x := &answer{part: p, at: int64(rnd.IntN(5)), rows: list, served: -1, marked: true, mark: Mark{CRC: 99}}
			at[p] = x.at
			offset := x.at
			for range rnd.IntN(12) {
				offset += int64(rnd.IntN(3)) // compacted logs have gaps
				list.list = append(list.list,
					topics.Record{Offset: offset, Timestamp: int64(rnd.IntN(6)), BatchCRC: uint32(offset)})
				want[p] = append(want[p], offset)
				offset++
			}
			x.next = offset + int64(rnd.IntN(3))
			ends[p], a.parts[p] = x.next, x
		}
		for range 100 {
			out := Fetched{Next: Offsets{}, Marks: map[Partition]Mark{}}
			most := 1 + rnd.IntN(5)
			if err := a.take(at, most, true, &out); err != nil || len(out.Records) > most {
				t.Fatalf("seed %d: %d records where %d were asked for, %v", seed, len(out.Records), most, err)
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
			if more := slices.ContainsFunc(slices.Collect(maps.Keys(ends)),
				func(p Partition) bool { return at[p] != ends[p] }); more != out.Ready {
				t.Fatalf("seed %d: more is at hand: %v, told %v", seed, more, out.Ready)
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
		list := &rowList{}
		for n := range int64(100) {
			list.list = append(list.list, topics.Record{Offset: n, Timestamp: n / 10})
		}
		a.parts[p], from[p] = &answer{part: p, rows: list, served: -1, next: 100}, 0
	}
	out := Fetched{Next: Offsets{}, Marks: map[Partition]Mark{}}
	if err := a.take(from, 90, true, &out); err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(out.Records, func(x, y Record) int { return int(x.At - y.At) }) || len(out.Records) != 90 {
		t.Error("90 records are not served in order of time")
	}
	for p, next := range out.Next {
		if next != 30 {
			t.Errorf("%v goes on at %d, want 30", p, next)
		}
	}
}

// TestAnswersWaitForWhatMayBeOlder: where a partition has more on the broker than in memory, it is
// fetched before newer records of other partitions are served. If the fetch brings nothing, the
// others go on.
func TestAnswersWaitForWhatMayBeOlder(t *testing.T) {
	long, short := Partition{Topic: "long"}, Partition{Topic: "short"}
	rows := func(from, to int64) *rowList {
		list := &rowList{}
		for n := from; n < to; n++ {
			list.list = append(list.list, topics.Record{Offset: n, Timestamp: n})
		}
		return list
	}
	a := &answers{parts: map[Partition]*answer{
		long:  {part: long, rows: rows(0, 20), served: -1, next: 20},
		short: {part: short, rows: rows(0, 5), served: -1, next: 5, lags: true},
	}}
	at := Offsets{long: 0, short: 0}
	take := func(wantLong, wantShort int64) {
		t.Helper()
		out := Fetched{Next: Offsets{}, Marks: map[Partition]Mark{}}
		if err := a.take(at, 100, true, &out); err != nil {
			t.Fatal(err)
		}
		maps.Copy(at, out.Next)
		if at[long] != wantLong || at[short] != wantShort {
			t.Errorf("served up to %d and %d, want %d and %d", at[long], at[short], wantLong, wantShort)
		}
	}
	take(5, 5)
	take(5, 5)
	missing := a.missing(at, nil)
	if len(missing) != 1 || missing[0].Topic != "short" || missing[0].Offset != 5 {
		t.Fatalf("%v is to be fetched, want only what may be older", missing)
	}
	a.parts[short] = &answer{part: short, at: 5, rows: rows(5, 9), served: -1, next: 9, lags: true}
	take(9, 9)
	if _, err := a.fill(nil, a.missing(at, nil), &fetching{}); err != nil {
		t.Fatal(err)
	}
	take(20, 9)
}
