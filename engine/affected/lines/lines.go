package lines

import (
	"bytes"
	"encoding/json"
	"fmt"

	"tilsyn/engine/affected"
	"tilsyn/engine/duty"
)

// Of returns the lines of one person, each with its end.
func Of(s *affected.Share) ([]byte, error) {
	var buf bytes.Buffer
	to := json.NewEncoder(&buf)
	err := to.Encode(personLine(&s.Person))
	for i := range s.Units {
		u := &s.Units[i]
		if err == nil {
			err = to.Encode(unitLine(s.Person.PersonID, u))
		}
		for j := range u.Told {
			if err == nil {
				err = to.Encode(toldLine(u.UnitID, &u.Told[j]))
			}
		}
	}
	if err != nil {
		return nil, fmt.Errorf("the lines of a person cannot be written: %w", err)
	}
	return buf.Bytes(), nil
}

// Header returns the first line, with its end. The digest is over all lines behind it.
func Header(h *affected.Header, digest string) ([]byte, error) {
	text, err := json.Marshal(headerLine(h, digest))
	return append(text, '\n'), err
}

// List is which lines are asked for: all, persons, units or told.
type List string

// Has reports whether a line behind the header is of the list.
func (l List) Has(line []byte) bool {
	switch l {
	case "persons":
		return bytes.HasPrefix(line, []byte(`{"line":"person"`))
	case "units":
		return bytes.HasPrefix(line, []byte(`{"line":"unit"`))
	case "told":
		return bytes.HasPrefix(line, []byte(`{"line":"told"`))
	}
	return true
}

// line is a line of the lists; its first member says which.
type line any

func headerLine(h *affected.Header, digest string) line {
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

func personLine(p *affected.Person) line {
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
	}{"person", p.PersonID, append([]string{}, p.Aliases...), duties, OrNull(p.LastBefore), OrNull(p.FirstAfter),
		p.RowsInside, p.Reach}
}

func unitLine(person string, u *affected.Unit) line {
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
	}{"unit", u.UnitID, person, u.Kind.String(), u.Date.String(), u.Reach.String(), OrNull(u.Outcome),
		OrNull(u.Without), OrNull(u.With), numberOrNull(u.Revision), OrNull(u.Status), OrNull(u.FirstTold)}
}

func toldLine(unit string, t *affected.Told) line {
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

// OrNull is the text of a value, nil where it is missing.
func OrNull[T fmt.Stringer](v duty.Opt[T]) *string {
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
