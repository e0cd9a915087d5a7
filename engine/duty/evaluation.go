package duty

import "slices"

// evaluation is one reading of one person's facts through one lens under one policy. Each duty is
// judged by itself on it (INT-01). Everything that a verdict on a unit needs is derived here once.
//
// Many fields: each is something derived from the facts that several duties need.
type evaluation struct {
	src     *source
	centres *Centres
	lens    lens
	// par are the parameters for the current unit; judge sets them.
	par    *Params
	duties *duties
	groups []*Known[GroupChange]
	// stays are the spans in which some STAY binds; moved are the changes of the assigned centre.
	stays []Span
	moved []transfer
	// sole is the assigned centre if there is only one STAY decision.
	sole        []string
	leaves      []leave
	leaveSpans  []Span
	holds       []*Known[Hold]
	assessments []*Known[DepartureAssessment]
	pieces      []piece
	// track is what registrations show; evaluations may share it.
	*track
	// reading selects the reading of each ambiguous paper time: bit i for the i-th of its date (TIM-06).
	reading uint
	// ids is scratch for obligation ids, lastIDs are those of the last unit of each kind; some is
	// scratch for within.
	ids     []string
	lastIDs [KindReport + 1][]string
	some    []piece
	// unheard is what silences returns, once it was computed (RD-42).
	unheard []silence
	// near is what around has returned, for some lists of centres.
	near []surroundings
	// trace notes what is considered, while Explain looks; nil otherwise.
	trace *trace
}

// newEvaluation derives everything from the facts that the lens admits.
func newEvaluation(src *source, centres *Centres, shared *tracks, l lens, reading uint) *evaluation {
	par := src.policy.paramsAt(l.at.Date())
	l.late = par.LateAccusation
	e := &evaluation{src: src, centres: centres, lens: l, par: par, reading: reading}
	e.track = shared.get(e)
	e.groups = standing[GroupChange](e, src.groups, func(v *GroupChange) string { return v.PersonID })
	e.duties = newDuties(decide(src.obligations, func(k *Known[ObligationChange]) bool {
		return e.admits(k.Fact.PersonID, k.At)
	},
		func(v *ObligationChange) bool { return e.owns(v.PersonID) }),
		memberships(e.groups))
	e.stays, e.moved = union(spansOf(e.duties.stay)), transfers(e.duties.stay)
	if len(e.duties.stay) == 1 {
		e.sole = []string{e.duties.stay[0].version.CentreID}
	}
	e.leaves = newLeaves(src.permissions, func(k *Known[Permission]) bool { return e.admits(k.Fact.PersonID, k.At) },
		func(v *Permission) bool { return e.owns(v.PersonID) })
	e.leaveSpans = coveringSpans(e.leaves)
	e.holds = standing[Hold](e, src.holds, func(v *Hold) string { return v.PersonID })
	assessed := inForce[DepartureAssessment](src.assessments, func(k *Known[DepartureAssessment]) bool {
		since, _ := e.id.since(k.Fact.PersonID)
		return max(k.At, since) <= l.at
	})
	e.assessments = slices.DeleteFunc(assessed, func(k *Known[DepartureAssessment]) bool {
		return !e.owns(k.Fact.PersonID)
	})
	e.pieces = e.positioned(e.moved)
	return e
}

// paperOf returns the paper entries that count and concern the person.
func (e *evaluation) paperOf() []*Known[ManualEntry] {
	return slices.DeleteFunc(inForce[ManualEntry](e.src.entries, func(k *Known[ManualEntry]) bool {
		return e.admitsRow(k.Fact.PersonID.V, k.At, k.Fact.LocalTime)
	}), func(k *Known[ManualEntry]) bool { return !k.Fact.PersonID.OK || !e.owns(k.Fact.PersonID.V) })
}

// standing returns the facts that count and concern the person: of each fact the highest version
// known in time, whomever it names. So a version that names somebody else takes the fact away from
// the person that an earlier one named (contract §1).
func standing[T any, P factPtr[T]](e *evaluation, sorted []*Known[T], person func(*T) string) []*Known[T] {
	return slices.DeleteFunc(inForce[T, P](sorted, func(k *Known[T]) bool { return e.admits(person(&k.Fact), k.At) }),
		func(k *Known[T]) bool { return !e.owns(person(&k.Fact)) })
}

// owns reports whether facts under a PersonID concern the person.
func (e *evaluation) owns(person string) bool {
	_, own := e.id.own(person)
	return own
}

// admits reports whether a fact under a PersonID was known in time. A fact that reaches the person
// by a link also requires that the link was.
func (e *evaluation) admits(person string, known Instant) bool {
	since, _ := e.id.since(person)
	return e.lens.fact(max(known, since))
}

