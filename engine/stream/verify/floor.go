package verify

import (
	"tilsyn/engine/duty"

	"tilsyn/engine/stream/task"
)

// held returns the units whose revision is not told because of the history floor.
func (v *verifier) held(in duty.Input, res *duty.Result, last []duty.Said) map[unit]bool {
	f := task.FloorAt(v.cfg.Floor)
	if !f.Set() {
		return nil
	}
	out := map[unit]bool{}
	revisions, err := v.cfg.Judge.Revise(in, *res, last)
	if err != nil {
		return out
	}
	for i := range revisions {
		out[unit{revisions[i].Kind, revisions[i].UnitDate}] = true
	}
	for _, told := range f.Filter(v.cfg.Judge, in, revisions, last, v.judged) {
		delete(out, unit{told.Kind, told.UnitDate})
	}
	return out
}

// unit identifies a unit of a person.
type unit struct {
	kind duty.Kind
	date duty.Date
}
