package oracle

import (
	"sort"

	"tilsyn/engine/duty"
)

// Case is everything that the verdict on one person depends on but the clock.
// It mirrors duty.Input with the centre facts in the open.
type Case struct {
	// PersonID is the person whose units are evaluated.
	PersonID string
	// Person are the facts of the person, as duty.Facts says.
	Person *duty.Facts
	// Centres are the facts of the centres.
	Centres duty.CentreFacts
	// Policies are all policies activated so far, ascending by activation.
	Policies []duty.ActivePolicy
	// FromDate and ToDate limit the units.
	FromDate, ToDate duty.Opt[duty.Date]
	// Provisional makes every would-be record provisional.
	Provisional bool
	// Automatic are the automatic incidents that stand under a policy at a clock, with all
	// facts, or with those that were in time for a unit that fell due then; nil: there is
	// no watch.
	Automatic func(pol *duty.Policy, clock duty.Instant, due duty.Opt[duty.Instant]) []duty.AutomaticIncident

	// ambiguous are the ids of paper lines whose time has two readings.
	ambiguous []string
}

// Unit is the oracle's verdict on one unit: outcome and the material fields of
// contract §3.
type Unit struct {
	Kind    duty.Kind
	Date    duty.Date
	Outcome duty.Outcome
	// Pending and Early are those of duty.Unit.
	Pending, Early bool
	Instant        duty.Opt[duty.Instant]
	Caveats        []string

	PolicyVersion, PolicyDigest string

	PeriodFrom, PeriodTo duty.Instant
	CentreID             string
	Group                duty.Group
	ObligationIDs        []string
	LegalBasis           duty.LegalBasis
	Basis                duty.Basis
	Shortfall            duty.Opt[int32]
	Settled              bool

	// plain is the outcome before settlement and holds.
	plain duty.Outcome
}

// Record reports whether the unit is a would-be record (INDICATED,
// NEEDS_REVIEW or PROVISIONAL), told or not.
func (u *Unit) Record() bool {
	switch u.Outcome {
	case duty.OutcomeIndicated, duty.OutcomeNeedsReview, duty.OutcomeProvisional:
		return true
	}
	return false
}

