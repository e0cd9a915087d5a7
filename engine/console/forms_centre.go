package console

import (
	"slices"

	"tilsyn/engine/console/access"
	"tilsyn/engine/duty"
)

// centreForms speak of a centre and of no person.
func centreForms() []*form {
	return []*form{
		{slug: "log-complete", title: "Loggen er komplet|Log complete", icon: "checklist", topic: duty.TopicSettlements,
			intro: "At alt papir af en slags er inde for en dato (REL-12).|That all paper of one kind is in for a date " +
				"(REL-12).",
			right: access.Attest, fields: []field{centreField, {Name: "date", Label: "Dato|Date", Type: "date"},
				{Name: "log", Label: "Log|Log", Type: "select", Options: options("ASSISTED_PASSAGE", "BARCODE_LOG", "NOTICE_LOG",
					"OUTAGE_FORMS", "POLICE_LOG")},
				{Name: "through", Label: "Til og med tidspunktet|Through the time", Type: "local", Optional: true,
					Help: "Tomt: hele datoen.|Empty: the whole date."}}, build: settlement, fill: fillSettlement},
		{slug: "incident", title: "Hændelse|Incident", icon: "warning", topic: duty.TopicIncidents, right: access.Attest,
			intro: "Nedbrud, frost, fejl eller formodet datatab (INC-01).|Outage, frost, fault or suspected loss (INC-01).",
			fields: []field{centreField,
				{Name: "kind", Label: "Slags|Kind", Type: "select", Options: options("SERVER", "DEVICE", "FROST", "NETWORK",
					"CLOCK",
					"SUSPECTED_LOSS")},
				{Name: "from", Label: "Begyndte|Began", Type: "local"},
				{Name: "to", Label: "Sluttede|Ended", Type: "local", Optional: true,
					Help: "Tomt: varer endnu.|Empty: still lasts."},
				{Name: "state", Label: "Tilstand|State", Type: "select", Options: options("ACTIVE", "DISSOLVED"),
					Help: "Opløst: det viste sig at være ingenting.|Dissolved: it turned out to be nothing."}},
			build: incident, fill: fillIncident},
		{slug: "forms-complete", title: "Skemaerne er komplette|Forms complete", icon: "list-check",
			topic: duty.TopicIncidents,
			intro: "At alle papirskemaer for en hændelse er inde (INC-04).|That all paper forms of an incident are in (INC-04).",
			right: access.Attest, fields: []field{{Name: "incident", Label: "Hændelse|Incident", Type: "text"}},
			build: formsComplete},
		{slug: "exclusion", title: "Udelukkelse af data|Exclusion of data", icon: "lock", topic: duty.TopicExclusions,
			intro: "Dage, hvis data ikke må bruges (EXC-06). En anden person skal godkende.|Days whose data must not be used " +
				"(EXC-06). A second person must approve.", right: access.Exclude, two: true,
			fields: []field{centreField, {Name: "from", Label: "Første dag|First day", Type: "date"},
				{Name: "to", Label: "Sidste dag|Last day", Type: "date"},
				{Name: "status", Label: "Tilstand|State", Type: "select", Options: options("DECLARED", "LIFTED")},
				{Name: "exclusion", Label: "Tidligere udelukkelse|Earlier exclusion", Type: "text", Optional: true,
					Help: "Dens exclusion_id, når den ændres eller ophæves.|Its exclusion_id, where it is changed or lifted."},
				{Name: "reason", Label: "Begrundelse|Reason", Type: "text", Help: "Hvad der skete med data; intet om personer.|" +
					"What happened to the data; nothing about persons."}}, build: exclusion},
	}
}

func settlement(e *entry) any {
	s := &duty.Settlement{ID: e.id, Version: e.version, ReceivedAt: e.received, CentreID: e.centre("centre", e.received),
		Complete: true}
	date, ok := e.date("date", false)
	s.LocalDate = date
	s.LogType, _ = choice(e, "log", duty.ParseLogType)
	if e.values["through"] != "" {
		_, at := e.local("through")
		if ok && at.Date() != date {
			e.wrong("through", "Tidspunktet ligger ikke på datoen.|The time does not lie on the date.")
		}
		s.Through = duty.Some(at)
	}
	return s
}

func fillSettlement(record any) map[string]string {
	s, ok := record.(*duty.Settlement)
	if !ok {
		return nil
	}
	out := map[string]string{"centre": s.CentreID, "date": s.LocalDate.String(), "log": s.LogType.String()}
	if s.Through.OK {
		out["through"] = s.Through.V.Local()[:16]
	}
	return out
}

func incident(e *entry) any {
	n := &duty.Incident{ID: e.id, Version: e.version, ReceivedAt: e.received, IncidentID: e.id, DeviceIDs: []string{},
		CentreID: e.centre("centre", e.received), FormsStatus: duty.FormsStatusPending, Origin: duty.OriginHuman}
	n.Kind, _ = choice(e, "kind", duty.ParseIncidentKind)
	n.State, _ = choice(e, "state", duty.ParseIncidentState)
	_, n.From = e.local("from")
	if e.value("to") != "" {
		_, to := e.local("to")
		if to <= n.From {
			e.wrong("to", "Slutningen ligger ikke efter begyndelsen.|The end does not lie after the beginning.")
		}
		n.To = duty.Some(to)
	}
	if before, ok := e.incidentBefore(e.id); ok && e.version > 1 {
		n.FormsStatus, n.IncidentID, n.DeviceIDs = before.FormsStatus, before.IncidentID, orNone(before.DeviceIDs)
	}
	return n
}

