package centres

import (
	"strconv"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/invariant"
	"tilsyn/engine/stream/broker"
)

// A snapshot that lacks anything of the one before ends the process.
func TestSnapshotThatShrinks(t *testing.T) {
	if !invariant.Enabled() {
		t.Skip("benchmarks assert nothing")
	}
	p := broker.Partition{Topic: duty.TopicIncidents}
	before := func() *Snapshot {
		return &Snapshot{Positions: broker.Offsets{p: 5}, Newest: 7, Touches: []Touch{{At: p, Offset: 3}},
			Letters: make([]Letter, 2), Assigned: map[broker.Partition]Touch{p: {Offset: 4}}}
	}
	mustGrow(nil, before())
	mustGrow(before(), before())
	for i, shrink := range []func(s *Snapshot){
		func(s *Snapshot) { s.Positions[p]-- },
		func(s *Snapshot) { s.Newest-- },
		func(s *Snapshot) { s.Touches = nil },
		func(s *Snapshot) { s.Touches[0].Offset-- },
		func(s *Snapshot) { s.Letters = nil },
		func(s *Snapshot) { s.Assigned = nil },
	} {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			defer func() {
				if f, ok := recover().(*invariant.Failure); !ok || f.Name != snapshotsGrow {
					t.Errorf("breaks %v", f)
				}
			}()
			s := before()
			shrink(s)
			mustGrow(before(), s)
		})
	}
}
