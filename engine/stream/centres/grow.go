package centres

import (
	"context"
	"slices"
	"sync"

	"tilsyn/engine/stream/broker"
)

// toFollow are partitions that the reader is to read from its next poll on.
type toFollow struct {
	mu    sync.Mutex
	parts []broker.Partition
}

// Follow makes the reader read more partitions of its topics, from their beginning;
// those that it reads already are none. Snapshots have them from the next poll on.
// Any goroutine may call it.
func (r *CentreReader) Follow(parts []broker.Partition) {
	r.follow.mu.Lock()
	defer r.follow.mu.Unlock()
	r.follow.parts = append(r.follow.parts, parts...)
}

// grow begins to read what it was told to follow, and reports whether there is
// anything new. What cannot be asked for now is tried again by the next poll.
func (r *CentreReader) grow(ctx context.Context) (bool, error) {
	r.follow.mu.Lock()
	parts := r.follow.parts
	r.follow.parts = nil
	r.follow.mu.Unlock()
	// Two tasks may tell of the same; a broker refuses to be asked twice in one request.
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
