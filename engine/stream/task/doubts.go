package task

import (
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
)

// Whether registrations look too few or one-sided (REL-04), or too many rows belong to nobody (IDN-10), needs
// the verdicts on all persons. The look at the whole control system counts them (decision 0033), and the
// task that writes the control reports tells the lines, at the clock of the look. Until a look has said
// what holds, after a recovery for example, open lines stay as they are.

// tellDoubts tells the lines of a look that have changed, and closes those that no longer hold. A look of
// an earlier clock than a control report on the topic is of a predecessor's time, and says nothing.
func (t *Task) tellDoubts(look *Look) error {
	w := &t.reporting
	if !look.Doubts.OK || slices.ContainsFunc(look.Reports, func(v duty.ControlReport) bool {
		return v.AsOf < w.said[v.CentreID+":"+v.Period].at
	}) {
		return nil
	}
	list := look.Doubts.V[:min(len(look.Doubts.V), maxCentreLines)]
	if w.doubts.OK && slices.EqualFunc(w.doubts.V, list, sameQuality) {
		return nil
	}
	w.doubts = duty.Some(list)
	return t.tellLinesOf(casefile.DoubtsKey, list, look.At)
}

// ofDoubts reports whether a line is one that only a look at the whole control system tells.
func ofDoubts(q *duty.DataQuality) bool {
	switch q.Code {
	case duty.DataQualityCodeTrafficLow, duty.DataQualityCodeNetDrift, duty.DataQualityCodeSameDirectionShare,
		duty.DataQualityCodeUnlinkedShare:
		return true
	}
	return false
}
