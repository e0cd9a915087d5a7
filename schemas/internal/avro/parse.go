package avro

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Bounds on what a schema may hold, so that a hostile file costs little.
const (
	maxSchemaBytes = 1 << 20
	maxDepth       = 64
)

// Parse reads the JSON of a schema. Errors say where in the schema the fault
// is, as a path of record and field names.
func Parse(text []byte) (*Schema, error) {
	if len(text) > maxSchemaBytes {
		return nil, fmt.Errorf("avro schema: %d bytes long, at most %d are read", len(text), maxSchemaBytes)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return nil, fmt.Errorf("avro schema: not JSON: %w", err)
	}
	if dec.More() {
		return nil, errors.New("avro schema: something follows the schema")
	}
	v, err := readJSON(raw)
	if err != nil {
		return nil, fmt.Errorf("avro schema: not JSON: %w", err)
	}
	p := &parser{named: map[string]*Schema{}}
	s, err := p.parse(v, "", "schema", 0)
	if err != nil {
		return nil, fmt.Errorf("avro %w", err)
	}
	return s, nil
}

// parser reads the text of one schema; named are the types that have a name so far, by full name.
type parser struct{ named map[string]*Schema }

// attributes are those of one object of a schema. Their names are case-sensitive:
// one that differs in case from a name of the specification is metadata, like any
// other that the specification does not define for the type ("Schema Declaration").
// So they are looked up by exact name, and none is read that does not matter.
type attributes map[string]*value

// text reads an attribute that is a string; empty where it is missing or null.
func (a attributes) text(name string) (string, error) {
	if v := a[name]; v != nil {
		if s, ok := v.string(); ok {
			return s, nil
		}
		return "", fmt.Errorf("the attribute %s is not a string", name)
	}
	return "", nil
}

// doc returns the description; one that is no string is none.
func (a attributes) doc() string {
	s, _ := a.text("doc")
	return s
}

// list reads an attribute that is a list of what of takes; nil where it is missing or null.
func list[T any](a attributes, name string, of func(*value) (T, bool)) ([]T, error) {
	v := a[name]
	if v == nil || v.kind == 'n' {
		return nil, nil
	}
	ok := v.kind == '['
	out := make([]T, 0, len(v.items))
	for _, item := range v.items {
		x, fits := of(item)
		out, ok = append(out, x), ok && fits
	}
	if !ok {
		return nil, fmt.Errorf("the attribute %s is not a list of what belongs there", name)
	}
	return out, nil
}

// props are the attributes that Avro does not define and whose value is a string.
func (a attributes) props() map[string]string {
	out := map[string]string{}
	for k, v := range a {
		if s, ok := v.string(); ok && !defined[k] {
			out[k] = s
		}
	}
	return out
}

func (p *parser) parse(v *value, namespace, at string, depth int) (*Schema, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("%s: nested more than %d levels deep", at, maxDepth)
	}
	if v == nil {
		return nil, fmt.Errorf("%s: the type is missing", at)
	}
	switch v.kind {
	case '"':
		return p.byName(v.text, namespace, at)
	case '[':
		return p.union(v.items, namespace, at, depth)
	case '{':
		return p.object(v.members, namespace, at, depth)
	}
	return nil, fmt.Errorf("%s: a type is a name, a list of types or an object", at)
}

func (p *parser) byName(name, namespace, at string) (*Schema, error) {
	for k := Null; k <= String; k++ {
		if kindNames[k] == name {
			return &Schema{Kind: k}, nil
		}
	}
	if s := p.named[fullName(name, namespace)]; s != nil {
		return s, nil
	}
	if s := p.named[name]; s != nil {
		return s, nil
	}
	return nil, fmt.Errorf("%s: unknown type %q", at, name)
}

func (p *parser) union(list []*value, namespace, at string, depth int) (*Schema, error) {
	s := &Schema{Kind: Union}
	for i, x := range list {
		b, err := p.parse(x, namespace, fmt.Sprintf("%s: branch %d", at, i), depth+1)
		if err != nil {
			return nil, err
		}
		if b.Kind == Union {
			return nil, fmt.Errorf("%s: branch %d: a union directly inside a union", at, i)
		}
		for _, o := range s.Branches {
			if o.Kind == b.Kind && o.Name == b.Name {
				return nil, fmt.Errorf("%s: branch %d: the same type twice", at, i)
			}
		}
		s.Branches = append(s.Branches, b)
	}
	if len(s.Branches) == 0 {
		return nil, fmt.Errorf("%s: a union without branches", at)
	}
	return s, nil
}

