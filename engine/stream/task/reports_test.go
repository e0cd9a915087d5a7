package task

import (
	"strconv"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// lookModel works out control reports now and then: of every centre one for each of two periods, of
// which some change, and doubts that come and go. An older owner may still offer what it found. A look
// in the midst cannot say what is doubtful.
type lookModel struct {
	w      *world
	newest *Look
	n      int
}

// Newest implements Reports.
func (m *lookModel) Newest() *Look {
	if m.n++; m.n%7 == 1 {
		m.newest = &Look{At: m.w.now, Reports: reportsAt(m.w.now)}
		if m.n%3 > 0 || m.w.now >= worldEnd {
			m.newest.Doubts = duty.Some(doubtsAt(m.w.now))
		}
	}
	return m.newest
}

// doubtsAt are the doubts at a clock: one on two days of three, one with details that change, and one that
// always holds.
func doubtsAt(at duty.Instant) []duty.DataQuality {
	day := int64(at / duty.Day)
	list := []duty.DataQuality{duty.NewDataQuality(duty.DataQualityCodeTrafficLow, "SJ", seeds.Start),
		duty.NewDataQuality(duty.DataQualityCodeUnlinkedShare, "KH", seeds.Start,
			duty.Detail{Name: "rows", Value: strconv.FormatInt(day/2, 10)})}
	if day%3 > 0 {
		list = append(list, duty.NewDataQuality(duty.DataQualityCodeNetDrift, "KH", seeds.Start))
	}
	return list
}

// checkDoubts requires that the lines that stand open are those of the clock, that none is told twice in a
// row or closed without being open, and that what came and went was told and closed. It returns how many
// were closed.
func (w *world) checkDoubts() (closed int) {
	w.t.Helper()
	open := map[string]duty.DataQuality{}
	for i := range w.parts {
		for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicDataQuality, Index: i}) {
			q := w.decoded(duty.TopicDataQuality, rec.Value).(*duty.DataQuality)
			if !ofDoubts(q) {
				continue
			}
			was, ok := open[q.ID]
			if i != 0 || string(rec.Key) != q.Subject {
				w.t.Errorf("%s lies under key %q in partition %d", q.Code, rec.Key, i)
			}
			if q.State == duty.FindingStateClosed {
				if closed++; !ok || !q.ClosedAt.OK {
					w.t.Errorf("%s is closed and was not open, or at no time", q.Code)
				}
				delete(open, q.ID)
				continue
			}
			if ok && sameQuality(was, *q) {
				w.t.Errorf("%s is told again", q.Code)
			}
			open[q.ID] = *q
		}
	}
	want := doubtsAt(w.now)
	for i := range want {
		if got, ok := open[want[i].ID]; !ok || !sameQuality(got, want[i]) {
			w.t.Errorf("%s: open is %+v, want %+v", want[i].Code, got, want[i])
		}
	}
	if len(open) != len(want) {
		w.t.Errorf("%d lines are open, want %d", len(open), len(want))
	}
	return closed
}

// reportsAt are the reports at a clock.
func reportsAt(at duty.Instant) (list []duty.ControlReport) {
	for i, centre := range []string{duty.AllCentres, "KH", "SJ"} {
		for _, period := range []string{"2026-01", "2026-H1"} {
			r := duty.ControlReport{CentreID: centre, Period: period, AsOf: at, Final: at > worldEnd-duty.Day}
			r.DeadLetters.Received = duty.Some(int32(int64(at/duty.Day) / int64(1+i)))
			list = append(list, r)
		}
	}
	return list
}

// checkReports requires that the newest reports on the topic are those of the clock, each in the
// partition of its key, none written twice in a row, and none after one of a later clock.
func (w *world) checkReports() {
	w.t.Helper()
	last := map[string]*duty.ControlReport{}
	for i := range w.parts {
		for _, rec := range w.broker.Committed(broker.Partition{Topic: duty.TopicControlReports, Index: i}) {
			v := w.decoded(duty.TopicControlReports, rec.Value).(*duty.ControlReport)
			key := v.CentreID + ":" + v.Period
			if string(rec.Key) != key || w.partitionOf(key) != i {
				w.t.Errorf("the report %s lies under key %q in partition %d", key, rec.Key, i)
			}
			if was := last[key]; was != nil && (was.AsOf >= v.AsOf || saidOfReport(was).hash == saidOfReport(v).hash) {
				w.t.Errorf("the report %s of %v follows one of %v", key, v.AsOf, was.AsOf)
			}
			last[key] = v
		}
	}
	want := reportsAt(w.now)
	for i := range want {
		key := want[i].CentreID + ":" + want[i].Period
		if got := last[key]; got == nil || saidOfReport(got).hash != saidOfReport(&want[i]).hash {
			w.t.Errorf("%s: the topic has %+v, want %+v", key, got, want[i])
		}
	}
	if len(last) != len(want) {
		w.t.Errorf("%d reports on the topic, want %d", len(last), len(want))
	}
}

// TestReportsAreWrittenOnce: wherever the process dies or an answer is lost, the topic control-reports
// has the newest reports, none twice; and data-quality has the doubts of the newest look, OPEN and CLOSED.
func TestReportsAreWrittenOnce(t *testing.T) {
	t.Parallel()
	deaths, closed := 0, 0
	seeds.ForEach(t, 40, func(t *testing.T, seed uint64) {
		w := newWorld(t, seed, 1+int32(seed)%3)
		w.reports, w.loseTail = &lookModel{w: w}, seed%2 == 0
		w.die = func(string) bool { return w.died < 12 && w.rng.IntN(60) == 0 }
		if seed%4 == 0 {
			w.broker.Deaf = func() int { return max(0, w.rng.IntN(40)-37) }
		}
		w.play(testkit.Residents(w.rng, 4, 4), worldEnd, 3)
		for range 30 {
			w.turn()
		}
		w.rest()
		w.checkReports()
		closed += w.checkDoubts()
		w.check()
		deaths += w.died
	})
	if deaths == 0 || closed == 0 {
		t.Errorf("%d processes died, %d lines were closed", deaths, closed)
	}
}
