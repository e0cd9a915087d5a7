package broker

import "slices"

// Topics by what the engine does with them (contract §2, §3), without prefix.
const (
	TopicCardEvents      = "card-events"
	TopicManualEntries   = "manual-entries"
	TopicIdentityLinks   = "identity-links"
	TopicCardAssignments = "card-assignments"
	TopicResolutions     = "resolutions"
	TopicPolicies        = "policies"
	TopicHandlings       = "handlings"
	TopicViolations      = "violations"
	TopicOutcomes        = "outcomes"
	TopicDataQuality     = "data-quality"
	TopicObservations    = "observations"
	TopicDeadLetters     = "dead-letters"
	TopicTaskCommits     = "task-commits"
	TopicHandOver        = "hand-over"
	HeaderSchema         = "schema"
	HeaderUnitID         = "unit_id"
	HeaderRevision       = "revision"
)

// PersonTopics are read by the task of their partition: facts keyed by person.
// Acknowledgements are not: no rule of this engine reads them yet.
var PersonTopics = []string{
	TopicCardEvents, TopicManualEntries, "notices", "obligation-changes",
	"group-changes", "permissions", "holds", "departure-assessments",
	"convictions", TopicIdentityLinks, TopicCardAssignments, TopicHandlings,
}

// AwaitedTopics are those of them that caught_up waits for. Nothing waits for a
// handling, which changes no outcome (contract §2).
var AwaitedTopics = slices.DeleteFunc(slices.Clone(PersonTopics), Unawaited)

// Unawaited reports whether nobody waits for the records of a topic: what cannot be read
// of it holds nobody.
func Unawaited(topic string) bool { return topic == TopicHandlings }

// CentreTopics are read whole by every instance. Resolutions are among them
// since the resolution of a centre's dead letter lies in any partition, and
// dead letters since a record without a usable key holds the units of all.
var CentreTopics = []string{
	"incidents", "exclusions", "settlements", "heartbeats", "reconciliations",
	"change-marks", "supervision-results", TopicResolutions, TopicPolicies,
	TopicDeadLetters,
}

// JoinTopics are read by the task of their partition and whole by every instance
// besides: they say whom facts of other partitions concern.
var JoinTopics = []string{TopicIdentityLinks, TopicCardAssignments}

// WholeTopics are all that every instance reads whole.
var WholeTopics = append(slices.Clone(CentreTopics), JoinTopics...)

// OwnOutputs are what a task reads back at recovery to know what it has said.
var OwnOutputs = []string{TopicViolations, TopicDataQuality, TopicObservations}

// InputsOf are the partitions that a task reads besides the centre-keyed ones:
// facts of its persons, and what other tasks hand over to it.
func InputsOf(task int32) []Partition {
	return append(FactsOf(task), Partition{Topic: TopicHandOver, Index: task})
}

// FactsOf are the input partitions of the persons of a task.
func FactsOf(task int32) []Partition {
	parts := make([]Partition, len(PersonTopics), len(PersonTopics)+1)
	for i, t := range PersonTopics {
		parts[i] = Partition{Topic: t, Index: task}
	}
	return parts
}

// OutputsOf are the partitions that a task reads back.
func OutputsOf(task int32) []Partition {
	parts := make([]Partition, len(OwnOutputs))
	for i, t := range OwnOutputs {
		parts[i] = Partition{Topic: t, Index: task}
	}
	return parts
}
