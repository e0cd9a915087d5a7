package schemas

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"tilsyn/engine/duty"
	"tilsyn/schemas/internal/avro"
)

// This file gets out of something unreadable what contract §1 needs to know of
// lost data: under which key it was, its id, and when. A line that may hold more
// than one record, or that names its key in two ways, names nobody surely: then it
// has no key, and holds the units of all.

// Salvaged is what could surely be read of an unreadable line. Missing parts are
// empty.
type Salvaged struct {
	// Topic is set only where there is such an input topic.
	Topic string
	// Key is the key of the record: person, card, centre or feed. It is empty where
	// it is not usable (duty.UsableKey), or not surely that of all that is on the
	// line.
	Key string
	// Field is the field that Key was taken from; empty where the line only says
	// what the key of the record was, as tail does.
	Field string
	// ID is empty where the line names two.
	ID string
	// At is logged_at, else received_at; of several records the earliest.
	At        duty.Opt[duty.Instant]
	Partition duty.Opt[int32]
	Offset    duty.Opt[int64]
}

// SalvageLine reads what it can of a line that DecodeLine refused.
func SalvageLine(data []byte) Salvaged {
	var out Salvaged
	line := readMembers(data)
	topic, _ := text(line.members["topic"])
	s, ok := Lookup(topic)
	if !ok || !s.input {
		return out
	}
	out.Topic = topic
	value := readMembers(line.members["value"])
	if n, ok := wholeNumber(line.members["offset"], 64); ok {
		out.Offset = duty.Some(n)
	}
	if n, ok := wholeNumber(line.members["partition"], 32); ok {
		out.Partition = duty.Some(int32(n))
	}
	if !line.single || !value.single || line.twice["topic"] || line.twice["value"] || !alone(s, data) {
		out.At = earliestOf(data)
		return out
	}
	out.At = knownAt(&line, &value, data)
	if !value.twice["id"] {
		out.ID, _ = text(value.members["id"])
	}
	if key, field := salvageKey(s, &line, &value); duty.UsableKey(key) {
		out.Key, out.Field = key, field
	}
	return out
}

// knownAt reads when a record was known.
func knownAt(line, value *members, data []byte) duty.Opt[duty.Instant] {
	if line.twice["logged_at"] || value.twice["logged_at"] || value.twice["received_at"] {
		return earliestOf(data)
	}
	for _, x := range []jsontext.Value{line.members["logged_at"], value.members["logged_at"],
		value.members["received_at"]} {
		if t, ok := instant(x); ok && t.Plausible() {
			return duty.Some(t)
		}
	}
	return duty.None[duty.Instant]()
}

// members are those of an object, as far as it can be read.
type members struct {
	members map[string]jsontext.Value
	// whole is true where the object has its end; a member that is not there may
	// have got lost with it otherwise.
	whole bool
	// single is false where something else is wrong with it than that it breaks off
	// at the end of the line: what follows the fault, or the object, may be of
	// another record.
	single bool
	// twice are names that are there more than once; the first counts.
	twice map[string]bool
}

// readMembers reads an object as far as it can be read, so that a line that breaks
// off still says what it began with.
func readMembers(data []byte) members {
	out := members{members: map[string]jsontext.Value{}, twice: map[string]bool{}}
	d := jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if t, err := d.ReadToken(); err != nil || t.Kind() != '{' {
		return out
	}
	for {
		t, err := d.ReadToken()
		if err != nil {
			out.single = errors.Is(err, io.ErrUnexpectedEOF)
			return out
		}
		if t.Kind() == '}' {
			out.whole, out.single = true, len(bytes.TrimSpace(data[d.InputOffset():])) == 0
			return out
		}
		name, start := t.String(), d.InputOffset()
		v, err := d.ReadValue()
		if err != nil {
			out.members[name] = unfinished(data[start:])
			out.single = errors.Is(err, io.ErrUnexpectedEOF)
			return out
		}
		if _, twice := out.members[name]; twice {
			out.twice[name] = true
			continue
		}
		out.members[name] = v.Clone()
	}
}

