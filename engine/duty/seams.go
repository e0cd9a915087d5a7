package duty

import (
	"cmp"
	"math"
	"slices"
)

// Where somebody is follows from the last registration, whatever came before it. So one ordinary
// registration by itself, a seam, divides the registrations of a person: no verdict on a unit after it
// depends on a row that lies before it, through whichever lens the rows are read (DAT-08, TIM-06,
// REL-10). It is a passage, a report at a stand, or, of a person of whom nothing before it shows where they are, a
// report to the police.

// seamSearch is how far back a seam is looked for. Who left none for so long is judged from everything, as are those
// whom a bad record holds.
const seamSearch = 60 * Day

// seams finds where the registrations of a person divide.
type seams struct {
	in *Input
	// apart is within which other rows may be the same movement as a row or its other scan, and gap within which paper
	// may be about it, under any of the policies (PAS-03, PAS-05, PAS-09, RD-09, RD-10, RD-35).
	apart, gap Instant
	// quick is the shortest data.late_accusation of the policies, match their smallest assist.match.
	quick Instant
	match int
	// pairs is set where nothing that is said of two passages in a row may go over a seam, as it does over a report.
	pairs bool
	// times are those of all registrations in the search, in every reading, ascending.
	times []timed
}

// timed is a row or an entry at one of its times.
type timed struct {
	at    Instant
	row   *Known[CardEvent]
	entry *ManualEntry
	exact bool // the time of the entry has one reading
}

// newSeams returns seams without times.
func newSeams(in *Input) seams {
	s := seams{in: in, quick: Forever, match: math.MaxInt}
	paper := temporaryMinutes
	for _, p := range in.Policies {
		for i := range p.Policy.Steps {
			x := &p.Policy.Steps[i].Params
			s.apart, paper = max(s.apart, x.SluiceMax, x.CollapseMax), max(paper, x.AssistMatchMinutes)
			s.quick, s.match = min(s.quick, x.LateAccusation), min(s.match, x.AssistMatchMinutes)
		}
	}
	s.gap = s.apart + Instant(paper+2)*Minute
	return s
}

// last returns the time of the last seam before a horizon.
func (s *seams) last(horizon Instant) (Instant, bool) {
	f := s.in.Person
	search := Span{horizon - seamSearch, horizon + s.gap}
	var candidates []*Known[CardEvent]
	passage := Forever // the first
	for i := range f.CardEvents {
		k := &f.CardEvents[i]
		for _, t := range [...]Instant{k.Fact.OccurredAt, receipt(k)} {
			if search.contains(t) {
				s.times = append(s.times, timed{at: t, row: k})
			}
			if k.Fact.Kind == CardEventKindPassage {
				passage = min(passage, t)
			}
		}
		if k.Fact.OccurredAt >= search.From+s.gap && k.At < horizon {
			candidates = append(candidates, k)
		}
	}
	s.paper(search)
	s.sort()
	slices.SortFunc(candidates, func(a, b *Known[CardEvent]) int {
		return cmp.Compare(b.Fact.OccurredAt, a.Fact.OccurredAt)
	})
	for _, k := range candidates {
		// Between two passages there may be any number of reports.
		if s.pairs && k.Fact.Kind != CardEventKindPassage && k.Fact.OccurredAt > passage {
			continue
		}
		if s.alone(k) && s.ordinary(k) && s.only(k) {
			return k.Fact.OccurredAt, true
		}
	}
	return s.unseen(Span{search.From, horizon})
}

// sort sorts the times.
func (s *seams) sort() {
	slices.SortFunc(s.times, func(a, b timed) int { return cmp.Compare(a.at, b.at) })
}

// paper notes the times of paper in a span, and of some around it.
func (s *seams) paper(search Span) {
	first, after := (search.From.Date() - 1).String(), (search.To.Date() + 2).String()
	for _, list := range s.entries() {
		for i := range list {
			e := &list[i].Fact
			if first < e.LocalTime && e.LocalTime < after {
				l, _ := parseLocal(e.LocalTime)
				s.times = append(s.times, timed{at: l.early, entry: e, exact: l.exact},
					timed{at: l.late, entry: e, exact: l.exact})
			}
		}
	}
}

