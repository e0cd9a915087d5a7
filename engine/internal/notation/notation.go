package notation

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// Local returns the local time of an instant, in minutes and without an offset.
func Local(at duty.Instant) string {
	return time.UnixMilli(int64(at)).In(copenhagen).Format("2006-01-02T15:04")
}

// Person is one resident whose facts are written in the notation. New makes one.
type Person struct {
	// ID is the person's; cards and records that the notation names itself are called after it.
	ID string
	// Facts, Centres and Policies are what the lines said, each fact with when it became known.
	Facts    duty.Facts
	Centres  duty.CentreFacts
	Policies []duty.ActivePolicy
	// Added are the same facts in the order of the lines.
	Added []Fact

	profile profile
	n       int
	latest  duty.Instant
	// unsettled, settledAt say when the manual logs are proven.
	unsettled bool
	settledAt duty.Instant
	// unsettledLog is the only log that is not proven; empty: none is.
	unsettledLog string
	// hasBio, hasBar, twoCards say which cards the rows need.
	hasBio, hasBar, twoCards bool
	decisions                map[string][]int
}

// New returns a person of whom nothing is known yet, under the built-in policy.
func New(id string) *Person {
	return &Person{ID: id, Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: policy.Builtin()}},
		decisions: map[string][]int{}}
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

// Words are one line of the notation: a token, what stands behind it, and what stands in brackets,
// a flag with or without a value.
type Words struct {
	Token string
	Args  []string
	Flags map[string]string
}

func (w *Words) has(flag string) bool { _, ok := w.Flags[flag]; return ok }

// Or returns the value of a flag, or another where the line lacks it.
func (w *Words) Or(flag, other string) string {
	if v, ok := w.Flags[flag]; ok {
		return v
	}
	return other
}

// Parse reads a line. A value in quotes is read as a Go string, for blanks and control characters.
func Parse(line string) Words {
	w := Words{Flags: map[string]string{}}
	if a, b, ok := strings.Cut(line, "["); ok {
		line = a
		for _, f := range strings.Split(strings.TrimSuffix(strings.TrimSpace(b), "]"), ",") {
			k, v, _ := strings.Cut(strings.TrimSpace(f), "=")
			if text, err := strconv.Unquote(v); err == nil {
				v = text
			}
			w.Flags[k] = v
		}
	}
	f := strings.Fields(line)
	w.Token, w.Args = f[0], f[1:]
	return w
}

// centre is the centre that a line names, else the profile's.
func (p *Person) centre(w *Words) string {
	if at := w.Flags["at"]; at != "" {
		return at
	}
	for _, c := range []string{"KH", "SJ"} {
		if w.has(c) {
			return c
		}
	}
	return p.profile.centre
}

var copenhagen = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		panic(err)
	}
	return loc
}()

// localTime is the instant of a local clock time, by the time zone database.
func localTime(d duty.Date, minutes int) duty.Instant {
	y, m, day := d.Civil()
	return duty.Instant(time.Date(y, time.Month(m), day, 0, minutes, 0, 0, copenhagen).UnixMilli())
}

// dateOf reads a date; what is none becomes the first day of 1970.
func dateOf(text string) duty.Date {
	d, _ := duty.ParseDate(text)
	return d
}

