package duty_test

import (
	"fmt"
	"strconv"
	"strings"

	"tilsyn/engine/duty"
)

// line adds the facts of one line of the notation.
func (s *script) line(w *words) error {
	switch w.token {
	case "OBL":
		return s.obligation(w)
	case "UNSETTLED":
		s.unsettled, s.unsettledLog = true, w.flags["log"]
		return nil
	case "GROUP", "CENTRE":
		return s.setting(w)
	case "PAPER":
		return s.nobodysPaper(w)
	case "SETTLED", "CLOCK", "MERGE", "SPLIT", "FORMSDONE", "LIFT", "REVOKE":
		return s.moment(w)
	case "IN", "OUT", "LOCK", "DOOR", "FOB":
		return s.passage(w)
	case "REP", "CHECK", "OBS", "ASSIST", "TMAN":
		return s.sheet(w)
	case "NOTICE":
		return s.notice(w)
	case "PERM", "INC", "EXCL", "HOLD", "TWOCARDS", "CARD":
		return s.stretch(w)
	case "ANNUL":
		return s.annul(w)
	case "DEPART", "NODEPART":
		return s.departure(w)
	}
	return fmt.Errorf("unknown token; the README beside the scripts lists them")
}

// moment is a line that is one instant.
func (s *script) moment(w *words) error {
	t := duty.Instant(0)
	if len(w.args) > 0 {
		var err error
		if t, err = scriptTime(w.args[0]); err != nil {
			return err
		}
	}
	known, err := s.received(w, t)
	if err != nil {
		return err
	}
	g, f := &s.c.centres, &s.c.facts
	switch w.token {
	case "SETTLED":
		s.settledAt = t
	case "MERGE", "SPLIT":
		action := duty.LinkActionMerge
		if w.token == "SPLIT" {
			action = duty.LinkActionSplit
		}
		f.IdentityLinks = append(f.IdentityLinks, duty.Known[duty.IdentityLink]{At: known, Fact: duty.IdentityLink{
			ID: s.id("l"), Version: 1, ReceivedAt: known, PersonID: "P", AliasPersonID: "P-2", Action: action, At: t,
		}})
	case "FORMSDONE":
		k := g.Incidents[len(g.Incidents)-1]
		k.Fact.ID, k.Fact.Version, k.Fact.FormsStatus, k.Fact.ReceivedAt, k.At = s.id("i"), k.Fact.Version+
			1, duty.FormsStatusComplete, known, known
		g.Incidents = append(g.Incidents, k)
	case "LIFT":
		k := g.Exclusions[len(g.Exclusions)-1]
		k.Fact.ID, k.Fact.Version, k.Fact.Status, k.Fact.ReceivedAt, k.At = s.id("x"), k.Fact.Version+
			1, duty.ExclusionStatusLifted, known, known
		g.Exclusions = append(g.Exclusions, k)
	case "REVOKE":
		k := f.Permissions[len(f.Permissions)-1]
		k.Fact.ID, k.Fact.Version, k.Fact.Status = s.id("p"), k.Fact.Version+1, duty.PermissionStatusRevoked
		k.Fact.ServedAt, k.Fact.ReceivedAt, k.At = duty.Some(t), known, known
		f.Permissions = append(f.Permissions, k)
	}
	return nil
}

// passage is a row at a gate, or a paper line in its place.
func (s *script) passage(w *words) error {
	t, err := scriptTime(w.args[0])
	if err != nil {
		return err
	}
	known, err := s.received(w, t)
	if err != nil {
		return err
	}
	centre := s.centre(w)
	f := duty.CardEvent{
		ID: s.id("e"), Version: 1, ReceivedAt: known, PersonID: duty.Some("P"), CardID: "P-bio",
		CardType: duty.CardTypeBiometric,
		CentreID: centre, DeviceID: centre + "-carousel", DeviceType: duty.DeviceTypeCarousel,
		Kind:      duty.CardEventKindPassage,
		Direction: duty.Some(duty.DirectionIn), Scan: duty.ScanComplete, OccurredAt: t,
	}
	if w.token == "OUT" || (w.token == "LOCK" && w.args[1] == "OUT") {
		f.Direction.V = duty.DirectionOut
	}
	switch {
	case w.token == "LOCK":
		f.Kind = duty.CardEventKindLockedAttempt
	case w.token == "DOOR" || w.token == "FOB":
		f.CardID, f.CardType, f.DeviceID, f.DeviceType = "P-fob", duty.CardTypeKeyFob, "KH-room", duty.DeviceTypeOfflineLock
	case w.has("log"):
		return s.entry(w, duty.FormBarcodeLog, f.Direction, w.args[0], centre, known, duty.None[duty.CheckResult]())
	case w.has("form"):
		return s.entry(w, duty.FormOutagePassage, f.Direction, w.args[0], centre, known, duty.None[duty.CheckResult]())
	case w.has("temp"):
		return s.entry(w, duty.FormTemporaryRegistration, f.Direction, w.args[0], centre,
			known, duty.None[duty.CheckResult]())
	case w.has("hand"):
		f.DeviceID, f.DeviceType = centre+"-handheld", duty.DeviceTypeHandheld
		s.hasBio = true
	case w.has("bar"):
		f.CardID, f.CardType, f.DeviceID, f.DeviceType = "P-bar", duty.CardTypeBarcode, centre+
			"-barcode", duty.DeviceTypeBarcodeScanner
		s.hasBar = true
		if !w.has("nolog") && dateText(dateAt(t)) >= "2023-03-20" {
			if err := s.entry(w, duty.FormBarcodeLog, f.Direction, w.args[0], centre, known,
				duty.None[duty.CheckResult]()); err != nil {
				return err
			}
		}
	default:
		s.hasBio = true
	}
	if id, ok := w.flags["id"]; ok {
		f.ID = id
	}
	if p, ok := w.flags["pid"]; ok {
		f.PersonID, f.CardID = duty.Some(p), p+"-bio"
	}
	if card, ok := w.flags["card"]; ok {
		f.PersonID, f.CardID = duty.None[string](), card
	}
	return s.rows(w, f, known)
}

