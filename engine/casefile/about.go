package casefile

import "tilsyn/engine/duty"

// About is whom a fact of a person-keyed topic concerns; everything else in it is the core's
// business.
type About struct {
	ID string
	// Person is the PersonID of the record; empty for a row or a paper entry without a person.
	Person string
	// Card is the card of a row or an assignment. It is the key of a row without a person.
	Card string
	// Alias is the other person of an identity link.
	Alias string
	// Nameless is true for a record that names no person.
	Nameless bool
	// Parked is true for a row that names no person, only a card.
	Parked bool
	// Centre is the centre that the record names; empty if none.
	Centre string
	// Paper is true for a paper entry (manual-entries). If its person was not known at first, it lies
	// under its centre as well (RD-47).
	Paper bool
	// UnderCentre is true for a paper entry that lies under its centre.
	UnderCentre bool
}

// Key returns the key that the record is kept under: its person, or a name that stands for a row
// without one or for paper under its centre.
func (a *About) Key() string {
	if a.UnderCentre {
		return underCentreKey
	}
	if a.Parked {
		return ParkedKey
	}
	return a.Person
}

// RecordKey returns the key that producers must write the record under, and the field that it is
// taken from (contract §2): the person; of a row without one the card, of a paper entry without one
// the centre.
func (a *About) RecordKey() (key, field string) {
	switch {
	case a.Parked:
		return a.Card, fieldCard
	case a.Nameless:
		return a.Centre, fieldCentre
	}
	return a.Person, FieldPerson
}

// The fields that the key of a fact is taken from.
const (
	FieldPerson = "person_id"
	fieldCard   = "card_id"
	fieldCentre = "centre_id"
)

// AboutRecord returns the About of a pointer to a record; its zero value for a record that is not
// keyed by person.
func AboutRecord(record any) About {
	a, _ := about(record)
	return a
}

// about is AboutRecord; ok is false for a record that is not keyed by person.
func about(record any) (a About, ok bool) {
	switch v := record.(type) {
	case *duty.CardEvent:
		return About{ID: v.ID, Person: v.PersonID.V, Card: v.CardID, Nameless: !v.PersonID.OK,
			Parked: !v.PersonID.OK, Centre: v.CentreID}, true
	case *duty.ManualEntry:
		return About{ID: v.ID, Person: v.PersonID.V, Nameless: !v.PersonID.OK, Centre: v.CentreID, Paper: true}, true
	case *duty.Notice:
		return About{ID: v.ID, Person: v.PersonID, Centre: v.CentreID}, true
	case *duty.ObligationChange:
		return About{ID: v.ID, Person: v.PersonID, Centre: v.CentreID}, true
	case *duty.GroupChange:
		return About{ID: v.ID, Person: v.PersonID}, true
	case *duty.Permission:
		return About{ID: v.ID, Person: v.PersonID}, true
	case *duty.Hold:
		return About{ID: v.ID, Person: v.PersonID}, true
	case *duty.DepartureAssessment:
		return About{ID: v.ID, Person: v.PersonID}, true
	case *duty.Conviction:
		return About{ID: v.ID, Person: v.PersonID}, true
	case *duty.IdentityLink:
		return About{ID: v.ID, Person: v.PersonID, Alias: v.AliasPersonID}, true
	case *duty.CardAssignment:
		return About{ID: v.ID, Person: v.PersonID, Card: v.CardID}, true
	case *duty.Acknowledgement:
		return About{ID: v.ID, Person: v.PersonID}, true
	case *duty.Handling:
		return About{ID: v.ID, Person: v.PersonID}, true
	}
	return About{}, false
}

// CentreOf returns the centre that a centre-keyed fact concerns; empty means all centres.
func CentreOf(record any) string {
	switch v := record.(type) {
	case *duty.Incident:
		return v.CentreID
	case *duty.Exclusion:
		return v.CentreID
	case *duty.Settlement:
		return v.CentreID
	case *duty.Heartbeat:
		return v.CentreID.V
	case *duty.SupervisionResult:
		return v.CentreID
	case *duty.ControlActionTaken:
		return v.CentreID
	}
	return ""
}
