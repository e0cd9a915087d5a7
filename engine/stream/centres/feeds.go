package centres

import (
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
)

// feedBeats knows how far each supervised feed has told everything (REL-06). Most heartbeats
// change nothing else, so that no new facts are prepared for them.
type feedBeats struct {
	list []duty.FeedBeat
	// corrected are the ids of heartbeats with a later version than the first.
	corrected map[string]bool
}

// add takes in a heartbeat that was just added to all. Only one that corrects another, or is
// corrected, needs all of them.
func (b *feedBeats) add(f *stored.Fact, all []duty.Known[duty.Heartbeat]) {
	h, ok := f.Record.(*duty.Heartbeat)
	if !ok {
		return
	}
	if h.Version > 1 {
		if b.corrected == nil {
			b.corrected = map[string]bool{}
		}
		b.corrected[h.ID] = true
	}
	if b.corrected[h.ID] {
		b.list = duty.FeedBeats(all)
		return
	}
	if beat, ok := duty.FeedBeatOf(&duty.Known[duty.Heartbeat]{Fact: *h, At: f.Known}); ok {
		b.list = duty.AddFeedBeat(slices.Clone(b.list), beat) // snapshots have the old one
	}
}
