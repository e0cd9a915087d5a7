package console

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"tilsyn/engine/console/access"
	"tilsyn/engine/duty"
	"tilsyn/engine/glossary"
)

// A text in both languages is written Danish|English, where it is used.

// pick is the half of a text in the language of the reader.
func pick(lang, text string) string {
	da, en, both := strings.Cut(text, "|")
	if lang == "en" && both {
		return en
	}
	return da
}

// pageData is what every template has.
//
// Many fields: what a page says about itself.
type pageData struct {
	Lang, Theme, Title string
	// Path is where the reader is, Here the same with its query, Twin the page in JSON.
	Path, Here, Twin string
	Status           int
	Actor            *access.Actor
	Now              string
	// Behind is how many records the pages have not taken in yet; -1 while that is not known.
	Behind int64
	Demo   bool
	SignIn bool
	Data   any
}

// wordOf says in words what a code means; a code without words is shown as it is.
func wordOf(lang string, code any) string { return glossary.Word(lang, fmt.Sprint(code)) }

// page writes a page.
func (q *request) page(status int, name, title string, data any) {
	behind, known := q.live.store.Behind()
	if !known {
		behind = -1
	}
	p := pageData{Lang: q.lang, Theme: theme(q.Request), Title: pick(q.lang, title), Path: q.URL.Path,
		Here: q.URL.RequestURI(), Status: status, Actor: q.actor, Now: q.now().Local(), Behind: behind,
		Demo: q.c.cfg.Demo, SignIn: q.c.cfg.Guard.OIDC != nil, Data: data}
	if q.Method == http.MethodGet {
		p.Twin = "/api" + q.URL.RequestURI()
	}
	var out bytes.Buffer
	t, err := q.c.templates.Clone()
	if err == nil {
		t.Funcs(functionsOf(q.lang))
		err = t.ExecuteTemplate(&out, name, p)
	}
	if err != nil {
		q.live.engine.Log.Error().Err(err).Str("template", name).Msg("a page could not be written")
		status = http.StatusInternalServerError
		out.Reset()
		out.WriteString("Siden kunne ikke skrives. / The page could not be written.\n")
		q.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	} else {
		q.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	}
	q.w.WriteHeader(status)
	_, _ = q.w.Write(out.Bytes()) // it goes to memory
}

// functions are those that templates are parsed with.
func (c *Console) functions() template.FuncMap { return functionsOf("da") }

// functionsOf are the functions of templates in a language.
func functionsOf(lang string) template.FuncMap {
	return template.FuncMap{
		"t":    func(text string) string { return pick(lang, text) },
		"word": func(code any) string { return wordOf(lang, code) },
		"when": func(local string) string { return when(lang, local) },
		"day":  func(date string) string { return day(lang, date) },
		"icon": icon,
		"may":  func(a *access.Actor, right string) bool { return a.May(access.Right(right)) },
		"has":  strings.HasPrefix,
		"join": strings.Join,
		"words": func(codes []string) []string {
			out := make([]string, len(codes))
			for i, c := range codes {
				out[i] = wordOf(lang, c)
			}
			return out
		},
		"lower": strings.ToLower,
		"or2": func(a, b string) string {
			if a != "" {
				return a
			}
			return b
		},
		"sign":   func(code any) string { return signs[fmt.Sprint(code)] },
		"times":  func(list []string) string { return times(lang, list) },
		"either": func(da, en string) string { return pick(lang, da+"|"+en) },
		"both": func(da, en []string) []string {
			if lang == "en" {
				return en
			}
			return da
		},
		"field":     func(name string) string { return fieldName(lang, name) },
		"change":    func(value string) string { return changed(lang, value) },
		"detail":    func(name string) string { return pick(lang, cmpOr(details[name], name)) },
		"chart":     func(days []TrafficDay) template.HTML { return chart(lang, days) },
		"letter":    func(kind string) string { return pick(lang, letters[kind]) },
		"month":     func(m string) string { return monthWords(lang, m) },
		"short3":    func(s string) string { return string([]rune(s)[:3]) },
		"given":     func(text string) string { return pick(lang, cmpOr(given[text], text)) },
		"waits":     func(text string) template.HTML { return waitsFor(lang, text) },
		"weekdays":  func() []string { return strings.Split(pick(lang, weekdays), ",") },
		"paper":     func(at string) string { return paperTime(lang, at) },
		"instant":   func(at string) string { return when(lang, at) },
		"inputType": inputType,
		"number":    func(n any) string { return number(lang, n) },
		"args":      func(list ...any) []any { return list },
	}
}

// signs stand before the words of an outcome, so that nothing is said by colour alone.
var signs = map[string]string{"INDICATED": "!", "NEEDS_REVIEW": "?", "WITHDRAWN": "«", "COMPLIANT": "+", "EXCUSED": "+",
	"UNDETERMINED": "·", "EXCLUDED": "×", "PROVISIONAL": "…", "PENDING": "…", "NOT_APPLICABLE": "–"}

