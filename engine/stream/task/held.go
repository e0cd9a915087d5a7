package task

import (
	"slices"

	"tilsyn/engine/duty"
)

// heldBy is a reason for holding a record back that would accuse.
type heldBy int

const (
	heldByRecord heldBy = iota // a record that cannot be used (INC-06, INC-07)
	heldByWatch                // nothing proves silence (REL-06)
	heldByPlace                // a decision names a place that does not fit (RD-46)
	heldByLogs                 // the manual logs are not proven (LIF-02)
	heldByFeed                 // a feed is silent (REL-06, silent.go)
	heldKinds
)

// HeldNames are the names of the reasons in the metrics.
var HeldNames = [heldKinds]string{"bad_record", "watch", "place", "logs", "feed"}

// heldUnits counts the units of one person that are held back, by reason.
type heldUnits [heldKinds]uint16

// countHeld counts the units of a verdict that are held back.
func countHeld(res *duty.Result) (n heldUnits) {
	for i := range res.Units {
		u := &res.Units[i]
		has := func(rule string) bool { return slices.Contains(u.Rules, rule) }
		by := heldByLogs
		switch {
		case u.Outcome == duty.OutcomeNeedsReview && has("INC-06") && slices.Contains(u.Caveats, "RECONSTRUCTED"):
			by = heldByRecord
		case u.Outcome != duty.OutcomeProvisional:
			continue
		case has("INC-07"):
			by = heldByRecord
		case has("REL-06"):
			by = heldByWatch
		case has("RD-46"):
			by = heldByPlace
		}
		n[by]++
	}
	return n
}

// noteHeld updates the count of held units of a person. It knows the persons judged since the
// start; a hold stands in the way of an accusation, so whoever it concerns is judged.
func (t *Task) noteHeld(p *person, now heldUnits) {
	before := t.beside.held[p.resident]
	if before == now {
		return
	}
	for i := range now {
		t.stats.HeldBack[i].Add(int64(now[i]) - int64(before[i]))
	}
	if t.beside.held == nil {
		t.beside.held = map[uint32]heldUnits{}
	}
	if t.beside.held[p.resident] = now; now == (heldUnits{}) {
		delete(t.beside.held, p.resident)
	}
}

// forgetHeld removes the task's units from the count.
func (t *Task) forgetHeld() {
	for _, n := range t.beside.held {
		for i := range n {
			t.stats.HeldBack[i].Add(-int64(n[i]))
		}
	}
	t.beside.held = nil
}
