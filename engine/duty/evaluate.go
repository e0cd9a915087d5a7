package duty

import "slices"

// Evaluate returns the verdict on every unit of one person, with the facts known by at and the
// clock at at. It depends on nothing else, and on no order: what comes late or out of order is
// judged again as if it had come in time (DAT-04, LIF-03).
func Evaluate(in Input, at Instant) Result {
	res, last := verdicts(in, at)
	if last == nil {
		return res
	}
	res.Next = min(res.Next, last.nextClock(at))
	res.DataQuality = last.quality(at)
	res.Observations = last.observations(at)
	return res
}

// Verdicts is Evaluate for whoever asks for the units alone: it finds no data quality and no observations,
// and does not say when to judge again.
func Verdicts(in Input, at Instant) Result {
	res, _ := verdicts(in, at)
	res.Next = Forever
	return res
}

// verdicts judges every unit. It returns the court of the newest policy as well; nil where none holds.
func verdicts(in Input, at Instant) (Result, *court) {
	courts, next := courtsAt(in, at)
	res := Result{PersonID: in.PersonID, At: at, Next: next, opens: Forever}
	if len(courts) == 0 {
		return res, nil
	}
	last := courts[len(courts)-1]
	names := unitsOf(courts, in, at)
	res.Units = make([]Unit, 0, len(names))
	for _, u := range names {
		if unit, ok := mildest(courts, u.kind, u.date, at); ok {
			res.Units = append(res.Units, unit)
			res.Next = min(res.Next, unit.next)
		}
	}
	for _, c := range courts {
		res.opens = min(res.opens, c.opens())
	}
	res.Next = min(res.Next, res.opens)
	res.court = last
	return res, last
}

// courtsAt returns a court for each policy activated by a clock, and when the next is activated.
func courtsAt(in Input, at Instant) (courts []*court, next Instant) {
	next = Forever
	for i, p := range in.Policies {
		if p.From > at {
			next = min(next, p.From)
			continue
		}
		until := Forever
		if i+1 < len(in.Policies) {
			until = in.Policies[i+1].From
		}
		courts = append(courts, newCourt(in, p, until, at))
	}
	return courts, next
}

// court judges one person under one policy.
type court struct {
	in     Input
	policy ActivePolicy
	// until is when the next policy comes into force, Forever for the last; at is the clock.
	until, at Instant
	src       *source
	// tracks are what registrations show at the clock.
	tracks *tracks
	// watch is what the watch says; nil if there is none.
	watch *Watched
	// withLate reads everything that is known, also what came late. It gives the verdict.
	withLate *readings
	// known are the times at which facts other than rows became known, sorted, and lateRow says
	// whether a row or a paper came late; both once collected is set.
	known     []Instant
	lateRow   bool
	collected bool
	// onTime reads only what came in time for a unit (DAT-08).
	onTime map[onTimeKey]*readings
	// pasts are the readings through other lenses that coverage needs.
	pasts map[lens]*readings
	// nights caches the stay outcomes that patterns need.
	nights nights
}

func newCourt(in Input, p ActivePolicy, until, at Instant) *court {
	c := &court{in: in, policy: p, until: until, at: at}
	c.src = newSource(in.PersonID, in.Person, in.Centres, p.Policy)
	for i := range c.src.blocks {
		in.Centres.resolve(&c.src.blocks[i])
	}
	c.watch = in.Centres.watched(p.Policy)
	c.tracks = newTracks(c.src, in.Centres, at)
	c.withLate = newReadings(c.src, in.Centres, c.tracks, c.lens())
	return c
}

// lens is the one that shows all facts known at the clock.
func (c *court) lens() lens { return lens{at: c.at, auto: c.watch.incidents()} }

// past returns the readings through a lens, worked out once.
func (c *court) past(l lens) *readings {
	r, ok := c.pasts[l]
	if !ok {
		r = newReadings(c.src, c.in.Centres, c.tracks, l)
		if c.pasts == nil {
			c.pasts = map[lens]*readings{}
		}
		c.pasts[l] = r
	}
	return r
}

