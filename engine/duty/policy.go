package duty

// Policy is one version of the parameters and registers, as data. Package
// policy builds it from the built-in values and from files; the core reads it.
type Policy struct {
	// Version and Digest name the policy in every record.
	Version, Digest string
	// Steps are the parameters in force from a local date on, ascending; the
	// first one holds for all earlier dates as well.
	Steps []ParamsFrom
	// Centres and Devices are the register (contract §5).
	Centres []Centre
	Devices []Device
	// Settle says which manual logs must be proven, per centre and date.
	Settle []SettleRule
	// Exclusions are the preloaded ones (EXC-01).
	Exclusions []Known[Exclusion]
	// Tables are the guideline's starting points (001 §7).
	Tables []SanctionTable
}

// ParamsFrom are the parameters in force from a date on.
type ParamsFrom struct {
	From   Date
	Params Params
}

// Params are the parameters of domain §9.2 and contract §5 on one date.
// Durations are in milliseconds, minutes or nights as the name says.
type Params struct {
	NoticeDeadlineMinuteInclusive bool         // notice.deadline_minute_inclusive
	NoticeExitToleranceMinutes    int          // notice.exit_tolerance
	NoticePartialOverrun          Effect       // notice.partial_overrun: Ignore, Review, Breach
	NoticeWrongRecipient          Effect       // notice.wrong_recipient: Review
	ReturnToleranceMinutes        int          // return.boundary_tolerance
	StayMinPresence               Instant      // stay.presence_rule: 0 is ANY_IN_WINDOW, else MIN_DURATION in ms
	StayLateReturnUntilMinute     int          // stay.late_return_until, minutes after local midnight
	StayOpenIntervalReview        bool         // stay.open_interval_status = NEEDS_REVIEW
	ReportGraceMinutes            int          // report.grace
	SluiceMax                     Instant      // passage.sluice_max, ms
	CollapseMax                   Instant      // passage.collapse, ms
	AssistMatchMinutes            int          // assist.match
	SettleMaxWait                 Instant      // settle.max_wait, ms
	LateAccusation                Instant      // data.late_accusation, ms
	IncidentTaintForward          bool         // incident.taint_forward
	DepartureOpenNights           int          // departure.open_nights
	DepartureClosedNights         int          // departure.closed_nights
	SuspensionFrom, SuspensionTo  Date         // suspension.from, suspension.to (inclusive)
	SuspensionRequiresManual      bool         // suspension.requires_manual
	DirectionRiskUntil            Date         // direction_risk.until (exclusive)
	DirectionRiskCentre           string       // centre of DEV-06: KH
	TwoCardsUntil                 Date         // two_cards.until (exclusive), used where the card history is unknown
	PracticeReferenceDate         Date         // practice.reference_date
	ExclusionAdjoiningNights      bool         // exclusion.adjoining_nights
	EmitGrace                     Opt[Instant] // emit.grace, ms; missing: 0 where markers are required, 15 minutes where not
	ReportAutoDaily2026           bool         // report.auto_daily_2026
	SanctionLookupEnabled         bool         // sanction.lookup_enabled
	SanctionClearlyMoreThan10     int          // sanction.clearly_more_than_10
	StalenessStopAfter            Instant      // staleness.stop_after, ms
	HeartbeatInterval             Instant      // heartbeat.interval, ms
	HeartbeatMissed               int          // heartbeat.missed
	LedgerLag                     Instant      // ledger.lag, ms
	RecallOverdue                 Instant      // recall.overdue, ms
}

// Effect is what a policy lets a doubtful circumstance do.
type Effect uint8

// Effects, mildest first.
const (
	Ignore Effect = iota
	Review
	Breach
)

// Centre is one departure centre of the register.
type Centre struct {
	ID, Name string
	// StandInside says whether the reporting stand is inside the fence
	// (DEV-03, DEV-04).
	StandInside bool
	// From and To bound its operation as a departure centre (AMB-31).
	From, To Instant
}

// Device is one device of the register (DEV-01).
type Device struct {
	ID, CentreID string
	Type         DeviceType
	// PairedWith is the other reader of a sluice; empty for a device that
	// writes one row a passage (PAS-03).
	PairedWith string
	// Outer is true for the reader on the outside of a sluice.
	Outer    bool
	From, To Instant
}

// SettleRule names the logs that must be proven for a centre on some dates.
type SettleRule struct {
	// CentreID is the centre; empty means every centre without a rule of its own.
	CentreID string
	// From and To bound the unit dates, both inclusive.
	From, To Date
	Logs     []LogType
}

// ActivePolicy is a policy and when it was activated.
type ActivePolicy struct {
	// From is the activation; Beginning for the one that holds from the start.
	From   Instant
	Policy *Policy
}
