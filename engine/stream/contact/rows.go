package contact

import (
	"fmt"
	"maps"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
)

// device is what was seen of one device.
type device struct {
	// numbers are the row numbers by epoch, each with the ids that have it.
	numbers map[int64]map[int64]string
	// last is the highest number that a heartbeat names, by epoch.
	last map[int64]int64
	rows int
}

func (c *Check) device(id string) *device {
	d := c.devices[id]
	if d == nil {
		d = &device{numbers: map[int64]map[int64]string{}, last: map[int64]int64{}}
		c.devices[id] = d
	}
	return d
}

// row looks at a row of a device.
func (c *Check) row(r *broker.Record, v *duty.CardEvent) {
	d := c.device(v.DeviceID)
	d.rows++
	if r.Stamped && v.ReceivedAt-r.At <= mayBeAhead {
		c.ahead(r, "occurred_at", v.OccurredAt-r.At)
	}
	switch known, centre := c.registered(v); {
	case !known:
		c.add(r, "DEVICE", r.Topic, v.DeviceID, "the register has no such device at that time",
			"have it registered in the policy, or write the id that it has there")
	case !centre:
		c.add(r, "DEVICE", r.Topic, v.DeviceID, "the register has the device at another centre or as another kind",
			"write centre_id and device_type as the register has them")
	}
	if v.Kind == duty.CardEventKindPassage && !v.Direction.OK {
		c.add(r, "DIRECTION", r.Topic, v.DeviceID, "a passage has no direction",
			"write IN or OUT; without it the row proves little")
	}
	if !v.SourceSeq.OK {
		c.add(r, "NO_NUMBER", r.Topic, v.DeviceID, "its rows are not numbered, so that a loss cannot be seen",
			"number the rows of each device (source_seq), and raise source_epoch when numbering begins anew")
		return
	}
	of := d.numbers[v.SourceEpoch]
	if of == nil {
		of = map[int64]string{}
		d.numbers[v.SourceEpoch] = of
	}
	if id, ok := of[v.SourceSeq.V]; ok && id != v.ID {
		c.add(r, "NUMBER_TWICE", r.Topic, v.DeviceID, "two rows have the same number in one epoch",
			"give each row a number of its own; where numbering begins anew, raise source_epoch")
	}
	of[v.SourceSeq.V] = v.ID
}

// registered reports whether the register has the device of a row, and whether it is there what the
// row says.
func (c *Check) registered(v *duty.CardEvent) (known, same bool) {
	for i := range c.cfg.Policy.Devices {
		d := &c.cfg.Policy.Devices[i]
		if d.ID == v.DeviceID && d.From <= v.OccurredAt && v.OccurredAt < d.To {
			return true, d.CentreID == v.CentreID && d.Type == v.DeviceType
		}
	}
	return false, false
}

// beat looks at a heartbeat.
func (c *Check) beat(r *broker.Record, v *duty.Heartbeat) {
	c.beats[v.SourceID] = true
	if r.Stamped {
		c.ahead(r, "at", v.At-r.At)
	}
	if !v.LastSeq.OK {
		return
	}
	d := c.device(v.SourceID)
	d.last[v.SourceEpoch] = max(d.last[v.SourceEpoch], v.LastSeq.V)
}

// rows looks at the rows of each device together.
func (c *Check) rows() {
	for _, id := range slices.Sorted(maps.Keys(c.devices)) {
		d := c.devices[id]
		if d.rows > 0 && !c.beats[id] {
			c.add(nil, "NO_HEARTBEAT", duty.TopicHeartbeats, id, "it sends rows and no heartbeats: its silence cannot be told "+
				"from a quiet hour", "send a Heartbeat every minute, with the highest number that was given out (last_seq)")
		}
		for _, epoch := range slices.Sorted(maps.Keys(d.numbers)) {
			c.missing(id, epoch, slices.Sorted(maps.Keys(d.numbers[epoch])), d.last[epoch])
		}
	}
}

// missing names the numbers that lie between those that came, and those that a heartbeat names beyond.
func (c *Check) missing(id string, epoch int64, came []int64, last int64) {
	gaps, first := int64(0), int64(0)
	for i := 1; i < len(came); i++ {
		if n := came[i] - came[i-1] - 1; n > 0 {
			if gaps == 0 {
				first = came[i-1] + 1
			}
			gaps += n
		}
	}
	if gaps > 0 {
		c.add(nil, "GAP", duty.TopicCardEvents, id, fmt.Sprintf("%d numbers of epoch %d are missing, the first is %d", gaps,
			epoch, first), "send these rows; where they are lost, tell so as an incident")
	}
	if newest := came[len(came)-1]; last > newest {
		c.add(nil, "GAP", duty.TopicCardEvents, id,
			fmt.Sprintf("a heartbeat names number %d of epoch %d, and the newest row has %d", last, epoch, newest),
			"send the rows between; where they are lost, tell so as an incident")
	}
}
