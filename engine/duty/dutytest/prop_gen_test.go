package dutytest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"tilsyn/engine/duty"
)

// gen makes one random person-week. Everything follows from the seed.
type gen struct {
	r *rand.Rand
	c *testCase
	// d0 is the first evening of the week.
	d0 duty.Date
	n  int
	// long is a world of two months with few registrations (RD-42).
	long bool
}

// weeks are the first evenings that something special happens around: plain
// weeks, both clock changes, month and year ends, the losses of 2020, the
// suspension, the dates of practice.
var weeks = []string{
	"2026-02-02", "2026-02-02", "2026-02-02", "2026-03-26", "2026-03-27", "2026-10-22", "2026-10-23",
	"2025-12-28", "2026-02-25", "2020-06-06", "2020-06-30", "2020-07-14", "2020-11-27", "2021-05-28",
	"2022-02-25", "2022-11-18", "2022-12-08", "2023-01-28", "2023-03-17", "2023-06-05", "2024-03-19", "2024-02-26",
	"2025-03-28", "2025-10-24",
}

func dateOfText(s string) duty.Date {
	x, err := time.Parse("2006-01-02", s)
	if err != nil {
		panic(err)
	}
	return duty.Date(x.Unix() / 86400)
}

// localTime is the instant of a local clock time, by the time zone database.
func localTime(d duty.Date, minutes int) duty.Instant {
	y, m, day := time.Unix(int64(d)*86400, 0).UTC().Date()
	return duty.Instant(time.Date(y, m, day, 0, minutes, 0, 0, copenhagen).UnixMilli())
}

func newGen(seed uint64) *gen {
	g := &gen{r: rand.New(rand.NewPCG(seed, 0x7115)), c: &testCase{person: "P"}}
	g.d0 = dateOfText(weeks[g.r.IntN(len(weeks))]) + duty.Date(g.r.IntN(2))
	g.c.from, g.c.to = duty.Some(g.d0-1), duty.Some(g.d0+8)
	g.policies()
	g.register()
	g.groups()
	g.duties()
	g.cards()
	if g.long = g.chance(6); g.long {
		g.sparseMonths()
	} else {
		g.events()
		g.papers()
		g.messages()
	}
	g.anonymous()
	g.leaves()
	g.centre()
	g.settle()
	g.links()
	g.broken()
	g.rivals()
	g.separate()
	g.stamp()
	g.c.provisional = g.chance(1)
	return g
}

