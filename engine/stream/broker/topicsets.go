package broker

import "slices"

// The topics that the engine names, without prefix, and the headers of violations (contract §2,
// §3).
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

// PersonTopics are keyed by person and read by the task of their partition. Acknowledgements are
// not among them: no rule of this engine reads them yet.
var PersonTopics = []string{
	TopicCardEvents, TopicManualEntries, "notices", "obligation-changes",
	"group-changes", "permissions", "holds", "departure-assessments",
	"convictions", TopicIdentityLinks, TopicCardAssignments, TopicHandlings,
}

// AwaitedTopics are the PersonTopics that caught_up waits for. It does not wait for handlings,
// which change no outcome (contract §2).
var AwaitedTopics = slices.DeleteFunc(slices.Clone(PersonTopics), Unawaited)

// Unawaited reports whether caught_up does not wait for a topic. An unreadable record of such a
// topic holds no unit.
func Unawaited(topic string) bool { return topic == TopicHandlings }

// CentreTopics are read whole by every instance. Resolutions are among them since the resolution
// of a centre's dead letter may lie in any partition, dead letters since a record without a usable
// key holds the units of everybody.
var CentreTopics = []string{
	"incidents", "exclusions", "settlements", "heartbeats", "reconciliations",
	"change-marks", "supervision-results", TopicResolutions, TopicPolicies,
	TopicDeadLetters,
}

// JoinTopics are read by the task of their partition and also whole by every instance: they say
// which persons the facts of other partitions concern.
var JoinTopics = []string{TopicIdentityLinks, TopicCardAssignments}

// WholeTopics are all topics that every instance reads whole.
var WholeTopics = append(slices.Clone(CentreTopics), JoinTopics...)

// OwnOutputs are the topics that a task reads back at recovery to know what it has told.
var OwnOutputs = []string{TopicViolations, TopicDataQuality, TopicObservations}

// InputsOf returns the partitions that a task reads besides the centre-keyed ones: the facts of
// its persons, and what other tasks hand over to it.
func InputsOf(task int32) []Partition {
	return append(FactsOf(task), Partition{Topic: TopicHandOver, Index: task})
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
