package casefile

import "tilsyn/engine/duty"

// PolicyKey is the key of every policy activation.
const PolicyKey = "policy"

// Key returns the record key of a pointer to a record (contract §2, §3). It returns false for a
// Resolution (the key of the dead letter), a DataQuality (its subject may not be the key) and a
// Reconciliation (the centre of its device): their writers know it. A ManualEntry that names a
// person who could not be read before is written under its centre as well (RD-47).
//
// The key of a Violation is its unit_id and that of an OutcomeMonth holds the month; the partition
// of both is that of their person.
func Key(record any) (key string, ok bool) {
	switch v := record.(type) {
	case *duty.Heartbeat:
		return v.CentreID.Or(v.SourceID), true
	case *duty.Incident, *duty.Exclusion, *duty.Settlement, *duty.SupervisionResult,
		*duty.ControlActionTaken:
		return CentreOf(v), true
	case *duty.ChangeMark:
		return v.System, true
	case *duty.PolicyActivation:
		return PolicyKey, true
	case *duty.Resolution, *duty.DataQuality, *duty.Reconciliation:
		return "", false
	case *duty.Violation:
		return v.UnitID, true
	case *duty.OutcomeMonth:
		return v.PersonID + ":" + v.Month, true
	case *duty.CaseSummary:
		return v.PersonID, true
	case *duty.Observation:
		return v.PersonID, true
	case *duty.ControlReport:
		return v.CentreID + ":" + v.Period, true
	case *duty.Recall:
		return v.CauseID, true
	}
	a, ok := about(record)
	key, _ = a.RecordKey()
	return key, ok
}

// KeyField is the field that Key takes the key of a person-keyed record from.
func KeyField(record any) string {
	a := AboutRecord(record)
	_, field := a.RecordKey()
	return field
}
