package task

import (
	"slices"
	"testing"
	"tilsyn/engine/stream/deadletter"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/testkit"
)

// lines are the states of the lines of a code on a topic, in order.
func (w *world) lines(topic string, code string) []string {
	var out []string
	for i := range w.parts {
		for _, rec := range w.broker.Committed(broker.Partition{Topic: topic, Index: i}) {
			switch r := w.decoded(topic, rec.Value).(type) {
			case *duty.DataQuality:
				if r.Code.String() == code {
					out = append(out, r.State.String())
				}
			case *duty.Observation:
				if r.Code.String() == code {
					out = append(out, r.State.String())
				}
			}
		}
	}
	return out
}

func (w *world) wantLines(topic, code string, want ...string) {
	w.t.Helper()
	if got := w.lines(topic, code); !slices.Equal(got, want) {
		w.t.Errorf("%s: %v, want %v", code, got, want)
	}
}

// An observation is open until a registration ends it, though the person is decided
// by a routine meanwhile and the process dies in between.
func TestObservationIsClosed(t *testing.T) {
	t.Parallel()
	for _, die := range []bool{false, true} {
		w := newCoreWorld(t, 3, 2)
		w.boot()
		w.sendStay("Qa")
		w.now += 6 * duty.Day
		w.rest()
		w.wantLines(duty.TopicObservations, "NO_REGISTRATION_SINCE_START", "OPEN")
		if die {
			w.restore()
			w.boot()
		}
		w.now += duty.Day
		w.rest()
		w.sendPassage("Qa", w.now, duty.DirectionIn)
		w.now += duty.Hour
		w.rest()
		w.wantLines(duty.TopicObservations, "NO_REGISTRATION_SINCE_START", "OPEN", "CLOSED")
		w.check()
	}
}

// A row that names nobody is shown until somebody is said to have held its card, and
// again when that is taken back.
func TestRowOfNobodyIsClosed(t *testing.T) {
	t.Parallel()
	w := newCoreWorld(t, 4, 2)
	w.boot()
	w.sendStay("Qa")
	w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: "Qx", Record: &duty.CardEvent{ID: "r", Version: 1, ReceivedAt: w.now, CardID: "Qx",
		CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel,
		Kind: duty.CardEventKindPassage, Direction: duty.Some(duty.DirectionIn), Scan: duty.ScanComplete, OccurredAt: w.now}})
	w.rest()
	w.wantLines(duty.TopicDataQuality, "UNKNOWN_PERSON", "OPEN")
	a := duty.CardAssignment{ID: "a", Version: 1, ReceivedAt: w.now, CardID: "Qx", PersonID: "Qa", CardType: duty.CardTypeBiometric,
		ValidFrom: w.now - duty.Day, AntiPassback: duty.AntiPassbackOff, Created: duty.CardCreationManual}
	w.now += duty.Hour
	w.send(&testkit.Feed{Topic: duty.TopicCardAssignments, Key: "Qa", Record: &a})
	w.rest()
	w.wantLines(duty.TopicDataQuality, "UNKNOWN_PERSON", "OPEN", "CLOSED")
	w.restore()
	w.boot()
	w.rest()
	w.wantLines(duty.TopicDataQuality, "UNKNOWN_PERSON", "OPEN", "CLOSED")
	b := a
	b.Version, b.Retracted = 2, true
	w.now += duty.Hour
	w.send(&testkit.Feed{Topic: duty.TopicCardAssignments, Key: "Qa", Record: &b})
	w.rest()
	w.wantLines(duty.TopicDataQuality, "UNKNOWN_PERSON", "OPEN", "CLOSED", "OPEN")
}

// Paper without a person is shown until it is known whose it is.
func TestPaperOfNobodyIsClosed(t *testing.T) {
	t.Parallel()
	w := newCoreWorld(t, 5, 3)
	w.boot()
	w.sendStay("Qa")
	e := duty.ManualEntry{ID: "m", Version: 1, ReceivedAt: w.now, CentreID: "KH", Form: duty.FormOutagePassage,
		Direction: duty.Some(duty.DirectionIn), LocalTime: w.now.String()[:16]}
	w.send(&testkit.Feed{Topic: duty.TopicManualEntries, Key: "KH", Record: &e})
	w.now += duty.Hour
	w.rest()
	w.wantLines(duty.TopicDataQuality, "UNKNOWN_PERSON", "OPEN")
	n := e
	n.Version, n.PersonID = 2, duty.Some("Qa")
	w.send(&testkit.Feed{Topic: duty.TopicManualEntries, Key: "Qa", Record: &n})
	w.send(&testkit.Feed{Topic: duty.TopicManualEntries, Key: "KH", Record: &n})
	w.now += duty.Hour
	w.rest()
	w.wantLines(duty.TopicDataQuality, "UNKNOWN_PERSON", "OPEN", "CLOSED")
	w.restore()
	w.boot()
	w.rest()
	w.wantLines(duty.TopicDataQuality, "UNKNOWN_PERSON", "OPEN", "CLOSED")
	w.check()
}

// Dead letters are told per topic and reason, at once and then at growing intervals.
func TestDeadLettersAreToldByKind(t *testing.T) {
	t.Parallel()
	var l letters
	begin := time.Unix(1000, 0)
	var told []int64
	for s := range 600 {
		l.add("notices", deadletter.ReasonUnreadable)
		if s == 300 {
			l.add("permissions", deadletter.ReasonProducerTime)
		}
		for _, x := range l.Tell(begin.Add(time.Duration(s) * time.Second)) {
			told = append(told, x.N)
		}
	}
	if want := []int64{1, 61, 181, 1, 421}; !slices.Equal(told, want) {
		t.Errorf("told of %v, want %v", told, want)
	}
}

// How many units are held, and by what, follows the verdicts.
func TestUnitsHeldAreCounted(t *testing.T) {
	t.Parallel()
	w := newCoreWorld(t, 6, 2)
	w.boot()
	w.sendStay("Qa")
	w.now += duty.Hour
	w.sendPassage("Qa", w.now, duty.DirectionOut)
	w.send(&testkit.Feed{Topic: "notices", Key: "Qa"})
	w.now += 3 * duty.Day
	w.rest()
	if n := w.stats.HeldBack[heldByRecord].Load(); n == 0 {
		t.Error("no unit is held by the record that cannot be read")
	}
	w.send(&testkit.Feed{Topic: duty.TopicResolutions, Key: "Qa", Record: &duty.Resolution{ID: "r", Version: 1, ReceivedAt: w.now, Topic: "notices",
		Partition: w.partitionOf("Qa"), Offset: 0, Outcome: duty.ResolutionOutcomeIrrelevant, By: "x", At: w.now}})
	w.now += duty.Hour
	w.rest()
	if n := w.stats.HeldBack[heldByRecord].Load(); n != 0 {
		t.Errorf("%d units are held still", n)
	}
}
