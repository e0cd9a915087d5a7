// Code generated from schemas/*.avsc; DO NOT EDIT.

package schemas

import "tilsyn/engine/duty"

// AppendAcknowledgement appends the Avro binary form of v, without a frame.
func AppendAcknowledgement(b []byte, v *duty.Acknowledgement) []byte {
	return writeAcknowledgement(b, v)
}

// DecodeAcknowledgement reads the Avro binary form of a Acknowledgement from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeAcknowledgement(b []byte, v *duty.Acknowledgement) ([]byte, error) {
	r := reader{b: b, record: "Acknowledgement"}
	readAcknowledgement(&r, v)
	return r.end()
}

// DecodeAcknowledgementShared is DecodeAcknowledgement without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeAcknowledgementShared(b []byte, v *duty.Acknowledgement) ([]byte, error) {
	r := reader{b: b, record: "Acknowledgement", shared: true}
	readAcknowledgement(&r, v)
	return r.end()
}

// AppendCardAssignment appends the Avro binary form of v, without a frame.
func AppendCardAssignment(b []byte, v *duty.CardAssignment) []byte {
	return writeCardAssignment(b, v)
}

// DecodeCardAssignment reads the Avro binary form of a CardAssignment from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeCardAssignment(b []byte, v *duty.CardAssignment) ([]byte, error) {
	r := reader{b: b, record: "CardAssignment"}
	readCardAssignment(&r, v)
	return r.end()
}

// DecodeCardAssignmentShared is DecodeCardAssignment without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeCardAssignmentShared(b []byte, v *duty.CardAssignment) ([]byte, error) {
	r := reader{b: b, record: "CardAssignment", shared: true}
	readCardAssignment(&r, v)
	return r.end()
}

// AppendCardEvent appends the Avro binary form of v, without a frame.
func AppendCardEvent(b []byte, v *duty.CardEvent) []byte {
	return writeCardEvent(b, v)
}

// DecodeCardEvent reads the Avro binary form of a CardEvent from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeCardEvent(b []byte, v *duty.CardEvent) ([]byte, error) {
	r := reader{b: b, record: "CardEvent"}
	readCardEvent(&r, v)
	return r.end()
}

// DecodeCardEventShared is DecodeCardEvent without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeCardEventShared(b []byte, v *duty.CardEvent) ([]byte, error) {
	r := reader{b: b, record: "CardEvent", shared: true}
	readCardEvent(&r, v)
	return r.end()
}

// AppendCaseSummary appends the Avro binary form of v, without a frame.
func AppendCaseSummary(b []byte, v *duty.CaseSummary) []byte {
	return writeCaseSummary(b, v)
}

// DecodeCaseSummary reads the Avro binary form of a CaseSummary from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeCaseSummary(b []byte, v *duty.CaseSummary) ([]byte, error) {
	r := reader{b: b, record: "CaseSummary"}
	readCaseSummary(&r, v)
	return r.end()
}

// DecodeCaseSummaryShared is DecodeCaseSummary without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeCaseSummaryShared(b []byte, v *duty.CaseSummary) ([]byte, error) {
	r := reader{b: b, record: "CaseSummary", shared: true}
	readCaseSummary(&r, v)
	return r.end()
}

// AppendChangeMark appends the Avro binary form of v, without a frame.
func AppendChangeMark(b []byte, v *duty.ChangeMark) []byte {
	return writeChangeMark(b, v)
}

// DecodeChangeMark reads the Avro binary form of a ChangeMark from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeChangeMark(b []byte, v *duty.ChangeMark) ([]byte, error) {
	r := reader{b: b, record: "ChangeMark"}
	readChangeMark(&r, v)
	return r.end()
}

// DecodeChangeMarkShared is DecodeChangeMark without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeChangeMarkShared(b []byte, v *duty.ChangeMark) ([]byte, error) {
	r := reader{b: b, record: "ChangeMark", shared: true}
	readChangeMark(&r, v)
	return r.end()
}

// AppendControlActionTaken appends the Avro binary form of v, without a frame.
func AppendControlActionTaken(b []byte, v *duty.ControlActionTaken) []byte {
	return writeControlActionTaken(b, v)
}

// DecodeControlActionTaken reads the Avro binary form of a ControlActionTaken from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeControlActionTaken(b []byte, v *duty.ControlActionTaken) ([]byte, error) {
	r := reader{b: b, record: "ControlActionTaken"}
	readControlActionTaken(&r, v)
	return r.end()
}

// DecodeControlActionTakenShared is DecodeControlActionTaken without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeControlActionTakenShared(b []byte, v *duty.ControlActionTaken) ([]byte, error) {
	r := reader{b: b, record: "ControlActionTaken", shared: true}
	readControlActionTaken(&r, v)
	return r.end()
}

// AppendControlReport appends the Avro binary form of v, without a frame.
func AppendControlReport(b []byte, v *duty.ControlReport) []byte {
	return writeControlReport(b, v)
}

// DecodeControlReport reads the Avro binary form of a ControlReport from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeControlReport(b []byte, v *duty.ControlReport) ([]byte, error) {
	r := reader{b: b, record: "ControlReport"}
	readControlReport(&r, v)
	return r.end()
}

// DecodeControlReportShared is DecodeControlReport without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeControlReportShared(b []byte, v *duty.ControlReport) ([]byte, error) {
	r := reader{b: b, record: "ControlReport", shared: true}
	readControlReport(&r, v)
	return r.end()
}

// AppendConviction appends the Avro binary form of v, without a frame.
func AppendConviction(b []byte, v *duty.Conviction) []byte {
	return writeConviction(b, v)
}

// DecodeConviction reads the Avro binary form of a Conviction from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeConviction(b []byte, v *duty.Conviction) ([]byte, error) {
	r := reader{b: b, record: "Conviction"}
	readConviction(&r, v)
	return r.end()
}

// DecodeConvictionShared is DecodeConviction without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeConvictionShared(b []byte, v *duty.Conviction) ([]byte, error) {
	r := reader{b: b, record: "Conviction", shared: true}
	readConviction(&r, v)
	return r.end()
}

// AppendDataQuality appends the Avro binary form of v, without a frame.
func AppendDataQuality(b []byte, v *duty.DataQuality) []byte {
	return writeDataQuality(b, v)
}

// DecodeDataQuality reads the Avro binary form of a DataQuality from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeDataQuality(b []byte, v *duty.DataQuality) ([]byte, error) {
	r := reader{b: b, record: "DataQuality"}
	readDataQuality(&r, v)
	return r.end()
}

// DecodeDataQualityShared is DecodeDataQuality without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeDataQualityShared(b []byte, v *duty.DataQuality) ([]byte, error) {
	r := reader{b: b, record: "DataQuality", shared: true}
	readDataQuality(&r, v)
	return r.end()
}

// AppendDepartureAssessment appends the Avro binary form of v, without a frame.
func AppendDepartureAssessment(b []byte, v *duty.DepartureAssessment) []byte {
	return writeDepartureAssessment(b, v)
}

// DecodeDepartureAssessment reads the Avro binary form of a DepartureAssessment from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeDepartureAssessment(b []byte, v *duty.DepartureAssessment) ([]byte, error) {
	r := reader{b: b, record: "DepartureAssessment"}
	readDepartureAssessment(&r, v)
	return r.end()
}

// DecodeDepartureAssessmentShared is DecodeDepartureAssessment without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeDepartureAssessmentShared(b []byte, v *duty.DepartureAssessment) ([]byte, error) {
	r := reader{b: b, record: "DepartureAssessment", shared: true}
	readDepartureAssessment(&r, v)
	return r.end()
}

// AppendExclusion appends the Avro binary form of v, without a frame.
func AppendExclusion(b []byte, v *duty.Exclusion) []byte {
	return writeExclusion(b, v)
}

// DecodeExclusion reads the Avro binary form of a Exclusion from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeExclusion(b []byte, v *duty.Exclusion) ([]byte, error) {
	r := reader{b: b, record: "Exclusion"}
	readExclusion(&r, v)
	return r.end()
}

// DecodeExclusionShared is DecodeExclusion without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeExclusionShared(b []byte, v *duty.Exclusion) ([]byte, error) {
	r := reader{b: b, record: "Exclusion", shared: true}
	readExclusion(&r, v)
	return r.end()
}

// AppendGroupChange appends the Avro binary form of v, without a frame.
func AppendGroupChange(b []byte, v *duty.GroupChange) []byte {
	return writeGroupChange(b, v)
}

// DecodeGroupChange reads the Avro binary form of a GroupChange from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeGroupChange(b []byte, v *duty.GroupChange) ([]byte, error) {
	r := reader{b: b, record: "GroupChange"}
	readGroupChange(&r, v)
	return r.end()
}

// DecodeGroupChangeShared is DecodeGroupChange without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeGroupChangeShared(b []byte, v *duty.GroupChange) ([]byte, error) {
	r := reader{b: b, record: "GroupChange", shared: true}
	readGroupChange(&r, v)
	return r.end()
}

// AppendHandling appends the Avro binary form of v, without a frame.
func AppendHandling(b []byte, v *duty.Handling) []byte {
	return writeHandling(b, v)
}

// DecodeHandling reads the Avro binary form of a Handling from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeHandling(b []byte, v *duty.Handling) ([]byte, error) {
	r := reader{b: b, record: "Handling"}
	readHandling(&r, v)
	return r.end()
}

// DecodeHandlingShared is DecodeHandling without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeHandlingShared(b []byte, v *duty.Handling) ([]byte, error) {
	r := reader{b: b, record: "Handling", shared: true}
	readHandling(&r, v)
	return r.end()
}

// AppendHeartbeat appends the Avro binary form of v, without a frame.
func AppendHeartbeat(b []byte, v *duty.Heartbeat) []byte {
	return writeHeartbeat(b, v)
}

// DecodeHeartbeat reads the Avro binary form of a Heartbeat from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeHeartbeat(b []byte, v *duty.Heartbeat) ([]byte, error) {
	r := reader{b: b, record: "Heartbeat"}
	readHeartbeat(&r, v)
	return r.end()
}

// DecodeHeartbeatShared is DecodeHeartbeat without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeHeartbeatShared(b []byte, v *duty.Heartbeat) ([]byte, error) {
	r := reader{b: b, record: "Heartbeat", shared: true}
	readHeartbeat(&r, v)
	return r.end()
}

// AppendHold appends the Avro binary form of v, without a frame.
func AppendHold(b []byte, v *duty.Hold) []byte {
	return writeHold(b, v)
}

// DecodeHold reads the Avro binary form of a Hold from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeHold(b []byte, v *duty.Hold) ([]byte, error) {
	r := reader{b: b, record: "Hold"}
	readHold(&r, v)
	return r.end()
}

// DecodeHoldShared is DecodeHold without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeHoldShared(b []byte, v *duty.Hold) ([]byte, error) {
	r := reader{b: b, record: "Hold", shared: true}
	readHold(&r, v)
	return r.end()
}

// AppendIdentityLink appends the Avro binary form of v, without a frame.
func AppendIdentityLink(b []byte, v *duty.IdentityLink) []byte {
	return writeIdentityLink(b, v)
}

// DecodeIdentityLink reads the Avro binary form of a IdentityLink from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeIdentityLink(b []byte, v *duty.IdentityLink) ([]byte, error) {
	r := reader{b: b, record: "IdentityLink"}
	readIdentityLink(&r, v)
	return r.end()
}

// DecodeIdentityLinkShared is DecodeIdentityLink without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeIdentityLinkShared(b []byte, v *duty.IdentityLink) ([]byte, error) {
	r := reader{b: b, record: "IdentityLink", shared: true}
	readIdentityLink(&r, v)
	return r.end()
}

// AppendIncident appends the Avro binary form of v, without a frame.
func AppendIncident(b []byte, v *duty.Incident) []byte {
	return writeIncident(b, v)
}

// DecodeIncident reads the Avro binary form of a Incident from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeIncident(b []byte, v *duty.Incident) ([]byte, error) {
	r := reader{b: b, record: "Incident"}
	readIncident(&r, v)
	return r.end()
}

// DecodeIncidentShared is DecodeIncident without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeIncidentShared(b []byte, v *duty.Incident) ([]byte, error) {
	r := reader{b: b, record: "Incident", shared: true}
	readIncident(&r, v)
	return r.end()
}

// AppendManualEntry appends the Avro binary form of v, without a frame.
func AppendManualEntry(b []byte, v *duty.ManualEntry) []byte {
	return writeManualEntry(b, v)
}

// DecodeManualEntry reads the Avro binary form of a ManualEntry from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeManualEntry(b []byte, v *duty.ManualEntry) ([]byte, error) {
	r := reader{b: b, record: "ManualEntry"}
	readManualEntry(&r, v)
	return r.end()
}

// DecodeManualEntryShared is DecodeManualEntry without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeManualEntryShared(b []byte, v *duty.ManualEntry) ([]byte, error) {
	r := reader{b: b, record: "ManualEntry", shared: true}
	readManualEntry(&r, v)
	return r.end()
}

// AppendNotice appends the Avro binary form of v, without a frame.
func AppendNotice(b []byte, v *duty.Notice) []byte {
	return writeNotice(b, v)
}

// DecodeNotice reads the Avro binary form of a Notice from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeNotice(b []byte, v *duty.Notice) ([]byte, error) {
	r := reader{b: b, record: "Notice"}
	readNotice(&r, v)
	return r.end()
}

// DecodeNoticeShared is DecodeNotice without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeNoticeShared(b []byte, v *duty.Notice) ([]byte, error) {
	r := reader{b: b, record: "Notice", shared: true}
	readNotice(&r, v)
	return r.end()
}

// AppendObligationChange appends the Avro binary form of v, without a frame.
func AppendObligationChange(b []byte, v *duty.ObligationChange) []byte {
	return writeObligationChange(b, v)
}

// DecodeObligationChange reads the Avro binary form of a ObligationChange from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeObligationChange(b []byte, v *duty.ObligationChange) ([]byte, error) {
	r := reader{b: b, record: "ObligationChange"}
	readObligationChange(&r, v)
	return r.end()
}

// DecodeObligationChangeShared is DecodeObligationChange without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeObligationChangeShared(b []byte, v *duty.ObligationChange) ([]byte, error) {
	r := reader{b: b, record: "ObligationChange", shared: true}
	readObligationChange(&r, v)
	return r.end()
}

// AppendObservation appends the Avro binary form of v, without a frame.
func AppendObservation(b []byte, v *duty.Observation) []byte {
	return writeObservation(b, v)
}

// DecodeObservation reads the Avro binary form of a Observation from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeObservation(b []byte, v *duty.Observation) ([]byte, error) {
	r := reader{b: b, record: "Observation"}
	readObservation(&r, v)
	return r.end()
}

// DecodeObservationShared is DecodeObservation without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeObservationShared(b []byte, v *duty.Observation) ([]byte, error) {
	r := reader{b: b, record: "Observation", shared: true}
	readObservation(&r, v)
	return r.end()
}

// AppendOutcomeMonth appends the Avro binary form of v, without a frame.
func AppendOutcomeMonth(b []byte, v *duty.OutcomeMonth) []byte {
	return writeOutcomeMonth(b, v)
}

// DecodeOutcomeMonth reads the Avro binary form of a OutcomeMonth from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeOutcomeMonth(b []byte, v *duty.OutcomeMonth) ([]byte, error) {
	r := reader{b: b, record: "OutcomeMonth"}
	readOutcomeMonth(&r, v)
	return r.end()
}

// DecodeOutcomeMonthShared is DecodeOutcomeMonth without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeOutcomeMonthShared(b []byte, v *duty.OutcomeMonth) ([]byte, error) {
	r := reader{b: b, record: "OutcomeMonth", shared: true}
	readOutcomeMonth(&r, v)
	return r.end()
}

// AppendPermission appends the Avro binary form of v, without a frame.
func AppendPermission(b []byte, v *duty.Permission) []byte {
	return writePermission(b, v)
}

// DecodePermission reads the Avro binary form of a Permission from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodePermission(b []byte, v *duty.Permission) ([]byte, error) {
	r := reader{b: b, record: "Permission"}
	readPermission(&r, v)
	return r.end()
}

