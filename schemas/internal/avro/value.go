package avro

import (
	"bytes"
	"encoding/json"

	"github.com/go-json-experiment/json/jsontext"
)

// value is a value of JSON, read once however deep it is: every program parses the schemas of the contract
// when it starts.
type value struct {
	// raw is its text, and kind what it begins with: one of {["0tfn.
	raw  json.RawMessage
	kind jsontext.Kind
	// text, items and members are of a string, a list and an object; of members of the same name the last one counts.
	text    string
	items   []*value
	members attributes
}

// string returns a string; of null it is empty. It is false for anything else, and for what is missing.
func (v *value) string() (string, bool) {
	if v == nil || v.kind != '"' && v.kind != 'n' {
		return "", false
	}
	return v.text, true
}

// object returns an object; of null it is empty. It is false for anything else.
func (v *value) object() (attributes, bool) { return v.members, v.kind == '{' || v.kind == 'n' }

// readJSON reads a text that encoding/json takes for JSON, and takes it as that does.
func readJSON(text json.RawMessage) (*value, error) {
	d := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	return readValue(d, text)
}

// readValue reads the next value of a text.
func readValue(d *jsontext.Decoder, text json.RawMessage) (*value, error) {
	v := &value{kind: d.PeekKind()}
	if v.kind != '{' && v.kind != '[' {
		raw, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		end := d.InputOffset()
		v.raw = text[end-int64(len(raw)) : end : end]
		if v.kind == '"' {
			v.text = unquoted(raw)
		}
		return v, nil
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	start := d.InputOffset() - 1
	if v.kind == '{' {
		v.members = attributes{}
	}
	for d.PeekKind() != v.kind+2 { // ] and } come two behind [ and {
		name := ""
		if v.kind == '{' {
			raw, err := d.ReadValue()
			if err != nil {
				return nil, err
			}
			name = unquoted(raw)
		}
		item, err := readValue(d, text)
		if err != nil {
			return nil, err
		}
		if v.kind == '{' {
			v.members[name] = item
		} else {
			v.items = append(v.items, item)
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	v.raw = text[start:d.InputOffset():d.InputOffset()]
	return v, nil
}

// unquoted is what a string of JSON says. Its one error is of bytes that are no UTF-8, and stand replaced, as
// encoding/json replaces them.
func unquoted(raw jsontext.Value) string {
	text, _ := jsontext.AppendUnquote(nil, raw)
	return string(text)
}
