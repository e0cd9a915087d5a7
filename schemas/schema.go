package schemas

import (
	"embed"
	"fmt"
	"reflect"
	"sync"

	"tilsyn/engine/duty"
	"tilsyn/schemas/internal/avro"
)

//go:embed *.avsc past/*.avsc
var files embed.FS

// Schema is one record of the contract with everything that is done with it.
// It is immutable and safe for concurrent use.
type Schema struct {
	name, topic, key, file, doc string
	input                       bool
	text                        []byte
	parsed                      *avro.Schema
	canonical                   []byte // Parsing Canonical Form
	fingerprint                 uint64 // CRC-64-AVRO of canonical
	codec                       anyCodec
}

// Name returns the name of the record without namespace, such as CardEvent.
func (s *Schema) Name() string { return s.name }

// Topic returns the name of the topic without prefix, such as card-events.
func (s *Schema) Topic() string { return s.topic }

// KeyText says in words what the records are keyed by (contract §2, §3).
func (s *Schema) KeyText() string { return s.key }

// File returns the name of the .avsc file.
func (s *Schema) File() string { return s.file }

// Doc returns the description of the record.
func (s *Schema) Doc() string { return s.doc }

// Input reports whether the record is a fact; else it is an output.
func (s *Schema) Input() bool { return s.input }

// Text returns the .avsc file. The caller must not change it.
func (s *Schema) Text() []byte { return s.text }

// Canonical returns the Parsing Canonical Form. The caller must not change it.
func (s *Schema) Canonical() []byte { return s.canonical }

// Fingerprint returns the CRC-64-AVRO of the Parsing Canonical Form.
func (s *Schema) Fingerprint() uint64 { return s.fingerprint }

// New returns a pointer to a zero record, such as *duty.CardEvent.
func (s *Schema) New() any { return s.codec.fresh() }

// Append appends the Avro binary form of v, without a frame. v must be of the
// type that New returns; anything else panics, as a mistake of the program.
func (s *Schema) Append(b []byte, v any) []byte { return s.codec.append(b, v) }

// AppendJSON appends the canonical JSON form of v (contract §1); v as in
// Append.
func (s *Schema) AppendJSON(b []byte, v any) []byte { return s.codec.json(b, v) }

// Decode reads a record without a frame. Every byte must belong to it.
func (s *Schema) Decode(b []byte) (any, error) { return s.codec.decode(s, b) }

// DecodeShared is Decode into v, a pointer as from New, whatever it held. The strings
// of v are parts of b, which must not change as long as one of them is in use.
func (s *Schema) DecodeShared(b []byte, v any) error {
	return s.decodeShared(b, v, reader{})
}

// DecodeOwn is DecodeShared for bytes that Append wrote in this process. That their strings are UTF-8 is not
// looked at again.
func (s *Schema) DecodeOwn(b []byte, v any) error { return s.decodeShared(b, v, reader{own: true}) }

func (s *Schema) decodeShared(b []byte, v any, how reader) error {
	rest, err := s.codec.readShared(s, b, v, how)
	if err == nil && len(rest) > 0 {
		err = trailing(s, len(b), len(rest))
	}
	return err
}

// DecodeJSON reads the JSON form (contract §1): nullable fields and fields with
// a default may be left out. Members that the schema does not have are left out
// of an input record, as a reader of a newer writer does, and named in Extra; an
// output record with one is refused, since its digest speaks of every member.
func (s *Schema) DecodeJSON(data []byte) (any, Extra, error) { return s.codec.decodeJSON(s, data) }

// Head is what every input record begins with (contract §1).
type Head struct {
	// ID is unique within the topic; Identity names the fact over its versions.
	ID, Identity string
	Version      int64
	Retracted    bool
	ReceivedAt   duty.Instant
}

// HeadOf returns the head of a pointer to an input record, and false for
// anything else.
func HeadOf(v any) (Head, bool) { return head(v) }

var all = sync.OnceValue(table)

var byTopic = sync.OnceValue(func() map[string]*Schema {
	m := map[string]*Schema{}
	for _, s := range all() {
		m[s.topic] = s
	}
	return m
})

