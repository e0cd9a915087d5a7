package centres

import (
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/stored"
)

// beat is what heartbeats share of which only the earliest matters to verdicts and to data quality.
// The watch keeps all of them (watch.go).
type beat struct {
	source, centre string
	// known names the centre that each active policy registers for the source at the time of the
	// heartbeat.
	known string
	// reset marks a clock that was reset to its start, senseless a time that no fact can have,
	// ahead a time that its receipt contradicts, beyond one that lies a day after it.
	reset, senseless, ahead, beyond bool
}

// beatAgain reports whether a record is one more heartbeat like an earlier one of the same source.
// It is not filed among the facts that verdicts are prepared from.
func (r *CentreReader) beatAgain(f *stored.Fact, t *Touch) bool {
	h, ok := f.Record.(*duty.Heartbeat)
	if !ok || h.Retracted {
		return false
	}
	known, elsewhere := r.registered(h)
	if elsewhere {
		t.Centre = "" // it concerns two centres
	}
	if h.Version > 1 || !duty.UsableKey(h.ID) {
		return false
	}
	b := beat{source: h.SourceID, centre: h.CentreID.V, known: known,
		reset: h.At < duty.ClockReset, senseless: !h.At.Plausible(), ahead: h.Ahead(f.Known), beyond: h.At > f.Known+duty.Day}
	first, seen := r.beats[b]
	if seen && h.At >= first {
		t.Passive = true
		return true
	}
	r.beats[b] = h.At
	return false
}

// registered returns the centres that the policies register for the source of a heartbeat at its
// time, and reports whether any differs from the centre that it names.
func (r *CentreReader) registered(h *duty.Heartbeat) (known string, elsewhere bool) {
	var at strings.Builder
	for i := range r.active {
		for _, d := range r.active[i].Policy.Devices {
			if d.ID != h.SourceID || h.At < d.From || h.At >= d.To {
				continue
			}
			at.WriteString(d.CentreID)
			elsewhere = elsewhere || d.CentreID != h.CentreID.V
		}
		at.WriteByte(0)
	}
	return at.String(), elsewhere
}
