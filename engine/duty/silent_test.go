package duty

import (
	"reflect"
	"testing"
)

// TestFeedBeats: a feed is supervised from its first heartbeat that counts, each of its centres for
// itself; what is taken back, comes from elsewhere or tells no time counts for nothing, in any order.
func TestFeedBeats(t *testing.T) {
	noon := DateOf(2026, 2, 3).Start() + 12*Hour
	beat := func(id, source, centre string, version int64, at, known Instant) Known[Heartbeat] {
		h := Heartbeat{ID: id, Version: version, ReceivedAt: known, SourceID: source, At: at, Retracted: version > 1}
		if centre != "" {
			h.CentreID = Some(centre)
		}
		return Known[Heartbeat]{Fact: h, At: known}
	}
	list := []Known[Heartbeat]{
		beat("a", "feed:permissions", "", 1, noon, noon),
		beat("b", "feed:permissions", "", 1, noon+Minute, noon+2*Minute),
		beat("c", "feed:permissions", "", 2, noon+Hour, noon+Hour),
		beat("c", "feed:permissions", "", 1, noon+Hour, noon+2*Hour),
		beat("d", "feed:notices", "KH", 1, noon+Hour, noon),
		beat("e", "feed:notices", "SJ", 1, noon+2*Day, noon),
		beat("f", "feed:gym", "", 1, noon, noon),
		beat("g", "KH-carousel", "KH", 1, noon, noon),
		beat("h", "feed:notices", "SJ", 1, ClockReset-Day, noon),
	}
	want := []FeedBeat{{"feed:notices", "KH", noon}, {"feed:permissions", "", noon + Minute}}
	for range list {
		list = append(list[1:], list[0])
		if got := FeedBeats(list); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
	p := &Policy{Steps: []ParamsFrom{{From: 0, Params: Params{StalenessStopAfter: 15 * Minute}}}}
	for now, silent := range map[Instant]int{noon + 15*Minute: 0, noon + 15*Minute + 1: 1, noon + 17*Minute: 2} {
		if got := p.SilentFeeds(want, now); len(got) != silent {
			t.Errorf("%v after noon %v are silent, want %d", now-noon, got, silent)
		}
	}
	if b := want[0]; !b.Covers("KH") || b.Covers("SJ") || !want[1].Covers("SJ") {
		t.Error("a feed of a centre covers it alone, one of none all")
	}
}
