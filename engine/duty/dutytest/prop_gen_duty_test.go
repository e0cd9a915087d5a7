package dutytest

import (
	"fmt"

	"tilsyn/engine/duty"
)

func (g *gen) basis(kind duty.Kind) duty.LegalBasis {
	grp, enhanced := g.group()
	if g.chance(3) {
		return duty.LegalBasis(1 + g.r.IntN(11))
	}
	if g.chance(4) {
		return duty.LegalBasisOther
	}
	old := g.d0 < dateOfText("2021-06-01")
	switch kind {
	case duty.KindStay:
		switch {
		case old && g.chance(60):
			return duty.LegalBasisAliensAct42a8
		case enhanced:
			return duty.LegalBasisReturnAct132
		}
		return duty.LegalBasisReturnAct131
	case duty.KindNotify:
		if old && g.chance(60) {
			return duty.LegalBasisAliensAct42a10
		}
		return duty.LegalBasisReturnAct134
	}
	switch grp {
	case duty.GroupTolerated:
		return duty.LegalBasisReturnAct122
	case duty.GroupExpelledJudgment:
		return duty.LegalBasisReturnAct123
	case duty.GroupForeignFighter, duty.GroupExpelled25:
		return duty.LegalBasisReturnAct124
	}
	return duty.LegalBasisReturnAct1214
}

// duties imposes STAY, NOTIFY and REPORT, mostly before the week.
func (g *gen) duties() {
	_, enhanced := g.group()
	early := localTime(g.d0-20, 0)
	if g.chance(90) {
		g.decision(duty.KindStay, early)
	}
	if (enhanced && g.chance(90)) || g.chance(10) {
		g.decision(duty.KindNotify, early)
	}
	if g.chance(55) {
		g.decision(duty.KindReport, early)
	}
	if g.chance(8) {
		g.decision(pick(g, duty.KindStay, duty.KindNotify, duty.KindReport), g.time(-1, 5))
	}
}

func (g *gen) decision(kind duty.Kind, from duty.Instant) {
	if g.chance(12) {
		from = g.time(-2, 3)
	}
	f := duty.ObligationChange{
		ID: g.id("o"), Version: 1, DecisionID: g.id("D"), PersonID: "P", Kind: kind, Action: duty.ActionImpose,
		LegalBasis: g.basis(kind), CentreID: g.mainCentre(), ValidFrom: from, ServedAt: duty.Some(from),
	}
	if g.chance(4) {
		f.ServedAt = duty.Some(from + duty.Instant(g.r.IntN(200)-20)*duty.Hour)
	}
	if g.chance(2) {
		f.ServedAt = duty.None[duty.Instant]()
	}
	if g.chance(10) {
		f.ValidTo = duty.Some(max(from, g.time(0, 7)))
	}
	f.Places = []duty.ReportPlace{duty.ReportPlaceReturnAgency}
	g.place(&f)
	if kind == duty.KindReport {
		f.Schedule = g.schedule()
	}
	g.c.facts.ObligationChanges = append(g.c.facts.ObligationChanges,
		duty.Known[duty.ObligationChange]{Fact: f, At: g.received(from)})
	if g.chance(25) {
		g.changeDecision(f)
	}
	if kind == duty.KindStay && f.ValidTo.OK && g.chance(70) { // transfer or adjoining
		n := f
		n.ID, n.DecisionID, n.ValidFrom, n.ValidTo = g.id("o"), g.id("D"), f.ValidTo.V, duty.None[duty.Instant]()
		n.ServedAt = duty.Some(n.ValidFrom)
		if g.chance(60) {
			n.CentreID = other(f.CentreID)
		}
		g.c.facts.ObligationChanges = append(g.c.facts.ObligationChanges,
			duty.Known[duty.ObligationChange]{Fact: n, At: n.ValidFrom})
	}
}

func other(centre string) string {
	if centre == "KH" {
		return "SJ"
	}
	return "KH"
}

// mainCentre is where the person lives: fixed by the first decision.
func (g *gen) mainCentre() string {
	for _, k := range g.c.facts.ObligationChanges {
		if g.chance(97) {
			return k.Fact.CentreID
		}
	}
	return pick(g, "KH", "KH", "SJ")
}

