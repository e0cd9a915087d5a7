package console

import (
	"encoding/xml"
	"io"
	"regexp"
	"strings"
	"testing"

	"tilsyn/engine/duty"
)

// TestChart: the chart has a bar with its number for every date that was over, a line where something is usual, and
// a sign beside the hatching of a quiet day; it is well-formed, has a title in the reader's language, and no style in
// line, which the pages forbid.
func TestChart(t *testing.T) {
	sums, first := newTally(), duty.DateOf(2026, 1, 5)
	var x duty.Traffic
	for d := first; d <= first+36; d++ {
		for i := range map[bool]int{true: 3, false: 30}[d == first+35] {
			x.Passages = append(x.Passages, duty.TrafficPassage{At: d.Clock(9, i), CentreID: "KH",
				Direction: duty.DirectionIn})
		}
	}
	at := (first + 36).Clock(12, 0)
	person := &personal{Passed: passages(x, at)}
	sums.add(person, 1)
	sums.add(person, 1)
	sums.add(person, -1)
	days := sums.passed.days(at)["KH"]
	if last := days[len(days)-1]; len(days) != chartDays || last.Date != (first+35).String() || !last.Low ||
		last.Usual != 30 || last.All() != 3 {
		t.Fatalf("%d days: %+v", len(days), days[len(days)-1])
	}
	text := string(chart("da", days))
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if n := len(regexp.MustCompile(`<rect x="[\d.]+" y="[\d.]+"`).FindAllString(text, -1)); n != chartDays {
		t.Errorf("%d bars", n)
	}
	usual := 0
	for _, d := range days {
		if d.Weeks > 0 {
			usual++
		}
	}
	if n := strings.Count(text, "stroke-dasharray"); n != usual || n == 0 {
		t.Errorf("%d lines of what is usual, want %d", n, usual)
	}
	for _, want := range []string{"! 3<", "url(#low)", "Passager pr. dag", ">9/2<"} {
		if !strings.Contains(text, want) {
			t.Errorf("the chart lacks %q", want)
		}
	}
	if strings.Contains(text, "style=") || strings.Contains(string(chart("en", days)), "Passager") {
		t.Error("the chart has a style in line, or Danish words in English")
	}
	if sums.add(person, -1); len(sums.passed["KH"]) != 0 {
		t.Errorf("nobody is left, and %d dates have passages", len(sums.passed["KH"]))
	}
	if chart("da", nil) != "" {
		t.Error("a chart of nothing")
	}
}
