package broker

import (
	"slices"

	"tilsyn/engine/duty"
)

// The headers of violations (contract §3).
const (
	HeaderSchema   = "schema"
	HeaderUnitID   = "unit_id"
	HeaderRevision = "revision"
)

// PersonTopics are keyed by person and read by the task of their partition.
var PersonTopics = names(func(t *duty.Topic) bool { return t.ByTask })

// AwaitedTopics are the PersonTopics that caught_up waits for.
var AwaitedTopics = names(func(t *duty.Topic) bool { return t.ByTask && t.Awaited })

// CentreTopics are the topics with facts that are read whole by every instance, and by no task
// besides.
var CentreTopics = names(func(t *duty.Topic) bool { return t.Whole && !t.ByTask && t.Class != duty.ClassInternal })

// IdentityTopics are read by the task of their partition and also whole by every instance: they say
// which persons the facts of other partitions concern.
var IdentityTopics = names(func(t *duty.Topic) bool { return t.Whole && t.ByTask })

// HandingTopics are those of the WholeTopics because of which a task may have to give other tasks
// something that it has read long ago: whom facts concern, and under which policies the owner of the
// watch is told of inconsistent pairs.
var HandingTopics = append(slices.Clone(IdentityTopics), duty.TopicPolicies)

// WholeTopics are all topics that every instance reads whole.
var WholeTopics = append(append(slices.Clone(CentreTopics), IdentityTopics...), duty.TopicCoverage)

// OwnOutputs are the topics that a task reads back at recovery to know what it has told.
var OwnOutputs = []string{duty.TopicViolations, duty.TopicCaseSummaries, duty.TopicDataQuality,
	duty.TopicObservations}

// names lists the topics of which a condition is true, in the contract's order.
func names(of func(*duty.Topic) bool) []string {
	var out []string
	for _, t := range duty.Topics() {
		if of(&t) {
			out = append(out, t.Name)
		}
	}
	return out
}

// Unawaited reports whether caught_up does not wait for a topic that tasks read. An unreadable
// record of such a topic holds no unit.
func Unawaited(topic string) bool {
	t, ok := duty.TopicOf(topic)
	return ok && t.ByTask && !t.Awaited
}

// InputsOf returns the partitions that a task reads besides the centre-keyed ones: the facts of
// its persons, and what other tasks hand over to it.
func InputsOf(task int32) []Partition {
	return append(FactsOf(task), Partition{Topic: duty.TopicHandOver, Index: task})
}

// FactsOf returns the person-keyed input partitions of a task.
func FactsOf(task int32) []Partition {
	parts := make([]Partition, len(PersonTopics), len(PersonTopics)+1)
	for i, t := range PersonTopics {
		parts[i] = Partition{Topic: t, Index: task}
	}
	return parts
}

// OutputsOf returns the partitions that a task reads back at recovery.
func OutputsOf(task int32) []Partition {
	parts := make([]Partition, len(OwnOutputs))
	for i, t := range OwnOutputs {
		parts[i] = Partition{Topic: t, Index: task}
	}
	return parts
}
