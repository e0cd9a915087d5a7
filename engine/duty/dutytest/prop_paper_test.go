package dutytest

import (
	"fmt"
	"testing"

	"tilsyn/engine/duty"
)

// The principle behind RD-35 to RD-50: what may be wrong clears freely and never
// accuses by itself.

// addEntry adds a line of paper of this person, or one without a person.
func (c *testCase) addEntry(f duty.ManualEntry, known duty.Instant) {
	f.ID, f.Version, f.ReceivedAt = "new", 1, known
	list := &c.facts.ManualEntries
	if !f.PersonID.OK {
		list = &c.centres.ManualEntries
	}
	*list = append(*list, duty.Known[duty.ManualEntry]{Fact: f, At: known})
}

// anyEntry is a line of paper of any form about the week.
func (g *gen) anyEntry() (duty.ManualEntry, duty.Instant) {
	t := g.time(-2, 7)
	f := duty.ManualEntry{
		PersonID: duty.Some("P"), CentreID: pick(g, g.centreNow(), "KH", "SJ"), LocalTime: withOffset(t),
		Form: pick(g, duty.FormOutagePassage, duty.FormOutageReport, duty.FormBarcodeLog, duty.FormAssistedPassage,
			duty.FormPoliceReport, duty.FormTemporaryRegistration, duty.FormPresenceCheck, duty.FormObservation),
	}
	switch f.Form {
	case duty.FormOutagePassage, duty.FormBarcodeLog, duty.FormAssistedPassage, duty.FormTemporaryRegistration:
		f.Direction = duty.Some(pick(g, duty.DirectionIn, duty.DirectionOut))
		f.APB = pick(g, duty.None[bool](), duty.Some(true), duty.Some(false))
	case duty.FormPresenceCheck, duty.FormObservation:
		f.Result = duty.Some(pick(g, duty.CheckResultPresent, duty.CheckResultNotFound))
	}
	return f, g.received(t)
}

// neverAccuses fails where a unit that counts is INDICATED with the fact added
// and was not without.
func neverAccuses(t *testing.T, what string, counts func(unitKey) bool, add func(g *gen, x *testCase)) {
	t.Helper()
	forCases(t, 400, func(t *testing.T, seed uint64, g *gen) {
		x := g.c.with()
		add(g, x)
		for _, at := range g.clocks() {
			before := outcomes(g.c, at)
			for key, o := range outcomes(x, at) {
				if o == duty.OutcomeIndicated && before[key] != duty.OutcomeIndicated && counts(key) {
					report(t, seed, at, g.c, x, fmt.Sprintf("%s made %s %s INDICATED, it was %s", what,
						key.kind, dateText(key.date), before[key]))
				}
			}
		}
	})
}

func everyUnit(unitKey) bool { return true }

// TestPaperUnderAnotherNameNeverAccuses is RD-36, for every form.
func TestPaperUnderAnotherNameNeverAccuses(t *testing.T) {
	neverAccuses(t, "paper under another name", everyUnit, func(g *gen, x *testCase) {
		f, known := g.anyEntry()
		f.NameMatches = duty.Some(false)
		x.addEntry(f, known)
	})
}

// TestPaperWithoutPersonNeverAccuses is RD-47: nor does it clear.
func TestPaperWithoutPersonNeverAccuses(t *testing.T) {
	neverAccuses(t, "paper without a person", everyUnit, func(g *gen, x *testCase) {
		f, known := g.anyEntry()
		f.PersonID = duty.None[string]()
		x.addEntry(f, known)
	})
}

// TestObservationNeverAccuses is RD-41, whatever the guard wrote.
func TestObservationNeverAccuses(t *testing.T) {
	notReport := func(key unitKey) bool { return key.kind != duty.KindReport } // "present" ends a silence (RD-42)
	neverAccuses(t, "an observation", notReport, func(g *gen, x *testCase) {
		f, known := g.anyEntry()
		f.Form, f.Direction, f.APB = duty.FormObservation, duty.None[duty.Direction](), duty.None[bool]()
		f.Result = pick(g, duty.Some(duty.CheckResultPresent), duty.Some(duty.CheckResultNotFound),
			duty.None[duty.CheckResult]())
		x.addEntry(f, known)
	})
}

// TestRemovalMakesNoAbsence is PAS-08 and RD-37: an assisted entry takes a row
// away and so may end a presence, but makes no absence.
func TestRemovalMakesNoAbsence(t *testing.T) {
	nights := func(key unitKey) bool { return key.kind == duty.KindStay }
	neverAccuses(t, "an assisted entry", nights, func(g *gen, x *testCase) {
		f, known := g.anyEntry()
		f.Form, f.APB, f.Result = duty.FormAssistedPassage, pick(g, duty.None[bool](), duty.Some(true)),
			duty.None[duty.CheckResult]()
		f.Direction = duty.Some(pick(g, duty.DirectionIn, duty.DirectionOut))
		if rows := x.facts.CardEvents; len(rows) > 0 && g.chance(80) { // about a row that there is
			r := rows[g.r.IntN(len(rows))].Fact
			f.Direction, f.LocalTime = r.Direction, withOffset(r.OccurredAt+duty.Instant(g.r.IntN(13)-6)*duty.Minute)
		}
		x.addEntry(f, known)
	})
}
