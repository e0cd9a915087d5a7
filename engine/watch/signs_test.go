package watch

import (
	"math/rand/v2"
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
)

// TestSigns: where the heartbeats of a device leave no pause over a span, the watch finds no silence in it, and
// where its numbers are complete, none missing; where there is an incident of either kind the signs show it.
func TestSigns(t *testing.T) {
	const seed = 20261129
	p := *policy.Builtin()
	p.Steps = slices.Clone(p.Steps)
	for i := range p.Steps {
		p.Steps[i].Params.HeartbeatInterval = 6 * duty.Hour
	}
	steady, complete, broken := 0, 0, 0
	for i := range worldsOf(t, 150, 50) {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		x := newWeeks(r)
		x.facts.Centres = duty.NewCentres(x.settled)
		w := New(x.facts, &p)
		at := x.start + duty.Instant(25+r.IntN(20))*duty.Day
		report := w.Look(View{At: at}, nil)
		span := duty.Span{From: x.start + duty.Instant(r.IntN(20))*duty.Day}
		span.To = min(span.From+duty.Instant(1+r.IntN(96))*duty.Hour, at)
		for _, g := range w.Heard(at).Signs([]string{"KH", "SJ"}, span) {
			if !slices.IsSorted(g.Beats) {
				t.Fatalf("world %d: heartbeats out of order: %v", i, g.Beats)
			}
			lasting := g.Since.OK && len(g.Beats) > 0 && g.Beats[0] <= span.From && g.Beats[len(g.Beats)-1] >= span.To
			for k := 1; k < len(g.Beats); k++ {
				lasting = lasting && g.Beats[k]-g.Beats[k-1] <= limit(p.ParamsAt(at.Date()))
			}
			n := &g.Numbers.V
			whole := g.Numbers.OK && n.Complete() && n.First.At <= span.From && n.Last.At >= span.To
			if lasting {
				steady++
			}
			if whole {
				complete++
			}
			for _, a := range report.Incidents {
				if !slices.Contains(a.DeviceIDs, g.Source) || a.CentreID != g.CentreID || a.From >= span.To ||
					a.To.Or(duty.Forever) <= span.From {
					continue
				}
				inside := span.From <= a.From && a.To.Or(duty.Forever) <= span.To
				if a.Cause == CauseSilence && lasting || a.Cause == CauseGap && inside && whole {
					t.Fatalf("world %d, %v: %+v\nand its signs %+v\n%s", i, span, a, g, x)
				}
				broken++
			}
		}
	}
	t.Logf("%d without a pause, %d complete, %d incidents", steady, complete, broken)
	if steady < 20 || complete < 20 || broken < 20 {
		t.Errorf("%d without a pause, %d complete, %d incidents: nothing is shown", steady, complete, broken)
	}
}
