package law

import (
	"embed"
	"strings"
	"sync"
)

//go:embed 0*.md
var pieces embed.FS

// Rule is a row of the law.
type Rule struct {
	// ID is its name, such as STY-02.
	ID string
	// Section and Title name where it stands: "3.4" and "Stay duty".
	Section, Title string
	// Text is the rule, Source where it comes from in the originals; empty where the law names none.
	Text, Source string
}

// Lookup returns a rule; false for an id that the law does not have.
func Lookup(id string) (Rule, bool) {
	r, ok := rules()[id]
	return r, ok
}

// Caveat returns when a caveat is set, as domain chapter 4 says; empty for a code that it does not have.
func Caveat(code string) string {
	text := ""
	readTables(func(columns, cells []string, _, _ string) {
		if columns[0] != "Code" || text != "" {
			return
		}
		for c := range strings.SplitSeq(cells[0], ",") {
			if strings.TrimSpace(c) == code && len(cells) > 1 {
				text = cells[1]
			}
		}
	})
	return text
}

// rules reads the tables of rules once.
var rules = sync.OnceValue(func() map[string]Rule {
	out := map[string]Rule{}
	readTables(func(columns, cells []string, section, title string) {
		id, _, _ := strings.Cut(cells[0], " ")
		if _, known := out[id]; known || columns[0] != "ID" || len(id) < 5 || !strings.Contains(id, "-") {
			return
		}
		r := Rule{ID: id, Section: section, Title: title}
		for i := 1; i < min(len(cells), len(columns)); i++ {
			switch columns[i] {
			case "Tag", "Vectors", "Policy?":
			case "Source", "Derived from", "Refines":
				r.Source = cells[i]
			default:
				r.Text = strings.TrimPrefix(r.Text+": "+strings.TrimSuffix(cells[i], "."), ": ")
			}
		}
		r.Text += "."
		out[id] = r
	})
	return out
})

// readTables gives every row of every table with the heads of its columns and the section that it
// stands in.
func readTables(row func(columns, cells []string, section, title string)) {
	names, err := pieces.ReadDir(".")
	if err != nil {
		panic("law: the embedded pieces cannot be listed: " + err.Error())
	}
	for _, n := range names {
		text, err := pieces.ReadFile(n.Name())
		if err != nil {
			panic("law: an embedded piece cannot be read: " + err.Error())
		}
		readPiece(string(text), row)
	}
}

func readPiece(text string, row func(columns, cells []string, section, title string)) {
	var section, title string
	var columns []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		head := strings.TrimLeft(line, "#")
		switch {
		case head != line && strings.HasPrefix(head, " "):
			section, title, _ = strings.Cut(strings.TrimSpace(head), " ")
			section = strings.TrimSuffix(section, ".")
		case !strings.HasPrefix(line, "| "):
			if !strings.HasPrefix(line, "|") {
				columns = nil
			}
		default:
			cells := strings.Split(strings.Trim(line, "|"), "|")
			for i := range cells {
				cells[i] = plain(strings.TrimSpace(cells[i]))
			}
			if columns == nil {
				columns = cells
				continue
			}
			row(columns, cells, section, title)
		}
	}
}

// plain takes the marks of emphasis and of code out.
func plain(s string) string { return strings.NewReplacer("**", "", "`", "").Replace(s) }
