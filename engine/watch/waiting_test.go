package watch

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"tilsyn/engine/duty"
)

// TestRowsWait: rows that are known after the clock wait packed, and each is filed at the first clock by
// which it was known, whatever the order in which they came.
func TestRowsWait(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	log := NewLog()
	begin := duty.DateOf(2026, 3, 1).Start()
	log.advance(begin)
	const n, devices = 6000, 3
	rows, text := map[string]Row{}, 0
	for i := range n {
		at := begin + duty.Hour + duty.Instant(r.IntN(int(20*duty.Hour)))
		row := Row{ID: fmt.Sprint(i), Version: 1, DeviceID: fmt.Sprint(i % devices), CentreID: "KH", OccurredAt: at,
			ReceivedAt: at + duty.Instant(r.IntN(5000)), Known: at + duty.Instant(r.IntN(int(duty.Hour)))}
		if r.IntN(2) == 0 {
			row.Seq = duty.Some(int64(r.IntN(n)) - 5)
		}
		if r.IntN(2) == 0 {
			row.ID = fmt.Sprintf("%08x-0000-4000-8000-%012x", i, i*31)
		}
		if r.IntN(50) == 0 {
			row.Version = 2
		}
		rows[row.ID], text = row, text+len(row.ID)
		log.AddRow(row)
	}
	packed := 0
	for _, q := range log.waiting.devices {
		q.leaves(func(x *leaf) { packed += len(x.data) })
	}
	if per := float64(packed-text) / n; per > 24 {
		t.Errorf("a row that waits takes %.1f bytes besides its id", per)
	}
	for at := begin; at < begin+24*duty.Hour; at += duty.Instant(r.IntN(int(2 * duty.Hour))) {
		log.advance(at)
		var want struct {
			waits        int
			next, newest duty.Instant
		}
		want.next, want.newest = duty.Forever, duty.Beginning
		for _, row := range rows {
			if row.Known > at {
				want.waits++
				want.next, want.newest = min(want.next, row.Known), max(want.newest, row.Known)
			}
		}
		w := &log.waiting
		if w.n != want.waits || w.next() != want.next || want.waits > 0 && w.newest() != want.newest {
			t.Fatalf("seed %d: %d wait, the next at %d: want %+v", seed, w.n, w.next(), want)
		}
		filed := filedRows(log)
		if len(filed) != n-want.waits {
			t.Fatalf("seed %d: %d are filed and %d wait of %d", seed, len(filed), want.waits, n)
		}
		for _, got := range filed {
			if got != rows[got.ID] || got.Known > at {
				t.Fatalf("seed %d: filed %+v at %d, it came as %+v", seed, got, at, rows[got.ID])
			}
		}
	}
	if log.waiting.n != 0 || log.nextKnown() != duty.Forever {
		t.Fatalf("seed %d: %d wait for ever", seed, log.waiting.n)
	}
}

// TestRowsOfTasks: rows that several tasks forward in turn, each in order of time, are filed without sorting: no leaf
// of a day has one that came out of order.
func TestRowsOfTasks(t *testing.T) {
	log := NewLog()
	begin := duty.DateOf(2026, 3, 1).Start()
	log.advance(begin)
	const n, tasks = 40_000, 12
	at := make([]duty.Instant, tasks)
	for i := range at {
		at[i] = begin + duty.Hour + duty.Instant(i)
	}
	for i := range n {
		task := i / 300 % tasks // of each task 300 rows in turn
		at[task] += duty.Instant(1+i%3) * duty.Second
		log.AddRow(Row{ID: fmt.Sprintf("e%d", i), Version: 1, DeviceID: "KH-carousel", CentreID: "KH", OccurredAt: at[task],
			ReceivedAt: at[task] + duty.Second, Known: at[task] + duty.Second})
	}
	if q := log.waiting.devices["KH-carousel"]; len(q.mixed) > 0 || len(q.open)+len(q.full) > n/waitingRows+tasks {
		t.Errorf("%d leaves are open, %d full and %d mixed", len(q.open), len(q.full), len(q.mixed))
	}
	for range 9 {
		begin += 20 * duty.Minute
		log.advance(begin)
	}
	log.advance(begin + duty.Day)
	filed := 0
	for _, b := range log.rows["KH-carousel"].blocks {
		if filed += b.n; b.loose > 0 {
			t.Errorf("%d rows of %d of day %d came out of order", b.loose, b.n, b.day)
		}
		for _, x := range b.leaves[:len(b.leaves)-1] {
			if x.n < leafRecords {
				t.Errorf("a leaf of day %d that is over has %d rows", b.day, x.n)
			}
		}
	}
	if filed != n {
		t.Errorf("%d rows are filed, want %d", filed, n)
	}
}

