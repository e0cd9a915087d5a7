package avro

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// appendDefault appends the binary form of a default value, given as the JSON
// of the schema.
func appendDefault(b []byte, s *Schema, text json.RawMessage, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nested more than %d levels deep", maxDepth)
	}
	switch s.Kind {
	case Null:
		if string(text) != "null" {
			return nil, errors.New("the default is not null")
		}
		return b, nil
	case Boolean:
		var v bool
		if err := json.Unmarshal(text, &v); err != nil {
			return nil, errors.New("the default is not a boolean")
		}
		if v {
			return append(b, 1), nil
		}
		return append(b, 0), nil
	case Int, Long:
		var v int64
		if err := json.Unmarshal(text, &v); err != nil || s.Kind == Int && (v < math.MinInt32 || v > math.MaxInt32) {
			return nil, fmt.Errorf("the default is not an %s", s.Kind)
		}
		return binary.AppendVarint(b, v), nil
	case Float, Double:
		return appendFloatDefault(b, s, text)
	case String, Bytes, Fixed:
		return appendTextDefault(b, s, text)
	case Enum:
		var v string
		if err := json.Unmarshal(text, &v); err != nil || s.SymbolIndex(v) < 0 {
			return nil, errors.New("the default is not one of the symbols")
		}
		return binary.AppendVarint(b, int64(s.SymbolIndex(v))), nil
	case Union:
		// Up to Avro 1.11 a default belongs to the first branch; later versions
		// allow any.
		for i, x := range s.Branches {
			if out, err := appendDefault(binary.AppendVarint(b, int64(i)), x, text, depth+1); err == nil {
				return out, nil
			}
		}
		return nil, errors.New("the default fits no branch of the union")
	}
	return appendNestedDefault(b, s, text, depth)
}

func appendFloatDefault(b []byte, s *Schema, text json.RawMessage) ([]byte, error) {
	var v float64
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, errors.New("the default is not a number")
	}
	if s.Kind == Float {
		return binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v))), nil
	}
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(v)), nil
}

// appendTextDefault writes strings as they are, and bytes by the rule that
// each character below 256 is one byte.
func appendTextDefault(b []byte, s *Schema, text json.RawMessage) ([]byte, error) {
	var v string
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, errors.New("the default is not a string")
	}
	if s.Kind == String {
		return append(binary.AppendVarint(b, int64(len(v))), v...), nil
	}
	var raw []byte
	for _, r := range v {
		if r > 255 {
			return nil, errors.New("the default has a character above U+00FF")
		}
		raw = append(raw, byte(r))
	}
	if s.Kind == Fixed {
		if len(raw) != s.Size {
			return nil, fmt.Errorf("the default has %d bytes, not %d", len(raw), s.Size)
		}
		return append(b, raw...), nil
	}
	return append(binary.AppendVarint(b, int64(len(raw))), raw...), nil
}

func appendNestedDefault(b []byte, s *Schema, text json.RawMessage, depth int) ([]byte, error) {
	if s.Kind == Array {
		var items []json.RawMessage
		if err := json.Unmarshal(text, &items); err != nil || items == nil {
			return nil, errors.New("the default is not an array")
		}
		if len(items) > 0 {
			b = binary.AppendVarint(b, int64(len(items)))
		}
		for _, x := range items {
			var err error
			if b, err = appendDefault(b, s.Items, x, depth+1); err != nil {
				return nil, err
			}
		}
		return append(b, 0), nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil || members == nil {
		return nil, errors.New("the default is not an object")
	}
	if s.Kind == Map {
		if len(members) > 0 {
			return nil, errors.New("a default map must be empty here")
		}
		return append(b, 0), nil
	}
	for _, f := range s.Fields {
		x, ok := members[f.Name]
		if !ok {
			x = f.Default
		}
		if x == nil {
			return nil, fmt.Errorf("the default has no %s", f.Name)
		}
		var err error
		if b, err = appendDefault(b, f.Type, x, depth+1); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return b, nil
}
