package watermark

import (
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
)

// readTimes holds, by partition, when the newest record read was known. Records come in runs of
// one partition, so its element is kept at hand.
type readTimes struct {
	of map[broker.Partition]*duty.Instant
	// partition is the partition of the last record, last its element of the map.
	partition broker.Partition
	last      *duty.Instant
}

// reset removes all elements.
func (n *readTimes) reset() { *n = readTimes{of: map[broker.Partition]*duty.Instant{}} }

// raise notes when a record of a partition was known.
func (n *readTimes) raise(p broker.Partition, at duty.Instant) {
	if n.last == nil || n.partition != p {
		n.partition, n.last = p, n.of[p]
		if n.last == nil {
			n.last = new(duty.Instant)
			n.of[p] = n.last
		}
	}
	*n.last = max(*n.last, at)
}

// get returns when the newest record of a partition was known; false if none was read.
func (n *readTimes) get(p broker.Partition) (duty.Instant, bool) {
	if at := n.of[p]; at != nil {
		return *at, true
	}
	return 0, false
}
