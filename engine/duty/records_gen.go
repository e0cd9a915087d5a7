// Code generated from schemas/*.avsc; DO NOT EDIT.

package duty

// Action: What the version does to its decision (contract section 2).
type Action uint8

// Symbols of Action; the zero value is the Avro default.
const (
	ActionUnknown Action = iota
	ActionImpose
	ActionAmend
	ActionCorrect
	ActionAnnul
)

var symbolsAction = [...]string{"UNKNOWN", "IMPOSE", "AMEND", "CORRECT", "ANNUL"}

// String returns the Avro symbol.
func (v Action) String() string {
	if int(v) < len(symbolsAction) {
		return symbolsAction[v]
	}
	return "UNKNOWN"
}

// ParseAction returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseAction(s string) (Action, bool) {
	for i, x := range symbolsAction {
		if x == s {
			return Action(i), true
		}
	}
	return 0, false
}

// AntiPassback: Whether anti-passback was on for the card (CRD-05, CRD-06).
type AntiPassback uint8

// Symbols of AntiPassback; the zero value is the Avro default.
const (
	AntiPassbackUnknown AntiPassback = iota
	AntiPassbackOn
	AntiPassbackOff
)

var symbolsAntiPassback = [...]string{"UNKNOWN", "ON", "OFF"}

// String returns the Avro symbol.
func (v AntiPassback) String() string {
	if int(v) < len(symbolsAntiPassback) {
		return symbolsAntiPassback[v]
	}
	return "UNKNOWN"
}

// ParseAntiPassback returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseAntiPassback(s string) (AntiPassback, bool) {
	for i, x := range symbolsAntiPassback {
		if x == s {
			return AntiPassback(i), true
		}
	}
	return 0, false
}

// AttachmentState: State of one item of EVD-14.
type AttachmentState uint8

// Symbols of AttachmentState; the zero value is the Avro default.
const (
	AttachmentStateUnknown AttachmentState = iota
	AttachmentStateReferenced
	AttachmentStateNoneFound
	AttachmentStateNotApplicable
	AttachmentStateNotYetReceived
)

var symbolsAttachmentState = [...]string{"UNKNOWN", "REFERENCED", "NONE_FOUND", "NOT_APPLICABLE", "NOT_YET_RECEIVED"}

// String returns the Avro symbol.
func (v AttachmentState) String() string {
	if int(v) < len(symbolsAttachmentState) {
		return symbolsAttachmentState[v]
	}
	return "UNKNOWN"
}

// ParseAttachmentState returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseAttachmentState(s string) (AttachmentState, bool) {
	for i, x := range symbolsAttachmentState {
		if x == s {
			return AttachmentState(i), true
		}
	}
	return 0, false
}

// Basis: What the indication rests on (EVD-08).
type Basis uint8

// Symbols of Basis; the zero value is the Avro default.
const (
	BasisUnknown Basis = iota
	BasisPositiveRegistration
	BasisClosedPair
	BasisOpenOut
	BasisNoReport
)

var symbolsBasis = [...]string{"UNKNOWN", "POSITIVE_REGISTRATION", "CLOSED_PAIR", "OPEN_OUT", "NO_REPORT"}

// String returns the Avro symbol.
func (v Basis) String() string {
	if int(v) < len(symbolsBasis) {
		return symbolsBasis[v]
	}
	return "UNKNOWN"
}

// ParseBasis returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseBasis(s string) (Basis, bool) {
	for i, x := range symbolsBasis {
		if x == s {
			return Basis(i), true
		}
	}
	return 0, false
}

// CardCreation: How the card profile was created (CRD-06).
type CardCreation uint8

// Symbols of CardCreation; the zero value is the Avro default.
const (
	CardCreationUnknown CardCreation = iota
	CardCreationAutomatic
	CardCreationManual
)

var symbolsCardCreation = [...]string{"UNKNOWN", "AUTOMATIC", "MANUAL"}

// String returns the Avro symbol.
func (v CardCreation) String() string {
	if int(v) < len(symbolsCardCreation) {
		return symbolsCardCreation[v]
	}
	return "UNKNOWN"
}

// ParseCardCreation returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseCardCreation(s string) (CardCreation, bool) {
	for i, x := range symbolsCardCreation {
		if x == s {
			return CardCreation(i), true
		}
	}
	return 0, false
}

// CardEventKind: Whether the row is a passage, a report at a stand, or a refused attempt (information only, PAS-06).
type CardEventKind uint8

// Symbols of CardEventKind; the zero value is the Avro default.
const (
	CardEventKindUnknown CardEventKind = iota
	CardEventKindPassage
	CardEventKindReport
	CardEventKindLockedAttempt
)

var symbolsCardEventKind = [...]string{"UNKNOWN", "PASSAGE", "REPORT", "LOCKED_ATTEMPT"}

// String returns the Avro symbol.
func (v CardEventKind) String() string {
	if int(v) < len(symbolsCardEventKind) {
		return symbolsCardEventKind[v]
	}
	return "UNKNOWN"
}

// ParseCardEventKind returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseCardEventKind(s string) (CardEventKind, bool) {
	for i, x := range symbolsCardEventKind {
		if x == s {
			return CardEventKind(i), true
		}
	}
	return 0, false
}

// CardType: What kind of token was used (domain 2.1).
type CardType uint8

// Symbols of CardType; the zero value is the Avro default.
const (
	CardTypeUnknown CardType = iota
	CardTypeBiometric
	CardTypeBarcode
	CardTypeKeyFob
)

var symbolsCardType = [...]string{"UNKNOWN", "BIOMETRIC", "BARCODE", "KEY_FOB"}

// String returns the Avro symbol.
func (v CardType) String() string {
	if int(v) < len(symbolsCardType) {
		return symbolsCardType[v]
	}
	return "UNKNOWN"
}

// ParseCardType returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseCardType(s string) (CardType, bool) {
	for i, x := range symbolsCardType {
		if x == s {
			return CardType(i), true
		}
	}
	return 0, false
}

// ChangeReason: Why this revision was written.
type ChangeReason uint8

// Symbols of ChangeReason; the zero value is the Avro default.
const (
	ChangeReasonUnknown ChangeReason = iota
	ChangeReasonFirst
	ChangeReasonNewFact
	ChangeReasonClock
	ChangeReasonPolicy
	ChangeReasonIdentity
	ChangeReasonExclusion
	ChangeReasonSettlement
)

var symbolsChangeReason = [...]string{"UNKNOWN", "FIRST", "NEW_FACT", "CLOCK", "POLICY", "IDENTITY", "EXCLUSION", "SETTLEMENT"}

// String returns the Avro symbol.
func (v ChangeReason) String() string {
	if int(v) < len(symbolsChangeReason) {
		return symbolsChangeReason[v]
	}
	return "UNKNOWN"
}

// ParseChangeReason returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseChangeReason(s string) (ChangeReason, bool) {
	for i, x := range symbolsChangeReason {
		if x == s {
			return ChangeReason(i), true
		}
	}
	return 0, false
}

// Channel: How the notice was given (NTC-04).
type Channel uint8

// Symbols of Channel; the zero value is the Avro default.
const (
	ChannelUnknown Channel = iota
	ChannelGuard
	ChannelPhone
	ChannelOther
)

var symbolsChannel = [...]string{"UNKNOWN", "GUARD", "PHONE", "OTHER"}

// String returns the Avro symbol.
func (v Channel) String() string {
	if int(v) < len(symbolsChannel) {
		return symbolsChannel[v]
	}
	return "UNKNOWN"
}

// ParseChannel returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseChannel(s string) (Channel, bool) {
	for i, x := range symbolsChannel {
		if x == s {
			return Channel(i), true
		}
	}
	return 0, false
}

// CheckResult: Result of a room or attendance check (STY-08, EVD-09).
type CheckResult uint8

// Symbols of CheckResult; the zero value is the Avro default.
const (
	CheckResultUnknown CheckResult = iota
	CheckResultPresent
	CheckResultNotFound
)

var symbolsCheckResult = [...]string{"UNKNOWN", "PRESENT", "NOT_FOUND"}

// String returns the Avro symbol.
func (v CheckResult) String() string {
	if int(v) < len(symbolsCheckResult) {
		return symbolsCheckResult[v]
	}
	return "UNKNOWN"
}

// ParseCheckResult returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseCheckResult(s string) (CheckResult, bool) {
	for i, x := range symbolsCheckResult {
		if x == s {
			return CheckResult(i), true
		}
	}
	return 0, false
}

// Clarity: Whether the message was clear as a notice (NTC-15).
type Clarity uint8

// Symbols of Clarity; the zero value is the Avro default.
const (
	ClarityUnknown Clarity = iota
	ClarityClear
	ClarityUnclear
)

var symbolsClarity = [...]string{"UNKNOWN", "CLEAR", "UNCLEAR"}

// String returns the Avro symbol.
func (v Clarity) String() string {
	if int(v) < len(symbolsClarity) {
		return symbolsClarity[v]
	}
	return "UNKNOWN"
}

// ParseClarity returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseClarity(s string) (Clarity, bool) {
	for i, x := range symbolsClarity {
		if x == s {
			return Clarity(i), true
		}
	}
	return 0, false
}

// ContradictionCode: What speaks against the indication (domain 4).
type ContradictionCode uint8

// Symbols of ContradictionCode; the zero value is the Avro default.
const (
	ContradictionCodeUnknown ContradictionCode = iota
	ContradictionCodePresenceNear
	ContradictionCodeSameDirectionNear
	ContradictionCodeApbNear
	ContradictionCodeIncidentNear
)

var symbolsContradictionCode = [...]string{"UNKNOWN", "PRESENCE_NEAR", "SAME_DIRECTION_NEAR", "APB_NEAR", "INCIDENT_NEAR"}

// String returns the Avro symbol.
func (v ContradictionCode) String() string {
	if int(v) < len(symbolsContradictionCode) {
		return symbolsContradictionCode[v]
	}
	return "UNKNOWN"
}

// ParseContradictionCode returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseContradictionCode(s string) (ContradictionCode, bool) {
	for i, x := range symbolsContradictionCode {
		if x == s {
			return ContradictionCode(i), true
		}
	}
	return 0, false
}

// ControlActionKind: What was done.
type ControlActionKind uint8

// Symbols of ControlActionKind; the zero value is the Avro default.
const (
	ControlActionKindUnknown ControlActionKind = iota
	ControlActionKindRestoreTest
	ControlActionKindRecallDrill
	ControlActionKindFollowUp
	ControlActionKindAdjustment
)

var symbolsControlActionKind = [...]string{"UNKNOWN", "RESTORE_TEST", "RECALL_DRILL", "FOLLOW_UP", "ADJUSTMENT"}

// String returns the Avro symbol.
func (v ControlActionKind) String() string {
	if int(v) < len(symbolsControlActionKind) {
		return symbolsControlActionKind[v]
	}
	return "UNKNOWN"
}

// ParseControlActionKind returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseControlActionKind(s string) (ControlActionKind, bool) {
	for i, x := range symbolsControlActionKind {
		if x == s {
			return ControlActionKind(i), true
		}
	}
	return 0, false
}

// ControlChangeKind: What changed.
type ControlChangeKind uint8

// Symbols of ControlChangeKind; the zero value is the Avro default.
const (
	ControlChangeKindUnknown ControlChangeKind = iota
	ControlChangeKindChangeMark
	ControlChangeKindPolicy
	ControlChangeKindRegister
)

var symbolsControlChangeKind = [...]string{"UNKNOWN", "CHANGE_MARK", "POLICY", "REGISTER"}

// String returns the Avro symbol.
func (v ControlChangeKind) String() string {
	if int(v) < len(symbolsControlChangeKind) {
		return symbolsControlChangeKind[v]
	}
	return "UNKNOWN"
}

// ParseControlChangeKind returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseControlChangeKind(s string) (ControlChangeKind, bool) {
	for i, x := range symbolsControlChangeKind {
		if x == s {
			return ControlChangeKind(i), true
		}
	}
	return 0, false
}

// ControlLossState: What became of a suspected loss.
type ControlLossState uint8

