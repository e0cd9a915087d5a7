package affected

import (
	"errors"
	"fmt"

	"tilsyn/engine/duty"
)

// What is the suspected loss. Exactly one of IncidentID, ExclusionID and CentreID is set.
type What struct {
	// IncidentID is an incident, of people or of the watch.
	IncidentID string
	// ExclusionID is an exclusion, of the facts or of the policy.
	ExclusionID string
	// CentreID is a centre, with an interval of its own, which need not be in any record.
	CentreID string
	Span     duty.Span
}

// ErrQuestion is wrapped by every error of Ask: there is no such loss.
var ErrQuestion = errors.New("the lists cannot be made")

// Question is a suspected loss with the worlds in which it is looked at. It is immutable and may be
// asked about several persons at a time.
type Question struct {
	// Cause is INCIDENT:<id>, EXCLUSION:<id>, or INTERVAL where no record names one.
	Cause    string
	CentreID string
	// Span is the interval: that of the incident up to the clock where it lasts, the whole local days
	// of an exclusion.
	Span duty.Span
	At   duty.Instant

	world, without, unknown duty.World
	// byExclusion is set where without lacks an exclusion, and not an incident.
	byExclusion bool
}

// Ask prepares a question at a clock. The error wraps ErrQuestion and says what about it is wrong.
func Ask(what What, w duty.World, at duty.Instant) (*Question, error) {
	q := &Question{At: at, world: w, without: w}
	switch {
	case what.IncidentID != "":
		i, ok := w.Incident(what.IncidentID, at)
		if !ok {
			return nil, fmt.Errorf("%w: no incident %s is known at %s", ErrQuestion, what.IncidentID, at)
		}
		q.Cause, q.CentreID = "INCIDENT:"+what.IncidentID, i.CentreID
		q.Span = duty.Span{From: i.From, To: max(i.To.Or(at), i.From+1)}
		q.without = w.WithoutIncident(what.IncidentID)
	case what.ExclusionID != "":
		x, ok := w.Exclusion(what.ExclusionID, at)
		if !ok {
			return nil, fmt.Errorf("%w: no exclusion %s is known at %s", ErrQuestion, what.ExclusionID, at)
		}
		q.Cause, q.CentreID, q.Span = "EXCLUSION:"+what.ExclusionID, x.CentreID, x.Span()
		q.without, q.byExclusion = w.WithoutExclusion(what.ExclusionID), true
	default:
		if what.Span.To <= what.Span.From {
			return nil, fmt.Errorf("%w: the interval ends before it begins", ErrQuestion)
		}
		q.Cause, q.CentreID, q.Span = intervalAlone, what.CentreID, what.Span
	}
	if !q.policy().Registered(q.CentreID) {
		return nil, fmt.Errorf("%w: centre %s is not in the register of the policy", ErrQuestion, q.CentreID)
	}
	q.unknown = q.without.WithUnknown(q.CentreID, q.Span)
	return q, nil
}

// caused reports whether a record names the loss: an interval alone changes no outcome.
func (q *Question) caused() bool { return q.Cause != intervalAlone }

// intervalAlone is the Cause of a question that no record names.
const intervalAlone = "INTERVAL"

// policy is the newest one at the clock.
func (q *Question) policy() *duty.Policy { return q.world.PolicyAt(q.At) }
