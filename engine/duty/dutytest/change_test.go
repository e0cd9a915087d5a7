package dutytest

import (
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
)

// changed tells of the night of 3 February at noon of the 5th, changes the case, and returns what
// is told of that night at noon of the 6th, by kind.
func changed(t *testing.T, before, change func(c *testCase)) map[duty.Kind]duty.Violation {
	t.Helper()
	s := mustScript(t, "EN", "OUT 2026-02-03T20:00", "IN 2026-02-04T14:00")
	if err := s.markComplete([]string{"N2026-02-03"}); err != nil {
		t.Fatal(err)
	}
	if before != nil {
		before(s.c)
	}
	at := duty.DateOf(2026, 2, 5).Clock(12, 0)
	in := s.c.core()
	first, err := duty.Revise(in, duty.Evaluate(in, at), nil)
	if err != nil {
		t.Fatal(err)
	}
	var said []duty.Said
	for i := range first {
		said = append(said, duty.SaidOf(&first[i]))
	}
	change(s.c)
	in = s.c.core()
	list, err := duty.Revise(in, duty.Evaluate(in, at+duty.Day), said)
	if err != nil {
		t.Fatal(err)
	}
	of := map[duty.Kind]duty.Violation{}
	for i := range list {
		if list[i].UnitDate == duty.DateOf(2026, 2, 3) {
			of[list[i].Kind] = list[i]
		}
	}
	return of
}

// nobodys is a paper entry about the night that names no person, at a place in the log.
func nobodys(id string, version int64, known duty.Instant, person duty.Opt[string]) duty.Known[duty.ManualEntry] {
	return duty.Known[duty.ManualEntry]{At: known, Pos: duty.Some(duty.Position{Partition: 1, Offset: version}),
		Fact: duty.ManualEntry{
			ID: id, Version: version, ReceivedAt: known, PersonID: person, CentreID: "KH", Form: duty.FormOutagePassage,
			Direction: duty.Some(duty.DirectionIn), LocalTime: "2026-02-04T01:00",
		}}
}

// TestChangeReasons: a change has the reason CLOCK only where no new fact accounts for it. A bad
// record counts as a new fact even if its own time is older than the last revision or cannot be
// read, and so do a heartbeat and paper that names nobody.
func TestChangeReasons(t *testing.T) {
	noon := duty.DateOf(2026, 2, 5).Clock(12, 0)
	bad := func(at duty.Opt[duty.Instant]) func(c *testCase) {
		return func(c *testCase) {
			c.facts.Unreadable = append(c.facts.Unreadable, duty.Unreadable{Topic: "notices", Key: "P", ID: "n9", At: at,
				Pos: duty.Some(duty.Position{Partition: 3, Offset: 17})})
		}
	}
	beat := func(at duty.Instant) func(c *testCase) {
		return func(c *testCase) {
			c.centres.Heartbeats = append(c.centres.Heartbeats, duty.Known[duty.Heartbeat]{At: at, Fact: duty.Heartbeat{
				ID: "h", Version: 1, ReceivedAt: at, SourceID: "KH-carousel", CentreID: duty.Some("KH"),
				At: duty.DateOf(2026, 2, 3).Clock(12, 0),
			}})
		}
	}
	paper := func(at duty.Instant) func(c *testCase) {
		return func(c *testCase) {
			c.centres.ManualEntries = append(c.centres.ManualEntries, nobodys("m9", 1, at, duty.None[string]()))
		}
	}
	irrelevant := func(c *testCase) {
		c.centres.Resolutions = append(c.centres.Resolutions,
			duty.Known[duty.Resolution]{At: noon + duty.Hour, Fact: duty.Resolution{
				ID: "r", Version: 1, ReceivedAt: noon + duty.Hour, Topic: "manual-entries", Partition: 1,
				Offset: 1, Outcome: duty.ResolutionOutcomeIrrelevant, By: "b", At: noon,
			}})
	}
	early := duty.DateOf(2026, 2, 4).Clock(5, 0)
	for name, c := range map[string]struct {
		before, change func(c *testCase)
		status         duty.Status
		cause          string
	}{
		"a bad record, after":         {nil, bad(duty.Some(noon + duty.Hour)), duty.StatusNeedsReview, "DEAD_LETTER:notices:3:17"},
		"a bad record, before":        {nil, bad(duty.Some(early)), duty.StatusWithdrawn, "DEAD_LETTER:notices:3:17"},
		"a bad record without a time": {nil, bad(duty.None[duty.Instant]()), duty.StatusWithdrawn, "DEAD_LETTER:notices:3:17"},
		"a heartbeat, after":          {nil, beat(noon + duty.Hour), duty.StatusWithdrawn, "LATE_DATA:P"},
		"a heartbeat, before":         {nil, beat(early), duty.StatusWithdrawn, "LATE_DATA:P"},
		"paper of nobody, after":      {nil, paper(noon + duty.Hour), duty.StatusNeedsReview, "LATE_DATA:P"},
		"paper of nobody, before":     {nil, paper(early), duty.StatusNeedsReview, "LATE_DATA:P"},
		"paper that is settled":       {paper(early), irrelevant, duty.StatusIndicated, ""},
	} {
		t.Run(name, func(t *testing.T) {
			of := changed(t, c.before, c.change)
			if len(of) != 2 {
				t.Fatalf("%d units changed, want STAY and NOTIFY", len(of))
			}
			for kind, v := range of {
				if v.Status != c.status || v.ChangeReason != duty.ChangeReasonNewFact || v.CauseID.V != c.cause {
					t.Errorf("%s is %s by %s, cause %q", kind, v.Status, v.ChangeReason, v.CauseID.V)
				}
			}
		})
	}
}