// alone reports whether a line names a topic and each part of a key once. Two lines
// that ran into each other may still look like one object.
func alone(s *Schema, data []byte) bool {
	topics := 1
	if _, isResolution := s.New().(*duty.Resolution); isResolution {
		topics = 2 // it has a field of that name
	}
	first, second := s.keyFields()
	return bytes.Count(data, []byte(`"topic"`)) <= topics && count(data, first) <= 1 && count(data, second) <= 1
}

func count(data []byte, field string) int {
	if field == "" {
		return 0
	}
	return bytes.Count(data, []byte(`"`+field+`"`))
}

// keyFields are the fields that the key is taken from: the second one where the
// first is null.
func (s *Schema) keyFields() (first, second string) {
	first, rest, _ := strings.Cut(s.key, " ")
	second, _, _ = strings.Cut(strings.TrimPrefix(rest, "("), " ")
	return first, second
}

// salvageKey takes the key from the field that the schema names first, and from
// the one in brackets where that is null. A line of tail says itself what the key
// of the record was; where the value names another, neither is sure.
func salvageKey(s *Schema, line, value *members) (key, field string) {
	first, second := s.keyFields()
	if value.twice[first] || value.twice[second] || line.twice["key"] {
		return "", ""
	}
	key, ok := text(value.members[first])
	raw, there := value.members[first]
	if field = first; !ok && second != "" && (there && string(raw) == "null" || !there && value.whole) {
		key, _ = text(value.members[second])
		field = second
	}
	if key == "" {
		field = ""
	}
	said, ok := line.members["key"]
	if !ok {
		if _, coded := line.members["key_base64"]; coded {
			return "", "" // it is no text
		}
		return key, field
	}
	if own, _ := text(said); key == "" || own == key {
		return own, field
	}
	return "", ""
}

// ownTimes finds when records were known, also in what cannot be read otherwise.
var ownTimes = regexp.MustCompile(`"(?:logged_at|received_at)"\s*:\s*"([^"\\]*)"`)

// earliestOf returns the earliest of the times at which what is on a line was
// known; none where a record on it may have had another.
func earliestOf(data []byte) duty.Opt[duty.Instant] {
	found := ownTimes.FindAllSubmatch(data, -1)
	if len(found) == 0 || bytes.Count(data, []byte(`"received_at"`)) < bytes.Count(data, []byte(`"value"`)) {
		return duty.None[duty.Instant]()
	}
	out := duty.Forever
	for _, m := range found {
		t, ok := duty.ParseInstant(string(m[1]))
		if !ok || !t.Plausible() {
			return duty.None[duty.Instant]()
		}
		out = min(out, t)
	}
	return duty.Some(out)
}

// unfinished returns the beginning of an object after its name, or nothing.
func unfinished(data []byte) jsontext.Value {
	for i, c := range data {
		if c == '{' {
			return jsontext.Value(data[i:])
		}
		if c != ' ' && c != ':' && c != '\t' {
			break
		}
	}
	return nil
}

// text reads a JSON string; false for anything else, and for one that is no text,
// such as half a surrogate pair.
func text(raw jsontext.Value) (string, bool) {
	if len(raw) == 0 || raw[0] != '"' || !raw.IsValid() {
		return "", false
	}
	out, err := jsontext.AppendUnquote(nil, raw)
	return string(out), err == nil
}

func instant(raw jsontext.Value) (duty.Instant, bool) {
	s, ok := text(raw)
	if !ok {
		return 0, false
	}
	return duty.ParseInstant(s)
}

// SalvageID reads the id of a framed value that Decode refused, where its
// writer is known and the bytes reach that far.
func (st *Store) SalvageID(s *Schema, value []byte) (string, bool) {
	f, body, err := SplitFrame(value)
	if err != nil {
		return "", false
	}
	w, err := st.find(f)
	if err != nil || !s.input {
		return "", false
	}
	id, ok := avro.StringField(w, body, "id")
	return id, ok && id != "" && utf8.ValidString(id)
}
