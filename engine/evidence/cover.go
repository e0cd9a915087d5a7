package evidence

import (
	"strconv"
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/explain"
)

// Cover is the page that a court reads first: one page in Danish and English that needs nothing else.
func (b *Bundle) Cover(m *Manifest, attachments map[string][]Attachment) string {
	w := &cover{m: m}
	w.raw(`<!doctype html>
<html lang="da">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>`)
	w.text("Bevispakke / Evidence package")
	w.raw("</title>\n<style>\n" + coverStyle + "</style>\n</head>\n<body>\n")
	for _, l := range []language{danish, english} {
		w.l = l
		w.raw(`<main lang="` + l.code() + `">` + "\n")
		w.raw("<h1>")
		w.say("Bevispakke", "Evidence package")
		w.raw("</h1>\n")
		w.head(b)
		w.records(b)
		for _, u := range b.Units {
			w.unit(u, attachments[u.Name()])
		}
		w.caveats(b)
		w.last()
		w.raw("</main>\n")
	}
	w.raw("</body>\n</html>\n")
	return w.String()
}

// language is one of the two of a cover.
type language bool

const (
	danish  language = true
	english language = false
)

func (l language) code() string {
	if l == danish {
		return "da"
	}
	return "en"
}

// cover collects a page.
type cover struct {
	strings.Builder
	m *Manifest
	l language
}

// raw writes marks, text what must not become any; say writes one of two texts.
func (w *cover) raw(s string)      { w.WriteString(s) }
func (w *cover) text(s string)     { w.WriteString(explain.Escape(s)) }
func (w *cover) say(da, en string) { w.text(w.of(da, en)) }

func (w *cover) of(da, en string) string {
	if w.l == danish {
		return da
	}
	return en
}

func (w *cover) p(da, en string) {
	w.raw("<p>")
	w.say(da, en)
	w.raw("</p>\n")
}

func (w *cover) h2(da, en string) {
	w.raw("<h2>")
	w.say(da, en)
	w.raw("</h2>\n")
}

// row writes a row of a table, the first cell as its head.
func (w *cover) row(cells ...string) {
	w.raw("<tr>")
	for i, c := range cells {
		tag := "td"
		if i == 0 {
			tag = `th scope="row"`
		}
		w.raw("<" + tag + ">")
		w.text(c)
		w.raw("</" + tag[:2] + ">")
	}
	w.raw("</tr>\n")
}

// columns begins a table with named columns.
func (w *cover) columns(names ...string) {
	w.raw(`<div class="wide"><table><thead><tr>`)
	for _, n := range names {
		w.raw(`<th scope="col">`)
		w.text(n)
		w.raw("</th>")
	}
	w.raw("</tr></thead>\n<tbody>\n")
}

func (w *cover) end() { w.raw("</tbody></table></div>\n") }

// head says of whom and when the package is, and what it is.
func (w *cover) head(b *Bundle) {
	w.p("Til en sagsbehandlers, anklagemyndighedens, forsvarets og rettens vurdering. Intet i pakken konstaterer, "+
		"at en pligt er "+
		"overtrådt: den viser, hvad registreringerne tyder på, hvad de hviler på, og hvad der taler imod.",
		"For a case officer, the prosecution, the defence and the court to assess. Nothing in this package finds that "+
			"a duty was "+
			"breached: it shows what registrations suggest, what they rest on, and what speaks against it.")
	w.raw(`<div class="wide"><table><tbody>` + "\n")
	w.row(w.of("Person (PersonID)", "Person (PersonID)"), w.m.PersonID)
	w.row(w.of("Datoer", "Dates"), w.m.From+" – "+w.m.To)
	w.row(w.of("Opgjort pr.", "As of"), clock(b.Case.At)+w.of(" dansk tid", " Danish time"))
	for _, p := range w.m.Policies {
		w.row(w.of("Politik", "Policy"), p.Version+", SHA-256 "+p.Digest)
	}
	w.row(w.of("Program", "Engine"), "tilsyn "+w.m.EngineVersion)
	w.end()
	w.h2("Notatet af 11. marts 2024", "The note of 11 March 2024")
	w.p("Notatet om brug af data fra adgangs- og meldepligtsystemet skal vedlægges enhver sag med sådanne data og "+
		"fremlægges i "+
		"retten i relevant omfang (Rigsadvokatens retningslinje, bilag 1).",
		"The note on the use of data of the access and reporting system must be attached to every case with such "+
			"data, and be "+
			"presented in court as relevant (guideline of the Director of Public Prosecutions, annex 1).")
	name := w.m.Note.ID + ", version " + w.m.Note.Version + ", " + w.m.Note.Hash
	if w.m.Note.File == "" {
		w.p("Det er ikke i pakken og skal lægges ved: "+name+".", "It is not in this package and must be put beside "+
			"it: "+name+".")
	} else {
		w.p("Det ligger i pakken som "+w.m.Note.File+": "+name+".", "It is in this package as "+w.m.Note.File+": "+name+".")
	}
}

