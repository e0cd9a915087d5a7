package centres

import (
	"context"
	"slices"
	"sync"

	"tilsyn/engine/stream/broker"
)

// toFollow holds partitions to read from the next poll on.
type toFollow struct {
	mu    sync.Mutex
	parts []broker.Partition
}

// Follow adds partitions to read from their beginning; those already read are ignored. They are in
// pictures from the next poll on. Any goroutine may call it.
func (r *CentreReader) Follow(parts []broker.Partition) {
	r.follow.mu.Lock()
	defer r.follow.mu.Unlock()
	r.follow.parts = append(r.follow.parts, parts...)
}

// grow begins to read the partitions given to Follow, and reports whether any is new. If the
// broker fails, the next poll tries again.
func (r *CentreReader) grow(ctx context.Context) (bool, error) {
	r.follow.mu.Lock()
	parts := r.follow.parts
	r.follow.parts = nil
	r.follow.mu.Unlock()
	// Two tasks may name the same partition, and a broker refuses a request that names one twice.
	slices.SortFunc(parts, broker.ComparePartitions)
	parts = slices.Compact(parts)
	parts = slices.DeleteFunc(parts, func(p broker.Partition) bool { _, known := r.next[p]; return known })
	if len(parts) == 0 {
		return false, nil
	}
	starts := broker.Offsets{}
	if r.from != nil { // a history that is short (task/floor.go)
		var err error
		if starts, err = r.broker.Ends(ctx, parts, broker.LogStart); err != nil {
			r.Follow(parts)
			return false, err
		}
	}
	for _, p := range parts {
		r.next[p] = starts[p]
	}
	return true, nil
}
