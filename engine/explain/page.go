package explain

import "strings"

// HTML returns the explanation as one page that needs nothing else: no script, no font, no picture from
// elsewhere. It can be read without colour and printed.
func (x *Explanation) HTML() string {
	w := &page{}
	w.raw(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>`)
	w.text(x.title())
	w.raw("</title>\n<style>\n" + style + "</style>\n</head>\n<body>\n<header>\n<h1>")
	w.text(x.title())
	w.raw("</h1>\n<p>")
	w.text("For a person to assess; nothing here is a finding. As of " + short(x.Verdict.AsOf) + ". ")
	w.raw(`<span lang="da">`)
	w.text("Til en sagsbehandlers vurdering; intet her er en konstatering.")
	w.raw("</span></p>\n</header>\n<main>\n")
	w.raw(x.drawing.svg(""))
	for _, s := range x.sections() {
		w.section(&s)
	}
	w.raw("</main>\n</body>\n</html>\n")
	return w.String()
}

// Drawing returns the picture of the time around the unit alone, as a figure with an SVG in it. It needs
// nothing else, is black on white, and hangs on no colour. Its words are Danish for "da", English for
// "en", and for an empty language English with the Danish beside it.
func (x *Explanation) Drawing(lang string) string { return x.drawing.svg(lang) }

// page collects a page.
type page struct{ strings.Builder }

// raw writes marks, text what must not become any.
func (w *page) raw(s string) { w.WriteString(s) }

func (w *page) text(s string) { w.WriteString(Escape(s)) }

// Escape makes text of any origin safe in HTML and SVG.
func Escape(s string) string { return escaped.Replace(s) }

// escaped are the marks that text must not become.
var escaped = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

func (w *page) paragraph(s string) {
	w.raw("<p>")
	w.text(s)
	w.raw("</p>\n")
}

// section writes a heading with what stands under it.
func (w *page) section(s *section) {
	w.raw("<section>\n<h2>")
	w.text(s.head.en)
	w.raw(` <span lang="da">`)
	w.text(s.head.da)
	w.raw("</span></h2>\n")
	for _, p := range s.before {
		w.paragraph(p)
	}
	if s.danish != "" {
		w.raw(`<p lang="da">`)
		w.text(s.danish)
		w.raw("</p>\n")
	}
	switch {
	case len(s.rows) > 0:
		w.table(s)
	case s.empty != "":
		w.paragraph(s.empty)
	}
	for _, p := range s.after {
		w.paragraph(p)
	}
	w.raw("</section>\n")
}

// table writes the rows; a column without any cell is left out, and a table without names of columns has
// them at the left.
func (w *page) table(s *section) {
	filled := make([]bool, len(s.columns))
	for _, r := range s.rows {
		for i, c := range r {
			filled[i] = filled[i] || c != ""
		}
	}
	w.raw("<div class=\"wide\"><table>\n")
	named := s.columns[0] != ""
	if named {
		w.raw("<thead><tr>")
		for i, c := range s.columns {
			if filled[i] {
				w.raw(`<th scope="col">`)
				w.text(c)
				w.raw("</th>")
			}
		}
		w.raw("</tr></thead>\n")
	}
	w.raw("<tbody>\n")
	for _, r := range s.rows {
		w.raw("<tr>")
		for i, c := range r {
			switch {
			case !filled[i]:
			case i == 0:
				w.raw(`<th scope="row">`)
				w.text(c)
				w.raw("</th>")
			default:
				w.raw("<td>")
				w.text(c)
				w.raw("</td>")
			}
		}
		w.raw("</tr>\n")
	}
	w.raw("</tbody></table></div>\n")
}

// style is black on white; nothing hangs on colour.
const style = `body { font: 15px/1.45 system-ui, sans-serif; color: #111; background: #fff; margin: 0 auto;
  max-width: 75rem; padding: 1rem 1.5rem 3rem; }
h1 { font-size: 1.5rem; margin: 0.5rem 0 0; }
h2 { font-size: 1.1rem; margin: 1.8rem 0 0.4rem; border-bottom: 1px solid #111; padding-bottom: 0.15rem; }
h2 span { font-weight: normal; font-style: italic; }
p { margin: 0.4rem 0; max-width: 60rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.87rem; }
th, td { text-align: left; vertical-align: top; padding: 0.2rem 0.7rem 0.2rem 0; border-bottom: 1px solid #bbb;
  overflow-wrap: anywhere; min-width: 3.5rem; }
thead th { border-bottom: 2px solid #111; }
tbody th { font-weight: 600; white-space: nowrap; }
figure { margin: 1rem 0; overflow-x: auto; }
figure svg { min-width: 46rem; width: 100%; height: auto; }
figcaption { font-size: 0.87rem; }
@media print { body { max-width: none; padding: 0; font-size: 11px; } section { break-inside: avoid-page; } }
`
