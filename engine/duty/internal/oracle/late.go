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
