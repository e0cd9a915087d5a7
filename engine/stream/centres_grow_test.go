package stream

import (
	"context"
	"testing"
)

// Two tasks that see new partitions within one poll tell the reader of the same; the
// brokers are asked once for each.
func TestFollowTwice(t *testing.T) {
	w := newCoreWorld(t, 1, 2)
	r := w.newReader()
	r.next, r.from = Offsets{}, Offsets{}
	a, b := Partition{Topic: "settlements", Index: 7}, Partition{Topic: "incidents", Index: 7}
	r.Follow([]Partition{a, b})
	r.Follow([]Partition{a, b})
	grown, err := r.grow(context.Background())
	if err != nil || !grown || len(r.next) != 2 {
		t.Errorf("grown %t, %v, %v", grown, r.next, err)
	}
	r.Follow([]Partition{b})
	if grown, err := r.grow(context.Background()); err != nil || grown {
		t.Errorf("what is known grows again: %v", err)
	}
}
