package centres

import (
	"strconv"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/invariant"
	"tilsyn/engine/stream/broker"
)

// A picture that lacks anything of the one before ends the process.
func TestPictureThatShrinks(t *testing.T) {
	if !invariant.Enabled() {
		t.Skip("benchmarks assert nothing")
	}
	p := broker.Partition{Topic: duty.TopicIncidents}
	before := func() *Picture {
		return &Picture{Positions: broker.Offsets{p: 5}, NewestFact: 7, Touches: []Touch{{At: p, Offset: 3}},
			Letters: make([]Letter, 2), Assigned: map[broker.Partition]Touch{p: {Offset: 4}}}
	}
	mustGrow(nil, before())
	mustGrow(before(), before())
	for i, shrink := range []func(s *Picture){
		func(s *Picture) { s.Positions[p]-- },
		func(s *Picture) { s.NewestFact-- },
		func(s *Picture) { s.Touches = nil },
		func(s *Picture) { s.Touches[0].Offset-- },
		func(s *Picture) { s.Letters = nil },
		func(s *Picture) { s.Assigned = nil },
	} {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			defer func() {
				if f, ok := recover().(*invariant.Failure); !ok || f.Name != picturesGrow {
					t.Errorf("breaks %v", f)
				}
			}()
			s := before()
			shrink(s)
			mustGrow(before(), s)
		})
	}
}
