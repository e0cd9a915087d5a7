package duty

import "slices"

// What a loss of registrations at a centre can have changed (REL-14): whom the interval touches, and
// which of their units.

// Touched says what an interval at a centre has to do with a person.
type Touched struct {
	// Aliases are the PersonIDs that a link joined to the person, sorted.
	Aliases []string
	// Duties are the duties that bound the person at the centre at some time of the interval.
	Duties []Kind
	// LastBefore and FirstAfter are the registrations around the interval, wherever they were made:
	// what is inferred of the time between them crosses it.
	LastBefore, FirstAfter Opt[Instant]
	// RowsInside are the registrations at the centre in the interval, rows and paper.
	RowsInside int
	// Bound is set if some duty binds at the centre between the registrations around the interval: only
	// then can units rest on it.
	Bound bool
	// Linked is set if neither a duty nor a registration is under the person's own PersonID: only a
	// link ties the person to the interval.
	Linked bool
}

// Any reports whether the person has anything to do with the interval.
func (t *Touched) Any() bool { return len(t.Duties) > 0 || t.RowsInside > 0 }

// TouchedBy says what an interval at a centre has to do with the person that was judged.
func (res *Result) TouchedBy(centre string, s Span) Touched {
	if res.court == nil {
		return Touched{}
	}
	return res.court.withLate.all[0].touchedBy(centre, s)
}

// Bound returns the duties that bind the person at a centre at some time of a span.
func (res *Result) Bound(centre string, s Span) []Kind {
	var t Touched
	if res.court != nil {
		t.duties(res.court.withLate.all[0], centre, s, s)
	}
	return t.Duties
}

// touchedBy says what an interval at a centre has to do with the person, by what the lens admits.
func (e *evaluation) touchedBy(centre string, s Span) Touched {
	t := Touched{Linked: true}
	for alias := range e.id.parent { //house:order-free sorted below
		if _, own := e.id.own(alias); own && alias != e.id.person {
			t.Aliases = append(t.Aliases, alias)
		}
	}
	slices.Sort(t.Aliases)
	t.registrations(e, centre, s)
	around := Span{t.LastBefore.Or(s.From) - Day, max(t.FirstAfter.Or(e.lens.at), s.To) + Day}
	t.duties(e, centre, s, around)
	return t
}

// duties notes the duties that bound at the centre in a span, and around it. NOTIFY is at the centre
// of the STAY.
func (t *Touched) duties(e *evaluation, centre string, s, around Span) {
	stays := false
	for _, d := range []struct {
		kind  Kind
		parts []dutyPart
	}{{KindStay, e.duties.stay}, {KindReport, e.duties.report}, {KindNotify, e.duties.notify}} {
		for i := range d.parts {
			p := &d.parts[i]
			if p.version.CentreID != centre && (d.kind != KindNotify || !stays) {
				continue
			}
			t.Bound = t.Bound || p.span.overlaps(around)
			if !p.span.overlaps(s) {
				continue
			}
			if !slices.Contains(t.Duties, d.kind) {
				t.Duties = append(t.Duties, d.kind)
			}
			stays = stays || d.kind == KindStay
			t.Linked = t.Linked && p.version.PersonID != e.id.person
		}
	}
	slices.SortFunc(t.Duties, func(a, b Kind) int { return kindOrder(a) - kindOrder(b) })
}

// registrations notes what was registered in a span and around it.
func (t *Touched) registrations(e *evaluation, centre string, s Span) {
	note := func(at Instant, place, person string) {
		switch {
		case at < s.From:
			t.LastBefore = Some(max(at, t.LastBefore.Or(at)))
		case at >= s.To:
			t.FirstAfter = Some(min(at, t.FirstAfter.Or(at)))
		case place == centre:
			t.RowsInside++
			t.Linked = t.Linked && person != e.id.person
		}
	}
	for _, list := range [][]row{e.rows.passages, e.rows.reports} {
		for i := range list {
			v := list[i].event
			note(v.OccurredAt, v.CentreID, v.PersonID.Or(e.id.person))
		}
	}
	for _, k := range e.entries {
		l, _ := parseLocal(k.Fact.LocalTime)
		note(l.early, k.Fact.CentreID, k.Fact.PersonID.V)
	}
}

// Reach says how an interval at a centre reaches a unit.
type Reach uint8

const (
	// ReachNone is a unit that the interval leaves alone.
	ReachNone Reach = iota
	// ReachOverlaps is a unit whose night or slot lies in the interval, wholly or in part.
	ReachOverlaps
	// ReachCrosses is a unit whose registrations before and after lie on both sides of the interval.
	ReachCrosses
)

// String returns the name in outputs.
func (r Reach) String() string { return [...]string{"NONE", "OVERLAPS", "CROSSES"}[r] }

// Reached says how an interval at a centre reaches the unit: its window or slot overlaps it, or the
// inference that it rests on crosses it (C-61).
func (u *Unit) Reached(centre string, s Span) Reach {
	period := Span{u.Material.PeriodFrom, u.Material.PeriodTo}
	overlaps := period.overlaps(s)
	switch {
	case overlaps && u.CentreID == centre:
		return ReachOverlaps
	case !overlaps && u.Kind == KindReport:
		return ReachNone // a report is looked for in its slot alone
	}
	if all := u.court.withLate.all; u.ground == nil && !overlaps && u.CentreID == centre && len(all) == 1 {
		// No record rests on more, so nothing need be judged again.
		g := ground{f: finding{period: period}, e: all[0]}
		g.f.before, g.f.after = all[0].bounds(period.From, period.From)
		if g.interval().overlaps(s) {
			return ReachCrosses
		}
		return ReachNone
	}
	g := u.grounds()
	if !slices.Contains(g.f.centres, centre) && u.CentreID != centre {
		return ReachNone
	}
	if g.f.period.overlaps(s) {
		return ReachOverlaps
	}
	if g.f.before == nil && g.f.exit == nil {
		g.f.before, g.f.after = g.e.bounds(g.f.period.From, g.f.period.From)
	}
	if g.interval().overlaps(s) {
		return ReachCrosses
	}
	return ReachNone
}

// mayReach reports whether an interval, at whatever centre, may reach a unit, without judging it: false only
// where Reached would say ReachNone.
func (c *court) mayReach(s Span, u unitName) bool {
	par := c.policy.Policy.paramsAt(u.date)
	if u.kind == KindNotify && par.NoticePartialOverrun != Ignore {
		return true // what an announcement left open may lie outside the night (NTC-17)
	}
	return slices.ContainsFunc(c.withLate.all, func(e *evaluation) bool {
		e.par = par
		if u.kind == KindReport {
			return e.reportPeriod(u.date).overlaps(s)
		}
		night := Night(u.date)
		before, after := e.bounds(night.From, night.To)
		wide := Span{night.From, max(night.To, e.lens.at)}
		if before != nil {
			wide.From = min(wide.From, before.at)
		}
		if after != nil {
			wide.To = max(night.To, after.at)
		}
		return wide.overlaps(s)
	})
}

// reportPeriod is the period of the unit of a reporting day: that of its slots, the whole day where none is due.
func (e *evaluation) reportPeriod(d Date) Span {
	due, _, _ := e.slots(d)
	if len(due) == 0 {
		return Span{d.Start(), (d + 1).Start()}
	}
	period := due[0].span
	for i := range due {
		period.From, period.To = min(period.From, due[i].span.From), max(period.To, due[i].span.To)
	}
	return period
}
