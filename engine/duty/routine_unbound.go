package duty

// unbound reports whether from end on nothing but one STAY duty, with ordinary ones of NOTIFY and REPORT
// (goOn), and rows can bear on the person, and sets the routine's centre and nights. The STAY may
// have an end of its own: Advance refuses from a day before it on.
func (r *Routine) unbound(in *Input, e *evaluation, end Instant) bool {
	stay := r.lives(e.duties.stay, end)
	if len(in.Person.IdentityLinks)+len(in.Person.DepartureAssessments) > 0 || stay == nil ||
		!r.goOn(in, e, stay, end) {
		return false
	}
	for _, l := range e.leaves {
		if l.covers && l.span.To >= end {
			return false
		}
	}
	for _, k := range e.holds {
		if k.Fact.ValidTo.Or(Forever) > end {
			return false
		}
	}
	for i := range in.Person.CardAssignments {
		if in.Person.CardAssignments[i].Fact.PersonID != in.PersonID {
			return false
		}
	}
	// Paper may stand for a row, or take one away, some minutes off (RD-10, RD-35,
	// PAS-09).
	near := Instant(temporaryMinutes+1) * Minute
	for i := range e.src.policy.Steps {
		near = max(near, Instant(e.src.policy.Steps[i].Params.AssistMatchMinutes+1)*Minute)
	}
	for _, k := range e.src.entries {
		if t, _ := parseLocal(k.Fact.LocalTime); t.late >= end-near {
			return false
		}
	}
	return e.src.policy.fits(KindStay, r.centre)
}

// lives returns the one stretch of STAY that goes on behind end, and takes it over; nil if there is none or more.
func (r *Routine) lives(stay []dutyPart, end Instant) *dutyPart {
	var now *dutyPart
	for i := range stay {
		if stay[i].span.To <= end {
			continue
		}
		if now != nil {
			return nil
		}
		now = &stay[i]
	}
	if now == nil || now.span.From >= end && len(stay) > 1 {
		return nil
	}
	if now.span.To < Forever {
		r.wake = min(r.wake, now.span.To-Day)
	}
	r.centre = now.version.CentreID
	r.first = firstNight(stay[0].span.From)
	r.night = max(nightOf(end), firstNight(now.span.From))
	return now
}

// firstNight returns the first night that a duty from t on covers whole.
func firstNight(t Instant) Date {
	d := nightOf(t)
	if Night(d).From < t {
		d++
	}
	return d
}

// known reports whether all facts that are no rows are known at t; convictions too, which
// bear on no unit, but on what is counted.
func (in *Input) known(t Instant) bool {
	f := in.Person
	return knownBy(f.ManualEntries, t) && knownBy(f.Notices, t) && knownBy(f.ObligationChanges, t) &&
		knownBy(f.GroupChanges, t) &&
		knownBy(f.Permissions, t) && knownBy(f.Holds, t) && knownBy(f.CardAssignments, t) && knownBy(f.Convictions, t)
}

func knownBy[T any](list []Known[T], t Instant) bool {
	for i := range list {
		if list[i].At > t {
			return false
		}
	}
	return true
}
