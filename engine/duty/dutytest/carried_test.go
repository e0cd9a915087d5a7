package dutytest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
)

// carriedCase is a resident under three duties since 5 January, of whom everything was judged on 20 February at 08:00
// and again on 25 February, carried over 10 February (carriedLife says which days are as usual).
type carriedCase struct {
	name string
	// facts are lines of the notation in testdata/scripts, beside the usual ones.
	facts string
	// without are prefixes of usual lines that are left out.
	without []string
	// profile is EN3 where it is empty, from 2026-02-10, at 2026-02-20T08:00, later 2026-02-25T08:00.
	profile, from, at, later string
	// again is the clock of a verdict on the rest between, after which it is carried on to the date to.
	again, to string
	// begins is the first usual day, 2026-01-06 where it is empty; day are the lines of one, each with DAY for its
	// date, where it is another than usualDay.
	begins, day string
	// change changes the facts, input what is judged at a clock.
	change func(c *testCase)
	input  func(in *duty.Input, at duty.Instant)
	// refused is who notices that everything has to be judged, or that it cannot be carried on: carry, takes, reached,
	// rest or advance. Where it is empty, what
	// is put together is compared with the verdict on everything.
	refused string
	// goes says where a routine may go on, if that is looked at: "on", "everything" where it may not behind what is
	// carried, or "nowhere".
	goes string
	// bears is a unit that is not what it was: what a carried verdict would say, " -> ", and what is right. Where it
	// is empty though something is refused, that is for caution.
	bears string
}

// usualDay is a report in the morning, out, and back in the evening.
const usualDay = "REP DAYT08:00\nOUT DAYT09:00\nIN DAYT18:00"

// carriedLife are the usual lines of a life from a date to another, both included.
func carriedLife(usual, from, to string) (lines []string) {
	for d := dateOfText(from); d <= dateOfText(to); d++ {
		lines = append(lines, strings.Split(strings.ReplaceAll(usual, "DAY", d.String()), "\n")...)
	}
	return lines
}

// outAllNight is a night away without a notice, and leftInTheEvening one where facts say OUT later than usual.
var (
	outAllNight      = []string{"IN 2026-02-05T18", "REP 2026-02-06", "OUT 2026-02-06"}
	leftInTheEvening = outAllNight[1:]
)

// wholeNight is what proves nothing else of it.
const wholeNight = "NOTIFY 2026-02-05 INDICATED -> NOTIFY 2026-02-05 "