// DecodePermissionShared is DecodePermission without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodePermissionShared(b []byte, v *duty.Permission) ([]byte, error) {
	r := reader{b: b, record: "Permission", shared: true}
	readPermission(&r, v)
	return r.end()
}

// AppendPolicyActivation appends the Avro binary form of v, without a frame.
func AppendPolicyActivation(b []byte, v *duty.PolicyActivation) []byte {
	return writePolicyActivation(b, v)
}

// DecodePolicyActivation reads the Avro binary form of a PolicyActivation from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodePolicyActivation(b []byte, v *duty.PolicyActivation) ([]byte, error) {
	r := reader{b: b, record: "PolicyActivation"}
	readPolicyActivation(&r, v)
	return r.end()
}

// DecodePolicyActivationShared is DecodePolicyActivation without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodePolicyActivationShared(b []byte, v *duty.PolicyActivation) ([]byte, error) {
	r := reader{b: b, record: "PolicyActivation", shared: true}
	readPolicyActivation(&r, v)
	return r.end()
}

// AppendRecall appends the Avro binary form of v, without a frame.
func AppendRecall(b []byte, v *duty.Recall) []byte {
	return writeRecall(b, v)
}

// DecodeRecall reads the Avro binary form of a Recall from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeRecall(b []byte, v *duty.Recall) ([]byte, error) {
	r := reader{b: b, record: "Recall"}
	readRecall(&r, v)
	return r.end()
}

// DecodeRecallShared is DecodeRecall without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeRecallShared(b []byte, v *duty.Recall) ([]byte, error) {
	r := reader{b: b, record: "Recall", shared: true}
	readRecall(&r, v)
	return r.end()
}

// AppendReconciliation appends the Avro binary form of v, without a frame.
func AppendReconciliation(b []byte, v *duty.Reconciliation) []byte {
	return writeReconciliation(b, v)
}

// DecodeReconciliation reads the Avro binary form of a Reconciliation from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeReconciliation(b []byte, v *duty.Reconciliation) ([]byte, error) {
	r := reader{b: b, record: "Reconciliation"}
	readReconciliation(&r, v)
	return r.end()
}

// DecodeReconciliationShared is DecodeReconciliation without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeReconciliationShared(b []byte, v *duty.Reconciliation) ([]byte, error) {
	r := reader{b: b, record: "Reconciliation", shared: true}
	readReconciliation(&r, v)
	return r.end()
}

// AppendResolution appends the Avro binary form of v, without a frame.
func AppendResolution(b []byte, v *duty.Resolution) []byte {
	return writeResolution(b, v)
}

// DecodeResolution reads the Avro binary form of a Resolution from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeResolution(b []byte, v *duty.Resolution) ([]byte, error) {
	r := reader{b: b, record: "Resolution"}
	readResolution(&r, v)
	return r.end()
}

// DecodeResolutionShared is DecodeResolution without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeResolutionShared(b []byte, v *duty.Resolution) ([]byte, error) {
	r := reader{b: b, record: "Resolution", shared: true}
	readResolution(&r, v)
	return r.end()
}

// AppendSettlement appends the Avro binary form of v, without a frame.
func AppendSettlement(b []byte, v *duty.Settlement) []byte {
	return writeSettlement(b, v)
}

// DecodeSettlement reads the Avro binary form of a Settlement from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeSettlement(b []byte, v *duty.Settlement) ([]byte, error) {
	r := reader{b: b, record: "Settlement"}
	readSettlement(&r, v)
	return r.end()
}

// DecodeSettlementShared is DecodeSettlement without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeSettlementShared(b []byte, v *duty.Settlement) ([]byte, error) {
	r := reader{b: b, record: "Settlement", shared: true}
	readSettlement(&r, v)
	return r.end()
}

// AppendSupervisionResult appends the Avro binary form of v, without a frame.
func AppendSupervisionResult(b []byte, v *duty.SupervisionResult) []byte {
	return writeSupervisionResult(b, v)
}

// DecodeSupervisionResult reads the Avro binary form of a SupervisionResult from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeSupervisionResult(b []byte, v *duty.SupervisionResult) ([]byte, error) {
	r := reader{b: b, record: "SupervisionResult"}
	readSupervisionResult(&r, v)
	return r.end()
}

// DecodeSupervisionResultShared is DecodeSupervisionResult without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeSupervisionResultShared(b []byte, v *duty.SupervisionResult) ([]byte, error) {
	r := reader{b: b, record: "SupervisionResult", shared: true}
	readSupervisionResult(&r, v)
	return r.end()
}

// AppendViolation appends the Avro binary form of v, without a frame.
func AppendViolation(b []byte, v *duty.Violation) []byte {
	return writeViolation(b, v)
}

// DecodeViolation reads the Avro binary form of a Violation from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func DecodeViolation(b []byte, v *duty.Violation) ([]byte, error) {
	r := reader{b: b, record: "Violation"}
	readViolation(&r, v)
	return r.end()
}

// DecodeViolationShared is DecodeViolation without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func DecodeViolationShared(b []byte, v *duty.Violation) ([]byte, error) {
	r := reader{b: b, record: "Violation", shared: true}
	readViolation(&r, v)
	return r.end()
}

func writeAttachment(b []byte, v *duty.Attachment) []byte {
	b = appendLong(b, int64(v.Item))
	b = appendEnum(b, uint8(v.State), 5)
	if len(v.Refs) > 0 {
		b = appendLong(b, int64(len(v.Refs)))
		for i := range v.Refs {
			b = appendString(b, v.Refs[i])
		}
	}
	b = append(b, 0)
	return b
}

func readAttachment(r *reader, v *duty.Attachment) {
	v.Item = int32(r.int("item"))
	v.State = duty.AttachmentState(r.enum("state", 5))
	v.Refs = nil
	for n := r.block("refs", 1); n > 0; n = r.block("refs", 1) {
		v.Refs = grow(v.Refs, n)
		for range n {
			var x string
			x = r.str("refs")
			v.Refs = append(v.Refs, x)
		}
	}
}

func writeContradiction(b []byte, v *duty.Contradiction) []byte {
	b = appendEnum(b, uint8(v.Code), 5)
	if len(v.Refs) > 0 {
		b = appendLong(b, int64(len(v.Refs)))
		for i := range v.Refs {
			b = appendString(b, v.Refs[i])
		}
	}
	b = append(b, 0)
	return b
}

func readContradiction(r *reader, v *duty.Contradiction) {
	v.Code = duty.ContradictionCode(r.enum("code", 5))
	v.Refs = nil
	for n := r.block("refs", 1); n > 0; n = r.block("refs", 1) {
		v.Refs = grow(v.Refs, n)
		for range n {
			var x string
			x = r.str("refs")
			v.Refs = append(v.Refs, x)
		}
	}
}

func writeControlAction(b []byte, v *duty.ControlAction) []byte {
	b = appendEnum(b, uint8(v.Control), 14)
	b = appendLong(b, int64(v.At))
	b = appendEnum(b, uint8(v.Kind), 5)
	b = appendBool(b, v.Ok)
	if v.DurationMs.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.DurationMs.V))
	} else {
		b = append(b, 0)
	}
	if v.Ref.OK {
		b = append(b, 2)
		b = appendString(b, v.Ref.V)
	} else {
		b = append(b, 0)
	}
	return b
}

func readControlAction(r *reader, v *duty.ControlAction) {
	v.Control = duty.ControlName(r.enum("control", 14))
	v.At = duty.Instant(r.long("at"))
	v.Kind = duty.ControlActionKind(r.enum("kind", 5))
	v.Ok = r.boolean("ok")
	if v.DurationMs.OK = r.present("duration_ms"); v.DurationMs.OK {
		v.DurationMs.V = int64(r.long("duration_ms"))
	} else {
		v.DurationMs = duty.Opt[int64]{}
	}
	if v.Ref.OK = r.present("ref"); v.Ref.OK {
		v.Ref.V = r.str("ref")
	} else {
		v.Ref = duty.Opt[string]{}
	}
}

func writeControlChange(b []byte, v *duty.ControlChange) []byte {
	b = appendEnum(b, uint8(v.Kind), 4)
	b = appendString(b, v.System)
	b = appendLong(b, int64(v.At))
	return b
}

func readControlChange(r *reader, v *duty.ControlChange) {
	v.Kind = duty.ControlChangeKind(r.enum("kind", 4))
	v.System = r.str("system")
	v.At = duty.Instant(r.long("at"))
}

func writeControlConsumer(b []byte, v *duty.ControlConsumer) []byte {
	b = appendString(b, v.Consumer)
	if v.AckP50Ms.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.AckP50Ms.V))
	} else {
		b = append(b, 0)
	}
	if v.AckP90Ms.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.AckP90Ms.V))
	} else {
		b = append(b, 0)
	}
	if v.AckMaxMs.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.AckMaxMs.V))
	} else {
		b = append(b, 0)
	}
	b = appendLong(b, int64(v.Open))
	return b
}

func readControlConsumer(r *reader, v *duty.ControlConsumer) {
	v.Consumer = r.str("consumer")
	if v.AckP50Ms.OK = r.present("ack_p50_ms"); v.AckP50Ms.OK {
		v.AckP50Ms.V = int64(r.long("ack_p50_ms"))
	} else {
		v.AckP50Ms = duty.Opt[int64]{}
	}
	if v.AckP90Ms.OK = r.present("ack_p90_ms"); v.AckP90Ms.OK {
		v.AckP90Ms.V = int64(r.long("ack_p90_ms"))
	} else {
		v.AckP90Ms = duty.Opt[int64]{}
	}
	if v.AckMaxMs.OK = r.present("ack_max_ms"); v.AckMaxMs.OK {
		v.AckMaxMs.V = int64(r.long("ack_max_ms"))
	} else {
		v.AckMaxMs = duty.Opt[int64]{}
	}
	v.Open = int32(r.int("open"))
}

func writeControlCoverage(b []byte, v *duty.ControlCoverage) []byte {
	b = appendLong(b, int64(v.Units))
	if v.UndeterminedPermille.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.UndeterminedPermille.V))
	} else {
		b = append(b, 0)
	}
	if v.ExcludedPermille.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.ExcludedPermille.V))
	} else {
		b = append(b, 0)
	}
	if v.UnsettledPermille.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.UnsettledPermille.V))
	} else {
		b = append(b, 0)
	}
	if v.HeldP90Ms.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.HeldP90Ms.V))
	} else {
		b = append(b, 0)
	}
	return b
}

func readControlCoverage(r *reader, v *duty.ControlCoverage) {
	v.Units = int32(r.int("units"))
	if v.UndeterminedPermille.OK = r.present("undetermined_permille"); v.UndeterminedPermille.OK {
		v.UndeterminedPermille.V = int32(r.int("undetermined_permille"))
	} else {
		v.UndeterminedPermille = duty.Opt[int32]{}
	}
	if v.ExcludedPermille.OK = r.present("excluded_permille"); v.ExcludedPermille.OK {
		v.ExcludedPermille.V = int32(r.int("excluded_permille"))
	} else {
		v.ExcludedPermille = duty.Opt[int32]{}
	}
	if v.UnsettledPermille.OK = r.present("unsettled_permille"); v.UnsettledPermille.OK {
		v.UnsettledPermille.V = int32(r.int("unsettled_permille"))
	} else {
		v.UnsettledPermille = duty.Opt[int32]{}
	}
	if v.HeldP90Ms.OK = r.present("held_p90_ms"); v.HeldP90Ms.OK {
		v.HeldP90Ms.V = int64(r.long("held_p90_ms"))
	} else {
		v.HeldP90Ms = duty.Opt[int64]{}
	}
}

func writeControlDeadLetters(b []byte, v *duty.ControlDeadLetters) []byte {
	if v.Received.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.Received.V))
	} else {
		b = append(b, 0)
	}
	if v.Replaced.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.Replaced.V))
	} else {
		b = append(b, 0)
	}
	if v.Irrelevant.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.Irrelevant.V))
	} else {
		b = append(b, 0)
	}
	if v.Open.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.Open.V))
	} else {
		b = append(b, 0)
	}
	if v.OldestOpenMs.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.OldestOpenMs.V))
	} else {
		b = append(b, 0)
	}
	return b
}

func readControlDeadLetters(r *reader, v *duty.ControlDeadLetters) {
	if v.Received.OK = r.present("received"); v.Received.OK {
		v.Received.V = int32(r.int("received"))
	} else {
		v.Received = duty.Opt[int32]{}
	}
	if v.Replaced.OK = r.present("replaced"); v.Replaced.OK {
		v.Replaced.V = int32(r.int("replaced"))
	} else {
		v.Replaced = duty.Opt[int32]{}
	}
	if v.Irrelevant.OK = r.present("irrelevant"); v.Irrelevant.OK {
		v.Irrelevant.V = int32(r.int("irrelevant"))
	} else {
		v.Irrelevant = duty.Opt[int32]{}
	}
	if v.Open.OK = r.present("open"); v.Open.OK {
		v.Open.V = int32(r.int("open"))
	} else {
		v.Open = duty.Opt[int32]{}
	}
	if v.OldestOpenMs.OK = r.present("oldest_open_ms"); v.OldestOpenMs.OK {
		v.OldestOpenMs.V = int64(r.long("oldest_open_ms"))
	} else {
		v.OldestOpenMs = duty.Opt[int64]{}
	}
}

func writeControlDuty(b []byte, v *duty.ControlDuty) []byte {
	b = appendEnum(b, uint8(v.Kind), 4)
	b = appendBool(b, v.Controlled)
	return b
}

func readControlDuty(r *reader, v *duty.ControlDuty) {
	v.Kind = duty.Kind(r.enum("kind", 4))
	v.Controlled = r.boolean("controlled")
}

func writeControlHandled(b []byte, v *duty.ControlHandled) []byte {
	if v.BacklogP50Ms.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.BacklogP50Ms.V))
	} else {
		b = append(b, 0)
	}
	if v.BacklogP90Ms.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.BacklogP90Ms.V))
	} else {
		b = append(b, 0)
	}
	if v.OldestMs.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.OldestMs.V))
	} else {
		b = append(b, 0)
	}
	if len(v.DutiesControlled) > 0 {
		b = appendLong(b, int64(len(v.DutiesControlled)))
		for i := range v.DutiesControlled {
			b = writeControlDuty(b, &v.DutiesControlled[i])
		}
	}
	b = append(b, 0)
	return b
}

func readControlHandled(r *reader, v *duty.ControlHandled) {
	if v.BacklogP50Ms.OK = r.present("backlog_p50_ms"); v.BacklogP50Ms.OK {
		v.BacklogP50Ms.V = int64(r.long("backlog_p50_ms"))
	} else {
		v.BacklogP50Ms = duty.Opt[int64]{}
	}
	if v.BacklogP90Ms.OK = r.present("backlog_p90_ms"); v.BacklogP90Ms.OK {
		v.BacklogP90Ms.V = int64(r.long("backlog_p90_ms"))
	} else {
		v.BacklogP90Ms = duty.Opt[int64]{}
	}
	if v.OldestMs.OK = r.present("oldest_ms"); v.OldestMs.OK {
		v.OldestMs.V = int64(r.long("oldest_ms"))
	} else {
		v.OldestMs = duty.Opt[int64]{}
	}
	v.DutiesControlled = nil
	for n := r.block("duties_controlled", 2); n > 0; n = r.block("duties_controlled", 2) {
		v.DutiesControlled = grow(v.DutiesControlled, n)
		for range n {
			var x duty.ControlDuty
			if r.err == nil {
				readControlDuty(r, &x)
				r.inItem("duties_controlled", len(v.DutiesControlled))
			}
			v.DutiesControlled = append(v.DutiesControlled, x)
		}
	}
}

func writeControlIdentity(b []byte, v *duty.ControlIdentity) []byte {
	b = appendLong(b, int64(v.Rows))
	if v.UnlinkedPermilleMax.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.UnlinkedPermilleMax.V))
	} else {
		b = append(b, 0)
	}
	b = appendLong(b, int64(v.WeeksAboveLimit))
	return b
}

