package affected

import (
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
)

// Share is what one person has to do with a suspected loss.
type Share struct {
	Person Person
	// Units are sorted by date, then NOTIFY, REPORT, STAY.
	Units []Unit
}

// Person is a person whom a suspected loss may concern, whether or not anything was told.
type Person struct {
	PersonID string
	// Aliases are the PersonIDs that a link joined to the person.
	Aliases []string
	// Duties bound the person at the centre at some time of the interval.
	Duties []duty.Kind
	// LastBefore and FirstAfter are the registrations around the interval.
	LastBefore, FirstAfter duty.Opt[duty.Instant]
	// RowsInside are the registrations at the centre in the interval.
	RowsInside int
	// Reach is INSIDE where a unit overlaps the interval or a registration lies in it, CROSSING where
	// units only cross it, LINK where nothing but a link ties the person to it.
	Reach string
}

// Unit is a unit that overlaps the interval, or rests on what crosses it.
type Unit struct {
	UnitID string
	Kind   duty.Kind
	Date   duty.Date
	Reach  duty.Reach
	// Outcome is as things are, Without as if the incident or exclusion had never been, With as if
	// nothing were known of the interval. Missing where it is not to be said yet (pending).
	Outcome, Without, With duty.Opt[duty.Outcome]
	// Revision and Status are what was last said, FirstTold when something first was; missing where
	// nothing was told.
	Revision  duty.Opt[int32]
	Status    duty.Opt[duty.Status]
	FirstTold duty.Opt[duty.Instant]
	// Told are those who were told.
	Told []Told
}

// Person answers the question for one person, by the facts and by what was told; false where the
// person has nothing to do with it.
func (q *Question) Person(f *duty.Facts, told recall.Person) (Share, bool) {
	in := duty.Input{PersonID: told.PersonID, Person: f, Centres: q.world.Centres, Policies: q.world.Policies}
	h := duty.Hear(in, q.At)
	t := h.TouchedBy(q.CentreID, q.Span)
	s := Share{Person: Person{PersonID: told.PersonID, Aliases: t.Aliases, Duties: t.Duties,
		LastBefore: t.LastBefore, FirstAfter: t.FirstAfter, RowsInside: t.RowsInside}}
	if t.Bound {
		s.Units = q.units(h, in, &t)
	}
	if !t.Any() && len(s.Units) == 0 {
		return s, false
	}
	q.addTold(&s, f, &told)
	overlaps := func(u Unit) bool { return u.Reach == duty.ReachOverlaps }
	switch {
	case t.Any() && t.Linked:
		s.Person.Reach = "LINK"
	case t.RowsInside > 0 || slices.ContainsFunc(s.Units, overlaps):
		s.Person.Reach = "INSIDE"
	default:
		s.Person.Reach = "CROSSING"
	}
	return s, true
}

// units asks the core about the units that the interval can reach: those from the registration before
// it to the one after.
func (q *Question) units(h *duty.Hearing, in duty.Input, t *duty.Touched) []Unit {
	from, to := t.LastBefore.Or(q.Span.From), t.FirstAfter.Or(q.At)
	now := h.Reached(q.CentreID, q.Span, min(from, q.Span.From).Date()-1, max(to, q.Span.To).Date()+lastSlot)
	if len(now) == 0 {
		return nil
	}
	out := make([]Unit, len(now))
	for i := range now {
		u := &now[i]
		out[i] = Unit{UnitID: duty.UnitID(u.Kind, u.Date, in.PersonID), Kind: u.Kind, Date: u.Date,
			Reach: u.Reach, Outcome: outcomeOf(&u.Unit)}
	}
	switch {
	case !q.caused(): // without nothing things are as they are
		for i := range out {
			out[i].Without = out[i].Outcome
		}
	case q.byExclusion: // what a row shows may be another thing then
		in.Centres, in.Policies = q.without.Centres, q.without.Policies
		h = duty.Hear(in, q.At)
	default:
		h = h.Elsewhere(q.without.Centres)
	}
	if q.caused() {
		for i := range out {
			out[i].Without = out[i].in(h)
		}
	}
	h = h.Elsewhere(q.unknown.Centres)
	for i := range out {
		out[i].With = out[i].in(h)
	}
	return out
}

// lastSlot is how many days after the interval a slot may be dated that overlaps it: a quota week is a
// slot of its Sunday (contract §2).
const lastSlot = 6

// in is the outcome of the unit in another world.
func (u *Unit) in(h *duty.Hearing) duty.Opt[duty.Outcome] {
	v, ok := h.Unit(u.Kind, u.Date)
	if !ok {
		return duty.None[duty.Outcome]()
	}
	return outcomeOf(&v)
}

// outcomeOf is the outcome of a unit; missing while it is not to be said.
func outcomeOf(u *duty.Unit) duty.Opt[duty.Outcome] {
	if u.Pending || u.Early {
		return duty.None[duty.Outcome]()
	}
	return duty.Some(u.Outcome)
}
