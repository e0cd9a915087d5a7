package main

import (
	"fmt"
	"strings"

	"tilsyn/schemas/internal/avro"
)

// short returns the name of a type without its namespace.
func short(t *avro.Schema) string {
	return t.Name[strings.LastIndexByte(t.Name, '.')+1:]
}

// goName turns snake_case into CamelCase; id, ids and apb become ID, IDs and APB.
func goName(field string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(field, "_") {
		switch part {
		case "id":
			b.WriteString("ID")
		case "ids":
			b.WriteString("IDs")
		case "apb":
			b.WriteString("APB")
		default:
			b.WriteString(capital(part))
		}
	}
	return b.String()
}

// goSymbol turns an enum symbol into the end of a constant's name.
func goSymbol(symbol string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(symbol, "_") {
		b.WriteString(capital(part))
	}
	return b.String()
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + strings.ToLower(s[1:])
}

// goType returns the Go type of a field as it is written inside package duty;
// pkg is the qualifier for other packages, "duty." or empty.
func goType(t *avro.Schema, pkg string) string {
	switch t.Kind {
	case avro.Union:
		return pkg + "Opt[" + goType(t.Branches[1], pkg) + "]"
	case avro.Array:
		return "[]" + goType(t.Items, pkg)
	case avro.Enum, avro.Record:
		return pkg + short(t)
	case avro.String:
		return "string"
	case avro.Boolean:
		return "bool"
	case avro.Int:
		if t.Logical == "date" {
			return pkg + "Date"
		}
		return "int32"
	case avro.Long:
		if t.Logical == "timestamp-millis" {
			return pkg + "Instant"
		}
		return "int64"
	}
	panic(fmt.Sprintf("no Go type for %s", t.Kind))
}
