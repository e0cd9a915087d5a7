package watch

import (
	"cmp"
	"slices"
	"strconv"

	"tilsyn/engine/duty"
)

// near is how far apart in time numbers may stand out of order (W-21, W-22): as far as clocks may
// differ and nobody is told.
const near = duty.ClockNoticed

// numbering is a stretch in which a device counted on: one epoch, no fall.
type numbering struct {
	epoch int64
	// signs are places in device.signs, in order of time.
	signs []int
	// arrived are the numbers of its rows, sorted, each once.
	arrived []int64
	// late is true where all signs were known too late to open an incident.
	late bool
}

// numbers are the numberings of one device.
type numbers struct {
	d *device
	// of is the numbering that each sign belongs to; -1 for one without number.
	of   []int
	list []*numbering
	// falls are signs that restarted a numbering, each with the sign before.
	falls [][2]int
}

// number splits the numbered signs of a device into numberings: a row's number
// that is not above, or a heartbeat's that is below, the highest one named more
// than 30 s before in its epoch restarts the count (W-21, A-03).
func (s *sight) number(d *device) *numbers {
	n := &numbers{d: d, of: make([]int, len(d.signs))}
	type state struct {
		current *numbering
		index   int
		// settled are how many of the current numbering's signs lie more than
		// 30 s back, and highest what they name.
		settled int
		highest int64
	}
	epochs := map[int64]*state{}
	for i := range d.signs {
		g := &d.signs[i]
		n.of[i] = -1
		if !g.numbered {
			continue
		}
		e := epochs[g.epoch]
		if e == nil {
			e = &state{highest: -1}
			epochs[g.epoch] = e
		}
		if e.current != nil {
			for e.settled < len(e.current.signs) && d.signs[e.current.signs[e.settled]].at < g.at-near {
				e.highest = max(e.highest, d.signs[e.current.signs[e.settled]].seq)
				e.settled++
			}
			if e.settled > 0 && (g.row && g.seq <= e.highest || !g.row && g.seq < e.highest) {
				n.falls = append(n.falls, [2]int{e.current.signs[len(e.current.signs)-1], i})
				e.current = nil
			}
		}
		if e.current == nil {
			e.current, e.index, e.settled, e.highest = &numbering{epoch: g.epoch}, len(n.list), 0, -1
			n.list = append(n.list, e.current)
		}
		e.current.signs = append(e.current.signs, i)
		n.of[i] = e.index
		if g.row {
			e.current.arrived = append(e.current.arrived, g.seq)
		}
	}
	for _, x := range n.list {
		slices.Sort(x.arrived)
		x.arrived = slices.Compact(x.arrived)
		x.late = !slices.ContainsFunc(x.signs, func(i int) bool { return !d.signs[i].late(s.params.LateAccusation) })
	}
	return n
}

// countedBy returns the sign that says how far the device had counted at t: the
// last heartbeat by then, or, where that names no number, the row with the
// highest one in its numbering.
func (n *numbers) countedBy(t duty.Instant) (int, bool) {
	beat, row := -1, -1
	for i := range n.d.signs {
		g := &n.d.signs[i]
		switch {
		case g.at > t:
		case !g.row:
			// Of heartbeats at one instant the highest number counts.
			if beat < 0 || n.d.signs[beat].at < g.at || !n.d.signs[beat].numbered || g.numbered && g.seq >= n.d.signs[beat].seq {
				beat = i
			}
		case g.numbered && (row < 0 || n.of[i] != n.of[row] || g.seq > n.d.signs[row].seq):
			row = i
		}
	}
	if beat >= 0 && n.d.signs[beat].numbered {
		return beat, true
	}
	return row, row >= 0
}

// countedFrom returns the first heartbeat at or after t that names a number of
// the same numbering as another sign.
func (n *numbers) countedFrom(t duty.Instant, same int) (int, bool) {
	for i := range n.d.signs {
		if g := &n.d.signs[i]; !g.row && g.numbered && g.at >= t && n.of[i] == n.of[same] {
			return i, true
		}
	}
	return 0, false
}

// arrivedBetween reports whether every number above that of the first sign up
// to that of the second has arrived in their numbering.
func (n *numbers) arrivedBetween(first, second int) bool {
	x := n.list[n.of[first]]
	low, high := n.d.signs[first].seq, n.d.signs[second].seq
	if high <= low {
		return true
	}
	from, _ := slices.BinarySearch(x.arrived, low+1)
	to, found := slices.BinarySearch(x.arrived, high)
	return found && int64(to-from) == high-low-1
}

// resets reports numbers that fall and epochs that change: what a device gave
// out in between nobody knows, and only people can close it.
func (s *sight) resets(r *Report, d *device, n *numbers) {
	for _, f := range n.falls {
		before, after := &d.signs[f[0]], &d.signs[f[1]]
		if n.list[n.of[f[1]]].late || n.list[n.of[f[0]]].late {
			continue
		}
		s.fall(r, d, before, after)
	}
	last := -1
	for i := range d.signs {
		g := &d.signs[i]
		if x := n.of[i]; x >= 0 && n.list[x].late {
			continue
		}
		if last >= 0 && d.signs[last].epoch != g.epoch {
			s.turn(r, d, &d.signs[last], g)
		}
		last = i
	}
}

// fall reports a number that fell.
func (s *sight) fall(r *Report, d *device, before, after *sign) {
	s.addEverywhere(r, d, &incident{
		cause: CauseReset, device: d.id, name: d.id + ":" + strconv.FormatInt(after.epoch, 10) + ":" + after.at.String(),
		span: between(before.at, after.at), kind: duty.IncidentKindSuspectedLoss,
	})
	r.reset(d.id, before, after)
}

// turn reports an epoch that changed.
func (s *sight) turn(r *Report, d *device, before, after *sign) {
	s.addEverywhere(r, d, &incident{
		cause: CauseEpoch, device: d.id,
		name: d.id + ":" + strconv.FormatInt(before.epoch, 10) + ":" + strconv.FormatInt(after.epoch, 10) +
			":" + before.at.String(),
		span: between(before.at, after.at), kind: duty.IncidentKindSuspectedLoss,
	})
	r.reset(d.id, before, after)
}

// between is the span from one time to another, whichever is smaller, at least
// a millisecond long (W-12).
func between(a, b duty.Instant) duty.Span {
	return duty.Span{From: min(a, b), To: max(a, b, min(a, b)+1)}
}

// double names two rows with one number.
func (r *Report) double(device string, from, to duty.Instant, first, second string) {
	r.quality(duty.DataQualityCodeConflictingFact, device, from, duty.Some(to),
		duty.Detail{Name: "first", Value: first}, duty.Detail{Name: "second", Value: second})
}

// conflicts names rows of one device that carry one number within 30 s of each
// other: both stand, and the number has arrived (W-22).
func (s *sight) conflicts(r *Report, d *device, n *numbers) {
	for _, x := range n.list {
		var rows []*sign
		for _, i := range x.signs {
			if d.signs[i].row {
				rows = append(rows, &d.signs[i])
			}
		}
		slices.SortStableFunc(rows, func(a, b *sign) int { return cmp.Or(cmp.Compare(a.seq, b.seq), compareSigns(*a, *b)) })
		for i := 1; i < len(rows); i++ {
			if rows[i].seq == rows[i-1].seq {
				r.double(d.id, rows[i-1].at, rows[i].at, rows[i-1].id, rows[i].id)
			}
		}
	}
}
