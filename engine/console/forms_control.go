package console

import (
	"cmp"
	"fmt"
	"slices"

	"tilsyn/engine/console/access"
	"tilsyn/engine/duty"
)

// controlForms speak of the controls themselves, and of paper that can be nobody's.
func controlForms() []*form {
	return []*form{
		{slug: "control-action", title: "Kontrol udført|Control carried out", icon: "checklist",
			topic: duty.TopicControlActions, right: access.Control,
			intro: "At en kontrol er fulgt op, justeret eller prøvet; det står i kontrolrapporten.|That a control was " +
				"followed up, adjusted or tried; the control report has it.",
			fields: []field{{Name: "centre", Label: "Center|Centre", Type: "centre", Optional: true,
				Help: "Tomt: intet enkelt center.|Empty: no single centre."},
				{Name: "control", Label: "Kontrol|Control", Type: "select", Options: options("HEARTBEAT", "SEQUENCE",
					"RECONCILIATION", "PLAUSIBILITY", "SILENCE", "SETTLEMENT", "BACKUP", "RESTORE_TEST", "RECALL_DRILL", "CLOCK",
					"IDENTITY", "FOUR_EYES", "EVERY_DUTY")},
				{Name: "kind", Label: "Hvad er gjort|What was done", Type: "select", Options: options("FOLLOW_UP", "ADJUSTMENT",
					"RESTORE_TEST", "RECALL_DRILL")},
				{Name: "at", Label: "Hvornår|When", Type: "local"},
				{Name: "ok", Label: "Gik det, som det skulle?|Did it go as it should?", Type: "select", Options: yesNoOptions},
				referenceField()}, build: controlAction, fill: fillControlAction},
		{slug: "paper-irrelevant", title: "Papir uden betydning|Paper that matters to nobody", icon: "delete",
			topic: duty.TopicResolutions, right: access.Handle,
			intro: "At papir, hvis nummer ikke kan læses, er undersøgt og ikke siger noget om nogens pligt (RD-47). Kan " +
				"nummeret læses nu, så ret papiret i stedet.|That paper whose number cannot be read was looked into " +
				"and says nothing of anybody's duty (RD-47). If the number can be read now, correct the paper instead.",
			fields: []field{{Name: "paper", Label: "Papirets id|Id of the paper", Type: "text",
				Help: "Centrets side viser det papir, der venter.|The centre's page shows the paper that waits."}},
			build: irrelevant, fill: fillIrrelevant},
	}
}

// referenceField names a document; a control report has no text.
func referenceField() field {
	f := documentField
	f.Name = "ref"
	f.Help = "Journalnummer, aldrig tekst.|A file number, never text."
	return f
}

func controlAction(e *entry) any {
	a := &duty.ControlActionTaken{ID: e.id, Version: e.version, ReceivedAt: e.received, CentreID: e.registered("centre"),
		Ref: e.optional("ref"), Ok: e.yesNo("ok").V}
	if a.CentreID == "" {
		a.CentreID = duty.AllCentres
	}
	_, a.At = e.local("at")
	a.Control, _ = choice(e, "control", duty.ParseControlName)
	a.Kind, _ = choice(e, "kind", duty.ParseControlActionKind)
	return a
}

func fillControlAction(record any) map[string]string {
	a, ok := record.(*duty.ControlActionTaken)
	if !ok {
		return nil
	}
	out := map[string]string{"centre": a.CentreID, "control": a.Control.String(), "kind": a.Kind.String(),
		"at": a.At.Local()[:16], "ok": yesNoOf(duty.Some(a.Ok)), "ref": a.Ref.V}
	if a.CentreID == duty.AllCentres {
		out["centre"] = ""
	}
	return out
}

// irrelevant builds a Resolution of paper without a person.
func irrelevant(e *entry) any {
	r := &duty.Resolution{ID: e.id, Version: e.version, ReceivedAt: e.received, Topic: duty.TopicManualEntries,
		Outcome: duty.ResolutionOutcomeIrrelevant, By: e.q.actor.Name, At: e.received}
	id := e.value("paper")
	list, err := e.q.live.store.PaperVersions(id)
	switch waiting := e.q.waitingPaper(&e.world, ""); {
	case id == "":
	case err != nil || len(list) == 0:
		e.wrong("paper", "Intet papir uden læseligt nummer har det id.|No paper without a readable number has that id.")
	case !slices.ContainsFunc(waiting, func(p Paper) bool { return p.ID == id }):
		e.wrong("paper", "Papiret venter ikke længere: nummeret er læst, eller det er afgjort.|The paper waits no longer: "+
			"its number was read, or it is decided.")
	default:
		pos := list[len(list)-1].Pos.V
		r.Partition, r.Offset = pos.Partition, pos.Offset
	}
	return r
}

func fillIrrelevant(record any) map[string]string {
	r, ok := record.(*duty.Resolution)
	if !ok {
		return nil
	}
	return map[string]string{"paper": fmt.Sprintf("%s:%d:%d", r.Topic, r.Partition, r.Offset)}
}

// Paper is a paper entry whose number nobody could read (RD-47).
type Paper struct {
	ID       string `json:"id"`
	CentreID string `json:"centre_id"`
	Form     string `json:"form"`
	// LocalTime is the wall-clock time on it, Direction and Result what it says.
	LocalTime   string `json:"local_time"`
	Direction   string `json:"direction"`
	Result      string `json:"result"`
	DocumentRef string `json:"document_ref"`

	// Slug is the form by which it is corrected.
	Slug string `json:"-"`
}

// waitingPaper is the paper of a centre, or of all with an empty one, that no version gives to a person and no
// Resolution ends.
func (q *request) waitingPaper(w *World, centre string) []Paper {
	p := policyAt(w, q.now())
	out := []Paper{}
	if p == nil {
		return out
	}
	open := map[string]bool{}
	for _, d := range duty.PaperQuality(w.Centres, p, q.now()) {
		open[d.Subject] = true
	}
	sorted := duty.SortVersions[duty.ManualEntry](w.Centres.Facts().ManualEntries)
	for _, k := range duty.InForce[duty.ManualEntry](sorted, knownBy[duty.ManualEntry](q.now())) {
		m := &k.Fact
		if m.PersonID.OK || !open[duty.ClipKey(m.ID)] || centre != "" && m.CentreID != centre {
			continue
		}
		n := Paper{ID: m.ID, CentreID: m.CentreID, Form: m.Form.String(), LocalTime: m.LocalTime,
			Direction: directionOf(m.Direction), DocumentRef: m.DocumentRef.V, Slug: paperSlug(m.Form)}
		if m.Result.OK {
			n.Result = m.Result.V.String()
		}
		out = append(out, n)
	}
	slices.SortStableFunc(out, func(a, b Paper) int { return cmp.Compare(a.LocalTime, b.LocalTime) })
	return out
}
