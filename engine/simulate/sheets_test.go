package simulate

import (
	"slices"
	"testing"

	"tilsyn/engine/duty"
)

// Whatever paper can say too much or too little of comes about, and each kind
// has its truth beside it.
func TestPaperOfEveryKindComesAbout(t *testing.T) {
	cfg := november(3)
	cfg.Start = dateOf(2024, 3, 11) // the temporary registration ends in it
	facts, truth := simulated(t, cfg)
	have := map[string]int{}
	for _, f := range facts {
		switch r := f.Record.(type) {
		case *duty.ManualEntry:
			have[r.Form.String()]++
			if r.Form == duty.FormObservation {
				have["OBSERVATION "+r.Result.V.String()]++
			}
			if r.APB.OK && !r.APB.V {
				have["by hand"]++
			}
			if r.NameMatches.OK && !r.NameMatches.V {
				have["another name"]++
			}
			if r.Form == duty.FormTemporaryRegistration && r.LocalTime >= "2024-03-23" {
				t.Errorf("a temporary registration after its time: %+v", r)
			}
			if !r.PersonID.OK {
				have["no person"]++
				if f.Key != r.CentreID {
					t.Errorf("paper without a person has the key %q", f.Key)
				}
			} else if r.Version > 1 {
				have["read later under "+map[bool]string{true: "centre", false: "person"}[f.Key == r.CentreID]]++
			}
		case *duty.Settlement:
			have[r.LogType.String()+" marked"]++
		case *duty.ObligationChange:
			if slices.Contains(r.Places, duty.ReportPlacePolice) {
				have["police at "+r.CentreID]++
			}
		}
	}
	for _, what := range []string{"TEMPORARY_REGISTRATION", "POLICE_REPORT", "POLICE_LOG marked",
		"police at POLICE", "police at KH", "by hand",
		"another name", "no person", "read later under centre", "read later under person", "OBSERVATION PRESENT",
		"OBSERVATION NOT_FOUND", "OBSERVATION UNKNOWN"} {
		if have[what] == 0 {
			t.Errorf("no %s", what)
		}
	}
	why := map[Why]bool{}
	_, later := simulated(t, november(3))
	for _, u := range append(truth.Units, later.Units...) {
		why[u.Why] = true
	}
	for _, w := range []Why{WhySuspension, WhyName, WhyUnread, WhyObserved} {
		if !why[w] {
			t.Errorf("no breach is without a record because of: %s", w)
		}
	}
	if have["read later under centre"] != have["read later under person"] {
		t.Errorf("a version that names the person stands under both keys: %v", have)
	}
}
