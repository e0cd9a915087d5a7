package main

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/schemas/internal/avro"
	"tilsyn/topics"
)

// generatedBy is the first line of every page.
const generatedBy = "<!--\n// Code generated from schemas/*.avsc; DO NOT EDIT.\n-->\n\n"

// page is what stands in schemas/reference of one topic that has a record.
func page(t *topic) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s# %s\n\n%s\n\n", generatedBy, t.Name, t.doc)
	table(&b, facts(t)...)
	b.WriteString("## Fields\n\nThe JSON form may leave out a field that has a default.\n\n")
	var named []*avro.Schema
	fieldTable(&b, t.record, &named)
	if len(named) > 0 {
		b.WriteString("## Types\n\n")
	}
	for i := 0; i < len(named); i++ { // grows while records inside records are found
		namedType(&b, named[i], &named)
	}
	if t.headers != nil {
		b.WriteString("## Headers\n\n")
		rows := [][]string{{"Header", "Meaning"}}
		for _, h := range t.headers {
			rows = append(rows, []string{"`" + h.name + "`", h.doc})
		}
		table(&b, rows...)
	}
	fmt.Fprintf(&b, "## Example\n\nThe canonical JSON form (contract §1), as `tilsyn tail %s` prints it within a "+
		"line.\n\n```json\n%s\n```\n", t.Name, t.example)
	return []byte(b.String())
}

// facts is the table at the top of a page.
func facts(t *topic) [][]string {
	rows := [][]string{
		{"Record", fmt.Sprintf("`%s`, [%s](../%s)", t.record.Name, t.schema.File(), t.schema.File())},
		{"Direction", direction(t)},
		{"Key", t.key + "; UTF-8"},
		{"Value", fmt.Sprintf("`%s` and Avro binary, or the frame of a schema registry", hex.EncodeToString(t.schema.AppendFrame(nil)))},
		{"Partitions", t.partitions()},
		{"Read", readBy(t)},
		{"Retention", retention(t)},
		{"Timestamps", timestamps(t)},
		{"Sources", sources(t)},
	}
	return append([][]string{{"", ""}}, rows...)
}

func direction(t *topic) string {
	if !t.Input() {
		return "output: written by tilsyn alone"
	}
	if t.Name == duty.TopicIncidents {
		return "input: written by others, and by tilsyn with `origin` AUTOMATIC"
	}
	return "input: written by others"
}

func readBy(t *topic) string {
	switch {
	case !t.Input() && t.Name == duty.TopicViolations:
		return "by others with `isolation.level=read_committed`: it is written in transactions"
	case !t.Input():
		return "by others; `isolation.level=read_committed` leaves out what was not committed"
	case t.Whole && t.ByTask:
		return "by the task of its partition, and whole by every instance"
	case t.Whole:
		return "whole, by every instance"
	case t.ByTask:
		return "by the task of its partition"
	}
	return "by the commands that ask for it; no verdict rests on it"
}

func retention(t *topic) string {
	var set []string
	for _, x := range t.Settings(false) {
		if strings.HasPrefix(x.Name, "retention.") || x.Name == "cleanup.policy" || x.Name == "max.message.bytes" {
			set = append(set, "`"+x.Name+"="+x.Value+"`")
		}
	}
	kept := "for ever, never compacted"
	if t.Compacted {
		kept = "the newest record of each key"
	}
	return kept + ": " + strings.Join(set, ", ")
}

func timestamps(t *topic) string {
	if !t.Stamped() {
		return "the producer's; nothing rests on them"
	}
	value, _ := t.setting("message.timestamp.type")
	return "the broker's, `message.timestamp.type=" + value + "`: lateness is measured by them"
}

var ruleID = regexp.MustCompile(`\b[A-Z]{2,3}-[0-9]{2}\b`)

// sources are the section of the contract and the rules that the schema cites; the index of the law
// leads on from a rule.
func sources(t *topic) string {
	var out []string
	if t.section != "" {
		out = append(out, fmt.Sprintf("[contract](../%s)", t.section))
	}
	ids := ruleID.FindAllString(string(t.schema.Text()), -1)
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) > 0 {
		out = append(out, "rules "+strings.Join(ids, ", ")+" ([index](../../engine/duty/law/INDEX.md))")
	}
	return strings.Join(out, "; ")
}

// prefixed is the topic's name under the default prefix.
func prefixed(t *topic) string { return topics.DefaultPrefix + t.Name }
