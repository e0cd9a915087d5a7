package control

import (
	"cmp"
	"maps"
	"slices"

	"tilsyn/engine/duty"
)

// Common is what all reports at one clock share, whatever their centre and period. It follows the
// whole history, so it is worked out once for all of them.
type Common struct {
	tally *Tally
	world duty.World
	at    duty.Instant
	// findings are those of Quality, quality those that the facts of centres give.
	findings, quality []duty.DataQuality
	// dates are those on which a centre of the register was in use.
	dates map[string][]duty.Date
	// rows counts those of each device by local date.
	rows map[string]map[duty.Date]int
	// marked lists when markers became known.
	marked map[marked][]duty.Instant
	// beats are the heartbeats of each source, covered the spans of each device that were reconciled.
	beats   map[string][]*duty.Known[duty.Heartbeat]
	covered map[string][]duty.Span
}

// NewCommon works out what the reports at a clock share, once everybody was added to the tally.
func NewCommon(t *Tally, w duty.World, at duty.Instant) *Common {
	c := &Common{tally: t, world: w, at: at, findings: Quality(t, w, at),
		quality: duty.CentreQuality(w.Centres, w.PolicyAt(at), at), dates: map[string][]duty.Date{},
		covered: counted(w, at, duty.Forever), rows: map[string]map[duty.Date]int{}}
	for _, of := range t.centres { //house:order-free sums have no order
		for k, n := range of.devices { //house:order-free sums have no order
			if c.rows[k.device] == nil {
				c.rows[k.device] = map[duty.Date]int{}
			}
			c.rows[k.device][k.date] += n
		}
	}
	c.findMarkers()
	c.findBeats()
	p := w.PolicyAt(at)
	for i := range p.Centres {
		c.dates[p.Centres[i].ID] = nil
	}
	for i := range p.Devices {
		c.dates[p.Devices[i].CentreID] = nil
	}
	for _, id := range slices.Sorted(maps.Keys(c.dates)) {
		c.dates[id] = t.dates(w, id, at)
	}
	return c
}

// Implausible is what Implausible says at the clock.
func (c *Common) Implausible() []duty.DataQuality {
	var out []duty.DataQuality
	for i := range c.findings {
		switch c.findings[i].Code {
		case duty.DataQualityCodeMarkerMissing, duty.DataQualityCodeReconciliationMissing:
		default:
			out = append(out, c.findings[i])
		}
	}
	return out
}

// datesIn are the dates of a centre whose start lies in a span.
func (c *Common) datesIn(centre string, s duty.Span) []duty.Date {
	all := c.dates[centre]
	start := func(d duty.Date, t duty.Instant) int { return cmp.Compare(d.Start(), t) }
	from, _ := slices.BinarySearchFunc(all, s.From, start)
	to, _ := slices.BinarySearchFunc(all, s.To, start)
	return all[from:to]
}
