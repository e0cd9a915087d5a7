package watermark

import (
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
)

// A task has made a hop when its commit says so, and only then.
func TestHops(t *testing.T) {
	t.Parallel()
	row := broker.Partition{Topic: duty.TopicCardEvents, Index: 1}
	handed := broker.Partition{Topic: duty.TopicHandOver, Index: 1}
	m := mark{
		others: broker.Offsets{row: 10, {Topic: duty.TopicCardEvents}: 99},
		handed: broker.Offsets{handed: 5},
	}
	at := func(read, heard, examined, examinedHeard int64, sweeps ...stored.Sweep) *stored.Progress {
		p := stored.NewProgress(1)
		p.Inputs = broker.Offsets{row: read, handed: heard}
		p.Examined = broker.Offsets{row: examined, handed: examinedHeard}
		p.Sweeps = sweeps
		return &p
	}
	older := at(10, 5, 10, 5)
	older.Layout--
	for i, c := range []struct {
		last *stored.Progress
		made [hops]bool
	}{
		{at(9, 0, 9, 0), [hops]bool{}},
		{at(10, 0, 9, 0), [hops]bool{hopRead: true}},
		{at(10, 5, 9, 5), [hops]bool{hopRead: true, hopWalked: true}},
		{at(10, 5, 10, 4), [hops]bool{hopRead: true, hopWalked: true}},
		{at(10, 4, 10, 5), [hops]bool{hopRead: true, hopExamined: true}},
		{at(10, 5, 10, 5), [hops]bool{true, true, true}},
		{at(10, 5, 10, 5, stored.Sweep{Moved: true}, stored.Sweep{Centre: "KH"}), [hops]bool{true, true, true}},
		{at(10, 5, 10, 5, stored.Sweep{Contested: true}), [hops]bool{hopExamined: true}},
		{at(10, 5, 10, 5, stored.Sweep{Claims: true}), [hops]bool{hopExamined: true}},
		{older, [hops]bool{}},
	} {
		for m.hop = range hops {
			if got := m.passed(c.last); got != c.made[m.hop] {
				t.Errorf("%d: hop %d is made: %v", i, m.hop, got)
			}
		}
	}
}