// rows adds one row, or the two scans of a sluice.
func (s *script) rows(w *words, f duty.CardEvent, known duty.Instant) error {
	list := &s.c.facts.CardEvents
	first, second := "-carousel-outer", "-carousel-inner"
	if f.Direction.V == duty.DirectionOut {
		first, second = second, first
	}
	if w.has("scan1") || w.has("pair") {
		f.Scan, f.DeviceID = duty.ScanFirst, f.CentreID+first
	}
	*list = append(*list, duty.Known[duty.CardEvent]{Fact: f, At: known})
	if text, ok := w.flags["pair"]; ok {
		t, err := scriptTime(text)
		if err != nil {
			return err
		}
		f.ID, f.Scan, f.DeviceID, f.OccurredAt, f.ReceivedAt = s.id("e"), duty.ScanSecond, f.CentreID+second, t, t
		s.latest = max(s.latest, t)
		*list = append(*list, duty.Known[duty.CardEvent]{Fact: f, At: t})
	}
	return nil
}

func dateAt(t duty.Instant) duty.Date { return dateOfText(clockText(t)[:10]) }

// entry adds a line of paper; [name=no] and [apb=no] say what stands on it.
func (s *script) entry(w *words, form duty.Form, dir duty.Opt[duty.Direction], text, centre string,
	known duty.Instant, result duty.Opt[duty.CheckResult]) error {
	f := duty.ManualEntry{
		ID: s.id("m"), Version: 1, ReceivedAt: known, PersonID: duty.Some("P"), CentreID: centre, Form: form,
		Direction: dir, LocalTime: text, Result: result,
	}
	if w.flags["name"] == "no" {
		f.NameMatches = duty.Some(false)
	}
	if w.flags["apb"] == "no" {
		f.APB = duty.Some(false)
	}
	s.c.facts.ManualEntries = append(s.c.facts.ManualEntries, duty.Known[duty.ManualEntry]{At: known, Fact: f})
	return nil
}

