package duty

import "slices"

// Hearing judges some units of one person at one clock, each as Evaluate does. It is for whoever asks about
// a few of them and about nothing else: it finds no data quality and no observations, and does not say when
// to judge again. It is used by one goroutine at a time.
type Hearing struct {
	in     Input
	at     Instant
	courts []*court
}

// Hear prepares the facts of a person as they are known at a clock.
func Hear(in Input, at Instant) *Hearing {
	h := &Hearing{in: in, at: at}
	h.courts, _ = courtsAt(in, at)
	return h
}

// Elsewhere is the hearing of the same person in a world that differs in incidents alone, of people or of
// the watch. What the facts of the person say by themselves is not worked out again: incidents only doubt it.
// The two are used in turn.
func (h *Hearing) Elsewhere(centres *Centres) *Hearing {
	out := &Hearing{in: h.in, at: h.at, courts: make([]*court, len(h.courts))}
	out.in.Centres = centres
	for i, c := range h.courts {
		out.courts[i] = c.elsewhere(centres)
	}
	return out
}

// elsewhere is the court under the same policy where other incidents are known.
func (c *court) elsewhere(centres *Centres) *court {
	to := &court{in: c.in, policy: c.policy, until: c.until, at: c.at, src: c.src, tracks: c.tracks,
		watch:    centres.watched(c.policy.Policy),
		withLate: &readings{all: make([]*evaluation, len(c.withLate.all))}}
	to.in.Centres = centres
	for i, e := range c.withLate.all {
		copied := *e
		copied.centres, copied.lens.auto, copied.near = centres, to.watch.incidents(), nil
		to.withLate.all[i] = &copied
	}
	return to
}

// TouchedBy says what an interval at a centre has to do with the person, by the newest policy. A person
// that a link joined to another has nothing to do with it: that is the other's.
func (h *Hearing) TouchedBy(centre string, s Span) Touched {
	if len(h.courts) == 0 {
		return Touched{}
	}
	return h.courts[len(h.courts)-1].withLate.all[0].touchedBy(centre, s)
}

// Units returns the units of the dates from first to last, sorted as those of Evaluate.
func (h *Hearing) Units(first, last Date) []Unit {
	if len(h.courts) == 0 {
		return nil
	}
	in := h.in
	in.FromDate, in.ToDate = Some(first), Some(last)
	var out []Unit
	for _, name := range unitsOf(h.courts, in, h.at) {
		if u, ok := mildest(h.courts, name.kind, name.date, h.at); ok {
			out = append(out, u)
		}
	}
	return out
}

// ReachedUnit is a unit that an interval at a centre reaches.
type ReachedUnit struct {
	Unit
	Reach Reach
}

// Reached returns the units of the dates from first to last that an interval at a centre reaches, sorted as
// those of Evaluate (REL-14). Those that it certainly leaves alone are not judged.
func (h *Hearing) Reached(centre string, s Span, first, last Date) []ReachedUnit {
	if len(h.courts) == 0 {
		return nil
	}
	in := h.in
	in.FromDate, in.ToDate = Some(first), Some(last)
	var out []ReachedUnit
	for _, name := range unitsOf(h.courts, in, h.at) {
		if !slices.ContainsFunc(h.courts, func(c *court) bool { return c.mayReach(s, name) }) {
			continue
		}
		u, ok := mildest(h.courts, name.kind, name.date, h.at)
		if !ok {
			continue
		}
		if r := u.Reached(centre, s); r != ReachNone {
			out = append(out, ReachedUnit{u, r})
		}
	}
	return out
}

// Unit returns one unit; false where there is none. It must be one that some policy has a duty for.
func (h *Hearing) Unit(k Kind, d Date) (Unit, bool) { return mildest(h.courts, k, d, h.at) }