// Evaluate is the verdict on every unit with the facts known by t and the clock
// at t, sorted by date, then NOTIFY, REPORT, STAY. Units that are
// NOT_APPLICABLE may be missing.
func Evaluate(c *Case, t duty.Instant) []Unit {
	var out []Unit
	c.findAmbiguous()
	e := &evaluation{c: c, at: t, worlds: map[worldKey]*world{}, holds: map[*duty.Policy][]bad{}}
	first, last := e.dates()
	for d := first; d <= last; d++ {
		for _, kind := range []duty.Kind{duty.KindNotify, duty.KindReport, duty.KindStay} {
			if u, ok := e.unit(kind, d); ok {
				out = append(out, u)
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Date < out[j].Date })
	return out
}

// Alerts are the data-quality codes about decisions that the oracle knows.
func Alerts(c *Case, t duty.Instant) []string {
	e := &evaluation{c: c, at: t, worlds: map[worldKey]*world{}, holds: map[*duty.Policy][]bad{}}
	w := e.world(e.active(t)[0].Policy, dateOf(t), nil, 0)
	var out []string
	for _, k := range c.Person.ObligationChanges {
		f := &k.Fact
		if k.At > t || !w.mine(f.PersonID) {
			continue
		}
		raw, group := w.groupAt(max(f.ValidFrom, f.ServedAt.Or(f.ValidFrom)))
		if !fits(f.Kind, f.LegalBasis, raw, group) && !has(out, "OBLIGATION_NOT_PERMITTED_FOR_GROUP") {
			out = append(out, "OBLIGATION_NOT_PERMITTED_FOR_GROUP")
		}
	}
	if w.inconsistent || e.closedPlaces(w) {
		out = append(out, "OBLIGATION_INCONSISTENT")
	}
	if w.misplaced(duty.Beginning, duty.Forever, duty.KindStay, duty.KindNotify) || w.reportNowhere() {
		out = append(out, "FACT_INVALID")
	}
	for i := range w.groups {
		for j := range w.groups[:i] {
			if w.groups[i].ValidFrom == w.groups[j].ValidFrom && !has(out, "CONFLICTING_FACT") {
				out = append(out, "CONFLICTING_FACT")
			}
		}
	}
	return out
}

// closedPlaces reports whether a unit lies outside the operating dates of its
// place (RD-44).
func (e *evaluation) closedPlaces(w *world) bool {
	first, last := e.dates()
	for d := first; d <= last; d++ {
		from, to := nightOf(d)
		for _, t := range w.edges(from, to) {
			if list := w.inForce(duty.KindStay, t); len(w.working(d, list)) < len(list) {
				return true
			}
		}
		for _, t := range w.edges(at(d, 0), at(d+1, 0)) {
			if list := w.inForce(duty.KindReport, t); len(w.working(d, list)) < len(list) {
				return true
			}
		}
	}
	return false
}

// reportNowhere: a REPORT at a place that the register does not know.
func (w *world) reportNowhere() bool {
	for i := range w.pieces {
		for _, s := range w.pieces[i].report {
			if w.register(s.centre) == nil {
				return true
			}
		}
	}
	return false
}

// findAmbiguous lists the paper lines whose time has two readings; no more than
// six of them are tried in all combinations.
func (c *Case) findAmbiguous() {
	c.ambiguous = nil
	add := func(id, text string) {
		if ts, ok := paperTime(text); ok && len(ts) > 1 && len(c.ambiguous) < 6 && !has(c.ambiguous, id) {
			c.ambiguous = append(c.ambiguous, id)
		}
	}
	for i := range c.Person.ManualEntries {
		add(c.Person.ManualEntries[i].Fact.ID, c.Person.ManualEntries[i].Fact.LocalTime)
	}
	for i := range c.Person.Notices {
		add(c.Person.Notices[i].Fact.ID, c.Person.Notices[i].Fact.LocalTime)
	}
	sort.Strings(c.ambiguous)
}

// worldKey identifies a world: the policy, its step and the choice of readings.
type worldKey struct {
	pol    *duty.Policy
	step   int
	choice int
}

// evaluation is the judging of one case at one clock, with the worlds made so far.
type evaluation struct {
	c      *Case
	at     duty.Instant
	worlds map[worldKey]*world
	holds  map[*duty.Policy][]bad
}

// dates are the first day of a duty and the last date that can have a unit.
func (e *evaluation) dates() (first, last duty.Date) {
	last = dateOf(e.at)
	first = last + 1
	for _, k := range e.c.Person.ObligationChanges {
		if k.At <= e.at && times(k.Fact.ValidFrom) {
			first = min(first, dateOf(k.Fact.ValidFrom)-1)
		}
	}
	if e.c.FromDate.OK {
		first = max(first, e.c.FromDate.V)
	}
	if e.c.ToDate.OK {
		last = min(last, e.c.ToDate.V)
	}
	return first, last
}

// active are the policies that were active at any time from t to the clock.
func (e *evaluation) active(t duty.Instant) []duty.ActivePolicy {
	t = min(t, e.at)
	var out []duty.ActivePolicy
	for i, p := range e.c.Policies {
		until := duty.Forever
		if i+1 < len(e.c.Policies) {
			until = e.c.Policies[i+1].From
		}
		if p.From <= e.at && until > t && p.From < until {
			out = append(out, p)
		}
	}
	return out
}

func (e *evaluation) world(pol *duty.Policy, d duty.Date, late *lateness, choice int) *world {
	step := 0
	for i := range pol.Steps {
		if i > 0 && pol.Steps[i].From <= d {
			step = i
		}
	}
	if late != nil {
		return newWorld(e.c, e.at, pol, pol.Steps[step].Params, late, choice, nil)
	}
	key := worldKey{pol, step, choice}
	w, ok := e.worlds[key]
	if !ok {
		w = newWorld(e.c, e.at, pol, pol.Steps[step].Params, nil, choice, nil)
		e.worlds[key] = w
		if _, ok := e.holds[pol]; !ok {
			e.holds[pol] = w.badOnes()
		}
	}
	return w
}

// unit is the mildest verdict over all policies that count (TX-22).
func (e *evaluation) unit(kind duty.Kind, d duty.Date) (Unit, bool) {
	due := e.at
	if kind == duty.KindReport {
		if v := e.world(e.active(e.at)[0].Policy, d, nil, 0).report(d); v != nil {
			due = v.due
		}
	} else {
		due = at(d+1, 6)
	}
	best, found, rank := Unit{}, false, 9
	for _, p := range e.active(due) {
		u, ok := e.under(p.Policy, kind, d)
		if !ok {
			u = Unit{Kind: kind, Date: d, Outcome: duty.OutcomeNotApplicable}
		}
		if r := severity(&u); r < rank {
			best, rank, found = u, r, ok
		}
	}
	return best, found
}

func severity(u *Unit) int {
	switch {
	case u.Pending || u.Early:
		return 0
	case u.Outcome == duty.OutcomeIndicated:
		return 2
	case u.Outcome == duty.OutcomeNeedsReview:
		return 1
	}
	return 0
}

// under is the verdict under one policy: of the readings of ambiguous paper
// times the one that is most favourable to the person (TIM-06), the earlier
// readings first.
func (e *evaluation) under(pol *duty.Policy, kind duty.Kind, d duty.Date) (Unit, bool) {
	best, found, rank := Unit{}, false, 9
	for choice := 0; choice < e.choices(pol, d); choice++ {
		u, ok := e.read(pol, kind, d, choice)
		r := mildness(&u)
		if !ok {
			r = 0
		}
		if r < rank {
			best, found, rank = u, ok, r
		}
	}
	return best, found
}

// mildness ranks the readings by what the rules say, before settlement.
func mildness(u *Unit) int {
	switch u.plain {
	case duty.OutcomeIndicated:
		return 2
	case duty.OutcomeNeedsReview:
		return 1
	}
	return 0
}

// read is the verdict under one policy and one choice of readings, with the
// history-dependent rules.
func (e *evaluation) read(pol *duty.Policy, kind duty.Kind, d duty.Date, choice int) (Unit, bool) {
	w := e.world(pol, d, nil, choice)
	if w.root(e.c.PersonID) != e.c.PersonID {
		return Unit{}, false
	}
	v := w.judge(kind, d, e.holds[pol])
	if v == nil {
		return Unit{}, false
	}
	if v.outcome == duty.OutcomeIndicated && e.lateIndicated(w, v) {
		v.q.cap("LATE_DATA")
		v.outcome = duty.OutcomeNeedsReview
	}
	return w.unitOf(v), true
}

// anyLate spares the second evaluation where nothing known is late.
func (w *world) anyLate(l *lateness) bool {
	return lateIn(w.c, l, w.at)
}

func (w *world) judge(kind duty.Kind, d duty.Date, holds []bad) *verdict {
	v := w.bare(kind, d)
	if v != nil {
		v.plain = v.outcome
		w.rule(v, holds)
	}
	return v
}

// unitOf writes the verdict down with the material fields of contract §3.
func (w *world) unitOf(v *verdict) Unit {
	u := Unit{
		Kind: v.kind, Date: v.date, Outcome: v.outcome, Pending: v.pending, Early: v.early && !v.candidate(),
		PolicyVersion: w.pol.Version, PolicyDigest: w.pol.Digest,
		PeriodFrom: v.from, PeriodTo: v.to, Settled: v.settled, Caveats: []string{}, plain: v.plain,
	}
	if !v.candidate() {
		return u
	}
	u.Instant = duty.Some(v.instant)
	u.Caveats = v.q.list()
	u.Basis, u.Shortfall = v.basis, v.shortfall
	ref := v.instant
	if v.kind != duty.KindNotify {
		ref = v.instant - 1
	}
	_, u.Group = w.groupAt(ref)
	if own, ok := w.reference(v.kind, ref); ok {
		u.LegalBasis, u.CentreID = own.basis, own.centre
	}
	kinds := []duty.Kind{v.kind}
	if v.kind == duty.KindNotify {
		kinds = append(kinds, duty.KindStay)
		if stay, ok := w.reference(duty.KindStay, ref); ok {
			u.CentreID = stay.centre
		}
	}
	u.ObligationIDs = w.decisionsIn(v.from, v.to, kinds...)
	return u
}