// given are texts that the built-in policy gives with its exclusions; people write all others in their own language.
var given = map[string]string{
	"partial loss of passage data": "delvist tab af passagedata|partial loss of passage data",
	"notice of 26 August 2021":     "meddelelse af 26. august 2021|notice of 26 August 2021",
	"decision of the Data Protection Agency of 10 August 2021": "Datatilsynets afgørelse af 10. august 2021|" +
		"decision of the Data Protection Agency of 10 August 2021",
}

// letters stand for the duties where there is little room.
var letters = map[string]string{"STAY": "O|S", "NOTIFY": "U|N", "REPORT": "M|R"}

// weekdays from Monday on.
const weekdays = "mandag,tirsdag,onsdag,torsdag,fredag,lørdag,søndag|" +
	"Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday"

// monthWords writes YYYY-MM as people do.
func monthWords(lang, month string) string {
	d, ok := monthOf(month)
	if !ok {
		return month
	}
	y, m, _ := d.Civil()
	if lang == "en" {
		return monthsEn[m-1] + " " + strconv.Itoa(y)
	}
	return monthsDa[m-1] + " " + strconv.Itoa(y)
}

// paperTime writes a time of a registration: an instant, or what paper says without an offset.
func paperTime(lang, at string) string {
	if len(at) == 16 || len(at) == 19 {
		return day(lang, at[:10]) + map[string]string{"da": " kl. ", "en": " "}[lang] + strings.Replace(at[11:16], ":",
			map[string]string{"da": ".", "en": ":"}[lang], 1)
	}
	return when(lang, at)
}

// times are the times that were tried: the first, the last, and how many.
func times(lang string, list []string) string {
	switch len(list) {
	case 0:
		return pick(lang, "intet bestemt|none in particular")
	case 1:
		return when(lang, list[0])
	}
	return when(lang, list[0]) + " – " + when(lang, list[len(list)-1]) + " (" + strconv.Itoa(len(list)) + ")"
}

// fieldName is the name of a field whose change made a revision.
func fieldName(lang, name string) string {
	if w, ok := glossary.Field(name); ok {
		return w.In(lang)
	}
	return name
}

// changed writes the value of such a field: instants, codes and lists of codes as people read them.
func changed(lang, value string) string {
	if value == "" {
		return "–"
	}
	if _, ok := duty.ParseInstant(value); ok {
		return when(lang, value)
	}
	parts := strings.Split(value, ", ")
	for i, p := range parts {
		if w, ok := glossary.Of(p); ok {
			parts[i] = w.In(lang)
		}
	}
	return strings.Join(parts, ", ")
}

// inputType is the control that a field has in HTML.
func inputType(kind string) string {
	switch kind {
	case "local":
		return "datetime-local"
	case "date", "number":
		return kind
	case "clock":
		return "time"
	}
	return "text"
}

// number groups thousands; a dash stands for what was not measured.
func number(lang string, n any) string {
	var s string
	switch n := n.(type) {
	case int:
		s = strconv.Itoa(n)
	case int32:
		s = strconv.Itoa(int(n))
	case int64:
		s = strconv.FormatInt(n, 10)
	case duty.Opt[int32]:
		if !n.OK {
			return "–"
		}
		s = strconv.Itoa(int(n.V))
	default:
		return ""
	}
	sep := "."
	if lang == "en" {
		sep = ","
	}
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + sep + s[i:]
	}
	return s
}

var (
	monthsDa = []string{"januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober",
		"november", "december"}
	monthsEn = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
		"November", "December"}
)

// day writes YYYY-MM-DD as people do.
func day(lang, date string) string {
	d, ok := duty.ParseDate(date)
	if !ok {
		return date
	}
	y, m, n := d.Civil()
	if lang == "en" {
		return strconv.Itoa(n) + " " + monthsEn[m-1][:3] + " " + strconv.Itoa(y)
	}
	return strconv.Itoa(n) + ". " + monthsDa[m-1][:3] + ". " + strconv.Itoa(y)
}

// when writes an instant as people do, in local time; the hour that comes twice says which it is.
func when(lang, local string) string {
	at, ok := duty.ParseInstant(strings.TrimSpace(local))
	if !ok {
		return local
	}
	clock := at.Local()[11:16]
	if lang == "da" {
		clock = "kl. " + strings.Replace(clock, ":", ".", 1)
	}
	if twice(at) {
		clock += map[string]map[string]string{"da": {"+02:00": " (sommertid)", "+01:00": " (normaltid)"},
			"en": {"+02:00": " (summer time)", "+01:00": " (standard time)"}}[lang][at.Local()[19:]]
	}
	return day(lang, at.Local()[:10]) + " " + clock
}

// twice reports whether the local time of an instant comes twice on its date (TIM-04).
func twice(at duty.Instant) bool {
	l := at.Local()
	h, _ := strconv.Atoi(l[11:13])
	m, _ := strconv.Atoi(l[14:16])
	early, late := at.Date().Readings(h*60 + m)
	return early != late
}

// icon is one of the design system's, for the eye alone.
func icon(name string) template.HTML {
	b, err := files.ReadFile("static/icons/" + name + ".svg")
	if err != nil {
		return ""
	}
	return template.HTML(strings.Replace(string(b), "<svg ", //nolint:gosec // a file of this program
		`<svg class="icon" aria-hidden="true" focusable="false" `, 1))
}
