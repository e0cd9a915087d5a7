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
		if r.IntN(50) == 0 {
			row.Version = 2
		}
		rows[row.ID], text = row, text+len(row.ID)
		log.AddRow(row)
	}
	packed := 0
	for _, list := range log.waiting.devices {
		for _, b := range list {
			packed += len(b.data)
		}
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
