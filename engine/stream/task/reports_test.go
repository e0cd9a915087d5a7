package task

import (
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// lookModel works out control reports now and then: of every centre one for each of two periods, of
// which some change. An older owner may still offer what it found.
type lookModel struct {
	w    *world
	list []duty.ControlReport
	n    int
}

// Reports implements Reports.
func (m *lookModel) Reports() []duty.ControlReport {
	if m.n++; m.n%7 == 1 {
		m.list = reportsAt(m.w.now)
	}
	return m.list
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
// has the newest reports, none twice.
func TestReportsAreWrittenOnce(t *testing.T) {
	t.Parallel()
	deaths := 0
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
		w.check()
		deaths += w.died
	})
	if deaths == 0 {
		t.Error("no process died")
	}
}
