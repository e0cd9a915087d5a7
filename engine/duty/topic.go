package duty

import "slices"

// Names of the topics, without prefix (contract §2, §3).
const (
	TopicCardEvents           = "card-events"
	TopicManualEntries        = "manual-entries"
	TopicNotices              = "notices"
	TopicObligationChanges    = "obligation-changes"
	TopicGroupChanges         = "group-changes"
	TopicPermissions          = "permissions"
	TopicHolds                = "holds"
	TopicDepartureAssessments = "departure-assessments"
	TopicConvictions          = "convictions"
	TopicIdentityLinks        = "identity-links"
	TopicCardAssignments      = "card-assignments"
	TopicAcknowledgements     = "acknowledgements"
	TopicResolutions          = "resolutions"
	TopicHandlings            = "handlings"
	TopicIncidents            = "incidents"
	TopicExclusions           = "exclusions"
	TopicSettlements          = "settlements"
	TopicHeartbeats           = "heartbeats"
	TopicReconciliations      = "reconciliations"
	TopicChangeMarks          = "change-marks"
	TopicSupervisionResults   = "supervision-results"
	TopicControlActions       = "control-actions"
	TopicPolicies             = "policies"
	TopicViolations           = "violations"
	TopicOutcomes             = "outcomes"
	TopicCaseSummaries        = "case-summaries"
	TopicRecalls              = "recalls"
	TopicDataQuality          = "data-quality"
	TopicObservations         = "observations"
	TopicControlReports       = "control-reports"
	TopicDeadLetters          = "dead-letters"
	// TopicTaskCommits holds the last commit record of every task, TopicHandOver the facts that a
	// task gives to tasks of other partitions, TopicCoverage what the watch says and up to which
	// clock. They are the engine's own (design, "Commit cycle", "Watch", IDN-06, IDN-07). TopicAudit
	// says who looked at whom and who entered what on the pages; no verdict reads it.
	TopicTaskCommits = "task-commits"
	TopicHandOver    = "hand-over"
	TopicCoverage    = "coverage"
	TopicAudit       = "audit"

	// The entries of the logs of revisions, and their newest checkpoints (decision 0028).
	TopicLogLeaves      = "log-leaves"
	TopicLogCheckpoints = "log-checkpoints"
)

// TopicClass says who writes a topic and over how many partitions.
type TopicClass uint8

const (
	// ClassPersonInput is written by others and has the common number of partitions, so that one
	// task reads everything about a person.
	ClassPersonInput TopicClass = iota + 1
	// ClassCentreInput is written by others and read whole by every instance; its number of
	// partitions is free.
	ClassCentreInput
	// ClassOutput is written by the engine.
	ClassOutput
	// ClassInternal is written and read by the engine alone.
	ClassInternal
)

// String names the class for messages.
func (c TopicClass) String() string {
	switch c {
	case ClassPersonInput:
		return "input keyed by person"
	case ClassCentreInput:
		return "input keyed by centre"
	case ClassOutput:
		return "output"
	case ClassInternal:
		return "internal"
	}
	return "unknown class"
}

// AllCentres stands for all centres where the contract puts it in the place of one: in control reports
// and in what was done about controls (contract-case 9).
const AllCentres = "ALL"

// TopicKey says what the key of a topic's records names.
type TopicKey uint8

const (
	// KeyOther is a system, a policy, a cause, a task or the key of a dead letter.
	KeyOther TopicKey = iota
	// KeyPerson is a person (of a row without one the card, of a paper entry without one the
	// centre).
	KeyPerson
	// KeyCentre is a centre (of the heartbeats of a feed without one the source; of what was done
	// about controls at no single one AllCentres).
	KeyCentre
)

// Topic says how a topic is written, keyed and read.
type Topic struct {
	// Name is the name without prefix.
	Name  string
	Class TopicClass
	Key   TopicKey
	// ByTask is true if the task of a partition reads it as facts of its persons, Awaited if
	// caught_up waits for that. An unreadable record of a topic that is not awaited holds no unit.
	ByTask, Awaited bool
	// Whole is true if every instance reads all of it.
	Whole bool
}

