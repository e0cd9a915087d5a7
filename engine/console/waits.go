package console

import (
	"html/template"
	"regexp"
)

// waiting is what the engine or a task waits for, as /readyz says it in English, with its Danish.
type waiting struct {
	english *regexp.Regexp
	danish  string
}

// waits are those that officers see in daily work. Rarer ones are shown in English, and marked as such.
var waits = []waiting{
	{regexp.MustCompile(`^task (\d+): (.*)$`), "opgave $1: "},
	{regexp.MustCompile(`^task (\d+) of the prefix: (.*)$`), "opgave $1: "},
	{regexp.MustCompile(`^its start$`), "at starte"},
	{regexp.MustCompile(`^its recovery$`), "at være genoprettet"},
	{regexp.MustCompile(`^a broker to show its time$`), "at en broker viser sit klokkeslæt"},
	{regexp.MustCompile(`^the ends of its inputs$`), "at vide, hvor langt emnerne er skrevet"},
	{regexp.MustCompile(`^(\d+) records of (\S+)$`), "$1 poster i $2"},
	{regexp.MustCompile(`^the group to say who has it$`), "at gruppen siger, hvem der har den"},
	{regexp.MustCompile(`^the group to share the tasks out$`), "at gruppen fordeler opgaverne"},
	{regexp.MustCompile(`^an owner: others are in the group$`), "en ejer: der er fremmede i gruppen"},
	{regexp.MustCompile(`^an owner: no instance has it$`), "en ejer: ingen instans har den"},
	{regexp.MustCompile(`^one owner: (.+) and (.+) both have it$`), "én ejer: både $1 og $2 har den"},
	{regexp.MustCompile(`^its owner (.+), which has committed nothing for (\S+): .*$`), "ejeren $1, der intet har afsluttet i " +
		"$2: den er stoppet eller står stille; en anden får opgaven, når dens tid er udløbet"},
	{regexp.MustCompile(`^the first commit of its owner (.+)$`), "at ejeren $1 har afsluttet noget første gang"},
}

// waitsFor writes what is waited for in a language.
func waitsFor(lang, text string) template.HTML {
	if lang == "en" || text == "" {
		return template.HTML(template.HTMLEscapeString(text)) //nolint:gosec // escaped
	}
	for i, w := range waits {
		m := w.english.FindStringSubmatchIndex(text)
		if m == nil {
			continue
		}
		out := template.HTMLEscapeString(string(w.english.ExpandString(nil, w.danish, text, m)))
		if i < 2 { // the task's own words stand behind it
			return template.HTML(out) + waitsFor(lang, text[m[4]:m[5]]) //nolint:gosec // escaped
		}
		return template.HTML(out) //nolint:gosec // escaped
	}
	return template.HTML(`på engelsk: <span lang="en">` + template.HTMLEscapeString(text) + `</span>`) //nolint:gosec // escaped
}