// Symbols of ControlLossState; the zero value is the Avro default.
const (
	ControlLossStateUnknown ControlLossState = iota
	ControlLossStateSuspected
	ControlLossStateDissolved
	ControlLossStateFormsComplete
	ControlLossStateConfirmed
)

var symbolsControlLossState = [...]string{"UNKNOWN", "SUSPECTED", "DISSOLVED", "FORMS_COMPLETE", "CONFIRMED"}

// String returns the Avro symbol.
func (v ControlLossState) String() string {
	if int(v) < len(symbolsControlLossState) {
		return symbolsControlLossState[v]
	}
	return "UNKNOWN"
}

// ParseControlLossState returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseControlLossState(s string) (ControlLossState, bool) {
	for i, x := range symbolsControlLossState {
		if x == s {
			return ControlLossState(i), true
		}
	}
	return 0, false
}

// ControlName: Controls.
type ControlName uint8

// Symbols of ControlName; the zero value is the Avro default.
const (
	ControlNameUnknown ControlName = iota
	ControlNameHeartbeat
	ControlNameSequence
	ControlNameReconciliation
	ControlNamePlausibility
	ControlNameSilence
	ControlNameSettlement
	ControlNameBackup
	ControlNameRestoreTest
	ControlNameRecallDrill
	ControlNameClock
	ControlNameIdentity
	ControlNameFourEyes
	ControlNameEveryDuty
)

var symbolsControlName = [...]string{"UNKNOWN", "HEARTBEAT", "SEQUENCE", "RECONCILIATION", "PLAUSIBILITY", "SILENCE", "SETTLEMENT", "BACKUP", "RESTORE_TEST", "RECALL_DRILL", "CLOCK", "IDENTITY", "FOUR_EYES", "EVERY_DUTY"}

// String returns the Avro symbol.
func (v ControlName) String() string {
	if int(v) < len(symbolsControlName) {
		return symbolsControlName[v]
	}
	return "UNKNOWN"
}

// ParseControlName returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseControlName(s string) (ControlName, bool) {
	for i, x := range symbolsControlName {
		if x == s {
			return ControlName(i), true
		}
	}
	return 0, false
}

// ControlSourceKind: What a source is.
type ControlSourceKind uint8

// Symbols of ControlSourceKind; the zero value is the Avro default.
const (
	ControlSourceKindUnknown ControlSourceKind = iota
	ControlSourceKindDevice
	ControlSourceKindFeed
)

var symbolsControlSourceKind = [...]string{"UNKNOWN", "DEVICE", "FEED"}

// String returns the Avro symbol.
func (v ControlSourceKind) String() string {
	if int(v) < len(symbolsControlSourceKind) {
		return symbolsControlSourceKind[v]
	}
	return "UNKNOWN"
}

// ParseControlSourceKind returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseControlSourceKind(s string) (ControlSourceKind, bool) {
	for i, x := range symbolsControlSourceKind {
		if x == s {
			return ControlSourceKind(i), true
		}
	}
	return 0, false
}

// CorroborationCode: What supports the indication (domain 4).
type CorroborationCode uint8

// Symbols of CorroborationCode; the zero value is the Avro default.
const (
	CorroborationCodeUnknown CorroborationCode = iota
	CorroborationCodeClosedPair
	CorroborationCodeSimilarNights
	CorroborationCodeReportMissing
	CorroborationCodeGuardObservation
	CorroborationCodeCheckNotFound
	CorroborationCodeBarcodeLogAgrees
	CorroborationCodeTemporaryRegistrationAgrees
	CorroborationCodeNoIncidentSupervised
)

var symbolsCorroborationCode = [...]string{"UNKNOWN", "CLOSED_PAIR", "SIMILAR_NIGHTS", "REPORT_MISSING", "GUARD_OBSERVATION", "CHECK_NOT_FOUND", "BARCODE_LOG_AGREES", "TEMPORARY_REGISTRATION_AGREES", "NO_INCIDENT_SUPERVISED"}

// String returns the Avro symbol.
func (v CorroborationCode) String() string {
	if int(v) < len(symbolsCorroborationCode) {
		return symbolsCorroborationCode[v]
	}
	return "UNKNOWN"
}

// ParseCorroborationCode returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseCorroborationCode(s string) (CorroborationCode, bool) {
	for i, x := range symbolsCorroborationCode {
		if x == s {
			return CorroborationCode(i), true
		}
	}
	return 0, false
}

// DataQualityCode: What is doubtful about the data (domain Annex A.2, contract sections 1, 2, 3, 5 and 6, TX-09; REL-04, REL-09, REL-12, IDN-10).
type DataQualityCode uint8

// Symbols of DataQualityCode; the zero value is the Avro default.
const (
	DataQualityCodeUnknown DataQualityCode = iota
	DataQualityCodeApbInconsistent
	DataQualityCodeSeqGap
	DataQualityCodeSeqReset
	DataQualityCodeHeartbeatLost
	DataQualityCodeOfflineEventRejected
	DataQualityCodeObligationNotPermittedForGroup
	DataQualityCodeObligationInconsistent
	DataQualityCodeUnknownPerson
	DataQualityCodeAssistUnmatched
	DataQualityCodeLogMismatch
	DataQualityCodeConflictingFact
	DataQualityCodeClockOffset
	DataQualityCodeFactInvalid
	DataQualityCodeUnreadable
	DataQualityCodeCardConflict
	DataQualityCodeTwoCards
	DataQualityCodeIdentityCycle
	DataQualityCodeUnknownDevice
	DataQualityCodeUnknownSource
	DataQualityCodeScheduleUnusual
	DataQualityCodeWatchMissing
	DataQualityCodeNameMismatch
	DataQualityCodeConvictionByLink
	DataQualityCodeJudgedUnitWithdrawn
	DataQualityCodeAcknowledgementInvalid
	DataQualityCodeRecallOverdue
	DataQualityCodeTrafficLow
	DataQualityCodeNetDrift
	DataQualityCodeSameDirectionShare
	DataQualityCodeUnlinkedShare
	DataQualityCodeMarkerMissing
	DataQualityCodeReconciliationMissing
)

var symbolsDataQualityCode = [...]string{"UNKNOWN", "APB_INCONSISTENT", "SEQ_GAP", "SEQ_RESET", "HEARTBEAT_LOST", "OFFLINE_EVENT_REJECTED", "OBLIGATION_NOT_PERMITTED_FOR_GROUP", "OBLIGATION_INCONSISTENT", "UNKNOWN_PERSON", "ASSIST_UNMATCHED", "LOG_MISMATCH", "CONFLICTING_FACT", "CLOCK_OFFSET", "FACT_INVALID", "UNREADABLE", "CARD_CONFLICT", "TWO_CARDS", "IDENTITY_CYCLE", "UNKNOWN_DEVICE", "UNKNOWN_SOURCE", "SCHEDULE_UNUSUAL", "WATCH_MISSING", "NAME_MISMATCH", "CONVICTION_BY_LINK", "JUDGED_UNIT_WITHDRAWN", "ACKNOWLEDGEMENT_INVALID", "RECALL_OVERDUE", "TRAFFIC_LOW", "NET_DRIFT", "SAME_DIRECTION_SHARE", "UNLINKED_SHARE", "MARKER_MISSING", "RECONCILIATION_MISSING"}

// String returns the Avro symbol.
func (v DataQualityCode) String() string {
	if int(v) < len(symbolsDataQualityCode) {
		return symbolsDataQualityCode[v]
	}
	return "UNKNOWN"
}

// ParseDataQualityCode returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseDataQualityCode(s string) (DataQualityCode, bool) {
	for i, x := range symbolsDataQualityCode {
		if x == s {
			return DataQualityCode(i), true
		}
	}
	return 0, false
}

// DepartureOutcome: Result of the human assessment (EVD-12).
type DepartureOutcome uint8

// Symbols of DepartureOutcome; the zero value is the Avro default.
const (
	DepartureOutcomeUnknown DepartureOutcome = iota
	DepartureOutcomeDeparted
	DepartureOutcomeNotDeparted
)

var symbolsDepartureOutcome = [...]string{"UNKNOWN", "DEPARTED", "NOT_DEPARTED"}

// String returns the Avro symbol.
func (v DepartureOutcome) String() string {
	if int(v) < len(symbolsDepartureOutcome) {
		return symbolsDepartureOutcome[v]
	}
	return "UNKNOWN"
}

// ParseDepartureOutcome returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseDepartureOutcome(s string) (DepartureOutcome, bool) {
	for i, x := range symbolsDepartureOutcome {
		if x == s {
			return DepartureOutcome(i), true
		}
	}
	return 0, false
}

// DeviceType: What kind of device read the token (domain 1.2, 2.3).
type DeviceType uint8

// Symbols of DeviceType; the zero value is the Avro default.
const (
	DeviceTypeUnknown DeviceType = iota
	DeviceTypeCarousel
	DeviceTypeHandheld
	DeviceTypeBarcodeScanner
	DeviceTypeReportingStand
	DeviceTypeOfflineLock
)

var symbolsDeviceType = [...]string{"UNKNOWN", "CAROUSEL", "HANDHELD", "BARCODE_SCANNER", "REPORTING_STAND", "OFFLINE_LOCK"}

// String returns the Avro symbol.
func (v DeviceType) String() string {
	if int(v) < len(symbolsDeviceType) {
		return symbolsDeviceType[v]
	}
	return "UNKNOWN"
}

// ParseDeviceType returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseDeviceType(s string) (DeviceType, bool) {
	for i, x := range symbolsDeviceType {
		if x == s {
			return DeviceType(i), true
		}
	}
	return 0, false
}

// Direction: Direction of a passage, seen from the centre.
type Direction uint8

// Symbols of Direction; the zero value is the Avro default.
const (
	DirectionUnknown Direction = iota
	DirectionIn
	DirectionOut
)

var symbolsDirection = [...]string{"UNKNOWN", "IN", "OUT"}

// String returns the Avro symbol.
func (v Direction) String() string {
	if int(v) < len(symbolsDirection) {
		return symbolsDirection[v]
	}
	return "UNKNOWN"
}

// ParseDirection returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseDirection(s string) (Direction, bool) {
	for i, x := range symbolsDirection {
		if x == s {
			return Direction(i), true
		}
	}
	return 0, false
}

// EvidenceRole: Part that a piece of evidence plays.
type EvidenceRole uint8

// Symbols of EvidenceRole; the zero value is the Avro default.
const (
	EvidenceRoleUnknown EvidenceRole = iota
	EvidenceRoleTrigger
	EvidenceRoleBoundBefore
	EvidenceRoleBoundAfter
	EvidenceRoleContext
)

var symbolsEvidenceRole = [...]string{"UNKNOWN", "TRIGGER", "BOUND_BEFORE", "BOUND_AFTER", "CONTEXT"}

// String returns the Avro symbol.
func (v EvidenceRole) String() string {
	if int(v) < len(symbolsEvidenceRole) {
		return symbolsEvidenceRole[v]
	}
	return "UNKNOWN"
}

// ParseEvidenceRole returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseEvidenceRole(s string) (EvidenceRole, bool) {
	for i, x := range symbolsEvidenceRole {
		if x == s {
			return EvidenceRole(i), true
		}
	}
	return 0, false
}

// ExclusionStatus: Whether the exclusion stands (EXC-06).
type ExclusionStatus uint8

// Symbols of ExclusionStatus; the zero value is the Avro default.
const (
	ExclusionStatusUnknown ExclusionStatus = iota
	ExclusionStatusDeclared
	ExclusionStatusLifted
)

var symbolsExclusionStatus = [...]string{"UNKNOWN", "DECLARED", "LIFTED"}

// String returns the Avro symbol.
func (v ExclusionStatus) String() string {
	if int(v) < len(symbolsExclusionStatus) {
		return symbolsExclusionStatus[v]
	}
	return "UNKNOWN"
}

// ParseExclusionStatus returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseExclusionStatus(s string) (ExclusionStatus, bool) {
	for i, x := range symbolsExclusionStatus {
		if x == s {
			return ExclusionStatus(i), true
		}
	}
	return 0, false
}

