package centres

import (
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/topics"
)

// Base returns the digest of the policy in the settings.
func (s *Picture) Base() string { return s.Policies[0].Policy.Digest }

// CentreMarks returns the marks that a commit stores: those of centre-keyed input topics.
func (s *Picture) CentreMarks() map[broker.Partition]broker.Mark {
	out := map[broker.Partition]broker.Mark{}
	for p, m := range s.marks {
		if spec, ok := topics.Lookup(p.Topic); ok && spec.Class == topics.CentreInput {
			out[p] = m
		}
	}
	return out
}

// InForce returns the policy in force at a clock: the last whose From has been reached.
func (s *Picture) InForce(now duty.Instant) *duty.ActivePolicy {
	for i := len(s.Policies) - 1; i > 0; i-- {
		if s.Policies[i].From <= now {
			return &s.Policies[i]
		}
	}
	return &s.Policies[0]
}