func readControlIdentity(r *reader, v *duty.ControlIdentity) {
	v.Rows = int32(r.int("rows"))
	if v.UnlinkedPermilleMax.OK = r.present("unlinked_permille_max"); v.UnlinkedPermilleMax.OK {
		v.UnlinkedPermilleMax.V = int32(r.int("unlinked_permille_max"))
	} else {
		v.UnlinkedPermilleMax = duty.Opt[int32]{}
	}
	v.WeeksAboveLimit = int32(r.int("weeks_above_limit"))
}

func writeControlIncidents(b []byte, v *duty.ControlIncidents) []byte {
	b = appendEnum(b, uint8(v.Kind), 7)
	b = appendEnum(b, uint8(v.Origin), 3)
	b = appendLong(b, int64(v.Opened))
	b = appendLong(b, int64(v.Dissolved))
	b = appendLong(b, int64(v.FormsPending))
	if v.DurationMs.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.DurationMs.V))
	} else {
		b = append(b, 0)
	}
	if v.NoticeP50Ms.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.NoticeP50Ms.V))
	} else {
		b = append(b, 0)
	}
	if v.NoticeMaxMs.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.NoticeMaxMs.V))
	} else {
		b = append(b, 0)
	}
	if v.FormsP50Ms.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.FormsP50Ms.V))
	} else {
		b = append(b, 0)
	}
	if v.FormsMaxMs.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.FormsMaxMs.V))
	} else {
		b = append(b, 0)
	}
	return b
}

func readControlIncidents(r *reader, v *duty.ControlIncidents) {
	v.Kind = duty.IncidentKind(r.enum("kind", 7))
	v.Origin = duty.Origin(r.enum("origin", 3))
	v.Opened = int32(r.int("opened"))
	v.Dissolved = int32(r.int("dissolved"))
	v.FormsPending = int32(r.int("forms_pending"))
	if v.DurationMs.OK = r.present("duration_ms"); v.DurationMs.OK {
		v.DurationMs.V = int64(r.long("duration_ms"))
	} else {
		v.DurationMs = duty.Opt[int64]{}
	}
	if v.NoticeP50Ms.OK = r.present("notice_p50_ms"); v.NoticeP50Ms.OK {
		v.NoticeP50Ms.V = int64(r.long("notice_p50_ms"))
	} else {
		v.NoticeP50Ms = duty.Opt[int64]{}
	}
	if v.NoticeMaxMs.OK = r.present("notice_max_ms"); v.NoticeMaxMs.OK {
		v.NoticeMaxMs.V = int64(r.long("notice_max_ms"))
	} else {
		v.NoticeMaxMs = duty.Opt[int64]{}
	}
	if v.FormsP50Ms.OK = r.present("forms_p50_ms"); v.FormsP50Ms.OK {
		v.FormsP50Ms.V = int64(r.long("forms_p50_ms"))
	} else {
		v.FormsP50Ms = duty.Opt[int64]{}
	}
	if v.FormsMaxMs.OK = r.present("forms_max_ms"); v.FormsMaxMs.OK {
		v.FormsMaxMs.V = int64(r.long("forms_max_ms"))
	} else {
		v.FormsMaxMs = duty.Opt[int64]{}
	}
}

func writeControlLine(b []byte, v *duty.ControlLine) []byte {
	b = appendEnum(b, uint8(v.Control), 14)
	if v.Due.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.Due.V))
	} else {
		b = append(b, 0)
	}
	if v.Done.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.Done.V))
	} else {
		b = append(b, 0)
	}
	if v.Findings.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.Findings.V))
	} else {
		b = append(b, 0)
	}
	if v.FollowedUp.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.FollowedUp.V))
	} else {
		b = append(b, 0)
	}
	if v.Open.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.Open.V))
	} else {
		b = append(b, 0)
	}
	return b
}

func readControlLine(r *reader, v *duty.ControlLine) {
	v.Control = duty.ControlName(r.enum("control", 14))
	if v.Due.OK = r.present("due"); v.Due.OK {
		v.Due.V = int32(r.int("due"))
	} else {
		v.Due = duty.Opt[int32]{}
	}
	if v.Done.OK = r.present("done"); v.Done.OK {
		v.Done.V = int32(r.int("done"))
	} else {
		v.Done = duty.Opt[int32]{}
	}
	if v.Findings.OK = r.present("findings"); v.Findings.OK {
		v.Findings.V = int32(r.int("findings"))
	} else {
		v.Findings = duty.Opt[int32]{}
	}
	if v.FollowedUp.OK = r.present("followed_up"); v.FollowedUp.OK {
		v.FollowedUp.V = int32(r.int("followed_up"))
	} else {
		v.FollowedUp = duty.Opt[int32]{}
	}
	if v.Open.OK = r.present("open"); v.Open.OK {
		v.Open.V = int32(r.int("open"))
	} else {
		v.Open = duty.Opt[int32]{}
	}
}

func writeControlLoss(b []byte, v *duty.ControlLoss) []byte {
	b = appendString(b, v.ID)
	if len(v.Devices) > 0 {
		b = appendLong(b, int64(len(v.Devices)))
		for i := range v.Devices {
			b = appendString(b, v.Devices[i])
		}
	}
	b = append(b, 0)
	b = appendLong(b, int64(v.From))
	if v.To.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.To.V))
	} else {
		b = append(b, 0)
	}
	if v.NoticedAt.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.NoticedAt.V))
	} else {
		b = append(b, 0)
	}
	b = appendEnum(b, uint8(v.State), 5)
	if v.DeclaredAt.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.DeclaredAt.V))
	} else {
		b = append(b, 0)
	}
	b = appendLong(b, int64(v.Persons))
	b = appendLong(b, int64(v.UnitsHeld))
	if v.TakenBackLastAt.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.TakenBackLastAt.V))
	} else {
		b = append(b, 0)
	}
	if v.AcknowledgedAt.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.AcknowledgedAt.V))
	} else {
		b = append(b, 0)
	}
	return b
}

func readControlLoss(r *reader, v *duty.ControlLoss) {
	v.ID = r.str("id")
	v.Devices = nil
	for n := r.block("devices", 1); n > 0; n = r.block("devices", 1) {
		v.Devices = grow(v.Devices, n)
		for range n {
			var x string
			x = r.str("devices")
			v.Devices = append(v.Devices, x)
		}
	}
	v.From = duty.Instant(r.long("from"))
	if v.To.OK = r.present("to"); v.To.OK {
		v.To.V = duty.Instant(r.long("to"))
	} else {
		v.To = duty.Opt[duty.Instant]{}
	}
	if v.NoticedAt.OK = r.present("noticed_at"); v.NoticedAt.OK {
		v.NoticedAt.V = duty.Instant(r.long("noticed_at"))
	} else {
		v.NoticedAt = duty.Opt[duty.Instant]{}
	}
	v.State = duty.ControlLossState(r.enum("state", 5))
	if v.DeclaredAt.OK = r.present("declared_at"); v.DeclaredAt.OK {
		v.DeclaredAt.V = duty.Instant(r.long("declared_at"))
	} else {
		v.DeclaredAt = duty.Opt[duty.Instant]{}
	}
	v.Persons = int32(r.int("persons"))
	v.UnitsHeld = int32(r.int("units_held"))
	if v.TakenBackLastAt.OK = r.present("taken_back_last_at"); v.TakenBackLastAt.OK {
		v.TakenBackLastAt.V = duty.Instant(r.long("taken_back_last_at"))
	} else {
		v.TakenBackLastAt = duty.Opt[duty.Instant]{}
	}
	if v.AcknowledgedAt.OK = r.present("acknowledged_at"); v.AcknowledgedAt.OK {
		v.AcknowledgedAt.V = duty.Instant(r.long("acknowledged_at"))
	} else {
		v.AcknowledgedAt = duty.Opt[duty.Instant]{}
	}
}

func writeControlQuality(b []byte, v *duty.ControlQuality) []byte {
	b = appendString(b, v.Code)
	if v.Field.OK {
		b = append(b, 2)
		b = appendString(b, v.Field.V)
	} else {
		b = append(b, 0)
	}
	b = appendLong(b, int64(v.Count))
	return b
}

func readControlQuality(r *reader, v *duty.ControlQuality) {
	v.Code = r.str("code")
	if v.Field.OK = r.present("field"); v.Field.OK {
		v.Field.V = r.str("field")
	} else {
		v.Field = duty.Opt[string]{}
	}
	v.Count = int32(r.int("count"))
}

func writeControlRecalls(b []byte, v *duty.ControlRecalls) []byte {
	b = appendLong(b, int64(v.Opened))
	b = appendLong(b, int64(v.Closed))
	b = appendLong(b, int64(v.Open))
	b = appendLong(b, int64(v.Overdue))
	if len(v.Consumers) > 0 {
		b = appendLong(b, int64(len(v.Consumers)))
		for i := range v.Consumers {
			b = writeControlConsumer(b, &v.Consumers[i])
		}
	}
	b = append(b, 0)
	return b
}

func readControlRecalls(r *reader, v *duty.ControlRecalls) {
	v.Opened = int32(r.int("opened"))
	v.Closed = int32(r.int("closed"))
	v.Open = int32(r.int("open"))
	v.Overdue = int32(r.int("overdue"))
	v.Consumers = nil
	for n := r.block("consumers", 5); n > 0; n = r.block("consumers", 5) {
		v.Consumers = grow(v.Consumers, n)
		for range n {
			var x duty.ControlConsumer
			if r.err == nil {
				readControlConsumer(r, &x)
				r.inItem("consumers", len(v.Consumers))
			}
			v.Consumers = append(v.Consumers, x)
		}
	}
}

func writeControlReconciliations(b []byte, v *duty.ControlReconciliations) []byte {
	b = appendLong(b, int64(v.Due))
	b = appendLong(b, int64(v.Done))
	if v.Mismatched.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.Mismatched.V))
	} else {
		b = append(b, 0)
	}
	if v.RowsDifference.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.RowsDifference.V))
	} else {
		b = append(b, 0)
	}
	return b
}

func readControlReconciliations(r *reader, v *duty.ControlReconciliations) {
	v.Due = int32(r.int("due"))
	v.Done = int32(r.int("done"))
	if v.Mismatched.OK = r.present("mismatched"); v.Mismatched.OK {
		v.Mismatched.V = int32(r.int("mismatched"))
	} else {
		v.Mismatched = duty.Opt[int32]{}
	}
	if v.RowsDifference.OK = r.present("rows_difference"); v.RowsDifference.OK {
		v.RowsDifference.V = int64(r.long("rows_difference"))
	} else {
		v.RowsDifference = duty.Opt[int64]{}
	}
}

func writeControlSettlement(b []byte, v *duty.ControlSettlement) []byte {
	b = appendEnum(b, uint8(v.LogType), 6)
	b = appendLong(b, int64(v.Due))
	b = appendLong(b, int64(v.OnTime))
	b = appendLong(b, int64(v.Late))
	b = appendLong(b, int64(v.Missing))
	if v.DelayP50Ms.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.DelayP50Ms.V))
	} else {
		b = append(b, 0)
	}
	if v.DelayP90Ms.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.DelayP90Ms.V))
	} else {
		b = append(b, 0)
	}
	if v.DelayMaxMs.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.DelayMaxMs.V))
	} else {
		b = append(b, 0)
	}
	return b
}

func readControlSettlement(r *reader, v *duty.ControlSettlement) {
	v.LogType = duty.LogType(r.enum("log_type", 6))
	v.Due = int32(r.int("due"))
	v.OnTime = int32(r.int("on_time"))
	v.Late = int32(r.int("late"))
	v.Missing = int32(r.int("missing"))
	if v.DelayP50Ms.OK = r.present("delay_p50_ms"); v.DelayP50Ms.OK {
		v.DelayP50Ms.V = int64(r.long("delay_p50_ms"))
	} else {
		v.DelayP50Ms = duty.Opt[int64]{}
	}
	if v.DelayP90Ms.OK = r.present("delay_p90_ms"); v.DelayP90Ms.OK {
		v.DelayP90Ms.V = int64(r.long("delay_p90_ms"))
	} else {
		v.DelayP90Ms = duty.Opt[int64]{}
	}
	if v.DelayMaxMs.OK = r.present("delay_max_ms"); v.DelayMaxMs.OK {
		v.DelayMaxMs.V = int64(r.long("delay_max_ms"))
	} else {
		v.DelayMaxMs = duty.Opt[int64]{}
	}
}

func writeControlSource(b []byte, v *duty.ControlSource) []byte {
	b = appendString(b, v.SourceID)
	b = appendEnum(b, uint8(v.Kind), 3)
	b = appendLong(b, int64(v.SupervisedMs))
	b = appendLong(b, int64(v.SilentMs))
	b = appendLong(b, int64(v.Silences))
	if v.LongestMs.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.LongestMs.V))
	} else {
		b = append(b, 0)
	}
	if v.Gaps.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.Gaps.V))
	} else {
		b = append(b, 0)
	}
	if v.Rows.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.Rows.V))
	} else {
		b = append(b, 0)
	}
	if v.RowsMissing.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.RowsMissing.V))
	} else {
		b = append(b, 0)
	}
	if v.Resets.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.Resets.V))
	} else {
		b = append(b, 0)
	}
	if v.OffsetMaxMs.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.OffsetMaxMs.V))
	} else {
		b = append(b, 0)
	}
	return b
}

func readControlSource(r *reader, v *duty.ControlSource) {
	v.SourceID = r.str("source_id")
	v.Kind = duty.ControlSourceKind(r.enum("kind", 3))
	v.SupervisedMs = int64(r.long("supervised_ms"))
	v.SilentMs = int64(r.long("silent_ms"))
	v.Silences = int32(r.int("silences"))
	if v.LongestMs.OK = r.present("longest_ms"); v.LongestMs.OK {
		v.LongestMs.V = int64(r.long("longest_ms"))
	} else {
		v.LongestMs = duty.Opt[int64]{}
	}
	if v.Gaps.OK = r.present("gaps"); v.Gaps.OK {
		v.Gaps.V = int32(r.int("gaps"))
	} else {
		v.Gaps = duty.Opt[int32]{}
	}
	if v.Rows.OK = r.present("rows"); v.Rows.OK {
		v.Rows.V = int32(r.int("rows"))
	} else {
		v.Rows = duty.Opt[int32]{}
	}
	if v.RowsMissing.OK = r.present("rows_missing"); v.RowsMissing.OK {
		v.RowsMissing.V = int32(r.int("rows_missing"))
	} else {
		v.RowsMissing = duty.Opt[int32]{}
	}
	if v.Resets.OK = r.present("resets"); v.Resets.OK {
		v.Resets.V = int32(r.int("resets"))
	} else {
		v.Resets = duty.Opt[int32]{}
	}
	if v.OffsetMaxMs.OK = r.present("offset_max_ms"); v.OffsetMaxMs.OK {
		v.OffsetMaxMs.V = int64(r.long("offset_max_ms"))
	} else {
		v.OffsetMaxMs = duty.Opt[int64]{}
	}
}

func writeControlSupervision(b []byte, v *duty.ControlSupervision) []byte {
	b = appendString(b, v.ResultRef)
	b = appendLong(b, int64(v.FromDate))
	b = appendLong(b, int64(v.ToDate))
	b = appendBool(b, v.Remarks)
	return b
}

func readControlSupervision(r *reader, v *duty.ControlSupervision) {
	v.ResultRef = r.str("result_ref")
	v.FromDate = duty.Date(r.int("from_date"))
	v.ToDate = duty.Date(r.int("to_date"))
	v.Remarks = r.boolean("remarks")
}

func writeControlWithdrawals(b []byte, v *duty.ControlWithdrawals) []byte {
	if v.Permille.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.Permille.V))
	} else {
		b = append(b, 0)
	}
	if len(v.Causes) > 0 {
		b = appendLong(b, int64(len(v.Causes)))
		for i := range v.Causes {
			b = appendEnum(b, uint8(v.Causes[i]), 9)
		}
	}
	b = append(b, 0)
	if v.ExposureP50Ms.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.ExposureP50Ms.V))
	} else {
		b = append(b, 0)
	}
	if v.ExposureP90Ms.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.ExposureP90Ms.V))
	} else {
		b = append(b, 0)
	}
	if v.LagP90Ms.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.LagP90Ms.V))
	} else {
		b = append(b, 0)
	}
	if v.LagMaxMs.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.LagMaxMs.V))
	} else {
		b = append(b, 0)
	}
	return b
}