// FindingState: Whether what is named still holds (contract section 3).
type FindingState uint8

// Symbols of FindingState; the zero value is the Avro default.
const (
	FindingStateUnknown FindingState = iota
	FindingStateOpen
	FindingStateClosed
)

var symbolsFindingState = [...]string{"UNKNOWN", "OPEN", "CLOSED"}

// String returns the Avro symbol.
func (v FindingState) String() string {
	if int(v) < len(symbolsFindingState) {
		return symbolsFindingState[v]
	}
	return "UNKNOWN"
}

// ParseFindingState returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseFindingState(s string) (FindingState, bool) {
	for i, x := range symbolsFindingState {
		if x == s {
			return FindingState(i), true
		}
	}
	return 0, false
}

// Form: Which paper source the entry comes from (SYS-19 to SYS-23).
type Form uint8

// Symbols of Form; the zero value is the Avro default.
const (
	FormUnknown Form = iota
	FormOutagePassage
	FormOutageReport
	FormBarcodeLog
	FormAssistedPassage
	FormPoliceReport
	FormTemporaryRegistration
	FormPresenceCheck
	FormObservation
)

var symbolsForm = [...]string{"UNKNOWN", "OUTAGE_PASSAGE", "OUTAGE_REPORT", "BARCODE_LOG", "ASSISTED_PASSAGE", "POLICE_REPORT", "TEMPORARY_REGISTRATION", "PRESENCE_CHECK", "OBSERVATION"}

// String returns the Avro symbol.
func (v Form) String() string {
	if int(v) < len(symbolsForm) {
		return symbolsForm[v]
	}
	return "UNKNOWN"
}

// ParseForm returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseForm(s string) (Form, bool) {
	for i, x := range symbolsForm {
		if x == s {
			return Form(i), true
		}
	}
	return 0, false
}

// FormsStatus: Whether every paper form of an incident has arrived (INC-01).
type FormsStatus uint8

// Symbols of FormsStatus; the zero value is the Avro default.
const (
	FormsStatusUnknown FormsStatus = iota
	FormsStatusPending
	FormsStatusComplete
)

var symbolsFormsStatus = [...]string{"UNKNOWN", "PENDING", "COMPLETE"}

// String returns the Avro symbol.
func (v FormsStatus) String() string {
	if int(v) < len(symbolsFormsStatus) {
		return symbolsFormsStatus[v]
	}
	return "UNKNOWN"
}

// ParseFormsStatus returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseFormsStatus(s string) (FormsStatus, bool) {
	for i, x := range symbolsFormsStatus {
		if x == s {
			return FormsStatus(i), true
		}
	}
	return 0, false
}

// GivenBy: Whether the resident gave the notice in person (NTC-10).
type GivenBy uint8

// Symbols of GivenBy; the zero value is the Avro default.
const (
	GivenByUnknown GivenBy = iota
	GivenBySelf
	GivenByOther
)

var symbolsGivenBy = [...]string{"UNKNOWN", "SELF", "OTHER"}

// String returns the Avro symbol.
func (v GivenBy) String() string {
	if int(v) < len(symbolsGivenBy) {
		return symbolsGivenBy[v]
	}
	return "UNKNOWN"
}

// ParseGivenBy returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseGivenBy(s string) (GivenBy, bool) {
	for i, x := range symbolsGivenBy {
		if x == s {
			return GivenBy(i), true
		}
	}
	return 0, false
}

// Group: Group of persons (domain 3.1).
type Group uint8

// Symbols of Group; the zero value is the Avro default.
const (
	GroupUnknown Group = iota
	GroupTolerated
	GroupExpelledJudgment
	GroupForeignFighter
	GroupExpelled25
	GroupRejected
	GroupOtherUnlawful
)

var symbolsGroup = [...]string{"UNKNOWN", "TOLERATED", "EXPELLED_JUDGMENT", "FOREIGN_FIGHTER", "EXPELLED_25", "REJECTED", "OTHER_UNLAWFUL"}

// String returns the Avro symbol.
func (v Group) String() string {
	if int(v) < len(symbolsGroup) {
		return symbolsGroup[v]
	}
	return "UNKNOWN"
}

// ParseGroup returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseGroup(s string) (Group, bool) {
	for i, x := range symbolsGroup {
		if x == s {
			return Group(i), true
		}
	}
	return 0, false
}

// HandlingKind: What was done with a unit (contract section 2).
type HandlingKind uint8

// Symbols of HandlingKind; the zero value is the Avro default.
const (
	HandlingKindUnknown HandlingKind = iota
	HandlingKindAssessed
	HandlingKindReportFiled
	HandlingKindReportRecalled
	HandlingKindClosedWithoutReport
	HandlingKindChargeDropped
	HandlingKindSentenceInterrupted
	HandlingKindRemoved
)

var symbolsHandlingKind = [...]string{"UNKNOWN", "ASSESSED", "REPORT_FILED", "REPORT_RECALLED", "CLOSED_WITHOUT_REPORT", "CHARGE_DROPPED", "SENTENCE_INTERRUPTED", "REMOVED"}

// String returns the Avro symbol.
func (v HandlingKind) String() string {
	if int(v) < len(symbolsHandlingKind) {
		return symbolsHandlingKind[v]
	}
	return "UNKNOWN"
}

// ParseHandlingKind returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseHandlingKind(s string) (HandlingKind, bool) {
	for i, x := range symbolsHandlingKind {
		if x == s {
			return HandlingKind(i), true
		}
	}
	return 0, false
}

// HandlingOutcome: What an assessment came to (contract section 2).
type HandlingOutcome uint8

// Symbols of HandlingOutcome; the zero value is the Avro default.
const (
	HandlingOutcomeUnknown HandlingOutcome = iota
	HandlingOutcomeReport
	HandlingOutcomeNoReport
	HandlingOutcomeMoreInformation
)

var symbolsHandlingOutcome = [...]string{"UNKNOWN", "REPORT", "NO_REPORT", "MORE_INFORMATION"}

// String returns the Avro symbol.
func (v HandlingOutcome) String() string {
	if int(v) < len(symbolsHandlingOutcome) {
		return symbolsHandlingOutcome[v]
	}
	return "UNKNOWN"
}

// ParseHandlingOutcome returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseHandlingOutcome(s string) (HandlingOutcome, bool) {
	for i, x := range symbolsHandlingOutcome {
		if x == s {
			return HandlingOutcome(i), true
		}
	}
	return 0, false
}

// HoldKind: Why the person is held elsewhere (OBL-12).
type HoldKind uint8

// Symbols of HoldKind; the zero value is the Avro default.
const (
	HoldKindUnknown HoldKind = iota
	HoldKindCustody
	HoldKindImprisonment
	HoldKindHospital
	HoldKindOther
)

var symbolsHoldKind = [...]string{"UNKNOWN", "CUSTODY", "IMPRISONMENT", "HOSPITAL", "OTHER"}

// String returns the Avro symbol.
func (v HoldKind) String() string {
	if int(v) < len(symbolsHoldKind) {
		return symbolsHoldKind[v]
	}
	return "UNKNOWN"
}

// ParseHoldKind returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseHoldKind(s string) (HoldKind, bool) {
	for i, x := range symbolsHoldKind {
		if x == s {
			return HoldKind(i), true
		}
	}
	return 0, false
}

// IncidentEffect: What an incident does to the unit (domain 2.6).
type IncidentEffect uint8

// Symbols of IncidentEffect; the zero value is the Avro default.
const (
	IncidentEffectUnknown IncidentEffect = iota
	IncidentEffectOverlaps
	IncidentEffectTaints
	IncidentEffectNone
)

var symbolsIncidentEffect = [...]string{"UNKNOWN", "OVERLAPS", "TAINTS", "NONE"}

// String returns the Avro symbol.
func (v IncidentEffect) String() string {
	if int(v) < len(symbolsIncidentEffect) {
		return symbolsIncidentEffect[v]
	}
	return "UNKNOWN"
}

// ParseIncidentEffect returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseIncidentEffect(s string) (IncidentEffect, bool) {
	for i, x := range symbolsIncidentEffect {
		if x == s {
			return IncidentEffect(i), true
		}
	}
	return 0, false
}

// IncidentKind: Kind of an incident (INC-01).
type IncidentKind uint8

// Symbols of IncidentKind; the zero value is the Avro default.
const (
	IncidentKindUnknown IncidentKind = iota
	IncidentKindServer
	IncidentKindDevice
	IncidentKindFrost
	IncidentKindNetwork
	IncidentKindClock
	IncidentKindSuspectedLoss
)

var symbolsIncidentKind = [...]string{"UNKNOWN", "SERVER", "DEVICE", "FROST", "NETWORK", "CLOCK", "SUSPECTED_LOSS"}

// String returns the Avro symbol.
func (v IncidentKind) String() string {
	if int(v) < len(symbolsIncidentKind) {
		return symbolsIncidentKind[v]
	}
	return "UNKNOWN"
}

// ParseIncidentKind returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseIncidentKind(s string) (IncidentKind, bool) {
	for i, x := range symbolsIncidentKind {
		if x == s {
			return IncidentKind(i), true
		}
	}
	return 0, false
}

// IncidentState: Whether the incident still stands.
type IncidentState uint8

// Symbols of IncidentState; the zero value is the Avro default.
const (
	IncidentStateUnknown IncidentState = iota
	IncidentStateActive
	IncidentStateDissolved
)

var symbolsIncidentState = [...]string{"UNKNOWN", "ACTIVE", "DISSOLVED"}

// String returns the Avro symbol.
func (v IncidentState) String() string {
	if int(v) < len(symbolsIncidentState) {
		return symbolsIncidentState[v]
	}
	return "UNKNOWN"
}

// ParseIncidentState returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseIncidentState(s string) (IncidentState, bool) {
	for i, x := range symbolsIncidentState {
		if x == s {
			return IncidentState(i), true
		}
	}
	return 0, false
}

// Kind: Which duty (domain 3.2).
type Kind uint8

// Symbols of Kind; the zero value is the Avro default.
const (
	KindUnknown Kind = iota
	KindStay
	KindNotify
	KindReport
)

var symbolsKind = [...]string{"UNKNOWN", "STAY", "NOTIFY", "REPORT"}

// String returns the Avro symbol.
func (v Kind) String() string {
	if int(v) < len(symbolsKind) {
		return symbolsKind[v]
	}
	return "UNKNOWN"
}

// ParseKind returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseKind(s string) (Kind, bool) {
	for i, x := range symbolsKind {
		if x == s {
			return Kind(i), true
		}
	}
	return 0, false
}

// LegalBasis: Legal basis of a decision (domain 3.2, contract section 2).
type LegalBasis uint8

// Symbols of LegalBasis; the zero value is the Avro default.
const (
	LegalBasisUnknown LegalBasis = iota
	LegalBasisReturnAct1214
	LegalBasisReturnAct122
	LegalBasisReturnAct123
	LegalBasisReturnAct124
	LegalBasisReturnAct131
	LegalBasisReturnAct132
	LegalBasisReturnAct134
	LegalBasisAliensAct343
	LegalBasisAliensAct42a8
	LegalBasisAliensAct42a10
	LegalBasisOther
)

var symbolsLegalBasis = [...]string{"UNKNOWN", "RETURN_ACT_12_1_4", "RETURN_ACT_12_2", "RETURN_ACT_12_3", "RETURN_ACT_12_4", "RETURN_ACT_13_1", "RETURN_ACT_13_2", "RETURN_ACT_13_4", "ALIENS_ACT_34_3", "ALIENS_ACT_42A_8", "ALIENS_ACT_42A_10", "OTHER"}

// String returns the Avro symbol.
func (v LegalBasis) String() string {
	if int(v) < len(symbolsLegalBasis) {
		return symbolsLegalBasis[v]
	}
	return "UNKNOWN"
}

// ParseLegalBasis returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseLegalBasis(s string) (LegalBasis, bool) {
	for i, x := range symbolsLegalBasis {
		if x == s {
			return LegalBasis(i), true
		}
	}
	return 0, false
}

// LinkAction: Whether two PersonIDs are joined or parted (IDN-07).
type LinkAction uint8

