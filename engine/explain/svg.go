package explain

import (
	"fmt"
	"strconv"
	"strings"

	"tilsyn/engine/duty"
)

// Measures of the drawing, in units of its view box.
const (
	left, right = 130.0, 990.0
	topLine     = 46.0
	placesY     = 62.0
	rowsY       = 122.0
	noticesY    = 178.0
	barsY       = 206.0
	barStep     = 24.0
)

// canvas writes the drawing.
type canvas struct {
	page
	d *drawing
	// lang is that of the words; empty for English with the Danish beside it.
	lang string
}

// word is a text in the language of the drawing.
func (w *canvas) word(t words) string {
	if w.lang == "da" {
		return t.da
	}
	return t.en
}

// svg draws the time around the unit: where registrations show the card, what was registered, notices, and
// what lies over it. Signs and hatching say everything that is drawn; nothing hangs on colour.
func (d *drawing) svg(lang string) string {
	w := &canvas{d: d, lang: lang}
	bottom := barsY + barStep*float64(max(1, len(d.bars)))
	hours := strconv.FormatFloat(float64(d.unit.To-d.unit.From)/float64(duty.Hour), 'g', -1, 64)
	what := words{"The night from 23:00 to 06:00, which has " + hours + " hours",
		"Natten fra kl. 23.00 til 06.00, som har " + hours + " timer"}
	if d.report {
		what = words{"The time to report, which has " + hours + " hours", "Meldetiden, som har " + hours + " timer"}
	}
	w.raw("<figure>\n")
	fmt.Fprintf(
		w,
		`<svg viewBox="0 0 1000 %.0f" role="img" aria-labelledby="drawn" font-family="sans-serif" font-size="11">`+"\n",
		bottom+8,
	)
	w.raw(`<title id="drawn">` + w.word(what) + `</title>` + "\n" + patterns)
	w.unit(bottom)
	w.hours(bottom)
	w.places()
	w.lane(rowsY, words{"registrations", "registreringer"})
	w.lane(noticesY, words{"notices", "underretninger"})
	w.lane(barsY+9, words{"what lies over it", "hvad der ligger over"})
	w.triggers()
	w.marks()
	w.bars()
	w.raw("</svg>\n<figcaption>")
	w.caption(what)
	w.raw("</figcaption>\n</figure>\n")
	return w.String()
}

// caption says how to read the drawing.
func (w *canvas) caption(what words) {
	text := words{what.en + ", is framed; times are local and their distances true. Filled signs counted, empty ones " +
		"did not: ▲ in, ▼ out, ● report, ■ seen in a check, ◆ other paper, N notice. White: inside; hatched: outside; " +
		"dotted: unknown. A broken line is an instant by which a notice was needed.",
		what.da + ", er indrammet; tiderne er lokale og afstandene sande. Udfyldte tegn talte med, tomme gjorde ikke: " +
			"▲ ind, ▼ ud, ● melding, ■ set ved kontrol, ◆ andet papir, N underretning. Hvidt: inde; skraveret: ude; " +
			"prikket: ukendt. En brudt linje er et tidspunkt, hvor en underretning skulle være givet."}
	if n := w.d.outside; n > 0 {
		text.en += fmt.Sprintf(" %d registrations or notices lie before or after; the table has them.", n)
		text.da += fmt.Sprintf(" %d registreringer eller underretninger ligger før eller efter; tabellen har dem.", n)
	}
	w.text(w.word(text))
	if w.lang == "" {
		w.raw(` <span lang="da">`)
		w.text(text.da)
		w.raw("</span>")
	}
}

// patterns are the hatchings.
const patterns = `<defs>
<pattern id="outside" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="7" height="7" fill="#fff"/><line x1="0" y1="0" x2="0" y2="7" stroke="#111" stroke-width="2"/></pattern>
<pattern id="unknown" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" fill="#fff"/><circle cx="2" cy="2" r="1" fill="#111"/><circle cx="6" cy="6" r="1" fill="#111"/></pattern>
<pattern id="over" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect width="6" height="6" fill="#fff"/><line x1="0" y1="0" x2="0" y2="6" stroke="#777" stroke-width="1.5"/></pattern>
</defs>
`

