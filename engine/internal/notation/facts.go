package notation

import (
	"fmt"
	"strconv"
	"strings"

	"tilsyn/engine/duty"
)

// line adds the facts of one line of the notation.
func (p *Person) line(w *Words) error {
	switch w.Token {
	case "OBL":
		return p.obligation(w)
	case "UNSETTLED":
		p.unsettled, p.unsettledLog = true, w.Flags["log"]
		return nil
	case "GROUP", "CENTRE":
		return p.setting(w)
	case "PAPER":
		return p.nobodysPaper(w)
	case "SETTLED", "CLOCK", "MERGE", "SPLIT", "FORMSDONE", "LIFT", "REVOKE":
		return p.moment(w)
	case "IN", "OUT", "LOCK", "DOOR", "FOB":
		return p.passage(w)
	case "REP", "CHECK", "OBS", "ASSIST", "TMAN":
		return p.sheet(w)
	case "NOTICE":
		return p.notice(w)
	case "PERM", "INC", "EXCL", "HOLD", "TWOCARDS", "CARD":
		return p.stretch(w)
	case "ANNUL":
		return p.annul(w)
	case "DEPART", "NODEPART":
		return p.departure(w)
	}
	return fmt.Errorf("unknown token; the README beside the scripts lists them")
}

// moment is a line that is one instant.
func (p *Person) moment(w *Words) error {
	t := duty.Instant(0)
	if len(w.Args) > 0 {
		var err error
		if t, err = Time(w.Args[0]); err != nil {
			return err
		}
	}
	known, err := p.received(w, t)
	if err != nil {
		return err
	}
	g, f := &p.Centres, &p.Facts
	switch w.Token {
	case "SETTLED":
		p.settledAt = t
	case "MERGE", "SPLIT":
		action := duty.LinkActionMerge
		if w.Token == "SPLIT" {
			action = duty.LinkActionSplit
		}
		p.add(w, known, &duty.IdentityLink{
			ID: p.id(w, "l"), Version: 1, ReceivedAt: known, PersonID: p.ID, AliasPersonID: w.Or("with", p.ID+"-2"),
			Action: action, At: t,
		})
	case "FORMSDONE":
		i := g.Incidents[len(g.Incidents)-1].Fact
		i.ID, i.Version, i.FormsStatus, i.ReceivedAt = p.id(w, "i"), i.Version+1, duty.FormsStatusComplete, known
		p.add(w, known, &i)
	case "LIFT":
		x := g.Exclusions[len(g.Exclusions)-1].Fact
		x.ID, x.Version, x.Status, x.ReceivedAt = p.id(w, "x"), x.Version+1, duty.ExclusionStatusLifted, known
		p.add(w, known, &x)
	case "REVOKE":
		r := f.Permissions[len(f.Permissions)-1].Fact
		r.ID, r.Version, r.Status = p.id(w, "p"), r.Version+1, duty.PermissionStatusRevoked
		r.ServedAt, r.ReceivedAt = duty.Some(t), known
		p.add(w, known, &r)
	}
	return nil
}

// passage is a row at a gate, or a paper line in its place.
func (p *Person) passage(w *Words) error {
	t, err := Time(w.Args[0])
	if err != nil {
		return err
	}
	known, err := p.received(w, t)
	if err != nil {
		return err
	}
	centre := p.centre(w)
	f := duty.CardEvent{
		ID: p.id(w, "e"), Version: 1, ReceivedAt: known, PersonID: duty.Some(p.ID), CardID: p.ID + "-bio",
		CardType: duty.CardTypeBiometric,
		CentreID: centre, DeviceID: centre + "-carousel", DeviceType: duty.DeviceTypeCarousel,
		Kind:      duty.CardEventKindPassage,
		Direction: duty.Some(duty.DirectionIn), Scan: duty.ScanComplete, OccurredAt: t,
	}
	if w.Token == "OUT" || (w.Token == "LOCK" && w.Args[1] == "OUT") {
		f.Direction.V = duty.DirectionOut
	}
	switch {
	case w.Token == "LOCK":
		f.Kind = duty.CardEventKindLockedAttempt
	case w.Token == "DOOR" || w.Token == "FOB":
		f.CardID, f.CardType, f.DeviceID, f.DeviceType = p.ID+"-fob", duty.CardTypeKeyFob, "KH-room",
			duty.DeviceTypeOfflineLock
	case w.has("log"):
		return p.entry(w, duty.FormBarcodeLog, f.Direction, w.Args[0], centre, known, duty.None[duty.CheckResult]())
	case w.has("form"):
		return p.entry(w, duty.FormOutagePassage, f.Direction, w.Args[0], centre, known, duty.None[duty.CheckResult]())
	case w.has("temp"):
		return p.entry(w, duty.FormTemporaryRegistration, f.Direction, w.Args[0], centre, known,
			duty.None[duty.CheckResult]())
	case w.has("hand"):
		f.DeviceID, f.DeviceType = centre+"-handheld", duty.DeviceTypeHandheld
		p.hasBio = true
	case w.has("bar"):
		f.CardID, f.CardType, f.DeviceID, f.DeviceType = p.ID+"-bar", duty.CardTypeBarcode, centre+"-barcode",
			duty.DeviceTypeBarcodeScanner
		p.hasBar = true
		if !w.has("nolog") && dateAt(t) >= duty.DateOf(2023, 3, 20) {
			if err := p.entry(w, duty.FormBarcodeLog, f.Direction, w.Args[0], centre, known,
				duty.None[duty.CheckResult]()); err != nil {
				return err
			}
		}
	default:
		p.hasBio = true
	}
	if other, ok := w.Flags["pid"]; ok {
		f.PersonID, f.CardID = duty.Some(other), other+"-bio"
	}
	if card, ok := w.Flags["card"]; ok {
		f.PersonID, f.CardID = duty.None[string](), card
	}
	return p.rows(w, f, known)
}