// Symbols of LinkAction; the zero value is the Avro default.
const (
	LinkActionUnknown LinkAction = iota
	LinkActionMerge
	LinkActionSplit
)

var symbolsLinkAction = [...]string{"UNKNOWN", "MERGE", "SPLIT"}

// String returns the Avro symbol.
func (v LinkAction) String() string {
	if int(v) < len(symbolsLinkAction) {
		return symbolsLinkAction[v]
	}
	return "UNKNOWN"
}

// ParseLinkAction returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseLinkAction(s string) (LinkAction, bool) {
	for i, x := range symbolsLinkAction {
		if x == s {
			return LinkAction(i), true
		}
	}
	return 0, false
}

// LogType: Which manual log (LIF-02, RD-40).
type LogType uint8

// Symbols of LogType; the zero value is the Avro default.
const (
	LogTypeUnknown LogType = iota
	LogTypeAssistedPassage
	LogTypeBarcodeLog
	LogTypeNoticeLog
	LogTypeOutageForms
	LogTypePoliceLog
)

var symbolsLogType = [...]string{"UNKNOWN", "ASSISTED_PASSAGE", "BARCODE_LOG", "NOTICE_LOG", "OUTAGE_FORMS", "POLICE_LOG"}

// String returns the Avro symbol.
func (v LogType) String() string {
	if int(v) < len(symbolsLogType) {
		return symbolsLogType[v]
	}
	return "UNKNOWN"
}

// ParseLogType returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseLogType(s string) (LogType, bool) {
	for i, x := range symbolsLogType {
		if x == s {
			return LogType(i), true
		}
	}
	return 0, false
}

// NoticeReason: Why a notice did or did not count (domain 3.5).
type NoticeReason uint8

// Symbols of NoticeReason; the zero value is the Avro default.
const (
	NoticeReasonUnknown NoticeReason = iota
	NoticeReasonTimely
	NoticeReasonLate
	NoticeReasonOtherNight
	NoticeReasonThirdParty
	NoticeReasonUnclear
	NoticeReasonWrongRecipient
	NoticeReasonOutsideRange
	NoticeReasonMultiNight
)

var symbolsNoticeReason = [...]string{"UNKNOWN", "TIMELY", "LATE", "OTHER_NIGHT", "THIRD_PARTY", "UNCLEAR", "WRONG_RECIPIENT", "OUTSIDE_RANGE", "MULTI_NIGHT"}

// String returns the Avro symbol.
func (v NoticeReason) String() string {
	if int(v) < len(symbolsNoticeReason) {
		return symbolsNoticeReason[v]
	}
	return "UNKNOWN"
}

// ParseNoticeReason returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseNoticeReason(s string) (NoticeReason, bool) {
	for i, x := range symbolsNoticeReason {
		if x == s {
			return NoticeReason(i), true
		}
	}
	return 0, false
}

// ObservationCode: What a case officer may want to know; never an accusation (domain Annex A.2).
type ObservationCode uint8

// Symbols of ObservationCode; the zero value is the Avro default.
const (
	ObservationCodeUnknown ObservationCode = iota
	ObservationCodeUnregisteredMovement
	ObservationCodeNoRegistrationSinceStart
	ObservationCodePartialNoticeOverrun
	ObservationCodeNoRowsWhileInside
	ObservationCodeReturnAfterDeparture
)

var symbolsObservationCode = [...]string{"UNKNOWN", "UNREGISTERED_MOVEMENT", "NO_REGISTRATION_SINCE_START", "PARTIAL_NOTICE_OVERRUN", "NO_ROWS_WHILE_INSIDE", "RETURN_AFTER_DEPARTURE"}

// String returns the Avro symbol.
func (v ObservationCode) String() string {
	if int(v) < len(symbolsObservationCode) {
		return symbolsObservationCode[v]
	}
	return "UNKNOWN"
}

// ParseObservationCode returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseObservationCode(s string) (ObservationCode, bool) {
	for i, x := range symbolsObservationCode {
		if x == s {
			return ObservationCode(i), true
		}
	}
	return 0, false
}

// Origin: Who opened the incident.
type Origin uint8

// Symbols of Origin; the zero value is the Avro default.
const (
	OriginUnknown Origin = iota
	OriginHuman
	OriginAutomatic
)

var symbolsOrigin = [...]string{"UNKNOWN", "HUMAN", "AUTOMATIC"}

// String returns the Avro symbol.
func (v Origin) String() string {
	if int(v) < len(symbolsOrigin) {
		return symbolsOrigin[v]
	}
	return "UNKNOWN"
}

// ParseOrigin returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseOrigin(s string) (Origin, bool) {
	for i, x := range symbolsOrigin {
		if x == s {
			return Origin(i), true
		}
	}
	return 0, false
}

// Outcome: Outcome of a unit (domain 0.5).
type Outcome uint8

// Symbols of Outcome; the zero value is the Avro default.
const (
	OutcomeUnknown Outcome = iota
	OutcomeCompliant
	OutcomeExcused
	OutcomeNotApplicable
	OutcomeUndetermined
	OutcomeExcluded
	OutcomeProvisional
	OutcomeNeedsReview
	OutcomeIndicated
)

var symbolsOutcome = [...]string{"UNKNOWN", "COMPLIANT", "EXCUSED", "NOT_APPLICABLE", "UNDETERMINED", "EXCLUDED", "PROVISIONAL", "NEEDS_REVIEW", "INDICATED"}

// String returns the Avro symbol.
func (v Outcome) String() string {
	if int(v) < len(symbolsOutcome) {
		return symbolsOutcome[v]
	}
	return "UNKNOWN"
}

// ParseOutcome returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseOutcome(s string) (Outcome, bool) {
	for i, x := range symbolsOutcome {
		if x == s {
			return Outcome(i), true
		}
	}
	return 0, false
}

// PermissionReason: Why a permission did or did not count (domain 3.6).
type PermissionReason uint8

// Symbols of PermissionReason; the zero value is the Avro default.
const (
	PermissionReasonUnknown PermissionReason = iota
	PermissionReasonCovers
	PermissionReasonPartial
	PermissionReasonOutside
	PermissionReasonPending
	PermissionReasonRefused
	PermissionReasonRevoked
	PermissionReasonSilentOnReport
	PermissionReasonExcusesReport
	PermissionReasonRequiresReport
)

var symbolsPermissionReason = [...]string{"UNKNOWN", "COVERS", "PARTIAL", "OUTSIDE", "PENDING", "REFUSED", "REVOKED", "SILENT_ON_REPORT", "EXCUSES_REPORT", "REQUIRES_REPORT"}

// String returns the Avro symbol.
func (v PermissionReason) String() string {
	if int(v) < len(symbolsPermissionReason) {
		return symbolsPermissionReason[v]
	}
	return "UNKNOWN"
}

// ParsePermissionReason returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParsePermissionReason(s string) (PermissionReason, bool) {
	for i, x := range symbolsPermissionReason {
		if x == s {
			return PermissionReason(i), true
		}
	}
	return 0, false
}

// PermissionStatus: State of a permission (domain 3.6).
type PermissionStatus uint8

// Symbols of PermissionStatus; the zero value is the Avro default.
const (
	PermissionStatusUnknown PermissionStatus = iota
	PermissionStatusPending
	PermissionStatusGranted
	PermissionStatusRefused
	PermissionStatusRevoked
)

var symbolsPermissionStatus = [...]string{"UNKNOWN", "PENDING", "GRANTED", "REFUSED", "REVOKED"}

// String returns the Avro symbol.
func (v PermissionStatus) String() string {
	if int(v) < len(symbolsPermissionStatus) {
		return symbolsPermissionStatus[v]
	}
	return "UNKNOWN"
}

// ParsePermissionStatus returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParsePermissionStatus(s string) (PermissionStatus, bool) {
	for i, x := range symbolsPermissionStatus {
		if x == s {
			return PermissionStatus(i), true
		}
	}
	return 0, false
}

// RecallCause: Why records were recalled.
type RecallCause uint8

// Symbols of RecallCause; the zero value is the Avro default.
const (
	RecallCauseUnknown RecallCause = iota
	RecallCauseExclusion
	RecallCauseAnnulment
	RecallCauseDeparture
	RecallCauseIdentity
	RecallCauseLateData
	RecallCausePolicy
	RecallCauseDeadLetter
	RecallCauseIncident
)

var symbolsRecallCause = [...]string{"UNKNOWN", "EXCLUSION", "ANNULMENT", "DEPARTURE", "IDENTITY", "LATE_DATA", "POLICY", "DEAD_LETTER", "INCIDENT"}

// String returns the Avro symbol.
func (v RecallCause) String() string {
	if int(v) < len(symbolsRecallCause) {
		return symbolsRecallCause[v]
	}
	return "UNKNOWN"
}

// ParseRecallCause returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseRecallCause(s string) (RecallCause, bool) {
	for i, x := range symbolsRecallCause {
		if x == s {
			return RecallCause(i), true
		}
	}
	return 0, false
}

// Recipient: Who received the notice (NTC-16).
type Recipient uint8

// Symbols of Recipient; the zero value is the Avro default.
const (
	RecipientUnknown Recipient = iota
	RecipientOperator
	RecipientReturnAgency
	RecipientPolice
)

var symbolsRecipient = [...]string{"UNKNOWN", "OPERATOR", "RETURN_AGENCY", "POLICE"}

// String returns the Avro symbol.
func (v Recipient) String() string {
	if int(v) < len(symbolsRecipient) {
		return symbolsRecipient[v]
	}
	return "UNKNOWN"
}

// ParseRecipient returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseRecipient(s string) (Recipient, bool) {
	for i, x := range symbolsRecipient {
		if x == s {
			return Recipient(i), true
		}
	}
	return 0, false
}

// Regime: Sanction regime (domain 5.2).
type Regime uint8

// Symbols of Regime; the zero value is the Avro default.
const (
	RegimeUnknown Regime = iota
	RegimeR1
	RegimeR2a
	RegimeR2b
	RegimeR3
	RegimeRj
)

var symbolsRegime = [...]string{"UNKNOWN", "R1", "R2A", "R2B", "R3", "RJ"}

// String returns the Avro symbol.
func (v Regime) String() string {
	if int(v) < len(symbolsRegime) {
		return symbolsRegime[v]
	}
	return "UNKNOWN"
}

// ParseRegime returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseRegime(s string) (Regime, bool) {
	for i, x := range symbolsRegime {
		if x == s {
			return Regime(i), true
		}
	}
	return 0, false
}

// ReportEffect: What the permission itself says about reporting (PRM-07).
type ReportEffect uint8

// Symbols of ReportEffect; the zero value is the Avro default.
const (
	ReportEffectUnknown ReportEffect = iota
	ReportEffectExcused
	ReportEffectRequired
	ReportEffectSilent
)

var symbolsReportEffect = [...]string{"UNKNOWN", "EXCUSED", "REQUIRED", "SILENT"}

// String returns the Avro symbol.
func (v ReportEffect) String() string {
	if int(v) < len(symbolsReportEffect) {
		return symbolsReportEffect[v]
	}
	return "UNKNOWN"
}

// ParseReportEffect returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseReportEffect(s string) (ReportEffect, bool) {
	for i, x := range symbolsReportEffect {
		if x == s {
			return ReportEffect(i), true
		}
	}
	return 0, false
}

// ReportPlace: Where a REPORT decision lets a person report (RD-39).
type ReportPlace uint8

// Symbols of ReportPlace; the zero value is the Avro default.
const (
	ReportPlaceUnknown ReportPlace = iota
	ReportPlaceReturnAgency
	ReportPlacePolice
)

var symbolsReportPlace = [...]string{"UNKNOWN", "RETURN_AGENCY", "POLICE"}

// String returns the Avro symbol.
func (v ReportPlace) String() string {
	if int(v) < len(symbolsReportPlace) {
		return symbolsReportPlace[v]
	}
	return "UNKNOWN"
}

// ParseReportPlace returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseReportPlace(s string) (ReportPlace, bool) {
	for i, x := range symbolsReportPlace {
		if x == s {
			return ReportPlace(i), true
		}
	}
	return 0, false
}

