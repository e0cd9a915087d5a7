package duty

import (
	"cmp"
	"slices"
)

// Where somebody is follows from the last registration, whatever came before it. So one ordinary
// passage by itself, a seam, divides the registrations of a person: no verdict on a unit after it
// depends on a row that lies before it, through whichever lens the rows are read (DAT-08, TIM-06,
// REL-10). What the verdict depends on is its support; a property test holds that a unit judged from
// its support is judged as from everything.

// reportReach is the longest report.grace for which a support is told: reports that may be near a slot
// lie no farther from it.
const reportReach = 12 * Hour

// seamSearch is how far back a seam is looked for. Who left no ordinary passage for so long is judged
// from everything, as are those whom a bad record holds.
const seamSearch = 60 * Day

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
	s := seams{in: &in, gap: in.gap(), quick: in.quickest()}
	horizon := f.reach(from)
	seam, ok := s.last(horizon)
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

// gap returns how far from another registration one stands by itself: nothing within it can be its
// other scan, the same movement, or paper about it, under any of the policies (PAS-03, PAS-09, RD-09,
// RD-10, RD-35).
func (in *Input) gap() Instant {
	scans, paper := Instant(0), Instant(temporaryMinutes)
	for _, p := range in.Policies {
		for i := range p.Policy.Steps {
			x := &p.Policy.Steps[i].Params
			scans = max(scans, x.SluiceMax, x.CollapseMax)
			paper = max(paper, Instant(x.AssistMatchMinutes))
		}
	}
	return scans + (paper+2)*Minute
}

// quickest returns the shortest data.late_accusation of the policies.
func (in *Input) quickest() Instant {
	quick := Forever
	for _, p := range in.Policies {
		for i := range p.Policy.Steps {
			quick = min(quick, p.Policy.Steps[i].Params.LateAccusation)
		}
	}
	return quick
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

// seams finds where the registrations of a person divide.
type seams struct {
	in *Input
	// gap is as of Input.gap, quick as of Input.quickest.
	gap, quick Instant
	// passages is set where a report at a stand is no seam.
	passages bool
	// times are those of all registrations in the search, in every reading, ascending.
	times []Instant
}

// last returns the time of the last seam before a horizon.
func (s *seams) last(horizon Instant) (Instant, bool) {
	f := s.in.Person
	search := Span{horizon - seamSearch, horizon + s.gap}
	note := func(times ...Instant) {
		for _, t := range times {
			if search.contains(t) {
				s.times = append(s.times, t)
			}
		}
	}
	var candidates []*Known[CardEvent]
	for i := range f.CardEvents {
		k := &f.CardEvents[i]
		note(k.Fact.OccurredAt, receipt(k))
		if k.Fact.OccurredAt >= search.From+s.gap && max(k.Fact.OccurredAt, k.At) < horizon {
			candidates = append(candidates, k)
		}
	}
	s.paper(search, note)
	slices.Sort(s.times)
	slices.SortFunc(candidates, func(a, b *Known[CardEvent]) int {
		return cmp.Compare(b.Fact.OccurredAt, a.Fact.OccurredAt)
	})
	for _, k := range candidates {
		if (!s.passages || k.Fact.Kind == CardEventKindPassage) && s.alone(k) && s.ordinary(k) && s.only(k) {
			return k.Fact.OccurredAt, true
		}
	}
	return 0, false
}

// paper calls for the times of paper in a span, and of some around it.
func (s *seams) paper(search Span, note func(times ...Instant)) {
	days := [2]string{(search.From.Date() - 1).String(), (search.To.Date() + 1).String()}
	f := s.in.Person
	for _, list := range [][]Known[ManualEntry]{f.ManualEntries, s.in.Centres.entriesOf(s.in.PersonID, f)} {
		for i := range list {
			if t := list[i].Fact.LocalTime; t > days[0] && t[:min(len(t), len(days[1]))] <= days[1] {
				l, _ := parseLocal(t)
				note(l.early, l.late)
			}
		}
	}
}

// alone reports whether no other registration is near a row.
func (s *seams) alone(k *Known[CardEvent]) bool {
	t, own := k.Fact.OccurredAt, receipt(k)
	left := s.within(t-s.gap, t+s.gap) - 1
	if t-s.gap <= own && own <= t+s.gap {
		left--
	}
	return left == 0
}

// ordinary reports whether a row shows a passage of the person, or a report at a stand, in every reading
// and under every policy, and was known in time.
func (s *seams) ordinary(k *Known[CardEvent]) bool { return k.Fact.Scan == ScanComplete && s.counts(k) }

// counts is ordinary for a row that may be one scan of two.
func (s *seams) counts(k *Known[CardEvent]) bool {
	e, f := &k.Fact, s.in.Person
	report := e.Kind == CardEventKindReport
	if !report && (e.Kind != CardEventKindPassage || e.Direction.V == DirectionUnknown) ||
		e.Retracted || e.CardType == CardTypeKeyFob || e.DeviceType == DeviceTypeOfflineLock ||
		e.PersonID != Some(s.in.PersonID) || f.crowd(e.CardID) != nil ||
		e.OccurredAt > receipt(k) || e.OccurredAt < ClockReset || k.At-e.OccurredAt > s.quick {
		return false
	}
	for i := range f.CardAssignments {
		if a := &f.CardAssignments[i].Fact; a.CardID == e.CardID && a.PersonID != s.in.PersonID {
			return false
		}
	}
	for _, p := range s.in.Policies {
		d, c := p.Policy.device(e.DeviceID, e.OccurredAt), p.Policy.placeOn(e.CentreID, e.OccurredAt.Date())
		if d == nil || d.Type != e.DeviceType || d.CentreID != e.CentreID || d.ForReports() != report ||
			report && (c == nil || c.NoStand) || !e.faultWhen(p.Policy, k.At).None() {
			return false
		}
	}
	return true
}

// only reports whether a row has no other version.
func (s *seams) only(k *Known[CardEvent]) bool {
	for i := range s.in.Person.CardEvents {
		if o := &s.in.Person.CardEvents[i]; o != k && o.Fact.ID == k.Fact.ID {
			return false
		}
	}
	return true
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
