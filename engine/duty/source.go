package duty

import "slices"

// source holds the versions of one person's facts, sorted once and read by
// every evaluation of that person under one policy.
//
// Many fields: one list for each kind of fact.
type source struct {
	person      string
	policy      *Policy
	cardEvents  []*Known[CardEvent]
	entries     []*Known[ManualEntry]
	notices     []*Known[Notice]
	obligations []*Known[ObligationChange]
	groups      []*Known[GroupChange]
	permissions []*Known[Permission]
	holds       []*Known[Hold]
	assessments []*Known[DepartureAssessment]
	links       []*Known[IdentityLink]
	assignments []*Known[CardAssignment]
	blocks      []block // bad records under the person's keys
	facts       *Facts
	// paper are the entries before they were sorted and those that make no sense set aside.
	paper        []Known[ManualEntry]
	ambiguous    []doubled     // paper whose local time has two readings (TIM-06)
	invalidKnown []invalidFact // facts that make no sense
}

// invalidFact is a fact that makes no sense, as the data-quality record names it.
type invalidFact struct {
	topic, id string
	at        Instant
	known     Instant
	fault     Fault
	// block is the index of the block that it caused.
	block int
}

// newSource sorts the versions, and sets aside facts that make no sense under
// the policy's register (contract §1).
func newSource(person string, f *Facts, c *Centres, p *Policy) *source {
	s := &source{person: person, policy: p, facts: f}
	s.cardEvents = sensible[CardEvent](s, TopicCardEvents, f.CardEvents,
		func(k *Known[CardEvent]) (Fault, string, Instant) {
			return k.Fact.faultWhen(p, k.At), k.Fact.ID, k.Fact.OccurredAt
		})
	s.paper = entriesAbout(person, f, c, p)
	s.entries = sensible[ManualEntry](s, TopicManualEntries, s.paper,
		func(k *Known[ManualEntry]) (Fault, string, Instant) {
			return k.Fact.fault(p), k.Fact.ID, k.Fact.ReceivedAt
		})
	s.notices = sensible[Notice](s, TopicNotices, f.Notices, func(k *Known[Notice]) (Fault, string, Instant) {
		return k.Fact.fault(p), k.Fact.ID, k.Fact.ReceivedAt
	})
	s.obligations = sensible[ObligationChange](s, TopicObligationChanges, f.ObligationChanges,
		func(k *Known[ObligationChange]) (Fault, string, Instant) {
			return k.Fact.fault(p), k.Fact.ID, k.Fact.ValidFrom
		})
	s.groups = sensible[GroupChange](s, TopicGroupChanges, f.GroupChanges,
		func(k *Known[GroupChange]) (Fault, string, Instant) {
			return k.Fact.fault(p), k.Fact.ID, k.Fact.ValidFrom
		})
	s.permissions = sensible[Permission](s, TopicPermissions, f.Permissions,
		func(k *Known[Permission]) (Fault, string, Instant) {
			return k.Fact.fault(p), k.Fact.ID, k.Fact.ValidFrom
		})
	s.holds = sensible[Hold](s, TopicHolds, f.Holds, func(k *Known[Hold]) (Fault, string, Instant) {
		return k.Fact.fault(p), k.Fact.ID, k.Fact.ValidFrom
	})
	s.assessments = sensible[DepartureAssessment](s, TopicDepartureAssessments, f.DepartureAssessments,
		func(k *Known[DepartureAssessment]) (Fault, string, Instant) {
			return k.Fact.fault(p), k.Fact.ID, k.Fact.DecidedAt
		})
	s.links = sensible[IdentityLink](s, TopicIdentityLinks, f.IdentityLinks,
		func(k *Known[IdentityLink]) (Fault, string, Instant) { return k.Fact.fault(p), k.Fact.ID, k.Fact.At })
	s.assignments = sensible[CardAssignment](s, TopicCardAssignments, f.CardAssignments,
		func(k *Known[CardAssignment]) (Fault, string, Instant) {
			return k.Fact.fault(p), k.Fact.ID, k.Fact.ValidFrom
		})
	sensible[Handling](s, TopicHandlings, f.Handlings, func(k *Known[Handling]) (Fault, string, Instant) {
		return k.Fact.fault(), k.Fact.ID, k.Fact.At
	})
	for i := range f.Unreadable {
		s.blocks = append(s.blocks, unreadableBlock(&f.Unreadable[i]))
	}
	s.release(c)
	for _, k := range s.entries {
		if l, _ := parseLocal(k.Fact.LocalTime); !l.exact && k.Fact.PersonID.OK && k.Fact.movesPerson() {
			s.double(k.Fact.ID, l.early.Date())
		}
	}
	return s
}

