package dutytest

import (
	"time"

	"tilsyn/engine/duty"
)

var deviceTypes = map[string]duty.DeviceType{
	"carousel": duty.DeviceTypeCarousel, "carousel-outer": duty.DeviceTypeCarousel,
	"carousel-inner": duty.DeviceTypeCarousel,
	"barcode":        duty.DeviceTypeBarcodeScanner, "report-barcode": duty.DeviceTypeBarcodeScanner,
	"handheld": duty.DeviceTypeHandheld, "stand": duty.DeviceTypeReportingStand,
	"nowhere": duty.DeviceTypeCarousel, "room": duty.DeviceTypeOfflineLock,
}

func (g *gen) row(t duty.Instant, centre, device string, kind duty.CardEventKind, dir duty.Direction, scan duty.Scan) {
	f := duty.CardEvent{
		ID: g.id("e"), Version: 1, PersonID: duty.Some("P"), CardID: "bio", CardType: duty.CardTypeBiometric,
		CentreID: centre, DeviceID: centre + "-" + device, DeviceType: deviceTypes[device], Kind: kind,
		Scan: scan, OccurredAt: t,
	}
	if kind != duty.CardEventKindReport {
		f.Direction = duty.Some(dir)
	}
	if device == "barcode" || device == "report-barcode" {
		f.CardID, f.CardType = "bar", duty.CardTypeBarcode
	}
	switch g.r.IntN(60) {
	case 0:
		f.PersonID = duty.None[string]()
	case 1:
		f.CardID = "foreign"
	case 2:
		f.PersonID = duty.Some("Q")
	case 3, 4:
		f.PersonID, f.CardID = duty.Some("alias"), "alias-card"
	case 5:
		f.DeviceType = duty.DeviceTypeHandheld
	case 6:
		f.CardType = duty.CardTypeKeyFob
	case 7:
		f.Kind = duty.CardEventKindLockedAttempt
	case 8: // an id that looks like another one
		if g.chance(25) {
			*pick(g, &f.ID, &f.CardID, &f.DeviceID) += pick(g, " ", "\u00a0", "\t")
		}
	}
	f.ReceivedAt = g.received(t)
	put(g, &g.c.facts.CardEvents, f, f.ReceivedAt, func(f *duty.CardEvent, v int64, gone bool) {
		f.Version, f.Retracted = v, gone
		if g.moved() {
			f.PersonID = duty.Some("Q")
			return
		}
		if g.chance(50) {
			f.OccurredAt += duty.Instant(g.r.IntN(120)-60) * duty.Minute
		} else if f.Direction.OK {
			f.Direction.V = 3 - f.Direction.V
		}
	})
	if g.chance(1) { // an equal version with another content
		f.OccurredAt += duty.Hour
		g.c.facts.CardEvents = append(g.c.facts.CardEvents, duty.Known[duty.CardEvent]{Fact: f, At: f.ReceivedAt + duty.Hour})
	}
}

// events is a walk in and out of the centre.
func (g *gen) events() {
	n := g.r.IntN(10)
	dir := pick(g, duty.DirectionIn, duty.DirectionOut)
	var ts []duty.Instant
	for i := 0; i < n; i++ {
		ts = append(ts, g.time(-1, 7))
	}
	if g.chance(25) {
		ts = append(ts, g.time(-12, -2))
	}
	for i := range ts {
		for j := i + 1; j < len(ts); j++ {
			if ts[j] < ts[i] {
				ts[i], ts[j] = ts[j], ts[i]
			}
		}
	}
	for _, t := range ts {
		g.event(t, dir)
		if g.chance(85) {
			dir = 3 - dir
		}
	}
	for i := g.r.IntN(5); i > 0; i-- {
		centre := g.centreNow()
		g.row(g.time(-1, 7), centre, pick(g, "stand", "stand", "stand", "stand", "report-barcode", "report-barcode",
			"nowhere", "carousel"), duty.CardEventKindReport, 0, duty.ScanComplete)
	}
}

func (g *gen) centreNow() string {
	c := "KH"
	if len(g.c.facts.ObligationChanges) > 0 {
		c = g.c.facts.ObligationChanges[g.r.IntN(len(g.c.facts.ObligationChanges))].Fact.CentreID
	}
	if g.chance(4) {
		return other(c)
	}
	if c == nowhere && g.chance(90) {
		return "KH"
	}
	return c
}

