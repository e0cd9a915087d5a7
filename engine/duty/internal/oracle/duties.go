package oracle

import (
	"sort"

	"tilsyn/engine/duty"
)

// inForce are the decisions of a kind that bind at t, newest first.
func (w *world) inForce(kind duty.Kind, t duty.Instant) []segment {
	for i := range w.pieces {
		p := &w.pieces[i]
		if t < p.from || t >= p.to {
			continue
		}
		var list []segment
		switch kind {
		case duty.KindStay:
			list = p.stay
		case duty.KindNotify:
			list = p.notify
		case duty.KindReport:
			list = p.report
		}
		return list
	}
	return nil
}

// reference is the decision that a record names. Choice: of several the one
// whose validity begins last, then the smaller id.
func (w *world) reference(kind duty.Kind, t duty.Instant) (segment, bool) {
	list := append([]segment{}, w.inForce(kind, t)...)
	if len(list) == 0 {
		return segment{}, false
	}
	sort.SliceStable(list, func(i, j int) bool {
		if list[i].valid != list[j].valid {
			return list[i].valid > list[j].valid
		}
		return list[i].id < list[j].id
	})
	return list[0], true
}

// strictStay reports whether a STAY under §13(2) binds at t, for the unit of d
// (contract §2).
func (w *world) strictStay(d duty.Date, t duty.Instant) bool {
	_, group := w.groupAt(t)
	return strict(w.working(d, w.inForce(duty.KindStay, t)), group)
}

func strict(list []segment, group duty.Group) bool {
	for _, s := range list {
		if s.basis == duty.LegalBasisReturnAct132 || (s.basis == duty.LegalBasisAliensAct42a8 && enhanced(group)) {
			return true
		}
	}
	return false
}

// dropNotifyWithoutStay is RD-18: a NOTIFY duty in whose whole validity there
// is no STAY §13(2) is no duty. Adjoining decisions are one duty (RD-17).
func (w *world) dropNotifyWithoutStay() {
	for i := 0; i < len(w.pieces); {
		if len(w.pieces[i].notify) == 0 {
			i++
			continue
		}
		j, found := i, false
		for j < len(w.pieces) && len(w.pieces[j].notify) > 0 {
			found = found || strict(w.pieces[j].stay, w.pieces[j].group)
			j++
		}
		for ; i < j; i++ {
			if !found {
				w.inconsistent = true
				w.pieces[i].notify = nil
			}
		}
	}
}

// bound reports whether NOTIFY and its STAY both bind at t, for the unit of d
// (OBL-10).
func (w *world) bound(d duty.Date, t duty.Instant) bool {
	return len(w.inForce(duty.KindNotify, t)) > 0 && w.strictStay(d, t)
}

// whole reports whether a kind binds in all of [from, to), for the unit of d
// (STY-07, RD-17).
func (w *world) whole(d duty.Date, kind duty.Kind, from, to duty.Instant) bool {
	for _, t := range w.edges(from, to) {
		if len(w.working(d, w.inForce(kind, t))) == 0 {
			return false
		}
	}
	return true
}

// ever reports whether a kind binds at some instant of [from, to).
func (w *world) ever(kind duty.Kind, from, to duty.Instant) bool {
	for _, t := range w.edges(from, to) {
		if len(w.inForce(kind, t)) > 0 {
			return true
		}
	}
	return false
}

// edges are the instants of [from, to) at which the duties can change.
func (w *world) edges(from, to duty.Instant) []duty.Instant {
	out := []duty.Instant{from}
	for i := range w.pieces {
		if s := w.pieces[i].from; s > from && s < to {
			out = append(out, s)
		}
	}
	return out
}

// stayCentres are the centres assigned at some time from 06:00 of d to 06:00 of
// d+1; it is a transfer day where the centre changes at an instant of it
// (OBL-13); of several in force the one that counts.
func (w *world) stayCentres(d duty.Date) (centres []string, transfer bool) {
	from, to := at(d, 6), at(d+1, 6)
	for _, t := range w.edges(from, to) {
		for _, s := range w.inForce(duty.KindStay, t) {
			if !has(centres, s.centre) {
				centres = append(centres, s.centre)
			}
		}
	}
	for i := range w.pieces {
		t := w.pieces[i].from
		if old, _, ok := w.change(t); ok && t >= from && t < to {
			transfer = true
			if !has(centres, old) {
				centres = append(centres, old)
			}
		}
	}
	return centres, transfer
}

// change reports whether the centre of the STAY that counts changes at t, from
// where to where; less than a day without STAY may lie between (decision 0003).
func (w *world) change(t duty.Instant) (before, now string, ok bool) {
	s, ok := w.reference(duty.KindStay, t)
	if !ok {
		return "", "", false
	}
	for i := len(w.pieces) - 1; i >= 0; i-- {
		p := &w.pieces[i]
		if p.to > t || len(p.stay) == 0 {
			continue
		}
		old, _ := w.reference(duty.KindStay, p.from)
		return old.centre, s.centre, old.centre != s.centre && t-p.to < duty.Day
	}
	return "", "", false
}

// decisionsIn are the ids of the decisions in force at any time in a period.
func (w *world) decisionsIn(from, to duty.Instant, kinds ...duty.Kind) []string {
	out := []string{}
	for _, kind := range kinds {
		for _, t := range w.edges(from, to) {
			for _, s := range w.inForce(kind, t) {
				if !has(out, s.id) {
					out = append(out, s.id)
				}
			}
		}
	}
	sort.Strings(out)
	return out
}
