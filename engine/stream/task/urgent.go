package task

import "tilsyn/engine/duty"

// urgent are the persons of whom something was told and about whom a fact has arrived. They are
// evaluated before the clock moves, so that what clears never waits.
type urgent struct {
	// ids are these persons, in order of arrival.
	ids []string
	// newest is when the newest of these facts was known.
	newest duty.Instant
}

// add adds a person with a fact known at an instant.
func (u *urgent) add(id string, at duty.Instant) {
	u.ids = append(u.ids, id)
	u.newest = max(u.newest, at)
}

// decideUrgent evaluates the urgent persons, so that what clears never waits.
func (t *Task) decideUrgent() error {
	t.boundUrgent()
	n := 0
	for ; n < len(t.urgent.ids) && t.cycle.room(); n++ {
		p, err := t.person(t.urgent.ids[n])
		if err != nil {
			return err
		}
		if err := t.decide(p); err != nil {
			return err
		}
	}
	t.urgent.ids = append(t.urgent.ids[:0], t.urgent.ids[n:]...)
	return nil
}

// boundUrgent turns the list of urgent persons into a sweep once it is longer than one cycle
// can decide.
func (t *Task) boundUrgent() {
	if len(t.urgent.ids) > t.limits.Decisions {
		t.at.AddTold(t.urgent.newest)
		t.urgent = urgent{newest: duty.Beginning}
	}
}
