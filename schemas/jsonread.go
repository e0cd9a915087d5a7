package schemas

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"tilsyn/engine/duty"
)

// This file holds the primitives of the JSON form (contract §1) that the
// generated readers are made of.

// Extra are the values beside a record that are no part of it (contract §1).
type Extra struct {
	// LoggedAt is when the broker had the record; in files only.
	LoggedAt duty.Opt[duty.Instant]
	// AsOf is the as-of instant of an output of replay.
	AsOf duty.Opt[duty.Instant]
	// Unknown are the names of members that the schema does not have. Their
	// values are left out and go nowhere (NTC-19, TX-18, REL-15).
	Unknown []string
	// output lets topic, partition and offset stand beside an output record.
	output bool
}

// jsonReader reads tokens. After the first fault next and more return false
// and every read returns zero; the fault stays in err.
type jsonReader struct {
	dec    *jsontext.Decoder
	buf    bytes.Buffer
	name   []byte
	err    *DecodeError
	record string
	// dropUnknown leaves out members that the schema does not have, as a reader of
	// a newer writer does; unknown are their names.
	dropUnknown bool
	unknown     []string
}

var jsonReaders = sync.Pool{New: func() any {
	d := &jsonReader{}
	d.dec = jsontext.NewDecoder(&d.buf, jsontext.AllowDuplicateNames(true))
	return d
}}

// newJSONReader reads data; close gives the reader back.
func newJSONReader(data []byte, record string) *jsonReader {
	d := jsonReaders.Get().(*jsonReader)
	d.buf = *bytes.NewBuffer(data)
	d.dec.Reset(&d.buf, jsontext.AllowDuplicateNames(true))
	d.record, d.err, d.name = record, nil, nil
	d.dropUnknown, d.unknown = false, nil
	return d
}

// close gives the reader back. Nothing that it returned without copying may be
// used after it.
func (d *jsonReader) close() {
	d.buf, d.name = bytes.Buffer{}, nil
	jsonReaders.Put(d)
}

func (d *jsonReader) fail(field, reason string) {
	if d.err == nil {
		d.err = &DecodeError{Record: d.record, Field: field, Offset: int(d.dec.InputOffset()), Reason: reason}
	}
}

// syntax reports a fault of the JSON itself, in words that quote nothing of it.
func (d *jsonReader) syntax(field string, err error) {
	if d.err != nil {
		return
	}
	reason := "not valid JSON"
	var s *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		reason = "the JSON ends too early"
	case errors.As(err, &s) && s.Err != nil && strings.Contains(s.Err.Error(), "UTF-8"):
		reason = "a string that is not UTF-8"
	}
	d.fail(field, reason)
	if s != nil {
		d.err.Offset = int(s.ByteOffset)
	}
}

func (d *jsonReader) in(field string) {
	if d.err != nil {
		d.err.Field = fieldPath(field, d.err.Field)
	}
}

func (d *jsonReader) inItem(field string, index int) {
	if d.err != nil {
		d.err.Field = fieldPath(fmt.Sprintf("%s[%d]", field, index), d.err.Field)
	}
}

func fieldPath(field, rest string) string {
	if rest == "" {
		return field
	}
	return field + "." + rest
}

// openObject reads the start of an object.
func (d *jsonReader) openObject() bool { return d.open("", '{', "an object") }

func (d *jsonReader) openArray(field string) bool { return d.open(field, '[', "an array") }

func (d *jsonReader) open(field string, start jsontext.Kind, what string) bool {
	if d.err != nil {
		return false
	}
	if k := d.dec.PeekKind(); k != start {
		d.wrong(field, k, what)
		return false
	}
	if _, err := d.dec.ReadToken(); err != nil {
		d.syntax(field, err)
		return false
	}
	return true
}

// wrong reports a value of another kind than wanted. The kind is known by the first letter alone, so the value's
// first token is read to see that it is JSON at all.
func (d *jsonReader) wrong(field string, got jsontext.Kind, want string) {
	at := int(d.dec.InputOffset())
	if _, err := d.dec.ReadToken(); err != nil {
		d.syntax(field, err)
		return
	}
	is := map[jsontext.Kind]string{'n': "null", '"': "a string", '0': "a number", 't': "true", 'f': "false",
		'{': "an object", '[': "a list"}[got]
	d.fail(field, is+", where "+want+" is needed")
	d.err.Offset = at
}

// next reads the name of the next member into name; false at the end.
func (d *jsonReader) next() bool {
	if d.err != nil {
		return false
	}
	if d.dec.PeekKind() == '}' {
		_, err := d.dec.ReadToken()
		if err != nil {
			d.syntax("", err)
		}
		return false
	}
	raw, err := d.dec.ReadValue()
	if err != nil {
		d.syntax("", err)
		return false
	}
	d.name = d.unquote(raw, d.name[:0])
	return true
}

// unquote returns the text of a JSON string; without escapes that is a part of
// raw itself.
func (d *jsonReader) unquote(raw jsontext.Value, scratch []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	out, err := jsontext.AppendUnquote(scratch, raw)
	if err != nil {
		d.syntax("", err)
		return nil
	}
	return out
}