func (p *parser) object(a attributes, namespace, at string, depth int) (*Schema, error) {
	kind, ok := a["type"].string()
	if !ok {
		return p.parse(a["type"], namespace, at, depth+1)
	}
	switch kind {
	case "array", "map":
		s := &Schema{Kind: Array}
		items := a["items"]
		if kind == "map" {
			s.Kind, items = Map, a["values"]
		}
		s.annotate(a)
		var err error
		s.Items, err = p.parse(items, namespace, at+"[]", depth+1)
		return s, err
	case "enum", "fixed", "record", "error":
		return p.namedType(kind, a, namespace, at, depth)
	}
	s, err := p.byName(kind, namespace, at)
	if err != nil || s.Name != "" {
		return s, err
	}
	s.Doc = a.doc()
	s.annotate(a)
	return s, nil
}

func (p *parser) namedType(kind string, a attributes, namespace, at string, depth int) (*Schema, error) {
	name, err := a.text("name")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	if own, err := a.text("namespace"); err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	} else if v := a["namespace"]; v != nil && v.kind != 'n' {
		namespace = own
	}
	s := &Schema{Name: fullName(name, namespace), Doc: a.doc(), Props: a.props()}
	if !validName(s.Name) {
		return nil, fmt.Errorf("%s: %q is not a name", at, s.Name)
	}
	if p.named[s.Name] != nil {
		return nil, fmt.Errorf("%s: %s is defined twice", at, s.Name)
	}
	p.named[s.Name] = s
	if i := strings.LastIndexByte(s.Name, '.'); i >= 0 {
		namespace = s.Name[:i]
	} else {
		namespace = ""
	}
	switch kind {
	case "enum":
		s.Kind = Enum
		return s, enumType(s, a, at)
	case "fixed":
		s.Kind = Fixed
		size := -1
		if v := a["size"]; v == nil || json.Unmarshal(v.raw, &size) != nil || size < 0 {
			return nil, fmt.Errorf("%s: fixed %s has no size", at, s.Name)
		}
		s.Size = size
		s.annotate(a)
		return s, nil
	}
	s.Kind = Record
	s.annotate(a)
	return s, p.fields(s, a, namespace, depth)
}

func enumType(s *Schema, a attributes, at string) error {
	symbols, err := list(a, "symbols", (*value).string)
	if err != nil {
		return fmt.Errorf("%s: enum %s: %w", at, s.Name, err)
	}
	seen := map[string]bool{}
	for _, x := range symbols {
		if !validName(x) || strings.Contains(x, ".") {
			return fmt.Errorf("%s: enum %s: %q is not a symbol", at, s.Name, x)
		}
		if seen[x] {
			return fmt.Errorf("%s: enum %s: symbol %s twice", at, s.Name, x)
		}
		seen[x] = true
	}
	s.Symbols = symbols
	s.annotate(a)
	if v := a["default"]; v != nil {
		if s.Default, _ = v.string(); !seen[s.Default] {
			return fmt.Errorf("%s: enum %s: the default is not one of its symbols", at, s.Name)
		}
	}
	return nil
}

func (p *parser) fields(s *Schema, a attributes, namespace string, depth int) error {
	fields, err := list(a, "fields", (*value).object)
	if err != nil {
		return fmt.Errorf("record %s: %w", s.Name, err)
	}
	if fields == nil {
		return fmt.Errorf("record %s: no fields", s.Name)
	}
	for _, x := range fields {
		name, err := x.text("name")
		if err != nil {
			return fmt.Errorf("record %s: a field: %w", s.Name, err)
		}
		if !validName(name) || strings.Contains(name, ".") {
			return fmt.Errorf("record %s: %q is not a field name", s.Name, name)
		}
		if s.Field(name) != nil {
			return fmt.Errorf("record %s: field %s twice", s.Name, name)
		}
		t, err := p.parse(x["type"], namespace, s.Name+"."+name, depth+1)
		if err != nil {
			return err
		}
		f := &Field{Name: name, Doc: x.doc(), Type: t, Props: x.props()}
		if v := x["default"]; v != nil { // null is one: the member is there
			f.Default = v.raw
		}
		s.Fields = append(s.Fields, f)
	}
	return nil
}

var defined = map[string]bool{
	"type": true, "name": true, "namespace": true, "doc": true, "logicalType": true, "symbols": true,
	"default": true, "items": true, "values": true, "size": true, "fields": true, "aliases": true, "order": true,
}

func fullName(name, namespace string) string {
	if namespace == "" || strings.Contains(name, ".") {
		return name
	}
	return namespace + "." + name
}

func validName(name string) bool {
	for part := range strings.SplitSeq(name, ".") {
		if part == "" {
			return false
		}
		for i, c := range []byte(part) {
			letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
			if !letter && (i == 0 || c < '0' || c > '9') {
				return false
			}
		}
	}
	return true
}