func (g *gen) event(t duty.Instant, dir duty.Direction) {
	centre := g.centreNow()
	outer, inner := "carousel-outer", "carousel-inner"
	if dir == duty.DirectionOut {
		outer, inner = inner, outer
	}
	passage := duty.CardEventKindPassage
	switch g.r.IntN(27) {
	case 24:
		g.paper(duty.FormAssistedPassage, t, centre, dir)
	case 25:
		g.row(t, centre, "report-barcode", passage, dir, duty.ScanComplete)
	case 0, 1, 2:
		g.row(t, centre, "barcode", passage, dir, duty.ScanComplete)
		if g.chance(70) {
			g.paper(duty.FormBarcodeLog, t+duty.Instant(g.r.IntN(7)-3)*duty.Minute, centre, dir)
		}
	case 3:
		g.row(t, centre, "handheld", passage, dir, duty.ScanComplete)
	case 4, 5:
		g.row(t, centre, outer, passage, dir, duty.ScanFirst)
		g.row(t+duty.Instant(g.r.IntN(200))*duty.Second, centre, inner, passage, dir, duty.ScanSecond)
	case 6:
		g.row(t, centre, outer, passage, dir, duty.ScanFirst)
	case 7:
		g.row(t, centre, inner, passage, dir, duty.ScanSecond)
	case 8:
		g.row(t, centre, "nowhere", passage, dir, duty.ScanComplete)
	case 9:
		g.row(t, centre, "carousel", passage, dir, duty.ScanComplete)
		g.row(t+duty.Instant(g.r.IntN(240))*duty.Second, centre, "handheld", passage, dir, duty.ScanComplete)
	case 10:
		g.paper(duty.FormOutagePassage, t, centre, dir)
	case 11:
		g.paper(duty.FormBarcodeLog, t, centre, dir)
	case 12:
		g.row(t, centre, "carousel", passage, dir, duty.ScanComplete)
		g.paper(duty.FormOutagePassage, t+duty.Instant(g.r.IntN(16)-8)*duty.Minute, centre, dir)
	case 13:
		g.row(t, centre, "carousel", passage, dir, duty.ScanComplete)
		g.row(t, centre, "carousel", passage, 3-dir, duty.ScanComplete)
	case 14:
		g.row(t, centre, "carousel", passage, dir, duty.ScanComplete)
		g.paper(duty.FormAssistedPassage, t+duty.Instant(g.r.IntN(14)-7)*duty.Minute, centre, dir)
	case 15:
		g.row(t, "KH", "room", passage, dir, duty.ScanComplete)
	default:
		g.row(t, centre, "carousel", passage, dir, duty.ScanComplete)
	}
	if t < localTime(dateOfText("2024-04-01"), 0) && g.chance(40) {
		g.paper(duty.FormTemporaryRegistration, t+duty.Instant(g.r.IntN(26)-13)*duty.Minute, centre, dir)
	}
}

func wallText(t duty.Instant) string {
	return time.UnixMilli(int64(t)).In(copenhagen).Format("2006-01-02T15:04")
}

func (g *gen) paperText(t duty.Instant) string {
	if g.chance(5) {
		return time.UnixMilli(int64(t)).In(copenhagen).Format("2006-01-02T15:04:05Z07:00")
	}
	return wallText(t)
}

func (g *gen) paper(form duty.Form, t duty.Instant, centre string, dir duty.Direction) {
	f := duty.ManualEntry{
		ID: g.id("m"), Version: 1, PersonID: duty.Some("P"), CentreID: centre, Form: form, LocalTime: g.paperText(t),
	}
	if dir != 0 {
		f.Direction = duty.Some(dir)
	}
	switch form {
	case duty.FormPresenceCheck:
		f.Result = duty.Some(pick(g, duty.CheckResultPresent, duty.CheckResultPresent, duty.CheckResultNotFound))
	case duty.FormObservation:
		f.Result = pick(g, duty.Some(duty.CheckResultPresent), duty.Some(duty.CheckResultNotFound),
			duty.None[duty.CheckResult]())
	case duty.FormAssistedPassage:
		f.APB = pick(g, duty.None[bool](), duty.Some(true), duty.Some(false), duty.Some(false))
	}
	f.NameMatches = pick(g, duty.None[bool](), duty.Some(true), duty.Some(true))
	if g.chance(10) {
		f.NameMatches = duty.Some(false)
	}
	if g.chance(2) {
		f.PersonID = duty.Some("alias")
	}
	f.ReceivedAt = g.received(t)
	if g.chance(4) {
		g.unread(f, t)
		return
	}
	put(g, &g.c.facts.ManualEntries, f, f.ReceivedAt, func(f *duty.ManualEntry, v int64, gone bool) {
		if g.moved() {
			f.PersonID = duty.Some("Q")
		}
		if g.chance(30) {
			f.NameMatches = pick(g, duty.Some(false), duty.Some(true))
			f.Version, f.Retracted = v, gone
			return
		}
		f.Version, f.Retracted, f.LocalTime = v, gone, wallText(t+duty.Instant(g.r.IntN(90)-45)*duty.Minute)
	})
}