// sheet is a report, a check or another line of paper.
func (s *script) sheet(w *words) error {
	text, _, _ := strings.Cut(w.args[0], "/")
	t, err := scriptTime(text)
	if err != nil {
		return err
	}
	known, err := s.received(w, t)
	if err != nil {
		return err
	}
	dir, result := duty.None[duty.Direction](), duty.None[duty.CheckResult]()
	if len(w.args) > 1 {
		switch w.args[1] {
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
	centre := s.centre(w)
	switch {
	case w.token == "CHECK":
		return s.entry(w, duty.FormPresenceCheck, dir, text, centre, known, result)
	case w.token == "OBS":
		return s.entry(w, duty.FormObservation, dir, text, centre, known, result)
	case w.token == "ASSIST":
		return s.entry(w, duty.FormAssistedPassage, dir, text, centre, known, result)
	case w.token == "TMAN":
		return s.entry(w, duty.FormTemporaryRegistration, duty.Some(duty.DirectionOut), text, centre, known, result)
	case w.has("police"):
		return s.entry(w, duty.FormPoliceReport, dir, text, centre, known, result)
	case w.has("form"):
		return s.entry(w, duty.FormOutageReport, dir, text, centre, known, result)
	}
	f := duty.CardEvent{
		ID: s.id("e"), Version: 1, ReceivedAt: known, PersonID: duty.Some("P"), CardID: "P-bio",
		CardType: duty.CardTypeBiometric, CentreID: centre,
		DeviceID: centre + "-stand", DeviceType: duty.DeviceTypeReportingStand, Kind: duty.CardEventKindReport,
		Scan: duty.ScanComplete, OccurredAt: t,
	}
	if w.has("scan") {
		f.CardID, f.CardType, f.DeviceID, f.DeviceType = "P-bar", duty.CardTypeBarcode, centre+
			"-report-barcode", duty.DeviceTypeBarcodeScanner
		s.hasBar = true
	} else {
		s.hasBio = true
	}
	s.c.facts.CardEvents = append(s.c.facts.CardEvents, duty.Known[duty.CardEvent]{At: known, Fact: f})
	return nil
}

func (s *script) notice(w *words) error {
	t, err := scriptTime(w.args[0])
	if err != nil {
		return err
	}
	known, err := s.received(w, t)
	if err != nil {
		return err
	}
	f := duty.Notice{
		ID: s.id("n"), Version: 1, ReceivedAt: known, PersonID: "P", CentreID: s.profile.centre,
		LocalTime: w.args[0], Channel: duty.ChannelPhone,
		GivenBy: duty.GivenBySelf, Recipient: duty.RecipientOperator, Clarity: duty.ClarityClear, Nights: 1,
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
	if text, ok := w.flags["nights"]; ok {
		n, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		f.Nights = int32(n)
	}
	if text, ok := w.flags["target"]; ok {
		f.TargetDate = duty.Some(dateOfText(text))
	}
	if text, ok := w.flags["range"]; ok {
		a, b, _ := strings.Cut(text, "-")
		f.RangeFrom, f.RangeTo = duty.Some(a), duty.Some(b)
	}
	s.c.facts.Notices = append(s.c.facts.Notices, duty.Known[duty.Notice]{Fact: f, At: known})
	return nil
}

// stretch is a line with a start and an end.
func (s *script) stretch(w *words) error {
	from, to, err := s.span(w.args[len(w.args)-1])
	if err != nil {
		return err
	}
	known, err := s.received(w, from)
	if err != nil {
		return err
	}
	f, g := &s.c.facts, &s.c.centres
	switch w.token {
	case "PERM":
		effect := map[string]duty.ReportEffect{"": duty.ReportEffectSilent, "required": duty.ReportEffectRequired,
			"excused": duty.ReportEffectExcused}[w.flags["report"]]
		id := s.id("p")
		f.Permissions = append(f.Permissions, duty.Known[duty.Permission]{At: known, Fact: duty.Permission{
			ID: id, Version: 1, ReceivedAt: known, PermissionID: "PM" + id, PersonID: "P", Status: duty.PermissionStatusGranted,
			ValidFrom: from, ValidTo: to.V, ReportEffect: effect, DecidedAt: known,
		}})
	case "INC":
		forms := duty.FormsStatusPending
		if w.flags["forms"] == "complete" {
			forms = duty.FormsStatusComplete
		}
		id := s.id("i")
		g.Incidents = append(g.Incidents, duty.Known[duty.Incident]{At: known, Fact: duty.Incident{
			ID: id, Version: 1, ReceivedAt: known, IncidentID: "I" + id, CentreID: s.centre(w), From: from,
			To: to, DeviceIDs: []string{},
			Kind: duty.IncidentKindServer, FormsStatus: forms, State: duty.IncidentStateActive, Origin: duty.OriginHuman,
		}})
	case "EXCL":
		id := s.id("x")
		g.Exclusions = append(g.Exclusions, duty.Known[duty.Exclusion]{At: known, Fact: duty.Exclusion{
			ID: id, Version: 1, ReceivedAt: known, ExclusionID: "X" + id, CentreID: s.centre(w),
			FromDate: dateAt(from), ToDate: dateAt(to.V),
			Status: duty.ExclusionStatusDeclared, Reason: "data loss", DeclaredBy: "A", ApprovedBy: "B", DeclaredAt: known,
		}})
	case "HOLD":
		id := s.id("h")
		f.Holds = append(f.Holds, duty.Known[duty.Hold]{At: known, Fact: duty.Hold{
			ID: id, Version: 1, ReceivedAt: known, HoldID: "H" + id, PersonID: "P", Kind: duty.HoldKindCustody,
			ValidFrom: from, ValidTo: to,
		}})
	case "TWOCARDS":
		s.twoCards = true
		s.assign("P-bar", duty.CardTypeBarcode, from, to, known, duty.AntiPassbackOn, duty.CardCreationAutomatic)
	case "CARD":
		apb, created := duty.AntiPassbackOn, duty.CardCreationAutomatic
		if w.has("manual") {
			apb, created = duty.AntiPassbackUnknown, duty.CardCreationManual
		}
		s.assign(w.args[0], duty.CardTypeBiometric, from, to, known, apb, created)
		s.twoCards = s.twoCards || w.args[0] == "P-bio"
	}
	return nil
}

func (s *script) assign(card string, kind duty.CardType, from duty.Instant, to duty.Opt[duty.Instant],
	known duty.Instant, apb duty.AntiPassback, created duty.CardCreation) {
	s.c.facts.CardAssignments = append(s.c.facts.CardAssignments,
		duty.Known[duty.CardAssignment]{At: known, Fact: duty.CardAssignment{
			ID: s.id("a"), Version: 1, ReceivedAt: known, CardID: card, PersonID: "P", CardType: kind,
			ValidFrom: from, ValidTo: to, AntiPassback: apb, Created: created,
		}})
}
