package evidence

import (
	"tilsyn/engine/duty"
	"tilsyn/engine/explain"
)

// CertificateForm names the form of the JSON; it changes when a field changes its meaning or goes away.
const CertificateForm = "tilsyn-certificate/1"

// Certificate is the proof of one record. Instants are UTC as in canonical JSON, counts of time milliseconds.
//
// Many fields: one for each thing that a checker reads.
type Certificate struct {
	Form string `json:"form"`
	// AsOf is the clock: nothing known after it is here.
	AsOf          string     `json:"as_of"`
	EngineVersion string     `json:"engine_version"`
	Policy        PolicyUsed `json:"policy"`
	// Record is the record in canonical JSON, as told where RecordFrom is "log", as it would be told at the
	// clock where it is "replay". Revisions are all that were told of the unit, Record the last of them.
	Record     Raw    `json:"record"`
	RecordFrom string `json:"record_from"`
	Revisions  []Raw  `json:"revisions"`
	// Agrees is true where the verdict at the clock is what Record says; where it is not, Differs names the fields
	// of contract §3 and a further revision is due.
	Agrees  bool     `json:"agrees"`
	Differs []string `json:"differs"`
	// Interval is the time over which the unit is inferred.
	IntervalFrom string `json:"interval_from"`
	IntervalTo   string `json:"interval_to"`
	Rows         []Row  `json:"rows"`
	// Silence are the statements that something was not registered.
	Silence []Silence `json:"silence"`
	// Sources are what devices and feeds gave, Watch the automatic incidents that stand over the interval.
	Sources []Source    `json:"sources"`
	Watch   []Automatic `json:"watch"`
	// Order, Rules, Doubts, Triggers, Slots, Notices and Permissions are those of `tilsyn explain`.
	Order       []explain.Check      `json:"order"`
	Rules       []explain.Rule       `json:"rules"`
	Doubts      []explain.Doubt      `json:"doubts"`
	Triggers    []explain.Trigger    `json:"triggers"`
	Slots       []explain.Slot       `json:"slots"`
	Notices     []explain.Considered `json:"notices"`
	Permissions []explain.Considered `json:"permissions"`
	// Logs are the logs that the record needs, on each date.
	Logs []Log `json:"logs"`
	// Facts are the facts that may be shown, in the form of FACTS (contract §4).
	Facts []Raw `json:"facts"`
	// NotShown says in words what this does not show.
	NotShown []string `json:"not_shown"`
}

// Raw is a piece of JSON that is written as it is.
type Raw string

// MarshalJSON implements json.Marshaler.
func (r Raw) MarshalJSON() ([]byte, error) { return []byte(r), nil }

// PolicyUsed is the policy that decided, with what a checker needs of it.
type PolicyUsed struct {
	Version string `json:"policy_version"`
	Digest  string `json:"policy_digest"`
	// HeartbeatLimitMs is how long a source may be silent (W-01); LateReturnMs and the like are not repeated.
	HeartbeatLimitMs int64  `json:"heartbeat_limit_ms"`
	SuspensionFrom   string `json:"suspension_from"`
	SuspensionTo     string `json:"suspension_to"`
	ReferenceDate    string `json:"practice_reference_date"`
}

// Row is one registration, on paper or not (EVD-14 item 2).
//
// Many fields: all that EVD-14 asks to show of a registration.
type Row struct {
	Topic     string `json:"topic"`
	Partition *int32 `json:"partition"`
	Offset    *int64 `json:"offset"`
	ID        string `json:"id"`
	At        string `json:"at"`
	Received  string `json:"received_at"`
	Known     string `json:"known_at"`
	CentreID  string `json:"centre_id"`
	// Device is that of a row, Form that of a paper entry.
	Device     string `json:"device_id,omitempty"`
	DeviceType string `json:"device_type,omitempty"`
	Form       string `json:"paper_form,omitempty"`
	// Side is on which side of the gate or the fence the device stands: OUTER or INNER reader of a sluice, INSIDE or
	// OUTSIDE of a stand, else empty.
	Side      string `json:"side,omitempty"`
	CardID    string `json:"card_id,omitempty"`
	CardType  string `json:"card_type,omitempty"`
	Direction string `json:"direction,omitempty"`
	// Authentication is BIO, BAR_STAFF or FORM_STAFF (Annex A.1).
	Authentication string `json:"authentication"`
	Role           string `json:"role"`
	Counted        bool   `json:"counted"`
	Use            string `json:"use"`
	Late           bool   `json:"late"`
}

// Silence is one statement that something was not registered, with what it rests on.
type Silence struct {
	// About is PASSAGES, REPORTS, NOTICES or PERMISSIONS.
	About   string   `json:"about"`
	Says    string   `json:"says"`
	SaysDa  string   `json:"says_da"`
	From    string   `json:"from"`
	To      string   `json:"to"`
	Centres []string `json:"centres"`
	// State is COVERED where everything cited is proven, PEOPLE where some source never said that it was well, so
	// that what people noted is all there is, and OPEN where something is not proven.
	State string `json:"state"`
	Cites []Cite `json:"cites"`
}

// Cite is one thing that a statement of silence rests on.
type Cite struct {
	// Kind is HEARTBEAT, NUMBERS, FEED, MARKER, FORMS, EXCLUSIONS or NONE.
	Kind   string `json:"kind"`
	Source string `json:"source"`
	// State is PROVEN, PARTLY, NOT_SUPERVISED, NOT_NUMBERED or OPEN.
	State string `json:"state"`
	// Facts are the ids of the facts that it is read from; those of heartbeats are not listed.
	Facts  []string `json:"facts"`
	Text   string   `json:"text"`
	TextDa string   `json:"text_da"`
}

// Source is what one device or feed gave around the interval, without any row of a person.
type Source struct {
	Source   string `json:"source_id"`
	CentreID string `json:"centre_id"`
	// Since is when its supervision begins, empty where it has none.
	Since string `json:"supervised_since,omitempty"`
	// Beats are its heartbeats as runs: the first in milliseconds since 1970, the step, how many.
	Beats   [][3]int64 `json:"heartbeats"`
	Numbers *Numbers   `json:"numbers"`
}

// Numbers are what a device numbered between two signs of it.
type Numbers struct {
	Epoch       int64      `json:"source_epoch"`
	FirstAt     string     `json:"first_at"`
	First       int64      `json:"first"`
	LastAt      string     `json:"last_at"`
	Last        int64      `json:"last"`
	LastByBeat  bool       `json:"last_by_heartbeat"`
	Arrived     [][2]int64 `json:"arrived"`
	Unnumbered  int        `json:"unnumbered"`
	FirstByBeat bool       `json:"first_by_heartbeat"`
}

// Automatic is an automatic incident that stands (contract-watch §6.7).
type Automatic struct {
	ID       string   `json:"incident_id"`
	CentreID string   `json:"centre_id"`
	Devices  []string `json:"device_ids"`
	Kind     string   `json:"kind"`
	From     string   `json:"from"`
	To       string   `json:"to,omitempty"`

	span duty.Span
}

// Log is a manual log that the record needs on one date (LIF-02).
type Log struct {
	CentreID string `json:"centre_id"`
	Date     string `json:"local_date"`
	Log      string `json:"log_type"`
	Needed   string `json:"needed_through"`
	Through  string `json:"proven_through,omitempty"`
	Proven   bool   `json:"proven"`
}
