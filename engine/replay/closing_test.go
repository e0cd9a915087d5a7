package replay

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tilsyn/engine/duty"
)

// states lists "as-of state closed_at" of the lines of one code and subject.
func states(text, code, subject string) string {
	line := regexp.MustCompile(`"as_of":"([^"]*)".*"closed_at":("[^"]*"|null),"code":"` +
		code + `".*"(?:subject|person_id)":"` + subject + `"`)
	state := regexp.MustCompile(`"state":"(\w+)"`)
	var out []string
	for l := range strings.Lines(text) {
		if m := line.FindStringSubmatch(l); m != nil {
			s := m[1][:10] + " " + state.FindStringSubmatch(l)[1]
			if m[2] != "null" {
				s += " " + m[2][1:11]
			}
			out = append(out, s)
		}
	}
	return strings.Join(out, ", ")
}

func at(t *testing.T, times ...string) func(*Options) {
	return func(o *Options) {
		for _, x := range times {
			o.AsOf = append(o.AsOf, instant(t, x))
		}
	}
}

// TestClosedObservation is TX-33, with a third as-of at which it stays closed.
func TestClosedObservation(t *testing.T) {
	s := &story{}
	s.resident("A")
	s.holds("A", "c", "2026-01-05T00:00:00Z", "")
	s.passes("A", "c", "IN", "2026-01-10T09:00:00Z")
	s.passes("A", "c", "OUT", "2026-02-12T09:00:00Z")
	got, _ := replayText(t, s.String(), at(t, "2026-02-11T09:00:00Z", "2026-02-13T09:00:00Z", "2026-02-14T09:00:00Z"))
	want := "2026-02-11 OPEN, 2026-02-13 CLOSED 2026-02-13, 2026-02-14 CLOSED 2026-02-13"
	if have := states(got.observations, "NO_ROWS_WHILE_INSIDE", "A"); have != want {
		t.Errorf("%s, want %s in\n%s", have, want, got.observations)
	}
}

// TestPaperOfNobody is TX-35 in replay: one line of the version that names the
// person ends the doubt, and is a paper entry of that person.
func TestPaperOfNobody(t *testing.T) {
	s := &story{}
	s.resident("A")
	s.holds("A", "c", "2026-01-05T00:00:00Z", "")
	s.passes("A", "c", "OUT", "2026-02-03T19:00:00Z")
	s.passes("A", "c", "OUT", "2026-02-04T08:00:00Z")
	entry := `"id":"m1","version":%d,"person_id":%s,"centre_id":"KH","form":"OUTAGE_PASSAGE","direction":"IN","local_time":"2026-02-03T22:30","received_at":%q`
	s.fact("manual-entries", entry, 1, "null", "2026-02-03T21:30:00Z")
	s.fact("manual-entries", entry, 2, `"A"`, "2026-02-06T09:00:00Z")
	s.settled("2026-02", 9)
	got, _ := replayText(t, s.String(), at(t, "2026-02-05T09:00:00Z", "2026-02-07T09:00:00Z"))
	want := "2026-02-05 OPEN, 2026-02-07 CLOSED 2026-02-07"
	if have := states(got.quality, "UNKNOWN_PERSON", "m1"); have != want {
		t.Errorf("%s, want %s in\n%s", have, want, got.quality)
	}
	var nights []string
	for l := range strings.Lines(got.outcomes) {
		if strings.Contains(l, `"kind":"STAY"`) && strings.Contains(l, `"unit_date":"2026-02-03"`) {
			nights = append(nights, regexp.MustCompile(`"outcome":"(\w+)"`).FindStringSubmatch(l)[1])
		}
	}
	if strings.Join(nights, " ") != "UNDETERMINED COMPLIANT" {
		t.Errorf("the night is %v, want UNDETERMINED and, the entry being the person's, COMPLIANT", nights)
	}
}