// changeDecision amends, corrects or annuls; the version numbers rise.
func (g *gen) changeDecision(f duty.ObligationChange) {
	known := g.time(-1, 8)
	for i := 0; i < 1+g.r.IntN(2); i++ {
		f.ID = g.id("o")
		f.Version++
		f.Action = pick(g, duty.ActionAmend, duty.ActionCorrect, duty.ActionAnnul)
		if f.Action != duty.ActionCorrect || g.chance(30) {
			f.ValidFrom = pick(g, f.ValidFrom, g.time(-1, 5))
		}
		f.ServedAt = duty.Some(f.ValidFrom)
		if g.chance(15) {
			f.ServedAt = duty.None[duty.Instant]()
		}
		if g.chance(30) {
			f.CentreID = other(f.CentreID)
		}
		if f.Kind == duty.KindReport && g.chance(50) {
			f.Schedule = g.schedule()
		}
		if g.chance(30) {
			g.place(&f)
		}
		if g.moved() {
			f.PersonID = pick(g, "P", "Q")
		}
		if f.ValidTo.OK && f.ValidTo.V < f.ValidFrom {
			f.ValidTo = duty.None[duty.Instant]()
		}
		f.Retracted = g.chance(8)
		k := duty.Known[duty.ObligationChange]{Fact: f, At: g.received(known)}
		g.c.facts.ObligationChanges = append(g.c.facts.ObligationChanges, k)
		if f.Retracted || f.Action == duty.ActionAnnul {
			return
		}
		known += duty.Instant(g.r.IntN(40)) * duty.Hour
	}
}

func (g *gen) schedule() duty.Opt[duty.Schedule] {
	s := duty.Schedule{}
	switch g.r.IntN(8) {
	case 0, 1, 2:
		s.Type = duty.ScheduleTypeDaily
	case 3:
		s.Type = duty.ScheduleTypeWeekdays
		for w := 1; w <= 7; w++ {
			if g.chance(50) {
				s.Weekdays = append(s.Weekdays, duty.Weekday(w))
			}
		}
	case 4, 5:
		s.Type, s.QuotaPerWeek = duty.ScheduleTypeQuota, int32(1+g.r.IntN(4))
	case 6:
		s.Type = duty.ScheduleTypeDates
		for i := 0; i < 7; i++ {
			if g.chance(50) {
				s.Dates = append(s.Dates, g.d0+duty.Date(i))
			}
		}
	default:
		return duty.None[duty.Schedule]()
	}
	if g.chance(25) && s.Type != duty.ScheduleTypeQuota {
		a := g.r.IntN(20) * 60
		s.WindowFrom = duty.Some(clock(a + 30*g.r.IntN(2)))
		if g.chance(70) {
			s.WindowTo = duty.Some(clock(a + 60*(1+g.r.IntN(4))))
		}
	}
	return duty.Some(s)
}

func clock(minutes int) string {
	if minutes >= 24*60 {
		minutes = 23*60 + 59
	}
	return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60)
}

// cards assigns one card, or two kinds, or none that is known.
func (g *gen) cards() {
	from := localTime(g.d0-40, 0)
	add := func(card, person string, kind duty.CardType, from duty.Instant, to duty.Opt[duty.Instant]) {
		f := duty.CardAssignment{
			ID: g.id("a"), Version: 1, CardID: card, PersonID: person, CardType: kind, ValidFrom: from, ValidTo: to,
			AntiPassback: duty.AntiPassbackOn, Created: duty.CardCreationAutomatic,
		}
		put(g, &g.c.facts.CardAssignments, f, g.received(from), func(f *duty.CardAssignment, v int64, gone bool) {
			f.Version, f.Retracted, f.ValidTo = v, gone, duty.Some(max(f.ValidFrom, g.time(0, 6)))
		})
	}
	if g.chance(96) {
		add("bio", "P", duty.CardTypeBiometric, from, duty.None[duty.Instant]())
	}
	if g.chance(30) {
		to := duty.None[duty.Instant]()
		if g.chance(80) {
			to = duty.Some(g.time(-3, 6))
		}
		add("bar", "P", duty.CardTypeBarcode, from, to)
	}
	if g.chance(8) {
		add("foreign", "Q", duty.CardTypeBiometric, from, duty.None[duty.Instant]())
	}
	if g.chance(4) {
		g.crowd(add)
	}
}