// Lookup returns the schema of a topic, named without prefix.
func Lookup(topic string) (*Schema, bool) {
	s, ok := byTopic()[topic]
	return s, ok
}

// List returns every schema, sorted by topic.
func List() []*Schema { return append([]*Schema(nil), all()...) }

// Inputs returns the schemas of the facts, sorted by topic.
func Inputs() []*Schema { return filter(true) }

// Outputs returns the schemas of the outputs, sorted by topic.
func Outputs() []*Schema { return filter(false) }

func filter(input bool) []*Schema {
	var out []*Schema
	for _, s := range all() {
		if s.input == input {
			out = append(out, s)
		}
	}
	return out
}

// Of returns the schema of a pointer to a record.
func Of(v any) (*Schema, bool) {
	for _, s := range all() {
		if s.codec.is(v) {
			return s, true
		}
	}
	return nil, false
}

// codec are the generated functions of one record.
type codec[T any] struct {
	write     func([]byte, *T) []byte
	read      func(*reader, *T)
	readJSON  func(*jsonReader, *T, *Extra)
	canonical func(*T, []byte) []byte
}

// anyCodec is codec without its type.
type anyCodec interface {
	fresh() any
	is(v any) bool
	append(b []byte, v any) []byte
	json(b []byte, v any) []byte
	decode(s *Schema, b []byte) (any, error)
	// readShared reads a record from the start of b into v and returns what follows; how says what a reader
	// refuses.
	readShared(s *Schema, b []byte, v any, how reader) ([]byte, error)
	decodeJSON(s *Schema, data []byte) (any, Extra, error)
}

func (c codec[T]) fresh() any { return new(T) }

func (c codec[T]) is(v any) bool {
	_, ok := v.(*T)
	return ok
}

func (c codec[T]) append(b []byte, v any) []byte { return c.write(b, c.typed(v)) }

func (c codec[T]) json(b []byte, v any) []byte { return c.canonical(c.typed(v), b) }

func (c codec[T]) typed(v any) *T {
	t, ok := v.(*T)
	if !ok {
		panic(fmt.Sprintf("schemas: a %T was given where a %v is needed", v, reflect.TypeFor[*T]()))
	}
	return t
}

func (c codec[T]) decode(s *Schema, b []byte) (any, error) {
	r := reader{b: b, record: s.name}
	v := new(T)
	c.read(&r, v)
	rest, err := r.end()
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, trailing(s, len(b), len(rest))
	}
	return v, nil
}

// readers are used again: the function of a record is not known when it is called, so
// that its reader cannot lie on the stack.
var readers = sync.Pool{New: func() any { return new(reader) }}

func (c codec[T]) readShared(s *Schema, b []byte, v any, how reader) ([]byte, error) {
	t := c.typed(v)
	var none T
	*t = none
	r := readers.Get().(*reader)
	*r = reader{b: b, record: s.name, shared: true, unsized: how.unsized, own: how.own}
	c.read(r, t)
	rest, err := r.end()
	*r = reader{}
	readers.Put(r)
	return rest, err
}

func (c codec[T]) decodeJSON(s *Schema, data []byte) (any, Extra, error) {
	d := newJSONReader(data, s.name)
	defer d.close()
	v := new(T)
	extra := Extra{output: !s.input}
	d.dropUnknown = s.input
	c.readJSON(d, v, &extra)
	if err := d.end(); err != nil {
		return nil, Extra{}, err
	}
	extra.Unknown = d.unknown
	return v, extra, nil
}

// define makes a schema of one embedded file. The files are part of the
// program and were read by the generator, so a fault in one is a panic.
func define[T any](file string, input bool, c codec[T]) *Schema {
	text, err := files.ReadFile(file)
	if err != nil {
		panic("schemas: " + err.Error())
	}
	p, err := avro.Parse(text)
	if err != nil {
		panic("schemas: " + file + ": " + err.Error())
	}
	return &Schema{
		name: p.Name[len("tilsyn."):], topic: p.Props["topic"], key: p.Props["key"], file: file, doc: p.Doc,
		input: input, text: text, parsed: p, canonical: p.Canonical(), fingerprint: p.Fingerprint(), codec: c,
	}
}