// entriesAbout returns the paper entries of the person, and the versions that a
// centre has of them without a person (RD-47). Those that make no sense hold the
// centre, not the person.
func entriesAbout(person string, f *Facts, c *Centres, p *Policy) []Known[ManualEntry] {
	out := f.ManualEntries
	for _, k := range c.entriesOf(person, f) {
		if k.Fact.PersonID.OK || k.Fact.fault(p).None() {
			out = append(out[:len(out):len(out)], k)
		}
	}
	return out
}

// sensible returns the sorted versions that make sense, and blocks the person for the others.
func sensible[T any, P factPtr[T]](s *source, topic string, list []Known[T],
	check func(*Known[T]) (Fault, string, Instant)) []*Known[T] {
	sorted := byVersion[T, P](list)
	return slices.DeleteFunc(sorted, func(k *Known[T]) bool {
		fault, id, when := check(k)
		if !fault.None() {
			b := invalidBlock(topic, "", id, k.At, fault)
			b.pos = k.Pos
			if row, ok := any(&k.Fact).(*CardEvent); ok {
				b.ofPerson = row.PersonID.OK
			}
			s.blocks = append(s.blocks, b)
			s.invalidKnown = append(s.invalidKnown, invalidFact{topic, id, when, b.known, fault, len(s.blocks) - 1})
		}
		return !fault.None()
	})
}

// release ends the blocks whose record later arrived readable.
func (s *source) release(c *Centres) {
	f, p := s.facts, s.policy
	for i := range s.blocks {
		b := &s.blocks[i]
		if b.id == "" {
			continue
		}
		key := b.key
		releaseBy(b, TopicCardEvents, inTheirTime(f.CardEvents), func(v *CardEvent) (string, string, Fault) {
			if b.ofPerson && !v.PersonID.OK {
				return "", key, Fault{} // its key is a card: it is not the same record sent again
			}
			return v.ID, key, v.fault(p)
		})
		releaseBy(b, TopicManualEntries, f.ManualEntries, func(v *ManualEntry) (string, string, Fault) {
			return v.ID, key, v.fault(p)
		})
		releaseBy(b, TopicNotices, f.Notices, func(v *Notice) (string, string, Fault) { return v.ID, key, v.fault(p) })
		releaseBy(b, TopicObligationChanges, f.ObligationChanges,
			func(v *ObligationChange) (string, string, Fault) { return v.ID, key, v.fault(p) })
		releaseBy(b, TopicGroupChanges, f.GroupChanges, func(v *GroupChange) (string, string, Fault) {
			return v.ID, key, v.fault(p)
		})
		releaseBy(b, TopicPermissions, f.Permissions, func(v *Permission) (string, string, Fault) {
			return v.ID, key, v.fault(p)
		})
		releaseBy(b, TopicHolds, f.Holds, func(v *Hold) (string, string, Fault) { return v.ID, key, v.fault(p) })
		releaseBy(b, TopicDepartureAssessments, f.DepartureAssessments,
			func(v *DepartureAssessment) (string, string, Fault) { return v.ID, key, v.fault(p) })
		releaseBy(b, TopicIdentityLinks, f.IdentityLinks, func(v *IdentityLink) (string, string, Fault) {
			return v.ID, key, v.fault(p)
		})
		releaseBy(b, TopicCardAssignments, f.CardAssignments, func(v *CardAssignment) (string, string, Fault) {
			return v.ID, key, v.fault(p)
		})
		releaseBy(b, TopicConvictions, f.Convictions, func(v *Conviction) (string, string, Fault) {
			return v.ID, key, Fault{}
		})
		releaseBy(b, TopicAcknowledgements, f.Acknowledgements, func(v *Acknowledgement) (string, string, Fault) {
			return v.ID, key, Fault{}
		})
		releaseBy(b, TopicHandlings, f.Handlings, func(v *Handling) (string, string, Fault) { return v.ID, key, v.fault() })
		releaseBy(b, TopicResolutions, c.facts.Resolutions, func(v *Resolution) (string, string, Fault) {
			return v.ID, key, Fault{}
		})
	}
}
