package control

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/recall"
)

// loss is a suspected loss under work.
type loss struct {
	duty.ControlLoss
	centre string
	span   duty.Span
}

// findLosses lists the automatic incidents and the suspected losses that people declared, which began in
// the period.
func (b *Book) findLosses() {
	if b.watch != nil {
		for i := range b.watch.Incidents {
			a := &b.watch.Incidents[i]
			if !within(b.period.Span, a.From) || !b.of(a.CentreID) {
				continue
			}
			state := duty.ControlLossStateSuspected
			switch {
			case a.Dissolved:
				state = duty.ControlLossStateDissolved
			case a.Replaced:
				state = duty.ControlLossStateFormsComplete
			}
			b.addLoss(duty.ControlLoss{ID: a.ID, Devices: a.DeviceIDs, From: a.From, To: a.To, State: state}, a.CentreID)
		}
	}
	for _, h := range b.human() {
		if h.fact.Kind != duty.IncidentKindSuspectedLoss {
			continue
		}
		state := duty.ControlLossStateSuspected
		if h.fact.FormsStatus == duty.FormsStatusComplete {
			state = duty.ControlLossStateFormsComplete
		}
		if h.fact.State == duty.IncidentStateDissolved {
			state = duty.ControlLossStateDissolved
		}
		b.addLoss(duty.ControlLoss{ID: h.fact.IncidentID, Devices: h.fact.DeviceIDs, From: h.fact.From, To: h.fact.To,
			NoticedAt: duty.Some(h.first), State: state}, h.fact.CentreID)
	}
	slices.SortFunc(b.losses, func(x, y loss) int {
		return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(x.ID, y.ID))
	})
}

// addLoss adds a loss; one that a declared exclusion of its centre overlaps is confirmed.
func (b *Book) addLoss(l duty.ControlLoss, centre string) {
	x := loss{l, centre, duty.Span{From: l.From, To: max(l.To.Or(b.at), l.From+1)}}
	x.Devices = slices.Concat([]string{}, l.Devices)
	for _, e := range b.exclusions() {
		if e.Fact.CentreID == centre && e.Fact.Status == duty.ExclusionStatusDeclared && cut(e.Fact.Span(), x.span) > 0 {
			x.State = duty.ControlLossStateConfirmed
			x.DeclaredAt = duty.Some(min(e.At, x.DeclaredAt.Or(e.At)))
		}
	}
	b.losses = append(b.losses, x)
}

// exclusions are those in force at the clock, of the facts and of the policy.
func (b *Book) exclusions() []*duty.Known[duty.Exclusion] {
	sorted := duty.SortVersions[duty.Exclusion](b.world.Centres.Facts().Exclusions)
	out := duty.InForce[duty.Exclusion](sorted, func(k *duty.Known[duty.Exclusion]) bool { return k.At <= b.at })
	p := b.world.PolicyAt(b.at)
	for i := range p.Exclusions {
		if p.Exclusions[i].At <= b.at {
			out = append(out, &p.Exclusions[i])
		}
	}
	return out
}

// add counts the person whom the loss may concern, and the units of theirs that are held because of it
// or of something else.
func (l *loss) add(res *duty.Result) {
	t := res.TouchedBy(l.centre, l.span)
	reached := t.Any()
	if !reached && !t.Bound {
		return
	}
	from, to := t.LastBefore.Or(l.From).Date()-1, t.FirstAfter.Or(res.At).Date()+1
	for i := range res.Units {
		u := &res.Units[i]
		if u.Date < from || to < u.Date {
			continue
		}
		held := u.Outcome == duty.OutcomeProvisional || u.Outcome == duty.OutcomeUndetermined
		if (held || !reached) && u.Reached(l.centre, l.span) != duty.ReachNone {
			reached = true
			if held {
				l.UnitsHeld++
			}
		}
	}
	if reached {
		l.Persons++
	}
}

// tookBack notes a revision that took something back because of the loss.
func (l *loss) tookBack(r *recall.Revision) {
	if r.CauseID.OK && r.CauseID.V == "INCIDENT:"+l.ID {
		l.TakenBackLastAt = duty.Some(max(r.At, l.TakenBackLastAt.Or(r.At)))
	}
}

