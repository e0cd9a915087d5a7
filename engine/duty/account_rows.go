package duty

import (
	"cmp"
	"slices"
)

// Registration is a row or an entry near a unit, with what became of it.
type Registration struct {
	Topic string
	ID    string
	// At is its own time in the reading that counts, Known when it was in the log.
	At, Known, ReceivedAt Instant
	Pos                   Opt[Position]
	CentreID              string
	// Source is the device of a row, the form of an entry; CardType is that of a row.
	Source    string
	CardType  CardType
	Direction Direction
	Result    Opt[CheckResult]
	// Role is what it is to the unit.
	Role EvidenceRole
	// Use says whether it counted, and why not.
	Use RegistrationUse
	// Late is true where it became known too late to accuse by itself (DAT-08).
	Late bool
}

// RegistrationUse says whether a registration counted, and why not.
type RegistrationUse string

// How registrations are used, each with its rule.
const (
	UsePassage     RegistrationUse = "PASSAGE"       // a movement (PAS-03, PAS-05, RD-09)
	UseReport      RegistrationUse = "REPORT"        // a report (RPT-03, PRS-05)
	UseCheck       RegistrationUse = "ROOM_CHECK"    // seen present (EVD-09)
	UsePolice      RegistrationUse = "NO_POSITION"   // a report that shows no position (RD-04, RD-46)
	UseOneWay      RegistrationUse = "NEVER_ACCUSES" // an OUT of an unknown device or on excluded dates (EXC-04)
	UseIncomplete  RegistrationUse = "INCOMPLETE"    // one scan of a sluice passage (PAS-04, RD-14)
	UseUnlocked    RegistrationUse = "UNLOCKED_CARD" // only unlocked the card (PAS-07, PAS-08)
	UseConflict    RegistrationUse = "CARD_CONFLICT" // evidence for nobody (contract §2)
	UseClock       RegistrationUse = "CLOCK"         // its time cannot be right: clears only (REL-10)
	UseSamePaper   RegistrationUse = "SAME_AS_ROW"   // paper of an electronic row (RD-10)
	UseAssisted    RegistrationUse = "ASSISTED"      // says that a row unlocked a card (PAS-09)
	UseUnmatched   RegistrationUse = "UNMATCHED"     // the same, and no row fits (RD-28)
	UseMisnamed    RegistrationUse = "MISNAMED"      // another name: clears and never accuses (RD-36)
	UseNobody      RegistrationUse = "NOBODYS"       // paper whose number nobody can read (RD-47)
	UseNotFound    RegistrationUse = "NOT_FOUND"     // shows nothing by itself (EVD-09)
	UseObservation RegistrationUse = "OBSERVATION"   // a doubt, never a position (RD-41)
	UseAttachment  RegistrationUse = "ATTACHMENT"    // attached, and read by no rule here
)

// Counted reports whether a position or a report follows from the registration.
func (u RegistrationUse) Counted() bool {
	return u == UsePassage || u == UseReport || u == UseCheck || u == UsePolice
}

// registrationsRead lists the person's registrations in a span and those that the unit rests on: the
// same as the evidence of a record.
func (g *ground) registrationsRead(around Span) []Registration {
	roles := map[[2]string]EvidenceRole{}
	for _, b := range []struct {
		o    *observation
		role EvidenceRole
	}{{g.f.exit, EvidenceRoleTrigger}, {g.f.before, EvidenceRoleBoundBefore}, {g.f.after, EvidenceRoleBoundAfter}} {
		for i := 0; b.o != nil && i < len(b.o.refs); i++ {
			if n := [2]string{b.o.refs[i].topic, b.o.refs[i].id}; roles[n] == EvidenceRoleUnknown {
				roles[n] = b.role
			}
		}
	}
	e := g.e
	wanted := func(topic, id string, at Instant) (EvidenceRole, bool) {
		role, bound := roles[[2]string{topic, id}]
		if !bound {
			role = EvidenceRoleContext
		}
		return role, bound || around.contains(at)
	}
	uses := e.usedAs()
	var out []Registration
	row := func(v *CardEvent, use RegistrationUse) {
		role, ok := wanted(TopicCardEvents, v.ID, v.OccurredAt)
		if !ok {
			return
		}
		known, pos := e.src.rowKnown(v, e.lens.at)
		out = append(out, Registration{Topic: TopicCardEvents, ID: v.ID, At: v.OccurredAt, Known: known,
			ReceivedAt: v.ReceivedAt, Pos: pos, CentreID: v.CentreID, Source: v.DeviceID, CardType: v.CardType,
			Direction: v.Direction.V, Role: role, Use: use, Late: known-v.OccurredAt > g.par.LateAccusation})
	}
	for _, r := range e.rowsSeen(uses) {
		row(r.event, r.use)
	}
	entry := func(k *Known[ManualEntry], use RegistrationUse) {
		v := &k.Fact
		t, _ := e.time(v)
		role, ok := wanted(TopicManualEntries, v.ID, t)
		if !ok {
			return
		}
		out = append(out, Registration{Topic: TopicManualEntries, ID: v.ID, At: t, Known: k.At,
			ReceivedAt: v.ReceivedAt, Pos: k.Pos, CentreID: v.CentreID, Source: v.Form.String(),
			Direction: v.Direction.V, Result: v.Result, Role: role, Use: use,
			Late: laterThan(k.At, v.LocalTime, g.par.LateAccusation)})
	}
	for _, k := range e.entries {
		entry(k, e.entryUse(k, uses))
	}
	for _, k := range g.paper.all() {
		roles[[2]string{TopicManualEntries, k.Fact.ID}] = EvidenceRoleContext
		entry(k, UseNobody)
	}
	slices.SortStableFunc(out, func(a, b Registration) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.ID, b.ID))
	})
	return slices.CompactFunc(
		out,
		func(a, b Registration) bool { return a.Topic == b.Topic && a.ID == b.ID && a.At == b.At },
	)
}