// ResolutionOutcome: How a dead letter was resolved (contract section 2).
type ResolutionOutcome uint8

// Symbols of ResolutionOutcome; the zero value is the Avro default.
const (
	ResolutionOutcomeUnknown ResolutionOutcome = iota
	ResolutionOutcomeIrrelevant
	ResolutionOutcomeReplaced
)

var symbolsResolutionOutcome = [...]string{"UNKNOWN", "IRRELEVANT", "REPLACED"}

// String returns the Avro symbol.
func (v ResolutionOutcome) String() string {
	if int(v) < len(symbolsResolutionOutcome) {
		return symbolsResolutionOutcome[v]
	}
	return "UNKNOWN"
}

// ParseResolutionOutcome returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseResolutionOutcome(s string) (ResolutionOutcome, bool) {
	for i, x := range symbolsResolutionOutcome {
		if x == s {
			return ResolutionOutcome(i), true
		}
	}
	return 0, false
}

// SanctionFlag: Reservation on a table look-up (domain 5.2).
type SanctionFlag uint8

// Symbols of SanctionFlag; the zero value is the Avro default.
const (
	SanctionFlagUnknown SanctionFlag = iota
	SanctionFlagBeyondTable
	SanctionFlagGap
	SanctionFlagOverlap
	SanctionFlagClearlyMoreThan10
	SanctionFlagNoSum
	SanctionFlagConsiderPrison
	SanctionFlagNotCovered
)

var symbolsSanctionFlag = [...]string{"UNKNOWN", "BEYOND_TABLE", "GAP", "OVERLAP", "CLEARLY_MORE_THAN_10", "NO_SUM", "CONSIDER_PRISON", "NOT_COVERED"}

// String returns the Avro symbol.
func (v SanctionFlag) String() string {
	if int(v) < len(symbolsSanctionFlag) {
		return symbolsSanctionFlag[v]
	}
	return "UNKNOWN"
}

// ParseSanctionFlag returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseSanctionFlag(s string) (SanctionFlag, bool) {
	for i, x := range symbolsSanctionFlag {
		if x == s {
			return SanctionFlag(i), true
		}
	}
	return 0, false
}

// Scan: Which scan of a sluice passage the row is (PAS-03, PAS-04).
type Scan uint8

// Symbols of Scan; the zero value is the Avro default.
const (
	ScanUnknown Scan = iota
	ScanComplete
	ScanFirst
	ScanSecond
)

var symbolsScan = [...]string{"UNKNOWN", "COMPLETE", "FIRST", "SECOND"}

// String returns the Avro symbol.
func (v Scan) String() string {
	if int(v) < len(symbolsScan) {
		return symbolsScan[v]
	}
	return "UNKNOWN"
}

// ParseScan returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseScan(s string) (Scan, bool) {
	for i, x := range symbolsScan {
		if x == s {
			return Scan(i), true
		}
	}
	return 0, false
}

// ScheduleType: Type of a reporting schedule (RPT-02).
type ScheduleType uint8

// Symbols of ScheduleType; the zero value is the Avro default.
const (
	ScheduleTypeUnknown ScheduleType = iota
	ScheduleTypeDaily
	ScheduleTypeWeekdays
	ScheduleTypeQuota
	ScheduleTypeDates
)

var symbolsScheduleType = [...]string{"UNKNOWN", "DAILY", "WEEKDAYS", "QUOTA", "DATES"}

// String returns the Avro symbol.
func (v ScheduleType) String() string {
	if int(v) < len(symbolsScheduleType) {
		return symbolsScheduleType[v]
	}
	return "UNKNOWN"
}

// ParseScheduleType returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseScheduleType(s string) (ScheduleType, bool) {
	for i, x := range symbolsScheduleType {
		if x == s {
			return ScheduleType(i), true
		}
	}
	return 0, false
}

// Status: Status of a revision (domain 0.5).
type Status uint8

// Symbols of Status; the zero value is the Avro default.
const (
	StatusUnknown Status = iota
	StatusIndicated
	StatusNeedsReview
	StatusWithdrawn
)

var symbolsStatus = [...]string{"UNKNOWN", "INDICATED", "NEEDS_REVIEW", "WITHDRAWN"}

// String returns the Avro symbol.
func (v Status) String() string {
	if int(v) < len(symbolsStatus) {
		return symbolsStatus[v]
	}
	return "UNKNOWN"
}

// ParseStatus returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseStatus(s string) (Status, bool) {
	for i, x := range symbolsStatus {
		if x == s {
			return Status(i), true
		}
	}
	return 0, false
}

// Weekday: Day of the week.
type Weekday uint8

// Symbols of Weekday; the zero value is the Avro default.
const (
	WeekdayUnknown Weekday = iota
	WeekdayMon
	WeekdayTue
	WeekdayWed
	WeekdayThu
	WeekdayFri
	WeekdaySat
	WeekdaySun
)

var symbolsWeekday = [...]string{"UNKNOWN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"}

// String returns the Avro symbol.
func (v Weekday) String() string {
	if int(v) < len(symbolsWeekday) {
		return symbolsWeekday[v]
	}
	return "UNKNOWN"
}

// ParseWeekday returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseWeekday(s string) (Weekday, bool) {
	for i, x := range symbolsWeekday {
		if x == s {
			return Weekday(i), true
		}
	}
	return 0, false
}

// WithdrawnOutcome: Outcome that a withdrawal gives way to (LIF-04).
type WithdrawnOutcome uint8

// Symbols of WithdrawnOutcome; the zero value is the Avro default.
const (
	WithdrawnOutcomeUnknown WithdrawnOutcome = iota
	WithdrawnOutcomeCompliant
	WithdrawnOutcomeExcused
	WithdrawnOutcomeNotApplicable
	WithdrawnOutcomeUndetermined
	WithdrawnOutcomeExcluded
)

var symbolsWithdrawnOutcome = [...]string{"UNKNOWN", "COMPLIANT", "EXCUSED", "NOT_APPLICABLE", "UNDETERMINED", "EXCLUDED"}

// String returns the Avro symbol.
func (v WithdrawnOutcome) String() string {
	if int(v) < len(symbolsWithdrawnOutcome) {
		return symbolsWithdrawnOutcome[v]
	}
	return "UNKNOWN"
}

// ParseWithdrawnOutcome returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func ParseWithdrawnOutcome(s string) (WithdrawnOutcome, bool) {
	for i, x := range symbolsWithdrawnOutcome {
		if x == s {
			return WithdrawnOutcome(i), true
		}
	}
	return 0, false
}

// Attachment: One of the twenty items of EVD-14.
type Attachment struct {
	// Item: Number of the item, 1 to 20.
	Item int32
	// State: State.
	State AttachmentState
	// Refs: References.
	Refs []string
}

// Contradiction: Something that speaks against the indication.
type Contradiction struct {
	// Code: What.
	Code ContradictionCode
	// Refs: Identifiers of the facts.
	Refs []string
}

// ControlAction: Something done about a control.
type ControlAction struct {
	// Control: Control.
	Control ControlName
	// At: When.
	At Instant
	// Kind: What.
	Kind ControlActionKind
	// Ok: Whether it succeeded.
	Ok bool
	// DurationMs: How long it took, in ms; null where nothing was measured.
	DurationMs Opt[int64]
	// Ref: Reference of a document, never text.
	Ref Opt[string]
}

// ControlChange: A change of a system.
type ControlChange struct {
	// Kind: What.
	Kind ControlChangeKind
	// System: System, or version of the policy.
	System string
	// At: When.
	At Instant
}

// ControlConsumer: A consumer that acknowledges take-backs.
type ControlConsumer struct {
	// Consumer: Consumer.
	Consumer string
	// AckP50Ms: From the take-back to its acknowledgement, median, in ms; null where nothing was measured.
	AckP50Ms Opt[int64]
	// AckP90Ms: The same, 90th percentile, in ms; null where nothing was measured.
	AckP90Ms Opt[int64]
	// AckMaxMs: The same, longest, in ms; null where nothing was measured.
	AckMaxMs Opt[int64]
	// Open: Recalls that it has not acknowledged.
	Open int32
}

// ControlCoverage: Of the units of the period, without those that are not applicable.
type ControlCoverage struct {
	// Units: Units that were due.
	Units int32
	// UndeterminedPermille: Share that the data cannot answer; null without units.
	UndeterminedPermille Opt[int32]
	// ExcludedPermille: Share that is excluded; null without units.
	ExcludedPermille Opt[int32]
	// UnsettledPermille: Share whose logs are not proven; null without units.
	UnsettledPermille Opt[int32]
	// HeldP90Ms: How long units that are held now have been, 90th percentile, in ms; null where nothing was measured.
	HeldP90Ms Opt[int64]
}

// ControlDeadLetters: Records that nobody can read, received in the period.
type ControlDeadLetters struct {
	// Received: How many; null where it was not measured.
	Received Opt[int32]
	// Replaced: Of those, sent again; null where it was not measured.
	Replaced Opt[int32]
	// Irrelevant: Of those, resolved by people; null where it was not measured.
	Irrelevant Opt[int32]
	// Open: Of those, open; null where it was not measured.
	Open Opt[int32]
	// OldestOpenMs: Age of the oldest open one, in ms; null where nothing was measured.
	OldestOpenMs Opt[int64]
}

// ControlDuty: A duty that binds somebody at the centre.
type ControlDuty struct {
	// Kind: Duty.
	Kind Kind
	// Controlled: Whether it was evaluated at all.
	Controlled bool
}

// ControlHandled: Whether what was told is being looked at, by age only.
type ControlHandled struct {
	// BacklogP50Ms: Age of what nobody has handled, median, in ms; null where nothing was measured.
	BacklogP50Ms Opt[int64]
	// BacklogP90Ms: The same, 90th percentile, in ms; null where nothing was measured.
	BacklogP90Ms Opt[int64]
	// OldestMs: The same, oldest, in ms; null where nothing was measured.
	OldestMs Opt[int64]
	// DutiesControlled: Duties that bind somebody.
	DutiesControlled []ControlDuty
}

// ControlIdentity: Rows that belong to nobody (IDN-10).
type ControlIdentity struct {
	// Rows: Card rows of the weeks that begin in the period.
	Rows int32
	// UnlinkedPermilleMax: Largest share of a week; null without rows.
	UnlinkedPermilleMax Opt[int32]
	// WeeksAboveLimit: Weeks above the limit.
	WeeksAboveLimit int32
}

// ControlIncidents: Incidents of one kind and origin that began in the period.
type ControlIncidents struct {
	// Kind: Kind.
	Kind IncidentKind
	// Origin: Who opened them.
	Origin Origin
	// Opened: How many.
	Opened int32
	// Dissolved: Of those, shown to be nothing.
	Dissolved int32
	// FormsPending: Of those, forms still pending.
	FormsPending int32
	// DurationMs: Sum of how long they lasted, in ms; null where nothing was measured.
	DurationMs Opt[int64]
	// NoticeP50Ms: From the start to when they were first known, median, in ms; null where nothing was measured.
	NoticeP50Ms Opt[int64]
	// NoticeMaxMs: The same, longest, in ms; null where nothing was measured.
	NoticeMaxMs Opt[int64]
	// FormsP50Ms: From the end to complete forms, median, in ms; null where nothing was measured.
	FormsP50Ms Opt[int64]
	// FormsMaxMs: The same, longest, in ms; null where nothing was measured.
	FormsMaxMs Opt[int64]
}

// ControlLine: One control of the reliability requirements (domain 6.3).
type ControlLine struct {
	// Control: Control.
	Control ControlName
	// Due: How often it was due; null where it was not measured.
	Due Opt[int32]
	// Done: How often it was done; null where it was not measured.
	Done Opt[int32]
	// Findings: What it found; null where it was not measured.
	Findings Opt[int32]
	// FollowedUp: Findings that were followed up; null where it was not measured.
	FollowedUp Opt[int32]
	// Open: Findings that are open; null where it was not measured.
	Open Opt[int32]
}

