package schemas

import (
	"strings"

	"tilsyn/schemas/internal/avro"
)

// unknownSymbol is what the reason of every fault about an enum holds.
const unknownSymbol = "symbol"

// allowed says which symbols the field of an error may have; empty where it is no
// enum. UNKNOWN is left out: no writer may write it (contract §1).
func (e *DecodeError) allowed() string {
	if !strings.Contains(e.Reason, unknownSymbol) {
		return ""
	}
	for _, s := range all() {
		if s.name != e.Record {
			continue
		}
		t := typeAt(s.parsed, e.Field)
		if t == nil || t.Kind != avro.Enum {
			return ""
		}
		var names []string
		for _, name := range t.Symbols {
			if name != "UNKNOWN" {
				names = append(names, name)
			}
		}
		return "; use one of " + strings.Join(names, ", ")
	}
	return ""
}

// typeAt follows a path such as evidence[3].role through records, lists and
// unions with null; nil where it leads nowhere.
func typeAt(t *avro.Schema, path string) *avro.Schema {
	for part := range strings.SplitSeq(path, ".") {
		name, _, _ := strings.Cut(part, "[")
		f := plainType(t).Field(name)
		if f == nil {
			return nil
		}
		t = plainType(f.Type)
	}
	return t
}

// plainType is what a type holds: the items of a list, the branch of a union that
// is not null.
func plainType(t *avro.Schema) *avro.Schema {
	for {
		switch {
		case t.Kind == avro.Array:
			t = t.Items
		case t.Kind == avro.Union && len(t.Branches) == 2 && t.Branches[0].Kind == avro.Null:
			t = t.Branches[1]
		default:
			return t
		}
	}
}