// rows adds one row, or the two scans of a sluice.
func (p *Person) rows(w *Words, f duty.CardEvent, known duty.Instant) error {
	first, second := "-carousel-outer", "-carousel-inner"
	if f.Direction.V == duty.DirectionOut {
		first, second = second, first
	}
	if w.has("scan1") || w.has("pair") {
		f.Scan, f.DeviceID = duty.ScanFirst, f.CentreID+first
	}
	row := f
	p.add(w, known, &row)
	if text, ok := w.Flags["pair"]; ok {
		t, err := Time(text)
		if err != nil {
			return err
		}
		f.ID, f.Scan, f.DeviceID, f.OccurredAt, f.ReceivedAt = p.id(w, "e"), duty.ScanSecond, f.CentreID+second, t, t
		p.latest = max(p.latest, t)
		p.add(&Words{}, t, &f)
	}
	return nil
}

func dateAt(t duty.Instant) duty.Date { return t.Date() }

// entry adds a line of paper; [name=no] and [apb=no] say what stands on it.
func (p *Person) entry(w *Words, form duty.Form, dir duty.Opt[duty.Direction], text, centre string, known duty.Instant,
	result duty.Opt[duty.CheckResult]) error {
	f := duty.ManualEntry{
		ID: p.id(w, "m"), Version: 1, ReceivedAt: known, PersonID: duty.Some(p.ID), CentreID: centre, Form: form,
		Direction: dir, LocalTime: text, Result: result,
	}
	if w.Flags["name"] == "no" {
		f.NameMatches = duty.Some(false)
	}
	if w.Flags["apb"] == "no" {
		f.APB = duty.Some(false)
	}
	p.add(w, known, &f)
	return nil
}

// sheet is a report, a check or another line of paper.
func (p *Person) sheet(w *Words) error {
	text, _, _ := strings.Cut(w.Args[0], "/")
	t, err := Time(text)
	if err != nil {
		return err
	}
	known, err := p.received(w, t)
	if err != nil {
		return err
	}
	dir, result := duty.None[duty.Direction](), duty.None[duty.CheckResult]()
	if len(w.Args) > 1 {
		switch w.Args[1] {
		case "IN":
			dir = duty.Some(duty.DirectionIn)
		case "OUT":
			dir = duty.Some(duty.DirectionOut)
		case "present":
			result = duty.Some(duty.CheckResultPresent)
		case "notfound":
			result = duty.Some(duty.CheckResultNotFound)
		}
	}
	centre := p.centre(w)
	switch {
	case w.Token == "CHECK":
		return p.entry(w, duty.FormPresenceCheck, dir, text, centre, known, result)
	case w.Token == "OBS":
		return p.entry(w, duty.FormObservation, dir, text, centre, known, result)
	case w.Token == "ASSIST":
		return p.entry(w, duty.FormAssistedPassage, dir, text, centre, known, result)
	case w.Token == "TMAN":
		return p.entry(w, duty.FormTemporaryRegistration, duty.Some(duty.DirectionOut), text, centre, known, result)
	case w.has("police"):
		return p.entry(w, duty.FormPoliceReport, dir, text, centre, known, result)
	case w.has("form"):
		return p.entry(w, duty.FormOutageReport, dir, text, centre, known, result)
	}
	f := duty.CardEvent{
		ID: p.id(w, "e"), Version: 1, ReceivedAt: known, PersonID: duty.Some(p.ID), CardID: p.ID + "-bio",
		CardType: duty.CardTypeBiometric, CentreID: centre,
		DeviceID: centre + "-stand", DeviceType: duty.DeviceTypeReportingStand, Kind: duty.CardEventKindReport,
		Scan: duty.ScanComplete, OccurredAt: t,
	}
	if w.has("scan") {
		f.CardID, f.CardType, f.DeviceID, f.DeviceType = p.ID+"-bar", duty.CardTypeBarcode, centre+"-report-barcode",
			duty.DeviceTypeBarcodeScanner
		p.hasBar = true
	} else {
		p.hasBio = true
	}
	p.add(w, known, &f)
	return nil
}