// TestClockStaysClock: a change that only the passing of time brings about has the reason CLOCK.
func TestClockStaysClock(t *testing.T) {
	s := mustScript(t, "EN", "OUT 2026-02-03T20:00")
	units := []string{"N2026-02-03"}
	if err := s.markComplete(units); err != nil {
		t.Fatal(err)
	}
	in := s.c.core()
	at := duty.DateOf(2026, 2, 5).Clock(12, 0)
	var said []duty.Said
	reasons := map[duty.ChangeReason]int{}
	for range 60 {
		list, err := duty.Revise(in, duty.Evaluate(in, at), said)
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			reasons[list[i].ChangeReason]++
			said = slices.DeleteFunc(said, func(x duty.Said) bool {
				return x.Kind == list[i].Kind && x.Date == list[i].UnitDate
			})
			said = append(said, duty.SaidOf(&list[i]))
		}
		at += duty.Day
	}
	if reasons[duty.ChangeReasonClock] == 0 || reasons[duty.ChangeReasonNewFact] != 0 {
		t.Errorf("an absence that goes on changes by %v", reasons)
	}
}

// TestNobodysPaperIsNamed: a paper entry that casts a doubt, that no longer does, or that once
// named the person, is listed in the evidence and in both statements.
func TestNobodysPaperIsNamed(t *testing.T) {
	noon := duty.DateOf(2026, 2, 5).Clock(12, 0)
	first := nobodys("m9", 1, duty.DateOf(2026, 2, 4).Clock(5, 0), duty.None[string]())
	named := nobodys("m9", 2, noon+duty.Hour, duty.Some("P-7"))
	own := nobodys("m9", 1, duty.DateOf(2026, 2, 4).Clock(5, 0), duty.Some("P"))
	own.Fact.Direction = duty.Some(duty.DirectionOut)
	lost := nobodys("m9", 2, noon+duty.Hour, duty.None[string]())
	for name, c := range map[string]struct {
		before, change func(c *testCase)
		english        string
		danish         string
	}{
		"casts a doubt": {nil, func(c *testCase) { c.centres.ManualEntries = append(c.centres.ManualEntries, first) },
			"it may be this person's (m9).", "det kan være denne persons (m9)."},
		"is another's": {func(c *testCase) { c.centres.ManualEntries = append(c.centres.ManualEntries, first) },
			func(c *testCase) { c.centres.ManualEntries = append(c.centres.ManualEntries, named) },
			"that could not be linked to a person is settled and no longer leaves any doubt about this " +
				"person (m9).", "er afklaret og giver ikke længere anledning til tvivl om denne person (m9)."},
		"named the person": {func(c *testCase) { c.facts.ManualEntries = append(c.facts.ManualEntries, own) },
			func(c *testCase) {
				c.centres.ManualEntries = append(c.centres.ManualEntries, own, lost)
			},
			"it no longer counts as the person's (m9).", "det tæller ikke længere som personens (m9)."},
	} {
		t.Run(name, func(t *testing.T) {
			of := changed(t, c.before, c.change)
			v, ok := of[duty.KindStay]
			if !ok {
				t.Fatal("nothing is told of the night")
			}
			if !strings.Contains(v.Statement, c.english) || !strings.Contains(v.StatementDa, c.danish) {
				t.Errorf("it says\n%s\n%s", v.Statement, v.StatementDa)
			}
			if !slices.ContainsFunc(v.Evidence, func(e duty.Evidence) bool {
				return e.Topic == "manual-entries" && e.ID == "m9" && e.Partition == duty.Some(int32(1)) &&
					e.Role == duty.EvidenceRoleContext
			}) {
				t.Errorf("the paper is not among the evidence: %+v", v.Evidence)
			}
		})
	}
}
