package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
)

// lineTable shows lines of violations or of the ledger as a table, for who looks
// at a terminal. In a pipe they are JSON Lines.
type lineTable struct {
	w    io.Writer
	rest []byte
	// asOf is that of the rows above; empty before the first.
	asOf string
}

// tableRow is what the table shows of a line.
type tableRow struct {
	AsOf             string   `json:"as_of"`
	Person           string   `json:"person_id"`
	Kind             string   `json:"kind"`
	Date             string   `json:"unit_date"`
	Status           string   `json:"status"`
	Outcome          string   `json:"outcome"`
	WithdrawnOutcome string   `json:"withdrawn_outcome"`
	Instant          string   `json:"instant"`
	Centre           string   `json:"centre_id"`
	Caveats          []string `json:"caveats"`
}

// Write takes lines, whole or in parts.
func (t *lineTable) Write(b []byte) (int, error) {
	t.rest = append(t.rest, b...)
	for {
		line, rest, whole := bytes.Cut(t.rest, []byte{'\n'})
		if !whole {
			return len(b), nil
		}
		if err := t.row(line); err != nil {
			return 0, err
		}
		t.rest = rest
	}
}

func (t *lineTable) row(line []byte) error {
	var r tableRow
	if json.Unmarshal(line, &r) != nil || r.Kind == "" || r.Status+r.Outcome == "" {
		_, err := fmt.Fprintf(t.w, "%s\n", line)
		return err
	}
	if r.AsOf != t.asOf {
		gap := "\n"
		if t.asOf == "" {
			gap = ""
		}
		t.asOf = r.AsOf
		if _, err := fmt.Fprintf(t.w, "%sas of %s\n%s\n", gap, localMinute(r.AsOf),
			cells("DATE", "DUTY", "STATUS", "AT", "PERSON", "CENTRE", "NOTES")); err != nil {
			return err
		}
	}
	notes := r.Caveats
	if r.WithdrawnOutcome != "" {
		notes = []string{r.WithdrawnOutcome}
	}
	_, err := fmt.Fprintln(t.w, cells(r.Date, r.Kind, r.Status+r.Outcome, localMinute(r.Instant), r.Person,
		r.Centre, strings.Join(notes, " ")))
	return err
}

func cells(date, kind, status, at, person, centre, notes string) string {
	return strings.TrimRight(fmt.Sprintf("%-10s  %-6s  %-14s  %-16s  %-9s  %-6s  %s", date, kind, status,
		at, person, centre, notes), " ")
}

// localMinute is an instant in the centres' time, to the minute; empty for none.
func localMinute(text string) string {
	at, ok := duty.ParseInstant(text)
	if !ok {
		return ""
	}
	return strings.Replace(simulate.LocalTime(at), "T", " ", 1)
}
