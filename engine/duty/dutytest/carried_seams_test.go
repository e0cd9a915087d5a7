package dutytest

import (
	"slices"

	"tilsyn/engine/duty"
)

// Days of those of whom no passage is by itself, or who pass no gate.
const (
	// barcodeDay is with a barcode card: every passage is in the log as well.
	barcodeDay = "OUT DAYT09:00 [bar]\nREP DAYT12:00\nIN DAYT18:00 [bar]"
	// visitorDay is in, to the stand and out; of hurriedDay the rows are so near each other that they may be one movement.
	visitorDay = "IN DAYT10:00\nREP DAYT10:03:01\nOUT DAYT10:06:02"
	hurriedDay = "IN DAYT10:00\nREP DAYT10:03\nOUT DAYT10:06"
	// standDay and policeDay are a report and nothing else.
	standDay  = "REP DAYT12:00"
	policeDay = "REP DAYT12:00 [police]"
)

// logged is barcodeDay with other lines in place of those of the log.
func logged(out, in string) string {
	return "OUT DAYT09:00 [bar,nolog]\nREP DAYT12:00\nIN DAYT18:00 [bar,nolog]\n" + out + "\n" + in
}

// otherNear are the usual policies, and from February on one with other ideas of what is near.
func otherNear(change func(*duty.Params)) func(*testCase) {
	return func(c *testCase) {
		later := changedPolicy(builtin, change)[0]
		later.From = when("2026-02-01")
		c.policies = append(slices.Clip(c.policies), later)
	}
}

// onPaper changes every entry of a case.
func onPaper(change func(k *duty.Known[duty.ManualEntry])) func(*testCase) {
	return func(c *testCase) {
		for i := range c.facts.ManualEntries {
			change(&c.facts.ManualEntries[i])
		}
	}
}