func (p *Person) notice(w *Words) error {
	t, err := Time(w.Args[0])
	if err != nil {
		return err
	}
	known, err := p.received(w, t)
	if err != nil {
		return err
	}
	f := duty.Notice{
		ID: p.id(w, "n"), Version: 1, ReceivedAt: known, PersonID: p.ID, CentreID: p.profile.centre,
		LocalTime: w.Args[0],
		Channel:   duty.ChannelPhone,
		GivenBy:   duty.GivenBySelf, Recipient: duty.RecipientOperator, Clarity: duty.ClarityClear, Nights: 1,
	}
	if w.has("by") {
		f.GivenBy = duty.GivenByOther
	}
	if w.has("unclear") {
		f.Clarity = duty.ClarityUnclear
	}
	if w.has("to") {
		f.Recipient = duty.RecipientReturnAgency
	}
	if text, ok := w.Flags["nights"]; ok {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return err
		}
		f.Nights = int32(n)
	}
	if text, ok := w.Flags["target"]; ok {
		f.TargetDate = duty.Some(dateOf(text))
	}
	if text, ok := w.Flags["range"]; ok {
		a, b, _ := strings.Cut(text, "-")
		f.RangeFrom, f.RangeTo = duty.Some(a), duty.Some(b)
	}
	p.add(w, known, &f)
	return nil
}

// stretch is a line with a start and an end.
func (p *Person) stretch(w *Words) error {
	from, to, err := p.span(w.Args[len(w.Args)-1])
	if err != nil {
		return err
	}
	known, err := p.received(w, from)
	if err != nil {
		return err
	}
	switch w.Token {
	case "PERM":
		effect := map[string]duty.ReportEffect{"": duty.ReportEffectSilent, "required": duty.ReportEffectRequired,
			"excused": duty.ReportEffectExcused}[w.Flags["report"]]
		id := p.id(w, "p")
		p.add(w, known, &duty.Permission{
			ID: id, Version: 1, ReceivedAt: known, PermissionID: "PM" + id, PersonID: p.ID,
			Status:    duty.PermissionStatusGranted,
			ValidFrom: from, ValidTo: to.V, ReportEffect: effect, DecidedAt: known,
		})
	case "INC":
		forms := duty.FormsStatusPending
		if w.Flags["forms"] == "complete" {
			forms = duty.FormsStatusComplete
		}
		id := p.id(w, "i")
		p.add(w, known, &duty.Incident{
			ID: id, Version: 1, ReceivedAt: known, IncidentID: "I" + id, CentreID: p.centre(w), From: from, To: to,
			DeviceIDs: []string{},
			Kind:      duty.IncidentKindServer, FormsStatus: forms, State: duty.IncidentStateActive,
			Origin: duty.OriginHuman,
		})
	case "EXCL":
		id := p.id(w, "x")
		p.add(w, known, &duty.Exclusion{
			ID: id, Version: 1, ReceivedAt: known, ExclusionID: "X" + id, CentreID: p.centre(w), FromDate: dateAt(from),
			ToDate: dateAt(to.V),
			Status: duty.ExclusionStatusDeclared, Reason: "data loss", DeclaredBy: "A", ApprovedBy: "B",
			DeclaredAt: known,
		})
	case "HOLD":
		id := p.id(w, "h")
		p.add(w, known, &duty.Hold{
			ID: id, Version: 1, ReceivedAt: known, HoldID: "H" + id, PersonID: p.ID, Kind: duty.HoldKindCustody,
			ValidFrom: from, ValidTo: to,
		})
	case "TWOCARDS":
		p.twoCards = true
		p.assign(w, p.ID+"-bar", duty.CardTypeBarcode, from, to, known, duty.AntiPassbackOn, duty.CardCreationAutomatic)
	case "CARD":
		apb, created := duty.AntiPassbackOn, duty.CardCreationAutomatic
		if w.has("manual") {
			apb, created = duty.AntiPassbackUnknown, duty.CardCreationManual
		}
		p.assign(w, w.Args[0], duty.CardTypeBiometric, from, to, known, apb, created)
		p.twoCards = p.twoCards || w.Args[0] == p.ID+"-bio"
	}
	return nil
}

func (p *Person) assign(w *Words, card string, kind duty.CardType, from duty.Instant, to duty.Opt[duty.Instant],
	known duty.Instant, apb duty.AntiPassback, created duty.CardCreation) {
	p.add(w, known, &duty.CardAssignment{
		ID: p.id(w, "a"), Version: 1, ReceivedAt: known, CardID: card, PersonID: p.ID, CardType: kind, ValidFrom: from,
		ValidTo: to, AntiPassback: apb, Created: created,
	})
}
