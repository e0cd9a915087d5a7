package oracle

import "tilsyn/engine/duty"

// observeDoubtful adds what rows show whose own time cannot be right, at that time
// and at their receipt.
func (w *world) observeDoubtful() {
	rows := w.rows
	w.rows = w.doubtful
	list := w.pairSluice()
	w.rows = rows
	put := func(o obs) {
		for i := range w.obs {
			x := &w.obs[i]
			if x.t == o.t && x.centre == o.centre && x.dir == o.dir && x.kind != police {
				return // something else shows the same at that instant
			}
		}
		w.obs = append(w.obs, o)
	}
	add := func(o obs, received duty.Instant) {
		if o.kind == police {
			return // it shows no position, and ends no run
		}
		o.oneWay, o.doubt = true, 2
		if o.t < received {
			o.doubt = 1
		}
		put(o)
		o.t, o.doubt = received, 1
		put(o)
	}
	for i := range list {
		received := duty.Forever
		for _, r := range list[i].rows {
			received = min(received, r.received)
		}
		add(w.passed(&list[i]), received)
	}
	for i := range w.doubtful {
		r := &w.doubtful[i]
		if r.kind == duty.CardEventKindReport {
			for _, t := range []duty.Instant{r.t, r.received} {
				w.reports = append(w.reports, visit{ts: []duty.Instant{t}, centre: r.centre, police: w.policeStation(r.centre)})
			}
			o := w.standObs(r.t, r.centre)
			o.rows, o.own = []row{*r}, r.t
			add(o, r.received)
		}
	}
}

// standObs is what a report shows; one at a place whose stand has no side, as a
// police station, shows no position.
func (w *world) standObs(t duty.Instant, centre string) obs {
	if c := w.register(centre); c != nil && c.NoStand {
		return obs{t: t, kind: police}
	}
	for i := range w.pol.Centres {
		if w.pol.Centres[i].ID == centre && w.pol.Centres[i].StandInside {
			return obs{t: t, kind: seenInside, centre: centre, present: []string{centre}}
		}
	}
	return obs{t: t, kind: seenOutside, centre: centre}
}

// choices counts the combinations of readings. With rows whose own time cannot be right
// there are as many again, without these (REL-10): Choice: such a row makes no verdict
// harsher.
func (e *evaluation) choices(pol *duty.Policy, d duty.Date) int {
	return e.world(pol, d, nil, 0).choices()
}

// choices counts the combinations. Where rows are somewhat ahead there are as many again
// with these at their receipt.
func (w *world) choices() int {
	n := 1 << len(w.c.ambiguous)
	if len(w.doubtful) > 0 {
		n *= 2
	}
	if w.ahead {
		n *= 2
	}
	return n
}

// The two lowest bits above those of the paper times: without doubtful rows, and with
// rows that are somewhat ahead at their receipt. Where a case has none of the former the
// former's bit is the latter's.
func (w *world) extra() int { return w.choice >> len(w.c.ambiguous) }

func (w *world) withoutDoubtful() bool { return w.someDoubtful() && w.extra()&1 > 0 }

func (w *world) atReceipt() bool {
	if w.someDoubtful() {
		return w.extra()&2 > 0
	}
	return w.extra()&1 > 0
}

// someDoubtful reports whether any row known has a time that cannot be right, if only it
// counts for the person.
func (w *world) someDoubtful() bool {
	if w.extra() == 0 {
		return false
	}
	return len(newWorld(w.c, w.at, w.pol, w.par, w.late, 0, nil).doubtful) > 0
}

// slightly is half a minute to five minutes ahead of the receipt.
func slightly(f *duty.CardEvent, received duty.Instant) bool {
	return f.OccurredAt-received > 30*duty.Second && f.OccurredAt-received <= 5*duty.Minute
}

// tooFarAhead is more than a day ahead of when the row was known: it makes no sense
// (W-41).
func tooFarAhead(k *duty.Known[duty.CardEvent]) bool { return k.Fact.OccurredAt-k.At > 24*duty.Hour }

// muddled is one observation of several that contradict each other.
func muddled(group []obs) obs {
	m := obs{t: group[0].t, kind: muddle, misfit: true}
	for i := range group {
		m.rows = append(m.rows, group[i].rows...)
		m.own = max(m.own, group[i].own)
		m.paper = m.paper || group[i].paper
		m.misfit = m.misfit && group[i].misfit
		if len(group[i].present) > 0 && (m.centre == "" || group[i].centre < m.centre) {
			m.centre = group[i].centre // Choice: of two centres the first by name
		}
		m.entered = m.entered || group[i].dir == duty.DirectionIn
		m.ambiguous = m.ambiguous || group[i].ambiguous
	}
	for i := range group {
		m.present = append(m.present, group[i].present...) // an OUT shows its centre until then
	}
	return m
}
