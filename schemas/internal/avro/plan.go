package avro

import (
	"fmt"
	"strings"
)

// Plan rewrites values of one writer into the form that one reader expects,
// by the rules of schema resolution. It is immutable and safe for concurrent
// use.
type Plan struct{ root *step }

// op is how a step of a plan reads a value.
type op uint8

const (
	opNull   op = iota
	opBool      // one byte
	opLong      // int and long look alike
	opMillis    // an instant in another unit than milliseconds
	opText      // string and bytes look alike
	opEnum      // symbols by name
	opArray     // item by item
	opRecord    // fields by name
	opBranch    // the writer has a union
	opInto      // only the reader has a union
	opNever     // a branch that the reader cannot take
)

// step is how one type is rewritten.
type step struct {
	op op
	// reason is why a value of opNever cannot be taken.
	reason string
	// per is how many units of the writer opMillis takes for a millisecond.
	per int64
	// symbols gives the reader's index for each of the writer's, −1 for none.
	symbols []int
	names   []string
	// item of an array, or the branch of opInto with its index.
	item  *step
	index int
	// branches of opBranch.
	branches []*step
	// fields in the writer's order, and slots in the reader's.
	fields []fieldStep
	slots  [][]byte // bytes of the default; nil where the writer has the field
}

// fieldStep is a field as the writer has it, in the order of the bytes.
type fieldStep struct {
	name string
	// step and slot are where the reader has the field, else skip is set.
	step *step
	slot int
	skip *Schema
}

// maxFields bounds the fields of a reader's record.
const maxFields = 64

// Compile makes the plan from a writer's schema to a reader's. An error says
// why no value of this writer can be read, with the path of the field.
func Compile(writer, reader *Schema) (*Plan, error) {
	s, err := compile(writer, reader, baseName(reader.Name), 0)
	if err != nil {
		return nil, err
	}
	return &Plan{s}, nil
}

func compile(w, r *Schema, at string, depth int) (*step, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("%s: nested more than %d levels deep", at, maxDepth)
	}
	if w.Kind == Union {
		out := &step{op: opBranch}
		for _, b := range w.Branches {
			s, err := compile(b, r, at, depth+1)
			if err != nil {
				s = &step{op: opNever, reason: err.Error()}
			}
			out.branches = append(out.branches, s)
		}
		return out, nil
	}
	if r.Kind == Union {
		return compileInto(w, r, at, depth)
	}
	if w.Logical != "" && r.Logical != "" && w.Logical != r.Logical {
		// Resolution ignores logical types; micros read as millis would move a
		// fact by millennia. What is an instant too is converted, all else is
		// something else.
		if per := perMilli(w.Logical); per != 0 && r.Logical == TimestampMillis {
			return &step{op: opMillis, per: per}, nil
		}
		return nil, fmt.Errorf("%s: the writer has %s, the reader needs %s", at, w.Logical, r.Logical)
	}
	switch {
	case r.Kind == Null && w.Kind == Null:
		return &step{op: opNull}, nil
	case r.Kind == Boolean && w.Kind == Boolean:
		return &step{op: opBool}, nil
	case r.Kind == Int && w.Kind == Int, r.Kind == Long && (w.Kind == Int || w.Kind == Long):
		return &step{op: opLong}, nil
	case isText(r) && isText(w):
		return &step{op: opText}, nil
	case r.Kind == Enum && w.Kind == Enum && baseName(w.Name) == baseName(r.Name):
		return compileEnum(w, r), nil
	case r.Kind == Array && w.Kind == Array:
		item, err := compile(w.Items, r.Items, at+"[]", depth+1)
		if err != nil {
			return nil, err
		}
		return &step{op: opArray, item: item}, nil
	case r.Kind == Record && w.Kind == Record && baseName(w.Name) == baseName(r.Name):
		return compileRecord(w, r, at, depth)
	}
	return nil, fmt.Errorf("%s: the writer has %s, the reader needs %s", at, describe(w), describe(r))
}

// compileInto finds the first branch of the reader's union that takes the
// writer's type.
func compileInto(w, r *Schema, at string, depth int) (*step, error) {
	for pass := range 2 {
		for i, b := range r.Branches {
			if pass == 0 && b.Kind != w.Kind {
				continue
			}
			if s, err := compile(w, b, at, depth+1); err == nil {
				return &step{op: opInto, item: s, index: i}, nil
			}
		}
	}
	return nil, fmt.Errorf("%s: the writer has %s, which is no branch of the reader's union", at, describe(w))
}

func compileEnum(w, r *Schema) *step {
	s := &step{op: opEnum, names: w.Symbols}
	for _, x := range w.Symbols {
		s.symbols = append(s.symbols, r.SymbolIndex(x))
	}
	return s
}

func compileRecord(w, r *Schema, at string, depth int) (*step, error) {
	if len(r.Fields) > maxFields {
		return nil, fmt.Errorf("%s: more than %d fields", at, maxFields)
	}
	out := &step{op: opRecord, slots: make([][]byte, len(r.Fields))}
	for i, f := range r.Fields {
		wf := w.Field(f.Name)
		if wf != nil {
			continue
		}
		if f.Default == nil {
			return nil, fmt.Errorf("%s: the writer has no field %s, and it has no default", at, f.Name)
		}
		b, err := appendDefault(make([]byte, 0, 8), f.Type, f.Default, 0)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", at, f.Name, err)
		}
		out.slots[i] = b
	}
	for _, wf := range w.Fields {
		fs := fieldStep{name: wf.Name, skip: wf.Type}
		for i, f := range r.Fields {
			if f.Name != wf.Name {
				continue
			}
			s, err := compile(wf.Type, f.Type, at+"."+f.Name, depth+1)
			if err != nil {
				return nil, err
			}
			fs = fieldStep{name: wf.Name, step: s, slot: i}
		}
		out.fields = append(out.fields, fs)
	}
	return out, nil
}

func isText(s *Schema) bool { return s.Kind == String || s.Kind == Bytes }

// baseName returns a name without its namespace, which is what resolution
// compares.
func baseName(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// describe names a type for a reader of error messages.
func describe(s *Schema) string {
	switch {
	case s.Name != "":
		return s.Kind.String() + " " + baseName(s.Name)
	case s.Kind == Union:
		parts := make([]string, len(s.Branches))
		for i, b := range s.Branches {
			parts[i] = describe(b)
		}
		return "a union of " + strings.Join(parts, ", ")
	case s.Kind == Array || s.Kind == Map:
		return s.Kind.String() + " of " + describe(s.Items)
	}
	if s.Logical != "" {
		return s.Kind.String() + " (" + s.Logical + ")"
	}
	return s.Kind.String()
}
