package recall

import "tilsyn/engine/duty"

// Named returns who is named as a consumer, and when, with the policies activated by a clock, in order: whom the
// newest one names, and whom each earlier one named while it was in force. They may have read what is taken back, so
// a policy that leaves them out does not make them owed less (C-46).
func Named(policies []duty.ActivePolicy, at duty.Instant) Consumers {
	for len(policies) > 1 && policies[len(policies)-1].From > at {
		policies = policies[:len(policies)-1]
	}
	newest := policies[len(policies)-1].Policy.Consumers
	if len(policies) == 1 {
		return newest
	}
	var out Consumers
	for i := range policies[1:] {
		for _, c := range policies[i].Policy.Consumers {
			c.Span = duty.Span{From: max(c.Span.From, policies[i].From), To: min(c.Span.To, policies[i+1].From)}
			if c.Span.From < c.Span.To {
				out = append(out, c)
			}
		}
	}
	return append(out, newest...)
}
