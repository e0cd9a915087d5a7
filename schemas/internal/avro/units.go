package avro

// SameUnits reports whether two schemas of one fingerprint agree in their
// logical types, which the fingerprint does not cover.
func SameUnits(a, b *Schema) bool {
	return sameUnits(a, b, map[[2]*Schema]bool{})
}

func sameUnits(a, b *Schema, seen map[[2]*Schema]bool) bool {
	key := [2]*Schema{a, b}
	if a == b || seen[key] {
		return true
	}
	seen[key] = true
	if a.Kind != b.Kind || a.Logical != b.Logical || len(a.Fields) != len(b.Fields) || len(a.Branches) != len(b.Branches) {
		return false
	}
	if a.Items != nil && !sameUnits(a.Items, b.Items, seen) {
		return false
	}
	for i := range a.Branches {
		if !sameUnits(a.Branches[i], b.Branches[i], seen) {
			return false
		}
	}
	for i := range a.Fields {
		if !sameUnits(a.Fields[i].Type, b.Fields[i].Type, seen) {
			return false
		}
	}
	return true
}
