package duty

import (
	"slices"
)

// Nights of years ago stay what they were: what is registered today says nothing of them, and time alone
// changes them at clocks that the verdict names. So a verdict on everything gives what later ones need to
// know of the units before a date, and these judge the others from their support (Support). Whatever may
// bear on the units before the date ends that, and everything is judged again. As time goes on, a verdict on the
// others gives what is carried from a later date.

// Carried is what verdicts later than one on everything need to know of the units before a date. It changes
// only by Takes.
type Carried struct {
	// From is the date: units of it and later have to be judged.
	From Date
	// Until is the clock at which time alone may change a unit before From, or parameters change; Forever for never.
	Until Instant
	// at is the clock of the verdict, since the beginning of what Rest leaves in, cut the seam before From.
	at, since, cut Instant
	// paper is when the paper became known that Rest leaves in, ascending: some of it before since.
	paper []Instant
	// safe is from when on nothing that happens bears on units before From.
	safe Instant
	// person and policies are those of the verdict.
	person   string
	policies []ActivePolicy
	// closed is set where the records of units before From are closed, as a routine needs it, and guard is the last
	// entry that closes one.
	closed bool
	guard  Instant
	// others is how many versions of facts of other kinds were known.
	others int
	// ids are those of the registrations and notices known.
	ids idSet
}

// safeAfter is after how many days from the first date on units before it may be out of reach, at the
// earliest and then.
var safeAfter = [...]Date{3, 6, 12}

// Carry returns what verdicts later than one on everything need to know of the units before a date. False
// means that they may depend on what comes: then everything has to be judged again.
// The input is the one that res is the verdict on, with all facts of the person.
func Carry(in Input, res *Result, from Date) (*Carried, bool) {
	if !in.carries() {
		return nil, false
	}
	c := &Carried{Until: Forever, closed: true, guard: Beginning, person: in.PersonID, policies: in.Policies,
		others: otherFacts(in.Person, res.At)}
	return c, c.begin(in, res, from) && c.gather(in.Person)
}

// Advance returns what verdicts later than one on the rest need to know of the units before a later date, which takes
// the place of what was carried. The input is the one that was given to Rest for res. False means that what was
// carried goes on as it is.
// What Carry found of the whole life is still so. No fact speaks of all of it (carries); what came since is of after
// the date and the first of its id (Takes); and no row or paper that is left out has a version or an instant in the
// rest (begin). The last seam is in the rest, and there is none before it that could be the last of a later date; if it
// is a report, no passage was before it, and if it is one to the police, no row.
func (c *Carried) Advance(in Input, res *Result, from Date) (*Carried, bool) {
	next := *c
	if from <= c.From || !next.begin(in, res, from) || next.waits(in.Person) {
		return nil, false
	}
	return &next, true
}

// begin makes a date the one before which units are carried, after a verdict.
func (c *Carried) begin(in Input, res *Result, from Date) bool {
	seam, ok := in.seamBefore(in.Person.reach(from))
	if !ok {
		return false
	}
	safe, by, ok := in.safeFrom(from, res.At)
	if !ok {
		return false
	}
	c.From, c.Until, c.at = from, min(c.Until, res.opens, in.parametersChange(res.At)), res.At
	c.since, c.cut, c.safe = (seam.Date() - 1).Start(), seam, safe
	for i := range res.Units {
		if u := &res.Units[i]; u.Date < from {
			c.Until = min(c.Until, u.next)
		}
	}
	guard, closed := res.closed(from, by)
	c.guard, c.closed = max(c.guard, guard), c.closed && closed
	rows, entries := in.since(c.since)
	c.paper = make([]Instant, len(entries))
	for i := range entries {
		c.paper[i] = entries[i].At
	}
	slices.Sort(c.paper)
	return !slices.ContainsFunc(rows, func(k Known[CardEvent]) bool { return k.Fact.OccurredAt < c.since })
}

// carries reports whether the facts of a person are such that verdicts on some units are carried on: nothing
// among them speaks of the whole life, of others, or was not understood.
func (in *Input) carries() bool {
	f := in.Person
	return len(f.Unreadable)+len(f.IdentityLinks)+len(f.Crowds)+len(f.DepartureAssessments)+len(f.Convictions) == 0 &&
		!in.FromDate.OK && !in.ToDate.OK && !in.Provisional && in.longestGrace() <= reportReach &&
		len(in.Centres.entriesOf(in.PersonID, f)) == 0
}

