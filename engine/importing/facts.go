package importing

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tilsyn/schemas"
)

// made is a fact that a row became.
type made struct {
	topic  string
	id     string
	record any
	file   string
	line   int
	own    bool // a fact of doubt under another id than that of its row
}

// make fills a fact from a row. All fields that cannot be filled are named.
func (f *Fact) make(r *Row) (made, []error) {
	values := map[string]any{}
	var all []error
	for _, name := range sortedKeys(f.Fields) {
		x := f.Fields[name]
		v, ok, err := x.value(r)
		if err != nil {
			all = append(all, &FieldError{f.Topic, name, x.from(), err})
			continue
		}
		if ok {
			put(values, name, v)
		}
	}
	if len(all) > 0 {
		return made{}, all
	}
	m, err := record(f.Topic, values)
	if err != nil {
		return made{}, []error{err}
	}
	m.file, m.line = r.File, r.Line
	if !usable(m.id) {
		x := f.Fields["id"]
		return made{}, []error{&FieldError{f.Topic, "id", x.from(), errors.New(
			"is no usable id: 1 to 256 bytes, without control characters or a blank at an edge")}}
	}
	return m, nil
}

// put sets a field; a dot leads into another field.
func put(values map[string]any, name string, v any) {
	outer, inner, nested := strings.Cut(name, ".")
	if !nested {
		values[name] = v
		return
	}
	in, ok := values[outer].(map[string]any)
	if !ok {
		in = map[string]any{}
		values[outer] = in
	}
	put(in, inner, v)
}

// record makes the record of a topic from its fields, read as a line of a file is.
func record(topic string, values map[string]any) (made, error) {
	line, err := json.Marshal(struct {
		Topic string         `json:"topic"`
		Value map[string]any `json:"value"`
	}{topic, values})
	if err != nil {
		return made{}, &FieldError{topic, "fields", "", fmt.Errorf("cannot be written: %w", err)}
	}
	l, err := schemas.DecodeLine(line)
	if err != nil {
		return made{}, err
	}
	if len(l.Unknown) > 0 {
		return made{}, &FieldError{topic, l.Unknown[0], "", errors.New("is no field of the contract; " +
			"`tilsyn schemas show` lists them")}
	}
	head, _ := schemas.HeadOf(l.Value)
	return made{topic: topic, id: head.ID, record: l.Value}, nil
}

// lineOf writes a record as a line, with another version if that is not 0.
func lineOf(topic string, v any, version int64) string {
	text := string(schemas.AppendLine(nil, &schemas.Line{Topic: topic, Value: v}))
	if version == 0 {
		return text
	}
	// The canonical form has each member once and sorted, and no record has another member of that name.
	head, _ := schemas.HeadOf(v)
	was, is := `,"version":`+strconv.FormatInt(head.Version, 10), `,"version":`+strconv.FormatInt(version, 10)
	i := strings.LastIndex(text, was)
	if i < 0 {
		return text
	}
	return text[:i] + is + text[i+len(was):]
}
