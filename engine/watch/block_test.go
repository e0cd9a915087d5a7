package watch

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// TestBlocks: whatever the order in which the records of a day come, they are read in order of time, each
// once, from leaves of bounded size, with few that are not coded.
func TestBlocks(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	begin := duty.DateOf(2026, 3, 1).Start()
	day := dayOf(begin)
	const n = 12_000
	orders := map[string]func(i int) duty.Instant{
		"in order": func(i int) duty.Instant { return duty.Instant(i) * duty.Second },
		"backward": func(i int) duty.Instant { return duty.Instant(n-i) * duty.Second },
		"of four tasks": func(i int) duty.Instant {
			return duty.Instant(i/2000*2000+i%500*4+i/500%4) * duty.Second
		},
		"anyhow":        func(int) duty.Instant { return duty.Instant(r.IntN(int(12 * duty.Hour))) },
		"by minutes":    func(int) duty.Instant { return duty.Instant(r.IntN(60)) * duty.Minute },
		"at one moment": func(i int) duty.Instant { return duty.Hour + duty.Instant(i/(n-10))*duty.Second },
	}
	for name, at := range orders {
		b, c := &block{day: day}, &coder{rows: true}
		var all []record
		coded := 0 // how many records the leaf of one moment coded, all times together
		for i := range n {
			own := begin + at(i)
			x := record{own: own, received: own + duty.Instant(r.IntN(3)), known: own + duty.Instant(r.IntN(5000)),
				seq: int64(r.IntN(n)) - 5, numbered: r.IntN(2) == 0, epoch: int64(r.IntN(50) / 49), centre: r.IntN(2),
				id: fmt.Sprint(i)}
			if !x.numbered {
				x.seq = 0
			}
			all = append(all, x)
			was := b.loose
			b.add(&x, c)
			if b.loose < was {
				coded += b.n
			}
			loose := 0
			for _, l := range b.leaves {
				if l.loose != nil {
					loose += int(l.loose.n)
				}
			}
			if loose != b.loose || loose > max(blockLoose, b.n/4) {
				t.Fatalf("seed %d, %s: %d records of %d are loose, and %d counted", seed, name, loose, b.n, b.loose)
			}
		}
		if name == "at one moment" && coded > 5*n {
			t.Errorf("seed %d, %s: %d records were coded %d times", seed, name, n, coded)
		}
		held := 0
		for _, l := range b.leaves {
			if held += cap(l.data); l.loose != nil {
				held += cap(l.loose.data)
			}
		}
		if held > 40*n {
			t.Errorf("seed %d, %s: %d records hold %d bytes", seed, name, n, held)
		}
		slices.SortFunc(all, compareRecords)
		for range 3 {
			k := r.IntN(len(all))
			got, ok := b.take(c, func(x *record) bool { return x.id == all[k].id })
			if !ok || got != all[k] {
				t.Fatalf("seed %d, %s: took %+v, %v: want %+v", seed, name, got, ok, all[k])
			}
			all = slices.Delete(all, k, k+1)
		}
		var got []record
		b.each(nil, c, func(list []record) bool {
			if len(list) > leafRecords+leafLoose && list[0].at() != list[len(list)/2].at() {
				t.Errorf("seed %d, %s: a leaf of %d records", seed, name, len(list))
			}
			got = append(got, list...)
			return true
		})
		if !slices.IsSortedFunc(got, func(a, b record) int { return cmp.Compare(a.at(), b.at()) }) {
			t.Fatalf("seed %d, %s: the records are not in order of time", seed, name)
		}
		slices.SortFunc(got, compareRecords)
		if !slices.Equal(got, all) || b.n != len(all) {
			t.Fatalf("seed %d, %s: read %d records, or others, of %d", seed, name, len(got), len(all))
		}
		oldest, newest := duty.Forever, duty.Beginning
		for i := range all {
			oldest, newest = min(oldest, all[i].known), max(newest, all[i].known)
		}
		if b.oldest() != oldest || b.newest() != newest {
			t.Errorf("seed %d, %s: known from %d to %d, not from %d to %d", seed, name, b.oldest(), b.newest(), oldest, newest)
		}
	}
}

// TestBusyDay: a log that is given thousands of rows of one device and day, many of one instant, reports
// what New does.
func TestBusyDay(t *testing.T) {
	const seed = 20260301
	seen := map[string]int{}
	for i := range max(2, worldsOf(t, 2, 10_000)) { // each is large
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		x := newWorld(r)
		seq, at := int64(0), x.start
		for range 4000 {
			at += duty.Instant(r.IntN(3)) * duty.Second / 2
			if seq++; r.IntN(400) == 0 {
				continue // a gap
			}
			x.n++
			known := at + duty.Instant(r.IntN(3))*duty.Second
			x.facts.Rows = append(x.facts.Rows, Row{ID: fmt.Sprint("R", x.n), Version: 1, DeviceID: "KH-carousel",
				CentreID: []string{"KH", "SJ"}[r.IntN(9)/8], Seq: duty.Opt[int64]{V: seq, OK: r.IntN(1000) > 0},
				OccurredAt: at, ReceivedAt: known + duty.Instant(r.IntN(2))*duty.Second, Known: known})
		}
		all := x.shuffled(r)
		l, p := NewLog(), policy.Builtin()
		live := l.Under(p)
		var now Facts
		clock := x.start + 10*duty.Minute
		for done := false; !done; {
			for range 150 {
				done = l.feed(r, &all, &now)
			}
			clock += 20 * duty.Minute
			if msg := sameLook(live, now, p, clock, nil, seen); msg != "" {
				t.Fatalf("world %d at %s: %s", i, clock, msg)
			}
		}
	}
	if seen["gap ACTIVE"] == 0 {
		t.Errorf("no world has a gap: %v", seen)
	}
}

// TestEveningCost: what one more row of an evening allocates, and what stays of it.
func TestEveningCost(t *testing.T) {
	few, many := costOfEvening(20_000), costOfEvening(80_000)
	more := 60_000.0
	bytes, allocs, stays := (many[0]-few[0])/more, (many[1]-few[1])/more, (many[2]-few[2])/more
	t.Logf("%.0f bytes and %.2f allocations for a row, of which %.1f bytes stay", bytes, allocs, stays)
	if bytes > 250 || allocs > 0.05 || stays > 48 {
		t.Errorf("a row of an evening costs %.0f bytes in %.2f allocations, and %.1f bytes stay: want at most 250 in 0.05, "+
			"and 48", bytes, allocs, stays)
	}
}

// costOfEvening returns the bytes and allocations of an evening of one device, and the bytes that stay.
func costOfEvening(rows int) [3]float64 {
	list := eveningRows(rows, 1)
	var before, after, kept runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	live := evening(list)
	runtime.ReadMemStats(&after)
	runtime.GC()
	runtime.ReadMemStats(&kept)
	runtime.KeepAlive(live)
	runtime.KeepAlive(list)
	return [3]float64{float64(after.TotalAlloc - before.TotalAlloc), float64(after.Mallocs - before.Mallocs),
		float64(kept.HeapAlloc) - float64(before.HeapAlloc)}
}
