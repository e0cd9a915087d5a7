package duty

// Input is everything that the verdict on one person depends on, except the clock.
type Input struct {
	// PersonID is the person whose units are evaluated.
	PersonID string
	Person   *Facts
	Centres  *Centres
	// Policies are all policies activated so far, in ascending order of activation.
	Policies []ActivePolicy
	// FromDate and ToDate limit the units that are returned; if both are missing, all are.
	FromDate, ToDate Opt[Date]
	// Provisional makes every would-be record provisional, for a caller that knows that facts of the
	// person may be missing from the input.
	Provisional bool
}

// Unit is the verdict on one night or reporting day.
type Unit struct {
	Kind Kind
	Date Date // evening of a night, or reporting day
	// Outcome is one of the outcomes of domain §0.5 except WITHDRAWN.
	Outcome Outcome
	// Pending is true for a would-be record that must not be told yet (RD-27, emit.grace); Outcome
	// says what it would be.
	Pending bool
	// Ready is the clock from which on a would-be record may be told: its instant, its longest
	// tolerance and the grace are over (contract §5).
	Ready Instant
	// Early is true for an outcome that is not known before 06:00 (RD-27): it is not part of the
	// ledger, but withdraws what was told.
	Early bool
	// Instant is the legal instant of a would-be record.
	Instant Opt[Instant]
	// Rules are the ids of the rules that fired, sorted.
	Rules []string

	PolicyVersion, PolicyDigest string

	// Material are the fields for whose change a revision is written.
	Material

	// ground is what the record is built from, court the judge; next is when time alone changes the
	// unit.
	ground *ground
	court  *court
	next   Instant
}

// Result is the verdict on every unit of one person at one clock.
type Result struct {
	PersonID string
	At       Instant // the clock
	// Units are sorted by date, then NOTIFY, REPORT, STAY.
	Units []Unit
	// Next is the earliest instant after At at which time alone can change anything; Forever if there
	// is none. It may be too early, never too late.
	Next         Instant
	DataQuality  []DataQuality
	Observations []Observation

	// court builds withdrawals of units without a duty.
	court *court
	// opens is when time alone next opens an automatic incident; Forever for never.
	opens Instant
}

// Said is what was last told of one unit.
type Said struct {
	Kind             Kind
	Date             Date
	Revision         int32
	Status           Status
	WithdrawnOutcome Opt[WithdrawnOutcome]
	Instant          Instant // legal instant of the unit
	Material
	PolicyDigest string  // of the policy that decided
	EvaluatedAt  Instant // clock of the revision
	Digest       string  // of the whole revision in canonical form
}
