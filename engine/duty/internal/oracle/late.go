package oracle

import "tilsyn/engine/duty"

// lateIn reports whether any version known at t could be late. It only spares
// work: it may be true where nothing is late, never the other way round.
func lateIn(c *Case, l *lateness, t duty.Instant) bool {
	limit := l.due + min(l.afterEvent, l.maxWait)
	p, f := c.Person, &c.Centres
	return after(p.CardEvents, limit, t) || after(p.ManualEntries, limit, t) || after(p.Notices, limit, t) ||
		after(p.ObligationChanges, limit, t) || after(p.GroupChanges, limit, t) || after(p.Permissions, limit, t) ||
		after(p.Holds, limit, t) || after(p.IdentityLinks, limit, t) || after(p.CardAssignments, limit, t) ||
		after(f.Incidents, limit, t) || after(f.Exclusions, limit, t) || after(f.Settlements, limit, t) ||
		after(f.Resolutions, limit, t) || after(f.ManualEntries, limit, t) ||
		lateRows(c, l, t)
}

func after[T any](list []duty.Known[T], limit, t duty.Instant) bool {
	for i := range list {
		if list[i].At > limit && list[i].At <= t {
			return true
		}
	}
	return false
}

// lateRows looks at rows and paper against their own time.
func lateRows(c *Case, l *lateness, t duty.Instant) bool {
	link := duty.Beginning
	for i := range c.Person.IdentityLinks {
		if k := c.Person.IdentityLinks[i].At; k <= t {
			link = max(link, k)
		}
	}
	for i := range c.Person.CardEvents {
		k := &c.Person.CardEvents[i]
		if k.At <= t && max(k.At, link) > k.Fact.OccurredAt+l.afterEvent {
			return true
		}
	}
	for _, k := range append(append([]duty.Known[duty.ManualEntry]{}, c.Person.ManualEntries...),
		c.Centres.ManualEntries...) {
		if ts, ok := paperTime(k.Fact.LocalTime); k.At <= t && ok && max(k.At, link) > ts[0]+l.afterEvent {
			return true
		}
	}
	for i := range c.Person.Notices {
		k := &c.Person.Notices[i]
		if ts, ok := paperTime(k.Fact.LocalTime); k.At <= t && ok && max(k.At, link) > ts[0]+l.afterEvent {
			return true
		}
	}
	return false
}

// onlyByLateData is DAT-08 (and LIF-02, IDN-07): without the late versions the
// unit would not be INDICATED.
func (e *evaluation) onlyByLateData(w *world, v *verdict) bool {
	late := &lateness{due: v.due, afterEvent: w.par.LateAccusation, maxWait: w.par.SettleMaxWait}
	if e.c.Automatic == nil && !w.anyLate(late) {
		return false
	}
	onTime := current(e.c.Centres.Settlements, headSettlement, func(k *duty.Known[duty.Settlement]) bool {
		return k.At <= e.at && k.At <= late.due+late.maxWait && w.check.settlement(&k.Fact)
	})
	if !w.proven(v, onTime) || w.toldLate(v, e.holds[w.pol]) {
		return true // LIF-02, W-53: the proof itself is late
	}
	for choice := 0; choice < e.choices(w.pol, v.date); choice++ {
		second := e.world(w.pol, v.date, late, choice).judge(v.kind, v.date, e.holds[w.pol])
		if second == nil || second.outcome != duty.OutcomeIndicated {
			if e.restored(w, v) {
				v.q.note("RECONSTRUCTED")
			}
			return true
		}
	}
	return false
}

// lateIndicated is everything that makes an indication one of late data. That it is
// restored data is said wherever it is, also where an exclusion was lifted besides.
func (e *evaluation) lateIndicated(w *world, v *verdict) bool {
	late := e.onlyByLateData(w, v)
	return w.lifted(v) || late
}

// restored reports whether all facts, under the automatic incidents of those that were
// in time, leave no indication (W-37).
func (e *evaluation) restored(w *world, v *verdict) bool {
	if e.c.Automatic == nil {
		return false
	}
	for choice := 0; choice < e.choices(w.pol, v.date); choice++ {
		x := newWorld(e.c, e.at, w.pol, w.par, nil, choice, func(x *world) { x.only = duty.Some(v.due) })
		if u := x.bare(v.kind, v.date); u == nil || u.outcome != duty.OutcomeIndicated {
			return true
		}
	}
	return false
}
