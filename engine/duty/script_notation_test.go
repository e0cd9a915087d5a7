package duty_test

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tilsyn/engine/duty"
)

// script is one person in the notation of domain §10.1.
type script struct {
	c       *testCase
	profile profile
	n       int
	latest  duty.Instant
	// unsettled, settledAt say when the manual logs are proven.
	unsettled bool
	settledAt duty.Instant
	// unsettledLog is the only log that is not proven; empty: none is.
	unsettledLog string
	said         []duty.Said
	// hasBio, hasBar, twoCards say which cards the rows need.
	hasBio, hasBar, twoCards bool
	decisions                map[string][]int
}

// profile is a line of the table of profiles.
type profile struct {
	group  duty.Group
	centre string
	from   string
	duties []string
}

var profiles = map[string]profile{
	"EN":    {duty.GroupExpelledJudgment, "KH", "2026-01-05", []string{"STAY", "NOTIFY"}},
	"EN3":   {duty.GroupExpelledJudgment, "KH", "2026-01-05", []string{"STAY", "NOTIFY", "REPORT"}},
	"ENSJ":  {duty.GroupExpelledJudgment, "SJ", "2026-01-05", []string{"STAY", "NOTIFY"}},
	"ENSJ3": {duty.GroupExpelledJudgment, "SJ", "2026-01-05", []string{"STAY", "NOTIFY", "REPORT"}},
	"RJ":    {duty.GroupRejected, "KH", "2026-01-05", []string{"STAY"}},
	"RR":    {duty.GroupRejected, "KH", "2026-01-05", []string{"STAY", "REPORT"}},
	"RP":    {duty.GroupTolerated, "KH", "2026-01-05", []string{"REPORT"}},
	"H20":   {duty.GroupExpelledJudgment, "KH", "2020-01-01", []string{"STAY", "NOTIFY"}},
	"H20SJ": {duty.GroupExpelledJudgment, "SJ", "2020-01-01", []string{"STAY", "NOTIFY"}},
	"H25R":  {duty.GroupExpelledJudgment, "KH", "2025-01-01", []string{"REPORT"}},
	"FF":    {duty.GroupForeignFighter, "KH", "2026-01-05", []string{"STAY", "NOTIFY", "REPORT"}},
	"NONE":  {duty.GroupExpelledJudgment, "KH", "2026-01-05", nil},
}

// words are one line of the notation.
type words struct {
	token string
	args  []string
	flags map[string]string
}

func (w *words) has(flag string) bool { _, ok := w.flags[flag]; return ok }

func parseWords(line string) words {
	w := words{flags: map[string]string{}}
	if a, b, ok := strings.Cut(line, "["); ok {
		line = a
		for _, f := range strings.Split(strings.TrimSuffix(strings.TrimSpace(b), "]"), ",") {
			k, v, _ := strings.Cut(strings.TrimSpace(f), "=")
			w.flags[k] = v
		}
	}
	f := strings.Fields(line)
	w.token, w.args = f[0], f[1:]
	return w
}

// centre is the centre that a line names, else the profile's.
func (s *script) centre(w *words) string {
	if at := w.flags["at"]; at != "" {
		return at
	}
	for _, c := range []string{"KH", "SJ"} {
		if w.has(c) {
			return c
		}
	}
	return s.profile.centre
}

// scriptTime reads a local time; without an offset an ambiguous one is the
// first.
func scriptTime(text string) (duty.Instant, error) {
	text = strings.TrimSpace(text)
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return duty.Instant(t.UnixMilli()), nil
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		t, err := time.ParseInLocation(layout, text, copenhagen)
		if err != nil {
			continue
		}
		if earlier := t.Add(-time.Hour); earlier.Format(layout) == text {
			t = earlier
		}
		return duty.Instant(t.UnixMilli()), nil
	}
	return 0, fmt.Errorf("%q is no local time; write 2026-02-03T22:40", text)
}

// newScript reads the lines of a facts command: the profile, then the facts.
func newScript(input string) (*script, error) {
	s := &script{c: &testCase{person: "P", policies: builtinPolicies()}, decisions: map[string][]int{}}
	var lines []words
	for _, line := range strings.Split(strings.TrimSpace(input), "\n") {
		w := parseWords(line)
		if p, ok := profiles[w.token]; ok && len(w.args) == 0 {
			s.profile = p
			if w.has("nonrefoulement") {
				s.profile.from += "!"
			}
			continue
		}
		lines = append(lines, w)
	}
	if s.profile.centre == "" {
		return nil, fmt.Errorf("the first line names a profile, such as EN")
	}
	if err := s.start(lines); err != nil {
		return nil, err
	}
	for i := range lines {
		if err := s.line(&lines[i]); err != nil {
			return nil, fmt.Errorf("%s %s: %w", lines[i].token, strings.Join(lines[i].args, " "), err)
		}
	}
	s.cards()
	return s, nil
}

func (s *script) id(prefix string) string {
	s.n++
	return prefix + strconv.Itoa(s.n)
}

