package stream

import "slices"

// Topics by what the engine does with them (contract §2, §3), without prefix.
const (
	topicCardEvents      = "card-events"
	topicManualEntries   = "manual-entries"
	topicIdentityLinks   = "identity-links"
	topicCardAssignments = "card-assignments"
	topicResolutions     = "resolutions"
	topicPolicies        = "policies"
	topicHandlings       = "handlings"
	topicViolations      = "violations"
	topicOutcomes        = "outcomes"
	topicDataQuality     = "data-quality"
	topicObservations    = "observations"
	topicDeadLetters     = "dead-letters"
	topicTaskCommits     = "task-commits"
	topicHandOver        = "hand-over"
	headerSchema         = "schema"
	headerUnitID         = "unit_id"
	headerRevision       = "revision"
)

// personTopics are read by the task of their partition: facts keyed by person.
// Acknowledgements are not: no rule of this engine reads them yet.
var personTopics = []string{
	topicCardEvents, topicManualEntries, "notices", "obligation-changes",
	"group-changes", "permissions", "holds", "departure-assessments",
	"convictions", topicIdentityLinks, topicCardAssignments, topicHandlings,
}

// awaitedTopics are those of them that caught_up waits for. Nothing waits for a
// handling, which changes no outcome (contract §2).
var awaitedTopics = slices.DeleteFunc(slices.Clone(personTopics), unawaited)

func unawaited(topic string) bool { return topic == topicHandlings }

// centreTopics are read whole by every instance. Resolutions are among them
// since the resolution of a centre's dead letter lies in any partition, and
// dead letters since a record without a usable key holds the units of all.
var centreTopics = []string{
	"incidents", "exclusions", "settlements", "heartbeats", "reconciliations",
	"change-marks", "supervision-results", topicResolutions, topicPolicies,
	topicDeadLetters,
}

// joinTopics are read by the task of their partition and whole by every instance
// besides: they say whom facts of other partitions concern.
var joinTopics = []string{topicIdentityLinks, topicCardAssignments}

// wholeTopics are all that every instance reads whole.
var wholeTopics = append(slices.Clone(centreTopics), joinTopics...)

// ownOutputs are what a task reads back at recovery to know what it has said.
var ownOutputs = []string{topicViolations, topicDataQuality, topicObservations}

// inputsOf are the partitions that a task reads besides the centre-keyed ones:
// facts of its persons, and what other tasks hand over to it.
func inputsOf(task int32) []Partition {
	return append(factsOf(task), Partition{Topic: topicHandOver, Index: task})
}

// factsOf are the input partitions of the persons of a task.
func factsOf(task int32) []Partition {
	parts := make([]Partition, len(personTopics), len(personTopics)+1)
	for i, t := range personTopics {
		parts[i] = Partition{Topic: t, Index: task}
	}
	return parts
}

// outputsOf are the partitions that a task reads back.
func outputsOf(task int32) []Partition {
	parts := make([]Partition, len(ownOutputs))
	for i, t := range ownOutputs {
		parts[i] = Partition{Topic: t, Index: task}
	}
	return parts
}