// onTimeKey names what is seen without late facts: how many facts were known in time, and which
// automatic incidents these show.
type onTimeKey struct {
	known int
	auto  *Automatic
}

// mildest returns the verdict on one unit: the mildest over all policies active
// at any time from its due instant to the clock; among those that give it, the
// one activated first decides (TX-22, contract §5).
func mildest(courts []*court, k Kind, d Date, at Instant) (Unit, bool) {
	var best Unit
	found, next := false, Forever
	for _, c := range courts {
		u, due, ok := c.unit(k, d, at)
		if !ok || c.until <= min(due, at) {
			continue
		}
		next = min(next, u.next)
		if !found || u.Outcome.Severity() < best.Outcome.Severity() {
			best, found = u, true
		}
	}
	best.next = next // under each policy it may become milder
	return best, found
}

// unit returns the verdict on one unit under one policy.
func (c *court) unit(k Kind, d Date, at Instant) (u Unit, due Instant, ok bool) {
	f, e := c.withLate.judge(k, d)
	if k == KindStay {
		c.nights.put(d, f.outcome)
	}
	early := at < f.due
	if early && (k != KindNotify || at < f.period.From) {
		return Unit{}, f.due, false
	}
	par := c.policy.Policy.paramsAt(d)
	u = Unit{Kind: k, Date: d, Outcome: f.outcome, Instant: f.instant,
		PolicyVersion: c.policy.Policy.Version, PolicyDigest: c.policy.Policy.Digest,
		Material: Material{PeriodFrom: f.period.From, PeriodTo: f.period.To, Basis: f.basis, Shortfall: f.shortfall},
		next:     f.wake.Or(Forever)}
	if f.outcome.Severity() > SeverityNone {
		u.ground = &ground{f: f, e: e, par: par, court: c}
		c.would(&u, at)
		u.Caveats, u.Rules = u.ground.f.caveats, u.ground.f.rules
	} else {
		u.Early, u.Caveats, u.Rules = early, f.caveats, f.rules
	}
	u.court = c
	e.par = par
	e.material(&u, f.period)
	return u, f.due, true
}

// would decides what becomes of a would-be record, and when it may be told. Only that depends on
// the clock; legality follows from the times of the facts (TIM-08).
func (c *court) would(u *Unit, at Instant) {
	f, par := &u.ground.f, u.ground.par
	p := c.proof(f, u.Kind, u.Date, par)
	s := c.rule(p, at)
	u.Outcome, u.Settled = s.outcome, s.settled
	for _, code := range s.caveats {
		f.caveats.add(code)
	}
	if s.rule != "" {
		f.rules.add(s.rule)
	}
	u.next = min(u.next, p.nextCoverage(at))
	c.lateData(u, f, u.ground.e)
	u.Ready = max(f.judged, f.instant.V+p.grace)
	u.Pending = at < u.Ready
	if u.Pending {
		u.next = min(u.next, u.Ready)
	} else if u.Outcome == OutcomeProvisional && at < f.due+par.SettleMaxWait {
		u.next = min(u.next, f.due+par.SettleMaxWait)
	}
}

// grounds returns what a record of the unit is built from. A unit that is no record is judged
// again; few of them are ever told, as withdrawals.
func (u *Unit) grounds() *ground {
	if u.ground == nil {
		c := u.court
		f, e := c.withLate.judge(u.Kind, u.Date)
		u.ground = &ground{f: f, e: e, par: c.policy.Policy.paramsAt(u.Date), court: c}
	}
	return u.ground
}

// rule decides what a would-be record may be. A caller that knows that facts may be missing gets
// none told.
func (c *court) rule(p *proof, at Instant) ruling {
	s := p.rule(at)
	if c.in.Provisional {
		return ruling{outcome: OutcomeProvisional, settled: s.settled}
	}
	return s
}

