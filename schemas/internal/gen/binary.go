package main

import (
	"bytes"
	"fmt"

	"tilsyn/schemas/internal/avro"
)

// writeBinary writes the specialised Avro binary codecs of package schemas.
func writeBinary(b *bytes.Buffer, m *model) {
	b.WriteString(generatedBy + "package schemas\n\nimport \"tilsyn/engine/duty\"\n\n")
	for _, r := range m.records {
		n := short(r)
		fmt.Fprintf(b, `// Append%[1]s appends the Avro binary form of v, without a frame.
func Append%[1]s(b []byte, v *duty.%[1]s) []byte {
	return write%[1]s(b, v)
}

// Decode%[1]s reads the Avro binary form of a %[1]s from the start of b into v
// and returns what follows it. Errors are a *DecodeError; v is then unspecified.
func Decode%[1]s(b []byte, v *duty.%[1]s) ([]byte, error) {
	r := reader{b: b, record: %[1]q}
	read%[1]s(&r, v)
	return r.end()
}

// Decode%[1]sShared is Decode%[1]s without copying: the strings of v are
// views of b, valid for as long as nobody writes to b.
func Decode%[1]sShared(b []byte, v *duty.%[1]s) ([]byte, error) {
	r := reader{b: b, record: %[1]q, shared: true}
	read%[1]s(&r, v)
	return r.end()
}

`, n)
	}
	for _, r := range m.all() {
		n := short(r)
		fmt.Fprintf(b, "func write%s(b []byte, v *duty.%s) []byte {\n", n, n)
		for _, f := range r.Fields {
			binaryAppend(b, f.Type, "v."+goName(f.Name))
		}
		fmt.Fprintf(b, "return b\n}\n\nfunc read%s(r *reader, v *duty.%s) {\n", n, n)
		for _, f := range r.Fields {
			binaryRead(b, f, f.Type, "v."+goName(f.Name))
		}
		b.WriteString("}\n\n")
	}
}

func binaryAppend(b *bytes.Buffer, t *avro.Schema, v string) {
	switch t.Kind {
	case avro.Union:
		fmt.Fprintf(b, "if %s.OK {\nb = append(b, 2)\n", v)
		binaryAppend(b, t.Branches[1], v+".V")
		b.WriteString("} else {\nb = append(b, 0)\n}\n")
	case avro.Array:
		fmt.Fprintf(b, "if len(%s) > 0 {\nb = appendLong(b, int64(len(%s)))\nfor i := range %s {\n", v, v, v)
		binaryAppend(b, t.Items, v+"[i]")
		b.WriteString("}\n}\nb = append(b, 0)\n")
	case avro.Record:
		fmt.Fprintf(b, "b = write%s(b, &%s)\n", short(t), v)
	case avro.Enum:
		fmt.Fprintf(b, "b = appendEnum(b, uint8(%s), %d)\n", v, len(t.Symbols))
	case avro.String:
		fmt.Fprintf(b, "b = appendString(b, %s)\n", v)
	case avro.Boolean:
		fmt.Fprintf(b, "b = appendBool(b, %s)\n", v)
	default:
		fmt.Fprintf(b, "b = appendLong(b, int64(%s))\n", v)
	}
}

func binaryRead(b *bytes.Buffer, f *avro.Field, t *avro.Schema, v string) {
	switch t.Kind {
	case avro.Union:
		fmt.Fprintf(b, "if %s.OK = r.present(%q); %s.OK {\n", v, f.Name, v)
		binaryRead(b, f, t.Branches[1], v+".V")
		fmt.Fprintf(b, "} else {\n%s = %s{}\n}\n", v, goType(t, "duty."))
	case avro.Array:
		item := goType(t.Items, "duty.")
		fmt.Fprintf(b, "%s = nil\nfor n := r.block(%q, %d); n > 0; n = r.block(%q, %d) {\n", v, f.Name,
			minSize(t.Items), f.Name, minSize(t.Items))
		fmt.Fprintf(b, "%s = grow(%s, n)\nfor range n {\nvar x %s\n", v, v, item)
		if t.Items.Kind == avro.Record {
			fmt.Fprintf(b, "if r.err == nil {\nread%s(r, &x)\nr.inItem(%q, len(%s))\n}\n", short(t.Items), f.Name, v)
		} else {
			binaryRead(b, f, t.Items, "x")
		}
		fmt.Fprintf(b, "%s = append(%s, x)\n}\n}\n", v, v)
	case avro.Record:
		fmt.Fprintf(b, "if r.err == nil {\nread%s(r, &%s)\nr.in(%q)\n}\n", short(t), v, f.Name)
	case avro.Enum:
		method := "enum"
		if f.Props["unknown"] == "legal" {
			method = "anyEnum"
		}
		fmt.Fprintf(b, "%s = duty.%s(r.%s(%q, %d))\n", v, short(t), method, f.Name, len(t.Symbols))
	case avro.String:
		fmt.Fprintf(b, "%s = r.str(%q)\n", v, f.Name)
	case avro.Boolean:
		fmt.Fprintf(b, "%s = r.boolean(%q)\n", v, f.Name)
	case avro.Int:
		fmt.Fprintf(b, "%s = %s(r.int(%q))\n", v, goType(t, "duty."), f.Name)
	case avro.Long:
		fmt.Fprintf(b, "%s = %s(r.long(%q))\n", v, goType(t, "duty."), f.Name)
	}
}

// minSize returns the fewest bytes that a value takes; it bounds how many items
// a block can hold.
func minSize(t *avro.Schema) int {
	if t.Kind != avro.Record {
		return 1
	}
	n := 0
	for _, f := range t.Fields {
		n += minSize(f.Type)
	}
	return n
}
