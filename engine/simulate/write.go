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
	l.buf = schemas.AppendLine(l.buf[:0], &schemas.Line{Topic: f.Topic, Value: f.Record})
	l.Facts++
	_, err := l.w.Write(l.buf)
	return err
}

// Flush writes what is buffered.
func (l *Lines) Flush() error { return l.w.Flush() }

// Files is a Sink that writes FactsFile, and beside it TruthFile, into a
// directory. Files of these names are replaced when Commit has everything; until
// then, and after an error, they are as they were.
type Files struct {
	*Lines
	facts, truth *outfile.File
}

// OpenFiles begins to write into dir, which is made if it is not there.
func OpenFiles(dir string) (*Files, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	facts, truth := filepath.Join(dir, FactsFile), filepath.Join(dir, TruthFile)
	if outfile.Identify(facts).Same(outfile.Identify(truth)) {
		return nil, fmt.Errorf("%s and %s are one file: remove the link", FactsFile, TruthFile)
	}
	f := &Files{}
	var err error
	if f.facts, err = outfile.Create(facts, outfile.Public); err != nil {
		return nil, err
	}
	if f.truth, err = outfile.Create(truth, outfile.Public); err != nil {
		f.Discard()
		return nil, err
	}
	f.Lines = NewLines(f.facts)
	return f, nil
}

// Commit writes the truth and puts both files in their places.
func (f *Files) Commit(t *Truth) error {
	if err := errors.Join(f.Flush(), t.Write(f.truth)); err != nil {
		return err
	}
	return errors.Join(f.facts.Commit(), f.truth.Commit())
}

// Discard gives up what Commit did not complete.
func (f *Files) Discard() {
	f.facts.Discard()
	f.truth.Discard()
}

// WriteFiles simulates and writes FactsFile and TruthFile into dir. It returns
// the truth and how many facts were written.
func WriteFiles(cfg Config, dir string) (truth *Truth, facts int, err error) {
	f, err := OpenFiles(dir)
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
// the end or not (OTHER), and why a breach ought not.
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
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	return w.Flush()
}
