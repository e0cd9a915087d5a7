package task

import (
	"fmt"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/sanction"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/telling"
	"tilsyn/state"
)

// Whether a unit was INDICATED when a court answered for it (CNT-09) may be asked long after it was
// withdrawn. So the state keeps, with what was last told of a unit, what its status was before.

// changes are what units were before their last revisions.
type changes []struct {
	kind   duty.Kind
	date   duty.Date
	before []stored.Change
}

// of returns the changes of a unit; nil if it had one status only.
func (c changes) of(kind duty.Kind, date duty.Date) []stored.Change {
	for i := range c {
		if c[i].kind == kind && c[i].date == date {
			return c[i].before
		}
	}
	return nil
}

// set notes the changes of a unit.
func (c *changes) set(kind duty.Kind, date duty.Date, before []stored.Change) {
	for i := range *c {
		if u := &(*c)[i]; u.kind == kind && u.date == date {
			u.before = before
			return
		}
	}
	if len(before) > 0 {
		*c = append(*c, struct {
			kind   duty.Kind
			date   duty.Date
			before []stored.Change
		}{kind, date, before})
	}
}

// lastOf returns the last revision of a unit, with those of this cycle, and what the unit was
// before; nil if none was told.
func (k *knowledge) lastOf(p *person, kind duty.Kind, date duty.Date) (*duty.Said, []stored.Change) {
	if i := telling.Told(p.told, kind, date); i >= 0 {
		return &p.told[i], p.sums.before.of(kind, date)
	}
	if i := telling.Told(k.said, kind, date); i >= 0 {
		return &k.said[i], k.before.of(kind, date)
	}
	return nil, nil
}

// saidNow is what was last told of a person, with what this cycle has told since k was loaded.
func (k *knowledge) saidNow(p *person) []duty.Said {
	if len(p.told) == 0 {
		return k.said
	}
	return append(slices.DeleteFunc(slices.Clone(k.said), func(s duty.Said) bool {
		return telling.Told(p.told, s.Kind, s.Date) >= 0
	}), p.told...)
}

// history is what was told of a unit, oldest first, a line for each change of its status.
func (k *knowledge) history(p *person, kind duty.Kind, date duty.Date) []sanction.Telling {
	var out []sanction.Telling
	last, before := k.lastOf(p, kind, date)
	for _, c := range stored.Follow(last, before) {
		out = append(out, sanction.Telling{At: c.At, Status: c.Status})
	}
	return out
}

// takeSaid takes in what the store has of a unit.
func (k *knowledge) takeSaid(u *state.Said) error {
	s, before, err := stored.DecodeSaid(u.Kind, u.Day, u.Data)
	if err != nil {
		return fmt.Errorf("what was told of a unit: %w", err)
	}
	k.said = append(k.said, s)
	k.before.set(s.Kind, s.Date, before)
	return nil
}

// toldOf returns what the state knows of the units of a person told for dates from one on.
func (t *Task) toldOf(p *person, from duty.Date) (*knowledge, error) {
	if p.sums.kept != nil && p.sums.keptFrom <= from {
		return p.sums.kept, nil
	}
	k := &knowledge{}
	if p.known {
		kept, err := t.store.Person(p.id, int32(from))
		if err != nil {
			return nil, err
		}
		for i := range kept.Said {
			if u := &kept.Said[i]; u.Kind != sideKind {
				if err := k.takeSaid(u); err != nil {
					return nil, fmt.Errorf("task %d: %w", t.at.Task, err)
				}
			}
		}
	}
	p.sums.kept, p.sums.keptFrom = k, from
	return k, nil
}

// hear takes in a revision from the task's own outputs. One that the state knows changes nothing.
func (t *Task) hear(p *person, v *duty.Violation) error {
	k, err := t.toldOf(p, v.UnitDate)
	if err != nil {
		return err
	}
	last, before := k.lastOf(p, v.Kind, v.UnitDate)
	if last != nil && last.Revision >= v.Revision {
		p.header.EndRoutine()
		return nil
	}
	t.remember(p, duty.SaidOf(v), stored.Follow(last, before))
	return nil
}
