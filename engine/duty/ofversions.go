package duty

// SortVersions sorts versions of facts by identity, then newest first, as
// InForce wants them; the order of the input carries no meaning.
func SortVersions[T any, P factPtr[T]](list []Known[T]) []*Known[T] { return byVersion[T, P](list) }

// InForce returns, of versions that SortVersions sorted, the one of each fact
// that counts among those that keep admits: the highest, unless it takes the
// fact away (contract §1).
func InForce[T any, P factPtr[T]](sorted []*Known[T], keep func(*Known[T]) bool) []*Known[T] {
	return inForce[T, P](sorted, keep)
}

// Proven reports whether a manual log of a centre is proven complete through the
// end of a span, on every local date that the span touches, by the markers that
// were known at t (contract §2, Settlement).
func (c *Centres) Proven(centre string, log LogType, s Span, t Instant) bool {
	for d := s.From.Date(); d <= s.To.Date(); d++ {
		if c.reach(settlementKey{centre, d, log}, t, t) < min(s.To, (d+1).Start()) {
			return false
		}
	}
	return true
}

// NextSettled returns when the next settlement after t is known: until then Proven answers the same for
// clocks from t on that the span does not outlast. Forever if there is none.
func (c *Centres) NextSettled(t Instant) Instant {
	next := Forever
	for _, v := range c.all.settlements {
		for _, k := range v {
			if k.At > t {
				next = min(next, k.At)
			}
		}
	}
	return next
}

// ParamsAt returns the parameters in force on a date.
func (p *Policy) ParamsAt(d Date) *Params { return p.paramsAt(d) }
