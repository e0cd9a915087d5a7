package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"tilsyn/schemas/internal/avro"
)

// writeJSON writes the readers of the JSON form (contract section 1).
func writeJSON(b *bytes.Buffer, m *model) {
	b.WriteString(generatedBy + "package schemas\n\nimport \"tilsyn/engine/duty\"\n\n")
	for _, r := range m.all() {
		jsonRecord(b, r)
	}
}

func jsonRecord(b *bytes.Buffer, r *avro.Schema) {
	n := short(r)
	fmt.Fprintf(b, "var jsonFields%s = [...]string{", n)
	required := uint64(0)
	for i, f := range r.Fields {
		fmt.Fprintf(b, "%q, ", f.Name)
		if f.Default == nil {
			required |= 1 << i
		}
	}
	fmt.Fprintf(b, "}\n\nfunc json%s(d *jsonReader, v *duty.%s, extra *Extra) {\n", n, n)
	fmt.Fprintf(b, "*v = duty.%s{%s}\n", n, defaults(r))
	b.WriteString("var seen uint64\nfor ok := d.openObject(); ok && d.next(); {\nswitch string(d.name) {\n")
	for i, f := range r.Fields {
		fmt.Fprintf(b, "case %q:\nd.field(&seen, %d, %q)\n", f.Name, i, f.Name)
		jsonRead(b, f, f.Type, "v."+goName(f.Name))
	}
	b.WriteString("default:\nd.other(extra)\n}\n}\n")
	fmt.Fprintf(b, "d.require(seen, %#x, jsonFields%s[:])\n}\n\n", required, n)
}

// defaults returns the fields that are not zero where they are left out.
func defaults(r *avro.Schema) string {
	out := ""
	for _, f := range r.Fields {
		if f.Default == nil || string(f.Default) == "null" {
			continue
		}
		text := string(f.Default)
		switch f.Type.Kind {
		case avro.Enum:
			out += fmt.Sprintf("%s: duty.%s%s,", goName(f.Name), short(f.Type), goSymbol(text[1:len(text)-1]))
		case avro.Boolean, avro.Int, avro.Long:
			if text != "0" && text != "false" {
				out += fmt.Sprintf("%s: %s,", goName(f.Name), text)
			}
		case avro.Array:
			if text != "[]" {
				out += fmt.Sprintf("%s: %s,", goName(f.Name), arrayDefault(r, f))
			}
		default:
			panic("a default of " + r.Name + "." + f.Name + " that is not supported")
		}
	}
	return out
}

// arrayDefault returns a default that has items: the contract has such of enums
// only.
func arrayDefault(r *avro.Schema, f *avro.Field) string {
	var symbols []string
	if err := json.Unmarshal(f.Default, &symbols); err != nil || f.Type.Items.Kind != avro.Enum {
		panic("a default of " + r.Name + "." + f.Name + " that is not supported")
	}
	out := goType(f.Type, "duty.") + "{"
	for _, s := range symbols {
		out += fmt.Sprintf("duty.%s%s,", short(f.Type.Items), goSymbol(s))
	}
	return out + "}"
}

func jsonRead(b *bytes.Buffer, f *avro.Field, t *avro.Schema, v string) {
	switch t.Kind {
	case avro.Union:
		fmt.Fprintf(b, "if %s.OK = !d.null(); %s.OK {\n", v, v)
		jsonRead(b, f, t.Branches[1], v+".V")
		b.WriteString("}\n")
	case avro.Array:
		if f.Default != nil && string(f.Default) != "[]" {
			fmt.Fprintf(b, "%s = nil\n", v)
		}
		fmt.Fprintf(b, "for ok := d.openArray(%q); ok && d.more(); {\nvar x %s\n", f.Name, goType(t.Items, "duty."))
		if t.Items.Kind == avro.Record {
			fmt.Fprintf(b, "json%s(d, &x, nil)\nd.inItem(%q, len(%s))\n", short(t.Items), f.Name, v)
		} else {
			jsonRead(b, f, t.Items, "x")
		}
		fmt.Fprintf(b, "%s = append(%s, x)\n}\n", v, v)
	case avro.Record:
		fmt.Fprintf(b, "json%s(d, &%s, nil)\nd.in(%q)\n", short(t), v, f.Name)
	case avro.Enum:
		method := "enum"
		if f.Props["unknown"] == "legal" {
			method = "anyEnum"
		}
		fmt.Fprintf(b, "%s = %s(d, %q, duty.Parse%s)\n", v, method, f.Name, short(t))
	case avro.String:
		fmt.Fprintf(b, "%s = d.str(%q)\n", v, f.Name)
	case avro.Boolean:
		fmt.Fprintf(b, "%s = d.boolean(%q)\n", v, f.Name)
	case avro.Int, avro.Long:
		switch {
		case t.Logical == "date":
			fmt.Fprintf(b, "%s = d.date(%q)\n", v, f.Name)
		case t.Logical == "timestamp-millis":
			fmt.Fprintf(b, "%s = d.instant(%q)\n", v, f.Name)
		case t.Kind == avro.Int:
			fmt.Fprintf(b, "%s = int32(d.number(%q, 32))\n", v, f.Name)
		default:
			fmt.Fprintf(b, "%s = d.number(%q, 64)\n", v, f.Name)
		}
	}
}
