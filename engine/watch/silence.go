package watch

import (
	"slices"

	"tilsyn/engine/duty"
)

// silence is a stretch without heartbeats; until is Forever while it lasts.
type silence struct {
	before duty.Instant
	until  duty.Instant
}

// span is the silence up to the clock.
func (x silence) span(clock duty.Instant) duty.Span {
	return duty.Span{From: x.before, To: min(x.until, clock)}
}

// limit is how much elapsed time between two heartbeats is still none (W-01).
func limit(p *duty.Params) duty.Instant { return duty.Instant(p.HeartbeatMissed) * p.HeartbeatInterval }

func (s *sight) limit() duty.Instant { return limit(s.params) }

// silences finds the stretches without heartbeats within one period of
// supervision (REL-01, contract §6.2). It begins with the earliest heartbeat that was known in
// time (W-05), and its end cuts what lasts.
func (s *sight) silences(beats []sign, from, to duty.Instant) []silence {
	var out []silence
	var last duty.Instant
	begun := false
	for i := range beats {
		g := &beats[i]
		if g.at < from || g.at >= to {
			continue
		}
		if !begun {
			if begun = !g.late(s.params.LateAccusation); begun {
				last = g.at
			}
			continue
		}
		if g.at-last > s.limit() {
			out = append(out, silence{last, g.at})
		}
		last = g.at
	}
	if begun {
		out = append(out, s.lasting(last, to)...)
	}
	return out
}

// lasting returns the silence that follows the last heartbeat of a period, if it is one.
func (s *sight) lasting(last, to duty.Instant) []silence {
	switch end := min(s.At, to); {
	case end-last <= s.limit():
		return nil
	case to <= s.At:
		return []silence{{last, to}}
	}
	return []silence{{last, duty.Forever}}
}

// asksProof reports whether something shows that nothing was lost over a span at a centre, and since
// when that was known.
type asksProof func(span duty.Span, centre string) (since duty.Instant, ok bool)

// online returns the entries of a device in the register whose silence counts (W-09).
func (w *Watch) online(device string) []*duty.Device {
	return slices.DeleteFunc(w.registered(device), func(d *duty.Device) bool {
		return d.Type == duty.DeviceTypeOfflineLock
	})
}

// deviceSilences reports the silences of registered devices (W-06, W-09).
func (s *sight) deviceSilences(r *Report, d *device, n *numbers) {
	for _, entry := range s.online(d.id) {
		s.deviceSilence(r, entry, s.silences(d.beats, begins(entry), entry.To),
			func(span duty.Span, centre string) (duty.Instant, bool) { return s.proven(d, n, span, centre) })
	}
}

// deviceSilence reports the silences of one entry of the register.
func (s *sight) deviceSilence(r *Report, entry *duty.Device, list []silence, proven asksProof) {
	for _, x := range list {
		i := incident{
			cause: CauseSilence, centre: entry.CentreID, device: entry.ID, name: entry.ID + ":" + x.before.String(),
			span: x.span(s.At), lasting: x.until == duty.Forever, kind: duty.IncidentKindDevice,
		}
		if !i.lasting {
			i.proven, i.dissolved = proven(i.span, entry.CentreID)
		}
		s.add(r, &i)
		r.quality(duty.DataQualityCodeHeartbeatLost, entry.ID, i.span.From, i.end(),
			duty.Detail{Name: "state", Value: i.state().String()})
	}
}

// feedSilences reports the silences of the feed of card events: at its centre,
// else at every centre (W-08). They dissolve where all devices of the centre
// that ever sent something have the proof.
func (s *sight) feedSilences(r *Report, src source, all []silence, proven asksProof) {
	var centres []string
	for i := range s.policy.Centres {
		if c := s.policy.Centres[i].ID; src.centre == "" && s.hasDevices(c) || src.centre == c {
			centres = append(centres, c)
		}
	}
	subject := src.centre
	if subject == "" {
		subject = src.id
	}
	for _, x := range all {
		for _, c := range centres {
			i := incident{
				cause: CauseSilence, centre: c, name: src.name() + ":" + x.before.String(),
				span: x.span(s.At), lasting: x.until == duty.Forever, kind: duty.IncidentKindNetwork,
			}
			if !i.lasting {
				i.proven, i.dissolved = proven(i.span, c)
			}
			s.add(r, &i)
			r.quality(duty.DataQualityCodeHeartbeatLost, subject, i.span.From,
				i.end(), duty.Detail{Name: "state", Value: i.state().String()})
		}
	}
}

func (s *sight) hasDevices(centre string) bool {
	for i := range s.policy.Devices {
		if s.policy.Devices[i].CentreID == centre {
			return true
		}
	}
	return false
}

// allProven reports whether every device of a centre that ever sent something
// has the proof over a span, and since when the last of them has.
func (s *sight) allProven(
	devices []*device, numbers []*numbers, span duty.Span, centre string,
) (since duty.Instant, ok bool) {
	for i, d := range devices {
		if len(d.signs) == 0 || !contains(s.centresOf(d.id, span, d.rows), centre) {
			continue
		}
		at, proven := s.proven(d, numbers[i], span, centre)
		if !proven {
			return 0, false
		}
		since, ok = max(since, at), true
	}
	return since, ok
}

func contains(list []string, want string) bool {
	for _, s := range list {
		if s == want {
			return true
		}
	}
	return false
}

// proven reports whether it is shown that a device registered nothing in a span
// that did not arrive, and since when (INC-07; W-24 to W-26, A-08, D-10): what it had counted
// before the span and what it had counted by a heartbeat at or after its end
// belong to one numbering, every number between arrived, no row between lacks a
// number, and the papers of an outage are in.
func (s *sight) proven(d *device, n *numbers, span duty.Span, centre string) (since duty.Instant, ok bool) {
	first, ok := n.countedBy(span.From)
	if !ok {
		return 0, false
	}
	second, ok := n.countedFrom(span.To, first)
	if !ok {
		return 0, false
	}
	from, to := d.signs[first].at, d.signs[second].at
	for i := range d.signs {
		if g := &d.signs[i]; g.row && !g.numbered && from <= g.at && g.at <= to {
			return 0, false
		}
	}
	if !n.arrivedBetween(first, second) {
		return 0, false
	}
	if !s.papers(span, centre) {
		return 0, false
	}
	return d.signs[second].known, true
}

// papers reports whether the forms of an outage are in.
func (s *sight) papers(span duty.Span, centre string) bool {
	return s.centres != nil && s.centres.Proven(centre, duty.LogTypeOutageForms, span, s.At)
}
