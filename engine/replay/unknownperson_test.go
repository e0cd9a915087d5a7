package replay

import (
	"strings"
	"testing"
)

// TestUnknownPerson: a PersonID that no group, duty, card or link has ever named is
// named in the data quality, until one does.
func TestUnknownPerson(t *testing.T) {
	s := &story{}
	s.resident("A")
	s.holds("A", "c", "2026-01-05T00:00:00Z", "")
	s.passes("A", "c", "OUT", "2026-02-03T19:00:00Z")
	s.passes("A1", "c1", "IN", "2026-02-03T20:00:00Z")
	f, _ := replayText(t, s.String(), asOfFebruary(t))
	if n := strings.Count(f.quality, `"code":"UNKNOWN_PERSON"`); n != 1 || !strings.Contains(f.quality, `"subject":"A1"`) {
		t.Errorf("%d lines:\n%s", n, f.quality)
	}
	s.holds("A1", "c1", "2026-01-05T00:00:00Z", "")
	if f, _ := replayText(t, s.String(), asOfFebruary(t)); strings.Contains(f.quality, "UNKNOWN_PERSON") {
		t.Errorf("it is named still:\n%s", f.quality)
	}
}
