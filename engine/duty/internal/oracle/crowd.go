package oracle

import "tilsyn/engine/duty"

// stretch is a time that the person holds a card that is everybody's (decision 0019).
type stretch struct{ from, to duty.Instant }

func (w *world) crowd(card string) *duty.Crowd {
	for i := range w.c.Person.Crowds {
		if w.c.Person.Crowds[i].CardID == card {
			return &w.c.Person.Crowds[i]
		}
	}
	return nil
}

func (w *world) readCrowds() {
	for _, a := range w.assignments {
		if w.crowd(a.CardID) != nil && w.mine(a.PersonID) && a.ValidFrom < a.ValidTo.Or(duty.Forever) {
			w.crowded = append(w.crowded, stretch{a.ValidFrom, a.ValidTo.Or(duty.Forever)})
		}
	}
}

// crowdHolder is holder for a row of such a card.
func (w *world) crowdHolder(f *duty.CardEvent, c *duty.Crowd) (mine, conflict bool) {
	if !f.PersonID.OK || !w.mine(f.PersonID.V) {
		return false, false
	}
	for _, s := range c.Held {
		if s.From <= f.OccurredAt && f.OccurredAt < s.To {
			return false, true
		}
	}
	return true, false
}

// inCrowd reports whether the person holds such a card at t, or has held one since
// the last observation, which was at last.
func (w *world) inCrowd(last, t duty.Instant) bool {
	for _, s := range w.crowded {
		if s.from <= t && last < s.to {
			return true
		}
	}
	return false
}

// crowdTouches reports whether such a time overlaps [from, to).
func (w *world) crowdTouches(from, to duty.Instant) bool {
	for _, s := range w.crowded {
		if s.from < to && from < s.to {
			return true
		}
	}
	return false
}
