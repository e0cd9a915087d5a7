package console

import (
	"fmt"
	"html/template"
	"strings"

	"tilsyn/engine/duty"
)

// Measures of the chart, in units of its view box.
const (
	chartWide, chartHigh   = 1000.0, 230.0
	chartLeft, chartBottom = 40.0, 190.0
	chartTop               = 24.0
)

// chart draws the passages of dates as bars, each with its number, and what is usual as a line across it. A day far
// below is hatched and has a sign: nothing hangs on colour.
func chart(lang string, days []TrafficDay) template.HTML {
	if len(days) == 0 {
		return ""
	}
	most := 1
	for _, d := range days {
		most = max(most, d.All(), d.Usual)
	}
	step := (chartWide - chartLeft) / float64(len(days))
	y := func(n int) float64 { return chartBottom - (chartBottom-chartTop)*float64(n)/float64(most) }
	var w strings.Builder
	fmt.Fprintf(&w, `<svg viewBox="0 0 %g %g" role="img" aria-labelledby="drawn-traffic" font-family="sans-serif" `+
		`font-size="12"><title id="drawn-traffic">%s</title>`, chartWide, chartHigh, pick(lang, "Passager pr. dag og det "+
		"sædvanlige; tallene står i tabellen|Passages by day and what is usual; the table has the numbers"))
	w.WriteString(`<defs><pattern id="low" width="7" height="7" patternUnits="userSpaceOnUse" ` +
		`patternTransform="rotate(45)"><rect width="7" height="7" fill="#fff"/><line x1="0" y1="0" x2="0" y2="7" ` +
		`stroke="#111" stroke-width="2.5"/></pattern></defs>`)
	fmt.Fprintf(&w, `<line x1="%g" y1="%g" x2="%g" y2="%g" stroke="#111"/>`, chartLeft, chartBottom, chartWide, chartBottom)
	for _, n := range []int{most, most / 2} {
		fmt.Fprintf(&w, `<line x1="%g" y1="%.1f" x2="%g" y2="%.1f" stroke="#bbb"/><text x="%g" y="%.1f" text-anchor="end">%d`+
			`</text>`, chartLeft, y(n), chartWide, y(n), chartLeft-6, y(n)+4, n)
	}
	for i, d := range days {
		x := chartLeft + step*float64(i)
		fill, sign := "#bcd0e6", ""
		if d.Low {
			fill, sign = "url(#low)", "! "
		}
		fmt.Fprintf(&w, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s" stroke="#111"/>`, x+step*0.15,
			y(d.All()), step*0.7, chartBottom-y(d.All()), fill)
		fmt.Fprintf(&w, `<text x="%.1f" y="%.1f" text-anchor="middle" stroke="#fff" stroke-width="3" paint-order="stroke">%s%d`+
			`</text>`, x+step/2, chartBottom-6, sign, d.All())
		if d.Weeks > 0 {
			fmt.Fprintf(&w, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#fff" stroke-width="6"/>`+
				`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#111" stroke-width="3" stroke-dasharray="4 2"/>`, x+step*0.05,
				y(d.Usual), x+step*0.95, y(d.Usual), x+step*0.05, y(d.Usual), x+step*0.95, y(d.Usual))
		}
		if date, ok := duty.ParseDate(d.Date); ok && (date.Weekday() == duty.WeekdayMon || i == 0) {
			_, month, n := date.Civil()
			fmt.Fprintf(&w, `<text x="%.1f" y="%g" text-anchor="middle">%d/%d</text>`, x+step/2, chartBottom+18, n, month)
		}
	}
	w.WriteString("</svg>")
	return template.HTML(w.String()) //nolint:gosec // numbers and words of this package alone
}

// details are the names of what a line about traffic counts, Danish|English.
var details = map[string]string{"passages": "passager|passages", "usual": "sædvanligt|usual",
	"weeks": "uger at sammenligne med|weeks to compare with", "in": "ind|in", "out": "ud|out", "pairs": "par|pairs",
	"same_direction": "i samme retning|in the same direction"}
