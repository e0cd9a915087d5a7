package console

import (
	"tilsyn/engine/console/access"
	"tilsyn/engine/duty"
)

// officeForms are what the Agency writes.
func officeForms() []*form {
	return append(reportForms(), &form{slug: "departure-assessment", title: "Vurdering af udrejse|Departure assessment",
		icon:  "flag",
		intro: "Om personen er rejst for altid (EVD-12, EVD-13).|Whether the person has left for good (EVD-12, EVD-13).",
		topic: duty.TopicDepartureAssessments, right: access.Handle, fields: []field{personField,
			{Name: "date", Label: "Fra dato|From date", Type: "date"},
			{Name: "outcome", Label: "Vurdering|Assessment", Type: "select", Options: options("DEPARTED", "NOT_DEPARTED")}},
		build: departure, fill: fillDeparture})
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
