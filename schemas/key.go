package schemas

import "tilsyn/engine/duty"

// Key returns the record key of a pointer to a record (contract §2, §3). It
// returns false for a Resolution (the key of the dead letter), a DataQuality (its
// subject may not be the key) and a Reconciliation (the centre of its device):
// their writers know it. A ManualEntry that names a person who could not be read
// before is written under its centre as well (RD-47).
//
// The key of a Violation is its unit_id and that of an OutcomeMonth holds the
// month; their partition is that of PartitionKey.
func Key(v any) (string, bool) {
	switch v := v.(type) {
	case *duty.CardEvent:
		if v.PersonID.OK {
			return v.PersonID.V, true
		}
		return v.CardID, true
	case *duty.ManualEntry:
		if v.PersonID.OK {
			return v.PersonID.V, true
		}
		return v.CentreID, true
	case *duty.Heartbeat:
		if v.CentreID.OK {
			return v.CentreID.V, true
		}
		return v.SourceID, true
	case *duty.ChangeMark:
		return v.System, true
	case *duty.PolicyActivation:
		return "policy", true
	case *duty.Violation:
		return v.UnitID, true
	case *duty.OutcomeMonth:
		return v.PersonID + ":" + v.Month, true
	case *duty.Recall:
		return v.CauseID, true
	case *duty.Resolution, *duty.DataQuality, *duty.Reconciliation:
		return "", false
	}
	if centre, ok := centreOf(v); ok {
		return centre, true
	}
	return personOf(v)
}

// PartitionKey returns what the partition is computed from: the person of a
// person's record, else the key.
func PartitionKey(v any) (string, bool) {
	if person, ok := personOf(v); ok {
		return person, true
	}
	return Key(v)
}

func centreOf(v any) (string, bool) {
	switch v := v.(type) {
	case *duty.Incident:
		return v.CentreID, true
	case *duty.Exclusion:
		return v.CentreID, true
	case *duty.Settlement:
		return v.CentreID, true
	case *duty.SupervisionResult:
		return v.CentreID, true
	}
	return "", false
}

func personOf(v any) (string, bool) {
	switch v := v.(type) {
	case *duty.ManualEntry:
		return v.PersonID.V, v.PersonID.OK
	case *duty.Notice:
		return v.PersonID, true
	case *duty.ObligationChange:
		return v.PersonID, true
	case *duty.GroupChange:
		return v.PersonID, true
	case *duty.Permission:
		return v.PersonID, true
	case *duty.Hold:
		return v.PersonID, true
	case *duty.DepartureAssessment:
		return v.PersonID, true
	case *duty.Conviction:
		return v.PersonID, true
	case *duty.IdentityLink:
		return v.PersonID, true
	case *duty.CardAssignment:
		return v.PersonID, true
	case *duty.Acknowledgement:
		return v.PersonID, true
	case *duty.Handling:
		return v.PersonID, true
	case *duty.Violation:
		return v.PersonID, true
	case *duty.OutcomeMonth:
		return v.PersonID, true
	case *duty.CaseSummary:
		return v.PersonID, true
	case *duty.Observation:
		return v.PersonID, true
	}
	return "", false
}

// KeyField is the field of a person-keyed record that Key takes the key from.
func KeyField(v any) string {
	switch v := v.(type) {
	case *duty.CardEvent:
		if !v.PersonID.OK {
			return "card_id"
		}
	case *duty.ManualEntry:
		if !v.PersonID.OK {
			return "centre_id"
		}
	}
	return "person_id"
}
