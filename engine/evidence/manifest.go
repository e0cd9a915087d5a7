package evidence

// PackageForm names the form of the manifest; it changes when a field changes its meaning or goes away.
const PackageForm = "tilsyn-package/1"

// Manifest says what is in a package. It names every other file with its hash.
//
// Many fields: one for each thing that who receives a package asks first.
type Manifest struct {
	Form     string `json:"form"`
	PersonID string `json:"person_id"`
	From     string `json:"from_date"`
	To       string `json:"to_date"`
	// AsOf is the clock: nothing known after it is in the package.
	AsOf          string          `json:"as_of"`
	EngineVersion string          `json:"engine_version"`
	Policies      []PackagePolicy `json:"policies"`
	Note          PackageNote     `json:"note"`
	Units         []PackageUnit   `json:"units"`
	Withdrawn     []WithdrawnUnit `json:"withdrawn"`
	Replay        Replayed        `json:"replay"`
	Log           Inclusion       `json:"log"`
	// Notes are what to know of how the facts were read.
	Notes []string      `json:"notes"`
	Files []PackageFile `json:"files"`
}

// PackagePolicy is a policy that was active by the clock.
type PackagePolicy struct {
	Version string `json:"policy_version"`
	Digest  string `json:"policy_digest"`
	// From is when it was activated; empty for the one that holds from the start.
	From string `json:"active_from,omitempty"`
	// File is its text, of which Digest is the SHA-256.
	File string `json:"file"`
}

// PackageNote is the note of 11 March 2024 (EVD-06), as the policy names it.
type PackageNote struct {
	ID      string `json:"id"`
	Version string `json:"version"`
	Hash    string `json:"hash"`
	// File holds it; empty where it is named alone and has to be put beside the package.
	File string `json:"file"`
}

// PackageUnit is one record of a package.
type PackageUnit struct {
	UnitID   string `json:"unit_id"`
	Kind     string `json:"kind"`
	Date     string `json:"unit_date"`
	Status   string `json:"status"`
	Revision int    `json:"revision"`
	Digest   string `json:"digest"`
	// RecordFrom is "log" for a record that was told, "replay" for one that was computed.
	RecordFrom string `json:"record_from"`
	Agrees     bool   `json:"agrees"`
	Dir        string `json:"dir"`
	// ReplayDiffers are fields beside those of the comparison form (contract §3) in which a replay of facts.jsonl gives
	// something else, since what they count is not in the package.
	ReplayDiffers []string `json:"replay_differs"`
}

// WithdrawnUnit is one that was told and must not be relied on.
type WithdrawnUnit struct {
	UnitID   string `json:"unit_id"`
	Kind     string `json:"kind"`
	Date     string `json:"unit_date"`
	Revision int    `json:"revision"`
	Outcome  string `json:"withdrawn_outcome"`
	// Told is false where the withdrawal has yet to be told.
	Told bool `json:"told"`
}

// Replayed says what `tilsyn replay` of facts.jsonl gives.
type Replayed struct {
	Command string `json:"command"`
	// Same is true where each record comes out equal in comparison form, and nothing else is accused.
	Same bool `json:"same"`
	// Level and Wide are the Selection that was needed; StandIns are facts that nobody sent (package:…) or that stand for
	// what the watch found in the rows of others (auto:…).
	Level    int      `json:"level"`
	Wide     bool     `json:"wide"`
	StandIns []string `json:"stand_ins"`
	Differs  []string `json:"differs"`
}

// Inclusion says of which revisions the package shows that they are entries of the log of all revisions (decision
// 0028).
type Inclusion struct {
	// State is INCLUDED where it has a proof of one at least, else NOT_INCLUDED.
	State string `json:"state"`
	File  string `json:"file,omitempty"`
	// Proven are the units and revisions of which it does; Missing those of which it does not although there is a
	// log or proofs were given, each with the reason.
	Proven  []string `json:"proven"`
	Missing []string `json:"missing"`
}

// PackageFile is one file with its hash.
type PackageFile struct {
	Name   string `json:"name"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}