// entries are the versions of paper that may be the person's: their own, and those that a centre has of them.
func (s *seams) entries() [2][]Known[ManualEntry] {
	f := s.in.Person
	return [2][]Known[ManualEntry]{f.ManualEntries, s.in.Centres.entriesOf(s.in.PersonID, f)}
}

// alone reports whether no other registration is near the rows of one movement, in the order of their times, but for
// lines of the barcode log about it.
func (s *seams) alone(scans ...*Known[CardEvent]) bool {
	from, to := scans[0].Fact.OccurredAt, scans[len(scans)-1].Fact.OccurredAt
	first, _ := slices.BinarySearchFunc(s.times, from-s.gap, func(x timed, t Instant) int { return cmp.Compare(x.at, t) })
	for _, x := range s.times[first:] {
		switch {
		case x.at > to+s.gap:
			return true
		case x.entry != nil:
			if !s.logs(&x, &scans[0].Fact) {
				return false
			}
		case from-s.apart <= x.at && x.at <= to+s.apart && !slices.Contains(scans, x.row):
			return false
		}
	}
	return true
}

// logs reports whether an entry is a line of the barcode log that shows nothing beside the passage of a row, under
// any policy: it is no passage of its own (DAT-05, RD-10, RD-15).
func (s *seams) logs(x *timed, of *CardEvent) bool {
	e := x.entry
	return e.Form == FormBarcodeLog && of.Kind == CardEventKindPassage && e.CentreID == of.CentreID &&
		e.Direction == of.Direction && x.exact && minutesApart(x.at, of.OccurredAt) <= int64(s.match)
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
		e.OccurredAt > receipt(k) || k.At-e.OccurredAt > s.quick {
		return false
	}
	for i := range f.CardAssignments {
		if a := &f.CardAssignments[i].Fact; a.CardID == e.CardID && a.PersonID != s.in.PersonID {
			return false
		}
	}
	for _, p := range s.in.Policies {
		if !e.faultWhen(p.Policy, k.At).None() {
			return false
		}
		d := p.Policy.device(e.DeviceID, e.OccurredAt)
		if d == nil || d.Type != e.DeviceType || d.CentreID != e.CentreID || d.ForReports() != report ||
			report && p.Policy.placeOn(e.CentreID, e.OccurredAt.Date()).NoStand {
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

// unseen returns when in a span the person last reported to the police, if neither a row nor any other paper before
// that shows where the person is. A report to the police does not say where somebody is either, and ends a silence
// (RD-42). Of a person with a STAY it is said that nothing was registered since it began, for as long as that is so
// (PRS-06): what comes later bears on that.
func (s *seams) unseen(within Span) (Instant, bool) {
	f := s.in.Person
	for i := range f.ObligationChanges {
		if f.ObligationChanges[i].Fact.Kind == KindStay {
			return Beginning, false
		}
	}
	for i := range f.CardEvents {
		within.To = min(within.To, f.CardEvents[i].Fact.OccurredAt, receipt(&f.CardEvents[i]))
	}
	for _, list := range s.entries() {
		for i := range list {
			if l, _ := parseLocal(list[i].Fact.LocalTime); list[i].Fact.Form != FormPoliceReport {
				within.To = min(within.To, l.early)
			}
		}
	}
	last := Beginning
	for i := range f.ManualEntries {
		k := &f.ManualEntries[i]
		l, _ := parseLocal(k.Fact.LocalTime)
		if within.contains(l.late) && s.reported(k, l, within.To) {
			last = max(last, l.late)
		}
	}
	return last, last != Beginning
}

// reported reports whether a report to the police counts for the person in every reading, through every lens and
// under every policy, and was known before a horizon.
func (s *seams) reported(k *Known[ManualEntry], l localTime, horizon Instant) bool {
	e := &k.Fact
	if !l.exact || k.At >= horizon || k.At-l.late > s.quick || e.Retracted || e.silences() ||
		e.PersonID != Some(s.in.PersonID) || !s.in.sensible(func(p *Policy) bool { return e.fault(p).None() }) {
		return false
	}
	n := 0
	for _, list := range s.entries() {
		for i := range list {
			if list[i].Fact.ID == e.ID {
				n++
			}
		}
	}
	return n == 1
}
