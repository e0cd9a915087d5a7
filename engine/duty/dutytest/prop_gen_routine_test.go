package dutytest

import (
	"math/rand/v2"
	"slices"

	"tilsyn/engine/duty"
)

// newRoutineGen makes a person whose weeks are mostly ordinary: out in the
// morning, in for the night; now and then something of every kind happens.
// share is how many of 100 persons are disturbed at all.
func newRoutineGen(seed uint64, share int) *gen {
	g := &gen{r: rand.New(rand.NewPCG(seed, 0x2077)), c: &testCase{person: "P"}}
	g.d0 = dateOfText(weeks[g.r.IntN(len(weeks))]) + duty.Date(g.r.IntN(2))
	odd := g.chance(share)
	rare := func(percent int) bool { return odd && g.chance(percent) }
	first := *builtin
	first.Settle = nil
	g.c.policies = []duty.ActivePolicy{{From: duty.Beginning, Policy: &first}}
	if rare(30) {
		g.policies()
	}
	if rare(3) {
		p := *g.c.policies[0].Policy
		p.Steps = append([]duty.ParamsFrom{}, p.Steps...)
		p.Steps[0].Params.StayMinPresence = duty.Instant(1+g.r.IntN(5)) * duty.Hour
		g.c.policies[0].Policy = &p
	}
	if odd {
		g.register()
	}
	g.ordinaryDuty(odd)
	days := 4 + g.r.IntN(16)
	if g.chance(4) {
		days = 40
	}
	g.ordinaryDays(days, odd)
	if odd && g.chance(25) {
		g.foretold(days)
	}
	if odd && g.chance(25) {
		g.lateReturns()
	}
	for _, x := range []func(){g.anonymous, g.papers, g.messages, g.leaves, g.centre, g.centre, g.settle,
		g.links, g.broken, g.cards, g.events} {
		if rare(9) {
			x()
		}
	}
	if len(g.c.policies[0].Policy.Settle) > 0 {
		g.settle()
	}
	g.separate()
	g.stamp()
	g.c.provisional = rare(1)
	return g
}

// ordinaryDuty registers a group, one card and one decision of STAY.
func (g *gen) ordinaryDuty(odd bool) {
	if odd && g.chance(10) {
		g.groups()
		g.duties()
		return
	}
	if odd && g.chance(10) {
		g.groups()
		g.decision(duty.KindStay, localTime(g.d0-20, 0))
		if g.chance(30) {
			g.decision(duty.KindStay, localTime(g.d0-20, 0))
		}
		return
	}
	from := localTime(g.d0, g.r.IntN(24*60)-12*60)
	g.c.facts.GroupChanges = []duty.Known[duty.GroupChange]{{At: from, Fact: duty.GroupChange{
		ID: g.id("g"), Version: 1, PersonID: "P", Group: duty.GroupExpelledJudgment,
		ValidFrom: from - duty.Instant(g.r.IntN(3))*duty.Day}}}
	v := duty.ObligationChange{
		ID: g.id("o"), Version: 1, DecisionID: g.id("D"), PersonID: "P", Kind: duty.KindStay, Action: duty.ActionImpose,
		LegalBasis: duty.LegalBasisReturnAct132, CentreID: pick(g, "KH", "KH", "SJ"), ValidFrom: from,
		ServedAt: duty.Some(from + duty.Instant(g.r.IntN(30)-10)*duty.Hour),
	}
	g.c.facts.ObligationChanges = []duty.Known[duty.ObligationChange]{{At: from, Fact: v}}
	if g.chance(90) {
		g.c.facts.CardAssignments = []duty.Known[duty.CardAssignment]{{At: from, Fact: duty.CardAssignment{
			ID: g.id("a"), Version: 1, CardID: "bio", PersonID: "P", CardType: duty.CardTypeBiometric, ValidFrom: from,
			AntiPassback: duty.AntiPassbackOn, Created: duty.CardCreationAutomatic}}}
	}
	g.otherDuties(v, odd)
}

