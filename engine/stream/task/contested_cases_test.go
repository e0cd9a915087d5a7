package task

import (
	"fmt"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/claims"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// pairOf are two persons of the first and the second task.
func (w *world) pairOf() (first, second string) {
	of := func(task int32) string {
		for c := 'a'; ; c++ {
			if id := "Q" + string(c); w.partitionOf(id) == task {
				return id
			}
		}
	}
	return of(0), of(1)
}

// exitOf is a row that says that somebody left.
func exitOf(id, who string, at duty.Instant) *duty.CardEvent {
	return &duty.CardEvent{ID: id, Version: 1, ReceivedAt: at, PersonID: duty.Some(who), CardID: "c" + who,
		CardType: duty.CardTypeBiometric,
		CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage,
		Direction: duty.Some(duty.DirectionOut), Scan: duty.ScanComplete, OccurredAt: at}
}

// If a producer's ids are not unique, accusing stops and the reason is reported; a restart does
// not forget it.
func TestTooManyContested(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "more contested names than a task keeps")
	w := newCoreWorld(t, 1, 2)
	w.boot()
	first, second := w.pairOf()
	for i := range claims.MaxContested + 100 {
		for _, who := range []string{first, second} {
			w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: who, Record: exitOf(fmt.Sprint(i), who, w.now)})
		}
	}
	w.sendStay(first)
	w.now += 2 * duty.Day
	for _, again := range []bool{false, true} {
		if again {
			w.restore()
			w.boot()
		}
		for range 400 {
			w.turn()
		}
		for _, task := range w.tasks {
			if !strings.Contains(task.Stands(), "not unique") || task.AtRest() {
				t.Errorf("task %d says %q", task.at.Task, task.Stands())
			}
		}
		if len(w.histories()) > 0 {
			t.Error("somebody is accused")
		}
	}
}
