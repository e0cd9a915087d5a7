package replay

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"

	"tilsyn/engine/duty"
)

// Wanted names a unit: by its id, or by duty, date and person.
type Wanted struct {
	// UnitID is that of contract §3; empty where the other fields name the unit.
	UnitID string

	Kind     duty.Kind
	Date     duty.Date
	PersonID string

	// Until, if set, asks for all that was told of units from Date to it, of every duty.
	Until duty.Opt[duty.Date]
	// Now asks for the as-of alone, and no clock before it.
	Now bool
}

// Inspection is what the verdict on one unit rests on, at one clock and at clocks before it.
type Inspection struct {
	PersonID string
	Kind     duty.Kind
	Date     duty.Date
	// Moments are the clocks at which something that may matter became known, ascending; the last is
	// the as-of. Each has the facts as the core takes them.
	Moments []Moment
	// Thinned is true where there were too many of them, and only some are here.
	Thinned bool
	// Told are the revisions of the unit in Options.Said up to the as-of, by revision; of several units, by
	// date and duty.
	Told []duty.Violation

	until duty.Opt[duty.Date]
	ask   *inspector
}

// Moment is a clock with what the core judges by.
type Moment struct {
	At    duty.Instant
	Input duty.Input
}

// NoUnitError says that the facts know no such unit or person. It names nobody.
type NoUnitError struct {
	// Persons is how many persons have facts.
	Persons int
	// ByID is true where the unit was named by its id.
	ByID bool
}

// Error implements error.
func (e *NoUnitError) Error() string {
	persons := strconv.Itoa(e.Persons) + " persons"
	if e.Persons == 1 {
		persons = "one person"
	}
	if e.ByID {
		return "no unit of that id is due by the as-of, of " + persons + " with facts: take the unit_id from a record, " +
			"or name the unit as KIND:DATE:PERSON, such as STAY:2026-02-03:P-1"
	}
	return "no fact of the input concerns that person; it has facts of " + persons +
		": write the PersonID as the facts do, of a person joined to another the one who remains"
}

// Inspect reads facts as Run does, and gathers what the verdict on one unit rests on. Of the options it
// takes the facts, the policies, the as-of (the last one of the list), Said, SkipBad and what bounds a
// run. Errors that the user can mend are *InputError or *NoUnitError.
func Inspect(ctx context.Context, opts Options, w Wanted) (*Inspection, error) {
	var out *Inspection
	_, err := withRun(&opts, func(r *run) (err error) {
		r.inspect = &inspector{run: r}
		out, err = r.inspectAll(ctx, w)
		return err
	})
	return out, err
}

// inspectAll reads, finds the unit, and asks the watch at every moment.
func (r *run) inspectAll(ctx context.Context, w Wanted) (*Inspection, error) {
	var err error
	if r.skip, err = openOutput(r.opts.SkipBad, r.opts.Stdout); err != nil {
		return nil, err
	}
	defer r.skip.discard()
	if err := r.readFacts(ctx); err != nil {
		return nil, err
	}
	if err := r.readSaid(); err != nil {
		return nil, err
	}
	if err := r.skip.commit(); err != nil {
		return nil, err
	}
	asOf, err := asOfs(r.opts, r.last)
	if err != nil {
		return nil, err
	}
	at := asOf[len(asOf)-1]
	r.links.close()
	x, persons, err := r.find(w, at)
	if err != nil {
		return nil, err
	}
	x.until = w.Until
	if r.asOf = []duty.Instant{at}; !w.Now {
		if r.asOf, err = r.moments(x, persons, at); err != nil {
			return nil, err
		}
	}
	r.activate()
	if err := r.spread(); err != nil {
		return nil, err
	}
	if err := r.gatherCentres(); err != nil {
		return nil, err
	}
	if err := r.watchAll(ctx); err != nil {
		return nil, err
	}
	return x, r.fill(x)
}

// errFilled ends the walk over the persons at the one who is wanted.
var errFilled = errors.New("the person was found")

// fill puts the facts of the person into the moments.
func (r *run) fill(x *Inspection) error {
	err := r.eachPerson(func(c *dossier) error {
		if c.person != x.PersonID {
			return nil
		}
		for i, at := range r.asOf {
			facts, _, err := c.open(r.topics)
			if err != nil {
				return err
			}
			r.addCrowds(facts, i)
			x.Moments = append(x.Moments, Moment{at, duty.Input{PersonID: c.person, Person: facts,
				Centres: r.watching.centres[i], Policies: r.policiesAt(at)}})
		}
		if err := x.hear(c, r.asOf[len(r.asOf)-1]); err != nil {
			return err
		}
		return errFilled
	})
	if err == nil {
		return errors.New("the facts of the person were lost on the way") // it was found by them
	}
	if !errors.Is(err, errFilled) {
		return err
	}
	last := x.Moments[len(x.Moments)-1]
	r.inspect.moment, x.ask = last, r.inspect
	return nil
}

// hear takes in what was told of the unit by a clock.
func (x *Inspection) hear(c *dossier, at duty.Instant) error {
	for _, raw := range c.records {
		p, err := parsePayload(raw)
		if err != nil {
			return err
		}
		if p.code != codeSaid {
			continue
		}
		v, err := decodeSaid(p.body)
		if err != nil {
			return err
		}
		if x.speaksOf(v) && v.EvaluatedAt <= at {
			x.Told = append(x.Told, *v)
		}
	}
	slices.SortStableFunc(x.Told, func(a, b duty.Violation) int {
		return cmp.Or(cmp.Compare(a.UnitDate, b.UnitDate), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Revision, b.Revision))
	})
	x.Told = slices.CompactFunc(x.Told, func(a, b duty.Violation) bool {
		return a.UnitDate == b.UnitDate && a.Kind == b.Kind && a.Revision == b.Revision
	})
	return nil
}

// speaksOf reports whether a revision is of a unit that is asked for.
func (x *Inspection) speaksOf(v *duty.Violation) bool {
	if x.until.OK {
		return x.Date <= v.UnitDate && v.UnitDate <= x.until.V
	}
	return v.Kind == x.Kind && v.UnitDate == x.Date
}