// otherDuties adds decisions of NOTIFY and REPORT beside one of STAY, for some of the persons, from the same
// time or another one near it. Something about them is odd now and then.
func (g *gen) otherDuties(stay duty.ObligationChange, odd bool) {
	if g.chance(65) {
		return
	}
	for _, k := range []duty.Kind{duty.KindNotify, duty.KindReport} {
		if g.chance(50) {
			continue
		}
		v := stay
		v.ID, v.DecisionID, v.Kind, v.LegalBasis = g.id("o"), g.id("D"), k, duty.LegalBasisReturnAct134
		if g.chance(40) {
			v.ValidFrom += duty.Instant(g.r.IntN(72)) * duty.Hour
			v.ServedAt = duty.Some(v.ValidFrom)
		}
		if k == duty.KindReport {
			v.LegalBasis = duty.LegalBasisReturnAct123
			if g.chance(50) {
				v.Schedule = duty.Some(duty.Schedule{Type: duty.ScheduleTypeDaily})
			}
			if odd && g.chance(20) {
				v.Schedule = duty.Some(duty.Schedule{Type: pick(g, duty.ScheduleTypeDaily, duty.ScheduleTypeWeekdays),
					Weekdays: []duty.Weekday{duty.WeekdayMon, duty.WeekdayThu}, WindowFrom: duty.Some("08:00"),
					WindowTo: duty.Some("16:00")})
			}
			if odd && g.chance(10) {
				v.Places = []duty.ReportPlace{duty.ReportPlacePolice}
			}
		}
		if odd && g.chance(10) {
			v.CentreID = pick(g, "KH", "SJ")
		}
		if odd && g.chance(10) {
			v.ValidTo = duty.Some(v.ValidFrom + duty.Instant(g.r.IntN(20))*duty.Day)
		}
		known := stay.ValidFrom
		if odd && g.chance(10) {
			known += duty.Instant(g.r.IntN(96)) * duty.Hour
		}
		g.c.facts.ObligationChanges = append(g.c.facts.ObligationChanges,
			duty.Known[duty.ObligationChange]{At: known, Fact: v})
	}
}

// reports lets the person report at the stand while inside, nearly every day, if REPORT binds.
func (g *gen) reports(d duty.Date, from, to int, odd bool) {
	if !slices.ContainsFunc(g.c.facts.ObligationChanges, func(k duty.Known[duty.ObligationChange]) bool {
		return k.Fact.Kind == duty.KindReport
	}) || g.chance(2) {
		return
	}
	for again := true; again; again = g.chance(5) {
		before := len(g.c.facts.CardEvents)
		g.plain(localTime(d, from+g.r.IntN(to-from)), duty.DirectionIn, odd)
		if len(g.c.facts.CardEvents) == before {
			continue // it is a line on paper
		}
		f := &g.c.facts.CardEvents[len(g.c.facts.CardEvents)-1].Fact
		if f.Kind == duty.CardEventKindPassage && f.DeviceType == duty.DeviceTypeCarousel {
			f.Kind, f.Direction = duty.CardEventKindReport, duty.None[duty.Direction]()
			f.DeviceID, f.DeviceType = f.CentreID+"-stand", duty.DeviceTypeReportingStand
		}
	}
}

// ordinaryDays lets the person go out and come in; some nights are missed.
func (g *gen) ordinaryDays(days int, odd bool) {
	start := g.r.IntN(4) - 1
	if g.chance(5) {
		return
	}
	if len(g.c.facts.ObligationChanges) > 1 && g.chance(70) {
		start = -1 // before the duties
	}
	out, in := pick(g, 0, 3, 12), pick(g, 0, 8, 30)
	if len(g.c.facts.ObligationChanges) > 1 && g.chance(70) { // a breach of NOTIFY or REPORT ends all routines
		out, in = 0, 0
	}
	for i := start; i < start+days; i++ {
		d := g.d0 + duty.Date(i)
		if g.chance(in) { // away until some other day
			continue
		}
		early := g.chance(60)
		if early {
			g.reports(d, pick(g, 0, 1, 2*60, 5*60), 6*60, odd)
		}
		g.plain(localTime(d, 6*60+g.r.IntN(6*60)), duty.DirectionOut, odd)
		if g.chance(20) {
			g.plain(localTime(d, 13*60), duty.DirectionIn, odd)
			g.plain(localTime(d, 14*60), duty.DirectionOut, odd)
		}
		if g.chance(out) {
			i += g.r.IntN(3)
			if g.chance(5) {
				i += g.r.IntN(40)
			}
			d = g.d0 + duty.Date(i+1)
			g.plain(localTime(d, g.r.IntN(9*60)+3*60), duty.DirectionIn, odd)
			continue
		}
		at := 18*60 + g.r.IntN(5*60)
		if g.chance(6) {
			at = 23*60 + g.r.IntN(6*60)
		}
		g.plain(localTime(d, at), duty.DirectionIn, odd)
		if !early {
			g.reports(d, at+1, max(at+2, 24*60), odd)
		}
	}
}

