package duty

import (
	"slices"
)

// Nights of years ago stay what they were: what is registered today says nothing of them, and time alone
// changes them at clocks that the verdict names. So a verdict on everything gives what later ones need to
// know of the units before a date, and these judge the others from their support (Support). Whatever may
// bear on the units before the date ends that, and everything is judged again.

// Carried is what verdicts later than one on everything need to know of the units before a date. It changes
// only by Takes.
type Carried struct {
	// From is the date: units of it and later have to be judged.
	From Date
	// Until is the clock at which time alone may change a unit before From; Forever for never.
	Until Instant
	// at is the clock of the verdict, since the beginning of what Rest leaves in, cut the seam before From:
	// a registration of the person by itself.
	at, since, cut Instant
	// safe is from when on nothing that happens bears on units before From.
	safe Instant
	// person and policies are those of the verdict.
	person   string
	policies []ActivePolicy
	// others are how many facts of other kinds there were.
	others otherFacts
	// ids are those of the registrations and notices known.
	ids idSet
}

// safeAfter is after how many days from the first date on units before it may be out of reach, at the
// earliest and then.
var safeAfter = [...]Date{3, 6, 12}

// Carry returns what verdicts later than one on everything need to know of the units before a date. False
// means that they may depend on what comes, or that there are none: then everything has to be judged again.
// The input is the one that res is the verdict on, with all facts of the person.
func Carry(in Input, res *Result, from Date) (*Carried, bool) {
	if !in.carries() || len(res.Units) == 0 || res.Units[0].Date >= from {
		return nil, false
	}
	s := seams{in: &in, gap: in.gap(), quick: in.quickest(), passages: true}
	seam, ok := s.last(in.Person.reach(from))
	if !ok {
		return nil, false
	}
	c := &Carried{From: from, Until: res.opens, at: res.At, since: (seam.Date() - 1).Start(), cut: seam, safe: Forever,
		person: in.PersonID, policies: in.Policies, others: othersOf(in.Person)}
	for _, days := range safeAfter {
		horizon := (from + days).Start()
		after := seams{in: &in, gap: s.gap, quick: s.quick, passages: true}
		if by, ok := after.last(horizon); ok && by >= (from+1).Start()+s.gap && horizon+s.gap <= res.At {
			c.safe = horizon + s.gap
			break
		}
	}
	for i := range res.Units {
		if u := &res.Units[i]; u.Date < from {
			c.Until = min(c.Until, u.next)
		}
	}
	return c, c.safe < Forever && c.Until > res.At && in.ordered(c.since) && c.gather(in.Person)
}

// otherFacts counts versions of facts that are neither registrations nor notices, by kind.
type otherFacts [5]int

func othersOf(f *Facts) otherFacts {
	return otherFacts{len(f.ObligationChanges), len(f.GroupChanges), len(f.Permissions), len(f.Holds),
		len(f.CardAssignments)}
}

// carries reports whether the facts of a person are such that verdicts on some units are carried on: nothing
// among them speaks of the whole life, of others, or was not understood.
func (in *Input) carries() bool {
	f := in.Person
	return len(f.Unreadable)+len(f.IdentityLinks)+len(f.Crowds)+len(f.DepartureAssessments)+len(f.Convictions) == 0 &&
		len(in.Policies) > 0 && !in.FromDate.OK && !in.ToDate.OK && !in.Provisional && in.longestGrace() <= reportReach &&
		len(in.Centres.entriesOf(in.PersonID, f)) == 0
}

// ordered reports whether all rows that Rest leaves in happened since an instant.
func (in *Input) ordered(since Instant) bool {
	rows, _ := in.since(since)
	return !slices.ContainsFunc(rows, func(k Known[CardEvent]) bool { return k.Fact.OccurredAt < since })
}

// The kinds of records whose ids are kept.
const (
	idOfRow byte = iota
	idOfEntry
	idOfNotice
)

// gather takes in what is known; false where something that is known later than the verdict may bear on units
// before the date.
func (c *Carried) gather(f *Facts) bool {
	c.ids = newIDSet(len(f.CardEvents) + len(f.ManualEntries) + len(f.Notices))
	ok := true
	for _, later := range [...]bool{false, true} {
		ok = ok && gathered[CardEvent](c, idOfRow, f.CardEvents, later) &&
			gathered[ManualEntry](c, idOfEntry, f.ManualEntries, later) && gathered[Notice](c, idOfNotice, f.Notices, later)
	}
	return ok && !c.ahead(f)
}

// gathered takes in facts of one kind: those known at the clock of the verdict, or those known later.
func gathered[T any, P factPtr[T]](c *Carried, kind byte, list []Known[T], later bool) bool {
	for i := range list {
		k := &list[i]
		if id, _, _ := P(&k.Fact).head(); !later && k.At <= c.at {
			c.ids.add(kind, id)
		} else if later && k.At > c.at && !c.Takes(&k.Fact, k.At) {
			return false
		}
	}
	return true
}

