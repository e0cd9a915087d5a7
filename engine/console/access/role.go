package access

import "slices"

// Role is what somebody does at work.
type Role string

// The roles. Nobody has one by another: who does two jobs has two roles.
const (
	// Reader looks at everything and enters nothing.
	Reader Role = "reader"
	// Officer works at the Return Agency: the work list, persons, and everything that is entered of them.
	Officer Role = "officer"
	// Operator keeps the engine and the centres' devices running. It sees no person.
	Operator Role = "operator"
	// Entry fills in the forms of the gate and the office. It looks up no person.
	Entry Role = "entry"
)

// Roles are all of them.
func Roles() []Role { return []Role{Reader, Officer, Operator, Entry} }

// Right is something that a role may do.
type Right string

// The rights.
const (
	// SeePersons: the work list, persons, units.
	SeePersons Right = "see-persons"
	// SeeCentres: centres and the engine.
	SeeCentres Right = "see-centres"
	// Handle: handlings, departure assessments, acknowledgements.
	Handle Right = "handle"
	// Enter: the forms that replace paper.
	Enter Right = "enter"
	// Attest: incidents, and that logs and forms are complete.
	Attest Right = "attest"
	// Control: that a control was carried out.
	Control Right = "control"
	// Exclude: suggesting and approving exclusions (EXC-06).
	Exclude Right = "exclude"
)

// rights says who may do what.
var rights = map[Right][]Role{
	SeePersons: {Reader, Officer},
	SeeCentres: {Reader, Officer, Operator, Entry},
	Handle:     {Officer},
	Enter:      {Officer, Entry},
	Attest:     {Officer, Operator, Entry},
	Control:    {Officer, Operator},
	Exclude:    {Officer},
}

// Actor is who asks.
type Actor struct {
	// Name is stable and names one person or program; it goes to the audit topic and nowhere else.
	Name string
	// Roles are what they may do.
	Roles []Role
	// Local is true for everybody of --insecure-local.
	Local bool
	// Program is true for who came with a bearer token.
	Program bool
}

// May reports whether the actor has a right.
func (a *Actor) May(r Right) bool {
	return a != nil && slices.ContainsFunc(a.Roles, func(have Role) bool { return slices.Contains(rights[r], have) })
}

// Role is the role by which the actor has a right: the first in the order of Roles. Empty without one.
func (a *Actor) Role(r Right) Role {
	for _, have := range Roles() {
		if slices.Contains(a.Roles, have) && slices.Contains(rights[r], have) {
			return have
		}
	}
	return ""
}
