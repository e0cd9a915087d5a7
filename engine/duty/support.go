package duty

import "slices"

// No verdict on a unit after a seam (seams) depends on a row that lies before it. What the verdict depends on is
// its support; a property test holds that a unit judged from its support is judged as from everything.

// reportReach is the longest report.grace for which a support is told: reports that may be near a slot
// lie no farther from it.
const reportReach = 12 * Hour

// Support returns an input with which Evaluate gives the same verdict, to the field, on the units that
// in asks for from a date on, and at clocks from that date on the same Next: the rows and the paper that
// no such unit depends on are left out. The verdict's data quality and observations, and records that
// Revise would build of it, may say less, since they look at more than the units. False means that
// everything may matter, or that nothing can be left out.
func Support(in Input, from Date) (Input, bool) {
	f := in.Person
	from = max(from, in.FromDate.Or(from))
	if len(f.Unreadable) > 0 || len(in.Policies) == 0 {
		return in, false
	}
	s := newSeams(&in)
	seam, ok := s.last(f.reach(from))
	if !ok || in.longestGrace() > reportReach {
		return in, false
	}
	less := *f
	less.CardEvents, less.ManualEntries = in.since((seam.Date() - 1).Start())
	if len(less.CardEvents) == len(f.CardEvents) {
		return in, false
	}
	in.Person, in.FromDate = &less, Some(from)
	return in, true
}

// OnlyUnits returns the input for the units of some dates alone, both ends included, from their support:
// Evaluate judges them as with the whole input, at a cost that does not follow the person's history. What
// is said of Support holds for the rest of the verdict.
func (in Input) OnlyUnits(first, last Date) Input {
	in.FromDate, in.ToDate = Some(first), Some(last)
	in, _ = Support(in, first)
	return in
}

// reach returns before when a seam must lie for the units from a date on: before the night before the
// date, since a notice given in it may mean the night of the date (NTC-12), and before the week of
// which a quota counts the days (RPT-02).
func (f *Facts) reach(from Date) Instant {
	back := Date(1)
	for i := range f.ObligationChanges {
		if s := f.ObligationChanges[i].Fact.Schedule; s.OK && s.V.Type == ScheduleTypeQuota {
			back = 8
		}
	}
	return (from - back).Clock(nightFromHour, 0)
}

// longestGrace returns the longest report.grace of the policies.
func (in *Input) longestGrace() Instant {
	long := Instant(0)
	for _, p := range in.Policies {
		for i := range p.Policy.Steps {
			long = max(long, Instant(p.Policy.Steps[i].Params.ReportGraceMinutes)*Minute)
		}
	}
	return long
}

// since returns the rows and entries without those of which every version happened and was known before
// an instant, and makes sense: one that does not holds the person. Rows whose clock was wrong, since all
// rows are then read in more than one way (newReadings), entries whose time has two readings, and those
// of which a centre has versions are never left out.
func (in *Input) since(t Instant) ([]Known[CardEvent], []Known[ManualEntry]) {
	f := in.Person
	shared := map[string]bool{}
	for _, k := range in.Centres.entriesOf(in.PersonID, f) {
		shared[k.Fact.ID] = true
	}
	rows := withoutOld[CardEvent](f.CardEvents, func(k *Known[CardEvent]) bool {
		return max(k.Fact.OccurredAt, k.Fact.ReceivedAt, k.At) < t && rightClock(k) && in.sensible(func(p *Policy) bool {
			return k.Fact.faultWhen(p, k.At).None()
		})
	})
	day := (t.Date() - 1).String()
	entries := withoutOld[ManualEntry](f.ManualEntries, func(k *Known[ManualEntry]) bool {
		if k.Fact.LocalTime >= day || max(k.Fact.ReceivedAt, k.At) >= t || shared[k.Fact.ID] {
			return false
		}
		l, _ := parseLocal(k.Fact.LocalTime)
		return l.exact && l.late < t && in.sensible(func(p *Policy) bool { return k.Fact.fault(p).None() })
	})
	return rows, entries
}

// rightClock reports whether the time of a row is neither ahead of its receipt nor from a clock that was
// reset (REL-10).
func rightClock(k *Known[CardEvent]) bool {
	return k.Fact.OccurredAt <= receipt(k)+ClockNoticed && k.Fact.OccurredAt >= ClockReset
}

// sensible reports whether something makes sense under every policy.
func (in *Input) sensible(under func(*Policy) bool) bool {
	return !slices.ContainsFunc(in.Policies, func(p ActivePolicy) bool { return !under(p.Policy) })
}

// withoutOld leaves out the facts of which every version is old.
func withoutOld[T any, P factPtr[T]](list []Known[T], old func(*Known[T]) bool) []Known[T] {
	kept := map[string]bool{}
	for i := range list {
		if !old(&list[i]) {
			identity, _, _ := P(&list[i].Fact).head()
			kept[identity] = true
		}
	}
	out := make([]Known[T], 0, len(kept))
	for i := range list {
		if identity, _, _ := P(&list[i].Fact).head(); kept[identity] {
			out = append(out, list[i])
		}
	}
	return out
}
