package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tilsyn/schemas/internal/avro"
)

// model is everything that the .avsc files say, sorted by name.
type model struct {
	enums   []*avro.Schema
	nested  []*avro.Schema
	records []*avro.Schema // one per file
	files   map[string]string
}

// load reads every .avsc file of a directory.
func load(dir string) (*model, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.avsc"))
	if err != nil {
		return nil, err
	}
	m := &model{files: map[string]string{}}
	named := map[string]*avro.Schema{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		s, err := avro.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		if err := m.top(s, named); err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		m.files[short(s)] = filepath.Base(path)
	}
	byName := func(a, b *avro.Schema) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(m.enums, byName)
	slices.SortFunc(m.nested, byName)
	slices.SortFunc(m.records, byName)
	return m, nil
}

func (m *model) top(s *avro.Schema, named map[string]*avro.Schema) error {
	if s.Kind != avro.Record || s.Props["topic"] == "" || s.Props["key"] == "" {
		return fmt.Errorf("a record with topic and key is needed")
	}
	if named[s.Name] != nil {
		return fmt.Errorf("%s is defined in another file as well", s.Name)
	}
	named[s.Name] = s
	m.records = append(m.records, s)
	return m.fields(s, named)
}

func (m *model) fields(s *avro.Schema, named map[string]*avro.Schema) error {
	if len(s.Fields) > 64 {
		return fmt.Errorf("%s has more than 64 fields, which the decoders do not count", s.Name)
	}
	for _, f := range s.Fields {
		if f.Doc == "" {
			return fmt.Errorf("%s.%s has no doc", s.Name, f.Name)
		}
		if err := m.visit(f.Type, named); err != nil {
			return fmt.Errorf("%s.%s: %w", s.Name, f.Name, err)
		}
	}
	return nil
}

// visit collects the named types that a field uses, and refuses what the
// decoders are not made for.
func (m *model) visit(t *avro.Schema, named map[string]*avro.Schema) error {
	switch t.Kind {
	case avro.Union:
		if len(t.Branches) != 2 || t.Branches[0].Kind != avro.Null || t.Branches[1].Kind == avro.Null {
			return fmt.Errorf("a union must be null and one other type, null first")
		}
		return m.visit(t.Branches[1], named)
	case avro.Array:
		return m.visit(t.Items, named)
	case avro.Enum, avro.Record:
		return m.define(t, named)
	case avro.Boolean, avro.Int, avro.Long, avro.String:
		return nil
	}
	return fmt.Errorf("type %s is not used in this contract", t.Kind)
}

func (m *model) define(t *avro.Schema, named map[string]*avro.Schema) error {
	if o := named[t.Name]; o != nil {
		if string(o.Canonical()) != string(t.Canonical()) {
			return fmt.Errorf("%s differs from its definition in another file", t.Name)
		}
		return nil
	}
	named[t.Name] = t
	if t.Kind == avro.Record {
		m.nested = append(m.nested, t)
		return m.fields(t, named)
	}
	if len(t.Symbols) == 0 || t.Symbols[0] != "UNKNOWN" || t.Default != "UNKNOWN" {
		return fmt.Errorf("enum %s must have UNKNOWN as first symbol and default (contract section 1)", t.Name)
	}
	m.enums = append(m.enums, t)
	return nil
}

// all returns every record, nested or not.
func (m *model) all() []*avro.Schema {
	return slices.Concat(m.nested, m.records)
}

// isInput reports whether a record is a fact: it has the head of contract
// section 1.
func isInput(s *avro.Schema) bool {
	return s.Field("id") != nil && s.Field("version") != nil && s.Field("retracted") != nil &&
		s.Field("received_at") != nil
}
