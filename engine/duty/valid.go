package duty

import "slices"

import "strings"

// A fact that can be read but makes no sense never accuses: it is left out,
// named in a data-quality record FACT_INVALID, and holds the units that it
// might speak of (contract §1). Each check looks at the fields in the order of the
// schema: of several faults the first is named.

// Times of facts lie in the years 2000 to 2100: from Earliest on, before latest
// (contract §1).
var (
	Earliest = DateOf(2000, 1, 1).Start()
	latest   = DateOf(2101, 1, 1).Start()
)

// centre returns a centre of the register, or nil.
func (p *Policy) centre(id string) *Centre {
	for i := range p.Centres {
		if p.Centres[i].ID == id {
			return &p.Centres[i]
		}
	}
	return nil
}

// RowMakesSense reports whether a row makes sense by itself, whatever the register says of its
// place (contract §1).
func RowMakesSense(v *CardEvent) bool { return v.fault(nil).None() }

// beyondHours is how far ahead of the time it was known a record's own time may lie (W-41).
const beyondHours = 24 * Hour

// faultWhen is fault, for a row that was known at an instant: one that lies more than a day ahead of it
// makes no sense (W-41).
func (v *CardEvent) faultWhen(p *Policy, known Instant) Fault {
	s := sense{fault: v.fault(p)}
	s.require(v.OccurredAt <= known+beyondHours, "occurred_at", valueAhead, ruleAhead)
	return s.fault
}

// inTheirTime leaves out the rows that lie too far ahead.
func inTheirTime(list []Known[CardEvent]) []Known[CardEvent] {
	for i := range list {
		if list[i].Fact.OccurredAt > list[i].At+beyondHours {
			return slices.DeleteFunc(slices.Clone(list), func(k Known[CardEvent]) bool {
				return k.Fact.OccurredAt > k.At+beyondHours
			})
		}
	}
	return list
}

// fault checks the place against the register, unless p is nil.
func (v *CardEvent) fault(p *Policy) Fault {
	var s sense
	s.id("id", v.ID)
	s.time("received_at", v.ReceivedAt)
	s.idIf("person_id", v.PersonID)
	s.id("card_id", v.CardID)
	if p != nil {
		s.centre(p, v.CentreID)
	}
	s.id("device_id", v.DeviceID)
	s.require(v.Kind != CardEventKindPassage || v.Direction.OK, "direction", valueMissing, ruleFields)
	s.time("occurred_at", v.OccurredAt)
	return s.fault
}

// fault checks the place against the register, unless p is nil: a centre's own check of its paper
// needs no register.
func (v *ManualEntry) fault(p *Policy) Fault {
	var s sense
	s.id("id", v.ID)
	s.time("received_at", v.ReceivedAt)
	s.idIf("person_id", v.PersonID)
	if p != nil && v.Form != FormPoliceReport {
		s.centre(p, v.CentreID)
	}
	switch v.Form {
	case FormOutagePassage, FormBarcodeLog, FormAssistedPassage:
		s.require(v.Direction.OK, "direction", valueMissing, ruleFields)
	case FormPresenceCheck:
		s.require(v.Result.OK, "result", valueMissing, ruleFields)
	}
	s.local("local_time", v.LocalTime)
	return s.fault
}

func (v *Notice) fault(p *Policy) Fault {
	var s sense
	s.id("id", v.ID)
	s.time("received_at", v.ReceivedAt)
	s.id("person_id", v.PersonID)
	s.centre(p, v.CentreID)
	s.local("local_time", v.LocalTime)
	s.timeOfDay("range_from", v.RangeFrom)
	s.timeOfDay("range_to", v.RangeTo)
	if v.TargetDate.OK {
		s.date("target_date", v.TargetDate.V)
	}
	return s.fault
}

// fault does not check the place: a duty at a place that does not fit is judged as if the place
// were known, and held separately (RD-46).
func (v *ObligationChange) fault(*Policy) Fault {
	var s sense
	s.id("id", v.ID)
	s.time("received_at", v.ReceivedAt)
	s.id("decision_id", v.DecisionID)
	s.id("person_id", v.PersonID)
	s.id("centre_id", v.CentreID)
	if v.Schedule.OK {
		v.Schedule.V.check(&s)
	}
	s.timeIf("served_at", v.ServedAt)
	s.time("valid_from", v.ValidFrom)
	s.endIf("valid_to", v.ValidFrom, v.ValidTo, valueBeforeValid)
	return s.fault
}

func (v *Schedule) check(s *sense) {
	s.require(v.Type != ScheduleTypeQuota || v.QuotaPerWeek >= 0 && v.QuotaPerWeek <= 7, "schedule.quota_per_week",
		valueQuota, ruleFields)
	for _, d := range v.Dates {
		s.date("schedule.dates", d)
	}
	s.timeOfDay("schedule.window_from", v.WindowFrom)
	s.timeOfDay("schedule.window_to", v.WindowTo)
	// Nobody can report in a window of no length; where the end of the day is meant, window_to is left out.
	if v.WindowTo.OK {
		s.require(v.WindowFrom.Or("00:00") < v.WindowTo.V, "schedule.window_to", valueNoWindow, ruleFields)
	}
}

func (v *GroupChange) fault(*Policy) Fault {
	var s sense
	s.id("id", v.ID)
	s.time("received_at", v.ReceivedAt)
	s.id("person_id", v.PersonID)
	s.time("valid_from", v.ValidFrom)
	return s.fault
}

