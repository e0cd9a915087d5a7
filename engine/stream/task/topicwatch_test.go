package task

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// awayTonight is a world with the real law in which one person went out in the
// evening, and is accused in the morning unless something is in the way.
func awayTonight(t *testing.T) *world {
	t.Helper()
	w := newCoreWorld(t, 1, 2)
	w.boot()
	w.sendStay("Qa")
	w.sendPassage("Qa", w.now+duty.Hour, duty.DirectionIn)
	w.now += 20 * duty.Hour
	w.sendPassage("Qa", w.now, duty.DirectionOut)
	w.rest()
	return w
}

// turns lets the engine work for a while, without time going by, until it ends.
func (w *world) turns(n int) error {
	for range n {
		if err := w.reader.Poll(context.Background(), 0); err != nil {
			return err
		}
		for _, task := range w.tasks {
			if _, err := task.Step(context.Background()); err != nil {
				return err
			}
		}
	}
	return nil
}

// If nothing prevents it the person is accused: without this the tests below would show nothing.
func TestAwayTonightIsAccused(t *testing.T) {
	w := awayTonight(t)
	w.now += duty.Day
	w.rest()
	if len(w.histories()) == 0 {
		t.Fatal("nobody is accused")
	}
}

// When a topic has another number of partitions or is gone, caught_up stops at once: nobody is
// accused, and what clears is told. The engine says why, and ends with that after a while. If the
// topic comes back as it was the engine goes on.
func TestTopicsThatChangeStopAccusing(t *testing.T) {
	for _, c := range []struct {
		topic string
		is    broker.TopicState
		says  string
	}{
		{duty.TopicCardEvents, broker.TopicState{ID: "id of card-events", Partitions: 4}, "has 4 partitions now and had 2"},
		{"notices", broker.TopicState{ID: "id of notices", Partitions: 3}, "has 3 partitions now and had 2"},
		{duty.TopicHandOver, broker.TopicState{ID: "id of hand-over", Partitions: 4}, "has 4 partitions now and had 2"},
		{duty.TopicPolicies, broker.TopicState{ID: "id of policies", Partitions: 2}, "has 2 partitions now and had 1"},
		{duty.TopicCardEvents, broker.TopicState{}, "is not there"},
		{"settlements", broker.TopicState{}, "is not there"},
	} {
		for _, back := range []bool{false, true} {
			t.Run(c.topic+" "+c.says, func(t *testing.T) {
				w := awayTonight(t)
				w.broker.States[c.topic] = c.is
				before := w.tasks[0].CaughtUp()
				w.now += duty.Second
				w.must(w.turns(1)) // the topics are asked about
				w.now += duty.Day
				for _, task := range w.tasks {
					task.topics.since = w.wall() // all the time is to come
				}
				w.must(w.turns(3))
				if h := w.histories(); len(h) != 0 {
					t.Fatalf("somebody was accused by topics that changed: %v", h)
				}
				for _, task := range w.tasks {
					if task.AtRest() || !strings.Contains(task.Stands(), c.topic+" "+c.says) || task.CaughtUp() > before {
						t.Errorf("caught up %d ms further, says %q", task.CaughtUp()-before, task.Stands())
					}
				}
				if back {
					delete(w.broker.States, c.topic)
					w.rest()
					if w.tasks[0].Stands() != "" || len(w.histories()) == 0 {
						t.Errorf("the engine does not go on when all is as it was: %q", w.tasks[0].Stands())
					}
					return
				}
				w.now += duty.Instant(changedFor.Milliseconds())
				err := w.turns(2)
				if !errors.Is(err, ErrTopics) || !strings.Contains(err.Error(), c.says) || RemedyFor(err) != RemedyEnd {
					t.Errorf("the engine ends with %v", err)
				}
			})
		}
	}
}

// What clears is told while changed topics stop the accusing.
func TestTopicsThatChangeDoNotStopClearing(t *testing.T) {
	w := awayTonight(t)
	w.now += duty.Day
	w.rest()
	w.broker.States["notices"] = broker.TopicState{Partitions: 3}
	w.must(w.turns(1))
	for _, task := range w.tasks {
		task.topics.since = w.wall()
	}
	w.sendPassage("Qa", seeds.Start+21*duty.Hour, duty.DirectionIn)
	w.must(w.turns(3))
	cleared := 0
	for _, revisions := range w.histories() {
		if revisions[len(revisions)-1].Status == duty.StatusWithdrawn {
			cleared++
		}
	}
	if cleared == 0 {
		t.Error("a row that clears is not told of")
	}
}

