package watch

import (
	"cmp"
	"slices"

	"tilsyn/engine/duty"
)

// What heartbeats say of a clock (W-40, W-42, A-05).
const (
	// slow is up to when a heartbeat that comes late may come from a slow clock;
	// beyond it is late delivery.
	slow = duty.Hour
	// around is how far the company of a late heartbeat reaches.
	around = 30 * duty.Minute
)

// clocks reports clocks that run ahead, by rows and heartbeats, and clocks that
// run behind, by heartbeats.
func (s *sight) clocks(r *Report, d *device) {
	signs := byReceipt(d.signs)
	ahead := func(limit duty.Instant) func(int) bool {
		return func(i int) bool { return signs[i].own-signs[i].receipt > limit }
	}
	for _, run := range runs(len(signs), ahead(duty.ClockWrong)) {
		span := duty.Span{From: signs[run[0]].receipt}
		for _, g := range signs[run[0]:run[1]] {
			span.To = max(span.To, g.own)
		}
		s.addClock(r, d, span)
	}
	for _, run := range runs(len(signs), ahead(duty.ClockNoticed)) {
		from, to := signs[run[0]].receipt, signs[run[0]].own
		for _, g := range signs[run[0]:run[1]] {
			to = max(to, g.own)
		}
		r.quality(duty.DataQualityCodeClockOffset, d.id, from, duty.Some(to))
	}
	beats := byReceipt(d.beats)
	behind := func(i int) bool {
		return duty.ClockWrong < beats[i].receipt-beats[i].own && beats[i].receipt-beats[i].own <= slow
	}
	bad := func(i int) bool {
		for _, step := range []int{-1, 1} {
			for j := i; j >= 0 && j < len(beats) && apart(beats[i].receipt, beats[j].receipt) <= around; j += step {
				if !behind(j) {
					return false
				}
			}
		}
		return true
	}
	for _, run := range runs(len(beats), bad) {
		span := duty.Span{From: beats[run[0]].own, To: beats[run[1]-1].receipt}
		for _, g := range beats[run[0]:run[1]] {
			span.From = min(span.From, g.own)
		}
		s.addClock(r, d, span)
		r.quality(duty.DataQualityCodeClockOffset, d.id, span.From, duty.Some(span.To))
	}
}

func (s *sight) addClock(r *Report, d *device, span duty.Span) {
	s.addEverywhere(r, d, &incident{
		cause: CauseClock, device: d.id, name: d.id + ":" + span.From.String(),
		span: between(span.From, span.To), kind: duty.IncidentKindClock,
	})
}

func apart(a, b duty.Instant) duty.Instant { return max(a-b, b-a) }

// byReceipt orders signs by when they were had.
func byReceipt(list []sign) []sign {
	out := slices.Clone(list)
	slices.SortFunc(out, func(a, b sign) int {
		return cmp.Or(cmp.Compare(a.receipt, b.receipt), cmp.Compare(a.own, b.own), cmp.Compare(a.id, b.id))
	})
	return out
}

// runs returns the stretches [from, to) of consecutive places that have a
// property.
func runs(n int, has func(int) bool) [][2]int {
	var out [][2]int
	for i := 0; i < n; i++ {
		if !has(i) {
			continue
		}
		from := i
		for i < n && has(i) {
			i++
		}
		out = append(out, [2]int{from, i})
	}
	return out
}