// seamBefore returns the last seam before a horizon over which nothing goes that is said of two passages in a row.
func (in *Input) seamBefore(horizon Instant) (Instant, bool) {
	s := newSeams(in)
	s.pairs = true
	return s.last(horizon)
}

// safeFrom returns from when on nothing that happens bears on units before a date: a seam between divides them. It
// has to be over at a clock, since what happened before it and comes later ends all that is carried. by is that seam.
func (in *Input) safeFrom(from Date, at Instant) (safe, by Instant, ok bool) {
	gap := newSeams(in).gap
	for _, days := range safeAfter {
		safe := (from + days).Start() + gap
		if by, _ := in.seamBefore(safe - gap); by >= (from+1).Start()+gap && safe <= at {
			return safe, by, true
		}
	}
	return Forever, Beginning, false
}

// parametersChange returns when after a clock another policy or other parameters come into force; Forever for never.
func (in *Input) parametersChange(at Instant) Instant {
	next := Forever
	note := func(t Instant) {
		if t > at {
			next = min(next, t)
		}
	}
	for _, p := range in.Policies {
		note(p.From)
		for i := range p.Policy.Steps {
			note(p.Policy.Steps[i].From.Start())
		}
	}
	return next
}

// otherFacts counts the versions of facts that are neither registrations nor notices and were known at a clock.
func otherFacts(f *Facts, at Instant) int {
	return knownAt(f.ObligationChanges, at) + knownAt(f.GroupChanges, at) + knownAt(f.Permissions, at) +
		knownAt(f.Holds, at) + knownAt(f.CardAssignments, at) + knownAt(f.Acknowledgements, at) + knownAt(f.Handlings, at)
}

func knownAt[T any](list []Known[T], at Instant) (n int) {
	for i := range list {
		if list[i].At <= at {
			n++
		}
	}
	return n
}

// gather takes in the registrations and notices that are known; false where one that is known later than the verdict
// may bear on units before the date.
func (c *Carried) gather(f *Facts) bool {
	var known []uint64
	var later []Known[any]
	known, later = gathered[CardEvent](TopicCardEvents, f.CardEvents, c.at, known, later)
	known, later = gathered[ManualEntry](TopicManualEntries, f.ManualEntries, c.at, known, later)
	known, later = gathered[Notice](TopicNotices, f.Notices, c.at, known, later)
	c.ids = newIDSet(known)
	return !slices.ContainsFunc(later, func(k Known[any]) bool { return !c.Takes(k.Fact, k.At) })
}

// gathered adds the ids of the facts of a topic that are known at a clock, and the facts that are known later.
func gathered[T any, P factPtr[T]](topic string, list []Known[T], at Instant, known []uint64,
	later []Known[any]) ([]uint64, []Known[any]) {
	for i := range list {
		k := &list[i]
		if k.At <= at {
			id, _, _ := P(&k.Fact).head()
			known = append(known, hashOfID(topic, id))
		} else {
			later = append(later, Known[any]{Fact: &k.Fact, At: k.At})
		}
	}
	return known, later
}

// waits reports whether what is known later than the verdict may bear on units before the date.
func (c *Carried) waits(f *Facts) bool {
	before := func(known, happened Instant) bool { return known > c.at && happened < c.safe }
	return slices.ContainsFunc(f.CardEvents, func(k Known[CardEvent]) bool {
		return before(k.At, k.Fact.OccurredAt)
	}) || slices.ContainsFunc(f.ManualEntries, func(k Known[ManualEntry]) bool {
		return before(k.At, onPaper(k.Fact.LocalTime))
	}) || slices.ContainsFunc(f.Notices, func(k Known[Notice]) bool {
		return before(k.At, onPaper(k.Fact.LocalTime))
	})
}