// declared is an incident that people declared, with when it and its complete forms were first known.
type declared struct {
	fact     *duty.Incident
	first    duty.Instant
	complete duty.Opt[duty.Instant]
}

// human lists the incidents that people declared and that began in the period, sorted by id.
func (b *Book) human() []declared {
	sorted := duty.SortVersions[duty.Incident](b.world.Centres.Facts().Incidents)
	var out []declared
	for _, k := range duty.InForce[duty.Incident](sorted, func(k *duty.Known[duty.Incident]) bool {
		return k.At <= b.at
	}) {
		if k.Fact.Origin == duty.OriginAutomatic || !within(b.period.Span, k.Fact.From) || !b.of(k.Fact.CentreID) {
			continue
		}
		d := declared{fact: &k.Fact, first: k.At}
		for _, v := range sorted {
			if v.Fact.IncidentID != k.Fact.IncidentID || v.At > b.at {
				continue
			}
			d.first = min(d.first, v.At)
			if v.Fact.FormsStatus == duty.FormsStatusComplete {
				d.complete = duty.Some(min(v.At, d.complete.Or(v.At)))
			}
		}
		out = append(out, d)
	}
	return out
}

// incidents sums the incidents of the period by kind and origin.
func (b *Book) incidents() []duty.ControlIncidents {
	type key struct {
		origin duty.Origin
		kind   duty.IncidentKind
	}
	type sum struct {
		duty.ControlIncidents
		lasted        duty.Instant
		notice, forms []duty.Instant
	}
	sums := map[key]*sum{}
	of := func(o duty.Origin, k duty.IncidentKind) *sum {
		if sums[key{o, k}] == nil {
			sums[key{o, k}] = &sum{ControlIncidents: duty.ControlIncidents{Kind: k, Origin: o}}
		}
		return sums[key{o, k}]
	}
	for _, h := range b.human() {
		s := of(duty.OriginHuman, h.fact.Kind)
		s.Opened++
		s.lasted += max(0, h.fact.To.Or(b.at)-h.fact.From)
		s.notice = append(s.notice, max(0, h.first-h.fact.From))
		switch {
		case h.fact.State == duty.IncidentStateDissolved:
			s.Dissolved++
		case h.fact.FormsStatus != duty.FormsStatusComplete:
			s.FormsPending++
		case h.fact.To.OK && h.complete.OK:
			s.forms = append(s.forms, max(0, h.complete.V-h.fact.To.V))
		}
	}
	if b.watch != nil {
		for i := range b.watch.Incidents {
			a := &b.watch.Incidents[i]
			if !within(b.period.Span, a.From) || !b.of(a.CentreID) {
				continue
			}
			s := of(duty.OriginAutomatic, a.Kind)
			s.Opened++
			s.lasted += max(0, a.To.Or(b.at)-a.From)
			switch {
			case a.Dissolved:
				s.Dissolved++
			case !a.Replaced:
				s.FormsPending++
			}
		}
	}
	out := []duty.ControlIncidents{}
	for _, s := range sums { //house:order-free sorted below
		s.DurationMs = duty.Some(int64(s.lasted))
		s.NoticeP50Ms, s.NoticeMaxMs = quantile(s.notice, 50), quantile(s.notice, 100)
		s.FormsP50Ms, s.FormsMaxMs = quantile(s.forms, 50), quantile(s.forms, 100)
		out = append(out, s.ControlIncidents)
	}
	slices.SortFunc(out, func(x, y duty.ControlIncidents) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Origin, y.Origin))
	})
	return out
}

// quantile is the nearest-rank quantile in percent; missing where nothing was measured.
func quantile(list []duty.Instant, percent int) duty.Opt[int64] {
	if len(list) == 0 {
		return duty.None[int64]()
	}
	slices.Sort(list)
	rank := (len(list)*percent + 99) / 100
	return duty.Some(int64(list[max(rank, 1)-1]))
}