func fillIncident(record any) map[string]string {
	n, ok := record.(*duty.Incident)
	if !ok {
		return nil
	}
	out := map[string]string{"centre": n.CentreID, "kind": n.Kind.String(), "from": n.From.Local()[:16],
		"state": n.State.String()}
	if n.To.OK {
		out["to"] = n.To.V.Local()[:16]
	}
	return out
}

// incidentBefore is the newest version of an incident that people declared, by its id.
func (e *entry) incidentBefore(id string) (duty.Incident, bool) {
	if e.world.Centres == nil {
		return duty.Incident{}, false
	}
	for _, k := range duty.InForce[duty.Incident](duty.SortVersions[duty.Incident](e.world.Centres.Facts().Incidents),
		func(*duty.Known[duty.Incident]) bool { return true }) {
		if k.Fact.IncidentID == id || k.Fact.ID == id {
			return k.Fact, true
		}
	}
	return duty.Incident{}, false
}

// formsComplete says of an incident that its forms are in. One that the watch found is answered by an incident of
// the same interval that people declare (contract section 6).
func formsComplete(e *entry) any {
	id := e.value("incident")
	if id == "" {
		return nil
	}
	if n, ok := e.incidentBefore(id); ok && n.Origin != duty.OriginAutomatic {
		if !n.To.OK {
			e.wrong("incident", "Hændelsen varer endnu; skriv først, hvornår den sluttede.|The incident still lasts; first "+
				"say when "+
				"it ended.")
		}
		n.Version, n.ReceivedAt, n.FormsStatus, n.Retracted = n.Version+1, e.received, duty.FormsStatusComplete, false
		n.DeviceIDs = orNone(n.DeviceIDs)
		e.id, e.version = n.ID, n.Version
		return &n
	}
	for _, a := range automatic(&e.world, e.q.now()) {
		if a.IncidentID == id {
			if !a.To.OK {
				e.wrong("incident", "Udstyret er stadig tavst; vent, til det er hørt igen.|The device is still silent; wait "+
					"until it is "+
					"heard again.")
			}
			a.ID, a.IncidentID, a.Version, a.ReceivedAt = e.id, e.id, e.version, e.received
			a.Origin, a.FormsStatus, a.State, a.DeviceIDs = duty.OriginHuman, duty.FormsStatusComplete, duty.IncidentStateActive,
				orNone(a.DeviceIDs)
			return &a
		}
	}
	e.wrong("incident", "Den hændelse findes ikke. Centrets side viser dem, der er.|There is no such incident. The "+
		"centre's page "+
		"shows those that there are.")
	return nil
}

// automatic are the incidents that the watch sees now.
func automatic(w *World, at duty.Instant) []duty.Incident {
	watch := w.Centres.Watch()
	p := policyAt(w, at)
	if watch == nil || p == nil {
		return nil
	}
	says := watch(p)
	if says == nil || says.Incidents == nil {
		return nil
	}
	var out []duty.Incident
	for _, a := range says.Incidents.List() {
		out = append(out, a.Incident)
	}
	return out
}

// exclusion builds an exclusion that a second person has not approved yet.
func exclusion(e *entry) any {
	x := &duty.Exclusion{ID: e.id, Version: e.version, ReceivedAt: e.received, ExclusionID: e.id,
		CentreID: e.centre("centre", e.received), Reason: e.optional("reason").V, DeclaredBy: e.q.actor.Name,
		DeclaredAt: e.received}
	from, one := e.date("from", false)
	to, two := e.date("to", false)
	if one && two && to < from {
		e.wrong("to", "Den sidste dag ligger før den første.|The last day lies before the first.")
	}
	x.FromDate, x.ToDate = from, to
	x.Status, _ = choice(e, "status", duty.ParseExclusionStatus)
	if id := e.value("exclusion"); id != "" {
		list := e.world.Centres.Facts().Exclusions
		i := slices.IndexFunc(list, func(k duty.Known[duty.Exclusion]) bool { return k.Fact.ExclusionID == id })
		if i < 0 {
			e.wrong("exclusion", "Den udelukkelse findes ikke i emnet.|The topic has no such exclusion.")
			return x
		}
		for _, k := range list {
			if k.Fact.ExclusionID == id {
				x.ID, x.ExclusionID, x.Version = k.Fact.ID, id, max(x.Version, k.Fact.Version+1)
			}
		}
		e.id, e.version = x.ID, x.Version
	} else if x.Status == duty.ExclusionStatusLifted {
		e.wrong("exclusion", "Skriv, hvilken udelukkelse der ophæves.|Say which exclusion is lifted.")
	}
	return x
}
