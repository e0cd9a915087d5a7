package topics

import (
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// DefaultPrefix is put before every topic name unless Config says otherwise (contract §2).
const DefaultPrefix = "tilsyn."

// Input topics keyed by person_id (contract §2).
const (
	CardEvents           = duty.TopicCardEvents
	ManualEntries        = duty.TopicManualEntries
	Notices              = duty.TopicNotices
	ObligationChanges    = duty.TopicObligationChanges
	GroupChanges         = duty.TopicGroupChanges
	Permissions          = duty.TopicPermissions
	Holds                = duty.TopicHolds
	DepartureAssessments = duty.TopicDepartureAssessments
	Convictions          = duty.TopicConvictions
	IdentityLinks        = duty.TopicIdentityLinks
	CardAssignments      = duty.TopicCardAssignments
	Acknowledgements     = duty.TopicAcknowledgements
	Resolutions          = duty.TopicResolutions
	Handlings            = duty.TopicHandlings
)

// Input topics read whole by every instance (contract §2).
const (
	Incidents          = duty.TopicIncidents
	Exclusions         = duty.TopicExclusions
	Settlements        = duty.TopicSettlements
	Heartbeats         = duty.TopicHeartbeats
	Reconciliations    = duty.TopicReconciliations
	ChangeMarks        = duty.TopicChangeMarks
	SupervisionResults = duty.TopicSupervisionResults
	ControlActions     = duty.TopicControlActions
	Policies           = duty.TopicPolicies
)

// Output topics (contract §3).
const (
	Violations     = duty.TopicViolations
	Outcomes       = duty.TopicOutcomes
	CaseSummaries  = duty.TopicCaseSummaries
	Recalls        = duty.TopicRecalls
	DataQuality    = duty.TopicDataQuality
	Observations   = duty.TopicObservations
	ControlReports = duty.TopicControlReports
	DeadLetters    = duty.TopicDeadLetters
)

// TaskCommits is the internal topic with the last commit record of every task. It is compacted;
// partition and key are the task's number (design, "Commit cycle").
const TaskCommits = duty.TopicTaskCommits

// HandOver is the internal topic by which a task gives facts to tasks of other partitions whose
// persons they concern (IDN-06, IDN-07). The partition is the receiving task; it is never
// compacted.
const HandOver = duty.TopicHandOver

// Coverage is the internal topic by which the owner of the watch says to all tasks what it sees,
// and up to which clock. It is compacted and has one partition, so that its records have one order.
const Coverage = duty.TopicCoverage

// Audit is the internal topic with a line for everything that somebody looked at or entered on the
// pages. It has one partition, so that its lines have one order, and is kept for ever.
const Audit = duty.TopicAudit

// LogLeaves has the entries of the logs of revisions, a log for each partition of violations, and
// LogCheckpoints the newest checkpoint of each, by which others can see that nothing was changed
// (decision 0028). Both are compacted: a record of leaves is replaced only where a salt is erased.
const (
	LogLeaves      = duty.TopicLogLeaves
	LogCheckpoints = duty.TopicLogCheckpoints
)

// Class says who writes a topic and how it is keyed.
type Class = duty.TopicClass

// The classes of topics.
const (
	PersonInput = duty.ClassPersonInput
	CentreInput = duty.ClassCentreInput
	Output      = duty.ClassOutput
	Internal    = duty.ClassInternal
)

// Spec says what one topic must be like.
type Spec struct {
	duty.Topic
	// Compacted is true for cleanup.policy=compact, false for delete. Inputs and violations are never
	// compacted and kept for ever: judging again needs all of them (contract §2, DAT-11, REL-08,
	// LIF-06).
	Compacted bool
	// OnePartition is true for a topic that must have exactly one partition.
	OnePartition bool
}

// Common reports whether the topic has the common partition count, fixed for
// the life of a prefix (contract §2).
func (s Spec) Common() bool { return s.Class != CentreInput && !s.OnePartition }

// Input reports whether others write the topic.
func (s Spec) Input() bool { return s.Class == PersonInput || s.Class == CentreInput }

// Stamped reports whether the brokers put their own time on the records: on inputs, to measure
// lateness, and on task-commits, from which the engine learns the brokers' time. On inputs the
// producers may do so instead if that is accepted ([CheckOptions.TrustTimestamps]).
func (s Spec) Stamped() bool { return s.Input() || s.Name == TaskCommits }

// newestOnly are the topics of which only the newest record of a key is needed. Those of log-leaves have
// a key each.
var newestOnly = []string{Outcomes, CaseSummaries, Recalls, ControlReports, TaskCommits, Coverage,
	LogLeaves, LogCheckpoints}

var specs = func() []Spec {
	var out []Spec
	for _, t := range duty.Topics() {
		out = append(out, Spec{Topic: t, Compacted: slices.Contains(newestOnly, t.Name),
			OnePartition: t.Name == Policies || t.Name == Coverage || t.Name == Audit})
	}
	return out
}()

// All returns every topic of the contract and the internal ones, inputs first.
func All() []Spec { return slices.Clone(specs) }

// Lookup returns the spec of a topic by its name without prefix.
func Lookup(name string) (Spec, bool) {
	for _, s := range specs {
		if s.Name == name {
			return s, true
		}
	}
	return Spec{}, false
}

// OfClass returns the names of the topics of a class, in the contract's order.
func OfClass(c Class) []string {
	var out []string
	for _, s := range specs {
		if s.Class == c {
			out = append(out, s.Name)
		}
	}
	return out
}

// TrimPrefix returns a topic's name without the prefix, and whether it had the prefix.
func TrimPrefix(prefix, full string) (string, bool) {
	return strings.CutPrefix(full, prefix)
}
