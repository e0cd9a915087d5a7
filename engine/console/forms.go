package console

import (
	"slices"
	"strconv"

	"tilsyn/engine/console/access"
	"tilsyn/engine/duty"
)

// form is one digital form. No form has a field for the place or the reason of an absence (NTC-19).
type form struct {
	slug, title, intro, topic, icon string
	right                           access.Right
	fields                          []field
	// build makes the fact of what was entered; it is used only if no field is wrong.
	build func(e *entry) any
	// fill says what the fields hold of a fact, so that it can be corrected; nil: it cannot.
	fill func(record any) map[string]string
	// two is true where a second person must approve (EXC-06).
	two bool
}

// Fields that several forms have.
var (
	personField = field{Name: "person", Label: "Personnummer (PersonID)|PersonID", Type: "person",
		Help: "Som det står på kortet.|As the card has it."}
	centreField = field{Name: "centre", Label: "Center|Centre", Type: "centre"}
	timeField   = field{Name: "time", Label: "Tidspunkt|Time", Type: "local",
		Help: "Dansk tid, som den står på papiret eller uret.|Danish time, as on the paper or the clock."}
	directionField = field{Name: "direction", Label: "Retning|Direction", Type: "select", Options: options("IN", "OUT")}
	nameField      = field{Name: "name", Label: "Passer navnet til nummeret?|Does the name fit the number?",
		Type:    "select",
		Options: yesNoOptions, Optional: true, Help: "Tomt: ikke kontrolleret.|Empty: not checked."}
	documentField = field{Name: "document", Label: "Dokument (journalnummer)|Document (file number)", Type: "text",
		Optional: true,
		Help: "Hvor det indscannede papir ligger. Aldrig sted eller årsag.|Where the scanned paper is. Never a place or a " +
			"reason."}
	cardField = field{Name: "card", Label: "Kortnummer|Card number", Type: "text", Optional: true,
		Help: "Kun til kontrol; det gemmes ikke.|For checking alone; it is not kept."}
	yesNoOptions = []option{{"yes", "Ja|Yes"}, {"no", "Nej|No"}}
)

// options are choices by their codes, whose words stand with the codes.
func options(list ...string) []option {
	out := make([]option, len(list))
	for i, c := range list {
		out[i] = option{c, codes[c]}
	}
	return out
}

// forms are all forms, in the order of the desk.
func forms() []*form {
	return slices.Concat(gateForms(), officeForms(), centreForms())
}

// gateForms are what the gate writes on paper today.
func gateForms() []*form {
	passage := []field{personField, centreField, timeField, directionField, nameField, cardField, documentField}
	return []*form{
		{slug: "outage-passage", title: "Passage under nedbrud|Passage during an outage", icon: "sync",
			topic: duty.TopicManualEntries,
			intro: "I stedet for vagtens passageskema.|In place of the guard's passage form.", right: access.Enter,
			fields: passage, build: paper(duty.FormOutagePassage), fill: fillPaper},
		{slug: "barcode-log", title: "Stregkodelog|Barcode log", icon: "format-list-bulleted",
			topic: duty.TopicManualEntries, right: access.Enter,
			intro:  "Ind- og udpassager for den, der bruger stregkodekort.|Passages of who uses a barcode card.",
			fields: passage, build: paper(duty.FormBarcodeLog), fill: fillPaper},
		{slug: "assisted-passage", title: "Assisteret passage|Assisted passage", icon: "support-agent",
			topic: duty.TopicManualEntries,
			intro: "Når personalet låser et kort op eller hjælper igennem.|When staff unlock a card or help through.",
			right: access.Enter, fields: []field{personField, centreField, timeField, directionField,
				{Name: "apb", Label: "APB-passage?|Anti-passback passage?", Type: "select", Options: yesNoOptions,
					Help: "Ja: kun for at låse kortet op, ingen virkelig passage.|Yes: only to unlock the card, no real passage."},
				nameField, cardField, documentField}, build: paper(duty.FormAssistedPassage), fill: fillPaper},
		{slug: "notice", title: "Underretning|Notice", icon: "smartphone", topic: duty.TopicNotices, right: access.Enter,
			intro: "En besked om at være ude om natten. Der spørges aldrig om sted eller årsag (NTC-19).|" +
				"Word of being away at night. Place and reason are never asked for (NTC-19).",
			fields: noticeFields(), build: notice, fill: fillNotice},
		{slug: "presence-check", title: "Tilstedekontrol|Room check", icon: "how-to-reg", topic: duty.TopicManualEntries,
			intro: "Om personen blev set på værelset eller til stede.|Whether the person was seen in the room or present.",
			right: access.Enter, fields: []field{personField, centreField, timeField, resultField(), nameField, documentField},
			build: paper(duty.FormPresenceCheck), fill: fillPaper},
		{slug: "observation", title: "Vagtens observation|Guard's observation", icon: "visibility",
			topic: duty.TopicManualEntries,
			intro: "En konkret iagttagelse, som kan vedlægges en sag.|A concrete observation that may be attached to a case.",
			right: access.Enter, fields: []field{personField, centreField, timeField, resultField(), nameField, documentField},
			build: paper(duty.FormObservation), fill: fillPaper},
	}
}

