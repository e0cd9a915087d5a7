package dutytest

import (
	"slices"

	"tilsyn/engine/duty"
)

// Places of the random register beside the two centres: one of the police, a
// lodging without any device, an asylum centre with devices of some dates, and
// one that no register knows (RD-44 to RD-46).
const (
	policeStation = "POLICE"
	lodging       = "OT"
	asylum        = "AS"
	nowhere       = "XX"
)

// register adds places to every policy, now and then operating dates to a
// centre, dates to a device, and a place only in a later policy.
func (g *gen) register() {
	day := func() duty.Instant { return localTime(g.d0+duty.Date(g.r.IntN(9)-1), 0) }
	closing, dated, learnt := g.r.IntN(100), g.r.IntN(100), g.chance(50)
	from, to := duty.Beginning, duty.Forever
	if closing < 8 {
		if from = day(); g.chance(50) {
			from, to = duty.Beginning, from
		}
	}
	opened, ended := day(), day()
	for i := range g.c.policies {
		p := *g.c.policies[i].Policy
		p.Centres, p.Devices = slices.Clone(p.Centres), slices.Clone(p.Devices)
		if closing < 8 {
			c := slices.IndexFunc(p.Centres, func(c duty.Centre) bool { return c.ID == []string{"KH", "SJ"}[closing%2] })
			p.Centres[c].From, p.Centres[c].To = from, to
		}
		if dated < 8 {
			p.Devices[dated].From, p.Devices[dated].To = min(opened, ended), max(opened, ended)
		}
		p.Centres = append(p.Centres,
			duty.Centre{ID: lodging, Kind: duty.PlaceOther, NoStand: true, From: duty.Beginning, To: duty.Forever},
			duty.Centre{ID: asylum, Kind: duty.PlaceAsylumCentre, StandInside: true, From: duty.Beginning, To: duty.Forever})
		if learnt && i > 0 {
			p.Centres = append(p.Centres, duty.Centre{ID: nowhere, From: duty.Beginning, To: duty.Forever})
		}
		p.Devices = append(p.Devices,
			duty.Device{ID: asylum + "-carousel", CentreID: asylum, Type: duty.DeviceTypeCarousel,
				From: duty.Beginning, To: ended},
			duty.Device{ID: asylum + "-stand", CentreID: asylum, Type: duty.DeviceTypeReportingStand,
				From: opened, To: duty.Forever})
		g.c.policies[i].Policy = &p
	}
}

// place gives a decision other places than the usual ones.
func (g *gen) place(f *duty.ObligationChange) {
	report := f.Kind == duty.KindReport
	if report {
		switch g.r.IntN(10) {
		case 0, 1:
			f.Places = []duty.ReportPlace{duty.ReportPlaceReturnAgency, duty.ReportPlacePolice}
		case 2:
			f.Places = []duty.ReportPlace{duty.ReportPlacePolice}
		}
	}
	switch x := g.r.IntN(100); {
	case x < 2:
		f.CentreID = nowhere
	case x < 4:
		f.CentreID = lodging
	case x < 6:
		f.CentreID = asylum
	case x < 7 || report && x < 14:
		f.CentreID = policeStation
	}
}

// unread removes the person from a paper entry. Later the entry may be read as this person's or
// another's, be called irrelevant, or stay unread (RD-47).
func (g *gen) unread(f duty.ManualEntry, t duty.Instant) {
	named := f
	f.PersonID = duty.None[string]()
	pos := duty.Position{Partition: int32(g.r.IntN(4)), Offset: int64(g.n)}
	list := &g.c.centres.ManualEntries
	k := duty.Known[duty.ManualEntry]{Fact: f, At: f.ReceivedAt, Pos: duty.Some(pos)}
	*list = append(*list, k)
	if g.chance(6) { // a copy of the record
		k.At, k.Pos.V.Offset = k.At+duty.Instant(g.r.IntN(90))*duty.Hour, k.Pos.V.Offset+1000
		*list = append(*list, k)
	}
	known := g.received(f.ReceivedAt + duty.Instant(g.r.IntN(200))*duty.Hour)
	named.Version, named.ReceivedAt = 2, known
	switch g.r.IntN(10) {
	case 0, 1, 2:
		g.name(named)
	case 3, 4:
		named.PersonID = duty.Some("Q")
		g.name(named)
	case 5:
		named.PersonID, named.LocalTime = duty.None[string](), wallText(t+duty.Instant(g.r.IntN(100)-50)*duty.Hour)
		g.name(named)
	case 6, 7:
		r := duty.Resolution{
			ID: g.id("r"), Version: 1, Topic: "manual-entries", Partition: pos.Partition, Offset: pos.Offset,
			Outcome: pick(g, duty.ResolutionOutcomeIrrelevant, duty.ResolutionOutcomeIrrelevant,
				duty.ResolutionOutcomeReplaced), By: "A", At: known,
		}
		put(g, &g.c.centres.Resolutions, r, known, func(r *duty.Resolution, v int64, gone bool) {
			r.Version, r.Retracted = v, gone
		})
		return
	default:
		return
	}
	if g.chance(15) { // and read again
		named.Version, named.Retracted = 3, g.chance(30)
		named.PersonID = pick(g, duty.Some("P"), duty.Some("Q"), duty.None[string]())
		named.ReceivedAt = g.received(known + duty.Instant(g.r.IntN(200))*duty.Hour)
		g.name(named)
	}
}