// more tells whether the array has another item, and reads its end.
func (d *jsonReader) more() bool {
	if d.err != nil {
		return false
	}
	if d.dec.PeekKind() != ']' {
		return true
	}
	if _, err := d.dec.ReadToken(); err != nil {
		d.syntax("", err)
	}
	return false
}

// field notes that a field is there, and refuses it the second time.
func (d *jsonReader) field(seen *uint64, index int, name string) {
	if *seen&(1<<index) != 0 {
		d.fail(name, "the field is there twice")
	}
	*seen |= 1 << index
}

// other treats a name that is no field of the record.
func (d *jsonReader) other(extra *Extra) {
	name := string(d.name)
	switch {
	case extra != nil && name == "logged_at":
		d.extraInstant(name, &extra.LoggedAt)
	case extra != nil && extra.output && name == "as_of":
		d.extraInstant(name, &extra.AsOf)
	case extra != nil && extra.output && (name == "topic" || name == "partition" || name == "offset"):
		if err := d.dec.SkipValue(); err != nil {
			d.syntax(name, err)
		}
	default:
		const most = 64
		if len(name) > most {
			name = name[:most] + "…"
		}
		if !d.dropUnknown {
			d.fail("", fmt.Sprintf("unknown field %q", name))
			return
		}
		d.unknown = append(d.unknown, name)
		if err := d.dec.SkipValue(); err != nil {
			d.syntax("", err)
		}
	}
}

func (d *jsonReader) extraInstant(name string, to *duty.Opt[duty.Instant]) {
	if to.OK {
		d.fail(name, "the field is there twice")
		return
	}
	if !d.null() {
		*to = duty.Some(d.instant(name))
	}
}

// require reports the first field that is needed and missing.
func (d *jsonReader) require(seen, required uint64, names []string) {
	if d.err != nil || seen&required == required {
		return
	}
	for i, name := range names {
		if required&^seen&(1<<i) != 0 {
			reason := "the field is missing and has no default"
			if len(d.unknown) > 0 {
				reason += "; " + d.unknown[0] + " is no field of it"
			}
			d.fail(name, reason)
			return
		}
	}
}

// null reads a null, if there is one.
func (d *jsonReader) null() bool {
	if d.err != nil || d.dec.PeekKind() != 'n' {
		return false
	}
	if _, err := d.dec.ReadToken(); err != nil {
		d.syntax("", err)
	}
	return true
}

// text reads a JSON string; the result is valid until the next read.
func (d *jsonReader) text(field, want string) []byte {
	if d.err != nil {
		return nil
	}
	if k := d.dec.PeekKind(); k != '"' {
		d.wrong(field, k, want)
		return nil
	}
	raw, err := d.dec.ReadValue()
	if err != nil {
		d.syntax(field, err)
		return nil
	}
	return d.unquote(raw, nil)
}

func (d *jsonReader) str(field string) string { return string(d.text(field, "a string")) }

func (d *jsonReader) boolean(field string) bool {
	if d.err != nil {
		return false
	}
	k := d.dec.PeekKind()
	if k != 't' && k != 'f' {
		d.wrong(field, k, "true or false")
		return false
	}
	if _, err := d.dec.ReadToken(); err != nil {
		d.syntax(field, err)
	}
	return k == 't'
}

func (d *jsonReader) number(field string, bits int) int64 {
	if d.err != nil {
		return 0
	}
	if k := d.dec.PeekKind(); k != '0' {
		d.wrong(field, k, "a number")
		return 0
	}
	raw, err := d.dec.ReadValue()
	if err != nil {
		d.syntax(field, err)
		return 0
	}
	n, ok := wholeNumber(raw, bits)
	if !ok {
		d.fail(field, fmt.Sprintf("not a whole number of %d bits", bits))
	}
	return n
}

func (d *jsonReader) instant(field string) duty.Instant {
	s := d.text(field, "a time")
	if d.err != nil {
		return 0
	}
	t, ok := duty.ParseInstant(string(s))
	if !ok {
		d.fail(field, "not a time of RFC 3339 with an offset or Z, such as 2026-02-03T23:00:00+01:00")
	}
	return t
}

func (d *jsonReader) date(field string) duty.Date {
	s := d.text(field, "a date")
	if d.err != nil {
		return 0
	}
	t, ok := duty.ParseDate(string(s))
	if !ok {
		d.fail(field, "not a date such as 2026-02-03")
	}
	return t
}

// enum reads a symbol. UNKNOWN and symbols that we do not know are faults
// (contract §1).
func enum[T ~uint8](d *jsonReader, field string, parse func(string) (T, bool)) T {
	v := anyEnum(d, field, parse)
	if v == 0 && d.err == nil {
		d.fail(field, "the symbol UNKNOWN")
	}
	return v
}

// anyEnum is enum for a field where UNKNOWN is a value like any other.
func anyEnum[T ~uint8](d *jsonReader, field string, parse func(string) (T, bool)) T {
	s := d.text(field, "a symbol")
	if d.err != nil {
		return 0
	}
	v, ok := parse(string(s))
	if !ok {
		d.fail(field, "a symbol that this version does not know")
	}
	return v
}

// end reports what follows the value.
func (d *jsonReader) end() error {
	if d.err == nil {
		if _, err := d.dec.ReadToken(); !errors.Is(err, io.EOF) {
			d.fail("", "something follows the record")
		}
	}
	if d.err != nil {
		return d.err
	}
	return nil
}
