package erase

import (
	"bytes"
	"strings"

	"tilsyn/engine/stream/broker"
	"tilsyn/schemas"
)

// speaks reports whether key, headers or value of a record hold a name of the persons.
func (s *survey) speaks(rec *broker.Record) bool {
	if s.inText(rec.Key) {
		return true
	}
	for i := range rec.Headers {
		if s.inText(rec.Headers[i].Value) {
			return true
		}
	}
	if record, err := rec.Decode(s.codec); err == nil {
		if schema, ok := schemas.Lookup(rec.Topic); ok {
			return s.inJSON(schema.AppendJSON(nil, record))
		}
	}
	if len(rec.Value) > 0 && rec.Value[0] == '{' {
		return s.inJSON(rec.Value)
	}
	return s.inBytes(rec.Value)
}

// inJSON reports whether a text in a JSON value holds a name.
func (s *survey) inJSON(value []byte) bool {
	from := -1
	for i := 0; i < len(value); i++ {
		switch {
		case value[i] == '\\':
			i++
		case value[i] != '"':
		case from < 0:
			from = i + 1
		case s.inText(value[from:i]):
			return true
		default:
			from = -1
		}
	}
	return false
}

// inText reports whether a text is a name, or holds the id of a person, card or unit as a word.
func (s *survey) inText(text []byte) bool {
	if s.has(string(text)) {
		return true
	}
	for _, part := range bytes.FieldsFunc(text, outside) {
		if len(part) < len(text) && (s.persons[string(part)] || s.cards[string(part)] || s.units[string(part)]) {
			return true
		}
	}
	for name := range s.odd() { //house:order-free whichever
		if bytes.Contains(text, []byte(name)) {
			return true
		}
	}
	return false
}

// outside reports whether a character belongs to no word. Ids are words nearly always.
func outside(r rune) bool {
	return r < 0x80 && r != '-' && r != '_' && r != '.' && (r < '0' || r > '9') && (r < 'a' || r > 'z') &&
		(r < 'A' || r > 'Z')
}

// inBytes reports whether the id of a person or card stands as a word in a value that is no text.
func (s *survey) inBytes(value []byte) bool {
	for _, names := range []map[string]bool{s.persons, s.cards} {
		for name := range names { //house:order-free whichever
			for at := 0; ; at++ {
				i := bytes.Index(value[at:], []byte(name))
				if i < 0 {
					break
				}
				at += i
				end := at + len(name)
				if (at == 0 || outside(rune(value[at-1]))) && (end == len(value) || outside(rune(value[end]))) {
					return true
				}
			}
		}
	}
	return false
}

// odd are the persons and cards whose ids are no single word, so that they are looked for anywhere.
func (s *survey) odd() map[string]bool {
	if s.oddNames == nil {
		s.oddNames = map[string]bool{}
		for _, names := range []map[string]bool{s.persons, s.cards} {
			for name := range names { //house:order-free a set
				if strings.ContainsFunc(name, outside) {
					s.oddNames[name] = true
				}
			}
		}
	}
	return s.oddNames
}
