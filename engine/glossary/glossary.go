package glossary

import (
	"slices"
	"strings"
)

// Words are what a code means.
type Words struct{ Da, En string }

// In returns them in a language: "en" is English, anything else Danish.
func (w Words) In(lang string) string {
	if lang == "en" {
		return w.En
	}
	return w.Da
}

// Of returns the words of a code; false for one that has none.
func Of(code string) (Words, bool) {
	for _, table := range []map[string]string{codes, caveats, findings} {
		if text, ok := table[code]; ok {
			return split(text), true
		}
	}
	return Words{}, false
}

// Field returns the words of a field whose change makes a revision (contract §3); false for another one.
func Field(name string) (Words, bool) {
	text, ok := fields[name]
	return split(text), ok
}

func split(text string) Words {
	da, en, _ := strings.Cut(text, "|")
	return Words{da, en}
}

// Word is what a code means in a language; a code without words is given as it is, with spaces.
func Word(lang, code string) string {
	if w, ok := Of(code); ok {
		return w.In(lang)
	}
	return strings.ToLower(strings.ReplaceAll(code, "_", " "))
}

// Caveats are the specific caveats (domain 4) in order.
func Caveats() []string {
	out := make([]string, 0, len(caveats))
	for code := range caveats { //house:order-free sorted below
		out = append(out, code)
	}
	slices.Sort(out)
	return out
}