// admitsRow is admits for an entry or a notice, whose lateness is measured from its own time, as
// with a row (DAT-08).
func (e *evaluation) admitsRow(person string, known Instant, local string) bool {
	since, _ := e.id.since(person)
	when, _ := parseLocal(local)
	return e.lens.row(max(known, since), when.late)
}

// time returns the time of an entry in this evaluation's reading, and whether it is unambiguous
// (TIM-06).
func (e *evaluation) time(v *ManualEntry) (Instant, bool) {
	l, _ := parseLocal(v.LocalTime)
	if !l.exact {
		if i := e.src.nth(v.ID, l.early.Date()); i >= 0 && i < maxAmbiguous && e.reading&(1<<i) != 0 {
			return l.late, false
		}
	}
	return l.early, l.exact
}

// excluded reports whether registrations of a centre at t must not accuse
// (EXC-04).
func (e *evaluation) excluded(centre string, t Instant) bool {
	if e.centres.neverExcluded(centre, e.src.policy, t) {
		return false
	}
	for _, x := range e.centres.exclusionsAt(centre, e.src.policy, e.lens) {
		if x.Status == ExclusionStatusDeclared && x.span().contains(t) {
			return true
		}
	}
	return false
}

// paramsAt returns the parameters in force on a date.
func (p *Policy) paramsAt(d Date) *Params {
	best := &p.Steps[0].Params
	for i := range p.Steps {
		if p.Steps[i].From <= d {
			best = &p.Steps[i].Params
		}
	}
	return best
}

// surroundings are the incidents and exclusions at the centres of one unit.
type surroundings struct {
	centres []string // those of the unit
	// pending and complete are the incidents by the state of their forms.
	pending, complete []Span
	incidents         []*Incident
	// exclusions are the declared ones; checked are all, for disclosure.
	exclusions []Span
	checked    []*Exclusion
}

// around returns the incidents and exclusions of the unit's centres. They are the same for every
// unit and must not be changed.
func (e *evaluation) around(centres []string) surroundings {
	for i := range e.near {
		if slices.Equal(e.near[i].centres, centres) {
			return e.near[i]
		}
	}
	if len(e.near) == maxNear {
		e.near = e.near[:0]
	}
	s := e.gather(centres)
	e.near = append(e.near, s)
	return s
}

// maxNear bounds for how many lists of centres an evaluation keeps what is around them: those of a
// person's duties, and of each of them alone.
const maxNear = 8

// gather collects them: an incident concerns the whole centre, whatever device it was at, and no
// other centre (INC-01).
func (e *evaluation) gather(centres []string) surroundings {
	s := surroundings{centres: centres}
	for _, c := range centres {
		if e.src.policy.centre(c) == nil {
			continue // facts of a place that the register does not know make no sense
		}
		for _, i := range e.centres.incidentsAt(c, e.lens) {
			s.incidents = append(s.incidents, i)
			if i.FormsStatus == FormsStatusComplete {
				s.complete = append(s.complete, i.span())
			} else {
				s.pending = append(s.pending, i.span())
			}
		}
		list := e.centres.exclusionsAt(c, e.src.policy, e.lens)
		s.checked, s.exclusions = slices.Grow(s.checked, len(list)), slices.Grow(s.exclusions, len(list))
		for _, x := range list {
			s.checked = append(s.checked, x)
			if x.Status == ExclusionStatusDeclared {
				s.exclusions = append(s.exclusions, x.span())
			}
		}
	}
	sortSpans(s.pending)
	s.pending = union(s.pending)
	return s
}

func sortSpans(s []Span) {
	slices.SortFunc(s, func(a, b Span) int {
		if a.From != b.From {
			return int(max(-1, min(1, a.From-b.From)))
		}
		return int(max(-1, min(1, a.To-b.To)))
	})
}

// excludes reports whether an exclusion removes the unit (EXC-02), however old the unit is and
// whatever was told of it (EXC-03).
func (s *surroundings) excludes(unit Span, par *Params, d Date) bool {
	if par.ExclusionAdjoiningNights {
		return touched(s.exclusions, unit)
	}
	return touched(s.exclusions, Span{d.Start(), (d + 1).Start()})
}

// held reports whether a hold overlaps a span at any time (OBL-12, RD-06).
// atStart also counts one that ends at the start of the span.
func (e *evaluation) held(s Span, atStart bool) bool {
	for _, k := range e.holds {
		h := Span{k.Fact.ValidFrom, k.Fact.ValidTo.Or(Forever)}
		if h.overlaps(s) || atStart && h.To == s.From {
			return true
		}
	}
	return false
}

// bounds returns the nearest observation at or before from and at or after to
// (RD-11).
func (e *evaluation) bounds(from, to Instant) (before, after *observation) {
	list := e.moves.list
	if i := e.moves.since(from + 1); i > 0 {
		before = &list[i-1]
	}
	if i := e.moves.since(max(to, from+1)); i < len(list) {
		after = &list[i]
	}
	return before, after
}