// Takes takes in a fact of the person that became known since. False means that it may bear on units before the
// date: what is carried is then of no use.
func (c *Carried) Takes(record any, known Instant) bool {
	in := Input{Policies: c.policies}
	switch v := record.(type) {
	case *CardEvent:
		k := Known[CardEvent]{Fact: *v, At: known}
		return v.PersonID == Some(c.person) && v.OccurredAt <= receipt(&k) && c.first(TopicCardEvents, v, v.OccurredAt) &&
			in.sensible(func(p *Policy) bool { return v.faultWhen(p, known).None() })
	case *ManualEntry:
		return v.PersonID == Some(c.person) && c.first(TopicManualEntries, v, onPaper(v.LocalTime)) &&
			in.sensible(func(p *Policy) bool { return v.fault(p).None() })
	case *Notice:
		return v.PersonID == c.person && c.first(TopicNotices, v, onPaper(v.LocalTime)) &&
			in.sensible(func(p *Policy) bool { return v.fault(p).None() })
	}
	return false
}

// first reports whether a record of a topic is the first one of its fact, and the fact happened late enough.
func (c *Carried) first(topic string, v fact, happened Instant) bool {
	id, version, retracted := v.head()
	return version == 1 && !retracted && happened >= c.safe && c.ids.add(hashOfID(topic, id))
}

// onPaper returns the instant that a time on paper means; Beginning where it may mean several or none.
func onPaper(local string) Instant {
	if l, _ := parseLocal(local); l.exact {
		return l.early
	}
	return Beginning
}

// Reached reports whether a fact of a centre that became known since may bear on units before the date; from is
// what SpeaksFrom says of it.
func (c *Carried) Reached(from Instant) bool { return from < c.safe }

// Knows reports whether a registration or notice with an id may be among the facts known.
func (c *Carried) Knows(topic, id string) bool { return c.ids.has(hashOfID(topic, id)) }

// SpeaksFrom names the fact of a centre that a record is a version of, paper of nobody among them, and returns the
// first instant of which that version speaks if it is the first and makes sense; one that makes none may hold any unit.
// It returns Beginning for any other record, and is right only where nothing else of the fact is known.
func SpeaksFrom(record any) (fact string, from Instant) {
	switch v := record.(type) {
	case *Settlement:
		return firstSpeaks(v, v.LocalDate.Start(), v.fault())
	case *Incident:
		return firstSpeaks(v, v.From, v.fault())
	case *Exclusion:
		return firstSpeaks(v, v.FromDate.Start(), v.fault())
	case *ManualEntry:
		if l, _ := parseLocal(v.LocalTime); l.exact && !v.PersonID.OK {
			return firstSpeaks(v, l.early-paperReach, v.fault(nil))
		}
	}
	return "", Beginning
}

func firstSpeaks(v fact, from Instant, of Fault) (string, Instant) {
	name, version, retracted := v.head()
	if version != 1 || retracted || !of.None() {
		from = Beginning
	}
	return name, from
}

// Since returns when what Rest leaves in begins: no row that happened before has to be given to it.
func (c *Carried) Since() Instant { return c.since }

// Needs reports whether paper that became known at an instant has to be given to Rest.
func (c *Carried) Needs(known Instant) bool {
	_, in := slices.BinarySearch(c.paper, known)
	return in || known >= c.since
}

// Rest returns the input for the units of the date and later, at a clock not before that of the verdict: the verdict
// on it has these units as the one on all facts has them, and the lines that Carried does not keep. False means
// that everything has to be judged. The input may lack rows that happened before Since, and paper that Needs does not
// ask for.
func (c *Carried) Rest(in Input, at Instant) (Input, bool) {
	if at < c.at || at >= c.Until || !in.carries() || otherFacts(in.Person, Forever) != c.others ||
		!slices.Equal(in.Policies, c.policies) {
		return in, false
	}
	less := *in.Person
	less.CardEvents, less.ManualEntries = in.since(c.since)
	in.Person, in.FromDate = &less, Some(c.From)
	return in, true
}

// Size is roughly how many bytes it takes.
func (c *Carried) Size() int { return 512 + c.ids.size() + 8*cap(c.paper) }

// Next returns when time alone may change anything, of a verdict on the rest.
func (c *Carried) Next(rest *Result) Instant { return min(c.Until, rest.Next) }

// KeepsQuality reports whether data quality of a code that begins at an instant is as it was. All other lines are
// those of the verdict on the rest; so are those about decisions whose centre may close meanwhile.
func (c *Carried) KeepsQuality(code DataQualityCode, from Instant) bool {
	return code != DataQualityCodeObligationInconsistent && from < c.cut
}

// KeepsObservation is KeepsQuality for an observation.
func (c *Carried) KeepsObservation(from Instant) bool { return from < c.cut }