// records lists what is in the package.
func (w *cover) records(b *Bundle) {
	w.h2("Indhold", "Contents")
	if len(b.Units) > 0 {
		w.columns(w.of("Dato", "Date"), w.of("Pligt", "Duty"), w.of("Status", "Status"), w.of("Revision", "Revision"),
			w.of("Kontrolsum", "Digest"))
		for _, u := range b.Units {
			v := u.Record
			w.row(v.UnitDate.String(), w.duty(v.Kind), w.status(v.Status), strconv.Itoa(int(v.Revision)), v.Digest)
		}
		w.end()
	}
	if len(b.Withdrawn)+len(b.Due) == 0 {
		return
	}
	w.p("Følgende har været oplyst og må ikke længere lægges til grund:",
		"The following were told and must no longer be relied on:")
	w.columns(w.of("Dato", "Date"), w.of("Pligt", "Duty"), w.of("Hvorfor", "Why"))
	for i := range b.Withdrawn {
		v := &b.Withdrawn[i]
		w.row(v.UnitDate.String(), w.duty(v.Kind), w.of("trukket tilbage", "withdrawn")+": "+v.WithdrawnOutcome.V.String())
	}
	for i := range b.Due {
		w.row(b.Due[i].UnitDate.String(), w.duty(b.Due[i].Kind), w.of("holder ikke længere; tilbagetrækning er endnu "+
			"ikke meddelt",
			"no longer holds; its withdrawal has yet to be told"))
	}
	w.end()
}

func (w *cover) duty(k duty.Kind) string {
	return map[duty.Kind]string{
		duty.KindStay:   w.of("Opholdspligt", "Stay duty"),
		duty.KindNotify: w.of("Underretningspligt", "Notification duty"),
		duty.KindReport: w.of("Meldepligt", "Reporting duty"),
	}[k]
}

func (w *cover) status(s duty.Status) string {
	if s == duty.StatusIndicated {
		return w.of("Registreringerne tyder på en overtrædelse (INDICATED)", "Registrations suggest a breach (INDICATED)")
	}
	return w.of("Tvivlsom; skal vurderes og tælles ikke (NEEDS_REVIEW)", "In doubt; to be assessed, not counted "+
		"(NEEDS_REVIEW)")
}

// unit is what the package says of one record.
func (w *cover) unit(u *Unit, attachments []Attachment) {
	v, c := u.Record, u.Certificate
	w.raw("<section>\n")
	w.h2(w.duty(v.Kind)+", "+v.UnitDate.String(), w.duty(v.Kind)+", "+v.UnitDate.String())
	w.raw(`<p class="statement">`)
	w.say(v.StatementDa, v.Statement)
	w.raw("</p>\n")
	if !c.Agrees {
		w.p("Bemærk: På opgørelsestidspunktet siger programmet noget andet end det oplyste. En ny revision er på vej. "+
			"Forskelle: "+
			strings.Join(c.Differs, ", ")+".",
			"Note: at this clock the engine says otherwise than what was told, and a further revision is due. They "+
				"differ in: "+
				strings.Join(c.Differs, ", ")+".")
	}
	w.raw("<h3>")
	w.say("Forbehold", "Caveats")
	w.raw("</h3>\n")
	if len(v.Caveats) == 0 {
		w.p("Ingen særlige. De almindelige forbehold, som gælder alle, står nederst.",
			"None of its own. Those that apply to every record stand at the end.")
	} else {
		w.raw("<ul>\n")
		for _, code := range v.Caveats {
			en, da := Caveat(code)
			w.raw("<li>")
			w.say(da, en)
			w.raw(" <small>")
			w.text(code)
			w.raw("</small></li>\n")
		}
		w.raw("</ul>\n")
	}
	w.registrations(c.Rows)
	for i := range c.Silence {
		w.silence(&c.Silence[i])
	}
	w.attachments(attachments)
	w.raw("</section>\n")
}

// coverStyle is black on white; nothing hangs on colour.
const coverStyle = `body { font: 15px/1.5 Georgia, "Times New " +
	"Roman", serif; color: #111; background: #fff; margin: 0 auto;
  max-width: 58rem; padding: 1rem 1.5rem 3rem; }
main + main { border-top: 3px double #111; margin-top: 3rem; padding-top: 1rem; }
h1 { font-size: 1.7rem; margin: 1rem 0 0.5rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 0.4rem; border-bottom: 1px solid #111; }
h3 { font-size: 1rem; margin: 1.1rem 0 0.3rem; }
p { margin: 0.45rem 0; }
.statement { border-left: 3px solid #111; padding-left: 0.8rem; }
ul { margin: 0.3rem 0; padding-left: 1.3rem; }
small { color: #444; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.87rem; margin: 0.4rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.2rem 0.8rem 0.2rem 0; border-bottom: 1px solid #bbb;
  overflow-wrap: break-word; hyphens: auto; }
td:last-child { overflow-wrap: anywhere; }
thead th { border-bottom: 2px solid #111; white-space: nowrap; hyphens: none; }
tbody th { font-weight: 600; white-space: nowrap; }
@media print { body { max-width: none; padding: 0; font-size: 11px; } main + main { break-before: page; } }
`