// TestFindings: a finding that holds again is OPEN again.
func TestFindings(t *testing.T) {
	f := newQualities()
	q := duty.NewDataQuality(duty.DataQualityCodeTwoCards, "A", 0)
	for i, c := range []struct {
		holds bool
		want  duty.FindingState
		at    duty.Opt[duty.Instant]
	}{
		{true, duty.FindingStateOpen, duty.None[duty.Instant]()},
		{false, duty.FindingStateClosed, duty.Some(duty.Instant(1))},
		{true, duty.FindingStateOpen, duty.None[duty.Instant]()},
		{false, duty.FindingStateClosed, duty.Some(duty.Instant(3))},
		{false, duty.FindingStateClosed, duty.Some(duty.Instant(3))},
	} {
		var holds []duty.DataQuality
		if c.holds {
			holds = append(holds, q)
		}
		if got := f.at(duty.Instant(i), holds); len(got) != 1 || got[0].State != c.want || got[0].ClosedAt != c.at {
			t.Errorf("at %d: %+v, want %s", i, got, c.want)
		}
	}
}

// TestHandlingsChangeNothing is the part of TX-37 that is about outcomes and
// revisions.
func TestHandlingsChangeNothing(t *testing.T) {
	s := &story{}
	s.resident("A")
	s.holds("A", "c", "2026-01-05T00:00:00Z", "")
	s.passes("A", "c", "OUT", "2026-02-03T19:00:00Z")
	s.passes("A", "c", "IN", "2026-02-04T13:00:00Z")
	s.settled("2026-02", 9)
	want, _ := replayText(t, s.String(), asOfFebruary(t))
	s.fact("handlings", `"handling_id":"h1","unit_id":"u","person_id":"A","revision":1,"kind":"REPORT_FILED","by_role":"officer","at":"2026-02-09T09:00:00Z","received_at":"2026-02-09T09:00:00Z"`)
	if got, _ := replayText(t, s.String(), asOfFebruary(t)); got != want || want.violations == "" {
		t.Error("what people did with a unit changed the result")
	}
}

// TestRecallNamesFiledReport is the other part of TX-37: a unit is taken back of which
// a report was filed, and the recall names it.
func TestRecallNamesFiledReport(t *testing.T) {
	s := &story{}
	s.resident("A")
	s.holds("A", "c", "2026-01-05T00:00:00Z", "")
	s.passes("A", "c", "OUT", "2026-02-03T19:00:00Z")
	s.passes("A", "c", "IN", "2026-02-04T13:00:00Z")
	s.settled("2026-02", 9)
	stay := duty.UnitID(duty.KindStay, duty.DateOf(2026, 2, 3), "A")
	s.fact("handlings", `"handling_id":"h1","unit_id":"%s","person_id":"A","revision":1,"kind":"REPORT_FILED","document_ref":"J-118","by_role":"officer","at":"2026-02-10T09:00:00Z","received_at":"2026-02-10T09:00:00Z"`, stay)
	s.fact("exclusions", `"exclusion_id":"e1","centre_id":"KH","from_date":"2026-02-03","to_date":"2026-02-04","status":"DECLARED","reason":"lost rows","declared_by":"x","approved_by":"y","declared_at":"2026-02-12T09:00:00Z","received_at":"2026-02-12T09:00:00Z"`)
	path := filepath.Join(t.TempDir(), "recalls")
	got, _ := replayText(t, s.String(), func(o *Options) {
		o.Recalls = path
		for _, at := range []string{"2026-02-11T08:00:00Z", "2026-02-13T08:00:00Z"} {
			o.AsOf = append(o.AsOf, instant(t, at))
		}
	})
	if !strings.Contains(got.violations, `"WITHDRAWN"`) {
		t.Fatalf("nothing was taken back:\n%.2000s", got.violations)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"document_ref":"J-118"`, `"unit_id":"` + stay + `"`, `"filed_units":1`,
		`"filed_at":"2026-02-10T09:00:00.000Z"`, `"recalled_at":null`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the recall does not say %s:\n%s", want, text)
		}
	}
}
