package centres

import (
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/topics"
)

// Base is the digest of the policy of the settings.
func (s *Snapshot) Base() string { return s.Policies[0].Policy.Digest }

// CentreMarks are the marks of a snapshot that a commit keeps: those of topics that
// are read whole for their own sake.
func (s *Snapshot) CentreMarks() map[broker.Partition]broker.Mark {
	out := map[broker.Partition]broker.Mark{}
	for p, m := range s.marks {
		if spec, ok := topics.Lookup(p.Topic); ok && spec.Class == topics.CentreInput {
			out[p] = m
		}
	}
	return out
}

// InForce is the policy that is in force at a clock: the newest that was activated
// by then.
func (s *Snapshot) InForce(now duty.Instant) *duty.ActivePolicy {
	for i := len(s.Policies) - 1; i > 0; i-- {
		if s.Policies[i].From <= now {
			return &s.Policies[i]
		}
	}
	return &s.Policies[0]
}
