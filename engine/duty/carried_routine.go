package duty

// Where verdicts are on the units from a date on alone, a routine may begin behind one of them all the same. Of the
// units before it needs what Carried says of them: the clock alone does not change them until then, and each record
// among them has an entry behind it that no later registration can change.

// closed reports whether each record of a unit before a date has its entry no later than by, the seam that divides
// these units from what happens later, and returns the last of these entries.
func (res *Result) closed(from Date, by Instant) (guard Instant, ok bool) {
	r := Routine{since: by, guard: Beginning}
	if c := res.court; c != nil {
		for _, e := range c.withLate.all {
			if !r.behind(res, res.before(from), e) {
				return Beginning, false
			}
		}
	}
	return r.guard, r.guard <= by
}

// before returns the units before a date.
func (res *Result) before(from Date) []Unit {
	for i := range res.Units {
		if res.Units[i].Date >= from {
			return res.Units[:i]
		}
	}
	return res.Units
}

// Routine is Result.Routine of a verdict on what Rest leaves in; in is that input. It goes on behind the units before
// the date as well, at the latest until what is carried of them ends. False may also mean that it is not known of them
// whether it can.
func (c *Carried) Routine(in *Input, rest *Result) (Routine, bool) {
	if !c.closed {
		return Routine{}, false
	}
	whole := *in
	whole.FromDate = None[Date]()
	return rest.routine(&whole, Routine{guard: c.guard, wake: c.Until})
}
