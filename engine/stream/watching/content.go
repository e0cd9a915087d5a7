package watching

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sync"

	"tilsyn/engine/duty"
)

// Content is what the owner of the watch says, whole, and over which clocks: it holds at every
// clock from Since to Through. It never changes and is safe to share.
type Content struct {
	// Through is the clock up to which it was said, Since the first clock at which the same was said;
	// both are Beginning before the owner's first word.
	Through, Since duty.Instant
	// Number grows with every change of what is said.
	Number int64
	// Why says why it cannot be used; empty if it can.
	Why      string
	opinions map[string]*spoken
}

// Opinion is what the watch says under one policy.
type Opinion struct {
	// Incidents are the automatic incidents that stand, with all facts known at the clock.
	Incidents []duty.AutomaticIncident
	// Timely are those that stand without the facts that were late, where they differ.
	Timely []Timely
	// Supervised are the supervised devices.
	Supervised []duty.Supervised
}

// Timely are the automatic incidents that stand without the facts that were late for a unit which
// falls due within a span (DAT-08). Spans do not overlap.
type Timely struct {
	Due       duty.Span
	Incidents []duty.AutomaticIncident
}

// Covers reports whether the owner has looked under all of these policies.
func (c *Content) Covers(policies []duty.ActivePolicy) bool {
	return !slices.ContainsFunc(policies, func(p duty.ActivePolicy) bool { return c.opinions[p.Policy.Digest] == nil })
}

// Incidents returns the automatic incidents that stand under the policy with a digest; nil for none.
func (c *Content) Incidents(digest string) *duty.Automatic {
	if s := c.opinions[digest]; s != nil {
		return s.ordinary
	}
	return nil
}

// Under returns what is said under the policy with a digest, with the feeds as the caller knows
// them.
func (c *Content) Under(digest string, feeds []duty.Feed) *duty.Watched {
	w := &duty.Watched{Feeds: feeds}
	if s := c.opinions[digest]; s != nil {
		w.Incidents, w.Supervised = s.ordinary, s.supervised
		if len(s.late) > 0 {
			w.Timely = s.timely
		}
	}
	return w
}

// spoken is what is said under one policy, as it is asked for.
type spoken struct {
	incidents  []duty.AutomaticIncident
	ordinary   *duty.Automatic
	supervised []duty.Supervised
	// late says what differs without late facts, by centre and then due instant.
	late []difference
	mu   sync.Mutex
	// of holds answers that were given, by the differences that they are made of.
	of map[string]*duty.Automatic
}

// difference says which incidents of a centre do not stand without late facts, and which do instead,
// for units that fall due within a span.
type difference struct {
	centre     string
	due        duty.Span
	gone, came []duty.AutomaticIncident
}

// finish prepares for questions.
func (s *spoken) finish() {
	slices.SortFunc(s.late, func(a, b difference) int {
		return cmp.Or(cmp.Compare(a.centre, b.centre), cmp.Compare(a.due.From, b.due.From))
	})
	s.ordinary = duty.NewAutomatic(s.incidents)
	s.of = map[string]*duty.Automatic{}
}

// timely returns the incidents that stand for units that fall due at an instant.
func (s *spoken) timely(due duty.Instant) *duty.Automatic {
	var key []byte
	for i := range s.late {
		if d := &s.late[i]; d.due.From <= due && due < d.due.To {
			key = binary.AppendUvarint(key, uint64(i))
		}
	}
	if len(key) == 0 {
		return s.ordinary
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.of[string(key)]; a != nil {
		return a
	}
	gone := map[string]bool{}
	var list []duty.AutomaticIncident
	for i := range s.late {
		if d := &s.late[i]; d.due.From <= due && due < d.due.To {
			for j := range d.gone {
				gone[string(encodeIncident(&d.gone[j]))] = true
			}
			list = append(list, d.came...)
		}
	}
	for i := range s.incidents {
		if x := &s.incidents[i]; !gone[string(encodeIncident(x))] {
			list = append(list, *x)
		}
	}
	a := duty.NewAutomatic(list)
	s.of[string(key)] = a
	return a
}
