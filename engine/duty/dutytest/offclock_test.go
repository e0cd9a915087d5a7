package dutytest

import (
	"strings"
	"testing"

	"tilsyn/engine/duty"
)

// TestOffClock: a row whose own time cannot be right accuses nobody, clears at its
// own time and at that of its receipt, and is named CLOCK_OFFSET.
func TestOffClock(t *testing.T) {
	for _, c := range []struct {
		name   string
		script []string
		units  string
		want   map[string]string
	}{
		{"local time sent as UTC", []string{"EN", "OUT 2026-02-03T21:00 [rx=2026-02-03T20:00]",
			"IN 2026-02-04T15:00 [rx=2026-02-04T14:00]"}, "N2026-02-03",
			map[string]string{"STAY": "UNDETERMINED", "NOTIFY": "UNDETERMINED"}},
		{"the OUT alone", []string{"EN", "OUT 2026-02-03T20:06 [rx=2026-02-03T20:00]", "IN 2026-02-04T14:00"}, "N2026-02-03",
			map[string]string{"STAY": "UNDETERMINED", "NOTIFY": "UNDETERMINED"}},
		{"the IN alone", []string{"EN", "OUT 2026-02-03T20:00", "IN 2026-02-04T15:00 [rx=2026-02-04T14:00]"}, "N2026-02-03",
			map[string]string{"STAY": "UNDETERMINED", "NOTIFY": "UNDETERMINED"}},
		{"home by its receipt", []string{"EN", "OUT 2026-02-03T20:00", "IN 2026-02-04T07:00 [rx=2026-02-03T22:30]"},
			"N2026-02-03",
			map[string]string{"STAY": "COMPLIANT", "NOTIFY": "COMPLIANT"}},
		{"there in the night by its receipt",
			[]string{"EN", "OUT 2026-02-03T20:00", "IN 2026-02-04T07:00 [rx=2026-02-04T05:30]"}, "N2026-02-03",
			map[string]string{"STAY": "COMPLIANT"}},
		{"there in the night by its own time", []string{"EN", "OUT 2026-02-03T20:00",
			"IN 2026-02-03T23:30 [rx=2026-02-03T20:30]", "OUT 2026-02-03T20:40"}, "N2026-02-03",
			map[string]string{"STAY": "COMPLIANT"}},
		{"an OUT in the night", []string{"EN", "IN 2026-02-03T20:00", "OUT 2026-02-04T00:30 [rx=2026-02-03T23:30]",
			"IN 2026-02-04T14:00"}, "N2026-02-03",
			map[string]string{"STAY": "COMPLIANT", "NOTIFY": "COMPLIANT"}},
		{"a report by its receipt", []string{"EN3", "REP 2026-02-04T00:10 [rx=2026-02-03T23:00]"}, "D2026-02-03", map[string]string{"REPORT": "COMPLIANT"}},
		{"a report by its own time", []string{"EN3", "REP 2026-02-03T00:10 [rx=2026-02-02T23:00]"}, "D2026-02-03", map[string]string{"REPORT": "COMPLIANT"}},
		{"a clock at its beginning",
			[]string{"EN", "OUT 2026-02-03T20:00", "IN 2000-01-01T02:00 [rx=2026-02-03T22:00]"}, "N2026-02-03",
			map[string]string{"STAY": "COMPLIANT", "NOTIFY": "COMPLIANT"}},
		{"an OUT of a clock at its beginning", []string{"EN", "IN 2026-02-03T18:00",
			"OUT 2000-01-01T02:00 [rx=2026-02-03T22:00]", "IN 2026-02-04T14:00"}, "N2026-02-03",
			map[string]string{"STAY": "UNDETERMINED", "NOTIFY": "UNDETERMINED"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := mustScript(t, c.script...)
			units := []string{c.units}
			if err := s.markComplete(units); err != nil {
				t.Fatal(err)
			}
			res := duty.Evaluate(s.c.core(), s.Final(units))
			for kind, want := range c.want {
				found := ""
				for i := range res.Units {
					if u := &res.Units[i]; u.Kind.String() == kind && dateText(u.Date) == c.units[1:] {
						found = u.Outcome.String()
					}
				}
				if found != want {
					t.Errorf("%s is %q, want %s", kind, found, want)
				}
			}
			if !named(res.DataQuality, duty.DataQualityCodeClockOffset) {
				t.Errorf("CLOCK_OFFSET is missing: %v", res.DataQuality)
			}
		})
	}
	// A clock may be five minutes off.
	s := mustScript(t, "EN", "OUT 2026-02-03T20:05 [rx=2026-02-03T20:00]", "IN 2026-02-04T14:05 [rx=2026-02-04T14:00]")
	if got := strings.Join(judged(t, s, "N2026-02-03"), "\n"); !strings.Contains(got, "STAY 2026-02-03 INDICATED") {
		t.Errorf("five minutes: %s", got)
	}
}

func named(list []duty.DataQuality, code duty.DataQualityCode) bool {
	for i := range list {
		if list[i].Code == code {
			return true
		}
	}
	return false
}

// judged are the verdicts of the core on the units of a script.
func judged(t *testing.T, s *script, units ...string) []string {
	t.Helper()
	if err := s.markComplete(units); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, line := range coreView(s.c, s.Final(units)) {
		out = append(out, line)
	}
	return out
}
