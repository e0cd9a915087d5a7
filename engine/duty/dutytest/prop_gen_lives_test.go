package dutytest

import (
	"slices"

	"tilsyn/engine/duty"
)

// life is what a person's days look like of whom no passage may ever be by itself, or who passes no gate.
type life int

const (
	// barcodeLife is with a barcode card: every passage is in the barcode log as well.
	barcodeLife life = iota
	// visitorLife is in by the gate, to the stand and out again within a quarter of an hour.
	visitorLife
	// standLife and policeLife are nothing but reports, at a stand or to the police.
	standLife
	policeLife
)

// newLifeGen makes a person with such days. The duties and all the rest are those of other random persons; now and
// then the days before or after some date are as well.
func newLifeGen(seed uint64) *gen {
	g := newRoutineGen(seed, int(seed%3)*40)
	if seed%4 == 0 {
		g = newGen(seed)
	}
	of, days := life(g.r.IntN(4)), 10+g.r.IntN(15)
	if g.chance(6) {
		days, g.long = 50, true
	}
	from, to := g.d0-4, g.d0+duty.Date(days)
	switch cut := g.d0 + duty.Date(g.r.IntN(days)); {
	case g.chance(20):
		from = cut
	case g.chance(25):
		to = cut
	}
	g.onlyFrom(from, to)
	if of != barcodeLife {
		g.reporting(of)
	}
	if g.chance(40) {
		g.nearness()
	}
	for d := from; d < to; d++ {
		if g.chance(12) {
			continue
		}
		t := localTime(d, pick(g, 60+g.r.IntN(22*60), 9*60+g.r.IntN(180))) + duty.Instant(g.r.IntN(60))*duty.Second
		g.lived(of, t)
	}
	g.separate()
	g.stamp()
	return g
}

// onlyFrom leaves out what was registered on some dates; of a few persons some of it stays.
func (g *gen) onlyFrom(from, to duty.Date) {
	some := pick(g, 0, 0, 0, 3)
	out := func(t duty.Instant) bool { return from.Start() <= t && t < to.Start() && !g.chance(some) }
	f := &g.c.facts
	f.CardEvents = slices.DeleteFunc(slices.Clone(f.CardEvents), func(k duty.Known[duty.CardEvent]) bool {
		return out(k.Fact.OccurredAt)
	})
	f.ManualEntries = slices.DeleteFunc(slices.Clone(f.ManualEntries), func(k duty.Known[duty.ManualEntry]) bool {
		early, _, ok := k.Fact.Happened()
		return ok && out(early)
	})
}

// reporting sees to it that REPORT binds, mostly alone.
func (g *gen) reporting(of life) {
	f := &g.c.facts
	if g.chance(75) {
		f.ObligationChanges = slices.DeleteFunc(slices.Clone(f.ObligationChanges),
			func(k duty.Known[duty.ObligationChange]) bool { return k.Fact.Kind != duty.KindReport })
	}
	if len(f.ObligationChanges) == 0 || g.chance(50) {
		g.decision(duty.KindReport, localTime(g.d0-20, 0))
	}
	if of == policeLife && g.chance(70) {
		for i := range f.ObligationChanges {
			f.ObligationChanges[i].Fact.Places = []duty.ReportPlace{duty.ReportPlacePolice}
		}
	}
}

// nearness gives the first policy other ideas of what is near.
func (g *gen) nearness() {
	p := *g.c.policies[0].Policy
	p.Steps = slices.Clone(p.Steps)
	for i := range p.Steps {
		x := &p.Steps[i].Params
		x.AssistMatchMinutes = g.r.IntN(9)
		x.SluiceMax = duty.Instant(g.r.IntN(300)) * duty.Second
		x.CollapseMax = duty.Instant(g.r.IntN(300)) * duty.Second
		x.DepartureSilentDays = pick(g, 30, 2, 4)
		x.LateAccusation = pick(g, x.LateAccusation, x.LateAccusation, duty.Day)
	}
	g.c.policies[0].Policy = &p
}

// lived adds what is registered of one day.
func (g *gen) lived(of life, t duty.Instant) {
	passage, minutes := duty.CardEventKindPassage, func(a, b int) duty.Instant {
		return duty.Instant(a+g.r.IntN(b-a))*duty.Minute + duty.Instant(g.r.IntN(60))*duty.Second
	}
	centre := g.centreNow()
	stand := func(t duty.Instant) {
		g.row(t, centre, pick(g, "stand", "stand", "stand", "report-barcode"), duty.CardEventKindReport, 0,
			duty.ScanComplete)
	}
	switch of {
	case barcodeLife:
		dirs := [...]duty.Direction{duty.DirectionOut, duty.DirectionIn}
		for i, at := range [...]duty.Instant{t, t + minutes(5, 9*60)} {
			g.row(at, centre, "barcode", passage, dirs[i], duty.ScanComplete)
			g.logLine(at, centre, dirs[i])
		}
		if g.chance(30) {
			stand(t + minutes(5, 5*60))
		}
	case visitorLife:
		device := pick(g, "carousel", "carousel", "carousel", "barcode")
		g.row(t, centre, device, passage, duty.DirectionIn, duty.ScanComplete)
		stand(t + minutes(1, 9))
		g.row(t+minutes(6, 16), centre, device, passage, duty.DirectionOut, duty.ScanComplete)
	case standLife:
		stand(t)
		if g.chance(8) {
			stand(t + minutes(0, 12))
		}
	case policeLife:
		g.paper(duty.FormPoliceReport, t, centre, 0)
		if n := len(g.c.facts.ManualEntries); g.chance(3) && n > 0 {
			g.c.facts.ManualEntries[n-1].Fact.Result = duty.Some(duty.CheckResultNotFound)
		}
		if g.chance(3) {
			g.event(t+minutes(0, 60), pick(g, duty.DirectionIn, duty.DirectionOut))
		}
	}
	if g.chance(2) {
		g.event(t+minutes(0, 30), pick(g, duty.DirectionIn, duty.DirectionOut))
	}
}

// logLine writes a passage into the barcode log, mostly right and in its minute.
func (g *gen) logLine(t duty.Instant, centre string, dir duty.Direction) {
	if g.chance(6) {
		return
	}
	if g.chance(15) {
		g.paper(pick(g, duty.FormBarcodeLog, duty.FormBarcodeLog, duty.FormOutagePassage),
			t+duty.Instant(g.r.IntN(14)-7)*duty.Minute, centre, pick(g, dir, dir, dir, 3-dir))
		return
	}
	written := t + duty.Instant(g.r.IntN(3)-1)*duty.Minute
	known := written + duty.Instant(g.r.IntN(3*24))*duty.Hour
	g.c.facts.ManualEntries = append(g.c.facts.ManualEntries, duty.Known[duty.ManualEntry]{At: known,
		Fact: duty.ManualEntry{ID: g.id("m"), Version: 1, ReceivedAt: known, PersonID: duty.Some("P"), CentreID: centre,
			Form: duty.FormBarcodeLog, Direction: duty.Some(dir), LocalTime: wallText(written),
			NameMatches: duty.Some(true)}})
}
