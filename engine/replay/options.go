package replay

import (
	"fmt"
	"io"
	"runtime"

	"tilsyn/engine/duty"
)

// DefaultMemory is how many bytes of facts are sorted in memory before they go
// to disk.
const DefaultMemory = 256 << 20

// Stdio as the name of a file means standard input or standard output.
const Stdio = "-"

// Options say what to replay. The zero value of a field means its default.
//
// Many fields: one for each option of the command.
type Options struct {
	// Facts are the input files; Stdio is standard input.
	Facts []string
	Stdin io.Reader
	// Policies are ascending by activation; the first one holds from Beginning.
	Policies []duty.ActivePolicy
	// AsOf are the instants to judge at, ascending; none: the latest logged_at or
	// received_at in the input, raised to the next local 08:00.
	AsOf []duty.Instant
	// Yes allows an instant more than 400 days after the input.
	Yes bool
	// Said is a violations log taken as what was already said; empty: none.
	Said string
	// Violations, Outcomes, DataQuality and Observations are the output files;
	// Stdio is Stdout, empty is none.
	Violations, Outcomes, DataQuality, Observations string
	// Summaries is the output file of case summaries.
	Summaries string
	// Recalls is the output file of recalls.
	Recalls string
	// Incidents is the output file of automatic incidents.
	Incidents string
	// Reference asks for the figures of §15 and §143 in the summaries, as they
	// stood at that instant; it must not be after any of AsOf.
	Reference duty.Opt[duty.Instant]
	Stdout    io.Writer
	// Unwatched judges as if nobody watched devices and feeds: no gap, silence or burst holds
	// anything back. It shows what the watch prevents, and is no verdict that may be told.
	Unwatched bool
	// Reads are further files that the caller reads, such as policies: no output
	// may take their place.
	Reads []string
	// SkipBad is the file for unreadable lines; empty: they stop the run.
	SkipBad string
	// Memory bounds what is sorted in memory, in bytes (default DefaultMemory).
	Memory int
	// TempDir is where sorting on disk happens (default the system's).
	TempDir string
	// Workers is the number of goroutines that decode and judge (default one
	// per processor).
	Workers int
	// Progress is told how far the run is; nil: nobody.
	Progress Progress
}

// Progress follows a run. Its methods are called from one goroutine at a time.
type Progress interface {
	// Phase begins a step of total units of work; 0 when that is not known.
	Phase(name string, total int64)
	// Add says that n more units are done.
	Add(n int64)
	// Done ends the last step.
	Done()
}

// Summary counts what a run did.
type Summary struct {
	// Records were read; Skipped could not be and went to Options.SkipBad.
	Records, Skipped int64
	// Unknown counts members that no schema has, by topic and name; their values
	// were left out. At most maxUnknown names are kept.
	Unknown map[string]int64
	// Persons were judged at AsOf.
	Persons int64
	AsOf    []duty.Instant
	// Revisions were written; Units are ledger lines.
	Revisions, Units int64
	// Judged are the nights and reporting slots that were over at the last AsOf.
	Judged int64
	// Spilled is true when the facts did not fit in Options.Memory.
	Spilled bool
}

// InputError is input that cannot be used: the command's exit status is 2. It
// names the file and, where there is one, the line; never a person.
type InputError struct {
	// File is the input file, "standard input", or empty for a wrong option.
	File string
	// Line is the line or, in an Avro container file, the record; from 1, 0 for
	// the whole file.
	Line int64
	// Record is true when Line counts records.
	Record bool
	// Err says what was wrong and what to do.
	Err error
}

// Error implements error.
func (e *InputError) Error() string {
	switch {
	case e.File == "":
		return e.Err.Error()
	case e.Line == 0:
		return fmt.Sprintf("%s: %v", e.File, e.Err)
	case e.Record:
		return fmt.Sprintf("%s: record %d: %v", e.File, e.Line, e.Err)
	}
	return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
}

// Unwrap returns the cause.
func (e *InputError) Unwrap() error { return e.Err }

func (o *Options) defaults() {
	if o.Memory <= 0 {
		o.Memory = DefaultMemory
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Progress == nil {
		o.Progress = noProgress{}
	}
}

// noProgress is a Progress that nobody sees.
type noProgress struct{}

func (noProgress) Phase(string, int64) {}
func (noProgress) Add(int64)           {}
func (noProgress) Done()               {}

// maxUnknown bounds the names of unknown members that a summary keeps.
const maxUnknown = 64

// note counts unknown members.
func (s *Summary) note(unknown map[string]int64) {
	if s.Unknown == nil {
		s.Unknown = map[string]int64{}
	}
	for name, n := range unknown {
		if _, known := s.Unknown[name]; known || len(s.Unknown) < maxUnknown {
			s.Unknown[name] += n
		}
	}
}
