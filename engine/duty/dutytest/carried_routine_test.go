package dutytest

import (
	"strings"

	"tilsyn/engine/duty"
)

// goings are what carriedCase.goes may say: whether a routine goes on behind the verdict on the rest, and that on
// everything.
var goings = map[string][2]bool{"on": {true, true}, "everything": {false, true}, "nowhere": {}}

// The person did not report on 9 February, left on 11 February, and as far as is registered never came back. All later
// nights are excluded, so that no record is made of them.
const (
	left     = "REP 2026-02-10T08:00\nREP 2026-02-11T08:00\nOUT 2026-02-11T09:00\n"
	excluded = "EXCL 2026-02-12/2026-02-25 [dec=2026-02-10T08:00]"
)

// cameBack is a passage in on 14 February, and out again the next day, with the nights excluded before and after.
const cameBack = "IN 2026-02-14T18:00\nREP 2026-02-14T19:00\nREP 2026-02-15T08:00\nOUT 2026-02-15T09:00\n" +
	"EXCL 2026-02-12/2026-02-13 [dec=2026-02-10T08:00]\nEXCL 2026-02-16/2026-02-25 [dec=2026-02-10T08:00]"

var neverBack = []string{"REP 2026-02-09", "OUT 2026-02-09", "IN 2026-02-09", "REP 2026-02-1", "OUT 2026-02-1",
	"IN 2026-02-1", "REP 2026-02-2", "OUT 2026-02-2", "IN 2026-02-2"}

// routineCases are lives in which a routine may go on, or may not: compare holds that it is the same one behind both
// verdicts.
var routineCases = []carriedCase{
	{name: "a routine", goes: "on"},
	{name: "a routine after a night away", without: outAllNight, goes: "on"},
	{name: "a routine of who is excused", without: neverBack[1:], facts: left + excluded, goes: "on"},
	{name: "no routine while a record has no entry", without: neverBack, facts: left + excluded, goes: "nowhere"},
	{name: "no routine behind an entry that may change", without: neverBack, facts: left + cameBack, goes: "everything"},
	{name: "a routine behind an entry that may change, of the date itself", without: neverBack[1:],
		facts: strings.TrimPrefix(left, "REP 2026-02-10T08:00\n") + cameBack, goes: "on"},
	advanced(carriedCase{name: "no routine behind an entry that might have changed before it was carried on",
		without: []string{"REP 2026-02-09", "OUT 2026-02-09", "IN 2026-02-09", "REP 2026-02-10", "OUT 2026-02-10",
			"IN 2026-02-10", "IN 2026-02-11", "OUT 2026-02-12", "IN 2026-02-12", "REP 2026-02-12", "OUT 2026-02-13",
			"IN 2026-02-13", "REP 2026-02-13", "REP 2026-02-14", "OUT 2026-02-14"},
		facts: "REP 2026-02-10T08:00\nREP 2026-02-14T19:00\nEXCL 2026-02-12/2026-02-13 [dec=2026-02-10T08:00]",
		goes:  "everything"}),
	{name: "no policy", change: func(c *testCase) { c.policies = nil }, goes: "nowhere"},
	{name: "a routine behind an entry of the same day", facts: "ANNUL NOTIFY\nANNUL REPORT\nIN 2026-02-12T18:00",
		without: []string{"REP", "IN 2026-02-09", "OUT 2026-02-1", "IN 2026-02-1"},
		at:      "2026-02-13T01:00", later: "2026-02-13T02:00", goes: "on"},
	{name: "a routine until the time of a unit before", without: outAllNight, later: "2026-02-22T08:00",
		change: func(c *testCase) {
			c.policies = changedPolicy(builtin, func(p *duty.Params) { p.EmitGrace = duty.Some(18 * duty.Day) })
		}, goes: "on"},
}
