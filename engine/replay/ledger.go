package replay

import (
	"github.com/go-json-experiment/json/jsontext"

	"tilsyn/engine/duty"
)

// appendAsOf appends a line: the canonical form of a record with as_of, which
// comes before every name of the records that are written here, as RFC 8785
// wants its names sorted.
func appendAsOf(b []byte, at duty.Instant, canonical func([]byte) []byte) []byte {
	b = append(b, `{"as_of":`...)
	b = appendQuoted(b, at)
	b = append(b, ',')
	start := len(b)
	b = canonical(b)
	// The brace that opens the record gives way to the comma before it.
	b = append(b[:start], b[start+1:]...)
	return append(b, '\n')
}

func appendQuoted(b []byte, t duty.Instant) []byte {
	return append(t.Append(append(b, '"')), '"')
}

// appendOutcome appends the ledger line of a unit (contract §4, --outcomes),
// names sorted as RFC 8785 wants.
func appendOutcome(b []byte, at duty.Instant, person string, u *duty.Unit) []byte {
	b = append(b, `{"as_of":`...)
	b = appendQuoted(b, at)
	b = append(b, `,"caveats":`...)
	b = appendStrings(b, u.Caveats)
	b = append(b, `,"instant":`...)
	if u.Instant.OK {
		b = appendQuoted(b, u.Instant.V)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"kind":"`...)
	b = append(b, u.Kind.String()...)
	b = append(b, `","outcome":"`...)
	b = append(b, u.Outcome.String()...)
	b = append(b, `","person_id":`...)
	b = appendString(b, person)
	b = append(b, `,"policy_version":`...)
	b = appendString(b, u.PolicyVersion)
	b = append(b, `,"rules":`...)
	b = appendStrings(b, u.Rules)
	b = append(b, `,"unit_date":"`...)
	b = u.Date.Append(b)
	b = append(b, `","unit_id":"`...)
	b = append(b, duty.UnitID(u.Kind, u.Date, person)...)
	return append(b, "\"}\n"...)
}

func appendStrings(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, s)
	}
	return append(b, ']')
}

// appendString appends a JSON string. All of them come from input that is
// known to be UTF-8; anything else would be replaced.
func appendString(b []byte, s string) []byte {
	b, _ = jsontext.AppendQuote(b, s)
	return b
}
