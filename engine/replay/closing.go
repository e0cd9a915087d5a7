package replay

import (
	"maps"
	"slices"

	"tilsyn/engine/duty"
)

// findings follows what one source names from as-of to as-of: what was OPEN at an
// earlier one and holds no longer is named again as CLOSED, with the as-of at
// which that was found (contract §3, §4). What holds again is OPEN again.
type findings[T any] struct {
	open, closed map[string]T
	// id names a finding, shut closes it.
	id   func(*T) string
	shut func(*T, duty.Instant)
}

// newQualities and newObservations follow the findings of one source.
func newQualities() *findings[duty.DataQuality] {
	return &findings[duty.DataQuality]{
		open: map[string]duty.DataQuality{}, closed: map[string]duty.DataQuality{},
		id: func(q *duty.DataQuality) string { return q.ID },
		shut: func(q *duty.DataQuality, at duty.Instant) {
			q.State, q.ClosedAt = duty.FindingStateClosed, duty.Some(at)
		},
	}
}

func newObservations() *findings[duty.Observation] {
	return &findings[duty.Observation]{
		open: map[string]duty.Observation{}, closed: map[string]duty.Observation{},
		id: func(o *duty.Observation) string { return o.ID },
		shut: func(o *duty.Observation, at duty.Instant) {
			o.State, o.ClosedAt = duty.FindingStateClosed, duty.Some(at)
		},
	}
}

// at takes what holds at the next as-of and returns it with what is closed.
func (f *findings[T]) at(now duty.Instant, holds []T) []T {
	still := map[string]T{}
	for i := range holds {
		still[f.id(&holds[i])] = holds[i]
	}
	for id, x := range f.open {
		if _, ok := still[id]; !ok {
			f.shut(&x, now)
			f.closed[id] = x
		}
	}
	for id := range still {
		delete(f.closed, id)
	}
	f.open = still
	for _, id := range slices.Sorted(maps.Keys(f.closed)) {
		holds = append(holds, f.closed[id])
	}
	return holds
}