func readControlWithdrawals(r *reader, v *duty.ControlWithdrawals) {
	if v.Permille.OK = r.present("permille"); v.Permille.OK {
		v.Permille.V = int32(r.int("permille"))
	} else {
		v.Permille = duty.Opt[int32]{}
	}
	v.Causes = nil
	for n := r.block("causes", 1); n > 0; n = r.block("causes", 1) {
		v.Causes = grow(v.Causes, n)
		for range n {
			var x duty.RecallCause
			x = duty.RecallCause(r.enum("causes", 9))
			v.Causes = append(v.Causes, x)
		}
	}
	if v.ExposureP50Ms.OK = r.present("exposure_p50_ms"); v.ExposureP50Ms.OK {
		v.ExposureP50Ms.V = int64(r.long("exposure_p50_ms"))
	} else {
		v.ExposureP50Ms = duty.Opt[int64]{}
	}
	if v.ExposureP90Ms.OK = r.present("exposure_p90_ms"); v.ExposureP90Ms.OK {
		v.ExposureP90Ms.V = int64(r.long("exposure_p90_ms"))
	} else {
		v.ExposureP90Ms = duty.Opt[int64]{}
	}
	if v.LagP90Ms.OK = r.present("lag_p90_ms"); v.LagP90Ms.OK {
		v.LagP90Ms.V = int64(r.long("lag_p90_ms"))
	} else {
		v.LagP90Ms = duty.Opt[int64]{}
	}
	if v.LagMaxMs.OK = r.present("lag_max_ms"); v.LagMaxMs.OK {
		v.LagMaxMs.V = int64(r.long("lag_max_ms"))
	} else {
		v.LagMaxMs = duty.Opt[int64]{}
	}
}

func writeCorroboration(b []byte, v *duty.Corroboration) []byte {
	b = appendEnum(b, uint8(v.Code), 9)
	if len(v.Refs) > 0 {
		b = appendLong(b, int64(len(v.Refs)))
		for i := range v.Refs {
			b = appendString(b, v.Refs[i])
		}
	}
	b = append(b, 0)
	return b
}

func readCorroboration(r *reader, v *duty.Corroboration) {
	v.Code = duty.CorroborationCode(r.enum("code", 9))
	v.Refs = nil
	for n := r.block("refs", 1); n > 0; n = r.block("refs", 1) {
		v.Refs = grow(v.Refs, n)
		for range n {
			var x string
			x = r.str("refs")
			v.Refs = append(v.Refs, x)
		}
	}
}

func writeDetail(b []byte, v *duty.Detail) []byte {
	b = appendString(b, v.Name)
	b = appendString(b, v.Value)
	return b
}

func readDetail(r *reader, v *duty.Detail) {
	v.Name = r.str("name")
	v.Value = r.str("value")
}

func writeDetention(b []byte, v *duty.Detention) []byte {
	b = appendBool(b, v.Available)
	if v.Reason.OK {
		b = append(b, 2)
		b = appendString(b, v.Reason.V)
	} else {
		b = append(b, 0)
	}
	b = appendLong(b, int64(v.Reference))
	b = appendLong(b, int64(v.PrimaryMonths))
	if len(v.Windows) > 0 {
		b = appendLong(b, int64(len(v.Windows)))
		for i := range v.Windows {
			b = writeDetentionWindow(b, &v.Windows[i])
		}
	}
	b = append(b, 0)
	return b
}

func readDetention(r *reader, v *duty.Detention) {
	v.Available = r.boolean("available")
	if v.Reason.OK = r.present("reason"); v.Reason.OK {
		v.Reason.V = r.str("reason")
	} else {
		v.Reason = duty.Opt[string]{}
	}
	v.Reference = duty.Instant(r.long("reference"))
	v.PrimaryMonths = int32(r.int("primary_months"))
	v.Windows = nil
	for n := r.block("windows", 11); n > 0; n = r.block("windows", 11) {
		v.Windows = grow(v.Windows, n)
		for range n {
			var x duty.DetentionWindow
			if r.err == nil {
				readDetentionWindow(r, &x)
				r.inItem("windows", len(v.Windows))
			}
			v.Windows = append(v.Windows, x)
		}
	}
}

func writeDetentionWindow(b []byte, v *duty.DetentionWindow) []byte {
	b = appendLong(b, int64(v.Months))
	b = appendLong(b, int64(v.FromDate))
	b = appendLong(b, int64(v.ToDate))
	b = writeKindCounts(b, &v.Indicated)
	b = appendLong(b, int64(v.NeedsReview))
	b = appendLong(b, int64(v.Undetermined))
	b = appendLong(b, int64(v.Excluded))
	b = appendLong(b, int64(v.CompliantNights))
	b = appendLong(b, int64(v.CompliantReports))
	return b
}

func readDetentionWindow(r *reader, v *duty.DetentionWindow) {
	v.Months = int32(r.int("months"))
	v.FromDate = duty.Date(r.int("from_date"))
	v.ToDate = duty.Date(r.int("to_date"))
	if r.err == nil {
		readKindCounts(r, &v.Indicated)
		r.in("indicated")
	}
	v.NeedsReview = int32(r.int("needs_review"))
	v.Undetermined = int32(r.int("undetermined"))
	v.Excluded = int32(r.int("excluded"))
	v.CompliantNights = int32(r.int("compliant_nights"))
	v.CompliantReports = int32(r.int("compliant_reports"))
}

func writeEvidence(b []byte, v *duty.Evidence) []byte {
	b = appendString(b, v.Topic)
	if v.Partition.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.Partition.V))
	} else {
		b = append(b, 0)
	}
	if v.Offset.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.Offset.V))
	} else {
		b = append(b, 0)
	}
	b = appendString(b, v.ID)
	b = appendEnum(b, uint8(v.Role), 5)
	b = appendLong(b, int64(v.At))
	b = appendLong(b, int64(v.ReceivedAt))
	return b
}

func readEvidence(r *reader, v *duty.Evidence) {
	v.Topic = r.str("topic")
	if v.Partition.OK = r.present("partition"); v.Partition.OK {
		v.Partition.V = int32(r.int("partition"))
	} else {
		v.Partition = duty.Opt[int32]{}
	}
	if v.Offset.OK = r.present("offset"); v.Offset.OK {
		v.Offset.V = int64(r.long("offset"))
	} else {
		v.Offset = duty.Opt[int64]{}
	}
	v.ID = r.str("id")
	v.Role = duty.EvidenceRole(r.enum("role", 5))
	v.At = duty.Instant(r.long("at"))
	v.ReceivedAt = duty.Instant(r.long("received_at"))
}

func writeExclusionRef(b []byte, v *duty.ExclusionRef) []byte {
	b = appendString(b, v.ExclusionID)
	b = appendLong(b, int64(v.FromDate))
	b = appendLong(b, int64(v.ToDate))
	b = appendEnum(b, uint8(v.Status), 3)
	b = appendBool(b, v.Overlaps)
	return b
}

func readExclusionRef(r *reader, v *duty.ExclusionRef) {
	v.ExclusionID = r.str("exclusion_id")
	v.FromDate = duty.Date(r.int("from_date"))
	v.ToDate = duty.Date(r.int("to_date"))
	v.Status = duty.ExclusionStatus(r.enum("status", 3))
	v.Overlaps = r.boolean("overlaps")
}

func writeIncidentRef(b []byte, v *duty.IncidentRef) []byte {
	b = appendString(b, v.IncidentID)
	b = appendLong(b, int64(v.From))
	if v.To.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.To.V))
	} else {
		b = append(b, 0)
	}
	b = appendEnum(b, uint8(v.FormsStatus), 3)
	b = appendEnum(b, uint8(v.Effect), 4)
	return b
}

func readIncidentRef(r *reader, v *duty.IncidentRef) {
	v.IncidentID = r.str("incident_id")
	v.From = duty.Instant(r.long("from"))
	if v.To.OK = r.present("to"); v.To.OK {
		v.To.V = duty.Instant(r.long("to"))
	} else {
		v.To = duty.Opt[duty.Instant]{}
	}
	v.FormsStatus = duty.FormsStatus(r.enum("forms_status", 3))
	v.Effect = duty.IncidentEffect(r.enum("effect", 4))
}

func writeKindCounts(b []byte, v *duty.KindCounts) []byte {
	b = appendLong(b, int64(v.Stay))
	b = appendLong(b, int64(v.Notify))
	b = appendLong(b, int64(v.Report))
	return b
}

func readKindCounts(r *reader, v *duty.KindCounts) {
	v.Stay = int32(r.int("STAY"))
	v.Notify = int32(r.int("NOTIFY"))
	v.Report = int32(r.int("REPORT"))
}

func writeLedgerUnit(b []byte, v *duty.LedgerUnit) []byte {
	b = appendEnum(b, uint8(v.Kind), 4)
	b = appendLong(b, int64(v.UnitDate))
	b = appendEnum(b, uint8(v.Outcome), 9)
	if v.Instant.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.Instant.V))
	} else {
		b = append(b, 0)
	}
	if len(v.Caveats) > 0 {
		b = appendLong(b, int64(len(v.Caveats)))
		for i := range v.Caveats {
			b = appendString(b, v.Caveats[i])
		}
	}
	b = append(b, 0)
	if len(v.Rules) > 0 {
		b = appendLong(b, int64(len(v.Rules)))
		for i := range v.Rules {
			b = appendString(b, v.Rules[i])
		}
	}
	b = append(b, 0)
	b = appendString(b, v.PolicyVersion)
	return b
}

func readLedgerUnit(r *reader, v *duty.LedgerUnit) {
	v.Kind = duty.Kind(r.enum("kind", 4))
	v.UnitDate = duty.Date(r.int("unit_date"))
	v.Outcome = duty.Outcome(r.enum("outcome", 9))
	if v.Instant.OK = r.present("instant"); v.Instant.OK {
		v.Instant.V = duty.Instant(r.long("instant"))
	} else {
		v.Instant = duty.Opt[duty.Instant]{}
	}
	v.Caveats = nil
	for n := r.block("caveats", 1); n > 0; n = r.block("caveats", 1) {
		v.Caveats = grow(v.Caveats, n)
		for range n {
			var x string
			x = r.str("caveats")
			v.Caveats = append(v.Caveats, x)
		}
	}
	v.Rules = nil
	for n := r.block("rules", 1); n > 0; n = r.block("rules", 1) {
		v.Rules = grow(v.Rules, n)
		for range n {
			var x string
			x = r.str("rules")
			v.Rules = append(v.Rules, x)
		}
	}
	v.PolicyVersion = r.str("policy_version")
}

func writeMonthCount(b []byte, v *duty.MonthCount) []byte {
	b = appendString(b, v.Month)
	b = appendEnum(b, uint8(v.Kind), 4)
	b = appendLong(b, int64(v.Indicated))
	b = appendLong(b, int64(v.NeedsReview))
	b = appendLong(b, int64(v.Withdrawn))
	b = appendLong(b, int64(v.Undetermined))
	b = appendLong(b, int64(v.Excluded))
	return b
}

func readMonthCount(r *reader, v *duty.MonthCount) {
	v.Month = r.str("month")
	v.Kind = duty.Kind(r.enum("kind", 4))
	v.Indicated = int32(r.int("indicated"))
	v.NeedsReview = int32(r.int("needs_review"))
	v.Withdrawn = int32(r.int("withdrawn"))
	v.Undetermined = int32(r.int("undetermined"))
	v.Excluded = int32(r.int("excluded"))
}

func writeNoticeConsidered(b []byte, v *duty.NoticeConsidered) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.At))
	b = appendBool(b, v.Used)
	b = appendEnum(b, uint8(v.Reason), 9)
	return b
}

func readNoticeConsidered(r *reader, v *duty.NoticeConsidered) {
	v.ID = r.str("id")
	v.At = duty.Instant(r.long("at"))
	v.Used = r.boolean("used")
	v.Reason = duty.NoticeReason(r.enum("reason", 9))
}

func writeOpenUnit(b []byte, v *duty.OpenUnit) []byte {
	b = appendEnum(b, uint8(v.Kind), 4)
	b = appendLong(b, int64(v.UnitDate))
	return b
}

func readOpenUnit(r *reader, v *duty.OpenUnit) {
	v.Kind = duty.Kind(r.enum("kind", 4))
	v.UnitDate = duty.Date(r.int("unit_date"))
}

func writePattern(b []byte, v *duty.Pattern) []byte {
	b = appendLong(b, int64(v.Present))
	b = appendLong(b, int64(v.Absent))
	b = appendLong(b, int64(v.Undetermined))
	b = appendLong(b, int64(v.Other))
	return b
}

func readPattern(r *reader, v *duty.Pattern) {
	v.Present = int32(r.int("present"))
	v.Absent = int32(r.int("absent"))
	v.Undetermined = int32(r.int("undetermined"))
	v.Other = int32(r.int("other"))
}

func writePermissionConsidered(b []byte, v *duty.PermissionConsidered) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.At))
	b = appendBool(b, v.Used)
	b = appendEnum(b, uint8(v.Reason), 10)
	return b
}

func readPermissionConsidered(r *reader, v *duty.PermissionConsidered) {
	v.ID = r.str("id")
	v.At = duty.Instant(r.long("at"))
	v.Used = r.boolean("used")
	v.Reason = duty.PermissionReason(r.enum("reason", 10))
}

func writeRecallConsumer(b []byte, v *duty.RecallConsumer) []byte {
	b = appendString(b, v.Consumer)
	b = appendLong(b, int64(v.Acknowledged))
	b = appendLong(b, int64(v.Open))
	return b
}

func readRecallConsumer(r *reader, v *duty.RecallConsumer) {
	v.Consumer = r.str("consumer")
	v.Acknowledged = int32(r.int("acknowledged"))
	v.Open = int32(r.int("open"))
}

func writeRecallFiled(b []byte, v *duty.RecallFiled) []byte {
	b = appendString(b, v.UnitID)
	b = appendString(b, v.HandlingID)
	if v.DocumentRef.OK {
		b = append(b, 2)
		b = appendString(b, v.DocumentRef.V)
	} else {
		b = append(b, 0)
	}
	b = appendLong(b, int64(v.FiledAt))
	if v.RecalledAt.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.RecalledAt.V))
	} else {
		b = append(b, 0)
	}
	return b
}

func readRecallFiled(r *reader, v *duty.RecallFiled) {
	v.UnitID = r.str("unit_id")
	v.HandlingID = r.str("handling_id")
	if v.DocumentRef.OK = r.present("document_ref"); v.DocumentRef.OK {
		v.DocumentRef.V = r.str("document_ref")
	} else {
		v.DocumentRef = duty.Opt[string]{}
	}
	v.FiledAt = duty.Instant(r.long("filed_at"))
	if v.RecalledAt.OK = r.present("recalled_at"); v.RecalledAt.OK {
		v.RecalledAt.V = duty.Instant(r.long("recalled_at"))
	} else {
		v.RecalledAt = duty.Opt[duty.Instant]{}
	}
}

func writeSanctionLine(b []byte, v *duty.SanctionLine) []byte {
	b = appendEnum(b, uint8(v.Regime), 6)
	b = appendString(b, v.Table)
	if v.Month.OK {
		b = append(b, 2)
		b = appendString(b, v.Month.V)
	} else {
		b = append(b, 0)
	}
	b = appendLong(b, int64(v.Count))
	b = appendLong(b, int64(v.Column))
	if v.Cell.OK {
		b = append(b, 2)
		b = appendString(b, v.Cell.V)
	} else {
		b = append(b, 0)
	}
	if v.Over30Days.OK {
		b = append(b, 2)
		b = appendBool(b, v.Over30Days.V)
	} else {
		b = append(b, 0)
	}
	if len(v.Flags) > 0 {
		b = appendLong(b, int64(len(v.Flags)))
		for i := range v.Flags {
			b = appendEnum(b, uint8(v.Flags[i]), 8)
		}
	}
	b = append(b, 0)
	return b
}