// name puts a later version of such a line where it is read: under the centre,
// and under this person if it names it.
func (g *gen) name(f duty.ManualEntry) {
	k := duty.Known[duty.ManualEntry]{Fact: f, At: f.ReceivedAt}
	g.c.centres.ManualEntries = append(g.c.centres.ManualEntries, k)
	if f.PersonID.V == "P" {
		g.c.facts.ManualEntries = append(g.c.facts.ManualEntries, k)
	}
}

// anonymous adds lines of paper whose number nobody can read.
func (g *gen) anonymous() {
	for i := 0; i < 2 && g.chance(7); i++ {
		t := g.time(-3, 9)
		f := duty.ManualEntry{
			ID: g.id("m"), Version: 1, CentreID: pick(g, g.centreNow(), "KH", "SJ"), LocalTime: g.paperText(t),
			ReceivedAt: g.received(t),
			Form: pick(g, duty.FormOutagePassage, duty.FormOutageReport, duty.FormObservation,
				duty.FormPoliceReport, duty.FormBarcodeLog),
		}
		if f.Form == duty.FormOutagePassage || f.Form == duty.FormBarcodeLog {
			f.Direction = duty.Some(pick(g, duty.DirectionIn, duty.DirectionOut))
		}
		f.PersonID = duty.Some("P")
		g.unread(f, t)
	}
}

// sparseMonths makes two months with few registrations of every kind, so that
// silences of about thirty dates come about (RD-42).
func (g *gen) sparseMonths() {
	g.c.from = duty.Some(g.d0 + duty.Date(g.r.IntN(40)-10))
	g.c.to = duty.Some(g.c.from.V + 9)
	for i := g.r.IntN(5); i > 0; i-- {
		t := g.time(-30, 46)
		centre := g.centreNow()
		switch g.r.IntN(9) {
		case 0, 1:
			g.event(t, pick(g, duty.DirectionIn, duty.DirectionOut))
		case 2, 3:
			g.row(t, centre, pick(g, "stand", "report-barcode"), duty.CardEventKindReport, 0, duty.ScanComplete)
		case 4:
			g.paper(pick(g, duty.FormPoliceReport, duty.FormOutageReport), t, centre, 0)
		case 5:
			g.paper(pick(g, duty.FormPresenceCheck, duty.FormObservation, duty.FormObservation), t, centre, 0)
		case 6:
			g.paper(pick(g, duty.FormAssistedPassage, duty.FormTemporaryRegistration, duty.FormBarcodeLog),
				t, centre, pick(g, 0, duty.DirectionIn, duty.DirectionOut))
		case 7:
			g.row(t, centre, "carousel-outer", duty.CardEventKindPassage, duty.DirectionIn, duty.ScanFirst)
		case 8:
			f := duty.Notice{
				ID: g.id("n"), Version: 1, PersonID: "P", CentreID: "KH", LocalTime: g.paperText(t),
				Channel: duty.ChannelPhone, Nights: 1,
				GivenBy:   pick(g, duty.GivenBySelf, duty.GivenByOther),
				Recipient: pick(g, duty.RecipientOperator, duty.RecipientPolice),
				Clarity:   pick(g, duty.ClarityClear, duty.ClarityUnclear), ReceivedAt: g.received(t),
			}
			put(g, &g.c.facts.Notices, f, f.ReceivedAt, nil)
		}
	}
	if g.chance(30) {
		f := duty.DepartureAssessment{
			ID: g.id("d"), Version: 1, PersonID: "P", FromDate: g.d0 + duty.Date(g.r.IntN(50)-10),
			Outcome: duty.DepartureOutcomeNotDeparted,
		}
		f.DecidedAt = localTime(f.FromDate+duty.Date(g.r.IntN(40)), 10*60)
		put(g, &g.c.facts.DepartureAssessments, f, f.DecidedAt, nil)
	}
}
