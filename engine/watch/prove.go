package watch

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// proof is what was found of a silence: whether the numbers show it to be nothing, since when, and the
// last day that was read for it.
type proof struct {
	ok    bool
	since duty.Instant
	day   int32
}

// counts reports whether the numbers show that nothing was lost in a span (proven, but for the papers).
func (c *chain) counts(span duty.Span) proof {
	if p, ok := c.proofs[span]; ok {
		return p
	}
	p, keep := c.prove(span)
	if keep {
		if c.proofs == nil {
			c.proofs = map[duty.Span]proof{}
		}
		c.proofs[span] = p
	}
	return p
}

func (c *chain) prove(span duty.Span) (p proof, keep bool) {
	i, _ := slices.BinarySearchFunc(c.days, dayOf(span.From), func(e dayEnd, d int32) int { return cmp.Compare(e.day, d) })
	f := c.state(i).copy()
	var first counted
	decided := false
	decide := func() bool {
		decided, first = true, f.counted()
		return first.ok && c.names(first.serial, span.To)
	}
	over := false
	for ; i < len(c.days) && !over; i++ {
		c.eachSign(c.days[i].day, func(g *sign) bool {
			if !decided && g.at > span.From && !decide() {
				over = true
				return false
			}
			serial := f.step(g)
			if decided && !g.row && g.numbered && g.at >= span.To && serial == first.serial && serial >= 0 {
				p, keep, over = proof{c.whole(first, g), g.known, dayOf(g.at + duty.Minute)}, true, true
			}
			return !over
		})
	}
	return p, keep
}

// names reports whether some heartbeat at or after an instant names a number of a numbering.
func (c *chain) names(serial int, from duty.Instant) bool {
	f := c.state(len(c.days))
	for i := range f.epochs {
		if f.epochs[i].serial == serial {
			return f.epochs[i].beat >= from
		}
	}
	for _, x := range f.ended {
		if x.serial == serial {
			return x.beat >= from
		}
	}
	return false
}

// whole reports whether every number between two signs of a numbering has arrived, and no row between
// them lacks one.
func (c *chain) whole(first counted, second *sign) bool {
	low, high := first.seq, second.seq
	for i := range c.days {
		e := &c.days[i]
		for _, bare := range e.found.bare {
			if first.at <= bare.To && bare.From <= second.at {
				return false
			}
		}
		for _, g := range e.found.gaps {
			if g.serial == first.serial && max(low+1, g.first) <= min(high, g.last) {
				return false
			}
		}
	}
	f := c.state(len(c.days))
	for i := range f.epochs {
		if e := &f.epochs[i]; e.serial == first.serial {
			return !e.lacks(max(low, e.base), high)
		}
	}
	for i := range f.fallen {
		if e := &f.fallen[i]; e.serial == first.serial {
			return !e.lacks(max(low, e.base), high)
		}
	}
	return true
}