func readSanctionLine(r *reader, v *duty.SanctionLine) {
	v.Regime = duty.Regime(r.enum("regime", 6))
	v.Table = r.str("table")
	if v.Month.OK = r.present("month"); v.Month.OK {
		v.Month.V = r.str("month")
	} else {
		v.Month = duty.Opt[string]{}
	}
	v.Count = int32(r.int("count"))
	v.Column = int32(r.int("column"))
	if v.Cell.OK = r.present("cell"); v.Cell.OK {
		v.Cell.V = r.str("cell")
	} else {
		v.Cell = duty.Opt[string]{}
	}
	if v.Over30Days.OK = r.present("over_30_days"); v.Over30Days.OK {
		v.Over30Days.V = r.boolean("over_30_days")
	} else {
		v.Over30Days = duty.Opt[bool]{}
	}
	v.Flags = nil
	for n := r.block("flags", 1); n > 0; n = r.block("flags", 1) {
		v.Flags = grow(v.Flags, n)
		for range n {
			var x duty.SanctionFlag
			x = duty.SanctionFlag(r.enum("flags", 8))
			v.Flags = append(v.Flags, x)
		}
	}
}

func writeSchedule(b []byte, v *duty.Schedule) []byte {
	b = appendEnum(b, uint8(v.Type), 5)
	if len(v.Weekdays) > 0 {
		b = appendLong(b, int64(len(v.Weekdays)))
		for i := range v.Weekdays {
			b = appendEnum(b, uint8(v.Weekdays[i]), 8)
		}
	}
	b = append(b, 0)
	b = appendLong(b, int64(v.QuotaPerWeek))
	if len(v.Dates) > 0 {
		b = appendLong(b, int64(len(v.Dates)))
		for i := range v.Dates {
			b = appendLong(b, int64(v.Dates[i]))
		}
	}
	b = append(b, 0)
	if v.WindowFrom.OK {
		b = append(b, 2)
		b = appendString(b, v.WindowFrom.V)
	} else {
		b = append(b, 0)
	}
	if v.WindowTo.OK {
		b = append(b, 2)
		b = appendString(b, v.WindowTo.V)
	} else {
		b = append(b, 0)
	}
	return b
}

func readSchedule(r *reader, v *duty.Schedule) {
	v.Type = duty.ScheduleType(r.enum("type", 5))
	v.Weekdays = nil
	for n := r.block("weekdays", 1); n > 0; n = r.block("weekdays", 1) {
		v.Weekdays = grow(v.Weekdays, n)
		for range n {
			var x duty.Weekday
			x = duty.Weekday(r.enum("weekdays", 8))
			v.Weekdays = append(v.Weekdays, x)
		}
	}
	v.QuotaPerWeek = int32(r.int("quota_per_week"))
	v.Dates = nil
	for n := r.block("dates", 1); n > 0; n = r.block("dates", 1) {
		v.Dates = grow(v.Dates, n)
		for range n {
			var x duty.Date
			x = duty.Date(r.int("dates"))
			v.Dates = append(v.Dates, x)
		}
	}
	if v.WindowFrom.OK = r.present("window_from"); v.WindowFrom.OK {
		v.WindowFrom.V = r.str("window_from")
	} else {
		v.WindowFrom = duty.Opt[string]{}
	}
	if v.WindowTo.OK = r.present("window_to"); v.WindowTo.OK {
		v.WindowTo.V = r.str("window_to")
	} else {
		v.WindowTo = duty.Opt[string]{}
	}
}

func writeSection143(b []byte, v *duty.Section143) []byte {
	if len(v.DutiesImposed) > 0 {
		b = appendLong(b, int64(len(v.DutiesImposed)))
		for i := range v.DutiesImposed {
			b = appendString(b, v.DutiesImposed[i])
		}
	}
	b = append(b, 0)
	if len(v.MonthsWithoutPresence) > 0 {
		b = appendLong(b, int64(len(v.MonthsWithoutPresence)))
		for i := range v.MonthsWithoutPresence {
			b = appendString(b, v.MonthsWithoutPresence[i])
		}
	}
	b = append(b, 0)
	b = appendLong(b, int64(v.DaysWithThree))
	b = appendLong(b, int64(v.Days))
	b = appendLong(b, int64(v.Convictions))
	return b
}

func readSection143(r *reader, v *duty.Section143) {
	v.DutiesImposed = nil
	for n := r.block("duties_imposed", 1); n > 0; n = r.block("duties_imposed", 1) {
		v.DutiesImposed = grow(v.DutiesImposed, n)
		for range n {
			var x string
			x = r.str("duties_imposed")
			v.DutiesImposed = append(v.DutiesImposed, x)
		}
	}
	v.MonthsWithoutPresence = nil
	for n := r.block("months_without_presence", 1); n > 0; n = r.block("months_without_presence", 1) {
		v.MonthsWithoutPresence = grow(v.MonthsWithoutPresence, n)
		for range n {
			var x string
			x = r.str("months_without_presence")
			v.MonthsWithoutPresence = append(v.MonthsWithoutPresence, x)
		}
	}
	v.DaysWithThree = int32(r.int("days_with_three"))
	v.Days = int32(r.int("days"))
	v.Convictions = int32(r.int("convictions"))
}

func writeSupervisionRef(b []byte, v *duty.SupervisionRef) []byte {
	b = appendString(b, v.ResultRef)
	b = appendLong(b, int64(v.FromDate))
	b = appendLong(b, int64(v.ToDate))
	b = appendBool(b, v.Remarks)
	return b
}

func readSupervisionRef(r *reader, v *duty.SupervisionRef) {
	v.ResultRef = r.str("result_ref")
	v.FromDate = duty.Date(r.int("from_date"))
	v.ToDate = duty.Date(r.int("to_date"))
	v.Remarks = r.boolean("remarks")
}

func writeAcknowledgement(b []byte, v *duty.Acknowledgement) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	b = appendString(b, v.Consumer)
	b = appendString(b, v.UnitID)
	b = appendLong(b, int64(v.Revision))
	b = appendString(b, v.PersonID)
	b = appendLong(b, int64(v.At))
	return b
}

func readAcknowledgement(r *reader, v *duty.Acknowledgement) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	v.Consumer = r.str("consumer")
	v.UnitID = r.str("unit_id")
	v.Revision = int32(r.int("revision"))
	v.PersonID = r.str("person_id")
	v.At = duty.Instant(r.long("at"))
}

func writeCardAssignment(b []byte, v *duty.CardAssignment) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	b = appendString(b, v.CardID)
	b = appendString(b, v.PersonID)
	b = appendEnum(b, uint8(v.CardType), 4)
	b = appendLong(b, int64(v.ValidFrom))
	if v.ValidTo.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.ValidTo.V))
	} else {
		b = append(b, 0)
	}
	b = appendEnum(b, uint8(v.AntiPassback), 3)
	b = appendEnum(b, uint8(v.Created), 3)
	return b
}

func readCardAssignment(r *reader, v *duty.CardAssignment) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	v.CardID = r.str("card_id")
	v.PersonID = r.str("person_id")
	v.CardType = duty.CardType(r.enum("card_type", 4))
	v.ValidFrom = duty.Instant(r.long("valid_from"))
	if v.ValidTo.OK = r.present("valid_to"); v.ValidTo.OK {
		v.ValidTo.V = duty.Instant(r.long("valid_to"))
	} else {
		v.ValidTo = duty.Opt[duty.Instant]{}
	}
	v.AntiPassback = duty.AntiPassback(r.anyEnum("anti_passback", 3))
	v.Created = duty.CardCreation(r.enum("created", 3))
}

func writeCardEvent(b []byte, v *duty.CardEvent) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	if v.SourceSeq.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.SourceSeq.V))
	} else {
		b = append(b, 0)
	}
	b = appendLong(b, int64(v.SourceEpoch))
	if v.PersonID.OK {
		b = append(b, 2)
		b = appendString(b, v.PersonID.V)
	} else {
		b = append(b, 0)
	}
	b = appendString(b, v.CardID)
	b = appendEnum(b, uint8(v.CardType), 4)
	b = appendString(b, v.CentreID)
	b = appendString(b, v.DeviceID)
	b = appendEnum(b, uint8(v.DeviceType), 6)
	b = appendEnum(b, uint8(v.Kind), 4)
	if v.Direction.OK {
		b = append(b, 2)
		b = appendEnum(b, uint8(v.Direction.V), 3)
	} else {
		b = append(b, 0)
	}
	b = appendEnum(b, uint8(v.Scan), 4)
	b = appendLong(b, int64(v.OccurredAt))
	return b
}

func readCardEvent(r *reader, v *duty.CardEvent) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	if v.SourceSeq.OK = r.present("source_seq"); v.SourceSeq.OK {
		v.SourceSeq.V = int64(r.long("source_seq"))
	} else {
		v.SourceSeq = duty.Opt[int64]{}
	}
	v.SourceEpoch = int64(r.long("source_epoch"))
	if v.PersonID.OK = r.present("person_id"); v.PersonID.OK {
		v.PersonID.V = r.str("person_id")
	} else {
		v.PersonID = duty.Opt[string]{}
	}
	v.CardID = r.str("card_id")
	v.CardType = duty.CardType(r.enum("card_type", 4))
	v.CentreID = r.str("centre_id")
	v.DeviceID = r.str("device_id")
	v.DeviceType = duty.DeviceType(r.enum("device_type", 6))
	v.Kind = duty.CardEventKind(r.enum("kind", 4))
	if v.Direction.OK = r.present("direction"); v.Direction.OK {
		v.Direction.V = duty.Direction(r.enum("direction", 3))
	} else {
		v.Direction = duty.Opt[duty.Direction]{}
	}
	v.Scan = duty.Scan(r.enum("scan", 4))
	v.OccurredAt = duty.Instant(r.long("occurred_at"))
}

func writeCaseSummary(b []byte, v *duty.CaseSummary) []byte {
	b = appendString(b, v.PersonID)
	if v.Group.OK {
		b = append(b, 2)
		b = appendEnum(b, uint8(v.Group.V), 7)
	} else {
		b = append(b, 0)
	}
	b = appendLong(b, int64(v.PriorConvictions))
	b = appendLong(b, int64(v.Time))
	if len(v.Months) > 0 {
		b = appendLong(b, int64(len(v.Months)))
		for i := range v.Months {
			b = writeMonthCount(b, &v.Months[i])
		}
	}
	b = append(b, 0)
	if len(v.Sanction) > 0 {
		b = appendLong(b, int64(len(v.Sanction)))
		for i := range v.Sanction {
			b = writeSanctionLine(b, &v.Sanction[i])
		}
	}
	b = append(b, 0)
	if v.Detention.OK {
		b = append(b, 2)
		b = writeDetention(b, &v.Detention.V)
	} else {
		b = append(b, 0)
	}
	if v.Section143.OK {
		b = append(b, 2)
		b = writeSection143(b, &v.Section143.V)
	} else {
		b = append(b, 0)
	}
	return b
}

func readCaseSummary(r *reader, v *duty.CaseSummary) {
	v.PersonID = r.str("person_id")
	if v.Group.OK = r.present("group"); v.Group.OK {
		v.Group.V = duty.Group(r.enum("group", 7))
	} else {
		v.Group = duty.Opt[duty.Group]{}
	}
	v.PriorConvictions = int32(r.int("prior_convictions"))
	v.Time = int32(r.int("time"))
	v.Months = nil
	for n := r.block("months", 7); n > 0; n = r.block("months", 7) {
		v.Months = grow(v.Months, n)
		for range n {
			var x duty.MonthCount
			if r.err == nil {
				readMonthCount(r, &x)
				r.inItem("months", len(v.Months))
			}
			v.Months = append(v.Months, x)
		}
	}
	v.Sanction = nil
	for n := r.block("sanction", 8); n > 0; n = r.block("sanction", 8) {
		v.Sanction = grow(v.Sanction, n)
		for range n {
			var x duty.SanctionLine
			if r.err == nil {
				readSanctionLine(r, &x)
				r.inItem("sanction", len(v.Sanction))
			}
			v.Sanction = append(v.Sanction, x)
		}
	}
	if v.Detention.OK = r.present("detention"); v.Detention.OK {
		if r.err == nil {
			readDetention(r, &v.Detention.V)
			r.in("detention")
		}
	} else {
		v.Detention = duty.Opt[duty.Detention]{}
	}
	if v.Section143.OK = r.present("section_143"); v.Section143.OK {
		if r.err == nil {
			readSection143(r, &v.Section143.V)
			r.in("section_143")
		}
	} else {
		v.Section143 = duty.Opt[duty.Section143]{}
	}
}

func writeChangeMark(b []byte, v *duty.ChangeMark) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	b = appendString(b, v.System)
	b = appendLong(b, int64(v.At))
	b = appendString(b, v.Description)
	return b
}

func readChangeMark(r *reader, v *duty.ChangeMark) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	v.System = r.str("system")
	v.At = duty.Instant(r.long("at"))
	v.Description = r.str("description")
}

func writeControlActionTaken(b []byte, v *duty.ControlActionTaken) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	b = appendString(b, v.CentreID)
	b = appendEnum(b, uint8(v.Control), 14)
	b = appendLong(b, int64(v.At))
	b = appendEnum(b, uint8(v.Kind), 5)
	b = appendBool(b, v.Ok)
	if v.DurationMs.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.DurationMs.V))
	} else {
		b = append(b, 0)
	}
	if v.Ref.OK {
		b = append(b, 2)
		b = appendString(b, v.Ref.V)
	} else {
		b = append(b, 0)
	}
	return b
}

func readControlActionTaken(r *reader, v *duty.ControlActionTaken) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	v.CentreID = r.str("centre_id")
	v.Control = duty.ControlName(r.enum("control", 14))
	v.At = duty.Instant(r.long("at"))
	v.Kind = duty.ControlActionKind(r.enum("kind", 5))
	v.Ok = r.boolean("ok")
	if v.DurationMs.OK = r.present("duration_ms"); v.DurationMs.OK {
		v.DurationMs.V = int64(r.long("duration_ms"))
	} else {
		v.DurationMs = duty.Opt[int64]{}
	}
	if v.Ref.OK = r.present("ref"); v.Ref.OK {
		v.Ref.V = r.str("ref")
	} else {
		v.Ref = duty.Opt[string]{}
	}
}

func writeControlReport(b []byte, v *duty.ControlReport) []byte {
	b = appendString(b, v.CentreID)
	b = appendString(b, v.Period)
	b = appendLong(b, int64(v.From))
	b = appendLong(b, int64(v.To))
	b = appendLong(b, int64(v.AsOf))
	b = appendBool(b, v.Final)
	if len(v.PolicyVersions) > 0 {
		b = appendLong(b, int64(len(v.PolicyVersions)))
		for i := range v.PolicyVersions {
			b = appendString(b, v.PolicyVersions[i])
		}
	}
	b = append(b, 0)
	if len(v.Sources) > 0 {
		b = appendLong(b, int64(len(v.Sources)))
		for i := range v.Sources {
			b = writeControlSource(b, &v.Sources[i])
		}
	}
	b = append(b, 0)
	if len(v.Incidents) > 0 {
		b = appendLong(b, int64(len(v.Incidents)))
		for i := range v.Incidents {
			b = writeControlIncidents(b, &v.Incidents[i])
		}
	}
	b = append(b, 0)
	if len(v.Losses) > 0 {
		b = appendLong(b, int64(len(v.Losses)))
		for i := range v.Losses {
			b = writeControlLoss(b, &v.Losses[i])
		}
	}
	b = append(b, 0)
	if len(v.Settlements) > 0 {
		b = appendLong(b, int64(len(v.Settlements)))
		for i := range v.Settlements {
			b = writeControlSettlement(b, &v.Settlements[i])
		}
	}
	b = append(b, 0)
	b = writeControlReconciliations(b, &v.Reconciliations)
	b = writeControlCoverage(b, &v.Coverage)
	b = writeControlWithdrawals(b, &v.Withdrawals)
	b = writeControlRecalls(b, &v.Recalls)
	b = writeControlDeadLetters(b, &v.DeadLetters)
	b = writeControlIdentity(b, &v.Identity)
	if len(v.Quality) > 0 {
		b = appendLong(b, int64(len(v.Quality)))
		for i := range v.Quality {
			b = writeControlQuality(b, &v.Quality[i])
		}
	}
	b = append(b, 0)
	if len(v.Supervision) > 0 {
		b = appendLong(b, int64(len(v.Supervision)))
		for i := range v.Supervision {
			b = writeControlSupervision(b, &v.Supervision[i])
		}
	}
	b = append(b, 0)
	if len(v.Changes) > 0 {
		b = appendLong(b, int64(len(v.Changes)))
		for i := range v.Changes {
			b = writeControlChange(b, &v.Changes[i])
		}
	}
	b = append(b, 0)
	b = writeControlHandled(b, &v.Handled)
	if len(v.Controls) > 0 {
		b = appendLong(b, int64(len(v.Controls)))
		for i := range v.Controls {
			b = writeControlLine(b, &v.Controls[i])
		}
	}
	b = append(b, 0)
	if len(v.Actions) > 0 {
		b = appendLong(b, int64(len(v.Actions)))
		for i := range v.Actions {
			b = writeControlAction(b, &v.Actions[i])
		}
	}
	b = append(b, 0)
	return b
}

