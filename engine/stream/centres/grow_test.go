package centres

import (
	"context"
	"testing"

	"tilsyn/engine/stream/broker"
)

// Two tasks that see new partitions within one poll both tell the reader; the brokers are asked
// once for each partition.
func TestFollowTwice(t *testing.T) {
	w := newIdentityRig(t, 1, 2)
	r := w.newReader()
	r.next, r.from = broker.Offsets{}, broker.Offsets{}
	a, b := broker.Partition{Topic: "settlements", Index: 7}, broker.Partition{Topic: "incidents", Index: 7}
	r.Follow([]broker.Partition{a, b})
	r.Follow([]broker.Partition{a, b})
	grown, err := r.grow(context.Background())
	if err != nil || !grown || len(r.next) != 2 {
		t.Errorf("grown %t, %v, %v", grown, r.next, err)
	}
	r.Follow([]broker.Partition{b})
	if grown, err := r.grow(context.Background()); err != nil || grown {
		t.Errorf("what is known grows again: %v", err)
	}
}
