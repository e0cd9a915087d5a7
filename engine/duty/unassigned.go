package duty

import "slices"

// Paper whose number nobody can read belongs to its centre: until a version
// names the person or a Resolution says IRRELEVANT, it may be anybody's, and
// units near it are at most NEEDS_REVIEW + UNASSIGNED_PAPER (RD-47).

// paperReach is how far from such an entry units are in doubt.
const paperReach = Day

// addUnnamed files the paper entries that have a version without a person.
// Versions that make no sense are left out; one without a person then holds its
// centre (contract §1).
func (c *Centres) addUnnamed(list []Known[ManualEntry]) {
	var named []Known[ManualEntry]
	var unnamed []Known[ManualEntry]
	for i := range list {
		if list[i].Fact.PersonID.OK {
			named = append(named, list[i])
		} else {
			unnamed = append(unnamed, list[i])
		}
	}
	named = append(named, sound(c, TopicManualEntries, unnamed, nameEntry)...)
	c.unnamed = byFact[ManualEntry](named)
	c.paper = map[string][]versions[ManualEntry]{}
	index(c.paper, c.unnamed, func(v *ManualEntry) string { return v.CentreID })
}

// WithPaper returns the centres with more paper entries that have a version without a person
// (CentreFacts.ManualEntries), for a caller that learns of them separately.
func (c *Centres) WithPaper(list []Known[ManualEntry]) *Centres {
	n := *c
	n.facts.ManualEntries = append(slices.Clone(c.facts.ManualEntries), list...)
	n.blocks = slices.Clone(c.blocks)
	n.addUnnamed(n.facts.ManualEntries)
	for i := range n.blocks {
		b := &n.blocks[i]
		if i >= len(c.blocks) {
			n.resolve(b)
		}
		if b.id != "" {
			releaseBy(b, TopicManualEntries, n.facts.ManualEntries, nameEntry)
		}
	}
	return &n
}

// PaperQuality lists the paper entries at centres of the policy's register that cannot be assigned
// to a person at a clock (UNKNOWN_PERSON, RD-47): part of CentreQuality.
func PaperQuality(c *Centres, p *Policy, now Instant) []DataQuality {
	return sortQuality(c.nobodysPaper(p, now))
}

// nameEntry names a paper entry without a person.
func nameEntry(v *ManualEntry) (id, centre string, fault Fault) {
	return v.ID, v.CentreID, v.fault(nil)
}

// unassigned returns the version of an entry that leaves it without a person
// through a lens; nil where it has one, or is known to matter to nobody. A version
// that makes no sense under a policy does not count, not even to name the person
// (contract §1); without a policy any place will do.
func (c *Centres) unassigned(v versions[ManualEntry], p *Policy, l lens) *Known[ManualEntry] {
	k := at[ManualEntry](v, func(k *Known[ManualEntry]) bool {
		when, _ := parseLocal(k.Fact.LocalTime)
		return l.row(k.At, when.late) && k.Fact.fault(p).None()
	})
	if k == nil || k.Fact.PersonID.OK {
		return nil
	}
	for _, o := range v {
		if o.Fact.Version == k.Fact.Version && c.irrelevant(o.Pos, l) {
			return nil
		}
	}
	return k
}

// irrelevant reports whether a Resolution says that the entry at a place in the log is irrelevant
// (contract §2).
func (c *Centres) irrelevant(pos Opt[Position], l lens) bool {
	if !pos.OK {
		return false
	}
	for _, v := range c.resolutions {
		k := at[Resolution](v, func(k *Known[Resolution]) bool { return l.fact(k.At) })
		if k != nil && k.Fact.Outcome == ResolutionOutcomeIrrelevant && k.Fact.Topic == TopicManualEntries &&
			k.Fact.Partition == pos.V.Partition && k.Fact.Offset == pos.V.Offset {
			return true
		}
	}
	return false
}

// unassignedNear reports whether paper of one of the centres that is nobody's
// lies within a day of a window or slot, which is half-open, or of an interval to
// which both ends belong (RD-47, RD-49).
func (e *evaluation) unassignedNear(centres []string, window, interval Span) bool {
	return len(e.unassignedPaper(centres, window, interval)) > 0
}

// unassignedPaper returns that paper, in the order of its centres and identities.
func (e *evaluation) unassignedPaper(centres []string, window, interval Span) []*Known[ManualEntry] {
	var out []*Known[ManualEntry]
	for _, centre := range centres {
		for _, v := range e.centres.paper[centre] {
			k := e.centres.unassigned(v, e.src.policy, e.lens)
			if k == nil || k.Fact.CentreID != centre {
				continue
			}
			if near(k, window, interval) {
				out = append(out, k)
			}
		}
	}
	return out
}

// near reports whether paper lies within a day of a window or slot, or of an interval.
func near(k *Known[ManualEntry], window, interval Span) bool {
	l, _ := parseLocal(k.Fact.LocalTime)
	return l.has(func(t Instant) bool {
		from, to := t-paperReach, t+paperReach
		return from < window.To && window.From <= to || from <= interval.To && interval.From <= to
	})
}

// entriesOf returns, of the paper entries that have a version without a person, all versions of
// those that some version ties to one of the persons: because it names the person, or because the
// person's facts have a version of it. The highest version counts, whomever it names.
func (c *Centres) entriesOf(person string, f *Facts) []Known[ManualEntry] {
	if len(c.unnamed) == 0 {
		return nil
	}
	persons := map[string]bool{person: true}
	for i := range f.IdentityLinks {
		persons[f.IdentityLinks[i].Fact.PersonID] = true
		persons[f.IdentityLinks[i].Fact.AliasPersonID] = true
	}
	ids := map[string]bool{}
	for i := range f.ManualEntries {
		ids[f.ManualEntries[i].Fact.ID] = true
	}
	var out []Known[ManualEntry]
	for _, v := range c.unnamed {
		ties := ids[v[0].Fact.ID]
		for _, k := range v {
			ties = ties || k.Fact.PersonID.OK && persons[k.Fact.PersonID.V]
		}
		if ties {
			for _, k := range v {
				out = append(out, *k)
			}
		}
	}
	return out
}

// nobodysPaper reports the paper that is still nobody's (RD-47). At a place that the register does
// not know it makes no sense and casts no doubt; but a report to the police does anywhere (RD-46).
func (c *Centres) nobodysPaper(p *Policy, now Instant) []DataQuality {
	var out []DataQuality
	for _, v := range c.unnamed {
		if k := c.unassigned(v, p, lens{at: now}); k != nil {
			l, _ := parseLocal(k.Fact.LocalTime)
			out = append(out, newQuality(DataQualityCodeUnknownPerson, ClipKey(k.Fact.ID), l.early, None[Instant](),
				Detail{"centre_id", k.Fact.CentreID}))
		}
		if k := c.unassigned(v, nil, lens{at: now}); k != nil && !k.Fact.fault(p).None() {
			l, _ := parseLocal(k.Fact.LocalTime)
			out = append(out, newQuality(DataQualityCodeFactInvalid, ClipKey(k.Fact.ID), l.early.Clamp(),
				None[Instant](), unplaced(p, k.Fact.CentreID, ruleFacts).Details(TopicManualEntries)...))
		}
	}
	return out
}
