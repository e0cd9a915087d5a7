package dutytest

import (
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
)

// heldCase is somebody of whom a night and a report were told, and of whom a
// record then turns out not to be readable.
func heldCase(t *testing.T, known duty.Instant) (said []duty.Said, after []duty.Violation) {
	t.Helper()
	s, err := newScript("EN3\nOUT 2026-02-03T20:00\nIN 2026-02-04T14:00")
	if err != nil {
		t.Fatal(err)
	}
	units := []string{"N2026-02-03", "D2026-02-03"}
	if err := s.markComplete(units); err != nil {
		t.Fatal(err)
	}
	at := duty.DateOf(2026, 2, 5).Clock(12, 0)
	in := s.c.core()
	first, err := duty.Revise(in, duty.Evaluate(in, at), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range first {
		said = append(said, duty.SaidOf(&first[i]))
	}
	s.c.facts.Unreadable = append(s.c.facts.Unreadable,
		duty.Unreadable{Topic: "card-events", Key: "P", ID: "e9", At: duty.Some(known),
			Pos: duty.Some(duty.Position{Partition: 3, Offset: 17})})
	in = s.c.core()
	after, err = duty.Revise(in, duty.Evaluate(in, at+duty.Day), said)
	if err != nil {
		t.Fatal(err)
	}
	return said, after
}

// A hold by a record that cannot be read names it in the record: where it lies
// among the evidence and in both statements, so that somebody can look at it
// (INC-06, INC-07).
func TestHoldNamesTheRecord(t *testing.T) {
	const en = "A record of card-events, partition 3, " +
		"offset 17 that cannot be read may speak of it and holds it until that is settled."
	const da = "En post i card-events, partition 3, offset 17, der ikke kan læses"
	for name, c := range map[string]struct {
		known  duty.Instant
		status duty.Status
	}{
		"known when the proof was there": {duty.DateOf(2026, 2, 5).Clock(18, 0), duty.StatusNeedsReview},
		"known before the proof":         {duty.DateOf(2026, 2, 3).Clock(18, 0), duty.StatusWithdrawn},
	} {
		_, after := heldCase(t, c.known)
		of := map[duty.Kind]bool{}
		for i := range after {
			v := &after[i]
			if v.UnitDate != duty.DateOf(2026, 2, 3) {
				continue
			}
			of[v.Kind] = true
			if v.Status != c.status {
				t.Errorf("%s: %s is %s", name, v.Kind, v.Status)
			}
			if c.known > duty.DateOf(2026, 2, 5).Clock(12, 0) && v.ChangeReason != duty.ChangeReasonNewFact {
				t.Errorf("%s: %s changed by %s", name, v.Kind, v.ChangeReason)
			}
			if !strings.Contains(v.Statement, en) || !strings.Contains(v.StatementDa, da) {
				t.Errorf("%s: %s says\n%s\n%s", name, v.Kind, v.Statement, v.StatementDa)
			}
			if !slices.ContainsFunc(v.Evidence, func(e duty.Evidence) bool {
				return e.Topic == "card-events" && e.ID == "e9" && e.Partition == duty.Some(int32(3)) &&
					e.Offset == duty.Some(int64(17)) && e.Role == duty.EvidenceRoleContext
			}) {
				t.Errorf("%s: %s has no evidence of it: %+v", name, v.Kind, v.Evidence)
			}
		}
		if len(of) != 3 {
			t.Errorf("%s: %v changed, want all three kinds", name, of)
		}
	}
}
