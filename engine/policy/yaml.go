package policy

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"tilsyn/engine/duty"
)

// YAML prints the whole book as a policy file, defaults included. What it
// prints loads again with an equal meaning; of the built-in policy it is the
// canonical text that the digest is taken of.
func (b *Book) YAML() []byte {
	var w bytes.Buffer
	fmt.Fprintf(&w, "# Everything that a policy can say. What a file leaves out keeps its built-in\n"+
		"# value. A parameter has one value, or a list of dated ones: value, valid_from\n"+
		"# and valid_to (local dates, both inclusive, open where missing), source.\n")
	fmt.Fprintf(&w, "version: %s\n\nparameters:\n", strconv.Quote(b.Version))
	last := ""
	for _, v := range b.Values {
		if v.Parameter != last {
			fmt.Fprintf(&w, "  # %s (%s). Unit: %s.\n  %s:\n", v.Meaning, v.Rule, v.Unit, v.Parameter)
			last = v.Parameter
		}
		value := v.Value
		if !isListed(v.Parameter) {
			value = scalarYAML(v.Value)
		}
		fmt.Fprintf(&w, "    - value: %s\n", value)
		if v.Centre != "" {
			fmt.Fprintf(&w, "      centre: %s\n", strconv.Quote(v.Centre))
		}
		if v.Duty != duty.KindUnknown {
			fmt.Fprintf(&w, "      duty: %s\n", v.Duty)
		}
		writeValidity(&w, v.From, v.To, v.Source)
	}
	b.writeRegister(&w)
	return w.Bytes()
}

// scalarYAML leaves numbers and truth values plain and quotes the rest.
func scalarYAML(s string) string {
	if s == "true" || s == "false" || strings.Trim(s, "0123456789") == "" {
		return s
	}
	return strconv.Quote(s)
}

func writeValidity(w *bytes.Buffer, from, to duty.Date, source string) {
	if from > FirstDate {
		fmt.Fprintf(w, "      valid_from: %q\n", FormatDate(from))
	}
	if to < LastDate {
		fmt.Fprintf(w, "      valid_to: %q\n", FormatDate(to))
	}
	fmt.Fprintf(w, "      source: %s\n", strconv.Quote(source))
}

func (b *Book) writeRegister(w *bytes.Buffer) {
	fmt.Fprintf(w, "\n# An entry replaces all built-in entries of the same id.\ncentres:\n")
	for _, c := range b.Centres {
		fmt.Fprintf(w, "    - id: %s\n      name: %s\n      kind: %s\n      zone: %q\n",
			strconv.Quote(c.ID), strconv.Quote(c.Name), c.Kind, Zone)
		if c.Stand != NoSide {
			fmt.Fprintf(w, "      stand_side: %s\n", c.Stand)
		}
		writeValidity(w, c.From, c.To, c.Source)
	}
	fmt.Fprintf(w, "\ndevices:\n")
	for _, d := range b.Devices {
		fmt.Fprintf(w, "    - id: %s\n      centre: %s\n      type: %s\n", strconv.Quote(d.ID),
			strconv.Quote(d.Centre), d.Type)
		if d.Reports && d.Type != duty.DeviceTypeReportingStand {
			fmt.Fprintf(w, "      rows: %s\n", rowsReport)
		}
		if d.PairedWith != "" {
			fmt.Fprintf(w, "      paired_with: %s\n      side: %s\n", strconv.Quote(d.PairedWith),
				sideYAML(d.Outer, "OUTER", "INNER"))
		}
		if d.SupervisedFrom != 0 {
			fmt.Fprintf(w, "      supervised_from: %q\n", FormatDate(d.SupervisedFrom))
		}
		writeValidity(w, d.From, d.To, d.Source)
	}
	fmt.Fprintf(w, "\n# The built-in ones (EXC-01) cannot be changed; a file can add others.\nexclusions:\n")
	for _, e := range b.Exclusions {
		fmt.Fprintf(w, "    - exclusion_id: %s\n      centre_id: %s\n      from_date: %q\n      to_date: %q\n",
			strconv.Quote(e.ID), strconv.Quote(e.Centre), FormatDate(e.From), FormatDate(e.To))
		fmt.Fprintf(w, "      reason: %s\n      declared_by: %s\n      approved_by: %s\n      declared_at: "+
			"%q\n      source: %s\n",
			strconv.Quote(e.Reason), strconv.Quote(e.DeclaredBy), strconv.Quote(e.ApprovedBy),
			formatInstant(e.Declared), strconv.Quote(e.Source))
	}
}

func sideYAML(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}