// topics is every topic of the contract, then the internal ones. No task reads acknowledgements:
// they change no verdict, and `recall status` takes them from the log. Handlings are not awaited:
// they change no outcome. Resolutions are read whole, since the resolution of a centre's dead letter may lie in any
// partition; dead letters, since a record without a usable key holds the units of everybody; links
// and assignments, since they say whom the facts of other partitions concern; coverage, since
// nobody is accused beyond it.
var topics = []Topic{
	{TopicCardEvents, ClassPersonInput, KeyPerson, true, true, false},
	{TopicManualEntries, ClassPersonInput, KeyPerson, true, true, false},
	{TopicNotices, ClassPersonInput, KeyPerson, true, true, false},
	{TopicObligationChanges, ClassPersonInput, KeyPerson, true, true, false},
	{TopicGroupChanges, ClassPersonInput, KeyPerson, true, true, false},
	{TopicPermissions, ClassPersonInput, KeyPerson, true, true, false},
	{TopicHolds, ClassPersonInput, KeyPerson, true, true, false},
	{TopicDepartureAssessments, ClassPersonInput, KeyPerson, true, true, false},
	{TopicConvictions, ClassPersonInput, KeyPerson, true, true, false},
	{TopicIdentityLinks, ClassPersonInput, KeyPerson, true, true, true},
	{TopicCardAssignments, ClassPersonInput, KeyPerson, true, true, true},
	{TopicAcknowledgements, ClassPersonInput, KeyPerson, false, false, false},
	{TopicResolutions, ClassPersonInput, KeyOther, false, false, true},
	{TopicHandlings, ClassPersonInput, KeyPerson, true, false, false},
	{TopicIncidents, ClassCentreInput, KeyCentre, false, false, true},
	{TopicExclusions, ClassCentreInput, KeyCentre, false, false, true},
	{TopicSettlements, ClassCentreInput, KeyCentre, false, false, true},
	{TopicHeartbeats, ClassCentreInput, KeyCentre, false, false, true},
	{TopicReconciliations, ClassCentreInput, KeyCentre, false, false, true},
	{TopicChangeMarks, ClassCentreInput, KeyOther, false, false, true},
	{TopicSupervisionResults, ClassCentreInput, KeyCentre, false, false, true},
	{TopicControlActions, ClassCentreInput, KeyCentre, false, false, true},
	{TopicPolicies, ClassCentreInput, KeyOther, false, false, true},
	{TopicViolations, ClassOutput, KeyPerson, false, false, false},
	{TopicOutcomes, ClassOutput, KeyPerson, false, false, false},
	{TopicCaseSummaries, ClassOutput, KeyPerson, false, false, false},
	{TopicRecalls, ClassOutput, KeyOther, false, false, false},
	{TopicDataQuality, ClassOutput, KeyOther, false, false, false},
	{TopicObservations, ClassOutput, KeyPerson, false, false, false},
	{TopicControlReports, ClassOutput, KeyOther, false, false, false},
	{TopicDeadLetters, ClassOutput, KeyOther, false, false, true},
	{TopicTaskCommits, ClassInternal, KeyOther, false, false, false},
	{TopicHandOver, ClassInternal, KeyOther, false, false, false},
	{TopicCoverage, ClassInternal, KeyOther, false, false, true},
	{TopicAudit, ClassInternal, KeyOther, false, false, false},
	{TopicLogLeaves, ClassInternal, KeyOther, false, false, false},
	{TopicLogCheckpoints, ClassInternal, KeyOther, false, false, false},
}

// Topics returns every topic in the contract's order, then the internal ones.
func Topics() []Topic { return slices.Clone(topics) }

// TopicOf returns what is known of a topic by its name; ok is false for one that the contract does
// not have.
func TopicOf(name string) (t Topic, ok bool) {
	for i := range topics {
		if topics[i].Name == name {
			return topics[i], true
		}
	}
	return Topic{}, false
}
