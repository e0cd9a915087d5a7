package duty

import (
	"cmp"
	"slices"
	"strings"
)

// Every command judges with the watch. Should somebody judge without, nothing proves silence, and the
// core accuses nobody by it: from the first heartbeat of a source that could be supervised, units
// of its centre are provisional. Any other sender of heartbeats is reported and holds nobody
// (contract §6).

// Feeds returns the sources that can be supervised besides the devices of the register (contract
// §6), sorted.
func Feeds() []string {
	return []string{"feed:card-events", "feed:manual-entries", "feed:notices", "feed:obligation-changes",
		"feed:permissions"}
}

var feeds = Feeds()

// UnknownSource returns the details of a data-quality record about a source of heartbeats that is
// neither a device of the register nor a feed, with the list of feeds (UNKNOWN_SOURCE, contract
// §6).
func UnknownSource(source string) []Detail {
	return []Detail{{"source_id", ClipKey(source)}, {"feeds", strings.Join(feeds, " ")}, {"rule", ruleWatch}}
}

// FeedPrefix begins the id of a feed.
const FeedPrefix = "feed:"

// ListedFeed returns when a feed of a centre, or of none, is listed.
func (p *Policy) ListedFeed(source, centre string) []Span {
	if p.Feeds == nil {
		if slices.Contains(feeds, source) {
			return []Span{{Beginning, Forever}}
		}
		return nil
	}
	var out []Span
	for _, f := range p.Feeds {
		if f.Source == source && (f.CentreID == "" || f.CentreID == centre) {
			out = append(out, f.Span)
		}
	}
	return MergeSpans(out)
}

// ClockReset is the time before which a device clock counts as reset to its start, 1 January 2000,
// as after its battery failed: it then tells no time, and no log is that old.
var ClockReset = DateOf(2001, 1, 1).Start()

// Ahead reports whether the clock of a heartbeat's source is ahead: more than 30 seconds after its
// receipt, as for a row (contract §6, REL-10). known is when the heartbeat became known.
func (v *Heartbeat) Ahead(known Instant) bool { return v.At > min(v.ReceivedAt, known)+ClockNoticed }

// supervises reports whether a heartbeat comes from a source that can be supervised, and at which
// centres: for a feed the one that it names, or all if none; for a device those of the register
// and the one that it names.
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

// unwatched returns the `at` of the first heartbeat known at t by which a centre is supervised,
// where there is no watch.
func (c *Centres) unwatched(p *Policy, centre string, t Instant) Opt[Instant] {
	var first Opt[Instant]
	if c.watch != nil {
		return first
	}
	for _, v := range c.heartbeats {
		k := at[Heartbeat](v, func(k *Known[Heartbeat]) bool { return k.At <= t })
		if k == nil || k.Fact.At < ClockReset || first.OK && k.Fact.At >= first.V ||
			k.Fact.CentreID.OK && p.centre(k.Fact.CentreID.V) == nil {
			continue
		}
		if known, there := k.Fact.supervises(p); known && there(centre) {
			first = Some(k.Fact.At)
		}
	}
	return first
}

// beatQuality reports doubtful heartbeats known at now, one line per source: those that make no
// sense, of unknown sources, of an unknown centre, and of clocks that are ahead or were reset.
func (c *Centres) beatQuality(p *Policy, now Instant) []DataQuality {
	type name struct {
		code   DataQualityCode
		source string
	}
	first := map[name]DataQuality{}
	note := func(code DataQualityCode, k *Known[Heartbeat], detail ...Detail) {
		n := name{code, ClipKey(k.Fact.SourceID)}
		q := newQuality(code, cmp.Or(n.source, TopicHeartbeats), k.Fact.At.Clamp(), None[Instant](), detail...)
		if o, ok := first[n]; !ok || q.From < o.From || q.From == o.From && compareDetails(q.Detail, o.Detail) < 0 {
			first[n] = q
		}
	}
	for i := range c.facts.Heartbeats {
		if k := &c.facts.Heartbeats[i]; k.At <= now {
			if f := k.Fact.fault(); !f.None() {
				note(DataQualityCodeFactInvalid, k, f.Details(TopicHeartbeats)...)
			}
		}
	}
	for _, v := range c.heartbeats {
		k := at[Heartbeat](v, func(k *Known[Heartbeat]) bool { return k.At <= now })
		if k == nil {
			continue
		}
		if k.Fact.CentreID.OK && p.centre(k.Fact.CentreID.V) == nil {
			note(DataQualityCodeFactInvalid, k, unplaced(p, k.Fact.CentreID.V, ruleFacts).Details(TopicHeartbeats)...)
		}
		if c.watch != nil && k.Fact.At > k.At+beyondHours {
			note(DataQualityCodeFactInvalid, k, Fault{"at", valueAhead, ruleAhead}.Details(TopicHeartbeats)...)
			continue
		}
		if known, _ := k.Fact.supervises(p); !known && c.watch == nil {
			note(DataQualityCodeUnknownSource, k, UnknownSource(k.Fact.SourceID)...)
		}
		// The clocks of devices are the watch's to name, where there is one.
		if k.Fact.At < ClockReset || k.Fact.Ahead(k.At) && (c.watch == nil || slices.Contains(feeds, k.Fact.SourceID)) {
			note(DataQualityCodeClockOffset, k, Detail{"source_id", ClipKey(k.Fact.SourceID)})
		}
	}
	out := make([]DataQuality, 0, len(first))
	for _, q := range first { //house:order-free they are sorted below
		out = append(out, q)
	}
	return sortQuality(out)
}

// countQuality reports reconciliations known at now that make no sense; they were not sent (W-56).
func (c *Centres) countQuality(now Instant) []DataQuality {
	var out []DataQuality
	for i := range c.facts.Reconciliations {
		k := &c.facts.Reconciliations[i]
		if f := k.Fact.fault(); !f.None() && k.At <= now {
			out = append(out, newQuality(DataQualityCodeFactInvalid, ClipKey(cmp.Or(k.Fact.ID, TopicReconciliations)),
				k.Fact.From.Clamp(), None[Instant](), f.Details(TopicReconciliations)...))
		}
	}
	return out
}
