package task

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/deadletter"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// worst returns the harshest severity that stands of anybody.
func (w *world) worst() (worst duty.Severity) {
	for _, revisions := range w.histories() {
		worst = max(worst, revisions[len(revisions)-1].Status.Severity())
	}
	return worst
}

// Marker, exclusions and links carry their producers' time: what they say is not used, and nobody
// is accused by it.
func TestProducersTimeOfCentreFacts(t *testing.T) {
	w := awayTonight(t)
	w.broker.ByProducers = map[string]bool{"settlements": true, "exclusions": true, duty.TopicIdentityLinks: true}
	w.broker.ProducerTime = func() duty.Instant { return seeds.Start }
	w.send(&testkit.Feed{Topic: "settlements", Key: "KH",
		Record: &duty.Settlement{ID: "s", Version: 1, ReceivedAt: w.now, CentreID: "KH",
			LocalDate: testkit.DayOfInstant(seeds.Start), Complete: true}})
	w.send(&testkit.Feed{Topic: duty.TopicIdentityLinks, Key: "Qa",
		Record: &duty.IdentityLink{ID: "l", Version: 1, ReceivedAt: w.now, PersonID: "Qa", AliasPersonID: "Qb",
			Action: duty.LinkActionMerge, At: w.now}})
	w.now += duty.Day
	w.must(w.turns(4))
	if len(w.reader.Facts().Settlements) != 0 || !w.reader.Picture().Register.Empty() {
		t.Error("a record with its producer's time is taken for a fact")
	}
	for _, task := range w.tasks {
		if !strings.Contains(task.Stands(), "settlements") {
			t.Errorf("task %d says %q", task.at.Task, task.Stands())
		}
	}
	w.broker.ByProducers = nil
	w.now += duty.Day
	w.rest()
	if w.worst() == duty.SeverityIndicated {
		t.Error("somebody is accused")
	}
	w.check()
}

// Whatever part of the records carries the producers' time, the engine tells what follows from the
// log, with any batch sizes, crashes and lost states.
func TestProducersTimeInAnyOrder(t *testing.T) {
	t.Parallel()
	doubted := int64(0)
	seeds.ForEach(t, 25, func(t *testing.T, seed uint64) {
		w := newWorld(t, seed, 1+int32(seed)%3)
		if seed%2 == 0 {
			c := newCoreWorld(t, seed, w.parts)
			w.judge, w.policy = c.judge, c.policy
		}
		w.limits.Records = 1 + int(seed%9)
		w.loseTail = seed%3 == 0
		died := rand.New(rand.NewPCG(seed, 5))
		w.broker.Effect = func(string) error {
			if died.IntN(80) == 0 {
				return testkit.ErrCrash
			}
			return nil
		}
		w.broker.ProducerTime = func() duty.Instant {
			return w.now + duty.Instant(w.rng.Int64N(int64(4*duty.Day))) - 3*duty.Day
		}
		feeds := testkit.Neighbours(w.rng, 6, 4)
		w.boot()
		for i := range feeds {
			w.now = max(w.now, feeds[i].At)
			w.broker.ByProducers = nil
			// A row without a person holds all who ever had its card, which is more than
			// the reading that this is compared with knows.
			if w.rng.IntN(12) == 0 && !testkit.ParkedRow(feeds[i].Record) {
				w.broker.ByProducers = map[string]bool{feeds[i].Topic: true}
			}
			w.send(&feeds[i])
			w.turn()
		}
		w.repeats = true // two records with one time of their producer are shown alike
		w.broker.ByProducers, w.now = nil, worldEnd
		w.rest()
		w.check()
		doubted += w.stats.Unstamped.Load()
	})
	if doubted == 0 {
		t.Error("no record had its producer's time")
	}
}

// A record that cannot be taken out of its batch, or not decoded, and that carries its producer's
// time, is doubted as well: caught_up stops, and whatever its time is, even weeks ahead, it holds
// at once.
func TestProducersTimeOfUnreadable(t *testing.T) {
	fault := errors.New("it takes more than is read")
	for _, c := range []struct {
		name  string
		fault error
		ahead duty.Instant
	}{{"not given", fault, -duty.Hour}, {"not given, ahead", fault, 30 * duty.Day},
		{"not decoded, ahead", nil, 30 * duty.Day}} {
		w := awayTonight(t)
		w.broker.ByProducers = map[string]bool{duty.TopicCardEvents: true}
		w.broker.ProducerTime = func() duty.Instant { return w.now + c.ahead }
		w.now += duty.Hour
		w.send(&testkit.Feed{Topic: duty.TopicCardEvents, Key: "Qa"})
		p := broker.Partition{Topic: duty.TopicCardEvents, Index: w.partitionOf("Qa")}
		if c.fault != nil {
			rec := &w.broker.Logs[p][len(w.broker.Logs[p])-1].Rec
			rec.Value, rec.Fault = nil, c.fault
		}
		w.must(w.turns(3))
		task := w.tasks[p.Index]
		before := task.CaughtUp()
		w.now += duty.Hour
		w.must(w.turns(3))
		if task.Stands() == "" || task.CaughtUp() > before || w.stats.Unstamped.Load() == 0 {
			t.Errorf("%s: caught_up goes on: %q", c.name, task.Stands())
		}
		w.broker.ByProducers = nil
		w.now += 8 * duty.Hour // the night is over
		w.rest()
		if w.worst() != duty.SeverityNone {
			t.Errorf("%s: somebody is accused: rank %d", c.name, w.worst())
		}
		letters := w.broker.Committed(broker.Partition{Topic: duty.TopicDeadLetters, Index: p.Index})
		if len(letters) != 1 || deadletter.HeadersOf(&letters[0])["reason"] != deadletter.ReasonProducerTime ||
			letters[0].At != duty.Earliest {
			t.Errorf("%s: dead letters %+v", c.name, letters)
		}
		w.check()
	}
}

func TestDoubtKeepsTheFault(t *testing.T) {
	fault := errors.New("cut")
	rec := broker.Record{Partition: broker.Partition{Topic: duty.TopicCardEvents}, Fault: fault}
	for range 2 {
		if !deadletter.Doubt(&rec, false) || !errors.Is(rec.Fault, deadletter.ErrProducerTime) ||
			!errors.Is(rec.Fault, fault) || strings.Count(rec.Fault.Error(), "cut") != 1 {
			t.Errorf("%v", rec.Fault)
		}
	}
	if rec = (broker.Record{Partition: rec.Partition, Fault: fault}); deadletter.Doubt(&rec, true) || rec.Fault != fault {
		t.Errorf("trusted: %v", rec.Fault)
	}
}