var carriedCases = []carriedCase{
	{name: "an ordinary life"},
	{name: "a night away before", without: outAllNight},
	{name: "a night away later", without: []string{"IN 2026-02-22T18", "OUT 2026-02-23"}},
	{name: "two passages out, with reports between", without: []string{"IN 2026-02-11", "OUT 2026-02-12", "IN 2026-02-12",
		"OUT 2026-02-13", "IN 2026-02-13",
		"OUT 2026-02-14", "IN 2026-02-14", "OUT 2026-02-15", "IN 2026-02-15", "OUT 2026-02-16", "IN 2026-02-16",
		"OUT 2026-02-17", "IN 2026-02-17", "OUT 2026-02-18", "IN 2026-02-18", "OUT 2026-02-19", "IN 2026-02-19"}},
	{name: "a movement before that was not registered", without: []string{"OUT 2026-02-03"}},
	{name: "a night that is not over", at: "2026-02-20T02:00"},
	{name: "a grace of the date itself that is not over", without: []string{"IN 2026-02-10T18", "REP 2026-02-11",
		"OUT 2026-02-11"}, change: func(c *testCase) {
		c.policies = changedPolicy(builtin, func(p *duty.Params) { p.EmitGrace = duty.Some(12 * duty.Day) })
	}},
	{name: "the longest grace of reports", change: func(c *testCase) {
		c.policies = changedPolicy(builtin, func(p *duty.Params) { p.ReportGraceMinutes = 12 * 60 })
	}},
	{name: "the same clock", later: "2026-02-20T08:00"},
	{name: "a policy comes into force at the clock", input: func(in *duty.Input, _ duty.Instant) {
		in.Policies = append(slices.Clone(in.Policies), quietPolicy("2026-02-20T08:00"))
	}},
	{name: "a passage as the rows begin that are read", facts: "OUT 2026-02-08T00:00\nIN 2026-02-08T02:00"},
	{name: "a decision at the clock", facts: "PERM 2026-02-05T08:00/2026-02-07T08:00 [dec=2026-02-20T08:00]"},
	{name: "paper that is known at the clock", facts: "IN 2026-02-05T18:00 [form,rx=2026-02-20T08:00]",
		without: outAllNight},
	{name: "the centre closes between", facts: "CENTRE KH 2016-01-01/2026-02-21"},
	{name: "paper and a notice that come later", facts: "ASSIST 2026-02-21T20:00 OUT\nASSIST 2026-02-21T20:30 IN\n" +
		"NOTICE 2026-02-22T17:00"},
	{name: "a quota counts the whole week", profile: "NONE", from: "2026-02-15", without: []string{"REP 2026-02-12",
		"REP 2026-02-13", "REP 2026-02-14", "REP 2026-02-15"}, facts: "OBL REPORT 2026-01-05T00:00/ [sched=3/week]\n" +
		"OBL STAY 2026-01-05T00:00/ [add]"},

	// Of the units before a date nothing is carried.
	{name: "the days after the date are not over", at: "2026-02-12T20:00", refused: "carry"},
	{name: "no passage by itself before", without: []string{"OUT 2026-01", "IN 2026-01", "OUT 2026-02-0", "IN 2026-02-0"},
		facts: "OUT 2026-01-05T09:00\nIN 2026-01-05T09:01", refused: "carry"},
	{name: "no passage between", without: []string{"OUT 2026-02-1", "IN 2026-02-1"}, refused: "carry"},
	{name: "a record that could not be read", change: func(c *testCase) {
		c.facts.Unreadable = []duty.Unreadable{{Topic: duty.TopicPermissions, Key: "P"}}
	}, refused: "carry"},
	{name: "a link", facts: "MERGE 2026-02-16T08:00", refused: "carry"},
	{name: "a card of everybody", change: func(c *testCase) { c.facts.Crowds = []duty.Crowd{{CardID: "x"}} },
		refused: "carry"},
	{name: "an assessment of a departure", facts: "NODEPART 2026-02-16 [dec=2026-02-16T08:00]", refused: "carry"},
	{name: "a conviction", change: func(c *testCase) {
		c.facts.Convictions = []duty.Known[duty.Conviction]{{At: when("2026-02-16T08:00"), Fact: duty.Conviction{ID: "c",
			Version: 1, PersonID: "P", ReceivedAt: when("2026-02-16T08:00")}}}
	}, refused: "carry"},
	{name: "paper that was nobody's", facts: "PAPER 2026-02-16T20:00 IN [own=2026-02-16T21:00]", refused: "carry"},
	{name: "units from a date on", input: func(in *duty.Input, _ duty.Instant) {
		in.FromDate = duty.Some(dateOfText("2026-02-01"))
	}, refused: "carry"},
	{name: "units up to a date", input: func(in *duty.Input, _ duty.Instant) {
		in.ToDate = duty.Some(dateOfText("2026-03-01"))
	}, refused: "carry"},
	{name: "facts may be missing", input: func(in *duty.Input, _ duty.Instant) { in.Provisional = true }, refused: "carry"},
	{name: "a long grace of reports", change: func(c *testCase) {
		c.policies = changedPolicy(builtin, func(p *duty.Params) { p.ReportGraceMinutes = 13 * 60 })
	}, refused: "carry"},
	{name: "a row of long ago that came late", without: outAllNight,
		facts: "IN 2026-02-05T18:00 [rx=2026-02-18T08:00]", refused: "carry"},
	{name: "a row that is known later than the clock", without: outAllNight,
		facts: "IN 2026-02-05T18:00 [rx=2026-02-20T09:00]", refused: "carry",
		bears: "STAY 2026-02-05 INDICATED -> STAY 2026-02-05 UNDETERMINED"},
	{name: "paper that is known later than the clock", facts: "IN 2026-02-05T18:00 [form,rx=2026-02-20T09:00]",
		without: outAllNight, refused: "carry", bears: "STAY 2026-02-05 INDICATED -> STAY 2026-02-05 "},
	{name: "a notice that is known later than the clock", without: outAllNight,
		facts: "NOTICE 2026-02-05T17:00 [rx=2026-02-20T09:00]", refused: "carry", bears: wholeNight},

	// What comes later ends it.
	{name: "an id used twice", without: leftInTheEvening,
		facts:   "OUT 2026-02-05T20:00 [id=x]\nIN 2026-02-22T19:00 [id=x]",
		refused: "takes", bears: "STAY 2026-02-05 INDICATED -> STAY 2026-02-05 UNDETERMINED"},
	{name: "an id used twice, after a longer life", begins: "2025-10-01", without: leftInTheEvening,
		facts: "OUT 2026-02-05T20:00 [id=x]\nIN 2026-02-22T19:00 [id=x]", refused: "takes"},
	{name: "an id of paper used twice", without: outAllNight, refused: "takes",
		facts: "ASSIST 2026-02-05T19:00 IN [id=x]\nASSIST 2026-02-22T19:00 IN [id=x]"},
	{name: "an id of a notice used twice", without: outAllNight, refused: "takes",
		facts: "NOTICE 2026-02-05T17:00 [id=x]\nNOTICE 2026-02-22T17:00 [id=x]"},
	{name: "a version of an old row", without: leftInTheEvening,
		facts:   "OUT 2026-02-05T20:00 [id=x]\nOUT 2026-02-22T19:00 [id=x,v=2]",
		refused: "takes", bears: "STAY 2026-02-05 INDICATED -> STAY 2026-02-05 UNDETERMINED"},
	{name: "a version of a row not known", facts: "IN 2026-02-22T19:00 [v=2]", refused: "takes"},
	{name: "a row taken back", facts: "IN 2026-02-22T19:00 [retracted]", refused: "takes"},
	{name: "an old row", without: outAllNight, facts: "IN 2026-02-05T18:00 [rx=2026-02-22T08:00]",
		refused: "takes", bears: "STAY 2026-02-05 INDICATED -> STAY 2026-02-05 UNDETERMINED"},
	{name: "old paper", without: outAllNight, facts: "IN 2026-02-05T18:00 [form,rx=2026-02-22T08:00]",
		refused: "takes", bears: "STAY 2026-02-05 INDICATED -> STAY 2026-02-05 "},
	{name: "an old notice", without: outAllNight, facts: "NOTICE 2026-02-05T17:00 [rx=2026-02-22T08:00]",
		refused: "takes", bears: wholeNight},
	{name: "a row of another card holder", facts: "IN 2026-02-22T19:00 [pid=P-2]", refused: "takes"},
	{name: "paper about another", facts: "ASSIST 2026-02-22T19:00 IN", change: func(c *testCase) {
		c.facts.ManualEntries[0].Fact.PersonID = duty.Some("P-2")
	}, refused: "takes"},
	{name: "a notice about another", facts: "NOTICE 2026-02-22T17:00 [id=x]", change: func(c *testCase) {
		c.facts.Notices[0].Fact.PersonID = "P-2"
	}, refused: "takes"},
	{name: "a row ahead of its receipt", facts: "IN 2026-02-22T19:00 [rx=2026-02-22T18:00]", refused: "takes"},
	{name: "a row that makes no sense", facts: "IN 2026-02-22T19:00 [id=x]", change: func(c *testCase) {
		for i := range c.facts.CardEvents {
			if k := &c.facts.CardEvents[i].Fact; k.ID == "x" {
				k.Direction = duty.None[duty.Direction]()
			}
		}
	}, refused: "takes"},
	{name: "paper that makes no sense", facts: "ASSIST 2026-02-22T19:00 IN [id=x]", change: func(c *testCase) {
		c.facts.ManualEntries[0].Fact.CentreID = "nowhere"
	}, refused: "takes"},
	{name: "a notice that makes no sense", facts: "NOTICE 2026-02-22T17:00 [id=x]", change: func(c *testCase) {
		c.facts.Notices[0].Fact.CentreID = "nowhere"
	}, refused: "takes"},
	{name: "paper whose time is none", facts: "ASSIST 2026-02-22T19:00 IN", change: func(c *testCase) {
		c.facts.ManualEntries[0].Fact.LocalTime = "2026-02-30T19:00:00"
	}, refused: "takes"},
	{name: "paper whose time has two readings", facts: "ASSIST 2026-10-25T02:30 IN", from: "2026-10-12",
		at: "2026-10-22T08:00", later: "2026-10-27T08:00", refused: "takes"},

	{name: "a decision is not taken in", facts: "PERM 2026-02-22T08:00/2026-02-24T08:00", refused: "takes"},

	{name: "an incident of before", without: outAllNight,
		facts:   "INC 2026-02-05T20:00/2026-02-06T08:00 [rx=2026-02-22T08:00]",
		refused: "reached", bears: "STAY 2026-02-05 INDICATED -> STAY 2026-02-05 "},
	{name: "an exclusion of before", without: outAllNight, facts: "EXCL 2026-02-05/2026-02-06 [dec=2026-02-22T08:00]",
		refused: "reached", bears: "STAY 2026-02-05 INDICATED -> STAY 2026-02-05 EXCLUDED"},
	{name: "an exclusion of before is lifted", without: outAllNight,
		facts:   "EXCL 2026-02-05/2026-02-06 [dec=2026-02-05T08:00]\nLIFT 2026-02-22T08:00",
		refused: "reached", bears: "STAY 2026-02-05 EXCLUDED -> STAY 2026-02-05 "},
	{name: "an incident of now", facts: "INC 2026-02-22T20:00/2026-02-23T08:00"},
	{name: "an exclusion of now that makes no sense", without: []string{"IN 2026-02-07T18", "REP 2026-02-08",
		"OUT 2026-02-08"}, facts: "EXCL 2026-02-20/2026-02-20 [dec=2026-02-20T09:00]", change: func(c *testCase) {
		x := &c.centres.Exclusions[0].Fact
		x.ApprovedBy = x.DeclaredBy
	}, refused: "reached", bears: "STAY 2026-02-07 INDICATED -> STAY 2026-02-07 "},

	// What is not taken in is noticed all the same.
	{name: "a permission", without: outAllNight, facts: "PERM 2026-02-05T08:00/2026-02-07T08:00 [dec=2026-02-22T08:00]",
		refused: "rest", bears: "STAY 2026-02-05 INDICATED -> STAY 2026-02-05 "},
	{name: "a permission known later than the clock", without: outAllNight,
		facts:   "PERM 2026-02-05T08:00/2026-02-07T08:00 [dec=2026-02-20T09:00]",
		refused: "rest", bears: "STAY 2026-02-05 INDICATED -> STAY 2026-02-05 "},
	{name: "a hold", without: outAllNight, facts: "HOLD 2026-02-05T08:00/2026-02-07T08:00 [dec=2026-02-22T08:00]",
		refused: "rest", bears: "STAY 2026-02-05 INDICATED -> STAY 2026-02-05 "},
	{name: "a decision", without: outAllNight, facts: "ANNUL STAY [dec=2026-02-22T08:00]",
		refused: "rest", bears: "STAY 2026-02-05 INDICATED -> "},
	{name: "a group", facts: "GROUP REJECTED 2026-02-22T08:00", refused: "rest"},
	{name: "a card", facts: "CARD x 2026-02-22T08:00/", refused: "rest"},
	{name: "an acknowledgement", change: func(c *testCase) {
		c.facts.Acknowledgements = []duty.Known[duty.Acknowledgement]{{At: when("2026-02-22T08:00"),
			Fact: duty.Acknowledgement{ID: "a", Version: 1, ReceivedAt: when("2026-02-22T08:00"), PersonID: "P"}}}
	}, refused: "rest"},
	{name: "what became of a report", change: func(c *testCase) {
		c.facts.Handlings = []duty.Known[duty.Handling]{{At: when("2026-02-22T08:00"),
			Fact: duty.Handling{ID: "h", HandlingID: "h", Version: 1, ReceivedAt: when("2026-02-22T08:00"), PersonID: "P"}}}
	}, refused: "rest"},
	{name: "a later record that could not be read", without: outAllNight, input: func(in *duty.Input, at duty.Instant) {
		if at > when("2026-02-20T08:00") {
			f := *in.Person
			f.Unreadable = []duty.Unreadable{{Topic: duty.TopicPermissions, Key: "P"}}
			in.Person = &f
		}
	}, refused: "rest", bears: "STAY 2026-02-05 INDICATED -> STAY 2026-02-05 "},
	{name: "an earlier clock", later: "2026-02-20T07:59", refused: "rest"},
	{name: "a grace that is not over", without: outAllNight, from: "2026-02-10", at: "2026-02-20T08:00",
		change: func(c *testCase) {
			c.policies = changedPolicy(builtin, func(p *duty.Params) { p.EmitGrace = duty.Some(18 * duty.Day) })
		}, refused: "rest", bears: "STAY 2026-02-05 pending INDICATED -> STAY 2026-02-05 INDICATED"},
	{name: "another policy", without: outAllNight, input: func(in *duty.Input, at duty.Instant) {
		if at > when("2026-02-20T08:00") {
			in.Policies = append(slices.Clone(in.Policies), quietPolicy("2026-02-01T00:00"))
		}
	}, refused: "rest", bears: "STAY 2026-02-05 INDICATED -> STAY 2026-02-05 "},
	{name: "another policy between", without: outAllNight, input: func(in *duty.Input, _ duty.Instant) {
		in.Policies = append(slices.Clone(in.Policies), quietPolicy("2026-02-22T00:00"))
	}, refused: "rest", bears: "STAY 2026-02-05 INDICATED -> STAY 2026-02-05 "},
	{name: "another policy at the later clock", input: func(in *duty.Input, _ duty.Instant) {
		in.Policies = append(slices.Clone(in.Policies), quietPolicy("2026-02-25T08:00"))
	}, refused: "rest"},
	{name: "other parameters between", change: func(c *testCase) {
		c.policies = changedPolicy(builtin, func(*duty.Params) {})
		p := c.policies[0].Policy
		p.Steps = append(p.Steps, duty.ParamsFrom{From: dateOfText("2026-02-22"), Params: p.Steps[len(p.Steps)-1].Params})
	}, refused: "rest"},
	{name: "time alone opens an incident", without: outAllNight, input: func(in *duty.Input, _ duty.Instant) {
		silent := duty.NewAutomatic([]duty.AutomaticIncident{{Opened: when("2026-02-22T08:00"), Incident: duty.Incident{
			ID: "i", IncidentID: "i", Version: 1, CentreID: "KH", Origin: duty.OriginAutomatic, Kind: duty.IncidentKindServer,
			State: duty.IncidentStateActive, FormsStatus: duty.FormsStatusPending,
			From: when("2026-02-05T12:00"), To: duty.Some(when("2026-02-06T12:00"))}}})
		in.Centres = in.Centres.WithWatch(func(*duty.Policy) *duty.Watched { return &duty.Watched{Incidents: silent} })
	}, refused: "rest", bears: "STAY 2026-02-05 INDICATED -> STAY 2026-02-05 "},
}

