package duty

import "testing"

// TestSeverity: no record, then NEEDS_REVIEW, then INDICATED. An outcome and a status of one name
// have one severity; a pending unit has none (TX-22).
func TestSeverity(t *testing.T) {
	for o := range OutcomeNotApplicable + 10 {
		want := map[Outcome]Severity{OutcomeNeedsReview: SeverityReview, OutcomeIndicated: SeverityIndicated}[o]
		if o.Severity() != want {
			t.Errorf("%s weighs %d, want %d", o, o.Severity(), want)
		}
		u := Unit{Outcome: o}
		if u.Severity() != want || u.Record() != (want > SeverityNone) {
			t.Errorf("a unit %s weighs %d and is a record: %t", o, u.Severity(), u.Record())
		}
		if u.Pending = true; u.Severity() != SeverityNone || u.Record() {
			t.Errorf("a pending unit %s weighs %d and is a record: %t", o, u.Severity(), u.Record())
		}
	}
	for s := range StatusWithdrawn + 1 {
		want := map[Status]Severity{StatusNeedsReview: SeverityReview, StatusIndicated: SeverityIndicated}[s]
		if s.Severity() != want {
			t.Errorf("status %s weighs %d, want %d", s, s.Severity(), want)
		}
	}
	if SeverityNone >= SeverityReview || SeverityReview >= SeverityIndicated {
		t.Error("the order of severities is another one")
	}
}
