package evidence

import (
	"bytes"
	"cmp"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// line is one fact as it goes along.
type line struct {
	topic, id string
	at        duty.Instant
	text      string
}

// gathered are the facts that may be shown.
type gathered struct {
	at duty.Instant
	// plain takes the numbers off card rows.
	plain bool
	// own are the ids of the person; another one in a row or an assignment is withheld.
	own   map[string]bool
	lines []line
}

// Withheld stands where a fact that a record rests on names somebody else: the card of the one was used under the
// number of the other (CARD_CONFLICT).
const Withheld = "WITHHELD"

// gather begins with nothing.
func (c *Case) gather(plain bool) *gathered {
	g := &gathered{at: c.At, plain: plain, own: map[string]bool{c.Input.PersonID: true}}
	for i := range c.Input.Person.IdentityLinks {
		l := &c.Input.Person.IdentityLinks[i].Fact
		g.own[l.PersonID], g.own[l.AliasPersonID] = true, true
	}
	return g
}

// shown is a record as it may be shown.
func (g *gathered) shown(record any) any {
	switch v := record.(type) {
	case *duty.CardEvent:
		bare := *v
		if g.plain {
			bare.SourceSeq, bare.SourceEpoch = duty.None[int64](), 0
		}
		if bare.PersonID.OK && !g.own[bare.PersonID.V] {
			bare.PersonID = duty.Some(Withheld)
		}
		return &bare
	case *duty.CardAssignment:
		bare := *v
		if !g.own[bare.PersonID] {
			bare.PersonID = Withheld
		}
		return &bare
	}
	return record
}

// take adds the versions of a list that are known and wanted.
func take[T any](g *gathered, topic string, list []duty.Known[T], want func(*T) (id string, ok bool)) {
	for i := range list {
		k := &list[i]
		id, ok := want(&k.Fact)
		if !ok || k.At > g.at {
			continue
		}
		g.put(topic, id, &k.Fact, k.At, k.Pos)
	}
}

// put writes one fact.
func (g *gathered) put(topic, id string, record any, at duty.Instant, pos duty.Opt[duty.Position]) {
	l := schemas.Line{Topic: topic, Value: g.shown(record)}
	if pos.OK {
		l.Partition, l.Offset = duty.Some(pos.V.Partition), duty.Some(pos.V.Offset)
	}
	text := schemas.AppendLine(nil, &l)
	// Without a log of its own a fact is known when it was received (contract §1).
	if pos.OK || !bytes.Contains(text, []byte(`"received_at":"`+at.String()+`"`)) {
		l.LoggedAt = duty.Some(at)
		text = schemas.AppendLine(nil, &l)
	}
	g.lines = append(g.lines, line{topic, id, at, string(bytes.TrimSuffix(text, []byte("\n")))})
}

// sorted returns each line once, by topic, time and text.
func (g *gathered) sorted() []string {
	slices.SortFunc(g.lines, func(a, b line) int {
		return cmp.Or(cmp.Compare(a.topic, b.topic), cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id),
			cmp.Compare(a.text, b.text))
	})
	var out []string
	for i := range g.lines {
		if i == 0 || g.lines[i].text != g.lines[i-1].text {
			out = append(out, g.lines[i].text)
		}
	}
	return out
}

// allowed gathers the facts of one unit that may be shown (EVD-14): the registrations it rests on and those
// around it, what binds, excuses or was considered, and what is known of its centres.
func (c *Case) allowed(a *duty.Account) *gathered {
	g := c.gather(false)
	c.allow(g, a)
	return g
}

