package watch

import (
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// source is who sends heartbeats: a device, or a feed with the centre that it
// is of; no centre for one of all centres.
type source struct{ id, centre string }

// feedPrefix begins the id of a feed.
const feedPrefix = duty.FeedPrefix

// CardEventsFeed is the feed whose silence is an incident; that of the others
// withholds coverage alone (W-08).
const CardEventsFeed = "feed:card-events"

func (s source) feed() bool { return strings.HasPrefix(s.id, feedPrefix) }

// name is the source in the id of an incident (6.7).
func (s source) name() string {
	switch {
	case !s.feed():
		return s.id
	case s.centre == "":
		return s.id + ":*"
	}
	return s.id + ":" + s.centre
}

// sourceOf returns who sent a heartbeat. The register knows where a device is,
// so that what the heartbeat says of it does not matter (W-07).
func sourceOf(h *duty.Heartbeat) source {
	if !strings.HasPrefix(h.SourceID, feedPrefix) {
		return source{id: h.SourceID}
	}
	return source{h.SourceID, h.CentreID.Or("")}
}

// registered returns the entries of a device in the register, by start.
func (w *Watch) registered(device string) []*duty.Device {
	var out []*duty.Device
	for i := range w.policy.Devices {
		if w.policy.Devices[i].ID == device {
			out = append(out, &w.policy.Devices[i])
		}
	}
	slices.SortFunc(out, func(a, b *duty.Device) int { return int(min(max(a.From-b.From, -1), 1)) })
	return out
}

// begins is when the silence of a device may first count (W-05, W-55).
func begins(d *duty.Device) duty.Instant { return max(d.From, d.SupervisedFrom) }

// knows reports whether a source is one that may be supervised: a registered
// device but an offline lock (W-09), or a feed that the policy lists.
func (w *Watch) knows(s source) bool {
	if s.feed() {
		return len(w.policy.ListedFeed(s.id, s.centre)) > 0
	}
	return slices.ContainsFunc(w.registered(s.id), func(d *duty.Device) bool {
		return d.Type != duty.DeviceTypeOfflineLock
	})
}

// centresOf returns where a device stood over a span: where the register says,
// both places of one that moved, else where its rows say (W-07).
func (w *Watch) centresOf(device string, span duty.Span, rows []Row) []string {
	var out []string
	add := func(c string) {
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	entries := w.registered(device)
	for _, d := range entries {
		if d.From < max(span.To, span.From+1) && span.From < d.To {
			add(d.CentreID)
		}
	}
	if len(out) == 0 && len(entries) == 0 {
		for i := range rows {
			if span.From <= rows[i].OccurredAt && rows[i].OccurredAt <= span.To {
				add(rows[i].CentreID)
			}
		}
	}
	if len(out) == 0 {
		// Nothing says where it was in that time: where it ever was.
		for _, d := range entries {
			add(d.CentreID)
		}
		for i := range rows {
			if len(entries) == 0 {
				add(rows[i].CentreID)
			}
		}
	}
	slices.Sort(out)
	return out
}
