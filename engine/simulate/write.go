package simulate

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"

	"tilsyn/engine/duty"
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

// Put writes one line.
func (l *Lines) Put(f Fact) error {
	l.buf = schemas.AppendLine(l.buf[:0], &schemas.Line{Topic: f.Topic, Value: f.Record})
	l.Facts++
	_, err := l.w.Write(l.buf)
	return err
}

// Flush writes what is buffered.
func (l *Lines) Flush() error { return l.w.Flush() }

// WriteFiles simulates and writes FactsFile and TruthFile into dir, which is
// made if it is not there; files of these names are replaced. It returns the
// truth and how many facts were written.
func WriteFiles(cfg Config, dir string) (truth *Truth, facts int, err error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, 0, err
	}
	f, err := os.Create(filepath.Join(dir, FactsFile))
	if err != nil {
		return nil, 0, err
	}
	lines := NewLines(f)
	truth, err = Run(cfg, lines)
	if err = errors.Join(err, lines.Flush(), f.Close()); err != nil {
		return nil, 0, err
	}
	f, err = os.Create(filepath.Join(dir, TruthFile))
	if err != nil {
		return nil, 0, err
	}
	err = errors.Join(truth.Write(f), f.Close())
	return truth, lines.Facts, err
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
