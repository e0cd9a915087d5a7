package duty

import (
	"fmt"
	"testing"
)

// TestMorePaperThanIsReadBothWays: an exit at the second 02:30 of the night in which that hour comes twice, and an
// entry on paper at 02:45. Read as the second 02:45 it ends the absence. However much other paper of that
// hour there is, the next night is never INDICATED; paper that shows nothing, or is of another year, does not even
// keep it from being cleared (TIM-06).
func TestMorePaperThanIsReadBothWays(t *testing.T) {
	d := DateOf(2026, 10, 24)
	_, second, _ := (d + 1).clock(2*Hour + 30*Minute)
	for _, x := range []struct {
		what   string
		form   Form
		result CheckResult
		year   int
		want   Outcome
	}{
		{"none", FormUnknown, CheckResultUnknown, 2026, OutcomeUndetermined},
		{"checks that found nobody", FormPresenceCheck, CheckResultNotFound, 2026, OutcomeUndetermined},
		{"entries of the year before", FormOutagePassage, CheckResultUnknown, 2025, OutcomeUndetermined},
		{"earlier entries of that night", FormOutagePassage, CheckResultUnknown, 2026, OutcomeNeedsReview},
	} {
		in, _ := oneNight(d.Clock(12, 0), d.Clock(20, 0), second, (d+2).Clock(14, 0))
		entry := func(id string, f Form, year int, minute int) *ManualEntry {
			day := map[int]string{2025: "2025-10-26", 2026: "2026-10-25"}[year]
			v := &ManualEntry{ID: id, Version: 1, PersonID: Some("P"), CentreID: "KH", Form: f,
				LocalTime: fmt.Sprintf("%sT02:%02d", day, minute), ReceivedAt: d.Clock(23, 0)}
			in.Person.ManualEntries = append(in.Person.ManualEntries, Known[ManualEntry]{Fact: *v, At: (d + 1).Clock(12, 0)})
			return &in.Person.ManualEntries[len(in.Person.ManualEntries)-1].Fact
		}
		entry("z", FormOutagePassage, 2026, 45).Direction = Some(DirectionIn)
		for i := range maxAmbiguous + 4 {
			if x.form == FormUnknown {
				break
			}
			v := entry(fmt.Sprintf("a%02d", i), x.form, x.year, i)
			if v.Direction = Some(DirectionIn); x.result != CheckResultUnknown {
				v.Direction, v.Result = None[Direction](), Some(x.result)
			}
		}
		res := Evaluate(in, (d+3).Clock(12, 0))
		for i := range res.Units {
			u := &res.Units[i]
			if u.Kind != KindStay || u.Date != d+1 {
				continue
			}
			if u.Outcome != x.want {
				t.Errorf("%s: %s %v, want %s", x.what, u.Outcome, u.Caveats, x.want)
			}
		}
	}
}
