package oracle

import "tilsyn/engine/duty"

// leave is the time that a permission covers (PRM-02, PRM-09).
type leave struct {
	id       string
	from, to duty.Instant
	report   duty.ReportEffect
}

func (w *world) readLeaves() {
	for _, c := range chains(w.c.Person.Permissions, headPermission, func(k *duty.Known[duty.Permission]) bool {
		return w.check.permission(&k.Fact) && w.keepOf(k.At, k.Fact.PersonID)
	}) {
		k, stands := c.last()
		if !stands || !w.mine(k.Fact.PersonID) {
			continue
		}
		f := &k.Fact
		l := leave{id: f.PermissionID, from: f.ValidFrom, to: f.ValidTo, report: f.ReportEffect}
		switch f.Status {
		case duty.PermissionStatusGranted:
		case duty.PermissionStatusRevoked:
			granted := false
			for i := range c.versions {
				granted = granted || (c.versions[i].Fact.Status == duty.PermissionStatusGranted &&
					!c.heads[i].retracted && w.mine(c.versions[i].Fact.PersonID))
			}
			if !granted {
				continue
			}
			if f.ServedAt.OK {
				l.to = min(l.to, f.ServedAt.V)
			}
		default:
			continue
		}
		if l.from < l.to {
			w.leaves = append(w.leaves, l)
		}
	}
}

func (w *world) onLeave(t duty.Instant) bool {
	for _, l := range w.leaves {
		if l.from <= t && t < l.to {
			return true
		}
	}
	return false
}

// leaveCovers reports whether permissions, adjoining ones as one, cover all of
// [from, to): a cover can only lapse where one of them ends.
func (w *world) leaveCovers(from, to duty.Instant) bool {
	if !w.onLeave(from) {
		return false
	}
	for _, l := range w.leaves {
		if l.to > from && l.to < to && !w.onLeave(l.to) {
			return false
		}
	}
	return true
}

// leaveTouches reports whether a permission overlaps the night; one that ends
// at 23:00:00 does, one that begins at 06:00:00 does not (RD-08).
func (w *world) leaveTouches(from, to duty.Instant) bool {
	for _, l := range w.leaves {
		if l.from < to && l.to >= from {
			return true
		}
	}
	return false
}

// lapses are the instants of [from, to) at which leave ends (PRM-05).
func (w *world) lapses(from, to duty.Instant) []duty.Instant {
	var out []duty.Instant
	for _, l := range w.leaves {
		if l.to >= from && l.to < to && !w.onLeave(l.to) {
			out = append(out, l.to)
		}
	}
	return out
}

// held reports whether a hold overlaps [from, to) (RD-06).
func (w *world) held(from, to duty.Instant) bool {
	for i := range w.holds {
		if w.holds[i].ValidFrom < to && w.holds[i].ValidTo.Or(duty.Forever) > from {
			return true
		}
	}
	return false
}