// usedAs says what the registrations behind the movement list are used as.
func (e *evaluation) usedAs() map[[2]string]RegistrationUse {
	out := map[[2]string]RegistrationUse{}
	for i := range e.moves.list {
		o := &e.moves.list[i]
		use := UsePassage
		switch {
		case o.report:
			use = UseReport
		case o.check:
			use = UseCheck
		case o.direction == DirectionOut && !o.exit && o.after.kind == unknown && o.raw.kind == outside:
			use = UseOneWay
		case o.direction == DirectionIn && !o.present, o.direction == DirectionOut && o.raw.kind == unknown && !o.exit:
			use = UseIncomplete
		}
		for _, r := range o.refs {
			out[[2]string{r.topic, r.id}] = use
		}
	}
	return out
}

// observedRow is a row with its use.
type observedRow struct {
	event *CardEvent
	use   RegistrationUse
}

// rowsSeen lists the person's rows; those of offline units are never used nor shown (EVD-11).
func (e *evaluation) rowsSeen(uses map[[2]string]RegistrationUse) []observedRow {
	var out []observedRow
	for _, r := range e.rows.passages {
		use, ok := uses[[2]string{TopicCardEvents, r.event.ID}]
		if !ok {
			use = UseUnlocked
		}
		out = append(out, observedRow{r.event, use})
	}
	for _, r := range e.rows.reports {
		use, ok := uses[[2]string{TopicCardEvents, r.event.ID}]
		if !ok {
			use = UsePolice
		}
		out = append(out, observedRow{r.event, use})
	}
	for _, r := range e.rows.off {
		out = append(out, observedRow{r.event, UseClock})
	}
	for _, v := range e.rows.conflicts {
		out = append(out, observedRow{v, UseConflict})
	}
	return out
}

// entryUse says what an entry is used as.
func (e *evaluation) entryUse(k *Known[ManualEntry], uses map[[2]string]RegistrationUse) RegistrationUse {
	v := &k.Fact
	use, seen := uses[[2]string{TopicManualEntries, v.ID}]
	_, passage := v.passage(e.par.AssistMatchMinutes)
	switch {
	case v.misnamed():
		return UseMisnamed
	case seen:
		return use
	case v.Form == FormObservation:
		return UseObservation
	case v.Form == FormPresenceCheck:
		return UseNotFound
	case v.Form == FormPoliceReport, v.Form == FormOutageReport:
		return UsePolice
	case passage:
		return UseSamePaper
	case !v.unlocks():
		return UseAttachment
	case slices.ContainsFunc(e.moves.unmatched, func(a assistEntry) bool { return a.key.Fact.ID == v.ID }):
		return UseUnmatched
	}
	return UseAssisted
}

// rowKnown returns when a row was in the log, and where.
func (s *source) rowKnown(v *CardEvent, at Instant) (Instant, Opt[Position]) {
	for _, k := range s.cardEvents {
		if k.At <= at && k.Fact.ID == v.ID && k.Fact.Version == v.Version {
			return k.At, k.Pos
		}
	}
	return v.ReceivedAt, None[Position]()
}
