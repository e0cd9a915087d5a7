package broker

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"tilsyn/engine/duty"
)

// This file writes and reads positions and marks as JSON objects keyed by "topic/partition". Every commit of a
// task holds some eighty of them, so that they do not go through a map of strings and reflection; what is not in
// the form that is written here is read that way.

// Marks are the marks of batches by partition.
type Marks map[Partition]Mark

// MarshalJSON returns the offsets keyed by "topic/partition", sorted by that.
func (o Offsets) MarshalJSON() ([]byte, error) {
	return named(o, func(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }), nil
}

// UnmarshalJSON reads what MarshalJSON returned. A negative offset is an error, and null changes nothing.
func (o *Offsets) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	if m, ok := parseNamed(b, func(r *jsonReader) int64 { return r.number(0, math.MaxInt64) }); ok {
		*o = m
		return nil
	}
	var names map[string]int64
	if err := json.Unmarshal(b, &names); err != nil {
		return err
	}
	m, err := ParseOffsets(names)
	if err == nil {
		*o = m
	}
	return err
}

// MarshalJSON returns the marks keyed by "topic/partition", sorted by that.
func (m Marks) MarshalJSON() ([]byte, error) {
	return named(m, func(b []byte, m Mark) []byte {
		b = strconv.AppendInt(append(b, `{"epoch":`...), int64(m.Epoch), 10)
		b = strconv.AppendUint(append(b, `,"crc":`...), uint64(m.CRC), 10)
		return append(b, '}')
	}), nil
}

// UnmarshalJSON reads what MarshalJSON returned. Null changes nothing.
func (m *Marks) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	mark := func(r *jsonReader) (k Mark) {
		r.text(`{"epoch":`)
		k.Epoch = int32(r.number(math.MinInt32, math.MaxInt32))
		r.text(`,"crc":`)
		k.CRC = uint32(r.number(0, math.MaxUint32))
		r.text(`}`)
		return k
	}
	if got, ok := parseNamed(b, mark); ok {
		*m = got
		return nil
	}
	var names map[string]Mark
	if err := json.Unmarshal(b, &names); err != nil {
		return err
	}
	got, err := ByPartition(names, func(m Mark) Mark { return m })
	if err == nil {
		*m = got
	}
	return err
}

// named returns a JSON object of values keyed by "topic/partition", as encoding/json writes a map with these keys.
func named[V any](m map[Partition]V, value func([]byte, V) []byte) []byte {
	parts := make([]Partition, 0, len(m))
	for p := range m {
		parts = append(parts, p)
	}
	slices.SortFunc(parts, compareNames)
	const usual = 48 // bytes of an entry
	b := append(make([]byte, 0, 2+usual*len(m)), '{')
	for i, p := range parts {
		if i > 0 {
			b = append(b, ',')
		}
		if plain(p.Topic) {
			b = append(append(append(b, '"'), p.Topic...), '/')
			b = append(strconv.AppendInt(b, int64(p.Index), 10), '"')
		} else {
			name, _ := json.Marshal(p.Name()) // of a string it never fails
			b = append(b, name...)
		}
		b = value(append(b, ':'), m[p])
	}
	return append(b, '}')
}

// compareNames orders partitions by their names, in which "/10" comes before "/2".
func compareNames(a, b Partition) int {
	if a.Topic == b.Topic {
		return strings.Compare(strconv.Itoa(int(a.Index)), strconv.Itoa(int(b.Index)))
	}
	n := min(len(a.Topic), len(b.Topic))
	if c := strings.Compare(a.Topic[:n], b.Topic[:n]); c != 0 {
		return c
	}
	return strings.Compare(a.Topic[n:]+"/", b.Topic[n:]+"/")
}

// plain reports whether a text has only characters of topic names, which JSON writes as they are.
func plain(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}

// topicNames are the names of all topics, so that what is read of them shares their memory.
var topicNames = func() map[string]string {
	out := map[string]string{}
	for _, t := range duty.Topics() {
		out[t.Name] = t.Name
	}
	return out
}()

// parseNamed reads what named returned; false where the text, which is valid JSON, has another form.
func parseNamed[V any](b []byte, value func(*jsonReader) V) (map[Partition]V, bool) {
	r := &jsonReader{b: b, ok: true}
	out := make(map[Partition]V, 1+len(b)/64)
	r.text("{")
	if r.next() == '}' {
		r.text("}")
		return out, r.ok && len(r.b) == 0
	}
	for r.ok {
		p := r.partition()
		r.text(":")
		out[p] = value(r)
		if r.next() != ',' {
			r.text("}")
			return out, r.ok && len(r.b) == 0
		}
		r.text(",")
	}
	return nil, false
}

// jsonReader reads JSON in one form only; ok is false from the first deviation on.
type jsonReader struct {
	b  []byte
	ok bool
}

// next returns the next byte without reading it; 0 at the end.
func (r *jsonReader) next() byte {
	if len(r.b) == 0 {
		return 0
	}
	return r.b[0]
}

// text reads a text.
func (r *jsonReader) text(want string) {
	if len(r.b) < len(want) || string(r.b[:len(want)]) != want {
		r.ok = false
		return
	}
	r.b = r.b[len(want):]
}

// maxDigits is how long a number is that surely fits into 64 bits.
const maxDigits = 18

// number reads a whole number between two bounds.
func (r *jsonReader) number(low, high int64) int64 {
	negative := r.next() == '-'
	if negative {
		r.b = r.b[1:]
	}
	n, digits := int64(0), 0
	for ; digits < len(r.b) && '0' <= r.b[digits] && r.b[digits] <= '9'; digits++ {
		if digits == maxDigits {
			r.ok = false
			return 0
		}
		n = 10*n + int64(r.b[digits]-'0')
	}
	if negative {
		n = -n
	}
	r.b = r.b[digits:]
	r.ok = r.ok && digits > 0 && low <= n && n <= high
	return n
}

// partition reads the name of a partition in quotes.
func (r *jsonReader) partition() (p Partition) {
	r.text(`"`)
	end := 0
	for ; end < len(r.b) && r.b[end] != '/'; end++ {
		if r.b[end] == '"' {
			break
		}
	}
	name, known := topicNames[string(r.b[:end])]
	if !known {
		name = string(r.b[:end])
		r.ok = r.ok && plain(name)
	}
	p.Topic, r.b = name, r.b[end:]
	r.text("/")
	p.Index = int32(r.number(0, math.MaxInt32))
	r.text(`"`)
	return p
}
