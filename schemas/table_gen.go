// Code generated from schemas/*.avsc; DO NOT EDIT.

package schemas

import "tilsyn/engine/duty"

// table holds every schema, sorted by topic.
func table() []*Schema {
	return []*Schema{
		define("acknowledgement.avsc", true, codec[duty.Acknowledgement]{writeAcknowledgement, readAcknowledgement, jsonAcknowledgement, (*duty.Acknowledgement).AppendCanonical}),
		define("card-assignment.avsc", true, codec[duty.CardAssignment]{writeCardAssignment, readCardAssignment, jsonCardAssignment, (*duty.CardAssignment).AppendCanonical}),
		define("card-event.avsc", true, codec[duty.CardEvent]{writeCardEvent, readCardEvent, jsonCardEvent, (*duty.CardEvent).AppendCanonical}),
		define("case-summary.avsc", false, codec[duty.CaseSummary]{writeCaseSummary, readCaseSummary, jsonCaseSummary, (*duty.CaseSummary).AppendCanonical}),
		define("change-mark.avsc", true, codec[duty.ChangeMark]{writeChangeMark, readChangeMark, jsonChangeMark, (*duty.ChangeMark).AppendCanonical}),
		define("control-action.avsc", true, codec[duty.ControlActionTaken]{writeControlActionTaken, readControlActionTaken, jsonControlActionTaken, (*duty.ControlActionTaken).AppendCanonical}),
		define("control-report.avsc", false, codec[duty.ControlReport]{writeControlReport, readControlReport, jsonControlReport, (*duty.ControlReport).AppendCanonical}),
		define("conviction.avsc", true, codec[duty.Conviction]{writeConviction, readConviction, jsonConviction, (*duty.Conviction).AppendCanonical}),
		define("data-quality.avsc", false, codec[duty.DataQuality]{writeDataQuality, readDataQuality, jsonDataQuality, (*duty.DataQuality).AppendCanonical}),
		define("departure-assessment.avsc", true, codec[duty.DepartureAssessment]{writeDepartureAssessment, readDepartureAssessment, jsonDepartureAssessment, (*duty.DepartureAssessment).AppendCanonical}),
		define("exclusion.avsc", true, codec[duty.Exclusion]{writeExclusion, readExclusion, jsonExclusion, (*duty.Exclusion).AppendCanonical}),
		define("group-change.avsc", true, codec[duty.GroupChange]{writeGroupChange, readGroupChange, jsonGroupChange, (*duty.GroupChange).AppendCanonical}),
		define("handling.avsc", true, codec[duty.Handling]{writeHandling, readHandling, jsonHandling, (*duty.Handling).AppendCanonical}),
		define("heartbeat.avsc", true, codec[duty.Heartbeat]{writeHeartbeat, readHeartbeat, jsonHeartbeat, (*duty.Heartbeat).AppendCanonical}),
		define("hold.avsc", true, codec[duty.Hold]{writeHold, readHold, jsonHold, (*duty.Hold).AppendCanonical}),
		define("identity-link.avsc", true, codec[duty.IdentityLink]{writeIdentityLink, readIdentityLink, jsonIdentityLink, (*duty.IdentityLink).AppendCanonical}),
		define("incident.avsc", true, codec[duty.Incident]{writeIncident, readIncident, jsonIncident, (*duty.Incident).AppendCanonical}),
		define("manual-entry.avsc", true, codec[duty.ManualEntry]{writeManualEntry, readManualEntry, jsonManualEntry, (*duty.ManualEntry).AppendCanonical}),
		define("notice.avsc", true, codec[duty.Notice]{writeNotice, readNotice, jsonNotice, (*duty.Notice).AppendCanonical}),
		define("obligation-change.avsc", true, codec[duty.ObligationChange]{writeObligationChange, readObligationChange, jsonObligationChange, (*duty.ObligationChange).AppendCanonical}),
		define("observation.avsc", false, codec[duty.Observation]{writeObservation, readObservation, jsonObservation, (*duty.Observation).AppendCanonical}),
		define("outcome-month.avsc", false, codec[duty.OutcomeMonth]{writeOutcomeMonth, readOutcomeMonth, jsonOutcomeMonth, (*duty.OutcomeMonth).AppendCanonical}),
		define("permission.avsc", true, codec[duty.Permission]{writePermission, readPermission, jsonPermission, (*duty.Permission).AppendCanonical}),
		define("policy-activation.avsc", true, codec[duty.PolicyActivation]{writePolicyActivation, readPolicyActivation, jsonPolicyActivation, (*duty.PolicyActivation).AppendCanonical}),
		define("recall.avsc", false, codec[duty.Recall]{writeRecall, readRecall, jsonRecall, (*duty.Recall).AppendCanonical}),
		define("reconciliation.avsc", true, codec[duty.Reconciliation]{writeReconciliation, readReconciliation, jsonReconciliation, (*duty.Reconciliation).AppendCanonical}),
		define("resolution.avsc", true, codec[duty.Resolution]{writeResolution, readResolution, jsonResolution, (*duty.Resolution).AppendCanonical}),
		define("settlement.avsc", true, codec[duty.Settlement]{writeSettlement, readSettlement, jsonSettlement, (*duty.Settlement).AppendCanonical}),
		define("supervision-result.avsc", true, codec[duty.SupervisionResult]{writeSupervisionResult, readSupervisionResult, jsonSupervisionResult, (*duty.SupervisionResult).AppendCanonical}),
		define("violation.avsc", false, codec[duty.Violation]{writeViolation, readViolation, jsonViolation, (*duty.Violation).AppendCanonical}),
	}
}

// head returns the fields that every input record has, and false for an output
// record.
func head(v any) (Head, bool) {
	switch v := v.(type) {
	case *duty.Acknowledgement:
		return Head{v.ID, v.ID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.CardAssignment:
		return Head{v.ID, v.ID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.CardEvent:
		return Head{v.ID, v.ID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.ChangeMark:
		return Head{v.ID, v.ID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.ControlActionTaken:
		return Head{v.ID, v.ID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.Conviction:
		return Head{v.ID, v.ID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.DepartureAssessment:
		return Head{v.ID, v.ID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.Exclusion:
		return Head{v.ID, v.ExclusionID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.GroupChange:
		return Head{v.ID, v.ID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.Handling:
		return Head{v.ID, v.HandlingID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.Heartbeat:
		return Head{v.ID, v.ID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.Hold:
		return Head{v.ID, v.HoldID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.IdentityLink:
		return Head{v.ID, v.ID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.Incident:
		return Head{v.ID, v.IncidentID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.ManualEntry:
		return Head{v.ID, v.ID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.Notice:
		return Head{v.ID, v.ID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.ObligationChange:
		return Head{v.ID, v.DecisionID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.Permission:
		return Head{v.ID, v.PermissionID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.PolicyActivation:
		return Head{v.ID, v.ID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.Reconciliation:
		return Head{v.ID, v.ID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.Resolution:
		return Head{v.ID, v.ID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.Settlement:
		return Head{v.ID, v.ID, v.Version, v.Retracted, v.ReceivedAt}, true
	case *duty.SupervisionResult:
		return Head{v.ID, v.ID, v.Version, v.Retracted, v.ReceivedAt}, true
	}
	return Head{}, false
}