// ControlLoss: An automatic incident, or one that people declared a suspected loss.
type ControlLoss struct {
	// ID: Incident.
	ID string
	// Devices: Devices.
	Devices []string
	// From: Start.
	From Instant
	// To: End; null while it lasts.
	To Opt[Instant]
	// NoticedAt: When it was first known; null where nobody can say.
	NoticedAt Opt[Instant]
	// State: What became of it.
	State ControlLossState
	// DeclaredAt: When the exclusion that confirms it was declared.
	DeclaredAt Opt[Instant]
	// Persons: Persons whom it may concern (REL-14).
	Persons int32
	// UnitsHeld: Their units that are held or undetermined.
	UnitsHeld int32
	// TakenBackLastAt: When something was last taken back because of it.
	TakenBackLastAt Opt[Instant]
	// AcknowledgedAt: When everybody had acknowledged that.
	AcknowledgedAt Opt[Instant]
}

// ControlQuality: How often data quality named something, or what was not measured.
type ControlQuality struct {
	// Code: Code of data quality, or NOT_MEASURED.
	Code string
	// Field: With NOT_MEASURED: the field of this record.
	Field Opt[string]
	// Count: Lines that begin in the period.
	Count int32
}

// ControlRecalls: Recalls that opened in the period (contract-case 8), and not their units.
type ControlRecalls struct {
	// Opened: How many.
	Opened int32
	// Closed: Of those, closed.
	Closed int32
	// Open: Of those, open.
	Open int32
	// Overdue: Of those, with an acknowledgement that is overdue.
	Overdue int32
	// Consumers: By consumer.
	Consumers []ControlConsumer
}

// ControlReconciliations: Counts of devices held against what arrived (REL-03), per device and hour.
type ControlReconciliations struct {
	// Due: Hours of devices.
	Due int32
	// Done: Of those, counted.
	Done int32
	// Mismatched: Counts that did not agree; null where it was not measured.
	Mismatched Opt[int32]
	// RowsDifference: Sum of the differences; null where it was not measured.
	RowsDifference Opt[int64]
}

// ControlSettlement: How one manual log was said to be complete (LIF-02, REL-12).
type ControlSettlement struct {
	// LogType: Log.
	LogType LogType
	// Due: Dates whose marker was due.
	Due int32
	// OnTime: Proven within a day of the date's end.
	OnTime int32
	// Late: Proven later, within settle.max_wait.
	Late int32
	// Missing: Not proven by then.
	Missing int32
	// DelayP50Ms: From the date's end to the proof, median, in ms; null where nothing was measured.
	DelayP50Ms Opt[int64]
	// DelayP90Ms: The same, 90th percentile, in ms; null where nothing was measured.
	DelayP90Ms Opt[int64]
	// DelayMaxMs: The same, longest, in ms; null where nothing was measured.
	DelayMaxMs Opt[int64]
}

// ControlSource: A device or a feed that ought to say that it is well (REL-01, REL-02).
type ControlSource struct {
	// SourceID: Device or feed.
	SourceID string
	// Kind: What it is.
	Kind ControlSourceKind
	// SupervisedMs: How long it was supervised in the period; 0 if it never sent a heartbeat.
	SupervisedMs int64
	// SilentMs: How long it was silent while supervised.
	SilentMs int64
	// Silences: Silences, those that were dissolved later among them.
	Silences int32
	// LongestMs: The longest silence, in ms; null where nothing was measured.
	LongestMs Opt[int64]
	// Gaps: Gaps in its numbers; null where it was not measured.
	Gaps Opt[int32]
	// Rows: Rows that arrived; null where it was not measured.
	Rows Opt[int32]
	// RowsMissing: Rows that are missing by its numbers; null where it was not measured.
	RowsMissing Opt[int32]
	// Resets: Numbers that began again; null where it was not measured.
	Resets Opt[int32]
	// OffsetMaxMs: How far its clock was off at most, in ms; null where nothing was measured.
	OffsetMaxMs Opt[int64]
}

// ControlSupervision: A result of supervision.
type ControlSupervision struct {
	// ResultRef: Reference.
	ResultRef string
	// FromDate: First date.
	FromDate Date
	// ToDate: Last date.
	ToDate Date
	// Remarks: Whether it has remarks.
	Remarks bool
}

// ControlWithdrawals: Of the units first told in the period.
type ControlWithdrawals struct {
	// Permille: Share whose last revision is a withdrawal; null under 20 units.
	Permille Opt[int32]
	// Causes: Causes that took something back, each once.
	Causes []RecallCause
	// ExposureP50Ms: From the first revision to the first take-back, median, in ms; null where nothing was measured.
	ExposureP50Ms Opt[int64]
	// ExposureP90Ms: The same, 90th percentile, in ms; null where nothing was measured.
	ExposureP90Ms Opt[int64]
	// LagP90Ms: From when the fact was known to the take-back, 90th percentile, in ms; null where nothing was measured.
	LagP90Ms Opt[int64]
	// LagMaxMs: The same, longest, in ms; null where nothing was measured.
	LagMaxMs Opt[int64]
}

// Corroboration: Something that supports the indication.
type Corroboration struct {
	// Code: What.
	Code CorroborationCode
	// Refs: Identifiers of the facts.
	Refs []string
}

// Detail: A named value; never free text.
type Detail struct {
	// Name: Name.
	Name string
	// Value: Value.
	Value string
}

// Detention: Figures for Return Act section 15 (domain 5.4), for a reference instant; orientation, never a recommendation (DET-07).
type Detention struct {
	// Available: Whether section 15 reaches the person at the reference instant (DET-01).
	Available bool
	// Reason: Why not: GROUP_UNKNOWN, GROUP_NOT_COVERED or BEFORE_COMMENCEMENT; null where available.
	Reason Opt[string]
	// Reference: The reference instant.
	Reference Instant
	// PrimaryMonths: Length of the window that the law looks at: 1 after a conviction for breach of these duties, else 2 (DET-03).
	PrimaryMonths int32
	// Windows: 2 months, then 1 month; empty where not available.
	Windows []DetentionWindow
}

// DetentionWindow: Trailing calendar months up to the reference instant.
type DetentionWindow struct {
	// Months: Length in calendar months, 2 or 1.
	Months int32
	// FromDate: First unit date inside.
	FromDate Date
	// ToDate: Last unit date inside: the local date of the reference instant.
	ToDate Date
	// Indicated: Open INDICATED units that section 15 reaches.
	Indicated KindCounts
	// NeedsReview: Units under review, all duties.
	NeedsReview int32
	// Undetermined: Units that the registrations cannot answer, all duties.
	Undetermined int32
	// Excluded: Excluded units, all duties.
	Excluded int32
	// CompliantNights: STAY units complied with.
	CompliantNights int32
	// CompliantReports: REPORT units complied with.
	CompliantReports int32
}

// Evidence: A fact that the record rests on, or context.
type Evidence struct {
	// Topic: Input topic, without prefix.
	Topic string
	// Partition: Partition; null in files.
	Partition Opt[int32]
	// Offset: Offset; null in files.
	Offset Opt[int64]
	// ID: Identifier of the fact.
	ID string
	// Role: Part that it plays.
	Role EvidenceRole
	// At: Time of the fact itself.
	At Instant
	// ReceivedAt: When the source system had it.
	ReceivedAt Instant
}

// ExclusionRef: An exclusion that was checked.
type ExclusionRef struct {
	// ExclusionID: Exclusion.
	ExclusionID string
	// FromDate: First local date.
	FromDate Date
	// ToDate: Last local date.
	ToDate Date
	// Status: State.
	Status ExclusionStatus
	// Overlaps: Whether it overlaps the unit.
	Overlaps bool
}

// IncidentRef: An incident near the unit.
type IncidentRef struct {
	// IncidentID: Incident.
	IncidentID string
	// From: Start.
	From Instant
	// To: End; null means that it lasts.
	To Opt[Instant]
	// FormsStatus: Whether every form has arrived.
	FormsStatus FormsStatus
	// Effect: What it does to the unit.
	Effect IncidentEffect
}

// KindCounts: A number per duty.
type KindCounts struct {
	// Stay: Stay duty.
	Stay int32
	// Notify: Notification duty.
	Notify int32
	// Report: Reporting duty.
	Report int32
}

// LedgerUnit: Outcome of one unit.
type LedgerUnit struct {
	// Kind: Duty.
	Kind Kind
	// UnitDate: Evening date or due date.
	UnitDate Date
	// Outcome: Outcome.
	Outcome Outcome
	// Instant: Legal instant of a would-be record; null elsewhere.
	Instant Opt[Instant]
	// Caveats: Specific caveat codes, sorted.
	Caveats []string
	// Rules: Rule ids that fired, sorted.
	Rules []string
	// PolicyVersion: Version of the policy that decided.
	PolicyVersion string
}

// MonthCount: Counts of one duty in one month (CNT-06).
type MonthCount struct {
	// Month: Calendar month, YYYY-MM.
	Month string
	// Kind: Duty.
	Kind Kind
	// Indicated: Units whose last revision is INDICATED.
	Indicated int32
	// NeedsReview: Units whose last revision is NEEDS_REVIEW; never counted.
	NeedsReview int32
	// Withdrawn: Units whose last revision is WITHDRAWN.
	Withdrawn int32
	// Undetermined: Units that the registrations cannot answer, withdrawn or not.
	Undetermined int32
	// Excluded: Units that lie in an exclusion, withdrawn or not.
	Excluded int32
}

// NoticeConsidered: A notice that was considered, and why it did or did not count.
type NoticeConsidered struct {
	// ID: Identifier of the notice.
	ID string
	// At: Time of the notice.
	At Instant
	// Used: Whether it counted.
	Used bool
	// Reason: Why.
	Reason NoticeReason
}

// OpenUnit: A unit that is provisional or pending.
type OpenUnit struct {
	// Kind: Duty.
	Kind Kind
	// UnitDate: Evening date or due date.
	UnitDate Date
}

// Pattern: The 30 nights before (STY-09).
type Pattern struct {
	// Present: Nights present.
	Present int32
	// Absent: Nights absent.
	Absent int32
	// Undetermined: Nights that the data cannot answer.
	Undetermined int32
	// Other: All other nights.
	Other int32
}

// PermissionConsidered: A permission that was considered, and why it did or did not count.
type PermissionConsidered struct {
	// ID: Identifier of the permission.
	ID string
	// At: When it was decided.
	At Instant
	// Used: Whether it counted.
	Used bool
	// Reason: Why.
	Reason PermissionReason
}

// RecallConsumer: How far one consumer has acknowledged.
type RecallConsumer struct {
	// Consumer: Consumer.
	Consumer string
	// Acknowledged: Revisions acknowledged.
	Acknowledged int32
	// Open: Revisions not yet acknowledged.
	Open int32
}

// RecallFiled: A unit that was taken back and of which a report was filed (contract-case 8).
type RecallFiled struct {
	// UnitID: Unit.
	UnitID string
	// HandlingID: The Handling that says so.
	HandlingID string
	// DocumentRef: The filed report; null where the Handling names none.
	DocumentRef Opt[string]
	// FiledAt: When it was filed, at the latest when that was known.
	FiledAt Instant
	// RecalledAt: When a later REPORT_RECALLED took it back; null while none has.
	RecalledAt Opt[Instant]
}

// SanctionLine: One look-up in a guideline table (domain 5.2, 5.3).
type SanctionLine struct {
	// Regime: Regime.
	Regime Regime
	// Table: Table.
	Table string
	// Month: Calendar month; null for a total.
	Month Opt[string]
	// Count: Number looked up: open INDICATED units of the regime, in the month or in total.
	Count int32
	// Column: Column of the table, from 1: which time, at most the last column.
	Column int32
	// Cell: Cell as in the table; null where the table has none for the number.
	Cell Opt[string]
	// Over30Days: Whether the cell exceeds 30 days (DET-05); null where there is no cell.
	Over30Days Opt[bool]
	// Flags: Reservations, sorted.
	Flags []SanctionFlag
}