// Time reads a local time, with or without seconds, or a date. Without an offset, of two instants
// of that local time it is the first. Anything else is an error that shows the form.
func Time(text string) (duty.Instant, error) {
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

// Read reads a whole case: the profile, then one fact a line. The cards that the rows need and no
// line gives are assigned from the start.
func (p *Person) Read(input string) error {
	var lines []Words
	for _, line := range strings.Split(strings.TrimSpace(input), "\n") {
		if w := Parse(line); !p.isProfile(&w) {
			lines = append(lines, w)
		}
	}
	if p.profile.centre == "" {
		return fmt.Errorf("the first line names a profile, such as EN")
	}
	if err := p.start(lines); err != nil {
		return err
	}
	for i := range lines {
		if err := p.line(&lines[i]); err != nil {
			return fmt.Errorf("%s %s: %w", lines[i].Token, strings.Join(lines[i].Args, " "), err)
		}
	}
	p.cards()
	return nil
}

// Line reads one more line, a profile or a fact, and assigns no cards.
func (p *Person) Line(w *Words) error {
	if p.isProfile(w) {
		return p.start(nil)
	}
	if p.profile.centre == "" {
		p.profile.centre = "KH"
	}
	return p.line(w)
}

// isProfile takes a line as the profile if it is one.
func (p *Person) isProfile(w *Words) bool {
	is, ok := profiles[w.Token]
	if !ok || len(w.Args) > 0 {
		return false
	}
	p.profile = is
	if w.has("nonrefoulement") {
		p.profile.from += "!"
	}
	return true
}

// id is the id that a line gives its record, or one that nothing else of the person has.
func (p *Person) id(w *Words, prefix string) string {
	p.n++
	if id, ok := w.Flags["id"]; ok {
		return id
	}
	if p.ID == "P" {
		return prefix + strconv.Itoa(p.n)
	}
	return prefix + strconv.Itoa(p.n) + "-" + p.ID
}

// start gives group and duties of the profile that no OBL line replaces.
func (p *Person) start(lines []Words) error {
	day, refoulement := strings.CutSuffix(p.profile.from, "!")
	from, err := Time(day)
	if err != nil {
		return err
	}
	replaced := map[string]bool{}
	first := from
	for i := range lines {
		if lines[i].Token != "OBL" {
			continue
		}
		a, _, err := p.span(lines[i].Args[1])
		if err != nil {
			return err
		}
		first = min(first, a)
		if !lines[i].has("add") {
			replaced[lines[i].Args[0]] = true
		}
	}
	p.addGroup(&Words{}, p.profile.group, first-duty.Day, refoulement)
	for _, kind := range p.profile.duties {
		if !replaced[kind] {
			w := Words{Token: "OBL", Args: []string{kind, day + "T00:00/"}, Flags: map[string]string{}}
			if err := p.obligation(&w); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Person) addGroup(w *Words, g duty.Group, from duty.Instant, nonRefoulement bool) {
	p.add(w, from, &duty.GroupChange{ID: p.id(w, "g"), Version: 1, ReceivedAt: from, PersonID: p.ID, Group: g,
		ValidFrom: from, NonRefoulement: nonRefoulement})
}

// span reads a/b; an open end is missing.
func (p *Person) span(text string) (duty.Instant, duty.Opt[duty.Instant], error) {
	a, b, _ := strings.Cut(text, "/")
	from, err := Time(a)
	if err != nil || b == "" {
		return from, duty.None[duty.Instant](), err
	}
	to, err := Time(b)
	return from, duty.Some(to), err
}

// received is rx= or dec=, else the time of the event; the clock of "final"
// lies behind it.
func (p *Person) received(w *Words, event duty.Instant) (duty.Instant, error) {
	at := event
	for _, flag := range []string{"rx", "dec"} {
		if text, ok := w.Flags[flag]; ok {
			t, err := Time(text)
			if err != nil {
				return 0, err
			}
			at = t
		}
	}
	p.latest = max(p.latest, at)
	return at, nil
}

func (p *Person) basis(kind duty.Kind, w *Words) duty.LegalBasis {
	rejected := p.profile.group == duty.GroupRejected && w.Flags["grp"] != "ENH" || w.Flags["grp"] == "REJ" ||
		w.Flags["grp"] == "OTHER"
	if section := w.Flags["basis"]; section != "" {
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
	case p.profile.group == duty.GroupTolerated:
		return duty.LegalBasisReturnAct122
	case p.profile.group == duty.GroupForeignFighter:
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
func (p *Person) obligation(w *Words) error {
	kind, ok := duty.ParseKind(w.Args[0])
	if !ok {
		return fmt.Errorf("no such duty")
	}
	from, to, err := p.span(w.Args[1])
	if err != nil {
		return err
	}
	f := duty.ObligationChange{
		ID: p.id(w, "o"), Version: 1, PersonID: p.ID, Kind: kind, Action: duty.ActionImpose, LegalBasis: p.basis(kind,
			w),
		CentreID: p.centre(w), ValidFrom: from, ValidTo: to, ServedAt: duty.Some(from), ReceivedAt: from - duty.Day,
	}
	f.DecisionID = "D" + f.ID
	if text, ok := w.Flags["sched"]; ok {
		sched := duty.Schedule{Type: duty.ScheduleTypeWeekdays}
		if n, _, quota := strings.Cut(text, "/week"); quota {
			q, err := strconv.ParseInt(n, 10, 32)
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
	if places, ok := w.Flags["places"]; ok {
		for _, name := range strings.Split(places, "+") {
			f.Places = append(f.Places, map[string]duty.ReportPlace{"AGENCY": duty.ReportPlaceReturnAgency,
				"POLICE": duty.ReportPlacePolice}[name])
		}
	}
	if w.Flags["grp"] == "OTHER" && kind == duty.KindStay {
		p.addGroup(&Words{}, duty.GroupOtherUnlawful, from, false)
	}
	if w.Flags["grp"] == "ENH" && p.profile.group == duty.GroupRejected && kind == duty.KindStay {
		p.addGroup(&Words{}, duty.GroupExpelledJudgment, from, false)
	}
	p.decisions[w.Args[0]] = append(p.decisions[w.Args[0]], len(p.Facts.ObligationChanges))
	p.add(w, f.ReceivedAt, &f)
	return nil
}
