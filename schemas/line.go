package schemas

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"tilsyn/engine/duty"
)

// Line is one line of a facts file (contract §4, FACTS), or of tail.
type Line struct {
	// Topic is without prefix; Value is a pointer to the record of that topic.
	Topic string
	Value any
	// Partition and Offset are where the record was in the log.
	Partition duty.Opt[int32]
	Offset    duty.Opt[int64]
	// LoggedAt is when the broker had it.
	LoggedAt duty.Opt[duty.Instant]
	// Unknown are the names of members of the value that the schema does not
	// have; their values were left out.
	Unknown []string
}

// LineError says why a line could not be read, and what of it could be.
type LineError struct {
	// Topic is empty where it could not be read.
	Topic string
	Err   error
}

// Error names the topic where it is known.
func (e *LineError) Error() string {
	if e.Topic == "" {
		return e.Err.Error()
	}
	return e.Topic + ": " + e.Err.Error()
}

// Unwrap returns what was wrong.
func (e *LineError) Unwrap() error { return e.Err }

// DecodeLine reads {"topic":…,"value":{…}} with the optional partition, offset
// and logged_at; logged_at may stand in the value as well. Errors are a
// *LineError.
func DecodeLine(data []byte) (Line, error) {
	if s, value := plainLine(data); s != nil {
		if v, extra, err := s.DecodeJSON(value); err == nil {
			return Line{Topic: s.topic, Value: v, LoggedAt: extra.LoggedAt, Unknown: extra.Unknown}, nil
		}
		// What is wrong the longer way finds out.
	}
	d := newJSONReader(data, "line")
	defer d.close()
	var l Line
	var value []byte
	var seen uint64
	var extra Extra
	for ok := d.openObject(); ok && d.next(); {
		switch string(d.name) {
		case "topic":
			d.field(&seen, 0, "topic")
			l.Topic = d.str("topic")
		case "value":
			d.field(&seen, 1, "value")
			value = d.raw("value", data)
		case "partition":
			d.field(&seen, 2, "partition")
			if l.Partition.OK = !d.null(); l.Partition.OK {
				l.Partition.V = int32(d.number("partition", 32))
			}
		case "offset":
			d.field(&seen, 3, "offset")
			if l.Offset.OK = !d.null(); l.Offset.OK {
				l.Offset.V = d.number("offset", 64)
			}
		default:
			d.other(&extra)
		}
	}
	l.LoggedAt = extra.LoggedAt
	err := finishLine(d, &l, value, seen)
	if err != nil {
		if raw := rawFault(data); raw != nil {
			err = &LineError{l.Topic, raw}
		}
	}
	return l, err
}

// plainLine cuts the value out of {"topic":…,"value":{…}}, the form that AppendLine writes where
// nothing else stands beside them, so that it is read once and not twice. Where the value cannot be
// read the line may have another form; nil for any that looks otherwise.
func plainLine(data []byte) (s *Schema, value []byte) {
	rest, ok := bytes.CutPrefix(data, []byte(`{"topic":"`))
	if !ok {
		return nil, nil
	}
	name, rest, ok := bytes.Cut(rest, []byte(`","value":`))
	rest, closed := bytes.CutSuffix(bytes.TrimRight(rest, "\r\n\t "), []byte{'}'})
	if !ok || !closed {
		return nil, nil
	}
	return byTopic()[string(name)], rest
}

// rawFault recognises a line that tail printed of a record that has no fact to show, with its key
// and its bytes, and says what it is; nil for any other line.
func rawFault(data []byte) error {
	line := readMembers(data).members
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { _, ok := line[name]; return ok })
	}
	if !has("key", "key_base64") || !has("error", "value_base64") {
		return nil
	}
	topic, _ := text(line["topic"])
	if s, ok := Lookup(topic); !ok || !s.input {
		return errors.New("this line of tail is a record of no input topic: leave that topic out")
	}
	return errors.New("this line of tail is a record that could not be read, or not be filed under its key; " +
		"its \"error\" says why: have its producer send the fact again in a readable record")
}

func finishLine(d *jsonReader, l *Line, value []byte, seen uint64) error {
	d.require(seen, 3, []string{"topic", "value"})
	if err := d.end(); err != nil {
		return &LineError{l.Topic, err}
	}
	s, ok := Lookup(l.Topic)
	if !ok {
		return &LineError{"", fmt.Errorf("line.topic: there is no topic %q; names are without prefix, "+
			"such as card-events", l.Topic)}
	}
	v, extra, err := s.DecodeJSON(value)
	if err != nil {
		return &LineError{l.Topic, err}
	}
	l.Value, l.Unknown = v, extra.Unknown
	if !l.LoggedAt.OK {
		l.LoggedAt = extra.LoggedAt
	}
	return nil
}

// raw passes over a value and returns its bytes in data.
func (d *jsonReader) raw(field string, data []byte) []byte {
	if d.err != nil {
		return nil
	}
	v, err := d.dec.ReadValue()
	if err != nil {
		d.syntax(field, err)
		return nil
	}
	end := int(d.dec.InputOffset())
	return data[end-len(v) : end]
}

// AppendLine appends l as one line with a line feed, in the form that
// DecodeLine reads.
func AppendLine(b []byte, l *Line) []byte {
	b = append(b, `{"topic":`...)
	b, _ = jsontext.AppendQuote(b, l.Topic)
	if l.Partition.OK {
		b = strconv.AppendInt(append(b, `,"partition":`...), int64(l.Partition.V), 10)
	}
	if l.Offset.OK {
		b = strconv.AppendInt(append(b, `,"offset":`...), l.Offset.V, 10)
	}
	if l.LoggedAt.OK {
		b = append(l.LoggedAt.V.Append(append(b, `,"logged_at":"`...)), '"')
	}
	b = append(b, `,"value":`...)
	if s, ok := Of(l.Value); ok {
		b = s.AppendJSON(b, l.Value)
	} else {
		b = append(b, "null"...)
	}
	return append(b, '}', '\n')
}
