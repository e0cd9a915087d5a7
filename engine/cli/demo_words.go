package cli

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"tilsyn/engine/duty"
	"tilsyn/engine/simulate"
)

// This file holds the demo's wording. It says "indicates" and never that
// somebody was anywhere (EVD-16).

var dayNames = [...]string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

var monthNames = [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}

// dayWords writes a date as "Sun 1 Nov".
func dayWords(d duty.Date) string {
	text := simulate.DateString(d) // YYYY-MM-DD
	month := int(text[5]-'0')*10 + int(text[6]-'0')
	return fmt.Sprintf("%s %s %s", dayNames[((d+3)%7+7)%7], strings.TrimLeft(text[8:], "0"), monthNames[month-1])
}

// timeWords writes an instant as "Sun  1 Nov 09:12", in local time, always of
// the same width.
func timeWords(t duty.Instant) string {
	text := simulate.LocalTime(t)
	day := dayWords(simulate.Today(t))
	if len(day) < len("Sun 11 Nov") {
		day = day[:4] + " " + day[4:]
	}
	return day + " " + text[11:]
}

// unitWords names a unit: "night of Sun 1 Nov".
func unitWords(v *duty.Violation) string {
	if v.Kind == duty.KindReport {
		if v.Shortfall.OK {
			return "week to " + dayWords(v.UnitDate)
		}
		return "due on " + dayWords(v.UnitDate)
	}
	return "night of " + dayWords(v.UnitDate)
}

// statusWords names a status as the feed does.
func statusWords(s duty.Status) string {
	switch s {
	case duty.StatusIndicated:
		return "INDICATED"
	case duty.StatusNeedsReview:
		return "FOR REVIEW"
	case duty.StatusWithdrawn:
		return "WITHDRAWN"
	}
	return ""
}

// shortStatement is a record's own statement up to what it indicates, or, of one
// that withdraws, up to why; the sentences after it stand in every record.
func shortStatement(text string) string {
	sentences := strings.SplitAfter(text, ". ")
	for i, s := range sentences {
		withdrawn := strings.Contains(s, "is withdrawn")
		if withdrawn && i+1 < len(sentences) {
			i++
		}
		if withdrawn || strings.Contains(s, "This indicates") {
			return strings.TrimSpace(strings.Join(sentences[:i+1], ""))
		}
	}
	return text
}

// wrap breaks a text at spaces so that no line is longer than width.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// percent writes a share.
func percent(x float64) string { return fmt.Sprintf("%.1f %%", 100*x) }

// cut shortens a text to at most width, which may be negative.
func cut(text string, width int) string {
	if width < 2 {
		return ""
	}
	if runes := []rune(text); len(runes) > width {
		return string(runes[:width-1]) + "…"
	}
	return text
}
