package task

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/topics"
)

// Topics may change under a running engine: somebody adds partitions, or deletes a topic and
// makes it anew. What producers write then lies where no task reads, and people would be
// accused because of what is missing. So for each mark the task asks about the topics before it
// asks for their ends:
//
//   - A topic with the common partition count must have it. If the count differs or the topic
//     is gone, caught_up stands still: nobody is accused, and what clears goes on. The engine
//     says so, and ends after changedFor, since this does not pass by itself.
//   - Partitions added to a centre-keyed topic, whose count is free, are read as well, and
//     marks cover them.
//   - A topic with another id is another log. Nothing is read of it.

const (
	// changedFor is how long topics may differ before the engine ends: long enough to be seen
	// in /readyz and the metrics.
	changedFor = 10 * time.Second
	// askedAnew is how many times in a row the brokers must say that a topic has another id
	// before it is believed, since one of them may be out of date.
	askedAnew = 3
)

// topicWatch is what a task knows of the topics that it depends on.
type topicWatch struct {
	// ids are the ids of the topics when the state was begun; unknown ones are learned.
	ids map[string]string
	// why says why caught_up stands still, empty if it does not; since is when that began.
	why   string
	since time.Time
	// doubted are the topics that delivered records with their producers' timestamps
	// (unstamped.go).
	doubted map[string]bool
	// epochs are the leader epochs at which the batch before a position was found to be the one
	// that was read.
	epochs map[broker.Partition]int32
}

// newTopicWatch returns a watch that knows these topic ids.
func newTopicWatch(ids map[string]string) topicWatch {
	w := topicWatch{ids: map[string]string{}, epochs: map[broker.Partition]int32{}}
	maps.Copy(w.ids, ids)
	return w
}

// dependsOn are the topics that a task reads or writes.
var dependsOn = slices.Compact(slices.Sorted(slices.Values(slices.Concat(broker.PersonTopics,
	broker.WholeTopics, broker.OwnOutputs,
	[]string{duty.TopicOutcomes, duty.TopicTaskCommits, duty.TopicHandOver, duty.TopicLogLeaves,
		duty.TopicLogCheckpoints}))))

// lookAtTopics compares the topics with what they were, and reports whether caught_up may move.
func (t *Task) lookAtTopics(ctx context.Context) (bool, error) {
	var said map[string]broker.TopicState
	for n := 1; ; n++ {
		var err error
		if said, err = t.broker.Topics(ctx); err != nil {
			return false, err
		}
		anew := t.topics.madeAnew(said)
		if anew == "" {
			break
		}
		if n == askedAnew {
			return false, fmt.Errorf("%s was deleted and made anew while the engine ran: %w", anew, broker.ErrForeignLog)
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(t.limits.Poll):
		}
	}
	if err := t.checkLeaders(ctx, said); err != nil {
		return false, err
	}
	why := ""
	for _, name := range dependsOn {
		if now := t.compareTopic(name, said); why == "" {
			why = now
		}
	}
	w := &t.topics
	if why == "" || w.why == "" {
		w.since = t.wall()
	}
	w.why = why
	if why != "" && t.wall().Sub(w.since) >= changedFor {
		return false, fmt.Errorf("%s: %w", why, ErrTopics)
	}
	stamped, err := t.askDoubted(ctx)
	return why == "" && stamped, err
}

// madeAnew returns a topic that has another id than before; empty for none.
func (w *topicWatch) madeAnew(said map[string]broker.TopicState) string {
	for _, name := range dependsOn {
		now := said[name].ID
		switch was := w.ids[name]; {
		case now == "":
		case was == "":
			w.ids[name] = now
		case was != now:
			return name
		}
	}
	return ""
}

// compareTopic says what is wrong with a topic; empty for nothing. It follows new partitions
// that are allowed.
func (t *Task) compareTopic(name string, said map[string]broker.TopicState) string {
	now, there := said[name]
	spec, _ := topics.Lookup(name)
	want := t.parts
	if spec.OnePartition {
		want = 1
	}
	switch {
	case !there:
		return fmt.Sprintf("topic %s is not there any more, or the brokers do not show it; "+
			"nobody is accused without it", name)
	case !spec.Common() && !spec.OnePartition:
		t.follow(name, now.Partitions)
	case now.Partitions != want:
		return fmt.Sprintf("topic %s has %d partitions now and had %d: "+
			"what is written since may lie where it is not read, so nobody is accused; "+
			"the partition count is fixed for the life of a prefix, begin a new prefix", name, now.Partitions, want)
	}
	return ""
}

// follow makes caught_up depend on all partitions of a centre-keyed topic, and the reader read
// them.
func (t *Task) follow(name string, partitions int32) {
	parts := make([]broker.Partition, partitions)
	for i := range parts {
		parts[i] = broker.Partition{Topic: name, Index: int32(i)}
	}
	if added := t.watermark.Depend(parts); len(added) > 0 {
		t.centres.Follow(added)
	}
}

// Stands says why caught_up stands still although the brokers answer; empty if it does not.
func (t *Task) Stands() string { return cmp.Or(t.stuck(), t.uncovered()) }

// stuck says why no mark is reached although the brokers answer; empty if marks are reached. The
// owner of the watch reaches marks also while caught_up waits for what it says.
func (t *Task) stuck() string {
	return cmp.Or(t.topics.why, t.topics.unstamped(), t.claims.Contested.Why())
}

// ErrTopics says that the topics are not as the contract requires.
var ErrTopics = errors.New("the topics are not as tilsyn needs them")
