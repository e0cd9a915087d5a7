package evidence

import (
	"fmt"
	"slices"

	"tilsyn/engine/duty"
)

// Limits of one package.
const (
	MaxDays    = 92
	MaxRecords = 120
)

// Range says which units go into a package.
type Range struct {
	// From and To are unit dates, both inclusive.
	From, To duty.Date
	// Kind is the duty; Unknown is every one.
	Kind duty.Kind
}

// Bundle is what a package is made of.
type Bundle struct {
	Case  *Case
	Range Range
	Units []*Unit
	// Withdrawn are the last revisions of units that were told and must no longer be relied on.
	Withdrawn []duty.Violation
	// Due are units that were told and are no records at the clock: a withdrawal has yet to be told.
	Due []duty.Violation

	// outcomes are those of all units of the person at the clock.
	outcomes map[string]duty.Outcome
}

// Unit is one record with its proof.
type Unit struct {
	Certificate *Certificate
	// Record is the record, as in the certificate; Told are all revisions of it.
	Record *duty.Violation
	Told   []duty.Violation

	account *duty.Account
}

// Name is the unit as files and commands name it.
func (u *Unit) Name() string { return u.Record.Kind.String() + "-" + u.Record.UnitDate.String() }

// EmptyError says that there is nothing to export. It names nobody.
type EmptyError struct {
	Range Range
	Units int
}

// Error implements error.
func (e *EmptyError) Error() string {
	if e.Units == 0 {
		return fmt.Sprintf("no unit of the person is over between %s and %s at that clock: give other dates or a later "+
			"--as-of", e.Range.From, e.Range.To)
	}
	return fmt.Sprintf("of %d units between %s and %s none is INDICATED or NEEDS_REVIEW or was withdrawn: there is "+
		"nothing to export; `tilsyn explain` says how a unit came out", e.Units, e.Range.From, e.Range.To)
}

// LimitError says that a package would be too large.
type LimitError struct{ Days, Records int }

// Error implements error.
func (e *LimitError) Error() string {
	if e.Days > 0 {
		return fmt.Sprintf("%d days are too many for one package, which holds at most %d: make several", e.Days, MaxDays)
	}
	return fmt.Sprintf("%d records are too many for one package, which holds at most %d: make several of fewer days",
		e.Records, MaxRecords)
}

// Gather certifies the records of a range. Errors are *EmptyError, *LimitError, *NoRecordError for a range of one
// unit, and those of Certify.
func Gather(c *Case, r Range) (*Bundle, error) {
	if days := int(r.To-r.From) + 1; days > MaxDays {
		return nil, &LimitError{Days: days}
	}
	b := &Bundle{Case: c, Range: r, outcomes: map[string]duty.Outcome{}}
	in := c.Input
	in.FromDate, in.ToDate = duty.None[duty.Date](), duty.None[duty.Date]()
	res := duty.Evaluate(in, c.At)
	var records []duty.Unit
	units := 0
	for _, u := range res.Units {
		b.outcomes[duty.UnitID(u.Kind, u.Date, in.PersonID)] = u.Outcome
		if u.Date < r.From || u.Date > r.To || r.Kind != duty.KindUnknown && r.Kind != u.Kind {
			continue
		}
		units++
		if u.Record() {
			records = append(records, u)
		}
	}
	if len(records) > MaxRecords {
		return nil, &LimitError{Records: len(records)}
	}
	for i := range records {
		if err := b.add(records[i].Kind, records[i].Date); err != nil {
			return nil, err
		}
	}
	b.takenBack(records)
	if len(b.Units)+len(b.Withdrawn)+len(b.Due) == 0 {
		return nil, b.empty(res.Units, units)
	}
	return b, nil
}

// empty is the error of a range without a record.
func (b *Bundle) empty(all []duty.Unit, units int) error {
	if b.Range.From == b.Range.To && b.Range.Kind != duty.KindUnknown {
		for i := range all {
			if u := &all[i]; u.Kind == b.Range.Kind && u.Date == b.Range.From {
				return &NoRecordError{u.Kind, u.Date, u.Outcome, u.Pending}
			}
		}
		_, err := b.Case.explained(b.Range.Kind, b.Range.From)
		return err
	}
	return &EmptyError{b.Range, units}
}

// add certifies one record.
func (b *Bundle) add(k duty.Kind, d duty.Date) error {
	cert, err := Certify(b.Case, k, d)
	if err != nil {
		return err
	}
	a, _ := duty.Explain(b.Case.Input, k, d, b.Case.At) // found, since it was certified
	u := &Unit{Certificate: cert, Record: a.Record, Told: b.Case.told(k, d), account: &a}
	if n := len(u.Told); n > 0 {
		u.Record = &u.Told[n-1]
	}
	b.Units = append(b.Units, u)
	return nil
}

// takenBack finds what was told and is no record.
func (b *Bundle) takenBack(records []duty.Unit) {
	for i := range b.Case.Told {
		v := &b.Case.Told[i]
		last := i+1 == len(b.Case.Told) || b.Case.Told[i+1].UnitID != v.UnitID
		standing := slices.ContainsFunc(records, func(u duty.Unit) bool { return u.Kind == v.Kind && u.Date == v.UnitDate })
		switch {
		case !last || standing || b.Range.Kind != duty.KindUnknown && b.Range.Kind != v.Kind:
		case v.Status == duty.StatusWithdrawn:
			b.Withdrawn = append(b.Withdrawn, *v)
		default:
			b.Due = append(b.Due, *v)
		}
	}
}

// MayAccuse reports whether a unit is a record at the clock: a replay of the package must accuse of nothing else.
func (b *Bundle) MayAccuse(unitID string) bool {
	return b.outcomes[unitID].Severity() > duty.SeverityNone
}

// Policies are the policies active by the clock, in order.
func (b *Bundle) Policies() []duty.ActivePolicy { return b.Case.Input.Policies }

// Revisions are all that were told of the units of the package.
func (b *Bundle) Revisions() []*duty.Violation {
	var out []*duty.Violation
	for i := range b.Case.Told {
		if v := &b.Case.Told[i]; b.Range.Kind == duty.KindUnknown || b.Range.Kind == v.Kind {
			out = append(out, v)
		}
	}
	return out
}

// Said are these revisions as lines of canonical JSON.
func (b *Bundle) Said() []string {
	var out []string
	for _, v := range b.Revisions() {
		out = append(out, string(v.AppendCanonical(nil)))
	}
	return out
}
