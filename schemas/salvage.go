package schemas

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"tilsyn/engine/duty"
	"tilsyn/schemas/internal/avro"
)

// This file gets out of something unreadable what contract §1 needs to know of
// lost data: under which key it was, its id, and when.

// Salvaged is what could be read of an unreadable line. Missing parts are
// empty.
type Salvaged struct {
	// Topic is set only where there is such an input topic.
	Topic string
	// Key is the key of the record: person, card, centre or feed.
	Key string
	ID  string
	// At is logged_at, else received_at.
	At        duty.Opt[duty.Instant]
	Partition duty.Opt[int32]
	Offset    duty.Opt[int64]
}

// SalvageLine reads what it can of a line that DecodeLine refused.
func SalvageLine(data []byte) Salvaged {
	var out Salvaged
	line := members(data)
	topic, _ := text(line["topic"])
	s, ok := Lookup(topic)
	if !ok || !s.input {
		return out
	}
	out.Topic = topic
	value := members(line["value"])
	out.ID, _ = text(value["id"])
	out.Key = salvageKey(s, value)
	for _, x := range []json.RawMessage{line["logged_at"], value["logged_at"], value["received_at"]} {
		if t, ok := instant(x); ok && t.Plausible() {
			out.At = duty.Some(t)
			break
		}
	}
	if n, ok := wholeNumber(line["offset"], 64); ok {
		out.Offset = duty.Some(n)
	}
	if n, ok := wholeNumber(line["partition"], 32); ok {
		out.Partition = duty.Some(int32(n))
	}
	return out
}

// salvageKey takes the key from the field that the schema names first, and
// from the one in brackets where that is null.
func salvageKey(s *Schema, value map[string]json.RawMessage) string {
	first, rest, _ := strings.Cut(s.key, " ")
	key, ok := text(value[first])
	if ok && key != "" {
		return key
	}
	raw, there := value[first]
	if rest == "" || there && string(raw) != "null" {
		return ""
	}
	second, _, _ := strings.Cut(strings.TrimPrefix(rest, "("), " ")
	key, _ = text(value[second])
	return key
}

// members reads an object as far as it can be read, so that a line that breaks
// off still says what it began with.
func members(data []byte) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	d := newJSONReader(data, "line")
	defer d.close()
	for ok := d.openObject(); ok && d.next(); {
		name := string(d.name)
		start := d.dec.InputOffset()
		v := d.raw(name, data)
		if d.err != nil {
			out[name] = unfinished(data[start:])
			break
		}
		out[name] = v
	}
	return out
}

// unfinished returns the beginning of an object after its name, or nothing.
func unfinished(data []byte) json.RawMessage {
	for i, c := range data {
		if c == '{' {
			return json.RawMessage(data[i:])
		}
		if c != ' ' && c != ':' && c != '\t' {
			break
		}
	}
	return nil
}

func text(raw json.RawMessage) (string, bool) {
	var s string
	if len(raw) == 0 || raw[0] != '"' || json.Unmarshal(raw, &s) != nil || !utf8.ValidString(s) {
		return "", false
	}
	return s, true
}

func instant(raw json.RawMessage) (duty.Instant, bool) {
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
