package policy

import (
	"fmt"
	"io"
	"text/tabwriter"

	"tilsyn/engine/duty"
)

// Show writes the book as tables for people: parameters, register, exclusions,
// what is law, and the sanction tables. With a date only what is in force on
// it, and all exclusions; without one everything, each value with its validity.
func (b *Book) Show(w io.Writer, on duty.Opt[duty.Date]) error {
	t := &table{w: tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)}
	when := "at all times"
	if on.OK {
		when = "on " + FormatDate(on.V)
	}
	t.head("policy %s, %s", b.Version, when)
	t.row("digest", b.Digest)
	t.head("parameters")
	t.row("PARAMETER", "VALUE", "UNIT", "VALID", "RULE", "SOURCE")
	for _, v := range b.Values {
		name := v.Parameter
		if only := v.only(); only != "" {
			name += " (" + only + ")"
		}
		if inForce(on, v.From, v.To) {
			t.row(name, v.Value, v.Unit, validity(v.From, v.To), v.Rule, v.Source)
		}
	}
	b.showRegister(t, on)
	t.head("not parameters (law)")
	t.row("WHAT", "HOLDS", "SOURCE")
	for _, l := range Laws() {
		t.row(l.Name, l.Value, l.Source)
	}
	showSanctions(t, on)
	if t.err != nil {
		return t.err
	}
	return t.w.Flush()
}

// only says in words what a value is limited to; empty for all.
func (v *Dated) only() string {
	switch {
	case v.Duty == duty.KindUnknown:
		return v.Centre
	case v.Centre == "":
		return v.Duty.String()
	}
	return v.Centre + ", " + v.Duty.String()
}

func (b *Book) showRegister(t *table, on duty.Opt[duty.Date]) {
	t.head("places (%s)", Zone)
	t.row("PLACE", "NAME", "KIND", "STAND", "IN OPERATION", "SOURCE")
	for _, c := range b.Centres {
		if inForce(on, c.From, c.To) {
			t.row(c.ID, c.Name, c.Kind.String(), c.Stand.String(), validity(c.From, c.To), c.Source)
		}
	}
	t.head("devices")
	t.row("DEVICE", "PLACE", "TYPE", "ROWS", "PAIRED WITH", "VALID", "SOURCE")
	for _, d := range b.Devices {
		pair := "-"
		if d.PairedWith != "" {
			pair = d.PairedWith + " (" + sideYAML(d.Outer, "this one OUTER", "this one INNER") + ")"
		}
		if inForce(on, d.From, d.To) {
			t.row(d.ID, d.Centre, d.Type.String(), sideYAML(d.Reports, rowsReport, rowsPassage), pair,
				validity(d.From, d.To), d.Source)
		}
	}
	t.head("preloaded exclusions")
	t.row("EXCLUSION", "CENTRE", "DATES", "KNOWN SINCE", "REASON", "SOURCE")
	for _, e := range b.Exclusions {
		t.row(e.ID, e.Centre, FormatDate(e.From)+".."+FormatDate(e.To), formatInstant(e.Declared), e.Reason, e.Source)
	}
}

func showSanctions(t *table, on duty.Opt[duty.Date]) {
	t.head("sanction tables of the guideline (starting points, never a prediction; SAN-01)")
	for _, s := range SanctionTables() {
		if !inForce(on, s.From, s.To) {
			continue
		}
		t.row(s.Name, s.Source, validity(s.From, s.To), s.CountBasis)
		t.row(append([]string{"  count"}, s.Columns...)...)
		for _, r := range s.Rows {
			band := fmt.Sprintf("  %d-%d", r.Min, r.Max)
			if r.Max == 0 {
				band = fmt.Sprintf("  %d-", r.Min)
			}
			t.row(append([]string{band}, r.Cells...)...)
		}
	}
}

func inForce(on duty.Opt[duty.Date], from, to duty.Date) bool {
	return !on.OK || from <= on.V && on.V <= to
}

// validity writes two inclusive dates; an open end is left out.
func validity(from, to duty.Date) string {
	if from <= FirstDate && to >= LastDate {
		return "always"
	}
	a, b := "", ""
	if from > FirstDate {
		a = FormatDate(from)
	}
	if to < LastDate {
		b = FormatDate(to)
	}
	return a + ".." + b
}

// table writes columns and remembers the first error.
type table struct {
	w   *tabwriter.Writer
	err error
	any bool // a row was written
}

func (t *table) print(s string) {
	if t.err == nil {
		_, t.err = io.WriteString(t.w, s)
	}
}

func (t *table) head(format string, args ...any) {
	if t.any {
		t.print("\n")
	}
	t.any = true
	t.print(fmt.Sprintf(format, args...) + "\n")
}

func (t *table) row(cells ...string) {
	line := ""
	for i, c := range cells {
		if i > 0 {
			line += "\t"
		}
		line += c
	}
	t.print(line + "\n")
}