// when is the instant of a local time of the notation.
func when(text string) duty.Instant {
	t, err := scriptTime(text)
	if err != nil {
		panic(err)
	}
	return t
}

// changedPolicy is a policy in force, with other parameters and without required logs.
func changedPolicy(of *duty.Policy, change func(*duty.Params)) []duty.ActivePolicy {
	p := *of
	p.Settle, p.Steps = nil, slices.Clone(p.Steps)
	for i := range p.Steps {
		change(&p.Steps[i].Params)
	}
	return []duty.ActivePolicy{{From: duty.Beginning, Policy: &p}}
}

// quiet is a policy under which nothing is proven enough.
var quiet = func() *duty.Policy {
	p := *builtin
	p.Version, p.Digest = "quiet", "quiet"
	p.Settle = []duty.SettleRule{{From: -1 << 30, To: 1 << 30, Logs: []duty.LogType{duty.LogTypeNoticeLog}}}
	return &p
}()

func quietPolicy(from string) duty.ActivePolicy {
	return duty.ActivePolicy{From: when(from), Policy: quiet}
}

// read reads a case; of the usual lines those that it leaves out are missing.
func (x *carriedCase) read(t *testing.T) *testCase {
	t.Helper()
	lines := []string{x.profile}
	for _, line := range carriedLife(cmp.Or(x.day, usualDay), cmp.Or(x.begins, "2026-01-06"), x.later[:10]) {
		if !slices.ContainsFunc(x.without, func(out string) bool { return strings.HasPrefix(line, out) }) {
			lines = append(lines, line)
		}
	}
	if x.facts != "" {
		lines = append(lines, strings.Split(x.facts, "\n")...)
	}
	s, err := newScript(strings.Join(lines, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	s.c.policies = changedPolicy(s.c.policies[0].Policy, func(*duty.Params) {})
	s.c.share()
	if x.change != nil {
		x.change(s.c)
	}
	return s.c
}

// TestCarriedUntilItBears holds for each reason to judge everything that it is noticed, and what would be said wrongly
// if it were not.
func TestCarriedUntilItBears(t *testing.T) {
	for _, x := range slices.Concat(carriedCases, seamCases, advanceCases, paperCases, routineCases) {
		t.Run(x.name, func(t *testing.T) {
			x.profile, x.from = cmp.Or(x.profile, "EN3"), cmp.Or(x.from, "2026-02-10")
			x.at, x.later = cmp.Or(x.at, "2026-02-20T08:00"), cmp.Or(x.later, "2026-02-25T08:00")
			c, compared, old := x.read(t), 0, 0
			at, later := when(x.at), when(x.later)
			of := &carrying{t: t, name: x.name, describe: func() string { return x.facts }, c: c, compared: &compared,
				old: &old, routines: &[2]int{}, change: x.input, trusts: x.refused == "rest"}
			seen := at
			if x.refused == "carry" || strings.Contains(x.name, "known later than the clock") {
				seen += 2 * duty.Hour
			}
			by := "carry"
			if of.begin(at, seen, dateOfText(x.from)) {
				by = x.onTo(of, later, max(seen, later))
			}
			if by != x.refused {
				t.Errorf("refused by %q, not %q", by, x.refused)
			}
			if want, ok := goings[x.goes]; ok && of.goes != want {
				t.Errorf("a routine goes on behind what is carried, and everything: %v, want %v", of.goes, want)
			}
			if was, is, ok := strings.Cut(x.bears, " -> "); ok {
				all := duty.Evaluate(of.input(later, max(seen, later)), later)
				of.has(&of.first, was, "")
				of.has(&all, is, was)
			}
		})
	}
}

// onTo compares the verdict at the later clock, after one between from which it is carried on where the case has one.
// It returns who refused.
func (x *carriedCase) onTo(of *carrying, later, seen duty.Instant) string {
	if x.again != "" {
		again := when(x.again)
		if by := of.later(again, min(seen, again+2*duty.Hour), true); by != "" {
			return by
		}
		if !of.advance(again, dateOfText(x.to), true) {
			return "advance"
		}
	}
	return of.later(later, seen, true)
}

// has holds that a verdict has a unit that is written as some text begins, and none that is as another.
func (x *carrying) has(res *duty.Result, want, not string) {
	x.t.Helper()
	has, bad := want == "", false
	var units []string
	for i := range res.Units {
		u := &res.Units[i]
		flag := ""
		if u.Pending {
			flag = "pending "
		}
		line := fmt.Sprintf("%s %s %s%s", u.Kind, dateText(u.Date), flag, u.Outcome)
		has, bad = has || strings.HasPrefix(line, want), bad || line == not
		if u.Date == dateOfText("2026-02-05") {
			units = append(units, line)
		}
	}
	if !has || bad {
		x.t.Errorf("at %s there is no %q, or there is %q: %s", clockText(res.At), want, not, strings.Join(units, "; "))
	}
}
