package stream

import (
	"context"
	"slices"
	"testing"

	"tilsyn/engine/duty"
)

// commitOlder writes for every task the commit of a program with an older layout of
// the state, which has read everything and handed over nothing.
func (w *world) commitOlder(caughtUp duty.Instant) {
	for i := range w.parts {
		at := newProgress(i)
		at.Seq, at.Layout, at.Clock, at.CaughtUp = 1, stateLayout-1, w.now, caughtUp
		var err error
		at.Inputs, err = w.broker.Ends(context.Background(), inputsOf(i), HighWatermark)
		w.must(err)
		record, err := at.encode()
		w.must(err)
		w.broker.append(commitPartition(i), commitKey(i), record)
	}
}

// sendExit makes the first of two persons leave at night; the record is returned.
func (w *world) sendExit(first string) *duty.CardEvent {
	w.sendStay(first)
	w.now += duty.Minute
	w.sendPassage(first, w.now, duty.DirectionIn)
	w.now += 12 * duty.Hour
	out := &duty.CardEvent{ID: "out", Version: 1, ReceivedAt: w.now, PersonID: duty.Some(first), CardID: "c" + first, CardType: duty.CardTypeBiometric,
		CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage,
		Direction: duty.Some(duty.DirectionOut), Scan: duty.ScanComplete, OccurredAt: w.now}
	w.send(&feed{topic: topicCardEvents, key: first, record: out})
	return out
}

// A new program with another layout builds the state again. A task that has done so
// accuses nobody while the last commit of another one is of the old program, which
// did not hand over what has moved.
func TestUpgradeWaitsForOthers(t *testing.T) {
	t.Parallel()
	w := newCoreWorld(t, 1, 2)
	a := slices.IndexFunc([]string{"Qa", "Qb"}, func(p string) bool { return w.partitionOf(p) == 0 })
	first, second := []string{"Qa", "Qb"}[a], []string{"Qb", "Qa"}[a]
	begin := w.now
	again := *w.sendExit(first)
	again.Version, again.PersonID, again.CardID = 2, duty.Some(second), "c"+second
	w.send(&feed{topic: topicCardEvents, key: second, record: &again})
	w.now += 2 * duty.Day
	w.commitOlder(begin)
	w.boot()
	all := w.tasks
	w.tasks = all[:1]
	for range 50 {
		w.turn()
	}
	if at := all[0].CaughtUp(); at != begin {
		t.Errorf("caught up %v before the other task has handed over", at)
	}
	if h := w.histories(); len(h) > 0 {
		t.Errorf("somebody was accused by a row that is not theirs: %v", h)
	}
	w.tasks = all
	w.rest()
	w.check()
	if w.stats.Moved.Load() == 0 || w.stats.HandedOver.Load() == 0 {
		t.Error("the version was not handed over")
	}
}

// A task of which the old program has read nothing commits too, else the others would
// wait for it for ever.
func TestUpgradeOfIdleTask(t *testing.T) {
	t.Parallel()
	w := newCoreWorld(t, 2, 2)
	first := []string{"Qa", "Qb"}[slices.IndexFunc([]string{"Qa", "Qb"}, func(p string) bool { return w.partitionOf(p) == 0 })]
	begin := w.now
	w.sendExit(first)
	w.now += 2 * duty.Day
	w.commitOlder(begin)
	w.boot()
	w.rest()
	w.check()
	if len(w.histories()) == 0 {
		t.Error("nobody was told of")
	}
}
