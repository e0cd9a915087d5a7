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

func (w *world) sendBeat(source, centre string, at duty.Instant) {
	h := duty.Heartbeat{ID: source + at.String(), Version: 1, ReceivedAt: w.now, SourceID: source, At: at}
	if centre != "" {
		h.CentreID = duty.Some(centre)
	}
	w.send(&testkit.Feed{Topic: "heartbeats", Key: centre, Record: &h})
}

// A doubt about facts of centres is reported once, also when the process crashes or the state is
// rebuilt from the outputs, and closed when it is over.
func TestCentreLines(t *testing.T) {
	t.Parallel()
	w := newCoreWorld(t, 8, 3)
	w.boot()
	w.sendStay("Qa")
	s := duty.Settlement{ID: "s", Version: 1, ReceivedAt: w.now, CentreID: "ZZ", LocalDate: w.now.Date(),
		LogType: duty.LogTypeNoticeLog, Complete: true}
	w.send(&testkit.Feed{Topic: "settlements", Key: "ZZ", Record: &s})
	w.sendBeat("nobodys", "KH", w.now)
	i := duty.Incident{ID: "i", Version: 1, ReceivedAt: w.now + duty.Hour, IncidentID: "i", CentreID: "SJ",
		From: w.now, Kind: duty.IncidentKindServer,
		FormsStatus: duty.FormsStatusPending, DeviceIDs: []string{}, State: duty.IncidentStateActive,
		Origin: duty.OriginHuman}
	w.send(&testkit.Feed{Topic: "incidents", Key: "SJ", Record: &i})
	told := func(watch ...string) {
		t.Helper()
		w.rest()
		w.check()
		w.wantLines(duty.TopicDataQuality, "UNKNOWN_SOURCE", "OPEN")
		w.wantLines(duty.TopicDataQuality, "CLOCK_OFFSET", "OPEN")
		w.wantLines(duty.TopicDataQuality, "WATCH_MISSING", watch...)
	}
	told()
	w.wantLines(duty.TopicDataQuality, "FACT_INVALID", "OPEN")
	w.now += duty.Hour
	w.sendBeat("KH-carousel", "KH", w.now)
	told("OPEN")
	w.restore()
	w.boot()
	told("OPEN")
	for i := range w.parts { // nothing of it is left but what was told
		st, err := w.stores().Task(i)
		w.must(err)
		w.must(st.Discard())
	}
	w.restore()
	w.boot()
	told("OPEN")
	s.Version, s.CentreID = 2, "KH"
	w.now += duty.Hour
	w.send(&testkit.Feed{Topic: "settlements", Key: "KH", Record: &s})
	told("OPEN")
	w.wantLines(duty.TopicDataQuality, "FACT_INVALID", "OPEN", "CLOSED")
	w.restore()
	w.boot()
	told("OPEN")
	w.wantLines(duty.TopicDataQuality, "FACT_INVALID", "OPEN", "CLOSED")
}

// An unknown source does not hide a known one, nor does a device that names another centre than
// its own: whoever is held in `replay` is held here.
func TestBeatsThatHold(t *testing.T) {
	t.Parallel()
	for name, beats := range map[string][][2]string{
		"known after unknown":            {{"nobodys", "KH"}, {"KH-carousel", "KH"}},
		"elsewhere":                      {{"KH-carousel", "SJ"}},
		"elsewhere after one of theirs":  {{"SJ-carousel", "SJ"}, {"KH-carousel", "SJ"}},
		"a feed":                         {{"nobodys", ""}, {"feed:notices", "KH"}},
		"a feed of all":                  {{"nobodys", ""}, {"feed:notices", ""}},
		"a clock that goes, after reset": {{"KH-carousel", "KH"}, {"KH-carousel", "KH"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newCoreWorld(t, 9, 2)
			w.boot()
			w.sendStay("Qa")
			w.now += duty.Day
			w.sendPassage("Qa", w.now, duty.DirectionOut)
			w.rest()
			for i, b := range beats {
				at := w.now
				if i == 0 && name == "a clock that goes, after reset" {
					at = duty.DateOf(2000, 1, 1).Start()
				}
				w.sendBeat(b[0], b[1], at)
				w.now += duty.Minute
				w.rest()
			}
			w.check()
			w.now += 2 * duty.Day
			w.rest()
			w.check()
			if len(w.histories()) > 0 {
				t.Error("somebody is accused though the centre is held")
			}
		})
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
	codes := map[string]bool{}
	seeds.ForEach(t, 20, func(t *testing.T, seed uint64) {
		w := newCoreWorld(t, seed, 1+int32(seed)%4)
		w.loseTail = seed%2 == 0
		w.die = func(string) bool { return w.rng.IntN(150) == 0 }
		w.play(centreDoubts(w.rng, 4, 4), worldEnd, 3)
		w.die = nil
		w.check()
		for _, code := range []string{"FACT_INVALID", "UNKNOWN_SOURCE", "CLOCK_OFFSET", "WATCH_MISSING"} {
			codes[code] = codes[code] || slices.Contains(w.lines(duty.TopicDataQuality, code), "CLOSED")
		}
	})
	for _, code := range []string{"FACT_INVALID", "UNKNOWN_SOURCE", "CLOCK_OFFSET"} {
		if !codes[code] && !t.Failed() {
			t.Errorf("no line of %s was closed", code)
		}
	}
}

// A clock that is ahead is reported even if earlier heartbeats of the source were right. A second
// such heartbeat changes nothing.
func TestHeartbeatAhead(t *testing.T) {
	t.Parallel()
	w := newCoreWorld(t, 9, 3)
	w.boot()
	w.sendBeat("KH-carousel", "KH", w.now)
	w.now += duty.Minute
	w.rest()
	w.wantLines(duty.TopicDataQuality, "CLOCK_OFFSET")
	for range 2 {
		w.sendBeat("KH-carousel", "KH", w.now+14*365*duty.Day)
		w.now += duty.Minute
		w.rest()
		w.wantLines(duty.TopicDataQuality, "CLOCK_OFFSET", "OPEN")
	}
}
