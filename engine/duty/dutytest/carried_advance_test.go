package dutytest

import (
	"slices"

	"tilsyn/engine/duty"
)

// outInTheMiddle and outLater are nights away without a notice that are neither carried at first nor judged after it
// was carried on. Of the first no rows are read then.
var (
	outInTheMiddle = []string{"IN 2026-02-13T18", "REP 2026-02-14", "OUT 2026-02-14"}
	outLater       = []string{"IN 2026-02-17T18", "REP 2026-02-18", "OUT 2026-02-18"}
)

// advanced is a case that is carried on from 25 February at 08:00 to 18 February, and looked at on 27 February.
func advanced(x carriedCase) carriedCase {
	x.again, x.to, x.later = "2026-02-25T08:00", "2026-02-18", "2026-02-27T08:00"
	return x
}

// advanceCases are carried on from a later date, with a case for each condition of it.
var advanceCases = []carriedCase{
	advanced(carriedCase{name: "carried on in an ordinary life"}),
	advanced(carriedCase{name: "carried on after nights away", without: slices.Concat(outAllNight, outInTheMiddle,
		[]string{"IN 2026-02-22T18", "OUT 2026-02-23"})}),
	advanced(carriedCase{name: "carried on with reports at the stand alone", day: standDay, profile: "RP"}),
	advanced(carriedCase{name: "carried on with reports to the police alone", day: policeDay, profile: "RP"}),
	advanced(carriedCase{name: "carried on, and another life later", day: policeDay, profile: "RP",
		facts: "IN 2026-02-22T18:00\nCHECK 2026-02-26T18:00 present"}),
	advanced(carriedCase{name: "carried on with the week of a quota", profile: "NONE",
		facts:   "OBL REPORT 2026-01-05T00:00/ [sched=3/week]\nOBL STAY 2026-01-05T00:00/ [add]",
		without: []string{"REP 2026-02-12", "REP 2026-02-13"}}),
	{name: "carried on to the same date", again: "2026-02-25T08:00", to: "2026-02-10", later: "2026-02-27T08:00",
		refused: "advance"},
	{name: "carried on to an earlier date", again: "2026-02-25T08:00", to: "2026-02-08", later: "2026-02-27T08:00",
		refused: "advance"},
	{name: "carried on before the days after the date are over", again: "2026-02-25T08:00", to: "2026-02-23",
		later: "2026-02-27T08:00", refused: "advance"},
	advanced(carriedCase{name: "carried on with the same last passage by itself before the date",
		without: []string{"OUT 2026-02-1", "IN 2026-02-1"}, from: "2026-02-05", at: "2026-02-10T08:00"}),
	{name: "carried on with no passage by itself for months", again: "2026-05-05T08:00", to: "2026-04-28",
		later: "2026-05-07T08:00", without: []string{"OUT 2026-02-2", "IN 2026-02-2", "OUT 2026-03", "IN 2026-03",
			"OUT 2026-04", "IN 2026-04"}, refused: "advance"},
	advanced(carriedCase{name: "carried on with no passage between", without: []string{"OUT 2026-02-19", "IN 2026-02-19",
		"OUT 2026-02-2", "IN 2026-02-2"}, refused: "advance"}),
	advanced(carriedCase{name: "carried on with a row that came late", without: outInTheMiddle,
		facts: "IN 2026-02-13T18:00 [rx=2026-02-22T08:00]", refused: "advance"}),
	advanced(carriedCase{name: "carried on with a row that is known later than the clock", without: outLater,
		facts: "IN 2026-02-17T18:00 [rx=2026-02-25T09:00]", refused: "advance"}),
	advanced(carriedCase{name: "carried on with a row that is known at the clock", without: outLater,
		facts: "IN 2026-02-17T18:00 [rx=2026-02-25T08:00]"}),
	advanced(carriedCase{name: "carried on with paper that is known later than the clock", without: outInTheMiddle,
		facts: "IN 2026-02-13T18:00 [form,rx=2026-02-25T09:00]", refused: "advance"}),
	advanced(carriedCase{name: "carried on with a notice that is known later than the clock", without: outInTheMiddle,
		facts: "NOTICE 2026-02-13T19:00 [rx=2026-02-25T09:00]", refused: "advance"}),
	advanced(carriedCase{name: "carried on with paper and a notice that are known at the clock", without: outInTheMiddle,
		facts: "IN 2026-02-13T18:00 [form,rx=2026-02-25T08:00]\nNOTICE 2026-02-13T19:00 [rx=2026-02-25T08:00]"}),
	advanced(carriedCase{name: "carried on with what is known later and happened late enough",
		facts: "IN 2026-02-25T07:00 [form,rx=2026-02-25T09:00]\nNOTICE 2026-02-24T19:00 [rx=2026-02-25T09:00]\n" +
			"IN 2026-02-25T07:30 [rx=2026-02-25T09:00]"}),

	advanced(carriedCase{name: "an old row after it was carried on", without: outInTheMiddle,
		facts: "IN 2026-02-13T18:00 [rx=2026-02-26T08:00]", refused: "takes"}),
	advanced(carriedCase{name: "old paper after it was carried on", without: outInTheMiddle,
		facts: "IN 2026-02-13T18:00 [form,rx=2026-02-26T08:00]", refused: "takes"}),
	advanced(carriedCase{name: "an id of before used again after it was carried on",
		facts: "IN 2026-02-05T20:00 [id=x]\nIN 2026-02-26T19:00 [id=x]", refused: "takes"}),
	advanced(carriedCase{name: "an id of between used again after it was carried on",
		facts: "IN 2026-02-21T20:00 [id=x]\nIN 2026-02-26T19:00 [id=x]", refused: "takes"}),
	advanced(carriedCase{name: "an incident of between after it was carried on", without: outInTheMiddle,
		facts: "INC 2026-02-13T20:00/2026-02-14T08:00 [rx=2026-02-26T08:00]", refused: "reached"}),
	{name: "an earlier clock than that at which it was carried on", again: "2026-02-25T08:00", to: "2026-02-18",
		later: "2026-02-25T07:59", refused: "rest"},
	advanced(carriedCase{name: "a hold after it was carried on", facts: "HOLD 2026-02-13T08:00/2026-02-15T08:00 " +
		"[dec=2026-02-26T08:00]", refused: "rest"}),
	{name: "a grace of before that is not over after it was carried on", without: outAllNight,
		again: "2026-02-22T08:00", to: "2026-02-16", later: "2026-02-25T08:00", change: graceOf(18 * duty.Day),
		refused: "rest", bears: "STAY 2026-02-05 pending INDICATED -> STAY 2026-02-05 INDICATED"},
	{name: "a grace of between that is not over after it was carried on", without: outInTheMiddle,
		again: "2026-02-22T08:00", to: "2026-02-16", later: "2026-02-25T08:00", change: graceOf(10 * duty.Day),
		refused: "rest", bears: "STAY 2026-02-13 pending INDICATED -> STAY 2026-02-13 INDICATED"},
	{name: "other parameters after it was carried on", again: "2026-02-22T08:00", to: "2026-02-16",
		change: func(c *testCase) {
			c.policies = changedPolicy(builtin, func(*duty.Params) {})
			p := c.policies[0].Policy
			p.Steps = append(p.Steps, duty.ParamsFrom{From: dateOfText("2026-02-24"), Params: p.Steps[len(p.Steps)-1].Params})
		}, refused: "rest"},
}

// graceOf makes what is indicated wait for some time.
func graceOf(long duty.Instant) func(*testCase) {
	return func(c *testCase) {
		c.policies = changedPolicy(builtin, func(p *duty.Params) { p.EmitGrace = duty.Some(long) })
	}
}
