package watching_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/watching"
	"tilsyn/engine/watch"
)

// TestOwnerKeepsNoRecord: what the owner says does not change when the memory of a record that it has taken in is used
// for something else, as rows in order and out of it, in several versions, with one number, once and twice.
func TestOwnerKeepsNoRecord(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	begin := duty.DateOf(2026, 3, 2).Clock(20, 0)
	p := policy.Builtin()
	kept, used := watching.NewOwner(), watching.NewOwner()
	look := func(at duty.Instant) {
		t.Helper()
		active := []duty.ActivePolicy{{From: duty.Beginning, Policy: p}}
		want, got := kept.Look(at, active, p, nil), used.Look(at, active, p, nil)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d, at %s: the owner says\n%+v\nand should say\n%+v", seed, at, got, want)
		}
	}
	lines := 0
	at := begin
	for cycle := range 12 {
		var s watching.Sheet
		for i := range 400 {
			n := int64(cycle*400 + i)
			at += duty.Instant(r.IntN(3)) * duty.Second
			own, twice := at-duty.Instant(r.IntN(20)/19)*duty.Hour, i%50 >= 48
			if twice && cycle%3 == 2 {
				own = at - duty.Hour // known before the last look
			}
			row := watch.Row{ID: fmt.Sprintf("e%d", n), Version: 1 + n%50/49*int64(cycle/3%2), DeviceID: "KH-carousel",
				CentreID: "KH", Seq: duty.Some(n - n%50/49), OccurredAt: own,
				ReceivedAt: own + duty.Second, Known: own + duty.Second}
			if i%2 == 0 {
				row.ID = fmt.Sprintf("%08x-0000-4000-8000-%012x", n, n*31)
			}
			s.Row(&row)
			if twice {
				row.Version += int64(r.IntN(2))
				row.Known += duty.Minute
				s.Row(&row)
			}
		}
		for _, b := range s.Records() {
			for _, o := range []*watching.Owner{kept, used} {
				record := append([]byte{}, b...)
				if err := watching.Decode(record, o); err != nil {
					t.Fatal(err)
				}
				if o == used {
					clear(record)
				}
			}
		}
		if cycle%3 == 1 {
			look(at - duty.Minute)
		}
	}
	look(at + duty.Hour)
	word := kept.Look(at+2*duty.Hour, []duty.ActivePolicy{{From: duty.Beginning, Policy: p}}, p, nil)
	for _, q := range word.Quality {
		if q.Code == duty.DataQualityCodeConflictingFact {
			lines++
		}
	}
	if lines == 0 {
		t.Errorf("seed %d: no two rows have one number", seed)
	}
}
