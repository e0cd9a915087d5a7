package task

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// checkCentres compares the open lines that are of no person with those of the facts
// in the log, as `replay` makes them.
func (w *world) checkCentres(centres *duty.Centres) {
	w.t.Helper()
	if _, ok := w.judge.(Core); !ok {
		return
	}
	open := map[string]duty.DataQuality{}
	for i := range w.parts {
		for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicDataQuality, Index: i}) {
			q := w.decoded(duty.TopicDataQuality, rec.Value).(*duty.DataQuality)
			if parkedLine(q) || !ofCentres(q, string(rec.Key)) {
				continue
			}
			if string(rec.Key) != q.Subject || w.partitionOf(q.Subject) != i {
				w.t.Errorf("%s of %s lies in partition %d under %q", q.Code, q.Subject, i, rec.Key)
			}
			_, is := open[q.ID]
			switch q.State {
			case duty.FindingStateOpen:
				open[q.ID] = *q
			case duty.FindingStateClosed:
				if !is || !q.ClosedAt.OK {
					w.t.Errorf("%s of %s is closed and was not open, or at no time", q.Code, q.Subject)
				}
				delete(open, q.ID)
			}
		}
	}
	want := 0
	for _, q := range duty.CentreQuality(centres, w.inForce(), w.now) {
		if q.Code == duty.DataQualityCodeUnknownPerson {
			continue
		}
		want++
		got, ok := open[q.ID]
		if !ok || string(got.AppendCanonical(nil)) != string(q.AppendCanonical(nil)) {
			w.t.Errorf("%s of %s is not open, or says something else: %+v", q.Code, q.Subject, got)
		}
		delete(open, q.ID)
	}
	for _, q := range open {
		w.t.Errorf("%s of %s is open still (%d lines are right)", q.Code, q.Subject, want)
	}
}

// centreDoubts adds facts of centres to those of residents of which many are doubtful,
// and later versions of them that are not, or the other way round.
func centreDoubts(rng *rand.Rand, persons, days int) []testkit.Feed {
	feeds := testkit.Wanderers(rng, persons, days)
	centres := []string{"KH", "SJ", "ZZ", "KH "}
	sources := []string{"nobodys", "KH-carousel", "SJ-carousel", "feed:notices", "other"}
	for i := range 8 * days {
		at := seeds.Start + duty.Instant(rng.Int64N(int64(duty.Instant(days)*duty.Day)))
		for v := range 1 + rng.Int64N(3) {
			centre := centres[rng.IntN(len(centres))]
			ahead := duty.Instant(rng.IntN(2)) * duty.Hour
			var record any
			topic := "heartbeats"
			switch rng.IntN(4) {
			case 0:
				topic = "settlements"
				record = &duty.Settlement{ID: fmt.Sprintf("s%d", i%9), Version: v + 1, Retracted: rng.IntN(4) == 0,
					ReceivedAt: at + ahead, CentreID: centre,
					LocalDate: at.Date(), LogType: duty.LogTypeNoticeLog, Complete: true}
			case 1:
				topic = "incidents"
				record = &duty.Incident{ID: fmt.Sprintf("i%d", i), Version: v + 1, ReceivedAt: at + ahead,
					IncidentID: fmt.Sprintf("i%d", i%9), CentreID: centre,
					From: at, To: duty.Some(at + duty.Instant(rng.IntN(5)-1)*duty.Hour),
					Kind: duty.IncidentKindServer, FormsStatus: duty.FormsStatusComplete,
					DeviceIDs: []string{}, State: duty.IncidentStateActive, Origin: duty.OriginHuman}
			default:
				h := duty.Heartbeat{ID: fmt.Sprintf("h%d", i), Version: v + 1, Retracted: rng.IntN(2) == 0,
					ReceivedAt: at, SourceID: sources[rng.IntN(len(sources))], At: at}
				if rng.IntN(5) > 0 {
					h.CentreID = duty.Some(centre)
				}
				if rng.IntN(5) == 0 {
					h.At = duty.DateOf(2000, 1, 1).Start()
				}
				record = &h
			}
			feeds = append(feeds, testkit.Feed{At: at, Topic: topic, Key: centre, Record: record})
			at += duty.Hour
		}
	}
	sort.SliceStable(feeds, func(i, j int) bool { return feeds[i].At < feeds[j].At })
	return feeds
}

func TestCentreDoubts(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "worlds with deaths, until every doubt has been closed")
	codes := map[string]bool{}
	seeds.ForEachOf(t, seeds.AtLeast(t, 20, 3), func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%4)
		w.loseTail = seed%2 == 0
		w.die = func(string) bool { return w.rng.IntN(150) == 0 }
		w.play(centreDoubts(w.rng, 4, 4), worldEnd, 3)
		w.die = nil
		w.check()
		for _, code := range []string{"FACT_INVALID", "UNKNOWN_SOURCE", "CLOCK_OFFSET"} {
			codes[code] = codes[code] || slices.Contains(w.lines(duty.TopicDataQuality, code), "CLOSED")
		}
	})
	for _, code := range []string{"FACT_INVALID", "UNKNOWN_SOURCE", "CLOCK_OFFSET"} {
		if !codes[code] && !t.Failed() {
			t.Errorf("no line of %s was closed", code)
		}
	}
}
