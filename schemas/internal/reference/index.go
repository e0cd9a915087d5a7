package main

import (
	"fmt"
	"strings"
)

// index is schemas/reference/README.md.
func index(list []*topic) []byte {
	var b strings.Builder
	b.WriteString(generatedBy + "# Topics and records\n\n" +
		"Made from the schemas and from what `tilsyn topics create` sets; `go generate ./schemas` makes it anew. " +
		"The same for tools, as AsyncAPI 3: [asyncapi.json](../asyncapi.json). What producers and consumers " +
		"rely on is the [contract](../contract/1-encoding-and-facts.md).\n\n")
	for _, part := range []struct {
		title string
		in    func(*topic) bool
	}{
		{"Inputs", (*topic).Input},
		{"Outputs", func(t *topic) bool { return !t.Input() && !internal(t) }},
		{"Internal", internal},
	} {
		rows := [][]string{{"Topic", "Key", "Kept", "What"}}
		for _, t := range list {
			if part.in(t) {
				rows = append(rows, []string{linked(t), t.key, kept(t), t.doc})
			}
		}
		fmt.Fprintf(&b, "## %s\n\n", part.title)
		table(&b, rows...)
	}
	b.WriteString("## Headers of dead letters\n\nThe original's own headers come first.\n\n")
	rows := [][]string{{"Header", "Meaning"}}
	for _, h := range letterHeaders {
		rows = append(rows, []string{"`" + h.name + "`", h.doc})
	}
	table(&b, rows...)
	return []byte(strings.TrimRight(b.String(), "\n") + "\n")
}

func linked(t *topic) string {
	if t.record == nil {
		return "`" + t.Name + "`"
	}
	return fmt.Sprintf("[%s](%s)", t.Name, t.page())
}

func kept(t *topic) string {
	if t.Compacted {
		return "newest of a key"
	}
	return "all"
}
