package task

import (
	"fmt"
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/testkit"
)

// While caught_up does not move, every cycle may read a version that moved and clear with it. What
// waits must stay far below the 1 MiB that a record may have, lose no name, and not put off the
// oldest.
func TestMovedSweepsAreBounded(t *testing.T) {
	t.Parallel()
	for _, fresh := range []bool{true, false} {
		p := stored.NewProgress(0)
		p.CaughtUp = seeds.Start
		const cycles = 12000
		name := func(i int) uint64 { return 1<<63 + uint64(i) }
		for i := range cycles {
			if !fresh {
				i %= 100
			}
			p.AddMoved(name(i), seeds.Start+1+duty.Instant(i))
			for j := range p.Sweeps {
				p.Sweeps[j].Cleared = true
			}
			p.MergeSweeps()
			if len(p.Sweeps) > stored.MaxMovedSweeps {
				t.Fatalf("cycle %d: %d sweeps", i, len(p.Sweeps))
			}
		}
		b, err := p.Encode()
		if err != nil || len(b) > 64<<10 {
			t.Fatalf("the record has %d bytes, %v", len(b), err)
		}
		last := cycles - 1
		if !fresh {
			last = 99
		}
		for i := range last + 1 {
			m := moved{of: map[uint64][]stored.Fact{name(i): nil}}
			if !slices.ContainsFunc(p.Sweeps, func(s stored.Sweep) bool {
				return s.Known > seeds.Start+duty.Instant(i) && seeks(&s, name(i), &m)
			}) {
				t.Fatalf("no sweep seeks fact %d", i)
			}
		}
		for i := range stored.MaxMovedSweeps - 1 {
			if s := p.Sweeps[i]; s.Known != seeds.Start+1+duty.Instant(i) || len(s.Facts) != 1 {
				t.Errorf("sweep %d was put off: %v", i, s)
			}
		}
		p.CaughtUp = seeds.Start + cycles + 1
		if p.MergeSweeps(); len(p.Sweeps) != 1 {
			t.Errorf("%d sweeps once all is caught up", len(p.Sweeps))
		}
	}
}

// The same in an engine: caught_up does not move while rows move in every cycle; then everything
// that moved is judged.
func TestMovedWhileCaughtUpStands(t *testing.T) {
	t.Parallel()
	w := newCoreWorld(t, 3, 2)
	w.boot()
	a := slices.IndexFunc([]string{"Qa", "Qb"}, func(p string) bool { return w.partitionOf(p) == 0 })
	first, second := []string{"Qa", "Qb"}[a], []string{"Qb", "Qa"}[a]
	for _, who := range []string{first, second} {
		w.sendStay(who)
	}
	var rows []*duty.CardEvent
	for i := range 3 * stored.MaxMovedSweeps {
		w.now += 2 * duty.Hour
		rows = append(rows, &duty.CardEvent{ID: fmt.Sprint("row", i), Version: 1, ReceivedAt: w.now,
			PersonID: duty.Some(first), CardID: "c" + first,
			CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel,
			Kind: duty.CardEventKindPassage, Direction: duty.Some(duty.DirectionIn + duty.Direction(i%2)),
			Scan: duty.ScanComplete, OccurredAt: w.now})
		w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: first, Record: rows[i]})
	}
	w.now += 2 * duty.Day
	w.rest()
	w.behind = duty.Day
	most := 0
	for _, row := range rows {
		again := *row
		again.Version, again.PersonID, again.CardID, again.ReceivedAt = 2, duty.Some(second), "c"+second, w.now
		w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: second, Record: &again})
		w.now += duty.Second
		for range 4 {
			w.turn()
		}
		for _, task := range w.tasks {
			most = max(most, len(task.at.Sweeps))
		}
	}
	if most > stored.MaxMovedSweeps+2 || most < stored.MaxMovedSweeps {
		t.Errorf("up to %d sweeps", most)
	}
	w.behind = 0
	w.now += duty.Day
	w.rest()
	w.check()
}
