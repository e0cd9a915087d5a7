package duty

// unknownPerson reports a PersonID of which facts are known but which no group, duty, card or link
// known by now has ever named (IDN-06, AMB-40): most likely the facts belong to another person,
// whose number was mistyped.
func (c *court) unknownPerson() []DataQuality {
	f, person := c.in.Person, c.in.PersonID
	named := false
	first := Forever
	for i := range f.GroupChanges {
		named = named || f.GroupChanges[i].At <= c.at && f.GroupChanges[i].Fact.PersonID == person
	}
	for i := range f.ObligationChanges {
		named = named || f.ObligationChanges[i].At <= c.at && f.ObligationChanges[i].Fact.PersonID == person
	}
	for i := range f.CardAssignments {
		named = named || f.CardAssignments[i].At <= c.at && f.CardAssignments[i].Fact.PersonID == person
	}
	for i := range f.IdentityLinks {
		k := &f.IdentityLinks[i]
		named = named || k.At <= c.at && (k.Fact.PersonID == person || k.Fact.AliasPersonID == person)
	}
	if named {
		return nil
	}
	see := func(of string, known, when Instant) {
		if of == person && known <= c.at {
			first = min(first, when)
		}
	}
	for i := range f.CardEvents {
		k := &f.CardEvents[i]
		see(k.Fact.PersonID.V, k.At, k.Fact.OccurredAt)
	}
	for i := range f.ManualEntries {
		k := &f.ManualEntries[i]
		see(k.Fact.PersonID.V, k.At, k.Fact.ReceivedAt)
	}
	for i := range f.Notices {
		see(f.Notices[i].Fact.PersonID, f.Notices[i].At, f.Notices[i].Fact.ReceivedAt)
	}
	for i := range f.Permissions {
		see(f.Permissions[i].Fact.PersonID, f.Permissions[i].At, f.Permissions[i].Fact.ValidFrom)
	}
	for i := range f.Holds {
		see(f.Holds[i].Fact.PersonID, f.Holds[i].At, f.Holds[i].Fact.ValidFrom)
	}
	for i := range f.DepartureAssessments {
		see(f.DepartureAssessments[i].Fact.PersonID, f.DepartureAssessments[i].At, f.DepartureAssessments[i].Fact.DecidedAt)
	}
	if first == Forever {
		return nil
	}
	return []DataQuality{newQuality(DataQualityCodeUnknownPerson, person, first.Clamp(), None[Instant]())}
}
