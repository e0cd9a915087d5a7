package schemas

import (
	"fmt"
	"strings"

	"tilsyn/schemas/internal/avro"
)

// Compatibility is the judgement on a changed schema against the built-in one.
// Each entry names the record and field and says what is wrong.
type Compatibility struct {
	// Schema is the built-in one.
	Schema *Schema
	// Identical is true where both have the same Parsing Canonical Form.
	Identical bool
	// Backward says what keeps the changed schema from reading what was
	// written with the built-in one; empty: it is BACKWARD compatible.
	Backward []string
	// Forward says what keeps the built-in schema from reading what is
	// written with the changed one; empty: it is FORWARD compatible.
	Forward []string
	// Rules are breaches of the contract's own rules (contract §1): UNKNOWN first and as
	// default of every enum, a doc on every field, topic and key unchanged.
	Rules []string
	// Notes say what readers will see, without any of it being wrong.
	Notes []string
}

// OK reports whether the changed schema may be used: compatible both ways
// (contract §1, Evolution) and within the rules.
func (c *Compatibility) OK() bool {
	return len(c.Backward)+len(c.Forward)+len(c.Rules) == 0
}

// CheckCompatibility judges a changed .avsc against the built-in schema of the
// same record. An error means that the text is no schema, or one of a record
// that the contract does not have.
func CheckCompatibility(text []byte) (*Compatibility, error) {
	changed, err := avro.Parse(text)
	if err != nil {
		return nil, err
	}
	name := strings.TrimPrefix(changed.Name, "tilsyn.")
	s, ok := Show(name)
	if !ok || changed.Kind != avro.Record {
		return nil, fmt.Errorf("the schema is of %s %s, which the contract does not have", changed.Kind, changed.Name)
	}
	c := &Compatibility{Schema: s, Identical: string(changed.Canonical()) == string(s.canonical)}
	c.Backward = c.sort("backward", avro.Judge(s.parsed, changed))
	c.Forward = c.sort("forward", avro.Judge(changed, s.parsed))
	c.rules(changed)
	return c, nil
}

// Show returns the schema of a record, named such as CardEvent or by its topic.
func Show(name string) (*Schema, bool) {
	for _, s := range all() {
		if s.name == name || s.topic == name || s.parsed.Name == name {
			return s, true
		}
	}
	return nil, false
}

// sort returns what breaks, and keeps the rest as notes.
func (c *Compatibility) sort(direction string, findings []avro.Finding) []string {
	var broken []string
	for _, f := range findings {
		if f.Breaks {
			broken = append(broken, f.String())
		} else {
			c.Notes = append(c.Notes, direction+": "+f.String())
		}
	}
	return broken
}

func (c *Compatibility) rules(changed *avro.Schema) {
	for _, p := range []string{"topic", "key"} {
		if was, is := c.Schema.parsed.Props[p], changed.Props[p]; was != is {
			c.Rules = append(c.Rules, fmt.Sprintf("%s: the %s was %q and is now %q", c.Schema.name, p, was, is))
		}
	}
	c.walk(changed, c.Schema.name, map[*avro.Schema]bool{})
}

func (c *Compatibility) walk(s *avro.Schema, at string, seen map[*avro.Schema]bool) {
	if seen[s] {
		return
	}
	seen[s] = true
	if s.Ignored != "" {
		c.Rules = append(c.Rules, fmt.Sprintf("%s: %q is no logical type of %s; every reader ignores it",
			at, s.Ignored, s.Kind))
	}
	switch s.Kind {
	case avro.Enum:
		if len(s.Symbols) == 0 || s.Symbols[0] != "UNKNOWN" || s.Default != "UNKNOWN" {
			c.Rules = append(c.Rules, at+": an enum has UNKNOWN as its first symbol and its default")
		}
	case avro.Array, avro.Map:
		c.walk(s.Items, at+"[]", seen)
	case avro.Union:
		for _, b := range s.Branches {
			c.walk(b, at, seen)
		}
	case avro.Record:
		for _, f := range s.Fields {
			path := at + "." + f.Name
			if f.Doc == "" {
				c.Rules = append(c.Rules, path+": the field has no doc")
			}
			c.walk(f.Type, path, seen)
		}
	}
}
