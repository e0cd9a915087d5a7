package control

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"tilsyn/engine/duty"
)

// source is a device or a feed that ought to send heartbeats.
type source struct {
	id   string
	kind duty.ControlSourceKind
	// valid is when the register or the policy has it.
	valid []duty.Span
}

// expected lists the online devices of the centre and, for All, the feeds that the policy lists, as far as
// they are valid in the period.
func (b *Book) expected() []source {
	p := b.world.PolicyAt(b.at)
	var out []source
	for i := range p.Devices {
		d := &p.Devices[i]
		valid := duty.Span{From: max(d.From, d.SupervisedFrom), To: d.To}
		if d.Type != duty.DeviceTypeOfflineLock && b.of(d.CentreID) && cut(valid, b.period.Span) > 0 {
			out = append(out, source{d.ID, duty.ControlSourceKindDevice, []duty.Span{valid}})
		}
	}
	names := map[string]bool{}
	for _, f := range duty.Feeds() {
		names[f] = p.Feeds == nil && b.centre == All
	}
	for i := range p.Feeds {
		if f := &p.Feeds[i]; b.centre == All || f.CentreID == b.centre {
			names[f.Source] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		centre := b.centre
		if centre == All {
			centre = ""
		}
		if valid := p.ListedFeed(name, centre); names[name] && len(valid) > 0 {
			out = append(out, source{name, duty.ControlSourceKindFeed, valid})
		}
	}
	return out
}

// sources says of each source how long it was supervised and silent (W-01, W-05), and what its numbers
// show.
func (b *Book) sources(c *Common) []duty.ControlSource {
	params := b.world.PolicyAt(b.at).ParamsAt(b.at.Date())
	limit := duty.Instant(params.HeartbeatMissed) * params.HeartbeatInterval
	out := []duty.ControlSource{}
	for _, s := range b.expected() {
		x := duty.ControlSource{SourceID: s.id, Kind: s.kind}
		for _, valid := range s.valid {
			b.silences(&x, c.beats[s.id], valid, limit, params.LateAccusation)
		}
		if s.kind == duty.ControlSourceKindDevice {
			x.Rows = duty.Some(int32(c.rowsOf(s.id, b.period.Span)))
			b.numbers(&x)
		}
		out = append(out, x)
	}
	slices.SortFunc(out, func(x, y duty.ControlSource) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.SourceID, y.SourceID))
	})
	return out
}

// findBeats lists the heartbeats of each source in force at the clock, by their own time but not after they
// were known.
func (c *Common) findBeats() {
	c.beats = map[string][]*duty.Known[duty.Heartbeat]{}
	sorted := duty.SortVersions[duty.Heartbeat](c.world.Centres.WatchFacts().Heartbeats)
	for _, k := range duty.InForce[duty.Heartbeat](sorted, func(k *duty.Known[duty.Heartbeat]) bool {
		return k.At <= c.at
	}) {
		if k.Fact.At-k.At <= duty.Day {
			c.beats[k.Fact.SourceID] = append(c.beats[k.Fact.SourceID], k)
		}
	}
	for _, list := range c.beats { //house:order-free each source is for itself
		slices.SortFunc(list, func(x, y *duty.Known[duty.Heartbeat]) int { return cmp.Compare(beatTime(x), beatTime(y)) })
	}
}

func beatTime(k *duty.Known[duty.Heartbeat]) duty.Instant { return min(k.Fact.At, k.At) }

// silences adds how long a source was supervised in the period, and its silences that began in it.
func (b *Book) silences(x *duty.ControlSource, beats []*duty.Known[duty.Heartbeat], valid duty.Span,
	limit, late duty.Instant) {
	var last duty.Instant
	begun := false
	end := min(valid.To, b.at)
	silent := func(from, to duty.Instant) {
		if !begun || to-from <= limit {
			return
		}
		x.SilentMs += int64(cut(duty.Span{From: from, To: to}, b.period.Span))
		if within(b.period.Span, from) {
			x.Silences++
			x.LongestMs = duty.Some(max(int64(to-from), x.LongestMs.Or(0)))
		}
	}
	var first duty.Instant
	for _, k := range beats {
		at := beatTime(k)
		if at < valid.From || at >= end {
			continue
		}
		if !begun {
			if k.At-at > late {
				continue
			}
			begun, first = true, at
		} else {
			silent(last, at)
		}
		last = at
	}
	if begun {
		silent(last, end)
		x.SupervisedMs += int64(cut(duty.Span{From: first, To: end}, b.period.Span))
	}
}

// numbers adds what the watch found by the numbers of a device's rows.
func (b *Book) numbers(x *duty.ControlSource) {
	if b.watch == nil {
		return
	}
	var gaps, missing, resets int32
	for i := range b.watch.DataQuality {
		q := &b.watch.DataQuality[i]
		if q.Subject != x.SourceID || !within(b.period.Span, q.From) {
			continue
		}
		switch q.Code {
		case duty.DataQualityCodeSeqReset:
			resets++
		case duty.DataQualityCodeSeqGap:
			first, ok1 := detail(q, "first")
			last, ok2 := detail(q, "last")
			if ok1 && ok2 {
				gaps, missing = gaps+1, missing+int32(last-first+1)
			}
		}
	}
	x.Gaps, x.RowsMissing, x.Resets = duty.Some(gaps), duty.Some(missing), duty.Some(resets)
}

// detail reads a detail that is a number.
func detail(q *duty.DataQuality, name string) (int64, bool) {
	for _, d := range q.Detail {
		if d.Name == name {
			n, err := strconv.ParseInt(d.Value, 10, 64)
			return n, err == nil
		}
	}
	return 0, false
}

// rowsOf counts the rows of a device in a span, by whole local dates.
func (c *Common) rowsOf(device string, s duty.Span) int {
	sum := 0
	for d, n := range c.rows[device] { //house:order-free sums have no order
		if within(s, d.Start()) {
			sum += n
		}
	}
	return sum
}
