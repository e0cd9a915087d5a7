package sanction

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// Case is everything that the counts of one person rest on.
type Case struct {
	// PersonID is the person.
	PersonID string
	// At is the clock: nothing that was known later counts.
	At duty.Instant
	// Standing is who the person is, as duty.Result.Standing gives it.
	Standing duty.Standing
	// Units are all units that the ledger has or that were ever told, in any
	// order, each once; UnitsOf makes them.
	Units []Unit
	// Reference asks for the figures of §15 and §143 at that instant, which is
	// not after At; missing: neither.
	Reference duty.Opt[duty.Instant]
}

// Unit is one night or reporting day as counting sees it.
type Unit struct {
	Kind duty.Kind
	// Date is the date that the unit counts to (CNT-05).
	Date duty.Date
	// Outcome is what the ledger says at the clock; duty.OutcomeUnknown where it
	// says nothing, since the unit is pending or no duty touches it.
	Outcome duty.Outcome
	// Status is that of the last revision; duty.StatusUnknown where none was told.
	Status duty.Status
	// Group is the effective group of the last revision (GRP-05).
	Group duty.Group
	// Instant is the legal instant of the last revision while it is no
	// withdrawal, else the end of the night or slot.
	Instant duty.Instant
	// History is what was told of the unit, oldest first; it may be left out
	// where Quality is not asked for.
	History []Telling
}

// Telling is one revision as far as counting needs it.
type Telling struct {
	At     duty.Instant
	Status duty.Status
}

// UnitsOf joins the ledger with what was last said. history returns what was
// told of a unit, oldest first; nil where nobody asks for Quality.
func UnitsOf(res *duty.Result, said []duty.Said, history func(duty.Kind, duty.Date) []Telling) []Unit {
	return join(res, said, history, func(duty.Outcome) bool { return true })
}

// CountedUnitsOf is UnitsOf without the units that are in no row and no entry. It
// is enough where no reference instant is asked for, and costs next to nothing
// where all nights were kept.
func CountedUnitsOf(res *duty.Result, said []duty.Said, history func(duty.Kind, duty.Date) []Telling) []Unit {
	return join(res, said, history, Counts)
}

// Counts reports whether months count an outcome, told or not.
func Counts(o duty.Outcome) bool { return o == duty.OutcomeUndetermined || o == duty.OutcomeExcluded }

// join returns the units that were told and those of the ledger with an outcome to
// keep, by date and duty.
func join(res *duty.Result, said []duty.Said, history func(duty.Kind, duty.Date) []Telling,
	keep func(duty.Outcome) bool) []Unit {
	type name struct {
		kind duty.Kind
		date duty.Date
	}
	at := map[name]int{}
	var out []Unit
	unit := func(kind duty.Kind, date duty.Date) *Unit {
		n := name{kind, date}
		if i, ok := at[n]; ok {
			return &out[i]
		}
		at[n] = len(out)
		out = append(out, Unit{Kind: kind, Date: date, Instant: end(kind, date)})
		return &out[len(out)-1]
	}
	for i := range res.Units {
		if u := &res.Units[i]; !u.Pending && !u.Early && keep(u.Outcome) {
			unit(u.Kind, u.Date).Outcome = u.Outcome
		}
	}
	for i := range said {
		s := &said[i]
		u := unit(s.Kind, s.Date)
		u.Status, u.Group = s.Status, s.Group
		if s.Status != duty.StatusWithdrawn {
			u.Instant = s.Instant
		}
		if history != nil {
			u.History = history(s.Kind, s.Date)
		}
	}
	slices.SortFunc(out, compareUnits)
	return out
}

// compareUnits orders by date, then the name of the duty.
func compareUnits(a, b Unit) int {
	return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Kind.String(), b.Kind.String()))
}

// end is when a unit is over: 06:00 after its night, or the end of its day.
func end(kind duty.Kind, d duty.Date) duty.Instant {
	if kind == duty.KindReport {
		return (d + 1).Start()
	}
	return duty.Night(d).To
}

// tally is a case under work: its units in order, with what was derived of them.
type tally struct {
	Case
	verdicts []verdict
	units    []counted
}

// counted is a unit with what convictions and groups make of it.
type counted struct {
	Unit
	// judged is true where a conviction has answered for the unit (7.2).
	judged bool
	// own is the group as registered at the unit's reference moment.
	own duty.Group
}

// open reports whether the unit counts: INDICATED, last revision, not judged
// (CNT-04, contract-case 7.2).
func (u *counted) open() bool { return u.Status == duty.StatusIndicated && !u.judged }

func newTally(c Case) *tally {
	t := &tally{Case: c, verdicts: verdictsOf(c.Standing.Convictions, c.At)}
	for _, u := range c.Units {
		t.units = append(t.units, counted{Unit: u, judged: t.judged(&u) != nil, own: t.groupAt(referenceMoment(&u)).Own})
	}
	slices.SortStableFunc(t.units, func(a, b counted) int { return compareUnits(a.Unit, b.Unit) })
	return t
}

// referenceMoment is the instant whose group a unit has (contract §3).
func referenceMoment(u *Unit) duty.Instant {
	if u.Kind == duty.KindNotify {
		return u.Instant
	}
	return u.Instant - 1
}

// groupAt returns the person's group at t; the zero value where none is known.
func (t *tally) groupAt(at duty.Instant) duty.GroupSpan {
	for _, g := range t.Standing.Groups {
		if g.Span.From <= at && at < g.Span.To {
			return g
		}
	}
	return duty.GroupSpan{}
}

// Summarise counts (contract-case 7), anew from the last revisions each time, so
// that a withdrawal changes every figure that rests on it (CNT-07). The person that another one remains for
// has a summary without counts.
func Summarise(c Case) duty.CaseSummary {
	out := duty.CaseSummary{PersonID: c.PersonID, Time: 1, Months: []duty.MonthCount{}, Sanction: []duty.SanctionLine{}}
	if c.Standing.Joined {
		return out
	}
	t := newTally(c)
	if g := t.groupAt(c.At).Effective; g != duty.GroupUnknown {
		out.Group = duty.Some(g)
		out.PriorConvictions = int32(t.convictions(classOf(g), c.At))
		out.Time = out.PriorConvictions + 1
	}
	out.Months = t.months()
	if c.Standing.Params.SanctionLookupEnabled {
		out.Sanction = t.entries()
	}
	if c.Reference.OK {
		out.Detention = duty.Some(t.detention(c.Reference.V))
		out.Section143 = t.section143(c.Reference.V)
	}
	return out
}

// HasSummary reports whether a person has a summary at the clock: a row that is
// not zero, or a conviction that was known. Once it has one it keeps it
// (contract-case 7.7), which is for the caller to remember.
func HasSummary(c Case, s *duty.CaseSummary) bool {
	if c.Standing.Joined {
		return slices.ContainsFunc(c.Units, func(u Unit) bool { return u.Status != duty.StatusUnknown })
	}
	return len(s.Months) > 0 || c.Standing.Convicted
}
