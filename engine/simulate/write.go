package simulate

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"tilsyn/engine/duty"
	"tilsyn/engine/outfile"
	"tilsyn/schemas"
)

// Names of the files that WriteFiles writes.
const (
	FactsFile = "facts.jsonl"
	TruthFile = "truth.jsonl"
	// FaultsFile is written where Config.Faults has plans.
	FaultsFile = "faults.jsonl"
	// PolicyFile is written where Config.Heartbeats is not the built-in interval.
	PolicyFile = "policy.yaml"
)

// PolicyText is the policy under which heartbeats of an interval are what is
// expected, and a feed counts as silent only when it has missed as many as a device may;
// empty for none, and where the built-in policy expects it.
func PolicyText(interval duty.Instant) string {
	if interval == 0 || interval == builtinHeartbeats {
		return ""
	}
	n := interval / duty.Second
	text := fmt.Sprintf("version: simulated-heartbeats-%d\n"+
		"parameters:\n  heartbeat.interval: {value: PT%dS, source: the simulation}\n", n, n)
	if missed := heartbeatsMissed * n; missed > builtinStopAfter/duty.Second {
		text += fmt.Sprintf("  staleness.stop_after: {value: PT%dS, source: the simulation}\n", missed)
	}
	return text
}

// Parameters of the built-in policy (contract §5): heartbeat.interval, heartbeat.missed and
// staleness.stop_after.
const (
	builtinHeartbeats = duty.Minute
	heartbeatsMissed  = 3
	builtinStopAfter  = 15 * duty.Minute
)

// Lines is a Sink that writes facts as JSON Lines in the form of FACTS
// (contract §4). Call Flush at the end.
type Lines struct {
	w   *bufio.Writer
	buf []byte
	// Facts counts what was written.
	Facts int
}

// NewLines writes to w.
func NewLines(w io.Writer) *Lines { return &Lines{w: bufio.NewWriterSize(w, 1<<18)} }

// Put writes one line. Of a version of a paper entry that stands under two keys
// (RD-47) one line is enough.
func (l *Lines) Put(f Fact) error {
	if m, ok := f.Record.(*duty.ManualEntry); ok && m.PersonID.OK && f.Key == m.CentreID {
		return nil
	}
	line := schemas.Line{Topic: f.Topic, Value: f.Record}
	if head, _ := schemas.HeadOf(f.Record); head.ReceivedAt != f.ReceivedAt {
		line.LoggedAt = duty.Some(f.ReceivedAt)
	}
	l.buf = schemas.AppendLine(l.buf[:0], &line)
	l.Facts++
	_, err := l.w.Write(l.buf)
	return err
}

// Flush writes what is buffered.
func (l *Lines) Flush() error { return l.w.Flush() }

// Files is a Sink that writes FactsFile, and beside it TruthFile and what else
// the Config asks for, into a directory. Files of these names are replaced when
// Commit has everything; until then, and after an error, they are as they were.
type Files struct {
	*Lines
	cfg   Config
	files map[string]*outfile.File
}

// OpenFiles begins to write what a Config gives into dir, which is made if it is
// not there.
func OpenFiles(cfg Config, dir string) (*Files, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	f := &Files{cfg: cfg, files: map[string]*outfile.File{}}
	for i, name := range f.Names() {
		path := filepath.Join(dir, name)
		for _, other := range f.Names()[:i] {
			if outfile.Identify(path).Same(outfile.Identify(filepath.Join(dir, other))) {
				f.Discard()
				return nil, fmt.Errorf("%s and %s are one file: remove the link", other, name)
			}
		}
		file, err := outfile.Create(path, outfile.Public)
		if err != nil {
			f.Discard()
			return nil, err
		}
		f.files[name] = file
	}
	f.Lines = NewLines(f.files[FactsFile])
	return f, nil
}

// Names are the names of the files, FactsFile first.
func (f *Files) Names() []string {
	names := []string{FactsFile, TruthFile}
	if len(f.cfg.Faults.Plans) > 0 {
		names = append(names, FaultsFile)
	}
	if PolicyText(f.cfg.Heartbeats) != "" {
		names = append(names, PolicyFile)
	}
	return names
}

// Commit writes the truth and puts all files in their places.
func (f *Files) Commit(t *Truth) error {
	if err := errors.Join(f.Flush(), t.Write(f.files[TruthFile])); err != nil {
		return err
	}
	if file := f.files[FaultsFile]; file != nil {
		if err := t.WriteFaults(file); err != nil {
			return err
		}
	}
	if file := f.files[PolicyFile]; file != nil {
		if _, err := io.WriteString(file, PolicyText(f.cfg.Heartbeats)); err != nil {
			return err
		}
	}
	for _, name := range f.Names() {
		if err := f.files[name].Commit(); err != nil {
			return err
		}
	}
	return nil
}

// Discard gives up what Commit did not complete.
func (f *Files) Discard() {
	for _, name := range f.Names() {
		if file := f.files[name]; file != nil {
			file.Discard()
		}
	}
}

// WriteFiles simulates and writes FactsFile, TruthFile and what else the Config
// asks for into dir. It returns the truth and how many facts were written.
func WriteFiles(cfg Config, dir string) (truth *Truth, facts int, err error) {
	f, err := OpenFiles(cfg, dir)
	if err != nil {
		return nil, 0, err
	}
	defer f.Discard()
	if truth, err = Run(cfg, f); err != nil {
		return nil, 0, err
	}
	return truth, f.Facts, f.Commit(truth)
}

// truthLine is one line of a truth file.
type truthLine struct {
	UnitID   string `json:"unit_id"`
	PersonID string `json:"person_id"`
	Kind     string `json:"kind"`
	UnitDate string `json:"unit_date"`
	Truth    string `json:"truth"`
	Expected string `json:"expected"`
	Why      string `json:"why,omitempty"`
}

// Write writes the truth as JSON Lines, one unit a line: what really happened
// (MET, EXCUSED, GREY, BREACH), whether its record ought to be INDICATED at
// the end or not (OTHER), and why a breach ought not. Near lost rows, and where a plan
// made faults, it is OPEN instead of INDICATED: the record may be held or left to people
// as well.
func (t *Truth) Write(to io.Writer) error {
	w := bufio.NewWriter(to)
	enc := json.NewEncoder(w)
	for i := range t.Units {
		u := &t.Units[i]
		line := truthLine{
			UnitID: duty.UnitID(u.Kind, u.Date, u.PersonID), PersonID: u.PersonID, Kind: u.Kind.String(),
			UnitDate: DateString(u.Date), Truth: u.What.String(), Expected: "OTHER", Why: string(u.Why),
		}
		if u.Indicated {
			line.Expected = duty.StatusIndicated.String()
		}
		if u.Open {
			line.Expected = "OPEN"
		}
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	return w.Flush()
}