// foretold adds an incident or excluded dates that are known before they begin,
// so that nights and passages in them are decided with the fact at hand.
func (g *gen) foretold(days int) {
	d := g.d0 + duty.Date(g.r.IntN(days))
	known := localTime(g.d0-1, 0) + duty.Instant(g.r.IntN(24))*duty.Hour
	centre := pick(g, "KH", "KH", "SJ")
	if g.chance(50) {
		f := duty.Exclusion{
			ID: g.id("x"), Version: 1, ExclusionID: g.id("X"), CentreID: centre, FromDate: d, ToDate: d + duty.Date(g.r.IntN(2)),
			Status: duty.ExclusionStatusDeclared, Reason: "loss", DeclaredBy: "A", ApprovedBy: "B", DeclaredAt: known,
		}
		g.c.centres.Exclusions = append(g.c.centres.Exclusions, duty.Known[duty.Exclusion]{Fact: f, At: known})
		if g.chance(30) {
			f.ID, f.Version, f.Status = g.id("x"), 2, duty.ExclusionStatusLifted
			g.c.centres.Exclusions = append(g.c.centres.Exclusions, duty.Known[duty.Exclusion]{Fact: f, At: g.time(-1, 7)})
		}
		return
	}
	from := localTime(d, 20*60) + duty.Instant(g.r.IntN(12))*duty.Hour
	f := duty.Incident{
		ID: g.id("i"), Version: 1, IncidentID: g.id("I"), CentreID: centre, From: from,
		To:   duty.Some(from + duty.Instant(g.r.IntN(14))*duty.Hour),
		Kind: duty.IncidentKindServer, FormsStatus: pick(g, duty.FormsStatusPending, duty.FormsStatusPending,
			duty.FormsStatusComplete),
		State: duty.IncidentStateActive, Origin: duty.OriginHuman, DeviceIDs: []string{},
	}
	g.c.centres.Incidents = append(g.c.centres.Incidents, duty.Known[duty.Incident]{Fact: f, At: known})
}

// lateReturns adds, to returns in the morning, a visit shortly before them that becomes known
// hours later. By itself it is an ordinary row, but it is then the registration that bounds the
// night.
func (g *gen) lateReturns() {
	rows := g.c.facts.CardEvents
	for _, k := range rows {
		f := k.Fact
		if minute := f.OccurredAt - localTime(f.OccurredAt.Date(), 0); f.Direction.V != duty.DirectionIn ||
			minute < 6*duty.Hour || minute > 12*duty.Hour {
			continue
		}
		known := k.At + duty.Instant(g.r.IntN(12*60))*duty.Minute
		gap := (f.OccurredAt - localTime(f.OccurredAt.Date(), 6*60)) / 4
		for i, dir := range []duty.Direction{duty.DirectionIn, duty.DirectionOut} {
			v := f
			v.ID, v.Direction = g.id("e"), duty.Some(dir)
			v.OccurredAt = f.OccurredAt - duty.Instant(3-i)*gap
			v.ReceivedAt = known
			g.c.facts.CardEvents = append(g.c.facts.CardEvents, duty.Known[duty.CardEvent]{Fact: v, At: known})
		}
	}
}

// plain adds one ordinary passage. For a disturbed person something is wrong with it now and then.
func (g *gen) plain(t duty.Instant, dir duty.Direction, odd bool) {
	if odd && g.chance(3) {
		g.event(t, dir)
		return
	}
	t += duty.Instant(g.r.IntN(60000))
	centre := g.c.facts.ObligationChanges
	f := duty.CardEvent{
		ID: g.id("e"), Version: 1, ReceivedAt: t + duty.Instant(g.r.IntN(3000)), PersonID: duty.Some("P"), CardID: "bio",
		CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceType: duty.DeviceTypeCarousel,
		Kind: duty.CardEventKindPassage, Direction: duty.Some(dir), Scan: duty.ScanComplete, OccurredAt: t,
	}
	if len(centre) > 0 {
		f.CentreID = centre[0].Fact.CentreID
	}
	f.DeviceID = f.CentreID + "-carousel"
	if odd && g.chance(1) { // evidence for nobody
		f.PersonID = duty.Some("Q")
	}
	switch {
	case odd && g.chance(1):
		f.ReceivedAt -= duty.Instant(g.r.IntN(90)) * duty.Second
	case odd && g.chance(1):
		f.Version, f.Retracted = int64(1+g.r.IntN(2)), g.chance(50)
	}
	known := f.ReceivedAt
	switch {
	case odd && g.chance(2):
		known += duty.Instant(g.r.IntN(72*60)) * duty.Minute
	case odd && g.chance(1):
		known += 14*duty.Day + duty.Instant(g.r.IntN(5*24))*duty.Hour
	case g.chance(10):
		known += duty.Instant(g.r.IntN(120)) * duty.Second
	}
	k := duty.Known[duty.CardEvent]{Fact: f, At: known}
	g.c.facts.CardEvents = append(g.c.facts.CardEvents, k)
	if g.chance(1) {
		k.At += duty.Instant(g.r.IntN(5*60)) * duty.Minute
		g.c.facts.CardEvents = append(g.c.facts.CardEvents, k)
	}
	if odd && g.chance(1) {
		k.Fact.Version, k.Fact.Retracted = int64(g.r.IntN(3)), g.chance(50)
		k.Fact.OccurredAt += duty.Instant(g.r.IntN(100)) * duty.Minute
		k.At += duty.Instant(g.r.IntN(30*60)) * duty.Minute
		g.c.facts.CardEvents = append(g.c.facts.CardEvents, k)
	}
}
