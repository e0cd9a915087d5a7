package duty

import (
	"cmp"
	"slices"
)

// FeedBeat says how far a supervised feed has told everything that it had (contract §6, Feed
// coverage). Source is the feed, CentreID the centre that it is of, empty for one of all centres.
// Through is the time of its latest heartbeat, never later than that was known.
type FeedBeat struct {
	Source, CentreID string
	Through          Instant
}

// Covers reports whether the feed is one of a centre.
func (b *FeedBeat) Covers(centre string) bool { return b.CentreID == "" || b.CentreID == centre }

// FeedBeatOf returns what a heartbeat says of its feed; ok is false for one that is retracted, of
// another source, or of a clock that tells no time.
func FeedBeatOf(k *Known[Heartbeat]) (b FeedBeat, ok bool) {
	h := &k.Fact
	if h.Retracted || !slices.Contains(feeds, h.SourceID) || h.At < ClockReset || h.At > k.At+Day || !h.fault().None() {
		return FeedBeat{}, false
	}
	return FeedBeat{Source: h.SourceID, CentreID: h.CentreID.Or(""), Through: min(h.At, k.At)}, true
}

// FeedBeats returns the supervised feeds, those that ever sent a heartbeat that still counts, sorted
// by source and centre.
func FeedBeats(heartbeats []Known[Heartbeat]) []FeedBeat {
	var out []FeedBeat
	for _, v := range byFact[Heartbeat](heartbeats) {
		if k := at[Heartbeat](v, func(*Known[Heartbeat]) bool { return true }); k != nil {
			if b, ok := FeedBeatOf(k); ok {
				out = AddFeedBeat(out, b)
			}
		}
	}
	return out
}

// AddFeedBeat adds a beat to a list as FeedBeats returns it. The list may be changed.
func AddFeedBeat(list []FeedBeat, b FeedBeat) []FeedBeat {
	i, found := slices.BinarySearchFunc(list, b, func(a, b FeedBeat) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.CentreID, b.CentreID))
	})
	if !found {
		return slices.Insert(list, i, b)
	}
	list[i].Through = max(list[i].Through, b.Through)
	return list
}

// SilentFeeds returns those of the feeds that are older than staleness.stop_after at a clock
// (REL-06): nobody is to be accused whom they cover. That brake belongs to `run` alone and is no
// part of an outcome (contract §6).
func (p *Policy) SilentFeeds(list []FeedBeat, now Instant) []FeedBeat {
	after := p.paramsAt(now.Date()).StalenessStopAfter
	return slices.DeleteFunc(slices.Clone(list), func(b FeedBeat) bool { return b.Through+after >= now })
}
