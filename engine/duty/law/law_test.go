package law

import "testing"

// TestLookup: rules of both forms of table are found with their section and source.
func TestLookup(t *testing.T) {
	for _, want := range []Rule{
		{ID: "STY-02", Section: "3.4", Title: "Stay duty (STAY)", Source: "001 §5.6; AMB-07",
			Text: "Presence at any moment in N(d) (stay.presence_rule=ANY_IN_WINDOW) → COMPLIANT."},
		{ID: "RD-07", Section: "9.3", Title: "Readings that are fixed", Source: "PRM-07",
			Text: "A silent permission: touches REPORT when it overlaps the slot at all."},
	} {
		if got, ok := Lookup(want.ID); !ok || got != want {
			t.Errorf("%s:\n got  %+v\n want %+v", want.ID, got, want)
		}
	}
	if _, ok := Lookup("ZZZ-01"); ok {
		t.Error("a rule that the law does not have was found")
	}
	if n := len(rules()); n < 300 {
		t.Errorf("%d rules, want hundreds", n)
	}
}

// TestCaveat: a code is found by itself and in a list.
func TestCaveat(t *testing.T) {
	for code, want := range map[string]string{
		"OPEN_INTERVAL": "inference has no closing registration", "LATE_RETURN": "see NTC/STY/RPT", "NONE_SUCH": "",
	} {
		if got := Caveat(code); got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
}
