package watch

import (
	"fmt"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// TestListed: a feed that the policy does not list is unknown, one is silent only while it is
// listed, and a device only from its supervised_from on (W-55).
func TestListed(t *testing.T) {
	start := duty.DateOf(2026, 2, 3).Clock(12, 0)
	var f Facts
	for i, at := range []duty.Instant{start, start + duty.Hour, start + 3*duty.Hour} {
		for _, source := range []string{"KH-carousel", "feed:card-events", "feed:holds"} {
			f.Heartbeats = append(f.Heartbeats, duty.Known[duty.Heartbeat]{At: at, Fact: duty.Heartbeat{
				ID: fmt.Sprint(source, i), Version: 1, SourceID: source, At: at, ReceivedAt: at,
			}})
		}
	}
	p := policy.Builtin()
	silent := func() (devices, feeds, covered int) {
		w := New(f, p)
		r := w.Look(View{At: start + 3*duty.Hour}, nil)
		for i := range r.Incidents {
			if len(r.Incidents[i].DeviceIDs) > 0 {
				devices++
			} else if r.Incidents[i].CentreID == "KH" {
				feeds++
			}
		}
		return devices, feeds, len(w.Feeds())
	}
	if d, n, c := silent(); d != 2 || n != 2 || c != 1 {
		t.Errorf("built in: %d, %d and %d, want 2, 2 and 1", d, n, c)
	}
	p.Feeds = []duty.FeedSpan{
		{Source: CardEventsFeed, Span: duty.Span{From: duty.Beginning, To: start + 90*duty.Minute}},
		{Source: "feed:holds", Span: duty.Span{From: duty.Beginning, To: duty.Forever}},
	}
	for i := range p.Devices {
		if p.Devices[i].ID == "KH-carousel" {
			p.Devices[i].SupervisedFrom = start + duty.Minute
		}
	}
	if d, n, c := silent(); d != 1 || n != 2 || c != 2 {
		t.Errorf("listed: %d, %d and %d, want 1, 2 and 2", d, n, c)
	}
}
