package explain

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// night is the evening of 3 February 2026, which the tests are about.
var night = duty.DateOf(2026, 2, 3)

// resident are facts of a person P under STAY and NOTIFY, with a card that X held before and used
// once more.
func resident() *duty.Facts {
	f := &duty.Facts{}
	begun := duty.DateOf(2026, 1, 5).Start()
	f.GroupChanges = append(f.GroupChanges, duty.Known[duty.GroupChange]{At: begun, Fact: duty.GroupChange{ID: "g",
		Version: 1, ReceivedAt: begun, PersonID: "P", Group: duty.GroupExpelledJudgment, ValidFrom: begun}})
	for _, d := range []struct {
		kind  duty.Kind
		basis duty.LegalBasis
	}{{duty.KindStay, duty.LegalBasisReturnAct132}, {duty.KindNotify, duty.LegalBasisReturnAct134}} {
		f.ObligationChanges = append(f.ObligationChanges, duty.Known[duty.ObligationChange]{At: begun,
			Fact: duty.ObligationChange{ID: "o" + d.kind.String(), Version: 1, ReceivedAt: begun,
				DecisionID: "D" + d.kind.String(), PersonID: "P", Kind: d.kind, Action: duty.ActionImpose,
				LegalBasis: d.basis, CentreID: "KH", ServedAt: duty.Some(begun), ValidFrom: begun}})
	}
	hold := func(id, person string, from duty.Instant, to duty.Opt[duty.Instant]) {
		f.CardAssignments = append(f.CardAssignments, duty.Known[duty.CardAssignment]{At: begun, Fact: duty.CardAssignment{
			ID: id, Version: 1, ReceivedAt: begun, CardID: "C", PersonID: person, CardType: duty.CardTypeBiometric,
			ValidFrom: from, ValidTo: to, AntiPassback: duty.AntiPassbackOn, Created: duty.CardCreationAutomatic}})
	}
	hold("aX", "PERSON-X", begun-duty.Day, duty.Some(begun))
	hold("aP", "P", begun, duty.None[duty.Instant]())
	row := func(id, person string, at duty.Instant, dir duty.Direction) {
		f.CardEvents = append(f.CardEvents, duty.Known[duty.CardEvent]{At: at, Fact: duty.CardEvent{ID: id, Version: 1,
			ReceivedAt: at, PersonID: duty.Some(person), CardID: "C", CardType: duty.CardTypeBiometric, CentreID: "KH",
			DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage,
			Direction: duty.Some(dir), Scan: duty.ScanComplete, OccurredAt: at}})
	}
	row("row-in", "P", night.Clock(12, 0), duty.DirectionIn)
	row("row-out", "P", night.Clock(20, 0), duty.DirectionOut)
	row("row-back", "P", (night+1).Clock(14, 0), duty.DirectionIn)
	row("row-of-x", "PERSON-X", begun-duty.Hour, duty.DirectionIn)
	row("row-of-x-late", "PERSON-X", (night+2).Clock(1, 0), duty.DirectionIn)
	return f
}

// caseAt is the case of a unit at a clock; settled says whether the logs need no proof.
func caseAt(k duty.Kind, d duty.Date, at duty.Instant, settled bool) Case {
	p := *policy.Builtin()
	if settled {
		p.Settle = nil
	}
	in := duty.Input{PersonID: "P", Person: resident(), Centres: duty.NewCentres(duty.CentreFacts{}),
		Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: &p}}}
	return Case{PersonID: "P", Kind: k, Date: d, Moments: []Moment{{at, in}}, Watched: true}
}