func resultField() field {
	return field{Name: "result", Label: "Resultat|Result", Type: "select", Options: options("PRESENT", "NOT_FOUND")}
}

// paper builds a ManualEntry of a kind.
func paper(kind duty.Form) func(e *entry) any {
	return func(e *entry) any {
		m := &duty.ManualEntry{ID: e.id, Version: e.version, ReceivedAt: e.received, Form: kind}
		person := e.person("person")
		var at duty.Instant
		m.LocalTime, at = e.local("time")
		m.CentreID = e.centre("centre", at)
		m.PersonID = duty.Some(person)
		for i := range e.form.fields {
			switch e.form.fields[i].Name {
			case "direction":
				if d, ok := choice(e, "direction", duty.ParseDirection); ok {
					m.Direction = duty.Some(d)
				}
			case "result":
				if r, ok := choice(e, "result", duty.ParseCheckResult); ok {
					m.Result = duty.Some(r)
				}
			case "apb":
				m.APB = e.yesNo("apb")
			case "card":
				e.card("card", at)
			}
		}
		m.NameMatches, m.DocumentRef = e.yesNo("name"), e.optional("document")
		return m
	}
}

func fillPaper(record any) map[string]string {
	m, ok := record.(*duty.ManualEntry)
	if !ok {
		return nil
	}
	out := map[string]string{"person": m.PersonID.V, "centre": m.CentreID, "time": m.LocalTime,
		"document": m.DocumentRef.V,
		"name":     yesNoOf(m.NameMatches), "apb": yesNoOf(m.APB), "direction": directionOf(m.Direction)}
	if m.Result.OK {
		out["result"] = m.Result.V.String()
	}
	return out
}

func yesNoOf(v duty.Opt[bool]) string {
	switch {
	case !v.OK:
		return ""
	case v.V:
		return "yes"
	}
	return "no"
}

func noticeFields() []field {
	return []field{personField, centreField, timeField,
		{Name: "channel", Label: "Hvordan|How", Type: "select", Options: options("GUARD", "PHONE", "OTHER")},
		{Name: "by", Label: "Givet af|Given by", Type: "select", Options: options("SELF", "OTHER")},
		{Name: "recipient", Label: "Modtaget af|Received by", Type: "select", Options: options("OPERATOR", "RETURN_AGENCY",
			"POLICE")},
		{Name: "clarity", Label: "Var beskeden klar?|Was it clear?", Type: "select", Options: options("CLEAR", "UNCLEAR")},
		{Name: "from", Label: "Ude fra|Away from", Type: "clock", Optional: true,
			Help: "TT:MM; tomt: hele natten.|HH:MM; empty: the whole night."},
		{Name: "to", Label: "Ude til|Away until", Type: "clock", Optional: true},
		{Name: "nights", Label: "Antal nætter nævnt|Nights named", Type: "number",
			Help: "Loven lader beskeden dække den første (NTC-11).|The law lets it cover the first (NTC-11)."},
		{Name: "date", Label: "Aftenens dato, hvis nævnt|Evening date, if named", Type: "date", Optional: true}}
}

// notice builds a Notice.
func notice(e *entry) any {
	n := &duty.Notice{ID: e.id, Version: e.version, ReceivedAt: e.received, PersonID: e.person("person")}
	var at duty.Instant
	n.LocalTime, at = e.local("time")
	n.CentreID = e.centre("centre", at)
	n.Channel, _ = choice(e, "channel", duty.ParseChannel)
	n.GivenBy, _ = choice(e, "by", duty.ParseGivenBy)
	n.Recipient, _ = choice(e, "recipient", duty.ParseRecipient)
	n.Clarity, _ = choice(e, "clarity", duty.ParseClarity)
	n.RangeFrom, n.RangeTo = e.clock("from"), e.clock("to")
	n.Nights = int32(e.number("nights", 1, 60))
	if d, ok := e.date("date", true); ok {
		n.TargetDate = duty.Some(d)
	}
	return n
}

func fillNotice(record any) map[string]string {
	n, ok := record.(*duty.Notice)
	if !ok {
		return nil
	}
	out := map[string]string{"person": n.PersonID, "centre": n.CentreID, "time": n.LocalTime,
		"channel": n.Channel.String(),
		"by":      n.GivenBy.String(), "recipient": n.Recipient.String(), "clarity": n.Clarity.String(),
		"from": n.RangeFrom.V,
		"to":   n.RangeTo.V, "nights": strconv.Itoa(int(n.Nights))}
	if n.TargetDate.OK {
		out["date"] = n.TargetDate.V.String()
	}
	return out
}