// allow adds them.
func (c *Case) allow(g *gathered, a *duty.Account) {
	f := c.Input.Person
	regs := map[[2]string]bool{}
	for _, r := range append(slices.Clone(a.Registrations), a.Between...) {
		regs[[2]string{r.Topic, r.ID}] = true
	}
	entry := func(v *duty.ManualEntry) (string, bool) { return v.ID, regs[[2]string{duty.TopicManualEntries, v.ID}] }
	take(g, duty.TopicCardEvents, f.CardEvents, func(v *duty.CardEvent) (string, bool) {
		return v.ID, regs[[2]string{duty.TopicCardEvents, v.ID}]
	})
	take(g, duty.TopicManualEntries, f.ManualEntries, entry)
	take(g, duty.TopicManualEntries, c.Centres.ManualEntries, entry)
	take(g, duty.TopicNotices, f.Notices, func(v *duty.Notice) (string, bool) {
		return v.ID, slices.ContainsFunc(a.Notices, func(n duty.NoticeConsidered) bool { return n.ID == v.ID })
	})
	take(g, duty.TopicPermissions, f.Permissions, func(v *duty.Permission) (string, bool) {
		return v.ID, slices.ContainsFunc(a.Permissions, func(n duty.PermissionConsidered) bool {
			return n.ID == v.PermissionID
		})
	})
	take(g, duty.TopicHolds, f.Holds, func(v *duty.Hold) (string, bool) {
		return v.ID, slices.ContainsFunc(a.Holds, func(h duty.Hold) bool { return h.HoldID == v.HoldID })
	})
	take(g, duty.TopicDepartureAssessments, f.DepartureAssessments, func(v *duty.DepartureAssessment) (string, bool) {
		return v.ID, slices.ContainsFunc(a.Assessments, func(x duty.DepartureAssessment) bool { return x.ID == v.ID })
	})
	take(g, duty.TopicCardAssignments, f.CardAssignments, func(v *duty.CardAssignment) (string, bool) {
		return v.ID, slices.Contains(a.Cards, v.ID) || c.contradicts(v, a)
	})
	c.binding(g, a)
	c.ofCentres(g, a)
}

// contradicts reports whether an assignment says that the card of a row shown was somebody else's.
func (c *Case) contradicts(v *duty.CardAssignment, a *duty.Account) bool {
	return slices.ContainsFunc(a.Registrations, func(r duty.Registration) bool {
		if r.Use != duty.UseConflict || r.At < v.ValidFrom || r.At >= v.ValidTo.Or(duty.Forever) {
			return false
		}
		row := c.event(&r)
		return row != nil && row.CardID == v.CardID
	})
}

// binding gathers decisions, groups and links of the person.
func (c *Case) binding(g *gathered, a *duty.Account) {
	f, own := c.Input.Person, c.Input.PersonID
	take(g, duty.TopicObligationChanges, f.ObligationChanges, func(v *duty.ObligationChange) (string, bool) {
		return v.ID, slices.ContainsFunc(a.Duties, func(d duty.DutyRead) bool { return d.DecisionID == v.DecisionID }) ||
			slices.Contains(a.Unit.ObligationIDs, v.DecisionID)
	})
	take(g, duty.TopicGroupChanges, f.GroupChanges, func(v *duty.GroupChange) (string, bool) {
		return v.ID, v.PersonID == own
	})
	take(g, duty.TopicIdentityLinks, f.IdentityLinks, func(v *duty.IdentityLink) (string, bool) {
		return v.ID, v.PersonID == own || v.AliasPersonID == own
	})
}

// ofCentres gathers what people noted of the unit's centres over its interval.
func (c *Case) ofCentres(g *gathered, a *duty.Account) {
	from, to := (a.Interval.From - duty.Day).Date(), (min(a.Interval.To, c.At) + duty.Day).Date()
	at := func(centre string) bool { return slices.Contains(a.Centres, centre) }
	takeWhole(g, duty.TopicSettlements, c.Centres.Settlements, func(v *duty.Settlement) (string, bool) {
		return v.ID, at(v.CentreID) && from <= v.LocalDate && v.LocalDate <= to
	})
	takeWhole(g, duty.TopicIncidents, c.Centres.Incidents, func(v *duty.Incident) (string, bool) {
		return v.IncidentID, at(v.CentreID) && v.Origin != duty.OriginAutomatic && v.From < (to+1).Start() &&
			from.Start() < v.To.Or(duty.Forever)
	})
	takeWhole(g, duty.TopicExclusions, c.Centres.Exclusions, func(v *duty.Exclusion) (string, bool) {
		return v.ExclusionID, at(v.CentreID)
	})
	takeWhole(g, duty.TopicSupervisionResults, c.Centres.SupervisionResults,
		func(v *duty.SupervisionResult) (string, bool) {
			return v.ID, at(v.CentreID) && v.FromDate <= to && from <= v.ToDate
		})
}

// takeWhole adds every version of the facts of which one is wanted: a version that says that something ended, or
// was elsewhere, must not stay behind. of names the fact.
func takeWhole[T any](g *gathered, topic string, list []duty.Known[T], of func(*T) (identity string, ok bool)) {
	wanted := map[string]bool{}
	for i := range list {
		if id, ok := of(&list[i].Fact); ok {
			wanted[id] = true
		}
	}
	take(g, topic, list, func(v *T) (string, bool) {
		id, _ := of(v)
		return id, wanted[id]
	})
}
