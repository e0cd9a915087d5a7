package explain

// Form names the form of the JSON; it changes when a field changes its meaning or goes away.
const Form = "tilsyn-explanation/1"

// Explanation is everything about one unit. Instants are local time of Denmark with offset.
//
// Many fields: one for each section of the output.
type Explanation struct {
	Form string `json:"form"`
	Unit Unit   `json:"unit"`
	// Verdict is the core's, with the clock that it stands at.
	Verdict Verdict `json:"verdict"`
	// Statement is the record's own, in English and Danish; empty where the unit is no record.
	Statement   string `json:"statement"`
	StatementDa string `json:"statement_da"`
	// Decisions are what binds the person over the unit.
	Decisions []Decision `json:"decisions"`
	// Order says what was asked, in the order of RD-06, and the answer of each.
	Order []Check `json:"order"`
	// Timeline is everything around the unit, in order of time; Positions say where registrations show the
	// card.
	Timeline  []Item     `json:"timeline"`
	Positions []Position `json:"positions"`
	// Rules are those that fired.
	Rules []Rule `json:"rules"`
	// Doubts are the caveats of the unit, BaseDoubts those that every record of its kind has.
	Doubts     []Doubt  `json:"doubts"`
	BaseDoubts []string `json:"base_doubts"`
	// Triggers are the instants of a NOTIFY night by which a notice was needed, Slots the due times of a
	// reporting day.
	Triggers    []Trigger    `json:"triggers"`
	Slots       []Slot       `json:"slots"`
	Notices     []Considered `json:"notices"`
	Permissions []Considered `json:"permissions"`
	Incidents   []Incident   `json:"incidents"`
	Exclusions  []Exclusion  `json:"exclusions"`
	Supervision []Reference  `json:"supervision"`
	Settlement  Settlement   `json:"settlement"`
	// Revisions are what was told; RevisionsFrom is "log" where a violations log says so, "replay" where
	// they were computed.
	Revisions     []Revision `json:"revisions"`
	RevisionsFrom string     `json:"revisions_from"`
	Clearing      Clearing   `json:"clearing"`
	// Notes are what this explanation cannot say, and what to know before reading it.
	Notes   []string `json:"notes"`
	NotesDa []string `json:"notes_da"`

	drawing drawing
}

// Unit names the unit.
type Unit struct {
	UnitID   string   `json:"unit_id"`
	Kind     string   `json:"kind"`
	Date     string   `json:"unit_date"`
	PersonID string   `json:"person_id"`
	CentreID string   `json:"centre_id"`
	Centres  []string `json:"centres"`
	Group    string   `json:"group"`
	From     string   `json:"period_from"`
	To       string   `json:"period_to"`
	// Hours are the true length of the unit.
	Hours float64 `json:"hours"`
	Due   string  `json:"due"`
}

// Verdict is what the core says at a clock.
type Verdict struct {
	AsOf    string `json:"as_of"`
	Outcome string `json:"outcome"`
	// Pending is true for a would-be record that must not be told yet; Ready says from when on.
	Pending bool   `json:"pending"`
	Ready   string `json:"ready,omitempty"`
	Instant string `json:"instant,omitempty"`
	Basis   string `json:"basis,omitempty"`
	// Policies are what each policy gives by itself (TX-22).
	Policies []PolicyVerdict `json:"policies"`
	// Readings are how many readings of the facts were judged; the mildest counts.
	Readings int `json:"readings"`
}

// PolicyVerdict is what one policy gives by itself.
type PolicyVerdict struct {
	Version string `json:"policy_version"`
	Digest  string `json:"policy_digest"`
	From    string `json:"activated,omitempty"`
	Outcome string `json:"outcome"`
	Decides bool   `json:"decides"`
}

// Decision is a stretch over which a decision binds.
type Decision struct {
	Kind       string `json:"kind"`
	DecisionID string `json:"decision_id"`
	LegalBasis string `json:"legal_basis"`
	CentreID   string `json:"centre_id"`
	Group      string `json:"group"`
	From       string `json:"from"`
	To         string `json:"to,omitempty"`
	ServedAt   string `json:"served_at,omitempty"`
}

// Check is one question in the order of RD-06.
type Check struct {
	Question   string `json:"question"`
	QuestionDa string `json:"question_da"`
	Rule       string `json:"rule"`
	// Answer is "yes", "no" or "not reached".
	Answer string `json:"answer"`
	// Read are the ids of what the answer rests on.
	Read []string `json:"read"`
}

// Item is one thing on the timeline.
type Item struct {
	At string `json:"at"`
	To string `json:"to,omitempty"`
	// What says what it is, ID which fact; empty for instants of the law.
	What   string `json:"what"`
	WhatDa string `json:"what_da"`
	Topic  string `json:"topic,omitempty"`
	ID     string `json:"id,omitempty"`
	// Source is the device or the paper, Centre the place.
	Source string `json:"source,omitempty"`
	Centre string `json:"centre_id,omitempty"`
	Known  string `json:"known,omitempty"`
	Place  string `json:"place_in_log,omitempty"`
	Role   string `json:"role,omitempty"`
	// Counted is "yes", "no" or empty for what is no evidence; Why says why.
	Counted string `json:"counted,omitempty"`
	Why     string `json:"why,omitempty"`
	WhyDa   string `json:"why_da,omitempty"`

	sort int64
}

// Position is a stretch with one position.
type Position struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Where    string `json:"where"`
	CentreID string `json:"centre_id,omitempty"`
	Why      string `json:"why,omitempty"`
	WhyDa    string `json:"why_da,omitempty"`
}

