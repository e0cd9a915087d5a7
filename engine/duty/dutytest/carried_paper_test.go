package dutytest

import "testing"

// awayInTheRest is a night away without a notice that is judged of the rest.
var awayInTheRest = []string{"IN 2026-02-12T18", "REP 2026-02-13", "OUT 2026-02-13"}

// paperCases have paper of before that a verdict on the rest may need.
var paperCases = []carriedCase{
	{name: "old paper", facts: "IN 2026-02-01T18:00 [form]"},
	{name: "old paper of days to come", without: awayInTheRest, facts: "IN 2026-02-12T18:00 [form,rx=2026-02-05T08:00]"},
	{name: "paper of days to come that is known as the rest begins", without: awayInTheRest,
		facts: "IN 2026-02-12T18:00 [form,rx=2026-02-08T00:00]"},
	{name: "old papers of days to come in another order", without: awayInTheRest,
		facts: "IN 2026-02-12T18:00 [form,rx=2026-02-05T08:00]\nIN 2026-02-12T18:30 [form,rx=2026-02-03T08:00]\n" +
			"IN 2026-02-12T18:45 [form,rx=2026-02-04T08:00]"},
	{name: "paper of nobody with the id of old paper",
		facts:  "IN 2026-02-01T18:00 [form,id=x]\nPAPER 2026-02-22T20:00 IN",
		change: func(c *testCase) { c.centres.ManualEntries[0].Fact.ID = "x" }, refused: "knows"},
	advanced(carriedCase{name: "old paper, and carried on", facts: "IN 2026-02-01T18:00 [form]\nIN 2026-02-13T20:00 [form]"}),
	advanced(carriedCase{name: "paper of days to come, and carried on",
		without: []string{"IN 2026-02-21T18", "REP 2026-02-22", "OUT 2026-02-22"},
		facts:   "IN 2026-02-21T18:00 [form,rx=2026-02-14T08:00]"}),
}

// TestPaperOfBeforeIsNotNeeded: of the paper that was known before the rest begins only that is needed which is of
// later.
func TestPaperOfBeforeIsNotNeeded(t *testing.T) {
	for i, known := range []string{"", "2026-02-05T08:00", "", "2026-02-03T08:00"} {
		x := paperCases[i]
		x.profile, x.later = "EN3", "2026-02-25T08:00"
		compared, old := 0, 0
		of := &carrying{t: t, name: x.name, describe: func() string { return x.facts }, c: x.read(t), compared: &compared,
			old: &old}
		at := when("2026-02-20T08:00")
		if !of.begin(at, at, dateOfText("2026-02-10")) {
			t.Fatalf("%s: nothing is carried", x.name)
		}
		since := of.carried.Since()
		if !of.carried.Needs(since) || of.carried.Needs(since-1) {
			t.Errorf("%s: not all paper since %s is needed, or some before", x.name, clockText(since))
		}
		if known == "" {
			continue
		}
		at = when(known)
		if !of.carried.Needs(at) || of.carried.Needs(at-1) || of.carried.Needs(at+1) {
			t.Errorf("%s: the paper known at %s is not needed, or other paper is", x.name, known)
		}
	}
}