// papers adds the other sheets: reports, checks, entries without a row, times
// in the hours that do not exist or occur twice.
func (g *gen) papers() {
	for i := 0; i < 4 && g.chance(35); i++ {
		form := pick(g, duty.FormOutageReport, duty.FormPoliceReport, duty.FormPresenceCheck, duty.FormAssistedPassage,
			duty.FormOutagePassage, duty.FormObservation, duty.FormObservation, duty.FormTemporaryRegistration)
		dir := duty.Direction(0)
		switch form {
		case duty.FormAssistedPassage, duty.FormOutagePassage, duty.FormTemporaryRegistration:
			dir = pick(g, duty.DirectionIn, duty.DirectionOut)
			if g.chance(5) {
				dir = 0
			}
		}
		g.paper(form, g.time(-1, 6), g.centreNow(), dir)
	}
	if !g.chance(12) {
		return
	}
	// a sheet in the hour of the clock change of the week, if there is one
	for d := g.d0; d < g.d0+8; d++ {
		if localTime(d+1, 0)-localTime(d, 0) == duty.Day {
			continue
		}
		n := len(g.c.facts.ManualEntries)
		g.paper(pick(g, duty.FormOutagePassage, duty.FormOutagePassage, duty.FormOutageReport, duty.FormPresenceCheck),
			localTime(d, 60), g.centreNow(), pick(g, duty.DirectionIn, duty.DirectionOut))
		for ; n < len(g.c.facts.ManualEntries); n++ {
			g.c.facts.ManualEntries[n].Fact.LocalTime = dateText(d) + "T02:" + pick(g, "00", "10", "30", "59")
		}
	}
}

func (g *gen) messages() {
	n := g.r.IntN(4)
	for i := 0; i < n; i++ {
		t := g.time(-1, 6)
		if g.chance(8) { // at the minute that is both before and in the night (RD-50)
			t = localTime(g.d0+duty.Date(g.r.IntN(7)-1), 23*60) + duty.Instant(g.r.IntN(60))*duty.Second
		}
		f := duty.Notice{
			ID: g.id("n"), Version: 1, PersonID: "P", CentreID: "KH", LocalTime: g.paperText(t), Channel: duty.ChannelPhone,
			GivenBy: duty.GivenBySelf, Recipient: duty.RecipientOperator, Clarity: duty.ClarityClear, Nights: 1,
		}
		switch g.r.IntN(14) {
		case 0:
			f.GivenBy = duty.GivenByOther
		case 1:
			f.Recipient = pick(g, duty.RecipientReturnAgency, duty.RecipientPolice)
		case 2:
			f.Clarity = duty.ClarityUnclear
		case 3, 4:
			f.Nights = int32(1 + g.r.IntN(4))
		case 5, 6:
			f.TargetDate = duty.Some(g.d0 + duty.Date(g.r.IntN(7)))
		case 7, 8:
			f.RangeFrom = duty.Some(pick(g, "22:00", "23:00", "23:30", "23:59", "01:00", "02:00"))
			f.RangeTo = duty.Some(pick(g, "02:00", "02:30", "03:00", "05:30", "06:00"))
		}
		f.ReceivedAt = g.received(t)
		put(g, &g.c.facts.Notices, f, f.ReceivedAt, func(f *duty.Notice, v int64, gone bool) {
			f.Version, f.Retracted, f.LocalTime = v, gone, wallText(t+duty.Instant(g.r.IntN(90)-45)*duty.Minute)
			if g.moved() {
				f.PersonID = "Q"
			}
		})
	}
}
