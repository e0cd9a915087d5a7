package centres

import (
	"strings"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/casefile"
	"tilsyn/engine/stream/stored"
)

// beat is what heartbeats have in common of which only the earliest matters, as long
// as nobody judges silence: from it on, the watch is missing.
type beat struct {
	source, centre string
	// known is where the register of each policy has the source at the time of the
	// heartbeat.
	known string
	// reset is set for a clock that stands at its beginning, senseless for a time
	// that no fact can have, ahead for one that its receipt contradicts.
	reset, senseless, ahead bool
}

// beatAgain reports whether a record is one more heartbeat of a source that sent an
// earlier one like it, so that no snapshot has to be made for it.
func (r *CentreReader) beatAgain(f *stored.Fact, t *Touch) bool {
	h, ok := f.Record.(*duty.Heartbeat)
	if !ok || h.Retracted {
		return false
	}
	known, elsewhere := r.registered(h)
	if elsewhere {
		t.Centre = "" // it concerns two centres
	}
	if h.Version > 1 || !casefile.UsableKey([]byte(h.ID)) {
		return false
	}
	b := beat{source: h.SourceID, centre: h.CentreID.V, known: known,
		reset: h.At < duty.ClockReset, senseless: !h.At.Plausible(), ahead: h.Ahead(f.Known)}
	first, seen := r.beats[b]
	if seen && h.At >= first {
		t.Quiet = true
		return true
	}
	r.beats[b] = h.At
	return false
}

// registered names where the policies have the source of a heartbeat as a device at
// its time, and reports whether that is at another centre than it names.
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