// Schedule: When a person must report (RPT-02).
type Schedule struct {
	// Type: Type of the schedule.
	Type ScheduleType
	// Weekdays: Days of the week on which a report is due; used by WEEKDAYS.
	Weekdays []Weekday
	// QuotaPerWeek: Number of distinct days with a report per ISO week; used by QUOTA.
	QuotaPerWeek int32
	// Dates: Dates on which a report is due; used by DATES.
	Dates []Date
	// WindowFrom: First local minute of the daily window, HH:MM; null means the start of the local day.
	WindowFrom Opt[string]
	// WindowTo: Last local minute of the daily window, HH:MM; null means the end of the local day.
	WindowTo Opt[string]
}

// Section143: What the engine knows of the indicators of Penal Code section 143 (SAN-07).
type Section143 struct {
	// DutiesImposed: Duties that bind at the reference instant, sorted.
	DutiesImposed []string
	// MonthsWithoutPresence: Calendar months, YYYY-MM, whose every night is an open INDICATED STAY unit.
	MonthsWithoutPresence []string
	// DaysWithThree: Dates with an open INDICATED unit of each duty.
	DaysWithThree int32
	// Days: Dates from the first to the last open INDICATED unit, both included.
	Days int32
	// Convictions: Convictions for breach of the duties of the enhanced regime.
	Convictions int32
}

// SupervisionRef: A result of supervision that covers the period (EVD-17).
type SupervisionRef struct {
	// ResultRef: Reference of the result.
	ResultRef string
	// FromDate: First local date.
	FromDate Date
	// ToDate: Last local date.
	ToDate Date
	// Remarks: Whether it has remarks.
	Remarks bool
}

// Acknowledgement: A consumer says that it has taken in a revision (EXC-07).
type Acknowledgement struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// Consumer: Consumer.
	Consumer string
	// UnitID: Unit.
	UnitID string
	// Revision: Revision taken in.
	Revision int32
	// PersonID: PersonID of the unit.
	PersonID string
	// At: When it did.
	At Instant
}

// CardAssignment: A card in the hands of a person for a time (IDN-08).
type CardAssignment struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// CardID: Card.
	CardID string
	// PersonID: Holder.
	PersonID string
	// CardType: Kind of card.
	CardType CardType
	// ValidFrom: Start.
	ValidFrom Instant
	// ValidTo: End, exclusive; null means open.
	ValidTo Opt[Instant]
	// AntiPassback: Whether anti-passback was on.
	AntiPassback AntiPassback
	// Created: How the profile was created.
	Created CardCreation
}

// CardEvent: A row of the access-control system: a card was used at a device (EVD-03).
type CardEvent struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// SourceSeq: Running number of the row per device and epoch; null where the device does not number.
	SourceSeq Opt[int64]
	// SourceEpoch: Rises whenever the numbering of the device restarts.
	SourceEpoch int64
	// PersonID: PersonID that the card belonged to according to the source; null where it did not know.
	PersonID Opt[string]
	// CardID: Card that was used.
	CardID string
	// CardType: Kind of card.
	CardType CardType
	// CentreID: Centre of the device.
	CentreID string
	// DeviceID: Device that read the card.
	DeviceID string
	// DeviceType: Kind of device.
	DeviceType DeviceType
	// Kind: Kind of row.
	Kind CardEventKind
	// Direction: Direction of a passage or refused attempt; null on a report.
	Direction Opt[Direction]
	// Scan: Which scan of a sluice passage.
	Scan Scan
	// OccurredAt: When the card was used.
	OccurredAt Instant
}

// CaseSummary: Counts of one person (domain 5, contract-case section 7). Information for people who decide: never a sum over entries, never a recommendation.
type CaseSummary struct {
	// PersonID: PersonID.
	PersonID string
	// Group: Effective group in force at the clock (GRP-05); null where none is known.
	Group Opt[Group]
	// PriorConvictions: Convictions of the group's class that are known and decided; 0 for OTHER_UNLAWFUL and null (CNT-08).
	PriorConvictions int32
	// Time: 1 + prior_convictions: which time a breach now would be.
	Time int32
	// Months: Per calendar month of the unit date and duty (CNT-05, CNT-06); rows without any number are left out. Between 2020-12-01 and 2024-03-22 no report that was missed is indicated (RD-03): it stands under needs_review.
	Months []MonthCount
	// Sanction: Starting points of the guideline, never a prediction (SAN-01); empty while sanction.lookup_enabled is false.
	Sanction []SanctionLine
	// Detention: Section 15, on request for a reference instant; null on the topic.
	Detention Opt[Detention]
	// Section143: Section 143, on request for a reference instant; null on the topic and where the group is not of the enhanced regime.
	Section143 Opt[Section143]
}

// ChangeMark: A deployment or configuration change (REL-09).
type ChangeMark struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// System: System changed.
	System string
	// At: When.
	At Instant
	// Description: What was changed; no personal data.
	Description string
}

// ControlActionTaken: Something done about a control: a restore test, a recall drill, a follow-up or an adjustment (REL-13).
type ControlActionTaken struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// CentreID: Centre, or ALL where it was about no single one.
	CentreID string
	// Control: Control that it was about.
	Control ControlName
	// At: When it was done.
	At Instant
	// Kind: What was done.
	Kind ControlActionKind
	// Ok: Whether it went as it should.
	Ok bool
	// DurationMs: How long it took; null where that was not measured.
	DurationMs Opt[int64]
	// Ref: Reference of a document about it; never text.
	Ref Opt[string]
}

// ControlReport: How the control system itself worked at a centre in a period (REL-13). Figures describe the control system. They say nothing about persons, and no number of violations is a target.
type ControlReport struct {
	// CentreID: Centre; ALL sums the centres and what has none.
	CentreID string
	// Period: YYYY-MM, YYYY-H1 or YYYY-H2, local time.
	Period string
	// From: Start of the period.
	From Instant
	// To: End of the period, exclusive.
	To Instant
	// AsOf: Clock of the last computation.
	AsOf Instant
	// Final: Whether the period ended 14 days ago and no recall of it is open.
	Final bool
	// PolicyVersions: Policies in force at some time of the period.
	PolicyVersions []string
	// Sources: Sources of the centre.
	Sources []ControlSource
	// Incidents: Incidents by kind and origin.
	Incidents []ControlIncidents
	// Losses: Suspected losses.
	Losses []ControlLoss
	// Settlements: Manual logs.
	Settlements []ControlSettlement
	// Reconciliations: Reconciliation.
	Reconciliations ControlReconciliations
	// Coverage: How much could be judged.
	Coverage ControlCoverage
	// Withdrawals: Take-backs.
	Withdrawals ControlWithdrawals
	// Recalls: Recalls.
	Recalls ControlRecalls
	// DeadLetters: Dead letters.
	DeadLetters ControlDeadLetters
	// Identity: Identity.
	Identity ControlIdentity
	// Quality: Data quality.
	Quality []ControlQuality
	// Supervision: Results of supervision.
	Supervision []ControlSupervision
	// Changes: Changes.
	Changes []ControlChange
	// Handled: Handling.
	Handled ControlHandled
	// Controls: Controls.
	Controls []ControlLine
	// Actions: Actions.
	Actions []ControlAction
}

// Conviction: A conviction for breach of a duty, as an external fact (CNT-08).
type Conviction struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// PersonID: PersonID.
	PersonID string
	// DecidedAt: When the court decided.
	DecidedAt Instant
	// Statute: Provision applied: ALIENS_ACT_60_1, ALIENS_ACT_60_2, RETURN_ACT_23_1, RETURN_ACT_23_2, PENAL_CODE_143 or OTHER; any other text counts as OTHER does, for nothing (contract-case 7.1).
	Statute string
	// Breaches: Number of breaches that the judgment established; null where not stated. Shown and never used, but that 0 is no conviction.
	Breaches Opt[int32]
	// CoversFromDate: First unit date that the judgment speaks of; null where it names no period.
	CoversFromDate Opt[Date]
	// CoversToDate: Last unit date that the judgment speaks of; null where it names no period.
	CoversToDate Opt[Date]
}

// DataQuality: Something doubtful about the data.
type DataQuality struct {
	// ID: UUIDv5 of code, subject and start.
	ID string
	// Code: What.
	Code DataQualityCode
	// Subject: Person, device, centre or fact concerned.
	Subject string
	// From: Start of what is named.
	From Instant
	// To: End; null means open or an instant.
	To Opt[Instant]
	// Detail: Named values.
	Detail []Detail
	// State: OPEN while it holds; the newest record of an id counts.
	State FindingState
	// ClosedAt: Clock at which it was found to hold no longer; null while it is open.
	ClosedAt Opt[Instant]
}

// DepartureAssessment: A human assessment of whether a person left for good (EVD-12).
type DepartureAssessment struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// PersonID: PersonID.
	PersonID string
	// FromDate: Local date that the assessment speaks of.
	FromDate Date
	// Outcome: Result.
	Outcome DepartureOutcome
	// DecidedAt: When it was decided.
	DecidedAt Instant
}

// Exclusion: Whole local dates whose registrations must not accuse (domain 6.2).
type Exclusion struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// ExclusionID: Exclusion; its highest version known counts.
	ExclusionID string
	// CentreID: Centre.
	CentreID string
	// FromDate: First local date.
	FromDate Date
	// ToDate: Last local date, inclusive.
	ToDate Date
	// Status: State.
	Status ExclusionStatus
	// Reason: Reason.
	Reason string
	// DeclaredBy: Who declared it.
	DeclaredBy string
	// ApprovedBy: Who approved it (EXC-06).
	ApprovedBy string
	// DeclaredAt: When it was declared.
	DeclaredAt Instant
}

// GroupChange: The group that a person belongs to from an instant on (domain 3.1).
type GroupChange struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// PersonID: PersonID.
	PersonID string
	// Group: Group from valid_from on.
	Group Group
	// NonRefoulement: Whether removal is barred (GRP-05).
	NonRefoulement bool
	// ValidFrom: Start of validity.
	ValidFrom Instant
}

// Handling: What people did with a unit (LIF-05, DET-09); it changes no outcome and no revision.
type Handling struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// HandlingID: Handling; the highest version known counts.
	HandlingID string
	// UnitID: Unit that was handled.
	UnitID string
	// PersonID: PersonID of the unit.
	PersonID string
	// Revision: Revision of the unit that the officer looked at.
	Revision int32
	// Kind: What was done.
	Kind HandlingKind
	// Outcome: What an assessment came to; null where none was made.
	Outcome Opt[HandlingOutcome]
	// DocumentRef: Reference of the document that says so.
	DocumentRef Opt[string]
	// ByRole: Role of who did it; never a name.
	ByRole string
	// At: When it was done.
	At Instant
}

// Heartbeat: A device or feed says that it is alive (REL-01).
type Heartbeat struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// SourceID: Device, or feed such as feed:card-events.
	SourceID string
	// CentreID: Centre; null for a feed of all centres.
	CentreID Opt[string]
	// At: When it was sent.
	At Instant
	// SourceEpoch: Numbering epoch of the source.
	SourceEpoch int64
	// LastSeq: Highest number given out in the epoch; null where rows are not numbered.
	LastSeq Opt[int64]
}

// Hold: Custody, imprisonment, hospital or the like (OBL-12).
type Hold struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// HoldID: Hold; its highest version known counts.
	HoldID string
	// PersonID: PersonID.
	PersonID string
	// Kind: Kind.
	Kind HoldKind
	// ValidFrom: Start.
	ValidFrom Instant
	// ValidTo: End, exclusive; null means open.
	ValidTo Opt[Instant]
}

// IdentityLink: Two PersonIDs found to be one person, or to be two (IDN-07).
type IdentityLink struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// PersonID: PersonID that remains.
	PersonID string
	// AliasPersonID: PersonID that is joined to it or parted from it.
	AliasPersonID string
	// Action: What the link does.
	Action LinkAction
	// At: When the link was made; the newest decides.
	At Instant
}

// Incident: An outage or a suspected loss of data (domain 2.6).
type Incident struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// IncidentID: Incident; its highest version known counts.
	IncidentID string
	// CentreID: Centre concerned, as a whole (INC-01).
	CentreID string
	// DeviceIDs: Devices concerned, for information.
	DeviceIDs []string
	// From: Start.
	From Instant
	// To: End, exclusive; null means that it lasts.
	To Opt[Instant]
	// Kind: Kind.
	Kind IncidentKind
	// FormsStatus: Whether every paper form has arrived.
	FormsStatus FormsStatus
	// State: Whether it still stands.
	State IncidentState
	// Origin: Who opened it.
	Origin Origin
}

