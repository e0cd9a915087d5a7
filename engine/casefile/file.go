package casefile

import (
	"slices"

	"tilsyn/engine/duty"
)

// File adds a fact, given as a pointer to its record, to those of a person. at is when it was known,
// pos where it was in the log. It returns false for a record that is no fact of a person.
func File(f *duty.Facts, record any, at duty.Instant, pos duty.Opt[duty.Position]) bool {
	switch v := record.(type) {
	case *duty.CardEvent:
		add(&f.CardEvents, v, at, pos)
	case *duty.CardAssignment:
		add(&f.CardAssignments, v, at, pos)
	case *duty.ManualEntry:
		add(&f.ManualEntries, v, at, pos)
	case *duty.Notice:
		add(&f.Notices, v, at, pos)
	case *duty.ObligationChange:
		add(&f.ObligationChanges, v, at, pos)
	case *duty.GroupChange:
		add(&f.GroupChanges, v, at, pos)
	case *duty.Permission:
		add(&f.Permissions, v, at, pos)
	case *duty.Hold:
		add(&f.Holds, v, at, pos)
	case *duty.DepartureAssessment:
		add(&f.DepartureAssessments, v, at, pos)
	case *duty.Conviction:
		add(&f.Convictions, v, at, pos)
	case *duty.IdentityLink:
		add(&f.IdentityLinks, v, at, pos)
	case *duty.Acknowledgement:
		add(&f.Acknowledgements, v, at, pos)
	case *duty.Handling:
		add(&f.Handlings, v, at, pos)
	default:
		return false
	}
	return true
}

// Empty takes all facts away and keeps their memory for others.
func Empty(f *duty.Facts) {
	*f = duty.Facts{
		CardEvents: f.CardEvents[:0], ManualEntries: f.ManualEntries[:0], Notices: f.Notices[:0],
		ObligationChanges: f.ObligationChanges[:0], GroupChanges: f.GroupChanges[:0], Permissions: f.Permissions[:0],
		Holds: f.Holds[:0], DepartureAssessments: f.DepartureAssessments[:0], Convictions: f.Convictions[:0],
		IdentityLinks: f.IdentityLinks[:0], CardAssignments: f.CardAssignments[:0],
		Acknowledgements: f.Acknowledgements[:0], Handlings: f.Handlings[:0], Unreadable: f.Unreadable[:0],
	}
}

// Room makes room for n facts of the kind of a record, given as File takes it.
func Room(f *duty.Facts, record any, n int) {
	switch record.(type) {
	case *duty.CardEvent:
		f.CardEvents = slices.Grow(f.CardEvents, n)
	case *duty.CardAssignment:
		f.CardAssignments = slices.Grow(f.CardAssignments, n)
	case *duty.ManualEntry:
		f.ManualEntries = slices.Grow(f.ManualEntries, n)
	case *duty.Notice:
		f.Notices = slices.Grow(f.Notices, n)
	case *duty.ObligationChange:
		f.ObligationChanges = slices.Grow(f.ObligationChanges, n)
	}
}

// FileAtCentre adds a fact of a centre, a Resolution, a policy activation or paper that names no
// person to the facts of the centres; the arguments are those of File. It returns false for a record
// that is no such fact.
func FileAtCentre(f *duty.CentreFacts, record any, at duty.Instant, pos duty.Opt[duty.Position]) bool {
	switch v := record.(type) {
	case *duty.Incident:
		add(&f.Incidents, v, at, pos)
	case *duty.Exclusion:
		add(&f.Exclusions, v, at, pos)
	case *duty.Settlement:
		add(&f.Settlements, v, at, pos)
	case *duty.Heartbeat:
		add(&f.Heartbeats, v, at, pos)
	case *duty.Reconciliation:
		add(&f.Reconciliations, v, at, pos)
	case *duty.ChangeMark:
		add(&f.ChangeMarks, v, at, pos)
	case *duty.SupervisionResult:
		add(&f.SupervisionResults, v, at, pos)
	case *duty.ControlActionTaken:
		add(&f.ControlActions, v, at, pos)
	case *duty.Resolution:
		add(&f.Resolutions, v, at, pos)
	case *duty.ManualEntry:
		add(&f.ManualEntries, v, at, pos)
	case *duty.PolicyActivation:
		add(&f.Activations, v, at, pos)
	default:
		return false
	}
	return true
}

func add[T any](list *[]duty.Known[T], v *T, at duty.Instant, pos duty.Opt[duty.Position]) {
	*list = append(*list, duty.Known[T]{Fact: *v, At: at, Pos: pos})
}