// TestManyLeaves: leaves that overlap more than are read as one are read all the same, and in order as far as they are.
func TestManyLeaves(t *testing.T) {
	begin := duty.DateOf(2026, 3, 1).Start()
	for _, leaves := range []int{1, 5, mergedLeaves, 3 * mergedLeaves} {
		var list []*leaf
		for i := range leaves {
			x := newLeaf(dayOf(begin), 0)
			for k := range 50 {
				at := begin + duty.Instant(k*1000+i)
				x.put(&record{own: at, received: at, known: at, id: fmt.Sprint(i, "/", k)}, true)
			}
			list = append(list, x)
		}
		var m merger
		seen := map[string]bool{}
		last, back := begin, 0
		m.each(list, func(r *record) {
			if r.at() < last {
				back++
			}
			last = r.at()
			seen[r.text()] = true
		})
		if len(seen) != 50*leaves || leaves <= mergedLeaves && back > 0 {
			t.Errorf("%d leaves: %d records were read, %d of them after later ones", leaves, len(seen), back)
		}
	}
}

// TestSeenTwice: a row that comes again is known again, whether it waited or not, and whatever its id looks like.
func TestSeenTwice(t *testing.T) {
	begin := duty.DateOf(2026, 3, 1).Start()
	for _, id := range []string{"e17", "00000000-0000-4000-8000-0123456789ab", "0123456789abcdef", ""} {
		for _, waits := range [][2]bool{{false, false}, {false, true}, {true, false}, {true, true}} {
			log := NewLog()
			log.advance(begin)
			for _, wait := range waits {
				row := Row{ID: id, Version: 1, DeviceID: "KH-carousel", CentreID: "KH", OccurredAt: begin - duty.Hour,
					ReceivedAt: begin - duty.Hour, Known: begin - duty.Hour}
				if wait {
					row.Known = begin + duty.Hour
				}
				log.AddRow(row)
			}
			log.advance(begin + duty.Day)
			x := log.disputed.rows[rowName{"KH-carousel", id}]
			if x == nil || len(x.rows) != 2 && waits[0] != waits[1] || len(filedRows(log)) != len(x.rows) {
				t.Errorf("%q, waiting %v: disputed is %+v of %+v", id, waits, x, filedRows(log))
			}
		}
	}
}

// TestMarks: a name that was added is seen, and no other one.
func TestMarks(t *testing.T) {
	var m marks
	const n = 400_000
	ids := func(i int) uint64 { return hashID(hash("KH-carousel"), fmt.Sprintf("e%d", i)) }
	mistaken := 0
	for i := range n {
		if m.add(ids(i)) {
			mistaken++
		}
	}
	slots := 0
	for _, l := range m.layers {
		slots += len(l.slots)
	}
	if mistaken > 2 || slots > 4*n {
		t.Errorf("%d of %d names were taken for seen, in %d slots", mistaken, n, slots)
	}
	for i := range n {
		if !m.add(ids(i)) {
			t.Fatalf("name %d was added and is not seen", i)
		}
	}
}

// filedRows are all rows in the streams of a log.
func filedRows(l *Log) (out []Row) {
	for device, s := range l.rows {
		for _, b := range s.blocks {
			b.each(nil, s.coder, func(list []record) bool {
				for i := range list {
					out = append(out, l.rowOf(device, &list[i]))
				}
				return true
			})
		}
	}
	for _, x := range l.disputed.rows {
		out = append(out, x.rows...)
	}
	return out
}