func readControlReport(r *reader, v *duty.ControlReport) {
	v.CentreID = r.str("centre_id")
	v.Period = r.str("period")
	v.From = duty.Instant(r.long("from"))
	v.To = duty.Instant(r.long("to"))
	v.AsOf = duty.Instant(r.long("as_of"))
	v.Final = r.boolean("final")
	v.PolicyVersions = nil
	for n := r.block("policy_versions", 1); n > 0; n = r.block("policy_versions", 1) {
		v.PolicyVersions = grow(v.PolicyVersions, n)
		for range n {
			var x string
			x = r.str("policy_versions")
			v.PolicyVersions = append(v.PolicyVersions, x)
		}
	}
	v.Sources = nil
	for n := r.block("sources", 11); n > 0; n = r.block("sources", 11) {
		v.Sources = grow(v.Sources, n)
		for range n {
			var x duty.ControlSource
			if r.err == nil {
				readControlSource(r, &x)
				r.inItem("sources", len(v.Sources))
			}
			v.Sources = append(v.Sources, x)
		}
	}
	v.Incidents = nil
	for n := r.block("incidents", 10); n > 0; n = r.block("incidents", 10) {
		v.Incidents = grow(v.Incidents, n)
		for range n {
			var x duty.ControlIncidents
			if r.err == nil {
				readControlIncidents(r, &x)
				r.inItem("incidents", len(v.Incidents))
			}
			v.Incidents = append(v.Incidents, x)
		}
	}
	v.Losses = nil
	for n := r.block("losses", 11); n > 0; n = r.block("losses", 11) {
		v.Losses = grow(v.Losses, n)
		for range n {
			var x duty.ControlLoss
			if r.err == nil {
				readControlLoss(r, &x)
				r.inItem("losses", len(v.Losses))
			}
			v.Losses = append(v.Losses, x)
		}
	}
	v.Settlements = nil
	for n := r.block("settlements", 8); n > 0; n = r.block("settlements", 8) {
		v.Settlements = grow(v.Settlements, n)
		for range n {
			var x duty.ControlSettlement
			if r.err == nil {
				readControlSettlement(r, &x)
				r.inItem("settlements", len(v.Settlements))
			}
			v.Settlements = append(v.Settlements, x)
		}
	}
	if r.err == nil {
		readControlReconciliations(r, &v.Reconciliations)
		r.in("reconciliations")
	}
	if r.err == nil {
		readControlCoverage(r, &v.Coverage)
		r.in("coverage")
	}
	if r.err == nil {
		readControlWithdrawals(r, &v.Withdrawals)
		r.in("withdrawals")
	}
	if r.err == nil {
		readControlRecalls(r, &v.Recalls)
		r.in("recalls")
	}
	if r.err == nil {
		readControlDeadLetters(r, &v.DeadLetters)
		r.in("dead_letters")
	}
	if r.err == nil {
		readControlIdentity(r, &v.Identity)
		r.in("identity")
	}
	v.Quality = nil
	for n := r.block("quality", 3); n > 0; n = r.block("quality", 3) {
		v.Quality = grow(v.Quality, n)
		for range n {
			var x duty.ControlQuality
			if r.err == nil {
				readControlQuality(r, &x)
				r.inItem("quality", len(v.Quality))
			}
			v.Quality = append(v.Quality, x)
		}
	}
	v.Supervision = nil
	for n := r.block("supervision", 4); n > 0; n = r.block("supervision", 4) {
		v.Supervision = grow(v.Supervision, n)
		for range n {
			var x duty.ControlSupervision
			if r.err == nil {
				readControlSupervision(r, &x)
				r.inItem("supervision", len(v.Supervision))
			}
			v.Supervision = append(v.Supervision, x)
		}
	}
	v.Changes = nil
	for n := r.block("changes", 3); n > 0; n = r.block("changes", 3) {
		v.Changes = grow(v.Changes, n)
		for range n {
			var x duty.ControlChange
			if r.err == nil {
				readControlChange(r, &x)
				r.inItem("changes", len(v.Changes))
			}
			v.Changes = append(v.Changes, x)
		}
	}
	if r.err == nil {
		readControlHandled(r, &v.Handled)
		r.in("handled")
	}
	v.Controls = nil
	for n := r.block("controls", 6); n > 0; n = r.block("controls", 6) {
		v.Controls = grow(v.Controls, n)
		for range n {
			var x duty.ControlLine
			if r.err == nil {
				readControlLine(r, &x)
				r.inItem("controls", len(v.Controls))
			}
			v.Controls = append(v.Controls, x)
		}
	}
	v.Actions = nil
	for n := r.block("actions", 6); n > 0; n = r.block("actions", 6) {
		v.Actions = grow(v.Actions, n)
		for range n {
			var x duty.ControlAction
			if r.err == nil {
				readControlAction(r, &x)
				r.inItem("actions", len(v.Actions))
			}
			v.Actions = append(v.Actions, x)
		}
	}
}

func writeConviction(b []byte, v *duty.Conviction) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	b = appendString(b, v.PersonID)
	b = appendLong(b, int64(v.DecidedAt))
	b = appendString(b, v.Statute)
	if v.Breaches.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.Breaches.V))
	} else {
		b = append(b, 0)
	}
	if v.CoversFromDate.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.CoversFromDate.V))
	} else {
		b = append(b, 0)
	}
	if v.CoversToDate.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.CoversToDate.V))
	} else {
		b = append(b, 0)
	}
	return b
}

func readConviction(r *reader, v *duty.Conviction) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	v.PersonID = r.str("person_id")
	v.DecidedAt = duty.Instant(r.long("decided_at"))
	v.Statute = r.str("statute")
	if v.Breaches.OK = r.present("breaches"); v.Breaches.OK {
		v.Breaches.V = int32(r.int("breaches"))
	} else {
		v.Breaches = duty.Opt[int32]{}
	}
	if v.CoversFromDate.OK = r.present("covers_from_date"); v.CoversFromDate.OK {
		v.CoversFromDate.V = duty.Date(r.int("covers_from_date"))
	} else {
		v.CoversFromDate = duty.Opt[duty.Date]{}
	}
	if v.CoversToDate.OK = r.present("covers_to_date"); v.CoversToDate.OK {
		v.CoversToDate.V = duty.Date(r.int("covers_to_date"))
	} else {
		v.CoversToDate = duty.Opt[duty.Date]{}
	}
}

func writeDataQuality(b []byte, v *duty.DataQuality) []byte {
	b = appendString(b, v.ID)
	b = appendEnum(b, uint8(v.Code), 33)
	b = appendString(b, v.Subject)
	b = appendLong(b, int64(v.From))
	if v.To.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.To.V))
	} else {
		b = append(b, 0)
	}
	if len(v.Detail) > 0 {
		b = appendLong(b, int64(len(v.Detail)))
		for i := range v.Detail {
			b = writeDetail(b, &v.Detail[i])
		}
	}
	b = append(b, 0)
	b = appendEnum(b, uint8(v.State), 3)
	if v.ClosedAt.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.ClosedAt.V))
	} else {
		b = append(b, 0)
	}
	return b
}

func readDataQuality(r *reader, v *duty.DataQuality) {
	v.ID = r.str("id")
	v.Code = duty.DataQualityCode(r.enum("code", 33))
	v.Subject = r.str("subject")
	v.From = duty.Instant(r.long("from"))
	if v.To.OK = r.present("to"); v.To.OK {
		v.To.V = duty.Instant(r.long("to"))
	} else {
		v.To = duty.Opt[duty.Instant]{}
	}
	v.Detail = nil
	for n := r.block("detail", 2); n > 0; n = r.block("detail", 2) {
		v.Detail = grow(v.Detail, n)
		for range n {
			var x duty.Detail
			if r.err == nil {
				readDetail(r, &x)
				r.inItem("detail", len(v.Detail))
			}
			v.Detail = append(v.Detail, x)
		}
	}
	v.State = duty.FindingState(r.enum("state", 3))
	if v.ClosedAt.OK = r.present("closed_at"); v.ClosedAt.OK {
		v.ClosedAt.V = duty.Instant(r.long("closed_at"))
	} else {
		v.ClosedAt = duty.Opt[duty.Instant]{}
	}
}

func writeDepartureAssessment(b []byte, v *duty.DepartureAssessment) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	b = appendString(b, v.PersonID)
	b = appendLong(b, int64(v.FromDate))
	b = appendEnum(b, uint8(v.Outcome), 3)
	b = appendLong(b, int64(v.DecidedAt))
	return b
}

func readDepartureAssessment(r *reader, v *duty.DepartureAssessment) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	v.PersonID = r.str("person_id")
	v.FromDate = duty.Date(r.int("from_date"))
	v.Outcome = duty.DepartureOutcome(r.enum("outcome", 3))
	v.DecidedAt = duty.Instant(r.long("decided_at"))
}

func writeExclusion(b []byte, v *duty.Exclusion) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	b = appendString(b, v.ExclusionID)
	b = appendString(b, v.CentreID)
	b = appendLong(b, int64(v.FromDate))
	b = appendLong(b, int64(v.ToDate))
	b = appendEnum(b, uint8(v.Status), 3)
	b = appendString(b, v.Reason)
	b = appendString(b, v.DeclaredBy)
	b = appendString(b, v.ApprovedBy)
	b = appendLong(b, int64(v.DeclaredAt))
	return b
}

func readExclusion(r *reader, v *duty.Exclusion) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	v.ExclusionID = r.str("exclusion_id")
	v.CentreID = r.str("centre_id")
	v.FromDate = duty.Date(r.int("from_date"))
	v.ToDate = duty.Date(r.int("to_date"))
	v.Status = duty.ExclusionStatus(r.enum("status", 3))
	v.Reason = r.str("reason")
	v.DeclaredBy = r.str("declared_by")
	v.ApprovedBy = r.str("approved_by")
	v.DeclaredAt = duty.Instant(r.long("declared_at"))
}

func writeGroupChange(b []byte, v *duty.GroupChange) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	b = appendString(b, v.PersonID)
	b = appendEnum(b, uint8(v.Group), 7)
	b = appendBool(b, v.NonRefoulement)
	b = appendLong(b, int64(v.ValidFrom))
	return b
}

func readGroupChange(r *reader, v *duty.GroupChange) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	v.PersonID = r.str("person_id")
	v.Group = duty.Group(r.enum("group", 7))
	v.NonRefoulement = r.boolean("non_refoulement")
	v.ValidFrom = duty.Instant(r.long("valid_from"))
}

func writeHandling(b []byte, v *duty.Handling) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	b = appendString(b, v.HandlingID)
	b = appendString(b, v.UnitID)
	b = appendString(b, v.PersonID)
	b = appendLong(b, int64(v.Revision))
	b = appendEnum(b, uint8(v.Kind), 8)
	if v.Outcome.OK {
		b = append(b, 2)
		b = appendEnum(b, uint8(v.Outcome.V), 4)
	} else {
		b = append(b, 0)
	}
	if v.DocumentRef.OK {
		b = append(b, 2)
		b = appendString(b, v.DocumentRef.V)
	} else {
		b = append(b, 0)
	}
	b = appendString(b, v.ByRole)
	b = appendLong(b, int64(v.At))
	return b
}

func readHandling(r *reader, v *duty.Handling) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	v.HandlingID = r.str("handling_id")
	v.UnitID = r.str("unit_id")
	v.PersonID = r.str("person_id")
	v.Revision = int32(r.int("revision"))
	v.Kind = duty.HandlingKind(r.enum("kind", 8))
	if v.Outcome.OK = r.present("outcome"); v.Outcome.OK {
		v.Outcome.V = duty.HandlingOutcome(r.enum("outcome", 4))
	} else {
		v.Outcome = duty.Opt[duty.HandlingOutcome]{}
	}
	if v.DocumentRef.OK = r.present("document_ref"); v.DocumentRef.OK {
		v.DocumentRef.V = r.str("document_ref")
	} else {
		v.DocumentRef = duty.Opt[string]{}
	}
	v.ByRole = r.str("by_role")
	v.At = duty.Instant(r.long("at"))
}

func writeHeartbeat(b []byte, v *duty.Heartbeat) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	b = appendString(b, v.SourceID)
	if v.CentreID.OK {
		b = append(b, 2)
		b = appendString(b, v.CentreID.V)
	} else {
		b = append(b, 0)
	}
	b = appendLong(b, int64(v.At))
	b = appendLong(b, int64(v.SourceEpoch))
	if v.LastSeq.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.LastSeq.V))
	} else {
		b = append(b, 0)
	}
	return b
}

func readHeartbeat(r *reader, v *duty.Heartbeat) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	v.SourceID = r.str("source_id")
	if v.CentreID.OK = r.present("centre_id"); v.CentreID.OK {
		v.CentreID.V = r.str("centre_id")
	} else {
		v.CentreID = duty.Opt[string]{}
	}
	v.At = duty.Instant(r.long("at"))
	v.SourceEpoch = int64(r.long("source_epoch"))
	if v.LastSeq.OK = r.present("last_seq"); v.LastSeq.OK {
		v.LastSeq.V = int64(r.long("last_seq"))
	} else {
		v.LastSeq = duty.Opt[int64]{}
	}
}

func writeHold(b []byte, v *duty.Hold) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	b = appendString(b, v.HoldID)
	b = appendString(b, v.PersonID)
	b = appendEnum(b, uint8(v.Kind), 5)
	b = appendLong(b, int64(v.ValidFrom))
	if v.ValidTo.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.ValidTo.V))
	} else {
		b = append(b, 0)
	}
	return b
}

func readHold(r *reader, v *duty.Hold) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	v.HoldID = r.str("hold_id")
	v.PersonID = r.str("person_id")
	v.Kind = duty.HoldKind(r.enum("kind", 5))
	v.ValidFrom = duty.Instant(r.long("valid_from"))
	if v.ValidTo.OK = r.present("valid_to"); v.ValidTo.OK {
		v.ValidTo.V = duty.Instant(r.long("valid_to"))
	} else {
		v.ValidTo = duty.Opt[duty.Instant]{}
	}
}

func writeIdentityLink(b []byte, v *duty.IdentityLink) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	b = appendString(b, v.PersonID)
	b = appendString(b, v.AliasPersonID)
	b = appendEnum(b, uint8(v.Action), 3)
	b = appendLong(b, int64(v.At))
	return b
}

func readIdentityLink(r *reader, v *duty.IdentityLink) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	v.PersonID = r.str("person_id")
	v.AliasPersonID = r.str("alias_person_id")
	v.Action = duty.LinkAction(r.enum("action", 3))
	v.At = duty.Instant(r.long("at"))
}

func writeIncident(b []byte, v *duty.Incident) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	b = appendString(b, v.IncidentID)
	b = appendString(b, v.CentreID)
	if len(v.DeviceIDs) > 0 {
		b = appendLong(b, int64(len(v.DeviceIDs)))
		for i := range v.DeviceIDs {
			b = appendString(b, v.DeviceIDs[i])
		}
	}
	b = append(b, 0)
	b = appendLong(b, int64(v.From))
	if v.To.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.To.V))
	} else {
		b = append(b, 0)
	}
	b = appendEnum(b, uint8(v.Kind), 7)
	b = appendEnum(b, uint8(v.FormsStatus), 3)
	b = appendEnum(b, uint8(v.State), 3)
	b = appendEnum(b, uint8(v.Origin), 3)
	return b
}

