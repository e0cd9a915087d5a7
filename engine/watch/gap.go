package watch

import (
	"strconv"

	"tilsyn/engine/duty"
)

// lasting is how long numbers that only a heartbeat names may still be on their
// way (W-16).
const lasting = 3 * duty.Minute

// missing is a range of numbers that were given out and have not arrived.
type missing struct{ first, last int64 }

// gaps reports numbers that are missing between the lowest and the highest that
// a numbering names (REL-02); nothing is missed below the lowest (W-15, D-03). They are
// counted in ranges, never listed (D-02).
func (s *sight) gaps(r *Report, d *device, n *numbers) {
	for _, x := range n.list {
		if x.late {
			continue
		}
		for _, m := range s.missing(d, x) {
			s.gap(r, d, x.epoch, m, bounds(d, x, m))
		}
	}
}

// gap reports a range of numbers that are missing.
func (s *sight) gap(r *Report, d *device, epoch int64, m missing, span duty.Span) {
	s.addEverywhere(r, d, &incident{
		cause: CauseGap, device: d.id, name: d.id + ":" + strconv.FormatInt(epoch, 10) +
			":" + strconv.FormatInt(m.first, 10),
		span: span, kind: duty.IncidentKindSuspectedLoss,
	})
	r.quality(duty.DataQualityCodeSeqGap, d.id, span.From, duty.Some(span.To),
		duty.Detail{Name: "first", Value: strconv.FormatInt(m.first, 10)},
		duty.Detail{Name: "last", Value: strconv.FormatInt(m.last, 10)},
		duty.Detail{Name: "epoch", Value: strconv.FormatInt(epoch, 10)})
}

// missing lists the ranges. What a heartbeat names as its first number was
// given out before anything is known of the device, and is not missed.
func (s *sight) missing(d *device, x *numbering) []missing {
	low, high := int64(-1), int64(-1)
	for _, i := range x.signs {
		g := &d.signs[i]
		if low < 0 || g.seq < low {
			low = g.seq
		}
		if g.row || s.At-g.at >= lasting {
			high = max(high, g.seq)
		}
	}
	var out []missing
	next := low + 1
	for _, n := range x.arrived {
		if n > next {
			out = append(out, missing{next, n - 1})
		}
		next = max(next, n+1)
	}
	if high >= next {
		out = append(out, missing{next, high})
	}
	return out
}

// bounds is when the numbers of a range were given out: from the last sign that
// names less than the first of them to the first that names at least the last
// (W-13, W-14, D-08).
func bounds(d *device, x *numbering, m missing) duty.Span {
	var from, to duty.Instant
	open := true
	for _, i := range x.signs {
		g := &d.signs[i]
		if g.seq < m.first {
			from = g.at
		}
		if open && g.seq >= m.last {
			to, open = g.at, false
		}
	}
	return between(from, to)
}
