package duty

// Position is the place in the log at which a fact was read.
type Position struct {
	Partition int32
	Offset    int64
}

// Known is one version of a fact with the time at which it became known: logged_at if the fact has
// one, otherwise received_at (contract §1).
type Known[T any] struct {
	Fact T
	// At is when the fact became known.
	At Instant
	// Pos is its place in the input topic; missing for facts from files.
	Pos Opt[Position]
}

// Facts are all versions of all facts of one person, of the persons that an identity link ever
// joined with it, and every row and assignment of the cards that any of them held or used. Order
// and duplicates have no meaning.
type Facts struct {
	CardEvents           []Known[CardEvent]
	ManualEntries        []Known[ManualEntry]
	Notices              []Known[Notice]
	ObligationChanges    []Known[ObligationChange]
	GroupChanges         []Known[GroupChange]
	Permissions          []Known[Permission]
	Holds                []Known[Hold]
	DepartureAssessments []Known[DepartureAssessment]
	Convictions          []Known[Conviction]
	IdentityLinks        []Known[IdentityLink]
	CardAssignments      []Known[CardAssignment]
	// Crowds are the cards among these that are everybody's (NewCrowd), sorted by card. Of such a card
	// the rows of others, rows without a person and assignments of others are not needed and do not
	// count.
	Crowds []Crowd
	// Acknowledgements affect no outcome; recalls read them (contract-case 8).
	Acknowledgements []Known[Acknowledgement]
	// Handlings affect no outcome and nothing waits for them (contract §2); recalls name the reports
	// that were filed.
	Handlings []Known[Handling]
	// Unreadable are records under these persons' keys that could not be read.
	Unreadable []Unreadable
}

// CentreFacts are all versions of all facts keyed by centre or feed, of every centre. Order and
// duplicates have no meaning.
type CentreFacts struct {
	Incidents          []Known[Incident]
	Exclusions         []Known[Exclusion]
	Settlements        []Known[Settlement]
	Heartbeats         []Known[Heartbeat]
	Reconciliations    []Known[Reconciliation]
	ChangeMarks        []Known[ChangeMark]
	SupervisionResults []Known[SupervisionResult]
	ControlActions     []Known[ControlActionTaken]
	// ManualEntries are all versions of every paper entry that has a version without a person: those
	// under the centre's key, and those that name the person (RD-47). A version that names a person is
	// here and among the Facts of that person; in files one line is both.
	ManualEntries []Known[ManualEntry]
	// Resolutions settle dead letters, of whatever topic.
	Resolutions []Known[Resolution]
	// Activations are the policy activations as records; their texts are not read here (see
	// Input.Policies).
	Activations []Known[PolicyActivation]
	// Unreadable are records of centre-keyed topics, and records without a
	// usable key, that could not be read.
	Unreadable []Unreadable
}

// Unreadable is a record that could not be read. It is known lost data and holds every unit that
// it might concern (contract §1).
type Unreadable struct {
	// Topic is the input topic without prefix.
	Topic string
	// Key is the person, card or centre; empty if the key is unusable, in which case all units are
	// held.
	Key string
	// ID is the id of the record if it could be read.
	ID string
	// At is the timestamp of the record; if it is missing, the hold has no lower bound.
	At Opt[Instant]
	// Pos is the place in the input topic.
	Pos Opt[Position]
	// Fault says why a readable record cannot be filed: its key is unusable. It is then reported as
	// FACT_INVALID, all others as UNREADABLE.
	Fault Fault
}
