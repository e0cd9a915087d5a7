package console

import (
	"slices"
	"strconv"

	"tilsyn/engine/console/access"
	"tilsyn/engine/duty"
)

// officeForms are what the Agency writes.
func officeForms() []*form {
	return []*form{
		{slug: "outage-report", title: "Melding under nedbrud|Report during an outage", icon: "person",
			topic: duty.TopicManualEntries,
			intro: "I stedet for Hjemrejsestyrelsens meldeskema.|In place of the Agency's reporting form.", right: access.Enter,
			fields: []field{personField, centreField, timeField, nameField, documentField}, build: paper(duty.FormOutageReport),
			fill: fillPaper},
		{slug: "departure-assessment", title: "Vurdering af udrejse|Departure assessment", icon: "flag",
			intro: "Om personen er rejst for altid (EVD-12, EVD-13).|Whether the person has left for good (EVD-12, EVD-13).",
			topic: duty.TopicDepartureAssessments, right: access.Handle, fields: []field{personField,
				{Name: "date", Label: "Fra dato|From date", Type: "date"},
				{Name: "outcome", Label: "Vurdering|Assessment", Type: "select", Options: options("DEPARTED", "NOT_DEPARTED")}},
			build: departure, fill: fillDeparture},
		{slug: "handling", title: "Behandling|Handling", icon: "assignment", topic: duty.TopicHandlings, right: access.Handle,
			intro: "Hvad der er gjort med en nat eller melding. Det ændrer intet udfald (LIF-05).|What was done with a night " +
				"or " +
				"report. It changes no outcome (LIF-05).",
			fields: []field{personField, unitField(), revisionField(),
				{Name: "kind", Label: "Hvad er gjort|What was done", Type: "select", Options: options("ASSESSED", "REPORT_FILED",
					"REPORT_RECALLED", "CLOSED_WITHOUT_REPORT", "CHARGE_DROPPED", "SENTENCE_INTERRUPTED", "REMOVED")},
				{Name: "outcome", Label: "Vurderingens resultat|Result of the assessment", Type: "select", Optional: true,
					Options: []option{{"REPORT", "Skal anmeldes|To be reported"}, {"NO_REPORT",
						"Skal ikke anmeldes|Not to be reported"},
						{"MORE_INFORMATION", "Mere oplysning|More information"}}},
				documentField}, build: handling, fill: fillHandling},
		{slug: "acknowledgement", title: "Kvittering|Acknowledgement", icon: "check", topic: duty.TopicAcknowledgements,
			intro: "At en modtager har taget en tilbagekaldelse til sig (EXC-07).|That a consumer took a take-back in (EXC-07).",
			right: access.Handle, fields: []field{personField, unitField(), revisionField(),
				{Name: "consumer", Label: "Modtager|Consumer", Type: "select", Options: []option{}}},
			build: acknowledgement, fill: fillAcknowledgement},
	}
}

func unitField() field {
	return field{Name: "unit", Label: "Enhed (unit_id)|Unit (unit_id)", Type: "text"}
}

func revisionField() field {
	return field{Name: "revision", Label: "Udgave|Revision", Type: "number",
		Help: "Den udgave, der blev set på.|The revision that was looked at."}
}

func departure(e *entry) any {
	d := &duty.DepartureAssessment{ID: e.id, Version: e.version, ReceivedAt: e.received, PersonID: e.person("person"),
		DecidedAt: e.received}
	d.FromDate, _ = e.date("date", false)
	d.Outcome, _ = choice(e, "outcome", duty.ParseDepartureOutcome)
	return d
}

func fillDeparture(record any) map[string]string {
	d, ok := record.(*duty.DepartureAssessment)
	if !ok {
		return nil
	}
	return map[string]string{"person": d.PersonID, "date": d.FromDate.String(), "outcome": d.Outcome.String()}
}

// toldUnit reads a unit that was told of the person, and a revision of it.
func (e *entry) toldUnit() (unit string, revision int32) {
	unit = e.value("unit")
	revision = int32(e.number("revision", 1, 1<<30))
	row, err := e.q.live.store.Unit(unit)
	switch {
	case unit == "":
	case err != nil || row == nil:
		e.wrong("unit", "Ingen post har den enhed.|No record has that unit.")
	case e.who != nil && !ours(e.who, row.PersonID):
		e.wrong("unit", "Enheden er en anden persons.|The unit is another person's.")
	case revision > row.Revision:
		e.wrong("revision", "Så mange udgaver er der ikke.|There are not as many revisions.")
	}
	return unit, revision
}

func handling(e *entry) any {
	h := &duty.Handling{ID: e.id, Version: e.version, ReceivedAt: e.received, HandlingID: e.id,
		PersonID: e.person("person"),
		ByRole:   string(e.q.actor.Role(access.Handle)), At: e.received, DocumentRef: e.optional("document")}
	h.UnitID, h.Revision = e.toldUnit()
	h.Kind, _ = choice(e, "kind", duty.ParseHandlingKind)
	if o, ok := choice(e, "outcome", duty.ParseHandlingOutcome); ok {
		h.Outcome = duty.Some(o)
	}
	if h.Kind == duty.HandlingKindAssessed && !h.Outcome.OK {
		e.wrong("outcome", "Vælg, hvad vurderingen kom frem til.|Choose what the assessment came to.")
	}
	return h
}

func fillHandling(record any) map[string]string {
	h, ok := record.(*duty.Handling)
	if !ok {
		return nil
	}
	out := map[string]string{"person": h.PersonID, "unit": h.UnitID, "revision": strconv.Itoa(int(h.Revision)),
		"kind":     h.Kind.String(),
		"document": h.DocumentRef.V}
	if h.Outcome.OK {
		out["outcome"] = h.Outcome.V.String()
	}
	return out
}

func acknowledgement(e *entry) any {
	a := &duty.Acknowledgement{ID: e.id, Version: e.version, ReceivedAt: e.received, PersonID: e.person("person"),
		At:       e.received,
		Consumer: e.value("consumer")}
	a.UnitID, a.Revision = e.toldUnit()
	if a.Consumer != "" && !slices.Contains(e.consumers(), a.Consumer) {
		e.wrong("consumer", "Modtageren står ikke i reglerne.|The policy names no such consumer.")
	}
	return a
}

// consumers are those that the policy names now.
func (e *entry) consumers() []string {
	p := policyAt(&e.world, e.q.now())
	if p == nil {
		return nil
	}
	var out []string
	for _, c := range p.Consumers {
		out = append(out, c.Name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func fillAcknowledgement(record any) map[string]string {
	a, ok := record.(*duty.Acknowledgement)
	if !ok {
		return nil
	}
	return map[string]string{"person": a.PersonID, "unit": a.UnitID, "revision": strconv.Itoa(int(a.Revision)),
		"consumer": a.Consumer}
}