// seamCases are those of whom only some registrations are seams, and a case for each condition of these.
var seamCases = []carriedCase{
	{name: "a barcode card", day: barcodeDay},
	{name: "a barcode card, and a night away before", day: barcodeDay,
		without: []string{"IN 2026-02-05T18", "REP 2026-02-06", "OUT 2026-02-06"}},
	{name: "a barcode card, and a night away later", day: barcodeDay,
		without: []string{"IN 2026-02-22", "OUT 2026-02-23"}},
	{name: "a barcode card, as far from the log as can be", day: logged("OUT DAYT09:05 [log]", "IN DAYT17:55 [log]")},
	{name: "a log line too far from the row", day: logged("OUT DAYT09:06 [log]", "IN DAYT17:54 [log]"), refused: "carry"},
	{name: "a log line too far from the row under a later policy",
		day:    logged("OUT DAYT09:05 [log]", "IN DAYT17:55 [log]"),
		change: otherNear(func(p *duty.Params) { p.AssistMatchMinutes = 4 }), refused: "carry"},
	{name: "a log line of the other direction", day: logged("IN DAYT09:00 [log]", "OUT DAYT18:00 [log]"),
		refused: "carry"},
	{name: "a log line of another centre", day: logged("OUT DAYT09:00 [log,SJ]", "IN DAYT18:00 [log,SJ]"),
		refused: "carry"},
	{name: "another form than the log", day: logged("OUT DAYT09:00 [form]", "IN DAYT18:00 [form]"), refused: "carry"},
	{name: "a log line beside a report", day: "REP DAYT12:00\nIN DAYT12:00 [log]", profile: "RP",
		change: func(c *testCase) {
			for i := range c.facts.CardEvents {
				c.facts.CardEvents[i].Fact.Direction = duty.Some(duty.DirectionIn)
			}
		}, refused: "carry"},
	{name: "a log line in the hour that occurs twice, with its offset", day: barcodeDay, begins: "2026-10-27",
		facts: "OUT 2026-10-25T02:30+01:00 [bar,nolog]\nOUT 2026-10-25T02:30+01:00 [log]",
		from:  "2026-10-27", at: "2026-11-06T08:00", later: "2026-11-11T08:00"},
	{name: "a log line in the hour that occurs twice", day: barcodeDay, begins: "2026-10-27",
		facts: "OUT 2026-10-25T02:30+01:00 [bar,nolog]\nOUT 2026-10-25T02:30 [log]",
		from:  "2026-10-27", at: "2026-11-06T08:00", later: "2026-11-11T08:00", refused: "carry"},

	{name: "in by the gate to report, and out again", day: visitorDay, profile: "RP"},
	{name: "in, a report and out as near as one movement", day: hurriedDay, profile: "RP", refused: "carry"},
	{name: "in, a report and out, with paper near", day: visitorDay + "\nCHECK DAYT10:08 present", profile: "RP",
		refused: "carry"},
	{name: "in, a report and out, nearer than one movement under a later policy", day: visitorDay, profile: "RP",
		change: otherNear(func(p *duty.Params) { p.CollapseMax = 4 * duty.Minute }), refused: "carry"},

	{name: "reports at the stand alone", day: standDay, profile: "RP"},
	{name: "reports at the stand alone, some of them missing", day: standDay, profile: "RP",
		without: []string{"REP 2026-02-05", "REP 2026-02-22"}},
	{name: "reports at the stand, and passages later", day: standDay, profile: "RP",
		facts: "OUT 2026-02-22T13:00\nOUT 2026-02-23T13:00"},
	{name: "reports at the stand before all passages", without: []string{"OUT 2026-01", "IN 2026-01", "OUT 2026-02-0",
		"IN 2026-02-0"}},
	{name: "reports at the stand after a passage", day: standDay, profile: "RP",
		facts: "OUT 2026-01-10T13:00\nOUT 2026-02-22T13:00", refused: "carry"},
	{name: "a passage among the reports at the stand", day: standDay, profile: "RP",
		facts: "OUT 2026-02-11T12:04\nOUT 2026-02-22T13:00"},

	{name: "reports to the police alone", day: policeDay, profile: "RP"},
	{name: "reports to the police alone, some of them missing", day: policeDay, profile: "RP",
		without: []string{"REP 2026-02-05", "REP 2026-02-22"}},
	{name: "reports to the police, and another life later", day: policeDay, profile: "RP",
		facts: "IN 2026-02-22T18:00\nCHECK 2026-02-23T18:00 present"},
	{name: "reports to the police with a STAY", day: policeDay, facts: "IN 2026-02-22T18:00", refused: "carry"},
	{name: "reports to the police after a row", day: policeDay, profile: "RP",
		facts: "REP 2026-01-10T18:00\nREP 2026-01-10T18:01\nIN 2026-02-22T18:00", refused: "carry"},
	{name: "reports to the police after a row that was ahead of its receipt", day: policeDay, profile: "RP",
		facts: "REP 2026-02-24T18:00 [rx=2026-02-11T06:00]", refused: "carry"},
	{name: "reports to the police after other paper", day: policeDay, profile: "RP",
		facts: "CHECK 2026-01-10T18:00 present\nIN 2026-02-22T18:00", refused: "carry"},
	{name: "no report to the police for months", day: policeDay, profile: "RP",
		without: []string{"REP 2026-01", "REP 2026-02-0"}, refused: "carry"},
	{name: "no report to the police between", day: policeDay, profile: "RP", without: []string{"REP 2026-02-1"},
		refused: "carry"},
	{name: "reports to the police as late as can be", day: policeDay, profile: "RP", change: lateReports(0)},
	{name: "reports to the police that came late", day: policeDay, profile: "RP", change: lateReports(1),
		refused: "carry"},
	{name: "reports to the police that came just before the night before", day: policeDay, profile: "RP",
		begins: "2026-02-01", change: onPaper(func(k *duty.Known[duty.ManualEntry]) {
			k.At = max(k.At, when("2026-02-08T23:00")-1)
		})},
	{name: "reports to the police that came in the night before", day: policeDay, profile: "RP", begins: "2026-02-01",
		without: []string{"REP 2026-02-09"}, change: onPaper(func(k *duty.Known[duty.ManualEntry]) {
			k.At = max(k.At, when("2026-02-09T23:00"))
		}), refused: "carry"},
	{name: "a report to the police of days to come", day: policeDay, profile: "RP",
		facts: "REP 2026-02-24T18:00 [police,rx=2026-02-05T08:00]"},
	{name: "reports to the police in another order", day: policeDay, profile: "RP",
		change: func(c *testCase) { slices.Reverse(c.facts.ManualEntries) }},
	{name: "reports to the police under another name", day: "REP DAYT12:00 [police,name=no]", profile: "RP",
		refused: "carry"},
	{name: "reports to the police that say the person was not found", day: policeDay, profile: "RP",
		change:  onPaper(func(k *duty.Known[duty.ManualEntry]) { k.Fact.Result = duty.Some(duty.CheckResultNotFound) }),
		refused: "carry"},
	{name: "reports to the police that were taken back", day: "REP DAYT12:00 [police,retracted]", profile: "RP",
		refused: "carry"},
	{name: "reports to the police of somebody else", day: policeDay, profile: "RP",
		change:  onPaper(func(k *duty.Known[duty.ManualEntry]) { k.Fact.PersonID = duty.Some("P-2") }),
		refused: "carry"},
	{name: "reports to the police that make no sense", day: policeDay, profile: "RP",
		change: onPaper(func(k *duty.Known[duty.ManualEntry]) { k.Fact.ID += "\t" }), refused: "carry"},
	{name: "reports to the police in two versions", day: policeDay, profile: "RP", change: func(c *testCase) {
		for _, k := range slices.Clone(c.facts.ManualEntries) {
			k.Fact.Version = 2
			c.facts.ManualEntries = append(c.facts.ManualEntries, k)
		}
	}, refused: "carry"},
	{name: "a report to the police in the hour that occurs twice", day: policeDay, profile: "RP", begins: "2026-10-27",
		facts: "REP 2026-10-25T02:30 [police]", from: "2026-10-27", at: "2026-11-06T08:00", later: "2026-11-11T08:00",
		refused: "carry"},
}

// lateReports makes paper known a day and some milliseconds after it happened, where later than a day is late.
func lateReports(after duty.Instant) func(*testCase) {
	return func(c *testCase) {
		c.policies = changedPolicy(builtin, func(p *duty.Params) { p.LateAccusation = duty.Day })
		onPaper(func(k *duty.Known[duty.ManualEntry]) { k.At += duty.Day + after })(c)
	}
}
