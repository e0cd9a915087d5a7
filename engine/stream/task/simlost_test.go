package task

import (
	"context"
	"errors"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/centres"
	"tilsyn/engine/stream/testkit"
	"tilsyn/state/statetest"
)

// A log that lost its end, by an unclean election or because the topic was made again, is refused:
// by a task that runs, by one that starts, by one whose state is behind, and by one without a
// state, which must not wait for records that never come. Nothing is told of what is gone.
func TestLostLogIsRefused(t *testing.T) {
	for _, topic := range []string{duty.TopicCardEvents, "obligation-changes", "settlements", duty.TopicViolations,
		duty.TopicTaskCommits} {
		for _, how := range []string{"running", "restarted", "behind", "no state"} {
			if how == "running" && (topic == duty.TopicViolations || topic == duty.TopicTaskCommits) ||
				how == "no state" && topic == duty.TopicTaskCommits {
				continue // nobody reads them while running; without both nothing is known of a past
			}
			t.Run(topic+"/"+how, func(t *testing.T) { lostLog(t, topic, how) })
		}
	}
}

func lostLog(t *testing.T, topic, how string) {
	w := newWorld(t, 3, 1)
	feeds := testkit.Residents(w.rng, 5, 5)
	w.play(feeds[:len(feeds)/2], feeds[len(feeds)/2].At, 2)
	behind := w.store.Copy()
	w.play(feeds[len(feeds)/2:], worldEnd, 2)
	told := len(w.broker.Committed(broker.Partition{Topic: duty.TopicViolations}))
	p := broker.Partition{Topic: topic}
	if len(w.broker.Logs[p]) < 4 || told == 0 {
		t.Fatal("there is nothing to lose")
	}
	keep := len(w.broker.Logs[p]) / 2
	if topic == duty.TopicTaskCommits {
		keep = 0
	}
	w.broker.Logs[p] = w.broker.Logs[p][:keep]
	// Instead of waiting for ever.
	asked := 0
	w.broker.Fail = func(string) error {
		if asked++; asked > 5000 {
			return errors.New("the task waits for records that never come")
		}
		return nil
	}
	err := w.meet(how, behind)
	if RemedyFor(err) != RemedyEnd || err == nil {
		t.Errorf("the task ended with: %v", err)
	}
	if topic != duty.TopicViolations {
		if n := len(w.broker.Committed(broker.Partition{Topic: duty.TopicViolations})); n != told {
			t.Errorf("%d revisions were told of a log that is gone", n-told)
		}
	}
}

// meet lets the engine meet what has become of the logs, and returns the error
// that ends it.
func (w *world) meet(how string, behind *statetest.Model) error {
	ctx := context.Background()
	task := w.tasks[0]
	switch how {
	case "restarted":
		w.store = w.store.Kill()
	case "behind":
		w.store = behind
	case "no state":
		w.store = statetest.NewModel()
	}
	if how != "running" {
		w.reader = centres.NewCentreReader(centres.CentreConfig{Broker: w.broker, Codec: w.codec,
			Partitions: w.centrePartitions(), PartitionOf: w.partitionOf, Policy: w.policy, Prepare: mirror})
		w.must(w.reader.ReadToEnd(ctx))
		st, err := w.store.Task(0)
		w.must(err)
		task = NewTask(TaskConfig{Task: 0, Partitions: 1, PartitionOf: w.partitionOf, Broker: w.broker,
			Store: st, Centres: w.reader,
			Judge: w.judge, Codec: w.codec, Clock: task.clock, Wall: w.wall, Limits: w.limits, Stats: &w.stats})
		if err := task.Recover(ctx); err != nil {
			return err
		}
	}
	for range 50 {
		if err := w.reader.Poll(ctx, 0); err != nil {
			return err
		}
		if _, err := task.Step(ctx); err != nil {
			return err
		}
	}
	return nil
}
