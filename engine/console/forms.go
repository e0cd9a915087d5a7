package console

import (
	"slices"
	"strconv"

	"tilsyn/engine/console/access"
	"tilsyn/engine/duty"
	"tilsyn/engine/glossary"
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
	// paper is the kind of ManualEntry that it writes; UNKNOWN where it writes another fact.
	paper duty.Form
}

// has reports whether the form has a field.
func (f *form) has(name string) bool {
	return slices.ContainsFunc(f.fields, func(x field) bool { return x.Name == name })
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
		w, _ := glossary.Of(c)
		out[i] = option{c, w.Da + "|" + w.En}
	}
	return out
}

// forms are all forms, in the order of the desk.
func forms() []*form {
	return slices.Concat(gateForms(), officeForms(), unitForms(), centreForms(), controlForms())
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