// start gives group and duties of the profile that no OBL line replaces.
func (s *script) start(lines []words) error {
	day, refoulement := strings.CutSuffix(s.profile.from, "!")
	from, err := scriptTime(day)
	if err != nil {
		return err
	}
	replaced := map[string]bool{}
	first := from
	for i := range lines {
		if lines[i].token != "OBL" {
			continue
		}
		a, _, err := s.span(lines[i].args[1])
		if err != nil {
			return err
		}
		first = min(first, a)
		if !lines[i].has("add") {
			replaced[lines[i].args[0]] = true
		}
	}
	s.addGroup(s.profile.group, first-duty.Day, refoulement)
	for _, kind := range s.profile.duties {
		if !replaced[kind] {
			w := words{token: "OBL", args: []string{kind, day + "T00:00/"}, flags: map[string]string{}}
			if err := s.obligation(&w); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *script) addGroup(g duty.Group, from duty.Instant, nonRefoulement bool) {
	f := duty.GroupChange{ID: s.id("g"), Version: 1, ReceivedAt: from, PersonID: "P", Group: g, ValidFrom: from,
		NonRefoulement: nonRefoulement}
	s.c.facts.GroupChanges = append(s.c.facts.GroupChanges, duty.Known[duty.GroupChange]{Fact: f, At: from})
}

// span reads a/b; an open end is missing.
func (s *script) span(text string) (duty.Instant, duty.Opt[duty.Instant], error) {
	a, b, _ := strings.Cut(text, "/")
	from, err := scriptTime(a)
	if err != nil || b == "" {
		return from, duty.None[duty.Instant](), err
	}
	to, err := scriptTime(b)
	return from, duty.Some(to), err
}

// received is rx= or dec=, else the time of the event; the clock of "final"
// lies behind it.
func (s *script) received(w *words, event duty.Instant) (duty.Instant, error) {
	at := event
	for _, flag := range []string{"rx", "dec"} {
		if text, ok := w.flags[flag]; ok {
			t, err := scriptTime(text)
			if err != nil {
				return 0, err
			}
			at = t
		}
	}
	s.latest = max(s.latest, at)
	return at, nil
}

func (s *script) basis(kind duty.Kind, w *words) duty.LegalBasis {
	rejected := s.profile.group == duty.GroupRejected && w.flags["grp"] != "ENH" || w.flags["grp"] == "REJ" ||
		w.flags["grp"] == "OTHER"
	if section := w.flags["basis"]; section != "" {
		b, _ := duty.ParseLegalBasis("RETURN_ACT_" + section)
		return b
	}
	switch {
	case kind == duty.KindNotify:
		return duty.LegalBasisReturnAct134
	case kind == duty.KindStay && rejected:
		return duty.LegalBasisReturnAct131
	case kind == duty.KindStay:
		return duty.LegalBasisReturnAct132
	case rejected:
		return duty.LegalBasisReturnAct1214
	case s.profile.group == duty.GroupTolerated:
		return duty.LegalBasisReturnAct122
	case s.profile.group == duty.GroupForeignFighter:
		return duty.LegalBasisReturnAct124
	}
	return duty.LegalBasisReturnAct123
}

var dayNames = map[string]duty.Weekday{}

func init() {
	for i, name := range []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"} {
		w, _ := duty.ParseWeekday(strings.ToUpper(name))
		_ = i
		dayNames[name] = w
	}
}

// obligation is OBL kind a/b: imposed and served at a, known a day before.
func (s *script) obligation(w *words) error {
	kind, ok := duty.ParseKind(w.args[0])
	if !ok {
		return fmt.Errorf("no such duty")
	}
	from, to, err := s.span(w.args[1])
	if err != nil {
		return err
	}
	f := duty.ObligationChange{
		ID: s.id("o"), Version: 1, PersonID: "P", Kind: kind, Action: duty.ActionImpose, LegalBasis: s.basis(kind, w),
		CentreID: s.centre(w), ValidFrom: from, ValidTo: to, ServedAt: duty.Some(from), ReceivedAt: from - duty.Day,
	}
	f.DecisionID = "D" + f.ID
	if text, ok := w.flags["sched"]; ok {
		sched := duty.Schedule{Type: duty.ScheduleTypeWeekdays}
		if n, _, quota := strings.Cut(text, "/week"); quota {
			q, err := strconv.Atoi(n)
			if err != nil {
				return err
			}
			sched = duty.Schedule{Type: duty.ScheduleTypeQuota, QuotaPerWeek: int32(q)}
		} else {
			for _, name := range strings.Split(text, "+") {
				sched.Weekdays = append(sched.Weekdays, dayNames[name])
			}
		}
		f.Schedule = duty.Some(sched)
	}
	if places, ok := w.flags["places"]; ok {
		for _, name := range strings.Split(places, "+") {
			f.Places = append(f.Places, map[string]duty.ReportPlace{"AGENCY": duty.ReportPlaceReturnAgency,
				"POLICE": duty.ReportPlacePolice}[name])
		}
	}
	if w.flags["grp"] == "OTHER" && kind == duty.KindStay {
		s.addGroup(duty.GroupOtherUnlawful, from, false)
	}
	if w.flags["grp"] == "ENH" && s.profile.group == duty.GroupRejected && kind == duty.KindStay {
		s.addGroup(duty.GroupExpelledJudgment, from, false)
	}
	list := &s.c.facts.ObligationChanges
	s.decisions[w.args[0]] = append(s.decisions[w.args[0]], len(*list))
	*list = append(*list, duty.Known[duty.ObligationChange]{Fact: f, At: f.ReceivedAt})
	return nil
}