func (v *Permission) fault(*Policy) Fault {
	var s sense
	s.id("id", v.ID)
	s.time("received_at", v.ReceivedAt)
	s.id("permission_id", v.PermissionID)
	s.id("person_id", v.PersonID)
	s.time("valid_from", v.ValidFrom)
	s.end("valid_to", v.ValidFrom, v.ValidTo, valueBeforeValid)
	s.time("decided_at", v.DecidedAt)
	s.timeIf("served_at", v.ServedAt)
	return s.fault
}

func (v *Hold) fault(*Policy) Fault {
	var s sense
	s.id("id", v.ID)
	s.time("received_at", v.ReceivedAt)
	s.id("hold_id", v.HoldID)
	s.id("person_id", v.PersonID)
	s.time("valid_from", v.ValidFrom)
	s.endIf("valid_to", v.ValidFrom, v.ValidTo, valueBeforeValid)
	return s.fault
}

func (v *DepartureAssessment) fault(*Policy) Fault {
	var s sense
	s.id("id", v.ID)
	s.time("received_at", v.ReceivedAt)
	s.id("person_id", v.PersonID)
	s.date("from_date", v.FromDate)
	s.time("decided_at", v.DecidedAt)
	return s.fault
}

func (v *IdentityLink) fault(*Policy) Fault {
	var s sense
	s.id("id", v.ID)
	s.time("received_at", v.ReceivedAt)
	s.id("person_id", v.PersonID)
	s.id("alias_person_id", v.AliasPersonID)
	s.time("at", v.At)
	return s.fault
}

func (v *CardAssignment) fault(*Policy) Fault {
	var s sense
	s.id("id", v.ID)
	s.time("received_at", v.ReceivedAt)
	s.id("card_id", v.CardID)
	s.id("person_id", v.PersonID)
	s.time("valid_from", v.ValidFrom)
	s.endIf("valid_to", v.ValidFrom, v.ValidTo, valueBeforeValid)
	return s.fault
}

func (v *Incident) fault() Fault {
	var s sense
	s.id("id", v.ID)
	s.time("received_at", v.ReceivedAt)
	s.id("incident_id", v.IncidentID)
	s.id("centre_id", v.CentreID)
	s.time("from", v.From)
	s.endIf("to", v.From, v.To, valueBeforeFrom)
	return s.fault
}

func (v *Exclusion) fault() Fault {
	var s sense
	s.id("id", v.ID)
	s.time("received_at", v.ReceivedAt)
	s.id("exclusion_id", v.ExclusionID)
	s.id("centre_id", v.CentreID)
	s.date("from_date", v.FromDate)
	s.end("to_date", v.FromDate.Start(), v.ToDate.Start(), valueBeforeDate)
	s.person("declared_by", v.DeclaredBy)
	s.person("approved_by", v.ApprovedBy)
	s.require(!SameName(v.DeclaredBy, v.ApprovedBy), "approved_by", valueDeclarer, ruleTwo)
	s.time("declared_at", v.DeclaredAt)
	return s.fault
}

// SameName reports whether two names of officials name one: case and white space do not tell
// them apart.
func SameName(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// person requires that somebody is named: declaring, editing and lifting an exclusion takes two
// people (EXC-06).
func (s *sense) person(field, name string) {
	s.require(strings.TrimSpace(name) != "", field, valueEmpty, ruleTwo)
}

func (v *SupervisionResult) fault() Fault {
	var s sense
	s.id("id", v.ID)
	s.id("centre_id", v.CentreID)
	s.date("from_date", v.FromDate)
	s.end("to_date", v.FromDate.Start(), v.ToDate.Start(), valueBeforeDate)
	return s.fault
}

// fault checks what was done about a control. One that makes no sense counts for nothing.
func (v *ControlActionTaken) fault() Fault {
	var s sense
	s.id("id", v.ID)
	s.id("centre_id", v.CentreID)
	s.time("at", v.At)
	if v.Ref.OK {
		s.id("ref", v.Ref.V)
	}
	return s.fault
}

func (v *Settlement) fault() Fault {
	var s sense
	s.id("id", v.ID)
	s.time("received_at", v.ReceivedAt)
	s.id("centre_id", v.CentreID)
	s.date("local_date", v.LocalDate)
	s.timeIf("through", v.Through)
	return s.fault
}

// fault checks a handling. One that makes no sense is reported and holds nobody.
func (v *Handling) fault() Fault {
	var s sense
	s.id("id", v.ID)
	s.time("received_at", v.ReceivedAt)
	s.id("handling_id", v.HandlingID)
	s.id("unit_id", v.UnitID)
	s.id("person_id", v.PersonID)
	s.time("at", v.At)
	return s.fault
}

// fault checks a heartbeat. One that makes no sense is reported and holds nobody: it concerns no
// person, and a device sends one every minute.
func (v *Heartbeat) fault() Fault {
	var s sense
	s.id("id", v.ID)
	s.id("source_id", v.SourceID)
	s.idIf("centre_id", v.CentreID)
	s.time("at", v.At)
	return s.fault
}

// fault checks a reconciliation. One that makes no sense is reported and was not sent (W-56).
func (v *Reconciliation) fault() Fault {
	var s sense
	s.id("id", v.ID)
	s.id("device_id", v.DeviceID)
	s.time("from", v.From)
	s.end("to", v.From, v.To, valueBeforeFrom)
	return s.fault
}
