package lines

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"tilsyn/engine/affected"
	"tilsyn/engine/duty"
)

// Of returns the lines of one person, each with its end.
func Of(s *affected.Share) []byte {
	b := appendPerson(make([]byte, 0, 256+320*len(s.Units)), &s.Person)
	for i := range s.Units {
		u := &s.Units[i]
		b = appendUnit(b, s.Person.PersonID, u)
		for j := range u.Told {
			b = appendTold(b, u.UnitID, &u.Told[j])
		}
	}
	return b
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

// appendPerson appends the line of a person.
func appendPerson(b []byte, p *affected.Person) []byte {
	b = appendText(append(b, `{"line":"person","person_id":`...), p.PersonID)
	b = appendTexts(append(b, `,"aliases":`...), p.Aliases)
	b = append(b, `,"duties":[`...)
	for i, k := range p.Duties {
		b = appendText(appendComma(b, i), k.String())
	}
	b = appendInstant(append(b, `],"last_before":`...), p.LastBefore)
	b = appendInstant(append(b, `,"first_after":`...), p.FirstAfter)
	b = strconv.AppendInt(append(b, `,"rows_inside":`...), int64(p.RowsInside), 10)
	return append(appendText(append(b, `,"reach":`...), p.Reach), "}\n"...)
}

// appendUnit appends the line of a unit.
func appendUnit(b []byte, person string, u *affected.Unit) []byte {
	b = appendText(append(b, `{"line":"unit","unit_id":`...), u.UnitID)
	b = appendText(append(b, `,"person_id":`...), person)
	b = appendText(append(b, `,"kind":`...), u.Kind.String())
	b = append(u.Date.Append(append(b, `,"unit_date":"`...)), `","reach":`...)
	b = appendText(b, u.Reach.String())
	b = appendName(append(b, `,"outcome":`...), u.Outcome)
	b = appendName(append(b, `,"outcome_without":`...), u.Without)
	b = appendName(append(b, `,"outcome_with":`...), u.With)
	b = appendNumber(append(b, `,"revision":`...), u.Revision)
	b = appendName(append(b, `,"status":`...), u.Status)
	return append(appendInstant(append(b, `,"first_told_at":`...), u.FirstTold), "}\n"...)
}

// appendTold appends the line of a consumer that was told of a unit.
func appendTold(b []byte, unit string, t *affected.Told) []byte {
	b = appendText(append(b, `{"line":"told","unit_id":`...), unit)
	b = appendText(append(b, `,"consumer":`...), t.Consumer)
	b = appendNumber(append(b, `,"acknowledged_revision":`...), t.Acknowledged)
	b = appendTexts(append(b, `,"convictions":`...), t.Convictions)
	b = append(b, `,"handlings":[`...)
	for i := range t.Handlings {
		h := &t.Handlings[i]
		b = appendText(append(appendComma(b, i), `{"handling_id":`...), h.HandlingID)
		b = appendText(append(b, `,"kind":`...), h.Kind.String())
		b = strconv.AppendInt(append(b, `,"revision":`...), int64(h.Revision), 10)
		b = append(appendInstant(append(b, `,"at":`...), duty.Some(h.At)), '}')
	}
	return append(b, "]}\n"...)
}

// appendText appends a string. Ids come from input that is known to be UTF-8.
func appendText(b []byte, s string) []byte {
	b, _ = jsontext.AppendQuote(b, s)
	return b
}

func appendTexts(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		b = appendText(appendComma(b, i), s)
	}
	return append(b, ']')
}

// appendComma appends what stands before the i-th of a list.
func appendComma(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}

func appendInstant(b []byte, t duty.Opt[duty.Instant]) []byte {
	if !t.OK {
		return append(b, "null"...)
	}
	return append(t.V.Append(append(b, '"')), '"')
}

func appendName[T fmt.Stringer](b []byte, v duty.Opt[T]) []byte {
	if !v.OK {
		return append(b, "null"...)
	}
	return appendText(b, v.V.String())
}

func appendNumber(b []byte, v duty.Opt[int32]) []byte {
	if !v.OK {
		return append(b, "null"...)
	}
	return strconv.AppendInt(b, int64(v.V), 10)
}

// OrNull is the text of a value, nil where it is missing.
func OrNull[T fmt.Stringer](v duty.Opt[T]) *string {
	if !v.OK {
		return nil
	}
	text := v.V.String()
	return &text
}