func readIncident(r *reader, v *duty.Incident) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	v.IncidentID = r.str("incident_id")
	v.CentreID = r.str("centre_id")
	v.DeviceIDs = nil
	for n := r.block("device_ids", 1); n > 0; n = r.block("device_ids", 1) {
		v.DeviceIDs = grow(v.DeviceIDs, n)
		for range n {
			var x string
			x = r.str("device_ids")
			v.DeviceIDs = append(v.DeviceIDs, x)
		}
	}
	v.From = duty.Instant(r.long("from"))
	if v.To.OK = r.present("to"); v.To.OK {
		v.To.V = duty.Instant(r.long("to"))
	} else {
		v.To = duty.Opt[duty.Instant]{}
	}
	v.Kind = duty.IncidentKind(r.enum("kind", 7))
	v.FormsStatus = duty.FormsStatus(r.enum("forms_status", 3))
	v.State = duty.IncidentState(r.enum("state", 3))
	v.Origin = duty.Origin(r.enum("origin", 3))
}

func writeManualEntry(b []byte, v *duty.ManualEntry) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	if v.PersonID.OK {
		b = append(b, 2)
		b = appendString(b, v.PersonID.V)
	} else {
		b = append(b, 0)
	}
	b = appendString(b, v.CentreID)
	b = appendEnum(b, uint8(v.Form), 9)
	if v.Direction.OK {
		b = append(b, 2)
		b = appendEnum(b, uint8(v.Direction.V), 3)
	} else {
		b = append(b, 0)
	}
	if v.Result.OK {
		b = append(b, 2)
		b = appendEnum(b, uint8(v.Result.V), 3)
	} else {
		b = append(b, 0)
	}
	b = appendString(b, v.LocalTime)
	if v.NameMatches.OK {
		b = append(b, 2)
		b = appendBool(b, v.NameMatches.V)
	} else {
		b = append(b, 0)
	}
	if v.APB.OK {
		b = append(b, 2)
		b = appendBool(b, v.APB.V)
	} else {
		b = append(b, 0)
	}
	if v.DocumentRef.OK {
		b = append(b, 2)
		b = appendString(b, v.DocumentRef.V)
	} else {
		b = append(b, 0)
	}
	return b
}

func readManualEntry(r *reader, v *duty.ManualEntry) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	if v.PersonID.OK = r.present("person_id"); v.PersonID.OK {
		v.PersonID.V = r.str("person_id")
	} else {
		v.PersonID = duty.Opt[string]{}
	}
	v.CentreID = r.str("centre_id")
	v.Form = duty.Form(r.enum("form", 9))
	if v.Direction.OK = r.present("direction"); v.Direction.OK {
		v.Direction.V = duty.Direction(r.enum("direction", 3))
	} else {
		v.Direction = duty.Opt[duty.Direction]{}
	}
	if v.Result.OK = r.present("result"); v.Result.OK {
		v.Result.V = duty.CheckResult(r.enum("result", 3))
	} else {
		v.Result = duty.Opt[duty.CheckResult]{}
	}
	v.LocalTime = r.str("local_time")
	if v.NameMatches.OK = r.present("name_matches"); v.NameMatches.OK {
		v.NameMatches.V = r.boolean("name_matches")
	} else {
		v.NameMatches = duty.Opt[bool]{}
	}
	if v.APB.OK = r.present("apb"); v.APB.OK {
		v.APB.V = r.boolean("apb")
	} else {
		v.APB = duty.Opt[bool]{}
	}
	if v.DocumentRef.OK = r.present("document_ref"); v.DocumentRef.OK {
		v.DocumentRef.V = r.str("document_ref")
	} else {
		v.DocumentRef = duty.Opt[string]{}
	}
}

func writeNotice(b []byte, v *duty.Notice) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	b = appendString(b, v.PersonID)
	b = appendString(b, v.CentreID)
	b = appendString(b, v.LocalTime)
	b = appendEnum(b, uint8(v.Channel), 4)
	b = appendEnum(b, uint8(v.GivenBy), 3)
	b = appendEnum(b, uint8(v.Recipient), 4)
	b = appendEnum(b, uint8(v.Clarity), 3)
	if v.RangeFrom.OK {
		b = append(b, 2)
		b = appendString(b, v.RangeFrom.V)
	} else {
		b = append(b, 0)
	}
	if v.RangeTo.OK {
		b = append(b, 2)
		b = appendString(b, v.RangeTo.V)
	} else {
		b = append(b, 0)
	}
	b = appendLong(b, int64(v.Nights))
	if v.TargetDate.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.TargetDate.V))
	} else {
		b = append(b, 0)
	}
	return b
}

func readNotice(r *reader, v *duty.Notice) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	v.PersonID = r.str("person_id")
	v.CentreID = r.str("centre_id")
	v.LocalTime = r.str("local_time")
	v.Channel = duty.Channel(r.enum("channel", 4))
	v.GivenBy = duty.GivenBy(r.enum("given_by", 3))
	v.Recipient = duty.Recipient(r.enum("recipient", 4))
	v.Clarity = duty.Clarity(r.enum("clarity", 3))
	if v.RangeFrom.OK = r.present("range_from"); v.RangeFrom.OK {
		v.RangeFrom.V = r.str("range_from")
	} else {
		v.RangeFrom = duty.Opt[string]{}
	}
	if v.RangeTo.OK = r.present("range_to"); v.RangeTo.OK {
		v.RangeTo.V = r.str("range_to")
	} else {
		v.RangeTo = duty.Opt[string]{}
	}
	v.Nights = int32(r.int("nights"))
	if v.TargetDate.OK = r.present("target_date"); v.TargetDate.OK {
		v.TargetDate.V = duty.Date(r.int("target_date"))
	} else {
		v.TargetDate = duty.Opt[duty.Date]{}
	}
}

func writeObligationChange(b []byte, v *duty.ObligationChange) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	b = appendString(b, v.DecisionID)
	b = appendString(b, v.PersonID)
	b = appendEnum(b, uint8(v.Kind), 4)
	b = appendEnum(b, uint8(v.Action), 5)
	b = appendEnum(b, uint8(v.LegalBasis), 12)
	b = appendString(b, v.CentreID)
	if v.Schedule.OK {
		b = append(b, 2)
		b = writeSchedule(b, &v.Schedule.V)
	} else {
		b = append(b, 0)
	}
	if len(v.Places) > 0 {
		b = appendLong(b, int64(len(v.Places)))
		for i := range v.Places {
			b = appendEnum(b, uint8(v.Places[i]), 3)
		}
	}
	b = append(b, 0)
	if v.ServedAt.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.ServedAt.V))
	} else {
		b = append(b, 0)
	}
	b = appendLong(b, int64(v.ValidFrom))
	if v.ValidTo.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.ValidTo.V))
	} else {
		b = append(b, 0)
	}
	return b
}

func readObligationChange(r *reader, v *duty.ObligationChange) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	v.DecisionID = r.str("decision_id")
	v.PersonID = r.str("person_id")
	v.Kind = duty.Kind(r.enum("kind", 4))
	v.Action = duty.Action(r.enum("action", 5))
	v.LegalBasis = duty.LegalBasis(r.enum("legal_basis", 12))
	v.CentreID = r.str("centre_id")
	if v.Schedule.OK = r.present("schedule"); v.Schedule.OK {
		if r.err == nil {
			readSchedule(r, &v.Schedule.V)
			r.in("schedule")
		}
	} else {
		v.Schedule = duty.Opt[duty.Schedule]{}
	}
	v.Places = nil
	for n := r.block("places", 1); n > 0; n = r.block("places", 1) {
		v.Places = grow(v.Places, n)
		for range n {
			var x duty.ReportPlace
			x = duty.ReportPlace(r.enum("places", 3))
			v.Places = append(v.Places, x)
		}
	}
	if v.ServedAt.OK = r.present("served_at"); v.ServedAt.OK {
		v.ServedAt.V = duty.Instant(r.long("served_at"))
	} else {
		v.ServedAt = duty.Opt[duty.Instant]{}
	}
	v.ValidFrom = duty.Instant(r.long("valid_from"))
	if v.ValidTo.OK = r.present("valid_to"); v.ValidTo.OK {
		v.ValidTo.V = duty.Instant(r.long("valid_to"))
	} else {
		v.ValidTo = duty.Opt[duty.Instant]{}
	}
}

func writeObservation(b []byte, v *duty.Observation) []byte {
	b = appendString(b, v.ID)
	b = appendEnum(b, uint8(v.Code), 6)
	b = appendString(b, v.PersonID)
	b = appendLong(b, int64(v.From))
	if v.To.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.To.V))
	} else {
		b = append(b, 0)
	}
	b = appendEnum(b, uint8(v.State), 3)
	if v.ClosedAt.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.ClosedAt.V))
	} else {
		b = append(b, 0)
	}
	return b
}

func readObservation(r *reader, v *duty.Observation) {
	v.ID = r.str("id")
	v.Code = duty.ObservationCode(r.enum("code", 6))
	v.PersonID = r.str("person_id")
	v.From = duty.Instant(r.long("from"))
	if v.To.OK = r.present("to"); v.To.OK {
		v.To.V = duty.Instant(r.long("to"))
	} else {
		v.To = duty.Opt[duty.Instant]{}
	}
	v.State = duty.FindingState(r.enum("state", 3))
	if v.ClosedAt.OK = r.present("closed_at"); v.ClosedAt.OK {
		v.ClosedAt.V = duty.Instant(r.long("closed_at"))
	} else {
		v.ClosedAt = duty.Opt[duty.Instant]{}
	}
}

func writeOutcomeMonth(b []byte, v *duty.OutcomeMonth) []byte {
	b = appendString(b, v.PersonID)
	b = appendString(b, v.Month)
	if len(v.Units) > 0 {
		b = appendLong(b, int64(len(v.Units)))
		for i := range v.Units {
			b = writeLedgerUnit(b, &v.Units[i])
		}
	}
	b = append(b, 0)
	if len(v.Open) > 0 {
		b = appendLong(b, int64(len(v.Open)))
		for i := range v.Open {
			b = writeOpenUnit(b, &v.Open[i])
		}
	}
	b = append(b, 0)
	return b
}

func readOutcomeMonth(r *reader, v *duty.OutcomeMonth) {
	v.PersonID = r.str("person_id")
	v.Month = r.str("month")
	v.Units = nil
	for n := r.block("units", 7); n > 0; n = r.block("units", 7) {
		v.Units = grow(v.Units, n)
		for range n {
			var x duty.LedgerUnit
			if r.err == nil {
				readLedgerUnit(r, &x)
				r.inItem("units", len(v.Units))
			}
			v.Units = append(v.Units, x)
		}
	}
	v.Open = nil
	for n := r.block("open", 2); n > 0; n = r.block("open", 2) {
		v.Open = grow(v.Open, n)
		for range n {
			var x duty.OpenUnit
			if r.err == nil {
				readOpenUnit(r, &x)
				r.inItem("open", len(v.Open))
			}
			v.Open = append(v.Open, x)
		}
	}
}

func writePermission(b []byte, v *duty.Permission) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	b = appendString(b, v.PermissionID)
	b = appendString(b, v.PersonID)
	b = appendEnum(b, uint8(v.Status), 5)
	b = appendLong(b, int64(v.ValidFrom))
	b = appendLong(b, int64(v.ValidTo))
	b = appendEnum(b, uint8(v.ReportEffect), 4)
	b = appendLong(b, int64(v.DecidedAt))
	if v.ServedAt.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.ServedAt.V))
	} else {
		b = append(b, 0)
	}
	return b
}

func readPermission(r *reader, v *duty.Permission) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	v.PermissionID = r.str("permission_id")
	v.PersonID = r.str("person_id")
	v.Status = duty.PermissionStatus(r.enum("status", 5))
	v.ValidFrom = duty.Instant(r.long("valid_from"))
	v.ValidTo = duty.Instant(r.long("valid_to"))
	v.ReportEffect = duty.ReportEffect(r.enum("report_effect", 4))
	v.DecidedAt = duty.Instant(r.long("decided_at"))
	if v.ServedAt.OK = r.present("served_at"); v.ServedAt.OK {
		v.ServedAt.V = duty.Instant(r.long("served_at"))
	} else {
		v.ServedAt = duty.Opt[duty.Instant]{}
	}
}

func writePolicyActivation(b []byte, v *duty.PolicyActivation) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	b = appendString(b, v.PolicyVersion)
	b = appendString(b, v.Digest)
	b = appendString(b, v.Text)
	b = appendLong(b, int64(v.ActivatedAt))
	b = appendString(b, v.By)
	return b
}

func readPolicyActivation(r *reader, v *duty.PolicyActivation) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	v.PolicyVersion = r.str("policy_version")
	v.Digest = r.str("digest")
	v.Text = r.str("text")
	v.ActivatedAt = duty.Instant(r.long("activated_at"))
	v.By = r.str("by")
}

func writeRecall(b []byte, v *duty.Recall) []byte {
	b = appendEnum(b, uint8(v.Cause), 9)
	b = appendString(b, v.CauseID)
	if v.CentreID.OK {
		b = append(b, 2)
		b = appendString(b, v.CentreID.V)
	} else {
		b = append(b, 0)
	}
	b = appendLong(b, int64(v.Units))
	if len(v.Consumers) > 0 {
		b = appendLong(b, int64(len(v.Consumers)))
		for i := range v.Consumers {
			b = writeRecallConsumer(b, &v.Consumers[i])
		}
	}
	b = append(b, 0)
	b = appendLong(b, int64(v.OpenedAt))
	if v.ClosedAt.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.ClosedAt.V))
	} else {
		b = append(b, 0)
	}
	if len(v.Filed) > 0 {
		b = appendLong(b, int64(len(v.Filed)))
		for i := range v.Filed {
			b = writeRecallFiled(b, &v.Filed[i])
		}
	}
	b = append(b, 0)
	b = appendLong(b, int64(v.FiledUnits))
	return b
}

func readRecall(r *reader, v *duty.Recall) {
	v.Cause = duty.RecallCause(r.enum("cause", 9))
	v.CauseID = r.str("cause_id")
	if v.CentreID.OK = r.present("centre_id"); v.CentreID.OK {
		v.CentreID.V = r.str("centre_id")
	} else {
		v.CentreID = duty.Opt[string]{}
	}
	v.Units = int32(r.int("units"))
	v.Consumers = nil
	for n := r.block("consumers", 3); n > 0; n = r.block("consumers", 3) {
		v.Consumers = grow(v.Consumers, n)
		for range n {
			var x duty.RecallConsumer
			if r.err == nil {
				readRecallConsumer(r, &x)
				r.inItem("consumers", len(v.Consumers))
			}
			v.Consumers = append(v.Consumers, x)
		}
	}
	v.OpenedAt = duty.Instant(r.long("opened_at"))
	if v.ClosedAt.OK = r.present("closed_at"); v.ClosedAt.OK {
		v.ClosedAt.V = duty.Instant(r.long("closed_at"))
	} else {
		v.ClosedAt = duty.Opt[duty.Instant]{}
	}
	v.Filed = nil
	for n := r.block("filed", 5); n > 0; n = r.block("filed", 5) {
		v.Filed = grow(v.Filed, n)
		for range n {
			var x duty.RecallFiled
			if r.err == nil {
				readRecallFiled(r, &x)
				r.inItem("filed", len(v.Filed))
			}
			v.Filed = append(v.Filed, x)
		}
	}
	v.FiledUnits = int32(r.int("filed_units"))
}

func writeReconciliation(b []byte, v *duty.Reconciliation) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	b = appendString(b, v.DeviceID)
	b = appendLong(b, int64(v.From))
	b = appendLong(b, int64(v.To))
	b = appendLong(b, int64(v.Rows))
	if v.Digest.OK {
		b = append(b, 2)
		b = appendString(b, v.Digest.V)
	} else {
		b = append(b, 0)
	}
	return b
}

