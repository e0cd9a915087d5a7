package explain

import (
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/engine/duty/law"
)

// Case is what one unit is explained from.
type Case struct {
	PersonID string
	Kind     duty.Kind
	Date     duty.Date
	// Moments are clocks with what the core judges by, ascending; the last is the clock of the
	// explanation. Without Told the revisions are computed at them.
	Moments []Moment
	// Thinned is true where some moments between were left out.
	Thinned bool
	// Told are the revisions that a violations log has of the unit up to the clock; FromLog is true
	// where there is such a log, even without one.
	Told    []duty.Violation
	FromLog bool
	// Centres are the facts of the centres, from which revisions name what became known.
	Centres *duty.CentreFacts
	// With returns the input at the clock with one more fact, a pointer to its record, known then.
	// Nil: nobody is asked what would clear.
	With func(record any) (duty.Input, bool)
	// Quick is With, and may be wrong about what the watch says; it keeps most questions from being asked of
	// With, which may cost much. Nil: there is none.
	Quick func(record any) (duty.Input, bool)
}

// Moment is a clock with what the core judges by.
type Moment struct {
	At    duty.Instant
	Input duty.Input
}

// last is the clock of the explanation.
func (c *Case) last() Moment { return c.Moments[len(c.Moments)-1] }

// NotFoundError says why there is no such unit. It names nobody.
type NotFoundError struct {
	// Ahead is true for a unit that is not over at the clock.
	Ahead bool
	Kind  duty.Kind
	Date  duty.Date
	At    duty.Instant
	// Near are the person's units around that date, as KIND:DATE.
	Near []string
}

// Error implements error.
func (e *NotFoundError) Error() string {
	what := fmt.Sprintf("no decision makes a unit of %s due on %s", e.Kind, e.Date)
	if e.Ahead {
		what = fmt.Sprintf(
			"%s of %s is not over at %s, and nothing is judged before: give a later --as-of",
			e.Kind,
			e.Date,
			e.At.Local(),
		)
	}
	switch len(e.Near) {
	case 0:
		return what + "; the person has no unit that is over at " + e.At.Local()
	case 1:
		return what + "; the nearest unit of the person is " + e.Near[0]
	}
	list := e.Near[0]
	for _, n := range e.Near[1:] {
		list += ", " + n
	}
	return what + "; the nearest units of the person are " + list
}

// near lists the units of the person that are nearest to a date, those of the kind first.
func near(in duty.Input, k duty.Kind, d duty.Date, at duty.Instant) []string {
	const most = 5
	in.FromDate, in.ToDate = duty.None[duty.Date](), duty.None[duty.Date]()
	res := duty.Evaluate(in, at)
	var out []string
	for _, same := range []bool{true, false} {
		for len(out) < most {
			best, away := -1, duty.Date(0)
			for i := range res.Units {
				u := &res.Units[i]
				n := max(u.Date-d, d-u.Date)
				if (u.Kind == k) == same && !has(out, unitName(u.Kind, u.Date)) && (best < 0 || n < away) {
					best, away = i, n
				}
			}
			if best < 0 {
				break
			}
			out = append(out, unitName(res.Units[best].Kind, res.Units[best].Date))
		}
	}
	return out
}

func unitName(k duty.Kind, d duty.Date) string { return k.String() + ":" + d.String() }

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// ruleText is a rule of the law; one that the law does not have keeps its id.
func ruleText(id string) law.Rule {
	r, _ := law.Lookup(id)
	r.ID = id
	return r
}
