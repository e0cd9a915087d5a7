package cli

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"

	"tilsyn/engine/affected"
	"tilsyn/engine/duty"
	"tilsyn/engine/replay/extsort"
)

// affectedLines gathers the lines about each person, sorts them by person and prints them behind the
// header, which counts them.
type affectedLines struct {
	dir    string
	list   string
	sorter *extsort.Sorter
	totals affected.Totals
}

func newAffectedLines(tempDir string, memory int, list string) (*affectedLines, error) {
	dir, err := os.MkdirTemp(tempDir, "tilsyn-affected-")
	if err != nil {
		return nil, fmt.Errorf("no directory for sorting on disk: %w", err)
	}
	return &affectedLines{dir: dir, list: list, sorter: extsort.New(dir, "persons", memory, runtime.GOMAXPROCS(0))}, nil
}

func (a *affectedLines) close() { _ = os.RemoveAll(a.dir) }

// add takes in what one person has to do with the loss. It is one record of the sorter, so that the
// lines of a person stay together.
func (a *affectedLines) add(s *affected.Share) error {
	a.totals.Add(s)
	var lines []affectedLine
	lines = append(lines, personLine(&s.Person))
	for i := range s.Units {
		u := &s.Units[i]
		lines = append(lines, unitLine(s.Person.PersonID, u))
		for j := range u.Told {
			lines = append(lines, toldLine(u.UnitID, &u.Told[j]))
		}
	}
	text, err := json.Marshal(lines)
	if err != nil {
		return fmt.Errorf("the lines of a person cannot be kept: %w", err)
	}
	return a.sorter.Add([]byte(s.Person.PersonID), text)
}

// print prints the header and the lines that were asked for. The digest is over all lines, whichever
// are printed.
func (a *affectedLines) print(w io.Writer, q *affected.Question, caughtUp bool) error {
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
		var lines []json.RawMessage
		if err := json.Unmarshal(it.Value(), &lines); err != nil {
			return fmt.Errorf("the lines of a person cannot be read back: %w", err)
		}
		for _, line := range lines {
			line = append(line, '\n')
			digest.Write(line)
			if a.wants(line) {
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
	h := q.Header(a.totals, caughtUp)
	if err := json.NewEncoder(w).Encode(headerLine(&h, hex.EncodeToString(digest.Sum(nil)))); err != nil {
		return err
	}
	_, err = io.Copy(w, spool)
	return err
}

// wants reports whether a line is of the list that was asked for.
func (a *affectedLines) wants(line []byte) bool {
	var kind struct {
		Line string `json:"line"`
	}
	switch _ = json.Unmarshal(line, &kind); a.list {
	case "persons":
		return kind.Line == "person"
	case "units":
		return kind.Line == "unit"
	case "told":
		return kind.Line == "told"
	}
	return true
}

// affectedLine is a line of the lists; its first member says which.
type affectedLine any

func headerLine(h *affected.Header, digest string) affectedLine {
	return struct {
		Line         string `json:"line"`
		Cause        string `json:"cause"`
		CentreID     string `json:"centre_id"`
		From         string `json:"from"`
		To           string `json:"to"`
		AsOf         string `json:"as_of"`
		PolicyDigest string `json:"policy_digest"`
		Persons      int    `json:"persons"`
		Units        int    `json:"units"`
		Told         int    `json:"told"`
		Complete     bool   `json:"complete"`
		Digest       string `json:"digest"`
	}{"header", h.Cause, h.CentreID, h.From.String(), h.To.String(), h.AsOf.String(), h.PolicyDigest,
		h.Persons, h.Units, h.Told, h.Complete, digest}
}

func personLine(p *affected.Person) affectedLine {
	duties := []string{}
	for _, k := range p.Duties {
		duties = append(duties, k.String())
	}
	return struct {
		Line       string   `json:"line"`
		PersonID   string   `json:"person_id"`
		Aliases    []string `json:"aliases"`
		Duties     []string `json:"duties"`
		LastBefore *string  `json:"last_before"`
		FirstAfter *string  `json:"first_after"`
		RowsInside int      `json:"rows_inside"`
		Reach      string   `json:"reach"`
	}{"person", p.PersonID, append([]string{}, p.Aliases...), duties, orNull(p.LastBefore), orNull(p.FirstAfter),
		p.RowsInside, p.Reach}
}

func unitLine(person string, u *affected.Unit) affectedLine {
	return struct {
		Line        string  `json:"line"`
		UnitID      string  `json:"unit_id"`
		PersonID    string  `json:"person_id"`
		Kind        string  `json:"kind"`
		UnitDate    string  `json:"unit_date"`
		Reach       string  `json:"reach"`
		Outcome     *string `json:"outcome"`
		Without     *string `json:"outcome_without"`
		With        *string `json:"outcome_with"`
		Revision    *int32  `json:"revision"`
		Status      *string `json:"status"`
		FirstToldAt *string `json:"first_told_at"`
	}{"unit", u.UnitID, person, u.Kind.String(), u.Date.String(), u.Reach.String(), orNull(u.Outcome),
		orNull(u.Without), orNull(u.With), numberOrNull(u.Revision), orNull(u.Status), orNull(u.FirstTold)}
}

func toldLine(unit string, t *affected.Told) affectedLine {
	type handling struct {
		HandlingID string `json:"handling_id"`
		Kind       string `json:"kind"`
		Revision   int32  `json:"revision"`
		At         string `json:"at"`
	}
	handlings := []handling{}
	for _, h := range t.Handlings {
		handlings = append(handlings, handling{h.HandlingID, h.Kind.String(), h.Revision, h.At.String()})
	}
	return struct {
		Line         string     `json:"line"`
		UnitID       string     `json:"unit_id"`
		Consumer     string     `json:"consumer"`
		Acknowledged *int32     `json:"acknowledged_revision"`
		Convictions  []string   `json:"convictions"`
		Handlings    []handling `json:"handlings"`
	}{"told", unit, t.Consumer, numberOrNull(t.Acknowledged), t.Convictions, handlings}
}

// orNull is the text of a value, nil where it is missing.
func orNull[T fmt.Stringer](v duty.Opt[T]) *string {
	if !v.OK {
		return nil
	}
	text := v.V.String()
	return &text
}

func numberOrNull(v duty.Opt[int32]) *int32 {
	if !v.OK {
		return nil
	}
	return &v.V
}
