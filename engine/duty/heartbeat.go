package duty

import (
	"cmp"
	"slices"
)

// Until silence is judged, a heartbeat says only that silence at its centre would
// have to be proven from then on; nothing proves it yet, so units due later are
// provisional (WATCH_MISSING). Only a source that could be supervised says so:
// whatever else sends heartbeats is named and holds nobody (contract §6).

// feeds are the sources that can be supervised beside the devices of the register.
var feeds = []string{"feed:card-events", "feed:manual-entries", "feed:notices", "feed:obligation-changes", "feed:permissions"}

// clockReset is before when a device clock stands at its beginning, 1 January 2000,
// as after a failure of its battery, and tells no time: no log is as old.
var clockReset = DateOf(2001, 1, 1).Start()

// sensible reports whether a heartbeat makes sense. One that does not is named and
// holds nobody: it says nothing of anybody, and a device sends one every minute.
func (v *Heartbeat) sensible() bool {
	s := sense(true)
	s.ids(v.ID, v.SourceID)
	if v.CentreID.OK {
		s.ids(v.CentreID.V)
	}
	s.times(v.At)
	return bool(s)
}

// supervises reports whether a heartbeat is of a source that can be supervised, and
// at which centres: a feed's own, or all where it has none; a device's by the
// register, and the one that it names.
func (v *Heartbeat) supervises(p *Policy) (known bool, at func(centre string) bool) {
	named := func(centre string) bool { return v.CentreID.OK && v.CentreID.V == centre }
	if slices.Contains(feeds, v.SourceID) {
		return true, func(centre string) bool { return !v.CentreID.OK || named(centre) }
	}
	d := p.device(v.SourceID, v.At)
	if d == nil {
		return false, nil
	}
	return true, func(centre string) bool { return d.CentreID == centre || named(centre) }
}

// watched returns the `at` of the first heartbeat known at t by which a centre is
// supervised.
func (c *Centres) watched(p *Policy, centre string, t Instant) Opt[Instant] {
	var first Opt[Instant]
	for _, v := range c.heartbeats {
		k := at[Heartbeat](v, func(k *Known[Heartbeat]) bool { return k.At <= t })
		if k == nil || k.Fact.At < clockReset || first.OK && k.Fact.At >= first.V || k.Fact.CentreID.OK && p.centre(k.Fact.CentreID.V) == nil {
			continue
		}
		if known, there := k.Fact.supervises(p); known && there(centre) {
			first = Some(k.Fact.At)
		}
	}
	return first
}

// beatQuality names what is doubtful about heartbeats known at now, one line a
// source: those that make no sense, of sources that nobody knows, of a centre that
// nobody knows, and of clocks that stand at their beginning.
func (c *Centres) beatQuality(p *Policy, now Instant) []DataQuality {
	type name struct {
		code   DataQualityCode
		source string
	}
	first := map[name]Instant{}
	note := func(code DataQualityCode, k *Known[Heartbeat]) {
		n := name{code, ClipKey(k.Fact.SourceID)}
		if t, ok := first[n]; !ok || k.Fact.At < t {
			first[n] = k.Fact.At
		}
	}
	for i := range c.facts.Heartbeats {
		if k := &c.facts.Heartbeats[i]; k.At <= now && !k.Fact.sensible() {
			note(DataQualityCodeFactInvalid, k)
		}
	}
	for _, v := range c.heartbeats {
		k := at[Heartbeat](v, func(k *Known[Heartbeat]) bool { return k.At <= now })
		if k == nil {
			continue
		}
		if k.Fact.CentreID.OK && p.centre(k.Fact.CentreID.V) == nil {
			note(DataQualityCodeFactInvalid, k)
		}
		if known, _ := k.Fact.supervises(p); !known {
			note(DataQualityCodeUnknownSource, k)
		}
		if k.Fact.At < clockReset {
			note(DataQualityCodeClockOffset, k)
		}
	}
	out := make([]DataQuality, 0, len(first))
	for n, from := range first { //house:order-free they are sorted below
		detail := Detail{"source_id", n.source}
		if n.code == DataQualityCodeFactInvalid {
			detail = Detail{"topic", "heartbeats"}
		}
		out = append(out, newQuality(n.code, cmp.Or(n.source, "heartbeats"), clamp(from), None[Instant](), detail))
	}
	return sortQuality(out)
}
