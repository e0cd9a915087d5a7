package main

import (
	"bytes"
	"fmt"
	"sort"

	"tilsyn/schemas/internal/avro"
)

// writeTable writes the list of schemas with typed entry points.
func writeTable(b *bytes.Buffer, m *model) {
	b.WriteString(generatedBy + "package schemas\n\nimport \"tilsyn/engine/duty\"\n\n")
	b.WriteString("// table holds every schema, sorted by topic.\nfunc table() []*Schema {\nreturn []*Schema{\n")
	records := append([]*avro.Schema(nil), m.records...)
	sort.Slice(records, func(i, j int) bool { return records[i].Props["topic"] < records[j].Props["topic"] })
	for _, r := range records {
		fmt.Fprintf(b, "define(%q, %t, codec[duty.%[3]s]{write%[3]s, read%[3]s, json%[3]s, "+
			"(*duty.%[3]s).AppendCanonical}),\n",
			m.files[short(r)], isInput(r), short(r))
	}
	b.WriteString("}\n}\n\n")
	b.WriteString("// head returns the fields that every input record has, " +
		"and false for an output\n// record.\nfunc head(v any) (Head, bool) {\nswitch v := v.(type) {\n")
	for _, r := range m.records {
		if isInput(r) {
			fmt.Fprintf(b, "case *duty.%s:\nreturn Head{v.ID, v.%s, v.Version, v.Retracted, v.ReceivedAt}, true\n",
				short(r), identity(r))
		}
	}
	b.WriteString("}\nreturn Head{}, false\n}\n")
}

// identity returns the field that names the fact over its versions (contract
// section 1).
func identity(r *avro.Schema) string {
	for _, name := range []string{"decision_id", "permission_id", "hold_id", "incident_id",
		"exclusion_id", "handling_id"} {
		if r.Field(name) != nil {
			return goName(name)
		}
	}
	return "ID"
}
