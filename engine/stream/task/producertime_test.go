package task

import (
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/testkit"
)

// A record that carries its producer's time, years ahead, moves nothing: once the topic is set
// back the engine comes to rest as before, no walk waits for that time, and no newer clock is
// looked for.
func TestProducerTimeMovesNoClock(t *testing.T) {
	t.Parallel()
	for _, topic := range []string{duty.TopicCardEvents, "incidents", "exclusions", duty.TopicCardAssignments,
		duty.TopicIdentityLinks} {
		w := newCoreWorld(t, 1, 2)
		w.boot()
		w.sendStay("Qa")
		w.sendPassage("Qa", w.now+duty.Hour, duty.DirectionIn)
		w.now += 20 * duty.Hour
		w.rest()
		w.broker.ByProducers = map[string]bool{topic: true}
		w.broker.ProducerTime = func() duty.Instant { return duty.DateOf(2099, 1, 1).Start() }
		key, record := "Qa", any(nil)
		switch topic {
		case duty.TopicCardEvents:
			w.sendPassage("Qa", w.now, duty.DirectionOut)
		case "incidents":
			key, record = "KH", &duty.Incident{ID: "i", IncidentID: "i", Version: 1, ReceivedAt: w.now,
				CentreID: "KH", From: w.now - duty.Hour, To: duty.Some(w.now), FormsStatus: duty.FormsStatusPending}
		case "exclusions":
			key, record = "KH", &duty.Exclusion{ID: "x", ExclusionID: "x", Version: 1, ReceivedAt: w.now,
				CentreID: "KH", Status: duty.ExclusionStatusDeclared, DeclaredBy: "a", ApprovedBy: "b", DeclaredAt: w.now}
		case duty.TopicCardAssignments:
			record = &duty.CardAssignment{ID: "a", Version: 1, ReceivedAt: w.now, CardID: "cQa", PersonID: "Qb",
				CardType: duty.CardTypeBiometric, ValidFrom: w.now}
		case duty.TopicIdentityLinks:
			record = &duty.IdentityLink{ID: "l", Version: 1, ReceivedAt: w.now, PersonID: "Qa", AliasPersonID: "Qb",
				Action: duty.LinkActionMerge, At: w.now}
		}
		if record != nil {
			w.send(&testkit.Feed{Topic: topic, Key: key, Record: record})
		}
		w.must(w.turns(3))
		w.broker.ByProducers = nil
		w.now += 2 * duty.Day
		w.rest()
		for _, task := range w.tasks {
			if at := task.newestKnown(); at > w.now {
				t.Errorf("%s: task %d looks for what is known at %s", topic, task.at.Task, at)
			}
			if len(task.at.Sweeps) > 0 || task.sweeping() {
				t.Errorf("%s: walks wait: %+v", topic, task.at.Sweeps)
			}
		}
		w.check()
	}
}

// A walk for a fact that becomes known in years does not keep a task from waiting for records.
func TestWalkInYearsIsNotPolledFor(t *testing.T) {
	w := newCoreWorld(t, 1, 1)
	w.boot()
	w.rest()
	task := w.tasks[0]
	for _, c := range []struct {
		s    stored.Sweep
		goes bool
	}{
		{stored.Sweep{Known: duty.DateOf(2099, 1, 1).Start(), Cleared: true}, false},
		{stored.Sweep{Known: duty.DateOf(2099, 1, 1).Start()}, true},
		{stored.Sweep{Known: task.at.Clock, Cleared: true}, true},
	} {
		if task.at.Sweeps = []stored.Sweep{c.s}; task.sweeping() != c.goes {
			t.Errorf("%+v: %v", c.s, !c.goes)
		}
	}
}
