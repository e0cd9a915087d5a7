package duty

// Position says where in the log a fact was read.
type Position struct {
	Partition int32
	Offset    int64
}

// Known is one version of a fact together with when it was known: at
// logged_at where the fact has one, else at received_at (contract §1).
type Known[T any] struct {
	Fact T
	// At is when the fact was known.
	At Instant
	// Pos is the place in the input topic; missing in files without one.
	Pos Opt[Position]
}

// Facts are all versions of all facts of one person, of the persons that an
// identity link ever joined with it, and every row and assignment of the cards
// that any of them held or used. Order and duplicates carry no meaning.
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
	// Crowds are the cards among these that are everybody's (NewCrowd), sorted by card.
	// Of such a card the rows of others, rows without person and assignments of others
	// are not needed, and do not count.
	Crowds []Crowd
	// Acknowledgements bear on no outcome: recalls read them (contract-case 8).
	Acknowledgements []Known[Acknowledgement]
	// Handlings bear on no outcome, and nothing waits for them (contract §2): recalls name
	// the reports that were filed.
	Handlings []Known[Handling]
	// Unreadable are records under these persons' keys that could not be read.
	Unreadable []Unreadable
}

// CentreFacts are all versions of all facts that are keyed by centre or feed,
// of every centre. Order and duplicates carry no meaning.
type CentreFacts struct {
	Incidents          []Known[Incident]
	Exclusions         []Known[Exclusion]
	Settlements        []Known[Settlement]
	Heartbeats         []Known[Heartbeat]
	Reconciliations    []Known[Reconciliation]
	ChangeMarks        []Known[ChangeMark]
	SupervisionResults []Known[SupervisionResult]
	// ManualEntries are the versions of every paper entry that has a version
	// without a person: those under the centre's key, and those that name the
	// person (RD-47). A version that names a person stands here and among the
	// Facts of that person; in files one line is both.
	ManualEntries []Known[ManualEntry]
	// Resolutions settle dead letters, of whatever topic.
	Resolutions []Known[Resolution]
	// Activations are the policy activations as records; their texts are not read
	// here (Input.Policies).
	Activations []Known[PolicyActivation]
	// Unreadable are records of centre-keyed topics, and records without a
	// usable key, that could not be read.
	Unreadable []Unreadable
}

// Unreadable is a record that could not be read. It is known lost data and
// holds every unit that it might speak of (contract §1).
type Unreadable struct {
	// Topic is the input topic without prefix.
	Topic string
	// Key is the person, card or centre; empty where the key is not usable,
	// and then the hold is on all units.
	Key string
	// ID is the id of the record where it could be read.
	ID string
	// At is the timestamp of the record; missing where none could be read, and
	// then the hold has no lower bound.
	At Opt[Instant]
	// Pos is the place in the input topic.
	Pos Opt[Position]
	// Fault is why one that could be read cannot be filed: its key is not usable. It
	// is named FACT_INVALID then, all others UNREADABLE.
	Fault Fault
}
