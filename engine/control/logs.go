package control

import (
	"slices"

	"tilsyn/engine/duty"
)

// settlements says of each required log how soon it was said to be complete.
func (b *Book) settlements(x *Common) []duty.ControlSettlement {
	p := b.world.PolicyAt(b.at)
	sums := map[duty.LogType]*duty.ControlSettlement{}
	delays := map[duty.LogType][]duty.Instant{}
	for i := range p.Centres {
		c := &p.Centres[i]
		if !b.of(c.ID) {
			continue
		}
		for _, d := range x.datesIn(c.ID, b.period.Span) {
			end := whole(d).To
			if d.Start() < c.From || c.To <= d.Start() || end+MarkerDue > b.at {
				continue
			}
			wait := p.ParamsAt(d).SettleMaxWait
			for _, log := range p.RequiredLogs(c.ID, d) {
				if sums[log] == nil {
					sums[log] = &duty.ControlSettlement{LogType: log}
				}
				s := sums[log]
				s.Due++
				delay, ok := b.firstProven(c.ID, log, d, x.marked[marked{c.ID, log, d}])
				switch {
				case ok && delay <= MarkerDue:
					s.OnTime++
				case ok && delay <= wait:
					s.Late++
				case b.at-end > wait:
					s.Missing++
				}
				if ok {
					delays[log] = append(delays[log], delay)
				}
			}
		}
	}
	out := []duty.ControlSettlement{}
	for log, s := range sums { //house:order-free sorted below
		s.DelayP50Ms, s.DelayP90Ms = quantile(delays[log], 50), quantile(delays[log], 90)
		s.DelayMaxMs = quantile(delays[log], 100)
		out = append(out, *s)
	}
	slices.SortFunc(out, func(x, y duty.ControlSettlement) int { return int(x.LogType) - int(y.LogType) })
	return out
}

// marked is a log of a centre and date.
type marked struct {
	centre string
	log    duty.LogType
	date   duty.Date
}

// findMarkers lists when markers became known, ascending.
func (c *Common) findMarkers() {
	c.marked = map[marked][]duty.Instant{}
	list := c.world.Centres.Facts().Settlements
	for i := range list {
		if k := &list[i]; k.At <= c.at {
			m := marked{k.Fact.CentreID, k.Fact.LogType, k.Fact.LocalDate}
			c.marked[m] = append(c.marked[m], k.At)
		}
	}
	for _, list := range c.marked { //house:order-free each log is for itself
		slices.Sort(list)
	}
}

// firstProven is how long after the end of a date its log was first proven through it; 0 if it was
// before.
func (b *Book) firstProven(centre string, log duty.LogType, d duty.Date, known []duty.Instant) (duty.Instant, bool) {
	for _, t := range known {
		if proven(b.world, centre, log, d, t) {
			return max(0, t-whole(d).To), true
		}
	}
	return 0, false
}

// reconciliations counts the hours of devices that were counted, on the dates on which the centre was in
// use.
func (b *Book) reconciliations(x *Common) duty.ControlReconciliations {
	p := b.world.PolicyAt(b.at)
	var out duty.ControlReconciliations
	for i := range p.Devices {
		d := &p.Devices[i]
		if d.Type == duty.DeviceTypeOfflineLock || !b.of(d.CentreID) {
			continue
		}
		for _, date := range x.datesIn(d.CentreID, b.period.Span) {
			if date.Start() < d.From || d.To <= date.Start() {
				continue
			}
			for h := date.Start(); h < (date+1).Start() && h+duty.Hour <= b.at; h += duty.Hour {
				out.Due++
				if covers(x.covered[d.ID], duty.Span{From: h, To: h + duty.Hour}) {
					out.Done++
				}
			}
		}
	}
	if b.watch == nil {
		return out
	}
	var mismatched int32
	var difference int64
	for i := range b.watch.DataQuality {
		q := &b.watch.DataQuality[i]
		source, ok1 := detail(q, "source")
		here, ok2 := detail(q, "here")
		if ok1 && ok2 && within(b.period.Span, q.From) && b.ofDevice(q.Subject) {
			mismatched++
			difference += max(source-here, here-source)
		}
	}
	out.Mismatched, out.RowsDifference = duty.Some(mismatched), duty.Some(difference)
	return out
}

// ofDevice reports whether a device belongs to the report.
func (b *Book) ofDevice(id string) bool {
	p := b.world.PolicyAt(b.at)
	return b.centre == All || slices.ContainsFunc(p.Devices, func(d duty.Device) bool {
		return d.ID == id && d.CentreID == b.centre
	})
}