// lateData caps a unit that is INDICATED only because facts came late, or because an exclusion was
// lifted late (DAT-08, EXC-06, RD-33).
func (c *court) lateData(u *Unit, f *finding, e *evaluation) {
	if u.Outcome != OutcomeIndicated {
		return
	}
	rule := ""
	if l, r := c.withoutLate(f.due, u.Date); r != nil {
		g, _ := r.judge(u.Kind, u.Date)
		indicated := g.outcome == OutcomeIndicated
		if indicated {
			p := c.proofThrough(l, &g, u.Kind, u.Date, e.par)
			u.next = min(u.next, p.nextCoverage(c.at))
			indicated = p.rule(c.at).outcome == OutcomeIndicated
		}
		if !indicated {
			rule = "DAT-08"
			if c.restored(l.auto, u.Kind, u.Date) {
				f.caveats.add("RECONSTRUCTED")
				f.rules.add("INC-06")
			}
		}
	}
	if rule == "" && e.liftedLate(f, u.Date) {
		rule = "EXC-06"
	}
	if rule != "" {
		u.Outcome = OutcomeNeedsReview
		f.caveats.add("LATE_DATA")
		f.rules.add(rule)
	}
}

// restored reports whether all facts, under the automatic incidents that the timely ones show, leave
// no indication: the silence was explained only by what came late (INC-06, W-36, W-37).
func (c *court) restored(timely *Automatic, k Kind, d Date) bool {
	if timely == c.watch.incidents() {
		return false
	}
	l := c.lens()
	l.auto = timely
	f, _ := c.past(l).judge(k, d)
	return f.outcome != OutcomeIndicated
}

// withoutLate returns the readings without what came late for a unit that fell due at due, and
// their lens; nil if nothing did.
func (c *court) withoutLate(due Instant, d Date) (lens, *readings) {
	late := c.policy.Policy.paramsAt(d).LateAccusation
	if !c.collected {
		c.known, c.lateRow = c.lateness()
		c.tracks.lateRow = c.lateRow
		c.collected, c.onTime = true, map[onTimeKey]*readings{}
	}
	n, _ := slices.BinarySearch(c.known, due+late+1)
	auto := c.watch.timely(due)
	if n == len(c.known) && !c.lateRow && auto == c.watch.incidents() {
		return lens{}, nil
	}
	l := lens{at: c.at, strict: true, due: due, late: late, auto: auto}
	key := onTimeKey{n, auto}
	r, ok := c.onTime[key]
	if !ok {
		r = newReadings(c.src, c.in.Centres, c.tracks, l)
		c.onTime[key] = r
	}
	return l, r
}

// material sets the fields of contract §3 that depend on the reference moment: the instant for
// NOTIFY, 1 ms before it for STAY and REPORT.
func (e *evaluation) material(u *Unit, period Span) {
	when := u.Instant.Or(period.To)
	if u.Kind != KindNotify || !u.Instant.OK {
		when--
	}
	d := e.duties
	u.Group = d.groupAt(when)
	own, placed := d.stay, d.stay
	ids := e.ids[:0]
	switch u.Kind {
	case KindNotify:
		own = d.notify
		ids = inPeriod(ids, d.stay, period)
	case KindReport:
		own, placed = d.report, d.report
	}
	e.ids = bounded(inPeriod(ids, own, period))
	u.ObligationIDs = e.share(u.Kind)
	if p := partAt(own, when); p != nil {
		u.LegalBasis = p.version.LegalBasis
	}
	if p := partAt(placed, when); p != nil {
		u.CentreID = p.version.CentreID
	}
}

// share returns the ids just collected, sharing memory with the previous unit of the kind if they
// are equal.
func (e *evaluation) share(k Kind) []string {
	if !slices.Equal(e.lastIDs[k], e.ids) {
		e.lastIDs[k] = slices.Clone(e.ids)
	}
	return slices.Clip(e.lastIDs[k])
}

// opens returns when time alone next opens an automatic incident, wherever it is; Forever for never.
func (c *court) opens() Instant {
	next := c.watch.incidents().opens(c.at)
	for of := range c.onTime { //house:order-free a minimum
		next = min(next, of.auto.opens(c.at))
	}
	return next
}