// x is where an instant lies.
func (w *canvas) x(t duty.Instant) float64 {
	t = max(w.d.all.From, min(t, w.d.all.To))
	return left + (right-left)*float64(t-w.d.all.From)/float64(w.d.all.To-w.d.all.From)
}

// clock is the local time of an instant as HH:MM.
func clock(t duty.Instant) string { return t.Local()[11:16] }

// unit frames the night or the time to report.
func (w *canvas) unit(bottom float64) {
	a, b := w.x(w.d.unit.From), w.x(w.d.unit.To)
	fmt.Fprintf(w, `<rect x="%.1f" y="14" width="%.1f" height="%.1f" fill="#f1f1f1" stroke="#111" stroke-width="2"/>`+"\n",
		a, b-a, bottom-14)
	name := words{"night", "nat"}
	if w.d.report {
		name = words{"report", "melding"}
	}
	text := w.word(name)
	if w.lang == "" {
		text = name.String()
	}
	fmt.Fprintf(w, `<text x="%.1f" y="11" text-anchor="middle" font-weight="bold">%s %s–%s</text>`+"\n", (a+b)/2, text,
		clock(w.d.unit.From), clock(w.d.unit.To))
}

// hours draws the axis. Its steps are elapsed time, so that a night on which the clocks change has its true
// length, and its local hours leap or come twice.
func (w *canvas) hours(bottom float64) {
	step := duty.Hour
	for (w.d.all.To-w.d.all.From)/step > 36 {
		step *= 2
	}
	fmt.Fprintf(w, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#111"/>`+"\n", left, topLine, right, topLine)
	last := ""
	for t := w.d.all.From - w.d.all.From%duty.Hour; t < w.d.all.To; t += step {
		if t < w.d.all.From {
			continue
		}
		local := t.Local()
		fmt.Fprintf(
			w,
			`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#999" stroke-width="0.5"/>`+"\n",
			w.x(t),
			topLine-4,
			w.x(t),
			bottom,
		)
		fmt.Fprintf(
			w,
			`<text x="%.1f" y="%.1f" text-anchor="middle" stroke="#fff" stroke-width="3" paint-order="stroke">%s</text>`+
				"\n",
			w.x(t),
			topLine-7,
			local[11:13],
		)
		if local[:10] != last {
			last = local[:10]
			fmt.Fprintf(w, `<text x="%.1f" y="%.1f" text-anchor="start" font-size="9">%s</text>`+"\n", w.x(t)+2, topLine+9, last)
		}
	}
}

// places draws where registrations show the card.
func (w *canvas) places() {
	w.lane(placesY+12, words{"the card", "kortet"})
	for i := range w.d.places {
		p := &w.d.places[i]
		a, b := w.x(p.Span.From), w.x(p.Span.To)
		if b-a < 0.5 {
			continue
		}
		fill, label := "url(#unknown)", words{"unknown", "ukendt"}
		switch p.Where {
		case "INSIDE":
			fill, label = "#fff", words{"inside " + p.CentreID, "inde " + p.CentreID}
		case "OUTSIDE":
			fill, label = "url(#outside)", words{"outside", "ude"}
		}
		fmt.Fprintf(
			w,
			`<rect x="%.1f" y="%.1f" width="%.1f" height="22" fill="%s" stroke="#111"/>`+"\n",
			a,
			placesY+2,
			b-a,
			fill,
		)
		if b-a > 50 {
			w.label((a+b)/2, placesY+17, w.word(label))
		}
	}
}

// label writes a word on white, so that hatching does not hide it.
func (w *canvas) label(x, y float64, text string) {
	width := 6.2*float64(len([]rune(text))) + 6
	fmt.Fprintf(w, `<rect x="%.1f" y="%.1f" width="%.1f" height="14" fill="#fff"/>`, x-width/2, y-11, width)
	fmt.Fprintf(w, `<text x="%.1f" y="%.1f" text-anchor="middle">`, x, y)
	w.text(text)
	w.raw("</text>\n")
}

// lane names a row of the drawing.
func (w *canvas) lane(y float64, name words) {
	fmt.Fprintf(w, `<text x="4" y="%.1f">%s</text>`, y, w.word(name))
	if w.lang == "" {
		fmt.Fprintf(w, `<text x="4" y="%.1f" font-size="9" font-style="italic" xml:lang="da">%s</text>`, y+11, name.da)
	}
	w.raw("\n")
}

// triggers draws the instants by which a notice was needed.
func (w *canvas) triggers() {
	for _, t := range w.d.needed {
		if w.d.all.From <= t && t < w.d.all.To {
			fmt.Fprintf(
				w,
				`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#111" stroke-width="1.5" stroke-dasharray="5 4"/>`+"\n",
				w.x(t),
				placesY-6,
				w.x(t),
				noticesY+14,
			)
		}
	}
}

// marks draws registrations and notices; the times of neighbours stand at several heights.
func (w *canvas) marks() {
	var level [2]int
	before := [2]float64{-100, -100}
	for _, m := range w.d.marks {
		x, y := w.x(m.at), rowsY
		if m.lane == laneNotices {
			y = noticesY
		}
		if x-before[m.lane] < 34 {
			level[m.lane] = (level[m.lane] + 1) % 3
		} else {
			level[m.lane] = 0
		}
		before[m.lane] = x
		w.sign(&m, x, y-8)
		fmt.Fprintf(
			w,
			`<text x="%.1f" y="%.1f" text-anchor="middle" font-size="9">%s</text>`+"\n",
			x,
			y+8+9*float64(level[m.lane]),
			clock(m.at),
		)
	}
}

// sign draws one sign, filled where it counted.
func (w *canvas) sign(m *mark, x, y float64) {
	fill := "#fff"
	if m.counted {
		fill = "#111"
	}
	at := func(dx, dy float64) string { return fmt.Sprintf("%.1f,%.1f", x+dx, y+dy) }
	var points string
	switch m.sign {
	case "in":
		points = strings.Join([]string{at(0, -6), at(6, 5), at(-6, 5)}, " ")
	case "out":
		points = strings.Join([]string{at(0, 6), at(6, -5), at(-6, -5)}, " ")
	case "check":
		points = strings.Join([]string{at(-5, -5), at(5, -5), at(5, 5), at(-5, 5)}, " ")
	case "other":
		points = strings.Join([]string{at(0, -6), at(6, 0), at(0, 6), at(-6, 0)}, " ")
	case "notice":
		ink := map[string]string{"#fff": "#111", "#111": "#fff"}[fill]
		fmt.Fprintf(w, `<circle cx="%.1f" cy="%.1f" r="7" fill="%s" stroke="#111"/>`, x, y, fill)
		fmt.Fprintf(w, `<text x="%.1f" y="%.1f" text-anchor="middle" font-size="9" fill="%s">N</text>`+"\n", x, y+3, ink)
		return
	default:
		fmt.Fprintf(w, `<circle cx="%.1f" cy="%.1f" r="5.5" fill="%s" stroke="#111"/>`+"\n", x, y, fill)
		return
	}
	fmt.Fprintf(w, `<polygon points="%s" fill="%s" stroke="#111"/>`+"\n", points, fill)
}

// bars draws permissions, holds, incidents and exclusions, each on a line of its own.
func (w *canvas) bars() {
	for i, b := range w.d.bars {
		y := barsY + barStep*float64(i)
		fill := "#fff"
		if b.hatched {
			fill = "url(#over)"
		}
		x := w.x(b.span.From)
		fmt.Fprintf(w, `<rect x="%.1f" y="%.1f" width="%.1f" height="18" fill="%s" stroke="#111"/>`+"\n", x, y,
			max(1.5, w.x(b.span.To)-x), fill)
		label := w.word(b.label)
		half, end := (6.2*float64(len([]rune(label)))+6)/2, w.x(b.span.To)
		switch {
		case end-x > 2*half+8: // in it
			w.label((x+end)/2, y+13, label)
		case end+2*half+4 < right: // beside it
			w.label(end+half+3, y+13, label)
		default:
			w.label(x-half-3, y+13, label)
		}
	}
}