// clocks are the instants to evaluate at, ascending.
func (g *gen) clocks() []duty.Instant {
	var out []duty.Instant
	if g.long {
		for _, d := range []int{20, 29, 30, 31, 45} {
			if g.chance(40) {
				out = append(out, localTime(g.d0+duty.Date(d+g.r.IntN(3)-1), pick(g, 0, 0, 8*60))-duty.Instant(g.r.IntN(2)))
			}
		}
	}
	if g.chance(40) {
		out = append(out, g.time(0, 6))
	}
	out = append(out, localTime(g.d0+9, 8*60))
	switch g.r.IntN(4) {
	case 0:
		out = append(out, localTime(g.d0+24, 8*60))
	case 1:
		out = append(out, localTime(g.d0+60, 8*60))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (g *gen) chance(percent int) bool { return g.r.IntN(100) < percent }

func (g *gen) id(prefix string) string {
	g.n++
	return fmt.Sprintf("%s%d", prefix, g.n)
}

func pick[T any](g *gen, list ...T) T { return list[g.r.IntN(len(list))] }

// spots are times of day, in minutes, around which some rule changes.
var spots = []int{0, 120, 180, 6 * 60, 8 * 60, 22*60 + 58, 23 * 60, 23*60 + 4}

// time returns a random instant from day a to day b of the week, often next to
// a limit of some rule.
func (g *gen) time(a, b int) duty.Instant {
	d := g.d0 + duty.Date(a+g.r.IntN(b-a+1))
	m := g.r.IntN(24 * 60)
	switch g.r.IntN(3) {
	case 0:
		m = spots[g.r.IntN(len(spots))] + g.r.IntN(13) - 6
	case 1:
		m = pick(g, 18, 19, 20, 21, 22, 23, 0, 1, 2, 3, 5, 7, 10, 14)*60 + 5*g.r.IntN(12)
	}
	t := localTime(d, m)
	if g.chance(30) {
		t += duty.Instant(g.r.IntN(60)) * duty.Second
	}
	if g.chance(2) {
		t += duty.Instant(g.r.IntN(1000))
	}
	return t
}

// received is when the source had a fact of time t: mostly at once.
func (g *gen) received(t duty.Instant) duty.Instant {
	switch g.r.IntN(40) {
	case 0:
		return t + duty.Instant(g.r.IntN(48))*duty.Hour
	case 1:
		return t + 14*duty.Day + duty.Instant(g.r.IntN(5)-2)*duty.Hour
	case 2:
		return t + duty.Instant(14+g.r.IntN(30))*duty.Day
	case 3:
		return t + duty.Instant(g.r.IntN(9))*duty.Day
	case 4: // the clock of the source is behind that of the device
		return t - duty.Instant(g.r.IntN(240))*duty.Second
	}
	return t
}

// put adds a fact, now and then twice, with another version or taken back.
func put[T any](g *gen, list *[]duty.Known[T], fact T, at duty.Instant,
	change func(f *T, version int64, retracted bool)) {
	k := duty.Known[T]{Fact: fact, At: at}
	*list = append(*list, k)
	if g.chance(3) {
		k.At += duty.Instant(g.r.IntN(72)) * duty.Hour
		*list = append(*list, k)
	}
	if change == nil || !g.chance(6) {
		return
	}
	change(&k.Fact, 2, g.chance(35))
	k.At = g.received(at + duty.Instant(g.r.IntN(50))*duty.Hour)
	*list = append(*list, k)
}

// moved reports whether a later version names another person: then the fact is
// no longer this one's (contract §1).
func (g *gen) moved() bool { return g.chance(8) }

// policies takes the built-in one, often with fewer required logs, now and
// then several with different values.
func (g *gen) policies() {
	first := *builtin
	switch g.r.IntN(10) {
	case 0, 1, 2, 3, 4:
		first.Settle = nil
	case 5, 6:
		first.Settle = []duty.SettleRule{{From: -1 << 30, To: 1 << 30, Logs: []duty.LogType{duty.LogTypeNoticeLog}}}
	case 7:
		first.Settle = []duty.SettleRule{
			{CentreID: "SJ", From: -1 << 30, To: 1 << 30, Logs: []duty.LogType{duty.LogTypeBarcodeLog}},
			{From: -1 << 30, To: 1 << 30, Logs: []duty.LogType{duty.LogTypeOutageForms}},
		}
	}
	if g.chance(10) { // a silence that an ordinary week can hold (RD-42)
		first.Steps = slices.Clone(first.Steps)
		for s := range first.Steps {
			first.Steps[s].Params.DepartureSilentDays = 2 + g.r.IntN(6)
		}
	}
	g.c.policies = []duty.ActivePolicy{{From: duty.Beginning, Policy: &first}}
	for i := 0; i < 2 && g.chance(8); i++ {
		p := *g.c.policies[len(g.c.policies)-1].Policy
		p.Version, p.Digest = fmt.Sprintf("v%d", i), fmt.Sprintf("digest%d", i)
		p.Steps = append([]duty.ParamsFrom{}, p.Steps...)
		for s := range p.Steps {
			g.vary(&p.Steps[s].Params)
		}
		if g.chance(30) {
			p.Settle = nil
		}
		from := max(g.time(-2, 20), g.c.policies[len(g.c.policies)-1].From+1)
		g.c.policies = append(g.c.policies, duty.ActivePolicy{From: from, Policy: &p})
	}
}

func (g *gen) vary(p *duty.Params) {
	switch g.r.IntN(9) {
	case 8:
		p.DepartureSilentDays = 2 + g.r.IntN(6)
	case 0:
		p.NoticeExitToleranceMinutes = g.r.IntN(12)
	case 1:
		p.ReturnToleranceMinutes = g.r.IntN(12)
	case 2:
		p.StayLateReturnUntilMinute = 7*60 + g.r.IntN(120)
	case 3:
		p.ReportGraceMinutes = g.r.IntN(60)
	case 4:
		p.DepartureOpenNights = 3 + g.r.IntN(8)
	case 5:
		p.StayOpenIntervalReview = true
	case 6:
		p.LateAccusation = duty.Instant(1+g.r.IntN(20)) * duty.Day
	case 7:
		p.CollapseMax = duty.Instant(g.r.IntN(300)) * duty.Second
	}
}

var groupKinds = []duty.Group{
	duty.GroupExpelledJudgment, duty.GroupExpelledJudgment, duty.GroupExpelledJudgment, duty.GroupTolerated,
	duty.GroupForeignFighter, duty.GroupExpelled25, duty.GroupRejected, duty.GroupOtherUnlawful,
}

func (g *gen) groups() {
	add := func(from duty.Instant) { // at the same instant now and then: a tie (RD-48)
		f := duty.GroupChange{
			ID: g.id("g"), Version: 1, PersonID: "P", Group: pick(g, groupKinds...), ValidFrom: from,
			NonRefoulement: g.chance(15),
		}
		put(g, &g.c.facts.GroupChanges, f, from, func(f *duty.GroupChange, v int64, gone bool) {
			f.Version, f.Retracted, f.Group = v, gone, pick(g, groupKinds...)
			if g.moved() {
				f.PersonID = "Q"
			}
		})
	}
	add(localTime(g.d0-40, 0))
	if g.chance(6) {
		add(localTime(g.d0-40, 0) + pick(g, 0, 0, duty.Minute))
	}
	if g.chance(5) {
		from := g.time(0, 6)
		add(from)
		if g.chance(30) {
			add(from)
		}
	}
}

// group is the group of the first registration, for decisions that fit.
func (g *gen) group() (duty.Group, bool) {
	f := g.c.facts.GroupChanges[0].Fact
	grp := f.Group
	if f.NonRefoulement && (grp == duty.GroupForeignFighter || grp == duty.GroupExpelled25) {
		grp = duty.GroupTolerated
	}
	switch grp {
	case duty.GroupRejected, duty.GroupOtherUnlawful:
		return grp, false
	}
	return grp, true
}
