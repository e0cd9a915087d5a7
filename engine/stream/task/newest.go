package task

import (
	"tilsyn/engine/duty"

	"tilsyn/engine/stream/broker"
)

// newest is when the newest record that was read of each partition was known.
// Records come in runs of one partition, which is therefore at hand.
type newest struct {
	of map[broker.Partition]*duty.Instant
	// partition is that of the last record, last its element of the map.
	partition broker.Partition
	last      *duty.Instant
}

// reset forgets everything.
func (n *newest) reset() { *n = newest{of: map[broker.Partition]*duty.Instant{}} }

// raise notes a record of a partition.
func (n *newest) raise(p broker.Partition, at duty.Instant) {
	if n.last == nil || n.partition != p {
		n.partition, n.last = p, n.of[p]
		if n.last == nil {
			n.last = new(duty.Instant)
			n.of[p] = n.last
		}
	}
	*n.last = max(*n.last, at)
}

// get is when the newest record of a partition was known; false where none was read.
func (n *newest) get(p broker.Partition) (duty.Instant, bool) {
	if at := n.of[p]; at != nil {
		return *at, true
	}
	return 0, false
}