// crowd makes one of the cards everybody's, or gives the person one that is.
func (g *gen) crowd(add func(card, person string, kind duty.CardType, from duty.Instant, to duty.Opt[duty.Instant])) {
	c := duty.Crowd{CardID: pick(g, "bio", "bar", "foreign", "crowd")}
	at := localTime(g.d0-40, 0)
	if g.chance(50) {
		at = g.time(-3, 6)
	}
	for range 1 + g.r.IntN(2) {
		to := min(duty.Forever, at+duty.Instant(1+g.r.Int64N(int64(20*duty.Day))))
		c.Held = append(c.Held, duty.Span{From: at, To: to})
		at = to + duty.Hour
	}
	if g.chance(60) {
		add(c.CardID, pick(g, "P", "Q"), duty.CardTypeBiometric, c.Held[0].From, duty.Some(c.Held[0].To))
	}
	g.c.facts.AddCrowd(c)
}

// leaves gives permissions and holds, assessments.
func (g *gen) leaves() {
	for i := 0; i < 2 && g.chance(22); i++ {
		a := g.time(-1, 5)
		f := duty.Permission{
			ID: g.id("p"), Version: 1, PermissionID: g.id("PM"), PersonID: "P", Status: duty.PermissionStatusGranted,
			ValidFrom: a, ValidTo: a + duty.Instant(g.r.IntN(60*40))*duty.Minute,
			ReportEffect: pick(g, duty.ReportEffectExcused, duty.ReportEffectRequired, duty.ReportEffectSilent), DecidedAt: a,
		}
		if g.chance(30) {
			f.ValidTo = max(a, g.time(0, 6))
		}
		if g.chance(10) {
			f.Status = pick(g, duty.PermissionStatusPending, duty.PermissionStatusRefused, duty.PermissionStatusRevoked)
		}
		at := g.received(a)
		g.c.facts.Permissions = append(g.c.facts.Permissions, duty.Known[duty.Permission]{Fact: f, At: at})
		if g.chance(25) {
			f.ID, f.Version = g.id("p"), 2
			f.Status = pick(g, duty.PermissionStatusRevoked, duty.PermissionStatusRevoked, duty.PermissionStatusGranted)
			if g.chance(80) {
				f.ServedAt = duty.Some(g.time(-1, 6))
			}
			f.Retracted = g.chance(10)
			if g.moved() {
				f.PersonID = "Q"
			}
			g.c.facts.Permissions = append(g.c.facts.Permissions,
				duty.Known[duty.Permission]{Fact: f, At: g.received(at + duty.Hour)})
		}
	}
	if g.chance(10) {
		a := g.time(-1, 5)
		f := duty.Hold{ID: g.id("h"), Version: 1, HoldID: g.id("H"), PersonID: "P", Kind: duty.HoldKindCustody, ValidFrom: a}
		if g.chance(85) {
			f.ValidTo = duty.Some(a + duty.Instant(g.r.IntN(2000))*duty.Minute)
		}
		put(g, &g.c.facts.Holds, f, g.received(a), func(f *duty.Hold, v int64, gone bool) {
			f.Version, f.Retracted, f.ValidTo = v, gone, duty.Some(f.ValidFrom+duty.Hour)
			if g.moved() {
				f.PersonID = "Q"
			}
		})
	}
	for i := 0; i < 2 && g.chance(6); i++ {
		f := duty.DepartureAssessment{
			ID: g.id("d"), Version: 1, PersonID: "P", FromDate: g.d0 + duty.Date(g.r.IntN(9)-2),
			Outcome: pick(g, duty.DepartureOutcomeDeparted, duty.DepartureOutcomeNotDeparted, duty.DepartureOutcomeNotDeparted),
		}
		f.DecidedAt = localTime(f.FromDate+duty.Date(g.r.IntN(20)), 10*60)
		put(g, &g.c.facts.DepartureAssessments, f, f.DecidedAt, func(f *duty.DepartureAssessment, v int64, gone bool) {
			f.Version, f.Retracted = v, gone
			if g.moved() {
				f.PersonID = "Q"
			}
		})
	}
}
