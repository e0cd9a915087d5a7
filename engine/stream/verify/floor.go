package verify

import (
	"tilsyn/engine/duty"

	"tilsyn/engine/stream/task"
)

// held returns the units whose revision is not told because of the history floor, or since a feed is
// silent at the clock (REL-06).
func (v *verifier) held(in duty.Input, res *duty.Result, last []duty.Said, at duty.Instant) map[unit]bool {
	f, silent := task.FloorAt(v.cfg.Floor), task.SilentFeeds(v.picture, at)
	if !f.Set() && len(silent) == 0 {
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
	may := f.Filter(v.cfg.Judge, in, revisions, last, v.judged)
	for _, told := range task.Brake(silent, may, last) {
		delete(out, unit{told.Kind, told.UnitDate})
	}
	return out
}

// unit identifies a unit of a person.
type unit struct {
	kind duty.Kind
	date duty.Date
}