// TestNothingOfOthers: neither the id of another holder of the card nor a row of that person outside the
// evidence is shown in any form, nor what became known after the clock.
func TestNothingOfOthers(t *testing.T) {
	for _, k := range []duty.Kind{duty.KindStay, duty.KindNotify} {
		x, err := Explain(caseAt(k, night, (night+1).Clock(8, 0), true))
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []string{x.Text(), x.HTML()} {
			for _, hidden := range []string{"PERSON-X", "row-of-x", "row-back"} {
				if strings.Contains(form, hidden) {
					t.Errorf("%s shows %q", k, hidden)
				}
			}
			if !strings.Contains(form, "row-out") || !strings.Contains(form, "OPEN_INTERVAL") {
				t.Errorf("%s does not show what is known:\n%s", k, form)
			}
		}
	}
}

// TestMissing: a unit whose logs are not proven says which, and the order of questions ends at the answer.
func TestMissing(t *testing.T) {
	x, err := Explain(caseAt(duty.KindStay, night, (night+2).Clock(8, 0), false))
	if err != nil {
		t.Fatal(err)
	}
	if x.Verdict.Outcome != "PROVISIONAL" || x.Settlement.Settled || len(x.Settlement.Missing) != 8 ||
		!strings.Contains(x.Settlement.Missing[0], "ASSISTED_PASSAGE of KH is complete for 2026-02-03") {
		t.Errorf("%s, missing %q", x.Verdict.Outcome, x.Settlement.Missing)
	}
	kept, err := Explain(caseAt(duty.KindStay, night-1, (night+2).Clock(8, 0), true))
	if err != nil {
		t.Fatal(err)
	}
	if kept.Verdict.Outcome != "UNDETERMINED" {
		t.Fatal(kept.Verdict.Outcome)
	}
	var answers []string
	for _, c := range kept.Order {
		answers = append(answers, c.Rule+" "+c.Answer)
	}
	want := []string{"OBL-01 yes", "EVD-12 no", "OBL-12 no", "PRM-02 no", "EXC-02 no", "PRS-01 yes", "STY-02 not reached"}
	if !slices.Equal(answers, want) {
		t.Errorf("%q, want %q", answers, want)
	}
}

// TestNotFound: a date without a unit names the nearest units, and a night that is not over says so; neither
// names the person.
func TestNotFound(t *testing.T) {
	at := (night + 1).Clock(8, 0)
	for d, want := range map[duty.Date]string{
		duty.DateOf(2025, 1, 1): "no decision makes a unit of STAY due on 2025-01-01; the nearest units of the person are " +
			"STAY:2026-01-04, STAY:2026-01-05,",
		night + 1: "STAY of 2026-02-04 is not over at 2026-02-04T08:00:00+01:00, and nothing is judged before: " +
			"give a later --as-of; the nearest units of the person are STAY:2026-02-03,",
	} {
		_, err := Explain(caseAt(duty.KindStay, d, at, true))
		var not *NotFoundError
		if !errors.As(err, &not) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", d, err, want)
		}
	}
}

// TestEveryCandidateIsAFact: each candidate of every duty has a topic and lies at no time after the clock.
func TestEveryCandidateIsAFact(t *testing.T) {
	at := (night + 2).Clock(8, 0)
	for _, k := range []duty.Kind{duty.KindStay, duty.KindNotify} {
		c := caseAt(k, night, at, true)
		c.With = func(any) (duty.Input, bool) { return c.last().Input, true }
		a, state := duty.Explain(c.last().Input, k, night, at)
		if state != duty.UnitFound {
			t.Fatal(state)
		}
		topics := map[string]bool{}
		for _, x := range seek(&c, &a) {
			topic, _ := topicOf(x.record)
			topics[topic] = true
			if x.at.OK && x.at.V > at || !strings.HasPrefix(string(line(x.record)), `{"topic":"`+topic) {
				t.Errorf("%s: %s", k, line(x.record))
			}
		}
		if len(topics) < 8 {
			t.Errorf("%s: candidates of %d topics", k, len(topics))
		}
		// What changes nothing is not said to clear.
		if got := clearing(&c, &a); len(got.Facts) != 0 || got.Asked < 50 {
			t.Errorf("%s: %d facts clear of %d asked, though none changes anything", k, len(got.Facts), got.Asked)
		}
	}
}
