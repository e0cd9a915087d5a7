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
	p := &parser{named: map[string]*Schema{}}
	s, err := p.parse(raw, "", "schema", 0)
	if err != nil {
		return nil, fmt.Errorf("avro %w", err)
	}
	return s, nil
}

type parser struct{ named map[string]*Schema }

// attributes are all attributes that the specification defines, whatever the
// type they belong to.
type attributes struct {
	Type      json.RawMessage   `json:"type"`
	Name      string            `json:"name"`
	Namespace *string           `json:"namespace"`
	Doc       string            `json:"doc"`
	Logical   string            `json:"logicalType"`
	Symbols   []string          `json:"symbols"`
	Default   json.RawMessage   `json:"default"`
	Items     json.RawMessage   `json:"items"`
	Values    json.RawMessage   `json:"values"`
	Size      *int              `json:"size"`
	Fields    []json.RawMessage `json:"fields"`
}

func (p *parser) parse(raw json.RawMessage, namespace, at string, depth int) (*Schema, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("%s: nested more than %d levels deep", at, maxDepth)
	}
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return nil, fmt.Errorf("%s: the type is missing", at)
	}
	switch raw[0] {
	case '"':
		var name string
		if err := json.Unmarshal(raw, &name); err != nil {
			return nil, fmt.Errorf("%s: %w", at, err)
		}
		return p.byName(name, namespace, at)
	case '[':
		return p.union(raw, namespace, at, depth)
	case '{':
		return p.object(raw, namespace, at, depth)
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

func (p *parser) union(raw json.RawMessage, namespace, at string, depth int) (*Schema, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
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

func (p *parser) object(raw json.RawMessage, namespace, at string, depth int) (*Schema, error) {
	var a attributes
	if err := json.Unmarshal(raw, &a); err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	var kind string
	if json.Unmarshal(a.Type, &kind) != nil {
		return p.parse(a.Type, namespace, at, depth+1)
	}
	switch kind {
	case "array", "map":
		s := &Schema{Kind: Array, Logical: a.Logical}
		items := a.Items
		if kind == "map" {
			s.Kind, items = Map, a.Values
		}
		var err error
		s.Items, err = p.parse(items, namespace, at+"[]", depth+1)
		return s, err
	case "enum", "fixed", "record", "error":
		return p.namedType(kind, &a, raw, namespace, at, depth)
	}
	s, err := p.byName(kind, namespace, at)
	if err != nil || s.Name != "" {
		return s, err
	}
	s.Logical, s.Doc = a.Logical, a.Doc
	return s, nil
}

func (p *parser) namedType(kind string, a *attributes, raw json.RawMessage, namespace, at string, depth int) (*Schema, error) {
	if a.Namespace != nil {
		namespace = *a.Namespace
	}
	s := &Schema{Name: fullName(a.Name, namespace), Doc: a.Doc, Logical: a.Logical, Props: props(raw)}
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
		if a.Size == nil || *a.Size < 0 {
			return nil, fmt.Errorf("%s: fixed %s has no size", at, s.Name)
		}
		s.Size = *a.Size
		return s, nil
	}
	s.Kind = Record
	return s, p.fields(s, a.Fields, namespace, depth)
}

func enumType(s *Schema, a *attributes, at string) error {
	seen := map[string]bool{}
	for _, x := range a.Symbols {
		if !validName(x) || strings.Contains(x, ".") {
			return fmt.Errorf("%s: enum %s: %q is not a symbol", at, s.Name, x)
		}
		if seen[x] {
			return fmt.Errorf("%s: enum %s: symbol %s twice", at, s.Name, x)
		}
		seen[x] = true
	}
	s.Symbols = a.Symbols
	if len(a.Default) > 0 {
		if json.Unmarshal(a.Default, &s.Default) != nil || !seen[s.Default] {
			return fmt.Errorf("%s: enum %s: the default is not one of its symbols", at, s.Name)
		}
	}
	return nil
}

func (p *parser) fields(s *Schema, list []json.RawMessage, namespace string, depth int) error {
	if list == nil {
		return fmt.Errorf("record %s: no fields", s.Name)
	}
	for _, x := range list {
		var a attributes
		if err := json.Unmarshal(x, &a); err != nil {
			return fmt.Errorf("record %s: %w", s.Name, err)
		}
		if !validName(a.Name) || strings.Contains(a.Name, ".") {
			return fmt.Errorf("record %s: %q is not a field name", s.Name, a.Name)
		}
		if s.Field(a.Name) != nil {
			return fmt.Errorf("record %s: field %s twice", s.Name, a.Name)
		}
		t, err := p.parse(a.Type, namespace, s.Name+"."+a.Name, depth+1)
		if err != nil {
			return err
		}
		f := &Field{Name: a.Name, Doc: a.Doc, Type: t, Props: props(x)}
		f.Default = defaultOf(x)
		s.Fields = append(s.Fields, f)
	}
	return nil
}

// defaultOf tells a default of null from no default, which unmarshalling into
// a struct does not.
func defaultOf(raw json.RawMessage) json.RawMessage {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return nil
	}
	return m["default"]
}

var defined = map[string]bool{
	"type": true, "name": true, "namespace": true, "doc": true, "logicalType": true, "symbols": true,
	"default": true, "items": true, "values": true, "size": true, "fields": true, "aliases": true, "order": true,
}

func props(raw json.RawMessage) map[string]string {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return nil
	}
	out := map[string]string{}
	for k, v := range m {
		var s string
		if !defined[k] && json.Unmarshal(v, &s) == nil {
			out[k] = s
		}
	}
	return out
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