// ahead reports whether something else is known later than the verdict.
func (c *Carried) ahead(f *Facts) bool {
	return knownAfter(f.ObligationChanges, c.at) || knownAfter(f.GroupChanges, c.at) || knownAfter(f.Permissions, c.at) ||
		knownAfter(f.Holds, c.at) || knownAfter(f.CardAssignments, c.at) || knownAfter(f.Acknowledgements, c.at) ||
		knownAfter(f.Handlings, c.at)
}

func knownAfter[T any](list []Known[T], at Instant) bool {
	return slices.ContainsFunc(list, func(k Known[T]) bool { return k.At > at })
}

// Takes takes in a fact of the person that became known since. False means that it may bear on units before the
// date: what is carried is then of no use.
func (c *Carried) Takes(record any, known Instant) bool {
	in := Input{Policies: c.policies}
	switch v := record.(type) {
	case *CardEvent:
		k := Known[CardEvent]{Fact: *v, At: known}
		return v.Version == 1 && !v.Retracted && v.PersonID == Some(c.person) && v.OccurredAt >= c.safe &&
			v.OccurredAt <= receipt(&k) && v.OccurredAt >= ClockReset && c.ids.add(idOfRow, v.ID) &&
			in.sensible(func(p *Policy) bool { return v.faultWhen(p, known).None() })
	case *ManualEntry:
		l, ok := parseLocal(v.LocalTime)
		return ok && l.exact && l.early >= c.safe && v.Version == 1 && !v.Retracted && v.PersonID == Some(c.person) &&
			c.ids.add(idOfEntry, v.ID) && in.sensible(func(p *Policy) bool { return v.fault(p).None() })
	case *Notice:
		l, ok := parseLocal(v.LocalTime)
		return ok && l.exact && l.early >= c.safe && v.Version == 1 && !v.Retracted && v.PersonID == c.person &&
			c.ids.add(idOfNotice, v.ID) && in.sensible(func(p *Policy) bool { return v.fault(p).None() })
	}
	return false
}

// Reached reports whether a fact of a centre that became known since may bear on units before the date; from is
// what SpeaksFrom says of it.
func (c *Carried) Reached(from Instant) bool { return from < c.safe }

// SpeaksFrom names the fact of a centre that a record is a version of, and returns the first instant of which that
// version speaks if it is the first. It returns Beginning for any other record, and is right only where nothing
// else of the fact is known.
func SpeaksFrom(record any) (fact string, from Instant) {
	version, retracted := int64(0), true
	switch v := record.(type) {
	case *Settlement:
		fact, version, retracted = v.head()
		from = v.LocalDate.Start()
	case *Incident:
		fact, version, retracted = v.head()
		from = v.From
	case *Exclusion:
		fact, version, retracted = v.head()
		from = v.FromDate.Start()
	}
	if version != 1 || retracted {
		from = Beginning
	}
	return fact, from
}

// Since returns when what Rest leaves in begins: no row that happened before has to be given to it.
func (c *Carried) Since() Instant { return c.since }

// Rest returns the input for the units of the date and later, at a clock not before that of the verdict: the verdict
// on it has these units as the one on all facts has them, and the lines that Carried does not keep. False means
// that everything has to be judged. The input may lack rows that happened before Since.
func (c *Carried) Rest(in Input, at Instant) (Input, bool) {
	if at < c.at || at >= c.Until || !in.carries() || othersOf(in.Person) != c.others ||
		!slices.Equal(in.Policies, c.policies) {
		return in, false
	}
	for _, p := range in.Policies {
		if p.From > c.at && p.From <= at {
			return in, false
		}
		for i := range p.Policy.Steps {
			if s := p.Policy.Steps[i].From; s > c.at.Date() && s <= at.Date() {
				return in, false
			}
		}
	}
	less := *in.Person
	less.CardEvents, less.ManualEntries = in.since(c.since)
	in.Person, in.FromDate = &less, Some(c.From)
	return in, true
}

// Size is roughly how many bytes it takes.
func (c *Carried) Size() int { return 512 + c.ids.size() }

// Next returns when time alone may change anything, of a verdict on the rest.
func (c *Carried) Next(rest *Result) Instant { return min(c.Until, rest.Next) }

// KeepsQuality reports whether data quality of a code that begins at an instant is as it was: the verdict on the
// rest says nothing of it. Lines that follow from decisions are always told by that verdict.
func (c *Carried) KeepsQuality(code DataQualityCode, from Instant) bool {
	switch code {
	case DataQualityCodeObligationInconsistent, DataQualityCodeObligationNotPermittedForGroup, DataQualityCodeTwoCards,
		DataQualityCodeScheduleUnusual, DataQualityCodeIdentityCycle, DataQualityCodeUnknownPerson:
		return false
	}
	return from < c.cut
}

// KeepsObservation is KeepsQuality for an observation.
func (c *Carried) KeepsObservation(code ObservationCode, from Instant) bool {
	return code != ObservationCodeNoRegistrationSinceStart && from < c.cut
}