func readReconciliation(r *reader, v *duty.Reconciliation) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	v.DeviceID = r.str("device_id")
	v.From = duty.Instant(r.long("from"))
	v.To = duty.Instant(r.long("to"))
	v.Rows = int64(r.long("rows"))
	if v.Digest.OK = r.present("digest"); v.Digest.OK {
		v.Digest.V = r.str("digest")
	} else {
		v.Digest = duty.Opt[string]{}
	}
}

func writeResolution(b []byte, v *duty.Resolution) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	b = appendString(b, v.Topic)
	b = appendLong(b, int64(v.Partition))
	b = appendLong(b, int64(v.Offset))
	b = appendEnum(b, uint8(v.Outcome), 3)
	b = appendString(b, v.By)
	b = appendLong(b, int64(v.At))
	return b
}

func readResolution(r *reader, v *duty.Resolution) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	v.Topic = r.str("topic")
	v.Partition = int32(r.int("partition"))
	v.Offset = int64(r.long("offset"))
	v.Outcome = duty.ResolutionOutcome(r.enum("outcome", 3))
	v.By = r.str("by")
	v.At = duty.Instant(r.long("at"))
}

func writeSettlement(b []byte, v *duty.Settlement) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	b = appendString(b, v.CentreID)
	b = appendLong(b, int64(v.LocalDate))
	b = appendEnum(b, uint8(v.LogType), 6)
	b = appendBool(b, v.Complete)
	if v.Through.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.Through.V))
	} else {
		b = append(b, 0)
	}
	return b
}

func readSettlement(r *reader, v *duty.Settlement) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	v.CentreID = r.str("centre_id")
	v.LocalDate = duty.Date(r.int("local_date"))
	v.LogType = duty.LogType(r.enum("log_type", 6))
	v.Complete = r.boolean("complete")
	if v.Through.OK = r.present("through"); v.Through.OK {
		v.Through.V = duty.Instant(r.long("through"))
	} else {
		v.Through = duty.Opt[duty.Instant]{}
	}
}

func writeSupervisionResult(b []byte, v *duty.SupervisionResult) []byte {
	b = appendString(b, v.ID)
	b = appendLong(b, int64(v.Version))
	b = appendBool(b, v.Retracted)
	b = appendLong(b, int64(v.ReceivedAt))
	b = appendString(b, v.CentreID)
	b = appendLong(b, int64(v.FromDate))
	b = appendLong(b, int64(v.ToDate))
	b = appendString(b, v.ResultRef)
	b = appendBool(b, v.Remarks)
	return b
}

func readSupervisionResult(r *reader, v *duty.SupervisionResult) {
	v.ID = r.str("id")
	v.Version = int64(r.long("version"))
	v.Retracted = r.boolean("retracted")
	v.ReceivedAt = duty.Instant(r.long("received_at"))
	v.CentreID = r.str("centre_id")
	v.FromDate = duty.Date(r.int("from_date"))
	v.ToDate = duty.Date(r.int("to_date"))
	v.ResultRef = r.str("result_ref")
	v.Remarks = r.boolean("remarks")
}

func writeViolation(b []byte, v *duty.Violation) []byte {
	b = appendString(b, v.UnitID)
	b = appendLong(b, int64(v.Revision))
	b = appendEnum(b, uint8(v.Status), 4)
	if v.WithdrawnOutcome.OK {
		b = append(b, 2)
		b = appendEnum(b, uint8(v.WithdrawnOutcome.V), 6)
	} else {
		b = append(b, 0)
	}
	b = appendEnum(b, uint8(v.Kind), 4)
	b = appendString(b, v.PersonID)
	b = appendLong(b, int64(v.UnitDate))
	b = appendLong(b, int64(v.Instant))
	b = appendLong(b, int64(v.PeriodFrom))
	b = appendLong(b, int64(v.PeriodTo))
	b = appendString(b, v.CentreID)
	b = appendEnum(b, uint8(v.Group), 7)
	if len(v.ObligationIDs) > 0 {
		b = appendLong(b, int64(len(v.ObligationIDs)))
		for i := range v.ObligationIDs {
			b = appendString(b, v.ObligationIDs[i])
		}
	}
	b = append(b, 0)
	b = appendEnum(b, uint8(v.LegalBasis), 12)
	b = appendEnum(b, uint8(v.Basis), 5)
	if v.Shortfall.OK {
		b = append(b, 2)
		b = appendLong(b, int64(v.Shortfall.V))
	} else {
		b = append(b, 0)
	}
	if len(v.Caveats) > 0 {
		b = appendLong(b, int64(len(v.Caveats)))
		for i := range v.Caveats {
			b = appendString(b, v.Caveats[i])
		}
	}
	b = append(b, 0)
	if len(v.BaseCaveats) > 0 {
		b = appendLong(b, int64(len(v.BaseCaveats)))
		for i := range v.BaseCaveats {
			b = appendString(b, v.BaseCaveats[i])
		}
	}
	b = append(b, 0)
	if len(v.Evidence) > 0 {
		b = appendLong(b, int64(len(v.Evidence)))
		for i := range v.Evidence {
			b = writeEvidence(b, &v.Evidence[i])
		}
	}
	b = append(b, 0)
	if len(v.NoticesConsidered) > 0 {
		b = appendLong(b, int64(len(v.NoticesConsidered)))
		for i := range v.NoticesConsidered {
			b = writeNoticeConsidered(b, &v.NoticesConsidered[i])
		}
	}
	b = append(b, 0)
	if len(v.PermissionsConsidered) > 0 {
		b = appendLong(b, int64(len(v.PermissionsConsidered)))
		for i := range v.PermissionsConsidered {
			b = writePermissionConsidered(b, &v.PermissionsConsidered[i])
		}
	}
	b = append(b, 0)
	if len(v.Incidents) > 0 {
		b = appendLong(b, int64(len(v.Incidents)))
		for i := range v.Incidents {
			b = writeIncidentRef(b, &v.Incidents[i])
		}
	}
	b = append(b, 0)
	if len(v.ExclusionsChecked) > 0 {
		b = appendLong(b, int64(len(v.ExclusionsChecked)))
		for i := range v.ExclusionsChecked {
			b = writeExclusionRef(b, &v.ExclusionsChecked[i])
		}
	}
	b = append(b, 0)
	if len(v.Supervision) > 0 {
		b = appendLong(b, int64(len(v.Supervision)))
		for i := range v.Supervision {
			b = writeSupervisionRef(b, &v.Supervision[i])
		}
	}
	b = append(b, 0)
	b = writePattern(b, &v.Pattern)
	if len(v.Corroboration) > 0 {
		b = appendLong(b, int64(len(v.Corroboration)))
		for i := range v.Corroboration {
			b = writeCorroboration(b, &v.Corroboration[i])
		}
	}
	b = append(b, 0)
	if len(v.Contradiction) > 0 {
		b = appendLong(b, int64(len(v.Contradiction)))
		for i := range v.Contradiction {
			b = writeContradiction(b, &v.Contradiction[i])
		}
	}
	b = append(b, 0)
	if len(v.Attachments) > 0 {
		b = appendLong(b, int64(len(v.Attachments)))
		for i := range v.Attachments {
			b = writeAttachment(b, &v.Attachments[i])
		}
	}
	b = append(b, 0)
	b = appendString(b, v.Statement)
	b = appendString(b, v.StatementDa)
	if len(v.Rules) > 0 {
		b = appendLong(b, int64(len(v.Rules)))
		for i := range v.Rules {
			b = appendString(b, v.Rules[i])
		}
	}
	b = append(b, 0)
	b = appendString(b, v.PolicyVersion)
	b = appendString(b, v.PolicyDigest)
	b = appendString(b, v.EngineVersion)
	b = appendLong(b, int64(v.EvaluatedAt))
	b = appendBool(b, v.Settled)
	b = appendEnum(b, uint8(v.ChangeReason), 8)
	if v.Cause.OK {
		b = append(b, 2)
		b = appendEnum(b, uint8(v.Cause.V), 9)
	} else {
		b = append(b, 0)
	}
	if v.CauseID.OK {
		b = append(b, 2)
		b = appendString(b, v.CauseID.V)
	} else {
		b = append(b, 0)
	}
	if v.PreviousDigest.OK {
		b = append(b, 2)
		b = appendString(b, v.PreviousDigest.V)
	} else {
		b = append(b, 0)
	}
	b = appendString(b, v.Digest)
	return b
}

func readViolation(r *reader, v *duty.Violation) {
	v.UnitID = r.str("unit_id")
	v.Revision = int32(r.int("revision"))
	v.Status = duty.Status(r.enum("status", 4))
	if v.WithdrawnOutcome.OK = r.present("withdrawn_outcome"); v.WithdrawnOutcome.OK {
		v.WithdrawnOutcome.V = duty.WithdrawnOutcome(r.enum("withdrawn_outcome", 6))
	} else {
		v.WithdrawnOutcome = duty.Opt[duty.WithdrawnOutcome]{}
	}
	v.Kind = duty.Kind(r.enum("kind", 4))
	v.PersonID = r.str("person_id")
	v.UnitDate = duty.Date(r.int("unit_date"))
	v.Instant = duty.Instant(r.long("instant"))
	v.PeriodFrom = duty.Instant(r.long("period_from"))
	v.PeriodTo = duty.Instant(r.long("period_to"))
	v.CentreID = r.str("centre_id")
	v.Group = duty.Group(r.anyEnum("group", 7))
	v.ObligationIDs = nil
	for n := r.block("obligation_ids", 1); n > 0; n = r.block("obligation_ids", 1) {
		v.ObligationIDs = grow(v.ObligationIDs, n)
		for range n {
			var x string
			x = r.str("obligation_ids")
			v.ObligationIDs = append(v.ObligationIDs, x)
		}
	}
	v.LegalBasis = duty.LegalBasis(r.enum("legal_basis", 12))
	v.Basis = duty.Basis(r.enum("basis", 5))
	if v.Shortfall.OK = r.present("shortfall"); v.Shortfall.OK {
		v.Shortfall.V = int32(r.int("shortfall"))
	} else {
		v.Shortfall = duty.Opt[int32]{}
	}
	v.Caveats = nil
	for n := r.block("caveats", 1); n > 0; n = r.block("caveats", 1) {
		v.Caveats = grow(v.Caveats, n)
		for range n {
			var x string
			x = r.str("caveats")
			v.Caveats = append(v.Caveats, x)
		}
	}
	v.BaseCaveats = nil
	for n := r.block("base_caveats", 1); n > 0; n = r.block("base_caveats", 1) {
		v.BaseCaveats = grow(v.BaseCaveats, n)
		for range n {
			var x string
			x = r.str("base_caveats")
			v.BaseCaveats = append(v.BaseCaveats, x)
		}
	}
	v.Evidence = nil
	for n := r.block("evidence", 7); n > 0; n = r.block("evidence", 7) {
		v.Evidence = grow(v.Evidence, n)
		for range n {
			var x duty.Evidence
			if r.err == nil {
				readEvidence(r, &x)
				r.inItem("evidence", len(v.Evidence))
			}
			v.Evidence = append(v.Evidence, x)
		}
	}
	v.NoticesConsidered = nil
	for n := r.block("notices_considered", 4); n > 0; n = r.block("notices_considered", 4) {
		v.NoticesConsidered = grow(v.NoticesConsidered, n)
		for range n {
			var x duty.NoticeConsidered
			if r.err == nil {
				readNoticeConsidered(r, &x)
				r.inItem("notices_considered", len(v.NoticesConsidered))
			}
			v.NoticesConsidered = append(v.NoticesConsidered, x)
		}
	}
	v.PermissionsConsidered = nil
	for n := r.block("permissions_considered", 4); n > 0; n = r.block("permissions_considered", 4) {
		v.PermissionsConsidered = grow(v.PermissionsConsidered, n)
		for range n {
			var x duty.PermissionConsidered
			if r.err == nil {
				readPermissionConsidered(r, &x)
				r.inItem("permissions_considered", len(v.PermissionsConsidered))
			}
			v.PermissionsConsidered = append(v.PermissionsConsidered, x)
		}
	}
	v.Incidents = nil
	for n := r.block("incidents", 5); n > 0; n = r.block("incidents", 5) {
		v.Incidents = grow(v.Incidents, n)
		for range n {
			var x duty.IncidentRef
			if r.err == nil {
				readIncidentRef(r, &x)
				r.inItem("incidents", len(v.Incidents))
			}
			v.Incidents = append(v.Incidents, x)
		}
	}
	v.ExclusionsChecked = nil
	for n := r.block("exclusions_checked", 5); n > 0; n = r.block("exclusions_checked", 5) {
		v.ExclusionsChecked = grow(v.ExclusionsChecked, n)
		for range n {
			var x duty.ExclusionRef
			if r.err == nil {
				readExclusionRef(r, &x)
				r.inItem("exclusions_checked", len(v.ExclusionsChecked))
			}
			v.ExclusionsChecked = append(v.ExclusionsChecked, x)
		}
	}
	v.Supervision = nil
	for n := r.block("supervision", 4); n > 0; n = r.block("supervision", 4) {
		v.Supervision = grow(v.Supervision, n)
		for range n {
			var x duty.SupervisionRef
			if r.err == nil {
				readSupervisionRef(r, &x)
				r.inItem("supervision", len(v.Supervision))
			}
			v.Supervision = append(v.Supervision, x)
		}
	}
	if r.err == nil {
		readPattern(r, &v.Pattern)
		r.in("pattern")
	}
	v.Corroboration = nil
	for n := r.block("corroboration", 2); n > 0; n = r.block("corroboration", 2) {
		v.Corroboration = grow(v.Corroboration, n)
		for range n {
			var x duty.Corroboration
			if r.err == nil {
				readCorroboration(r, &x)
				r.inItem("corroboration", len(v.Corroboration))
			}
			v.Corroboration = append(v.Corroboration, x)
		}
	}
	v.Contradiction = nil
	for n := r.block("contradiction", 2); n > 0; n = r.block("contradiction", 2) {
		v.Contradiction = grow(v.Contradiction, n)
		for range n {
			var x duty.Contradiction
			if r.err == nil {
				readContradiction(r, &x)
				r.inItem("contradiction", len(v.Contradiction))
			}
			v.Contradiction = append(v.Contradiction, x)
		}
	}
	v.Attachments = nil
	for n := r.block("attachments", 3); n > 0; n = r.block("attachments", 3) {
		v.Attachments = grow(v.Attachments, n)
		for range n {
			var x duty.Attachment
			if r.err == nil {
				readAttachment(r, &x)
				r.inItem("attachments", len(v.Attachments))
			}
			v.Attachments = append(v.Attachments, x)
		}
	}
	v.Statement = r.str("statement")
	v.StatementDa = r.str("statement_da")
	v.Rules = nil
	for n := r.block("rules", 1); n > 0; n = r.block("rules", 1) {
		v.Rules = grow(v.Rules, n)
		for range n {
			var x string
			x = r.str("rules")
			v.Rules = append(v.Rules, x)
		}
	}
	v.PolicyVersion = r.str("policy_version")
	v.PolicyDigest = r.str("policy_digest")
	v.EngineVersion = r.str("engine_version")
	v.EvaluatedAt = duty.Instant(r.long("evaluated_at"))
	v.Settled = r.boolean("settled")
	v.ChangeReason = duty.ChangeReason(r.enum("change_reason", 8))
	if v.Cause.OK = r.present("cause"); v.Cause.OK {
		v.Cause.V = duty.RecallCause(r.enum("cause", 9))
	} else {
		v.Cause = duty.Opt[duty.RecallCause]{}
	}
	if v.CauseID.OK = r.present("cause_id"); v.CauseID.OK {
		v.CauseID.V = r.str("cause_id")
	} else {
		v.CauseID = duty.Opt[string]{}
	}
	if v.PreviousDigest.OK = r.present("previous_digest"); v.PreviousDigest.OK {
		v.PreviousDigest.V = r.str("previous_digest")
	} else {
		v.PreviousDigest = duty.Opt[string]{}
	}
	v.Digest = r.str("digest")
}
