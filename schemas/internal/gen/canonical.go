package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"tilsyn/schemas/internal/avro"
)

// writeCanonical writes the canonical JSON form of contract section 1: keys in
// the order of RFC 8785, which for these names is the order of their bytes.
func writeCanonical(b *bytes.Buffer, m *model) {
	b.WriteString(generatedBy + "package duty\n\nimport \"strconv\"\n\n")
	for _, r := range m.all() {
		n := short(r)
		fmt.Fprintf(b, "// AppendCanonical appends the canonical JSON form (contract §1, RFC 8785) of %s.\n", n)
		fmt.Fprintf(b, "func (v *%s) AppendCanonical(b []byte) []byte {\n", n)
		canonicalFields(b, r, "")
		b.WriteString("}\n\n")
		if own := r.Props["self_digest"]; own != "" {
			fmt.Fprintf(b, "// AppendCanonicalWithout%s appends the canonical JSON form without the field\n// %s, "+
				"the form that it is computed from (contract §3).\n", goName(own), own)
			fmt.Fprintf(b, "func (v *%s) AppendCanonicalWithout%s(b []byte) []byte {\n", n, goName(own))
			canonicalFields(b, r, own)
			b.WriteString("}\n\n")
		}
	}
}

func canonicalFields(b *bytes.Buffer, r *avro.Schema, without string) {
	fields := slices.Clone(r.Fields)
	slices.SortFunc(fields, func(a, b *avro.Field) int { return strings.Compare(a.Name, b.Name) })
	sep := "{"
	for _, f := range fields {
		if f.Name == without {
			continue
		}
		fmt.Fprintf(b, "b = append(b, `%s%q:`...)\n", sep, f.Name)
		sep = ","
		canonicalValue(b, f.Type, "v."+goName(f.Name))
	}
	b.WriteString("return append(b, '}')\n")
}

func canonicalValue(b *bytes.Buffer, t *avro.Schema, v string) {
	switch t.Kind {
	case avro.Union:
		fmt.Fprintf(b, "if %s.OK {\n", v)
		canonicalValue(b, t.Branches[1], v+".V")
		b.WriteString("} else {\nb = append(b, \"null\"...)\n}\n")
	case avro.Array:
		fmt.Fprintf(b, "b = append(b, '[')\nfor i := range %s {\nif i > 0 {\nb = append(b, ',')\n}\n", v)
		canonicalValue(b, t.Items, v+"[i]")
		b.WriteString("}\nb = append(b, ']')\n")
	case avro.Record:
		fmt.Fprintf(b, "b = %s.AppendCanonical(b)\n", v)
	case avro.Enum:
		fmt.Fprintf(b, "b = appendSymbol(b, %s.String())\n", v)
	case avro.String:
		fmt.Fprintf(b, "b = appendJSONString(b, %s)\n", v)
	case avro.Boolean:
		fmt.Fprintf(b, "b = strconv.AppendBool(b, %s)\n", v)
	case avro.Int, avro.Long:
		switch t.Logical {
		case "date", "timestamp-millis":
			fmt.Fprintf(b, "b = append(b, '\"')\nb = %s.Append(b)\nb = append(b, '\"')\n", v)
		default:
			fmt.Fprintf(b, "b = appendJSONNumber(b, int64(%s))\n", v)
		}
	}
}
