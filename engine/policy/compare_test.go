package policy

import (
	"slices"
	"testing"
)

// TestCompare: a policy differs from itself in nothing, and from another in what that one says, either way
// round; a changed source is no difference.
func TestCompare(t *testing.T) {
	t.Parallel()
	was := BuiltinBook()
	if d := was.Compare(BuiltinBook()); len(d) != 0 {
		t.Errorf("it differs from itself: %v", d)
	}
	const text = `version: other
parameters:
  report.grace:
    - {value: PT30M, valid_from: "2026-03-01", source: order 7}
  settle.max_wait: {value: P14D, source: another source}
centres:
  - {id: NEW, name: New, kind: DEPARTURE_CENTRE, stand_side: INSIDE, source: order 8}
`
	is, err := LoadBook("other", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	there, back := was.Compare(is), is.Compare(was)
	for i, d := range there {
		if back[i] != (Difference{d.What, d.Is, d.Was}) {
			t.Errorf("one way round it is %v, the other %v", d, back[i])
		}
	}
	want := Difference{"report.grace", "PT15M always", "PT15M ..2026-02-28; PT30M 2026-03-01.."}
	if !slices.Contains(there, want) {
		t.Errorf("%v is missing in %v", want, there)
	}
	for _, d := range there {
		if d.What == "settle.max_wait" {
			t.Errorf("a source is a difference: %v", d)
		}
	}
	if !slices.ContainsFunc(there, func(d Difference) bool { return d.What == "place NEW" && d.Was == "" }) {
		t.Errorf("the new place is missing in %v", there)
	}
}
