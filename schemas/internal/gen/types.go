package main

import (
	"bytes"
	"fmt"

	"tilsyn/schemas/internal/avro"
)

// writeTypes writes the plain types of engine/duty.
func writeTypes(b *bytes.Buffer, m *model) {
	b.WriteString(generatedBy + "package duty\n\n")
	for _, e := range m.enums {
		writeEnum(b, e)
	}
	for _, r := range m.all() {
		fmt.Fprintf(b, "// %s: %s\ntype %s struct {\n", short(r), r.Doc, short(r))
		for _, f := range r.Fields {
			fmt.Fprintf(b, "// %s: %s\n%s %s\n", goName(f.Name), f.Doc, goName(f.Name), goType(f.Type, ""))
		}
		b.WriteString("}\n\n")
	}
}

func writeEnum(b *bytes.Buffer, e *avro.Schema) {
	n := short(e)
	fmt.Fprintf(b, "// %s: %s\ntype %s uint8\n\n", n, e.Doc, n)
	fmt.Fprintf(b, "// Symbols of %s; the zero value is the Avro default.\nconst (\n", n)
	for i, s := range e.Symbols {
		fmt.Fprintf(b, "%s%s", n, goSymbol(s))
		if i == 0 {
			fmt.Fprintf(b, " %s = iota", n)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(b, ")\n\nvar symbols%s = [...]string{", n)
	for i, s := range e.Symbols {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(b, "%q", s)
	}
	b.WriteString("}\n\n")
	fmt.Fprintf(b, `// String returns the Avro symbol.
func (v %[1]s) String() string {
	if int(v) < len(symbols%[1]s) {
		return symbols%[1]s[v]
	}
	return "UNKNOWN"
}

// Parse%[1]s returns the value of an Avro symbol, and false for a symbol that is not in the schema.
func Parse%[1]s(s string) (%[1]s, bool) {
	for i, x := range symbols%[1]s {
		if x == s {
			return %[1]s(i), true
		}
	}
	return 0, false
}

`, n)
}
