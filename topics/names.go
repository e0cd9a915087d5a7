package topics

import (
	"slices"
	"strings"
)

// DefaultPrefix is put before every topic name unless Config says otherwise (contract §2).
const DefaultPrefix = "tilsyn."

// Input topics keyed by person_id (contract §2).
const (
	CardEvents           = "card-events"
	ManualEntries        = "manual-entries"
	Notices              = "notices"
	ObligationChanges    = "obligation-changes"
	GroupChanges         = "group-changes"
	Permissions          = "permissions"
	Holds                = "holds"
	DepartureAssessments = "departure-assessments"
	Convictions          = "convictions"
	IdentityLinks        = "identity-links"
	CardAssignments      = "card-assignments"
	Acknowledgements     = "acknowledgements"
	Resolutions          = "resolutions"
	Handlings            = "handlings"
)

// Input topics read whole by every instance (contract §2).
const (
	Incidents          = "incidents"
	Exclusions         = "exclusions"
	Settlements        = "settlements"
	Heartbeats         = "heartbeats"
	Reconciliations    = "reconciliations"
	ChangeMarks        = "change-marks"
	SupervisionResults = "supervision-results"
	Policies           = "policies"
)

// Output topics (contract §3).
const (
	Violations     = "violations"
	Outcomes       = "outcomes"
	CaseSummaries  = "case-summaries"
	Recalls        = "recalls"
	DataQuality    = "data-quality"
	Observations   = "observations"
	ControlReports = "control-reports"
	DeadLetters    = "dead-letters"
)

// TaskCommits is the internal topic with the last commit record of every task. It is compacted;
// partition and key are the task's number (design, "Commit cycle").
const TaskCommits = "task-commits"

// HandOver is the internal topic by which a task gives facts to tasks of other partitions whose
// persons they concern (IDN-06, IDN-07). The partition is the receiving task; it is never
// compacted.
const HandOver = "hand-over"

// Class says who writes a topic and how it is keyed.
type Class uint8

const (
	// PersonInput is keyed by person_id and has the common partition count.
	PersonInput Class = iota + 1
	// CentreInput is read whole by every instance; its partition count is free ([Policies]: one).
	CentreInput
	// Output is written by the engine.
	Output
	// Internal is written and read by the engine alone.
	Internal
)

// String names the class for messages.
func (c Class) String() string {
	switch c {
	case PersonInput:
		return "input keyed by person"
	case CentreInput:
		return "input keyed by centre"
	case Output:
		return "output"
	case Internal:
		return "internal"
	}
	return "unknown class"
}

// Spec says what one topic must be like.
type Spec struct {
	// Name is without prefix.
	Name  string
	Class Class
	// Compacted is true for cleanup.policy=compact, false for delete. Inputs and violations are never
	// compacted and kept for ever: judging again needs all of them (contract §2, DAT-11, REL-08,
	// LIF-06).
	Compacted bool
	// OnePartition is true for a topic that must have exactly one partition.
	OnePartition bool
}

// Common reports whether the topic has the common partition count, fixed for
// the life of a prefix (contract §2).
func (s Spec) Common() bool { return s.Class != CentreInput }

// Input reports whether others write the topic.
func (s Spec) Input() bool { return s.Class == PersonInput || s.Class == CentreInput }

// Stamped reports whether the brokers put their own time on the records: on inputs, to measure
// lateness, and on task-commits, from which the engine learns the brokers' time. On inputs the
// producers may do so instead if that is accepted ([CheckOptions.TrustTimestamps]).
func (s Spec) Stamped() bool { return s.Input() || s.Name == TaskCommits }

var specs = []Spec{
	{Name: CardEvents, Class: PersonInput},
	{Name: ManualEntries, Class: PersonInput},
	{Name: Notices, Class: PersonInput},
	{Name: ObligationChanges, Class: PersonInput},
	{Name: GroupChanges, Class: PersonInput},
	{Name: Permissions, Class: PersonInput},
	{Name: Holds, Class: PersonInput},
	{Name: DepartureAssessments, Class: PersonInput},
	{Name: Convictions, Class: PersonInput},
	{Name: IdentityLinks, Class: PersonInput},
	{Name: CardAssignments, Class: PersonInput},
	{Name: Acknowledgements, Class: PersonInput},
	{Name: Resolutions, Class: PersonInput},
	{Name: Handlings, Class: PersonInput},
	{Name: Incidents, Class: CentreInput},
	{Name: Exclusions, Class: CentreInput},
	{Name: Settlements, Class: CentreInput},
	{Name: Heartbeats, Class: CentreInput},
	{Name: Reconciliations, Class: CentreInput},
	{Name: ChangeMarks, Class: CentreInput},
	{Name: SupervisionResults, Class: CentreInput},
	{Name: Policies, Class: CentreInput, OnePartition: true},
	{Name: Violations, Class: Output},
	{Name: Outcomes, Class: Output, Compacted: true},
	{Name: CaseSummaries, Class: Output, Compacted: true},
	{Name: Recalls, Class: Output, Compacted: true},
	{Name: DataQuality, Class: Output},
	{Name: Observations, Class: Output},
	{Name: ControlReports, Class: Output, Compacted: true},
	{Name: DeadLetters, Class: Output},
	{Name: TaskCommits, Class: Internal, Compacted: true},
	{Name: HandOver, Class: Internal},
}

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
