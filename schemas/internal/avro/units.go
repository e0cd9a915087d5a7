package avro

import (
	"bytes"
	"slices"
)

// This file holds the logical types, which say what the numbers of a field count.

// TimestampMillis is the logical type of every time (contract §1).
const TimestampMillis = "timestamp-millis"

// logicalKinds are the logical types of the specification (Avro 1.12) with the
// kinds that they may stand on.
var logicalKinds = map[string][]Kind{
	"decimal": {Bytes, Fixed}, "big-decimal": {Bytes}, "uuid": {String, Fixed}, "duration": {Fixed},
	"date": {Int}, "time-millis": {Int}, "time-micros": {Long},
	TimestampMillis: {Long}, "timestamp-micros": {Long}, "timestamp-nanos": {Long},
	"local-timestamp-millis": {Long}, "local-timestamp-micros": {Long}, "local-timestamp-nanos": {Long},
}

// perMilli says how many units of a logical type are a millisecond, for those that
// are instants as timestamp-millis is; 0 for all others. A local timestamp is no
// instant: its zone stands nowhere.
func perMilli(logical string) int64 {
	switch logical {
	case TimestampMillis:
		return 1
	case "timestamp-micros":
		return 1_000
	case "timestamp-nanos":
		return 1_000_000
	}
	return 0
}

// annotate takes the logical type of a type whose kind is set.
func (s *Schema) annotate(a attributes) {
	v := a["logicalType"]
	name, ok := v.string()
	switch {
	case v == nil:
	case !ok:
		s.Ignored = string(v.raw)
	case slices.Contains(logicalKinds[name], s.Kind):
		s.Logical = name
	default:
		s.Ignored = name
	}
}

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

// Alike reports whether two schemas have one binary form and one meaning: their canonical
// forms and their logical types are the same.
func (s *Schema) Alike(other *Schema) bool {
	return bytes.Equal(s.Canonical(), other.Canonical()) && SameUnits(s, other)
}
