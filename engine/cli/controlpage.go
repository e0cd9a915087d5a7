package cli

import (
	"fmt"
	"html/template"
	"io"

	"tilsyn/engine/control"
	"tilsyn/engine/duty"
)

// bar is a bar of a plot: parts one after the other, each with a pattern of its own, so that none needs
// colour.
type bar struct {
	Y     int
	Label string
	Parts []barPart
	Text  string
}

// barPart is a part of a bar, in units of the picture.
type barPart struct {
	X, Width int
	Pattern  string
}

// plot is a picture of bars with what each pattern means.
type plot struct {
	Title, Describes string
	Height           int
	Bars             []bar
	Legend           []legend
}

// legend says what a pattern means.
type legend struct {
	X             int
	Pattern, Text string
}

// Sizes of a plot.
const (
	barsAt, barsWide = 190, 420
	barStep          = 26
)

// The patterns, from the one that is good to the one that is not.
const (
	patternFull    = "full"
	patternStripes = "stripes"
	patternEmpty   = "empty"
)

// newPlot begins a plot.
func newPlot(title, describes string, good, between, bad string) plot {
	p := plot{Title: title, Describes: describes}
	at := barsAt
	for _, l := range []legend{{Pattern: patternFull, Text: good}, {Pattern: patternStripes, Text: between},
		{Pattern: patternEmpty, Text: bad}} {
		if l.Text != "" {
			l.X = at
			p.Legend = append(p.Legend, l)
			at += 40 + 8*len(l.Text)
		}
	}
	return p
}

// add adds a bar of three parts, as shares of all.
func (p *plot) add(label, text string, good, between, bad, all int64) {
	b := bar{Y: 30 + barStep*len(p.Bars), Label: label, Text: text}
	x := barsAt
	for _, part := range []struct {
		n       int64
		pattern string
	}{{good, patternFull}, {between, patternStripes}, {bad, patternEmpty}} {
		if part.n > 0 && all > 0 {
			width := max(2, int(part.n*barsWide/all))
			b.Parts = append(b.Parts, barPart{x, width, part.pattern})
			x += width
		}
	}
	p.Bars = append(p.Bars, b)
	p.Height = 40 + barStep*len(p.Bars)
}

// controlPlots draws what can be seen better than read.
func controlPlots(r *duty.ControlReport) []plot {
	sources := newPlot("Sources",
		"For each source the share of the period in which it was heard, silent, or not supervised",
		"heard", "silent", "not supervised")
	whole := int64(min(r.To, max(r.AsOf, r.From)) - r.From)
	for _, s := range r.Sources {
		heard := max(0, s.SupervisedMs-s.SilentMs)
		sources.add(s.SourceID, duration(duty.Some(s.SilentMs))+" silent", heard, s.SilentMs,
			max(0, whole-s.SupervisedMs), whole)
	}
	logs := newPlot("Logs said to be complete", "For each log the dates proven within a day, later, or not",
		"on time", "late", "missing or open")
	for _, s := range r.Settlements {
		rest := s.Due - s.OnTime - s.Late
		logs.add(s.LogType.String(), fmt.Sprintf("%d of %d", s.OnTime+s.Late, s.Due), int64(s.OnTime), int64(s.Late),
			int64(rest), int64(s.Due))
	}
	controls := newPlot("Controls", "For each control how often it was done of how often it was due",
		"done", "", "not done")
	for _, c := range r.Controls {
		if !c.Due.OK && c.Done.OK {
			controls.add(c.Control.String(), fmt.Sprintf("%d", c.Done.V), int64(c.Done.V), 0, 0, int64(c.Done.V))
			continue
		}
		if !c.Due.OK {
			controls.add(c.Control.String(), "not measured", 0, 0, 0, 0)
			continue
		}
		controls.add(c.Control.String(), fmt.Sprintf("%d of %d", c.Done.V, c.Due.V), int64(c.Done.V), 0,
			int64(max(0, c.Due.V-c.Done.V)), int64(c.Due.V))
	}
	var out []plot
	for _, p := range []plot{controls, sources, logs} {
		if len(p.Bars) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// controlPage prints the report as one page that loads nothing and runs nothing.
func controlPage(w io.Writer, now, before *duty.ControlReport) error {
	var parts []controlPart
	for _, p := range controlParts(now) {
		if len(p.Rows) > 0 {
			parts = append(parts, p)
		}
	}
	return controlTemplate.Execute(w, map[string]any{
		"Title": controlTitle(now), "Sentence": control.Sentence, "Now": now.Period, "Before": before.Period,
		"Head": controlHead(now, before), "Plots": controlPlots(now), "Parts": parts,
	})
}

var controlTemplate = template.Must(template.New("control").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<style>
body { font: 16px/1.45 system-ui, sans-serif; color: #111; background: #fff; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #bbb; vertical-align: top; overflow-wrap: anywhere; }
td { font-variant-numeric: tabular-nums; }
p.sentence { border-left: 4px solid #111; padding-left: .8rem; }
svg { width: 100%; height: auto; font: 13px system-ui, sans-serif; }
.wide { overflow-x: auto; }
@media print { body { margin: 0; } h2, tr, svg { break-inside: avoid; } }
</style>
</head>
<body>
<h1>{{.Title}}</h1>
<p class="sentence">{{.Sentence}}</p>
<table>
<thead><tr><th scope="col"></th><th scope="col">{{.Now}}</th><th scope="col">{{.Before}}</th></tr></thead>
<tbody>
{{range .Head}}<tr><th scope="row">{{.Name}}</th><td>{{.Now}}</td><td>{{.Before}}</td></tr>
{{end}}</tbody>
</table>
<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>
<pattern id="full" width="4" height="4" patternUnits="userSpaceOnUse"><rect width="4" height="4" fill="#1b3a57"/></pattern>
<pattern id="stripes" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#fff"/><rect width="3" height="6" fill="#1b3a57"/></pattern>
<pattern id="empty" width="4" height="4" patternUnits="userSpaceOnUse"><rect width="4" height="4" fill="#fff"/></pattern>
</defs></svg>
{{range .Plots}}<h2>{{.Title}}</h2>
<svg viewBox="0 0 760 {{.Height}}" role="img" aria-label="{{.Describes}}">
<title>{{.Describes}}</title>
{{range .Legend}}<rect x="{{.X}}" y="4" width="14" height="14" fill="url(#{{.Pattern}})" stroke="#111"/>
<text x="{{.X}}" dx="20" y="16">{{.Text}}</text>
{{end}}{{range .Bars}}<text x="182" y="{{.Y}}" dy="13" text-anchor="end">{{.Label}}</text>
{{$y := .Y}}{{range .Parts}}<rect x="{{.X}}" y="{{$y}}" width="{{.Width}}" height="18" fill="url(#{{.Pattern}})" stroke="#111"/>
{{end}}<text x="620" y="{{.Y}}" dy="13">{{.Text}}</text>
{{end}}</svg>
{{end}}
{{range .Parts}}<h2>{{.Title}}</h2>
<div class="wide"><table>
<thead><tr>{{range .Head}}<th scope="col">{{.}}</th>{{end}}</tr></thead>
<tbody>
{{range .Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>
{{end}}</tbody>
</table></div>
{{end}}
<p class="sentence">{{.Sentence}}</p>
</body>
</html>
`))
