package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"tilsyn/schemas/internal/avro"
)

// fieldRow is one row of a table of fields.
type fieldRow struct{ name, kind, form, byDefault, doc string }

// rowsOf returns the rows of a record, and appends the named types that its fields use to named.
func rowsOf(record *avro.Schema, named *[]*avro.Schema) []fieldRow {
	rows := make([]fieldRow, 0, len(record.Fields))
	for _, f := range record.Fields {
		t, null := f.Type, ""
		if t.Kind == avro.Union {
			t, null = t.Branches[1], " or null"
		}
		rows = append(rows, fieldRow{"`" + f.Name + "`", typeName(t, named) + null, form(f.Name, t), defaultOf(f), f.Doc})
	}
	return rows
}

// typeName names a type, with a link to the section of a named one.
func typeName(t *avro.Schema, named *[]*avro.Schema) string {
	switch t.Kind {
	case avro.Array:
		return "array of " + typeName(t.Items, named)
	case avro.Enum, avro.Record:
		known := false
		for _, s := range *named {
			known = known || s.Name == t.Name
		}
		if !known {
			*named = append(*named, t)
		}
		return fmt.Sprintf("[%s](#%s)", short(t), strings.ToLower(short(t)))
	}
	return t.Kind.String()
}

// short is the name of a type without the namespace.
func short(t *avro.Schema) string { return strings.TrimPrefix(t.Name, "tilsyn.") }

// form is the unit of a number, or how a text is written (contract §1); empty where the
// description says all there is.
func form(name string, t *avro.Schema) string {
	switch {
	case t.Logical == "timestamp-millis":
		return "ms since 1970-01-01T00:00Z; in JSON RFC 3339"
	case t.Logical == "date":
		return "days since 1970-01-01; in JSON `YYYY-MM-DD`"
	case t.Kind == avro.Array:
		return form(name, t.Items)
	case strings.HasSuffix(name, "_ms"):
		return "ms"
	case strings.HasSuffix(name, "_permille"):
		return "‰"
	case t.Kind != avro.String:
		return ""
	case name == "month":
		return "`YYYY-MM`"
	case name == "local_time":
		return "`YYYY-MM-DDTHH:MM(:SS)?`, local, an offset where the source had one"
	case strings.HasPrefix(name, "window_"), strings.HasPrefix(name, "range_"):
		return "`HH:MM`, local"
	}
	return ""
}

// defaultOf is what a field is where the JSON form leaves it out; one with none must be there.
func defaultOf(f *avro.Field) string {
	if f.Default == nil {
		return "none"
	}
	var text string
	if json.Unmarshal(f.Default, &text) == nil && string(f.Default) != "null" {
		return "`" + text + "`"
	}
	return "`" + string(f.Default) + "`"
}

// table writes rows of equal length as a table; the first is its head.
func table(b *strings.Builder, rows ...[]string) {
	for i, r := range rows {
		b.WriteString("|")
		for _, cell := range r {
			b.WriteString(" " + strings.ReplaceAll(cell, "|", `\|`) + " |")
		}
		b.WriteString("\n")
		if i == 0 {
			b.WriteString(strings.Repeat("|---", len(r)) + "|\n")
		}
	}
	b.WriteString("\n")
}

// fieldTable writes the fields of a record and returns the named types that are new in it.
func fieldTable(b *strings.Builder, record *avro.Schema, named *[]*avro.Schema) {
	rows := [][]string{{"Field", "Type", "Unit or form", "Default", "Meaning"}}
	for _, r := range rowsOf(record, named) {
		rows = append(rows, []string{r.name, r.kind, r.form, r.byDefault, r.doc})
	}
	table(b, rows...)
}

// namedType writes the section of a record inside the record, or of an enum.
func namedType(b *strings.Builder, t *avro.Schema, named *[]*avro.Schema) {
	fmt.Fprintf(b, "### %s\n\n%s\n\n", short(t), t.Doc)
	if t.Kind == avro.Record {
		fieldTable(b, t, named)
		return
	}
	fmt.Fprintf(b, "One of `%s`. `UNKNOWN` stands first and is what a reader makes of a symbol that it does not "+
		"have.\n\n", strings.Join(t.Symbols[1:], "`, `"))
}
