package duty

// Policy is one version of the parameters and registers, as data. Package
// policy builds it from the built-in values and from files; the core reads it.
type Policy struct {
	// Version and Digest name the policy in every record.
	Version, Digest string
	// Steps are the parameters by the local date from which they apply, ascending; the first one also
	// applies to all earlier dates.
	Steps []ParamsFrom
	// Centres and Devices are the register (contract §5).
	Centres []Centre
	Devices []Device
	// Settle says which manual logs must be proven, by place, duty and date: the first rule that fits
	// all three counts.
	Settle []SettleRule
	// Exclusions are the preloaded ones (EXC-01).
	Exclusions []Known[Exclusion]
	// Consumers are those who are told, and must be told what is taken back (EXC-07).
	Consumers []ConsumerSpan
	// Feeds are those whose heartbeats say that everything was sent, and when they are listed; nil: the
	// built-in ones at all times (Feeds, W-55).
	Feeds []FeedSpan
	// Notes are which document the note of 11 March 2024 is, by unit date; where none fits, the built-in one
	// (NoteOn).
	Notes []NoteSpan
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
//
// Many fields: one for each parameter of the specification.
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
	DepartureSilentDays           int          // departure.silent_days
	SuspensionFrom, SuspensionTo  Date         // suspension.from, suspension.to (inclusive)
	SuspensionRequiresManual      bool         // suspension.requires_manual
	DirectionRiskUntil            Date         // direction_risk.until (exclusive)
	DirectionRiskCentre           string       // centre of DEV-06: KH
	TwoCardsUntil                 Date         // two_cards.until (exclusive), used where the card history is unknown
	PracticeReferenceDate         Date         // practice.reference_date
	ExclusionAdjoiningNights      bool         // exclusion.adjoining_nights
	EmitGrace                     Opt[Instant] // emit.grace, ms; missing: 0 with required markers, else 15 min
	ReportAutoDaily2026           bool         // report.auto_daily_2026
	SanctionLookupEnabled         bool         // sanction.lookup_enabled
	SanctionClearlyMoreThan10     int          // sanction.clearly_more_than_10
	StalenessStopAfter            Instant      // staleness.stop_after, ms
	HeartbeatInterval             Instant      // heartbeat.interval, ms
	HeartbeatMissed               int          // heartbeat.missed
	LedgerLag                     Instant      // ledger.lag, ms
	RecallOverdue                 Instant      // recall.overdue, ms
}

// Effect is what a policy makes of a doubtful circumstance.
type Effect uint8

// Effects, mildest first.
const (
	Ignore Effect = iota
	Review
	Breach
)

// PlaceKind says what a place of the register is (RD-46).
type PlaceKind uint8

// Kinds of place; the zero value is that of an entry without a kind.
const (
	PlaceDepartureCentre PlaceKind = iota
	PlaceAsylumCentre
	PlacePoliceStation
	PlaceOther
)

// String returns the name in a policy file.
func (k PlaceKind) String() string {
	switch k {
	case PlaceAsylumCentre:
		return "ASYLUM_CENTRE"
	case PlacePoliceStation:
		return "POLICE_STATION"
	case PlaceOther:
		return "OTHER"
	}
	return "DEPARTURE_CENTRE"
}

// Centre is one place of the register over one validity.
type Centre struct {
	ID, Name string
	Kind     PlaceKind
	// StandInside says whether the reporting stand is inside the fence
	// (DEV-03, DEV-04).
	StandInside bool
	// NoStand is true if the register names no side: a report there shows no position.
	NoStand bool
	// From and To bound its operation, both at the start of a local date: a unit outside these dates
	// is NOT_APPLICABLE (AMB-31, RD-44).
	From, To Instant
}

// Device is one device of the register (DEV-01).
type Device struct {
	ID, CentreID string
	Type         DeviceType
	// PairedWith is the other reader of a sluice; empty for a device that writes one row per passage
	// (PAS-03).
	PairedWith string
	// Outer is true for the reader on the outside of a sluice.
	Outer bool
	// Reports is true for a staff scanner for barcode reports, which writes rows
	// of kind REPORT alone; a REPORTING_STAND does so by its type (RD-45).
	Reports bool
	// SupervisedFrom is from when on its silence counts, at the earliest (W-55).
	SupervisedFrom Instant
	// From and To bound its validity, both at the start of a local date.
	From, To Instant
}

// ForReports reports whether the device writes rows of kind REPORT: a passage row from it counts
// as one of an unknown device (RD-45).
func (d *Device) ForReports() bool { return d.Reports || d.Type == DeviceTypeReportingStand }

// SettleRule names the logs that must be proven for some units (LIF-02, RD-39, RD-40). POLICE_LOG
// counts only for a REPORT whose decision names the police; at a police station only it counts,
// unless the rule names that station.
type SettleRule struct {
	// CentreID is the place; empty fits every place.
	CentreID string
	// Kind is the duty; Unknown fits every duty.
	Kind Kind
	// From and To bound the unit dates, both inclusive.
	From, To Date
	Logs     []LogType
}

// FeedSpan is a feed that the policy lists over a time (`watch.feeds`).
type FeedSpan struct {
	Source string
	// CentreID is the centre that it is of; empty: whichever its heartbeats name, or none.
	CentreID string
	Span     Span
}

// Note names the edition of the note of 11 March 2024 that goes with a record (EVD-06).
type Note struct {
	ID, Version string
	// Hash is sha256: and the hash of the file in hex.
	Hash string
}

// NoteSpan is a Note and the unit dates that it goes with, both inclusive (`evidence.note`).
type NoteSpan struct {
	From, To Date
	Note     Note
}

// NoteOn returns the note that goes with records of a unit date.
func (p *Policy) NoteOn(d Date) Note {
	for i := range p.Notes {
		if n := &p.Notes[i]; n.From <= d && d <= n.To {
			return n.Note
		}
	}
	return Note{ID: pwcNote, Version: "2024-03-11", Hash: pwcNoteHash}
}

// ConsumerSpan is a consumer of violations and the time during which it is told
// (`recall.consumers`).
type ConsumerSpan struct {
	Name string
	Span Span
}

// ActivePolicy is a policy with the time of its activation.
type ActivePolicy struct {
	// From is the activation; Beginning for the policy that applies from the start.
	From   Instant
	Policy *Policy
}
