package console

import (
	"testing"
	"time"

	"tilsyn/engine/console/projection"
	"tilsyn/engine/duty"
	dated "tilsyn/engine/policy"
)

// TestAccountOfHeld: what nobody is told of while a feed is silent (REL-06) waits, as the list says, and is looked at
// again. It is a fault once no feed of its centre is silent and it still is nowhere.
func TestAccountOfHeld(t *testing.T) {
	began := duty.DateOf(2026, 1, 5).Clock(12, 0)
	at := began + 6*duty.Day
	rules := *dated.Builtin()
	rules.Settle = nil // no log has to be proven
	p := &projection.Person{ID: "P", Facts: duty.Facts{
		GroupChanges: []duty.Known[duty.GroupChange]{{At: began, Fact: duty.GroupChange{ID: "g", Version: 1,
			ReceivedAt: began, PersonID: "P", Group: duty.GroupExpelledJudgment, ValidFrom: began - duty.Day}}},
		ObligationChanges: []duty.Known[duty.ObligationChange]{{At: began, Fact: duty.ObligationChange{ID: "o", Version: 1,
			ReceivedAt: began, DecisionID: "d", PersonID: "P", Kind: duty.KindStay, Action: duty.ActionImpose,
			LegalBasis: duty.LegalBasisReturnAct132, CentreID: "KH", ServedAt: duty.Some(began), ValidFrom: began}}},
		CardEvents: []duty.Known[duty.CardEvent]{{At: began, Fact: duty.CardEvent{ID: "r", Version: 1, ReceivedAt: began,
			PersonID: duty.Some("P"), CardID: "c", CardType: duty.CardTypeBiometric, CentreID: "KH",
			DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage,
			Direction: duty.Some(duty.DirectionOut), Scan: duty.ScanComplete, OccurredAt: began}}},
	}}
	w := &World{Centres: duty.NewCentres(duty.CentreFacts{}),
		Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: &rules}}}
	nowhere := func() (sum Account, open bool, again duty.Instant) {
		long := suspects{} // each of them was nowhere before
		for date := began.Date(); date < at.Date(); date++ {
			long[duty.UnitID(duty.KindStay, date, "P")] = time.Now().Add(-time.Hour)
		}
		mine, open, again := account(p, w, at, long)
		for i := range mine.Lines {
			sum.add(&mine.Lines[i], 1)
		}
		return sum, open, again
	}
	all, _, _ := nowhere()
	if all.Nowhere == 0 || all.Pending != 0 {
		t.Fatalf("nothing was told and no feed is silent: %+v", all)
	}
	feed := duty.FeedPrefix + duty.TopicPermissions
	late := at - rules.ParamsAt(at.Date()).StalenessStopAfter
	for _, c := range []struct {
		what string
		feed duty.FeedBeat
		held bool
	}{
		{"silent", duty.FeedBeat{Source: feed, Through: late - 1}, true},
		{"silent at the centre", duty.FeedBeat{Source: feed, CentreID: "KH", Through: late - 1}, true},
		{"silent at another centre", duty.FeedBeat{Source: feed, CentreID: "SJ", Through: late - 1}, false},
		{"not silent yet", duty.FeedBeat{Source: feed, Through: late}, false},
	} {
		w.Feeds = []duty.FeedBeat{c.feed}
		got, open, again := nowhere()
		want := all
		if c.held {
			want.Nowhere, want.Pending = 0, all.Nowhere
		}
		if got != want || !open || again <= at || again > at+duty.Hour {
			t.Errorf("%s: %+v, want %+v; looked at again %v at %s", c.what, got, want, open, again)
		}
	}
}