// ManualEntry: One line of a paper form or log, or a check (SYS-19 to SYS-23).
type ManualEntry struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// PersonID: PersonID written on the paper; null where the number cannot be read (RD-47).
	PersonID Opt[string]
	// CentreID: Centre that the paper comes from.
	CentreID string
	// Form: Paper source.
	Form Form
	// Direction: Direction of a passage; null where there is none.
	Direction Opt[Direction]
	// Result: Result of a presence check or of an observation form; null elsewhere.
	Result Opt[CheckResult]
	// LocalTime: Local wall-clock time as written, YYYY-MM-DDTHH:MM(:SS)?, with an offset only where the source had one (TIM-06).
	LocalTime string
	// NameMatches: Whether the name written agrees with the ID number (IDN-09); null where not verified, which counts as true. False: the entry clears and never accuses (RD-36).
	NameMatches Opt[bool]
	// APB: ASSISTED_PASSAGE: whether it only unlocked a card (anti-passback); null counts as true. False: a real passage that staff registered (RD-38).
	APB Opt[bool]
	// DocumentRef: Reference of the scanned document.
	DocumentRef Opt[string]
}

// Notice: A message that the resident will be away at night (domain 3.5). Neither place nor reason (NTC-19).
type Notice struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// PersonID: PersonID of the resident that the notice is about.
	PersonID string
	// CentreID: Centre that noted it.
	CentreID string
	// LocalTime: Local wall-clock time as noted (TIM-06).
	LocalTime string
	// Channel: How it was given.
	Channel Channel
	// GivenBy: Who gave it.
	GivenBy GivenBy
	// Recipient: Who received it.
	Recipient Recipient
	// Clarity: Whether it was clear as a notice.
	Clarity Clarity
	// RangeFrom: Start of the announced part of the night, HH:MM; null means not limited.
	RangeFrom Opt[string]
	// RangeTo: End of the announced part of the night, HH:MM; null means not limited.
	RangeTo Opt[string]
	// Nights: How many nights it claimed; the law lets it cover the first only (NTC-11).
	Nights int32
	// TargetDate: Evening date of the night that it named; null where it named none (NTC-12).
	TargetDate Opt[Date]
}

// ObligationChange: A version of a decision that imposes a duty (domain 3.3).
type ObligationChange struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// DecisionID: Decision; all its versions known are applied in ascending order.
	DecisionID string
	// PersonID: PersonID of the person bound.
	PersonID string
	// Kind: Duty.
	Kind Kind
	// Action: What this version does.
	Action Action
	// LegalBasis: Legal basis.
	LegalBasis LegalBasis
	// CentreID: Assigned centre, or the centre of reporting.
	CentreID string
	// Schedule: Reporting schedule; null means DAILY on REPORT.
	Schedule Opt[Schedule]
	// Places: Places that a REPORT decision names; unused on other kinds. A centre_id that is a police station names POLICE whatever stands here.
	Places []ReportPlace
	// ServedAt: When the person was told; null means not served, and then IMPOSE and AMEND bind nobody.
	ServedAt Opt[Instant]
	// ValidFrom: Start of validity (for ANNUL: from when the decision is taken away).
	ValidFrom Instant
	// ValidTo: End of validity, exclusive; null means open.
	ValidTo Opt[Instant]
}

// Observation: Something that a case officer may want to know; never an accusation.
type Observation struct {
	// ID: UUIDv5 of code, person and start.
	ID string
	// Code: What.
	Code ObservationCode
	// PersonID: PersonID.
	PersonID string
	// From: Start.
	From Instant
	// To: End; null means open or an instant.
	To Opt[Instant]
	// State: OPEN while it holds; the newest record of an id counts.
	State FindingState
	// ClosedAt: Clock at which it was found to hold no longer; null while it is open.
	ClosedAt Opt[Instant]
}

// OutcomeMonth: The ledger of one person and month.
type OutcomeMonth struct {
	// PersonID: PersonID.
	PersonID string
	// Month: Calendar month of the unit dates, YYYY-MM.
	Month string
	// Units: Units with an outcome.
	Units []LedgerUnit
	// Open: Units that are provisional or pending.
	Open []OpenUnit
}

// Permission: A leave to stay away, given by the Return Agency (domain 3.6).
type Permission struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// PermissionID: Permission; its highest version known counts.
	PermissionID string
	// PersonID: PersonID.
	PersonID string
	// Status: State.
	Status PermissionStatus
	// ValidFrom: Start of the leave.
	ValidFrom Instant
	// ValidTo: End of the leave, exclusive.
	ValidTo Instant
	// ReportEffect: What it says about reporting.
	ReportEffect ReportEffect
	// DecidedAt: When it was decided.
	DecidedAt Instant
	// ServedAt: When the person was told; a revocation works from then on (PRM-09).
	ServedAt Opt[Instant]
}

// PolicyActivation: A policy comes into force (contract section 2).
type PolicyActivation struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// PolicyVersion: Version of the policy.
	PolicyVersion string
	// Digest: Lower-case hex SHA-256 of the policy text.
	Digest string
	// Text: Policy file, YAML.
	Text string
	// ActivatedAt: When it comes into force.
	ActivatedAt Instant
	// By: Who activated it.
	By string
}

// Recall: A set of withdrawals with one cause (EXC-03, EXC-07).
type Recall struct {
	// Cause: Cause.
	Cause RecallCause
	// CauseID: Identifier of the cause.
	CauseID string
	// CentreID: Centre; null where there is none.
	CentreID Opt[string]
	// Units: Units withdrawn.
	Units int32
	// Consumers: Acknowledgements.
	Consumers []RecallConsumer
	// OpenedAt: When it was opened.
	OpenedAt Instant
	// ClosedAt: When every consumer had acknowledged; null while open.
	ClosedAt Opt[Instant]
	// Filed: Reports that were filed of these units, those that stand first; at most 256.
	Filed []RecallFiled
	// FiledUnits: Units of which a filed report stands, also those that are not listed.
	FiledUnits int32
}

// Reconciliation: A count of rows at the source (REL-03).
type Reconciliation struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// DeviceID: Device.
	DeviceID string
	// From: Start of the interval.
	From Instant
	// To: End of the interval, exclusive.
	To Instant
	// Rows: Number of rows at the source.
	Rows int64
	// Digest: Digest of the rows at the source; null where none is given.
	Digest Opt[string]
}

// Resolution: Somebody settles what a dead letter, or a paper entry without person, was (contract section 2).
type Resolution struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// Topic: Input topic of the dead letter or entry, without prefix.
	Topic string
	// Partition: Partition of the dead letter or entry in that topic.
	Partition int32
	// Offset: Offset of the dead letter or entry in that partition.
	Offset int64
	// Outcome: How it was settled; IRRELEVANT also ends the doubt of a paper entry without person (RD-47).
	Outcome ResolutionOutcome
	// By: Who settled it.
	By string
	// At: When it was settled.
	At Instant
}

// Settlement: A manual log of one local date has arrived in full (LIF-02, REL-12).
type Settlement struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// CentreID: Centre.
	CentreID string
	// LocalDate: Local date that the marker speaks of.
	LocalDate Date
	// LogType: Log; OUTAGE_FORMS speaks of passage and reporting forms together (RD-40).
	LogType LogType
	// Complete: True proves the log; false proves nothing and takes nothing away.
	Complete bool
	// Through: Instant up to which the log is proven; null means the whole local date.
	Through Opt[Instant]
}

// SupervisionResult: Result of the supervision of the access-control system (SYS-24, EVD-17).
type SupervisionResult struct {
	// ID: Identifier of the record, unique within its topic.
	ID string
	// Version: Version of the fact; the highest version known counts (contract section 1).
	Version int64
	// Retracted: True when the highest version takes the whole fact away.
	Retracted bool
	// ReceivedAt: When the source system had the record.
	ReceivedAt Instant
	// CentreID: Centre.
	CentreID string
	// FromDate: First local date supervised.
	FromDate Date
	// ToDate: Last local date supervised, inclusive.
	ToDate Date
	// ResultRef: Reference of the result.
	ResultRef string
	// Remarks: Whether it has remarks.
	Remarks bool
}

// Violation: One revision of an indication, for human assessment (domain 0.5, contract section 3). Never a finding of guilt.
type Violation struct {
	// UnitID: UUIDv5 of duty, date and person (LIF-01).
	UnitID string
	// Revision: Revision, from 1 without gaps.
	Revision int32
	// Status: Status.
	Status Status
	// WithdrawnOutcome: Outcome that a withdrawal gives way to; null unless WITHDRAWN.
	WithdrawnOutcome Opt[WithdrawnOutcome]
	// Kind: Duty.
	Kind Kind
	// PersonID: PersonID.
	PersonID string
	// UnitDate: Evening date of the night, or due date (CNT-05).
	UnitDate Date
	// Instant: Legal instant of the indicated breach.
	Instant Instant
	// PeriodFrom: Start of the night or slot.
	PeriodFrom Instant
	// PeriodTo: End of the night or slot, exclusive.
	PeriodTo Instant
	// CentreID: Centre of the decision in force at the reference moment.
	CentreID string
	// Group: Effective group at the reference moment (GRP-05, GRP-08).
	Group Group
	// ObligationIDs: Decisions in force at any time in the period, sorted.
	ObligationIDs []string
	// LegalBasis: Legal basis of the decision of this duty at the reference moment.
	LegalBasis LegalBasis
	// Basis: What the indication rests on (EVD-08).
	Basis Basis
	// Shortfall: Missing reports of a quota week; null elsewhere (TX-29).
	Shortfall Opt[int32]
	// Caveats: Specific caveat codes, sorted (domain 4).
	Caveats []string
	// BaseCaveats: Caveat codes that every record of this duty carries, sorted.
	BaseCaveats []string
	// Evidence: Facts relied on, and context from 24 hours before to 24 hours after; at most 400, the rest is counted in item 2 of the attachments.
	Evidence []Evidence
	// NoticesConsidered: Notices considered.
	NoticesConsidered []NoticeConsidered
	// PermissionsConsidered: Permissions considered.
	PermissionsConsidered []PermissionConsidered
	// Incidents: Incidents at the centre from the last observation before to the first after.
	Incidents []IncidentRef
	// ExclusionsChecked: Exclusions checked.
	ExclusionsChecked []ExclusionRef
	// Supervision: Results of supervision that cover the period.
	Supervision []SupervisionRef
	// Pattern: The 30 nights before.
	Pattern Pattern
	// Corroboration: What supports the indication.
	Corroboration []Corroboration
	// Contradiction: What speaks against it, over the period and 24 hours to each side.
	Contradiction []Contradiction
	// Attachments: The twenty items of EVD-14.
	Attachments []Attachment
	// Statement: Neutral statement, English (EVD-16).
	Statement string
	// StatementDa: Neutral statement, Danish (EVD-16).
	StatementDa string
	// Rules: Rule ids that fired, sorted.
	Rules []string
	// PolicyVersion: Version of the policy that decided.
	PolicyVersion string
	// PolicyDigest: Digest of that policy.
	PolicyDigest string
	// EngineVersion: Version of the engine.
	EngineVersion string
	// EvaluatedAt: Clock of the evaluation.
	EvaluatedAt Instant
	// Settled: Whether the required logs are proven.
	Settled bool
	// ChangeReason: Why this revision was written.
	ChangeReason ChangeReason
	// Cause: What took back what was told before (contract-case section 8); null on every revision that takes nothing back.
	Cause Opt[RecallCause]
	// CauseID: The cause and what it is, such as EXCLUSION:X-7: the key of the recall that the revision belongs to; null as cause is.
	CauseID Opt[string]
	// PreviousDigest: Digest of the revision before; null on revision 1.
	PreviousDigest Opt[string]
	// Digest: Lower-case hex SHA-256 of the RFC 8785 form of this record without this field.
	Digest string
}