// Rule is a rule that fired.
type Rule struct {
	ID string `json:"id"`
	// Section and Title name its paragraph in the law, Text is the rule, Source the originals.
	Section string `json:"section,omitempty"`
	Title   string `json:"title,omitempty"`
	Text    string `json:"text,omitempty"`
	// TextDa says in Danish, shortly, what the rule says.
	TextDa string `json:"text_da,omitempty"`
	Source string `json:"source,omitempty"`
	// Read are the facts that it read, Concluded is what followed.
	Read        []string `json:"read"`
	Concluded   string   `json:"concluded"`
	ConcludedDa string   `json:"concluded_da"`
}

// Doubt is a caveat.
type Doubt struct {
	Code string `json:"code"`
	// Caps is "yes" where it keeps the record at NEEDS_REVIEW by itself, else "no" or "sometimes".
	Caps   string   `json:"keeps_at_review"`
	Text   string   `json:"set_when,omitempty"`
	TextDa string   `json:"set_when_da,omitempty"`
	Rules  []string `json:"rules"`
}

// Trigger is an instant by which a notice was needed.
type Trigger struct {
	Rule     string   `json:"rule"`
	At       string   `json:"at"`
	Read     []string `json:"read"`
	Result   string   `json:"result"`
	ResultDa string   `json:"result_da"`
	Doubts   []string `json:"doubts"`
	Chosen   bool     `json:"decides"`
}

// Slot is a due time of a reporting day.
type Slot struct {
	From    string   `json:"from"`
	To      string   `json:"to"`
	Outcome string   `json:"outcome"`
	Rules   []string `json:"rules"`
	Doubts  []string `json:"doubts"`
}

// Considered is a notice or a permission.
type Considered struct {
	ID     string `json:"id"`
	At     string `json:"at"`
	Used   bool   `json:"counted"`
	Reason string `json:"reason"`
	Why    string `json:"why"`
	WhyDa  string `json:"why_da"`
}

// Incident is an incident at the unit's centres.
type Incident struct {
	ID       string `json:"incident_id"`
	From     string `json:"from"`
	To       string `json:"to,omitempty"`
	Forms    string `json:"forms_status"`
	Effect   string `json:"effect"`
	EffectDa string `json:"effect_da"`
}

// Exclusion is an exclusion of the unit's centres.
type Exclusion struct {
	ID       string `json:"exclusion_id"`
	From     string `json:"from_date"`
	To       string `json:"to_date"`
	Status   string `json:"status"`
	Overlaps bool   `json:"overlaps"`
}

// Reference is a result of supervision.
type Reference struct {
	Ref     string `json:"result_ref"`
	From    string `json:"from_date"`
	To      string `json:"to_date"`
	Remarks bool   `json:"remarks"`
}

// Settlement says what a record waits for.
type Settlement struct {
	// Settled is true where every required log is proven, or none is required.
	Settled bool  `json:"settled"`
	Logs    []Log `json:"logs"`
	// HeldBy are records that cannot be used and may speak of the unit.
	HeldBy   []string `json:"held_by"`
	HeldByDa []string `json:"held_by_da"`
	// Feeds are how far feeds had told everything, Rests how far they must have.
	Feeds []Feed `json:"feeds"`
	Rests string `json:"rests,omitempty"`
	// Missing says in words what is missing; empty where nothing is.
	Missing   []string `json:"missing"`
	MissingDa []string `json:"missing_da"`
}

// Log is a manual log on one date.
type Log struct {
	CentreID string `json:"centre_id"`
	Date     string `json:"local_date"`
	Log      string `json:"log_type"`
	Needed   string `json:"needed_through"`
	Through  string `json:"proven_through,omitempty"`
	Proven   bool   `json:"proven"`
}

// Feed is how far a feed had told everything.
type Feed struct {
	Source  string `json:"source_id"`
	Through string `json:"through,omitempty"`
	Enough  bool   `json:"enough"`
}

// Revision is one edition of what was told.
type Revision struct {
	Revision         int      `json:"revision"`
	Status           string   `json:"status"`
	WithdrawnOutcome string   `json:"withdrawn_outcome,omitempty"`
	At               string   `json:"evaluated_at"`
	Reason           string   `json:"change_reason"`
	Changed          []Change `json:"changed"`
	// Known are the facts that became known since the revision before it, of those that may be shown.
	Known     []string `json:"became_known"`
	Statement string   `json:"statement"`
	Digest    string   `json:"digest"`
}

// Change is a field that differs from the revision before.
type Change struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// Clearing is what would clear or lower the unit.
type Clearing struct {
	// Now is the outcome that is to be lowered.
	Now string `json:"now"`
	// Asked is how many facts the core was asked about, one at a time.
	Asked   int            `json:"asked"`
	Facts   []ClearingFact `json:"facts"`
	Other   []string       `json:"not_asked"`
	OtherDa []string       `json:"not_asked_da"`
}

// ClearingFact is a kind of fact of which one would clear or lower the unit.
type ClearingFact struct {
	What    string `json:"what"`
	WhatDa  string `json:"what_da"`
	Whom    string `json:"ask"`
	WhomDa  string `json:"ask_da"`
	Outcome string `json:"outcome_then"`
	// Clears is true where no record is left, false where it becomes milder.
	Clears bool `json:"clears"`
	// At are the own times at which it was asked and does; empty for facts without one.
	At []string `json:"at"`
	// Facts are the facts that were asked, in the form of FACTS (contract §4).
	Facts []RawFact `json:"facts"`

	records []any
}

// RawFact is a fact as a line of JSON.
type RawFact string

// MarshalJSON writes the line as it is.
func (f RawFact) MarshalJSON() ([]byte, error) { return []byte(f), nil }

// UnmarshalJSON keeps the line as it is.
func (f *RawFact) UnmarshalJSON(line []byte) error {
	*f = RawFact(line)
	return nil
}