// A topic that was deleted and made again is another log, however long it is: nothing of it is
// read.
func TestTopicMadeAnewEndsTheEngine(t *testing.T) {
	for _, topic := range []string{duty.TopicCardEvents, "exclusions", duty.TopicViolations, duty.TopicTaskCommits} {
		w := awayTonight(t)
		w.broker.States[topic] = broker.TopicState{ID: "another id", Partitions: 2}
		w.now += duty.Day
		told := len(w.histories())
		err := w.turns(2)
		if !errors.Is(err, broker.ErrForeignLog) || !strings.Contains(err.Error(), topic) || RemedyFor(err) != RemedyEnd {
			t.Errorf("%s: the engine ends with %v", topic, err)
		}
		if len(w.histories()) != told {
			t.Errorf("%s: somebody was accused", topic)
		}
	}
	// Brokers that give no ids say nothing about that.
	w := awayTonight(t)
	w.broker.States[duty.TopicCardEvents] = broker.TopicState{Partitions: 2}
	w.must(w.turns(2))
}

// Partitions that are added to a centre-keyed topic are read before anybody is accused at a mark
// that could have seen them, also on records that came with them. A restart finds them, whether or
// not its reader knew of them.
func TestAddedCentrePartitionsAreRead(t *testing.T) {
	w := awayTonight(t)
	w.broker.States["exclusions"] = broker.TopicState{ID: "id of exclusions", Partitions: 4}
	day := testkit.DayOfInstant(seeds.Start)
	value, err := w.codec.Encode("exclusions",
		&duty.Exclusion{ID: "x", Version: 1, ReceivedAt: w.now, ExclusionID: "x", CentreID: "KH", FromDate: day, ToDate: day,
			Status: duty.ExclusionStatusDeclared, Reason: "r", DeclaredBy: "d", ApprovedBy: "a", DeclaredAt: w.now})
	w.must(err)
	added := broker.Partition{Topic: "exclusions", Index: 3}
	w.broker.Append(added, []byte("KH"), value)
	w.now += 11 * duty.Hour // the night that is excluded is over, the next one is not
	// Nothing counts before the new partitions are read.
	reader := w.reader
	for range 5 {
		for _, task := range w.tasks {
			_, err := task.Step(context.Background())
			w.must(err)
		}
	}
	if h := w.histories(); len(h) != 0 {
		t.Fatalf("somebody was accused though an exclusion is in a partition that is not read: %v", h)
	}
	w.rest()
	if n := len(w.reader.Facts().Exclusions); n != 1 {
		t.Errorf("%d exclusions are known", n)
	}
	for _, task := range w.tasks {
		if task.at.Centres[added] != 1 {
			t.Errorf("task %d stands at %d of the new partition", task.at.Task, task.at.Centres[added])
		}
	}
	// The next reader begins with the partitions of before.
	w.reader = w.newReader()
	w.must(w.reader.ReadToEnd(context.Background()))
	task := w.tasks[0]
	task.centres = w.reader
	for n := 0; ; n++ {
		err := task.Recover(context.Background())
		if err == nil {
			break
		}
		if n > 3 || !errors.Is(err, broker.ErrTransient) {
			t.Fatalf("recovery %d: %v", n, err)
		}
		w.must(w.reader.Poll(context.Background(), 0))
	}
	if reader == w.reader || w.reader.Picture().Positions[added] != 1 {
		t.Error("the next reader does not read the new partition")
	}
	if h := w.histories(); len(h) != 0 {
		t.Fatalf("somebody was accused: %v", h)
	}
}

// Whoever is due and not judged yet when the topics change is not accused either, although
// caught_up had passed the instant before; and is, once everything is as it was.
func TestTopicsThatChangeStopAccusingAtOnce(t *testing.T) {
	w := newCoreWorld(t, 1, 1)
	w.limits.Decisions = 1
	w.boot()
	w.now += 2 * duty.Hour
	const persons = 5
	for i := range persons {
		who := fmt.Sprint("away", i)
		w.sendStay(who)
		w.sendPassage(who, w.now-duty.Hour, duty.DirectionOut)
	}
	w.now = (w.now + duty.Day).Date().Clock(3, 0)
	w.rest()
	w.now += 5 * duty.Hour
	for range 50 {
		if w.must(w.turns(1)); len(w.histories()) > 0 {
			break
		}
	}
	told := len(w.histories())
	if told == 0 || told == persons {
		t.Fatalf("%d of %d persons are told of in one cycle", told, persons)
	}
	w.broker.States[duty.TopicSettlements] = broker.TopicState{}
	w.must(w.turns(10))
	if w.tasks[0].Stands() == "" || len(w.histories()) != told {
		t.Errorf("%d more persons were accused while it says %q", len(w.histories())-told, w.tasks[0].Stands())
	}
	delete(w.broker.States, duty.TopicSettlements)
	w.rest()
	w.check()
	if len(w.histories()) != persons {
		t.Errorf("%d of %d persons are told of in the end", len(w.histories()), persons)
	}
}
