package oracle

import "tilsyn/engine/duty"

// lateness tells which versions are left out of the second evaluation of
// DAT-08.
type lateness struct {
	due                 duty.Instant
	afterEvent, maxWait duty.Instant
}

// world is everything that is known at T under one policy, with or without the
// late versions.
type world struct {
	c     *Case
	at    duty.Instant
	pol   *duty.Policy
	par   duty.Params
	late  *lateness
	check checker
	// choice picks the readings of ambiguous paper times.
	choice int
	// clock is where the whole case stands, at or after at; only, where set, takes the
	// automatic incidents of what was in time for a unit, beside all facts.
	clock duty.Instant
	only  duty.Opt[duty.Instant]

	parent   map[string]string
	linkedAt map[string]duty.Instant

	assignments []duty.CardAssignment
	rows        []row
	// doubtful are rows whose own time cannot be right (REL-10, until clocks are
	// judged): they accuse nobody and clear at both times.
	doubtful []row
	// ahead: some row is half a minute to five minutes ahead of its receipt.
	ahead      bool
	marks      []duty.Instant
	contested  []duty.Instant // reports among the marks
	crowded    []stretch
	paper      []sheet
	nameless   []sheet        // paper without a person (RD-47)
	removed    []duty.Instant // assisted rows that were taken out (RD-37)
	obs        []obs
	unmatched  []sheet
	reports    []visit
	notices    []notice
	pieces     []piece
	groups     []duty.GroupChange
	leaves     []leave
	holds      []duty.Hold
	assessed   []duty.DepartureAssessment
	incidents  []duty.Incident
	exclusions []duty.Exclusion
	markers    []duty.Known[duty.Settlement]
	beats      []duty.Heartbeat
	runs       []run
	// inconsistent is true where a NOTIFY duty was dropped (RD-18).
	inconsistent bool
}

func newWorld(c *Case, at duty.Instant, pol *duty.Policy, par duty.Params, late *lateness, choice int,
	more func(*world)) *world {
	w := &world{c: c, at: at, pol: pol, par: par, late: late, check: checker{pol}, choice: choice, clock: at}
	if more != nil {
		more(w)
	}
	w.linkPersons()
	w.readPerson()
	w.readCentres()
	w.readCrowds()
	w.readRows()
	w.readPaper()
	w.readNameless()
	w.readNotices()
	w.readDecisions()
	w.observe()
	return w
}

// keep is for facts that are neither rows nor settlements.
func (w *world) keep(known duty.Instant) bool {
	return known <= w.at && (w.late == nil || known <= w.late.due+w.late.afterEvent)
}

// keepOf is keep for a fact of one person: known when its links are, too.
func (w *world) keepOf(known duty.Instant, person string) bool {
	return w.keep(max(known, w.linked(person)))
}

// keepRow is for registrations and paper: late against their own time; what
// reaches the person through a link is known when both are.
func (w *world) keepRow(known, own duty.Instant, person string) bool {
	known = max(known, w.linked(person))
	return known <= w.at && (w.late == nil || known <= own+w.late.afterEvent)
}

// keepMarker is for settlements. LOG_MISMATCH sees late ones as well: the second
// evaluation must not be harsher for them (decision 0003).
func (w *world) keepMarker(known duty.Instant) bool {
	return known <= w.at && (w.late == nil || known <= w.late.due+w.late.maxWait)
}

func (w *world) readPerson() {
	f := w.c.Person
	for _, k := range current(f.CardAssignments, headAssignment, func(k *duty.Known[duty.CardAssignment]) bool {
		return w.check.assignment(&k.Fact) && w.keep(k.At)
	}) {
		w.assignments = append(w.assignments, k.Fact)
	}
	for _, k := range current(f.GroupChanges, headGroup, func(k *duty.Known[duty.GroupChange]) bool {
		return w.check.group(&k.Fact) && w.keepOf(k.At, k.Fact.PersonID)
	}) {
		if w.mine(k.Fact.PersonID) {
			w.groups = append(w.groups, k.Fact)
		}
	}
	for _, k := range current(f.Holds, headHold, func(k *duty.Known[duty.Hold]) bool {
		return w.check.hold(&k.Fact) && w.keepOf(k.At, k.Fact.PersonID)
	}) {
		if w.mine(k.Fact.PersonID) {
			w.holds = append(w.holds, k.Fact)
		}
	}
	for _, k := range current(f.DepartureAssessments, headDeparture, func(k *duty.Known[duty.DepartureAssessment]) bool {
		return w.check.departure(&k.Fact) && k.At <= w.at
	}) {
		if w.mine(k.Fact.PersonID) {
			w.assessed = append(w.assessed, k.Fact)
		}
	}
	w.readLeaves()
}

func (w *world) readCentres() {
	f := &w.c.Centres
	for _, k := range current(f.Incidents, headIncident, func(k *duty.Known[duty.Incident]) bool {
		return w.check.incident(&k.Fact) && w.keep(k.At)
	}) {
		if k.Fact.State != duty.IncidentStateDissolved {
			if k.Fact.To.OK && k.Fact.To.V == k.Fact.From {
				k.Fact.To.V++ // Choice: one without length lasts a millisecond
			}
			w.incidents = append(w.incidents, k.Fact)
		}
	}
	w.incidents = append(w.incidents, w.automatic()...)
	for _, k := range current(w.allExclusions(), headExclusion, func(k *duty.Known[duty.Exclusion]) bool {
		return w.check.exclusion(&k.Fact) && w.keep(k.At)
	}) {
		if k.Fact.Status == duty.ExclusionStatusDeclared {
			w.exclusions = append(w.exclusions, k.Fact)
		}
	}
	w.markers = current(f.Settlements, headSettlement, func(k *duty.Known[duty.Settlement]) bool {
		return w.check.settlement(&k.Fact) && w.keepMarker(k.At)
	})
	for _, k := range current(f.Heartbeats, headHeartbeat, func(k *duty.Known[duty.Heartbeat]) bool {
		return w.check.heartbeat(&k.Fact) && k.At <= w.at
	}) {
		w.beats = append(w.beats, k.Fact)
	}
}

// allExclusions are the declared and the preloaded ones (EXC-01).
func (w *world) allExclusions() []duty.Known[duty.Exclusion] {
	if len(w.pol.Exclusions) == 0 {
		return w.c.Centres.Exclusions
	}
	all := append([]duty.Known[duty.Exclusion]{}, w.pol.Exclusions...)
	return append(all, w.c.Centres.Exclusions...)
}
