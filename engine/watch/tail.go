package watch

import (
	"slices"

	"tilsyn/engine/duty"
)

// cut decides what is missing below the highest number of a settled row: every later sign of the
// numbering names more than that. Then it forgets the settled ticks that bound nothing any more.
func (f *fold) cut(e *counting) {
	top := e.base
	for _, t := range e.ticks[:e.settled] {
		if t.row {
			top = max(top, t.seq)
		}
	}
	if top > e.base {
		for _, g := range e.gaps(duty.Forever) {
			if g.last < top {
				f.found.gaps = append(f.found.gaps, g)
			}
		}
		e.base = top
	}
	keep := e.bounding()
	kept := make([]tick, 0, len(e.ticks))
	for i, t := range e.ticks[:e.settled] {
		if slices.Contains(keep[:], i) || t.seq > top && t.at >= e.last.at-lasting {
			kept = append(kept, t)
		}
	}
	settled := len(kept)
	e.ticks, e.settled, e.kept = slices.Clone(append(kept, e.ticks[e.settled:]...)), settled, settled
}

// bounding returns the places of the settled ticks that may bound a gap that is not decided, besides
// those that a clock may still leave out: the last one at or below the base, or of the lowest number
// where there is no base; and the first one that names the most.
func (e *counting) bounding() [2]int {
	low, from, to := e.base, -1, -1
	if low < 0 {
		low = e.ticks[0].seq
		for _, t := range e.ticks {
			low = min(low, t.seq)
		}
	}
	for i, t := range e.ticks[:e.settled] {
		if t.seq <= low {
			from = i
		} else if t.at < e.last.at-lasting && (to < 0 || t.seq > e.ticks[to].seq) {
			to = i
		}
	}
	return [2]int{from, to}
}

// gaps returns the ranges of numbers that are missing at a clock, with when they were given out (gaps,
// missing, bounds).
func (t *tail) gaps(at duty.Instant) []foundGap {
	low, high := int64(-1), int64(-1)
	var arrived []int64
	for _, k := range t.ticks {
		if low < 0 || k.seq < low {
			low = k.seq
		}
		if k.row || at-k.at >= lasting {
			high = max(high, k.seq)
		}
		if k.row {
			arrived = append(arrived, k.seq)
		}
	}
	next := low + 1
	if t.base >= 0 {
		next = t.base + 1
	}
	slices.Sort(arrived)
	var out []foundGap
	add := func(m missing) {
		out = append(out, foundGap{serial: t.serial, epoch: t.epoch, missing: m, span: t.bounds(m)})
	}
	for _, n := range arrived {
		if n > next {
			add(missing{next, n - 1})
		}
		next = max(next, n+1)
	}
	if high >= next {
		add(missing{next, high})
	}
	return out
}

func (t *tail) bounds(m missing) duty.Span {
	var from, to duty.Instant
	open := true
	for i := range t.ticks {
		k := &t.ticks[i]
		if k.seq < m.first {
			from = k.at
		}
		if open && k.seq >= m.last {
			to, open = k.at, false
		}
	}
	return between(from, to)
}

// lacks reports whether one of the numbers above low up to high, all above base, has not arrived.
func (t *tail) lacks(low, high int64) bool {
	var arrived []int64
	for _, k := range t.ticks {
		if k.row && low < k.seq && k.seq <= high {
			arrived = append(arrived, k.seq)
		}
	}
	slices.Sort(arrived)
	return high > low && int64(len(slices.Compact(arrived))) != high-low
}
