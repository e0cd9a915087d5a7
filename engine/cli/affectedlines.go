package cli

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime"

	"tilsyn/engine/affected"
	"tilsyn/engine/affected/lines"
	"tilsyn/engine/replay/extsort"
)

// affectedLines gathers the lines about each person, sorts them by person and prints them behind the
// header, which counts them.
type affectedLines struct {
	dir    string
	list   lines.List
	sorter *extsort.Sorter
	totals affected.Totals
}

func newAffectedLines(tempDir string, memory int, list string) (*affectedLines, error) {
	dir, err := os.MkdirTemp(tempDir, "tilsyn-affected-")
	if err != nil {
		return nil, fmt.Errorf("no directory for sorting on disk: %w", err)
	}
	sorter := extsort.New(dir, "persons", memory, runtime.GOMAXPROCS(0))
	return &affectedLines{dir: dir, list: lines.List(list), sorter: sorter}, nil
}

func (a *affectedLines) close() {
	_ = a.sorter.Close() // nothing in it is wanted any more
	_ = os.RemoveAll(a.dir)
}

// add takes in what one person has to do with the loss.
func (a *affectedLines) add(s *affected.Share) error {
	var t affected.Totals
	t.Add(s)
	return a.addText(s.Person.PersonID, t, lines.Of(s))
}

// addText takes in the lines of one person, and what they count for. They are one record of the sorter, so
// that they stay together.
func (a *affectedLines) addText(person string, t affected.Totals, text []byte) error {
	a.totals.Merge(t)
	return a.sorter.Add([]byte(person), text)
}

// print prints the header and the lines that were asked for. The digest is over all lines, whichever
// are printed.
func (a *affectedLines) print(w io.Writer, h affected.Header) error {
	spool, err := os.CreateTemp(a.dir, "lines")
	if err != nil {
		return fmt.Errorf("cannot write to the temporary directory: %w", err)
	}
	defer spool.Close()
	buf := bufio.NewWriterSize(spool, 256<<10)
	digest := sha256.New()
	it, err := a.sorter.Iter()
	if err != nil {
		return err
	}
	defer it.Close()
	for it.Next() {
		digest.Write(it.Value())
		for line := range bytes.Lines(it.Value()) {
			if a.list.Has(line) {
				if _, err := buf.Write(line); err != nil {
					return fmt.Errorf("cannot write to the temporary directory: %w", err)
				}
			}
		}
	}
	if err := it.Err(); err != nil {
		return err
	}
	if err := buf.Flush(); err != nil {
		return fmt.Errorf("cannot write to the temporary directory: %w", err)
	}
	if _, err := spool.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("cannot read the temporary directory: %w", err)
	}
	h.Persons, h.Units, h.Told = a.totals.Persons, a.totals.Units, a.totals.Told
	head, err := lines.Header(&h, hex.EncodeToString(digest.Sum(nil)))
	if err != nil {
		return err
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	_, err = io.Copy(w, spool)
	return err
}
