package evidence

import (
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/engine/explain"
	"tilsyn/engine/watch"
)

// Case is what records of one person are certified from.
type Case struct {
	// At is the clock; Input is what the core judges by then.
	At    duty.Instant
	Input duty.Input
	// Centres are the facts of the centres as they were sent.
	Centres *duty.CentreFacts
	// Told are the revisions that a violations log has up to the clock, each unit's in order; FromLog is true
	// where there is such a log, even without any.
	Told    []duty.Violation
	FromLog bool
	// Signs returns what devices and feeds gave over a span (watch.Signs).
	Signs func(p *duty.Policy, centres []string, span duty.Span) []watch.Signs
}

// NoRecordError says that a unit has no record that can be certified. It names nobody.
type NoRecordError struct {
	Kind    duty.Kind
	Date    duty.Date
	Outcome duty.Outcome
	Pending bool
}

// Error implements error.
func (e *NoRecordError) Error() string {
	what := fmt.Sprintf("%s of %s is %s at that clock", e.Kind, e.Date, e.Outcome)
	if e.Pending {
		what += " and must not be told yet"
	}
	return what + ": only a record that is INDICATED or NEEDS_REVIEW has a certificate; " +
		"`tilsyn explain` says how the unit came to it"
}

// told returns the revisions of one unit.
func (c *Case) told(k duty.Kind, d duty.Date) []duty.Violation {
	var out []duty.Violation
	for i := range c.Told {
		if v := &c.Told[i]; v.Kind == k && v.UnitDate == d {
			out = append(out, *v)
		}
	}
	return out
}

// explained is the explanation of one unit, without what would clear it.
func (c *Case) explained(k duty.Kind, d duty.Date) (*explain.Explanation, error) {
	return explain.Explain(explain.Case{PersonID: c.Input.PersonID, Kind: k, Date: d,
		Moments: []explain.Moment{{At: c.At, Input: c.Input}}, Told: c.told(k, d), FromLog: c.FromLog,
		Centres: c.Centres})
}

// policy is the one of a digest.
func (c *Case) policy(digest string) *duty.Policy {
	for _, a := range c.Input.Policies {
		if a.Policy.Digest == digest {
			return a.Policy
		}
	}
	return c.Input.Policies[len(c.Input.Policies)-1].Policy
}
