package console

import (
	"slices"
	"strconv"

	"tilsyn/engine/console/access"
	"tilsyn/engine/console/projection"
	"tilsyn/engine/duty"
)

// unitForms are what is written about a unit that was told.
func unitForms() []*form {
	kind := field{Name: "kind", Label: "Hvad er gjort|What was done", Type: "select", Options: options("ASSESSED",
		"REPORT_FILED", "REPORT_RECALLED", "CLOSED_WITHOUT_REPORT", "CHARGE_DROPPED", "SENTENCE_INTERRUPTED", "REMOVED")}
	police := kind
	police.Options = options("REPORT_FILED", "REPORT_RECALLED")
	outcome := field{Name: "outcome", Label: "Vurderingens resultat|Result of the assessment", Type: "select",
		Optional: true, Options: []option{{"REPORT", "Skal anmeldes|To be reported"}, {"NO_REPORT",
			"Skal ikke anmeldes|Not to be reported"}, {"MORE_INFORMATION", "Mere oplysning|More information"}}}
	return []*form{
		{slug: "handling", title: "Behandling|Handling", icon: "assignment", topic: duty.TopicHandlings, right: access.Handle,
			intro: "Hvad der er gjort med en nat eller melding. Det ændrer intet udfald (LIF-05).|What was done with a night " +
				"or report. It changes no outcome (LIF-05).",
			fields: []field{personField, unitField(), revisionField(), kind, outcome, documentField},
			build:  handling, fill: fillHandling},
		{slug: "police-report", title: "Anmeldelse til politiet|Report filed with the police", icon: "send",
			topic: duty.TopicHandlings, right: access.Handle,
			intro: "At enheden er anmeldt, eller at anmeldelsen er trukket tilbage. Skemaet sender intet til politiet.|" +
				"That the unit was reported, or that the report was taken back. The form sends nothing to the police.",
			fields: []field{personField, unitField(), revisionField(), police, documentField},
			build:  handling, fill: fillHandling},
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

// toldUnit reads a unit that was told of the person, and a revision of it; row is nil where one of them is wrong.
func (e *entry) toldUnit() (unit string, revision int32, row *projection.Row) {
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
	default:
		return unit, revision, row
	}
	return unit, revision, nil
}

// handling builds a Handling (contract §2). What looks like a slip is asked about and may go on.
func handling(e *entry) any {
	h := &duty.Handling{ID: e.id, Version: e.version, ReceivedAt: e.received, HandlingID: e.id,
		PersonID: e.person("person"),
		ByRole:   string(e.q.actor.Role(access.Handle)), At: e.received, DocumentRef: e.optional("document")}
	var row *projection.Row
	h.UnitID, h.Revision, row = e.toldUnit()
	h.Kind, _ = choice(e, "kind", duty.ParseHandlingKind)
	if e.form.has("outcome") {
		if o, ok := choice(e, "outcome", duty.ParseHandlingOutcome); ok {
			h.Outcome = duty.Some(o)
		}
		if h.Kind == duty.HandlingKindAssessed && !h.Outcome.OK {
			e.wrong("outcome", "Vælg, hvad vurderingen kom frem til.|Choose what the assessment came to.")
		}
	}
	if row != nil {
		e.doubtHandling(h, row)
	}
	return h
}

// doubtHandling asks about what fits badly to the unit as it stands now. Only people decide: nothing is refused.
func (e *entry) doubtHandling(h *duty.Handling, row *projection.Row) {
	filed := slices.ContainsFunc(row.Handlings, func(d projection.Done) bool { return d.HandlingID == h.HandlingID }) ||
		row.Filed
	if h.Revision < row.Revision {
		n := strconv.Itoa(int(row.Revision))
		e.doubt("revision", "Udgave "+n+" er kommet siden. Se på den først.|Revision "+n+" has come since. Look at it first.")
	}
	switch {
	case h.Kind == duty.HandlingKindReportFiled && row.Status == duty.StatusWithdrawn.String():
		e.doubt("kind", "Enheden er tilbagekaldt: "+wordOf("da", row.WithdrawnOutcome)+". Der er intet at anmelde.|The "+
			"unit is withdrawn: "+wordOf("en", row.WithdrawnOutcome)+". There is nothing to report.")
	case h.Kind == duty.HandlingKindReportFiled && row.Filed && h.Version == 1:
		e.doubt("kind", "Der står allerede en anmeldelse af enheden.|A report of the unit stands already.")
	case h.Kind == duty.HandlingKindReportRecalled && !filed:
		e.doubt("kind", "Der står ingen anmeldelse, som kan trækkes tilbage.|No report stands that could be taken back.")
	}
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
	a.UnitID, a.Revision, _ = e.toldUnit()
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
