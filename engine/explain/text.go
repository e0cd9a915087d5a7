package explain

import "strings"

// Text returns the explanation as plain text, with headings in English and Danish.
func (x *Explanation) Text() string {
	var w strings.Builder
	line := func(s string) { w.WriteString(s + "\n") }
	line(x.title())
	for _, s := range x.sections() {
		line("")
		line(s.head.String())
		line(strings.Repeat("-", len([]rune(s.head.String()))))
		for _, p := range s.before {
			line(p)
		}
		if s.danish != "" {
			line(s.danish)
		}
		for _, r := range s.rows {
			line(rowText(s.columns, r))
		}
		if len(s.rows) == 0 && s.empty != "" {
			line(s.empty)
		}
		for _, p := range s.after {
			line(p)
		}
	}
	return w.String()
}

// rowText writes a row of a table: its first two cells, and the others behind their columns' names.
func rowText(columns, cells []string) string {
	text := cells[0]
	for i, c := range cells[1:] {
		c = strings.TrimSuffix(c, ".")
		switch {
		case c == "":
		case i == 0:
			text += "  " + c
		default:
			text += "; " + columns[i+1] + ": " + c
		}
	}
	return text
}
