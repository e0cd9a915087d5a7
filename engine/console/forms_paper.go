package console

import (
	"tilsyn/engine/console/access"
	"tilsyn/engine/duty"
)

// unreadableField says of paper that nobody can read its number (RD-47).
var unreadableField = field{Name: "unreadable", Label: "Kan nummeret ikke læses?|Is the number unreadable?",
	Type: "select", Optional: true, Options: []option{{"yes", "Det kan ikke læses|It cannot be read"}},
	Help: "Vælg kun, når ingen kan læse det, og lad personnummeret stå tomt. Papiret holder centrets enheder tilbage, " +
		"til en rettelse nævner personen.|Only where nobody can read it; leave the PersonID empty. The paper holds back " +
		"units of the centre until a correction names the person."}

// gateForms are what the gate writes on paper today.
func gateForms() []*form {
	passage := []field{unreadableField, centreField, timeField, directionField, nameField, cardField, documentField}
	return []*form{
		paperForm(duty.FormOutagePassage, form{slug: "outage-passage", icon: "sync",
			title: "Passage under nedbrud|Passage during an outage", fields: passage,
			intro: "I stedet for vagtens passageskema.|In place of the guard's passage form."}),
		paperForm(duty.FormBarcodeLog, form{slug: "barcode-log", icon: "format-list-bulleted",
			title: "Stregkodelog|Barcode log", fields: passage,
			intro: "Ind- og udpassager for den, der bruger stregkodekort.|Passages of who uses a barcode card."}),
		paperForm(duty.FormAssistedPassage, form{slug: "assisted-passage", icon: "support-agent",
			title: "Assisteret passage|Assisted passage",
			intro: "Når personalet låser et kort op eller hjælper igennem.|When staff unlock a card or help through.",
			fields: []field{unreadableField, centreField, timeField, directionField,
				{Name: "apb", Label: "APB-passage?|Anti-passback passage?", Type: "select", Options: yesNoOptions,
					Help: "Ja: kun for at låse kortet op, ingen virkelig passage.|Yes: only to unlock the card, no real passage."},
				nameField, cardField, documentField}}),
		{slug: "notice", title: "Underretning|Notice", icon: "smartphone", topic: duty.TopicNotices, right: access.Enter,
			intro: "En besked om at være ude om natten. Der spørges aldrig om sted eller årsag (NTC-19).|" +
				"Word of being away at night. Place and reason are never asked for (NTC-19).",
			fields: noticeFields(), build: notice, fill: fillNotice},
		paperForm(duty.FormPresenceCheck, form{slug: "presence-check", icon: "how-to-reg",
			title: "Tilstedekontrol|Room check", fields: checkFields(resultField),
			intro: "Om personen blev set på værelset eller til stede.|Whether the person was seen in the room or present."}),
		paperForm(duty.FormObservation, form{slug: "observation", icon: "visibility",
			title: "Vagtens observation|Guard's observation", fields: checkFields(observedField()),
			intro: "En konkret iagttagelse, som kan vedlægges en sag.|A concrete observation that may be attached to a case."}),
		paperForm(duty.FormTemporaryRegistration, form{slug: "temporary-registration", icon: "time",
			title: "Midlertidig registrering|Temporary registration", fields: passage,
			intro: "Registreringen i hånden fra 1. december 2020 til 22. marts 2024; uden for den tid er den kun et bilag " +
				"(RD-35).|The registration by hand from 1 December 2020 to 22 March 2024; outside that time it is an attachment " +
				"alone (RD-35)."}),
	}
}

// reportForms are the papers of reports.
func reportForms() []*form {
	return []*form{
		paperForm(duty.FormOutageReport, form{slug: "outage-report", icon: "person",
			title:  "Melding under nedbrud|Report during an outage",
			intro:  "I stedet for Hjemrejsestyrelsens meldeskema.|In place of the Agency's reporting form.",
			fields: []field{unreadableField, centreField, timeField, nameField, cardField, documentField}}),
		paperForm(duty.FormPoliceReport, form{slug: "police-log", icon: "person",
			title: "Melding hos politiet|Report at a police station",
			intro: "En linje i politiets log over dem, der har meldt sig (POLICE_LOG).|A line of the police's log of those " +
				"who reported (POLICE_LOG).",
			fields: []field{unreadableField, centreField, timeField, nameField, documentField}}),
	}
}

// paperForm completes a form that writes a ManualEntry of a kind.
func paperForm(kind duty.Form, f form) *form {
	person := personField
	person.Help = "Som det står på papiret; tomt, når det ikke kan læses.|As the paper has it; empty where it " +
		"cannot be read."
	f.fields = append([]field{person}, f.fields...)
	f.topic, f.right, f.paper, f.build, f.fill = duty.TopicManualEntries, access.Enter, kind, paper, fillPaper
	return &f
}

func checkFields(result field) []field {
	return []field{unreadableField, centreField, timeField, result, nameField, documentField}
}

var resultField = field{Name: "result", Label: "Resultat|Result", Type: "select",
	Options: options("PRESENT", "NOT_FOUND")}

// observedField may be left empty: such an observation is attached and says neither (RD-41).
func observedField() field {
	f := resultField
	f.Optional, f.Help = true, "Tomt: hverken set eller eftersøgt.|Empty: neither seen nor looked for."
	return f
}

// paper builds a ManualEntry.
func paper(e *entry) any {
	m := &duty.ManualEntry{ID: e.id, Version: e.version, ReceivedAt: e.received, Form: e.form.paper}
	m.PersonID = e.paperPerson("person")
	var at duty.Instant
	m.LocalTime, at = e.local("time")
	if m.Form == duty.FormPoliceReport {
		m.CentreID = e.registered("centre") // a report to the police counts wherever the duty is (RPT-10)
	} else {
		m.CentreID = e.centre("centre", at)
	}
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
	if m.NameMatches.OK && e.values["unreadable"] == "yes" {
		e.wrong("name", "Uden nummer er der intet, navnet kan passe til.|Without a number there is nothing for the name to "+
			"fit.")
	}
	return m
}

// paperPerson is the person on paper; none where the number cannot be read (RD-47).
func (e *entry) paperPerson(name string) duty.Opt[string] {
	switch {
	case e.values["unreadable"] == "":
		return duty.Some(e.person(name))
	case e.values["unreadable"] != "yes":
		e.wrong("unreadable", "Vælg en af mulighederne.|Choose one of the options.")
	case e.values[name] != "":
		e.wrong("unreadable", "Skriv nummeret, eller sig, at det ikke kan læses; ikke begge dele.|Write the number, or say "+
			"that it cannot be read; not both.")
	}
	return duty.None[string]()
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
	if !m.PersonID.OK {
		out["unreadable"] = "yes"
	}
	return out
}

// paperSlug is the form that writes a kind of paper; empty if there is none.
func paperSlug(kind duty.Form) string {
	for _, f := range forms() {
		if f.paper == kind && kind != duty.FormUnknown {
			return f.slug
		}
	}
	return ""
}
