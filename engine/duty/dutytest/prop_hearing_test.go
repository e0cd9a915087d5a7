package dutytest

import (
	"reflect"
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
)

// TestHearingJudgesAsEvaluateDoes compares units that are asked about one by one, in any order, with those
// of the full evaluation, and how an interval reaches them.
func TestHearingJudgesAsEvaluateDoes(t *testing.T) {
	units, reached := 0, 0
	forCases(t, 300, func(t *testing.T, seed uint64, g *gen) {
		for _, at := range g.clocks() {
			in := g.c.coreAt(at)
			from := at - duty.Instant(g.r.IntN(10*24))*duty.Hour
			span := duty.Span{From: from, To: from + duty.Instant(1+g.r.IntN(30))*duty.Hour}
			centre := pick(g, "KH", "SJ")
			first := span.From.Date() - 3
			in.FromDate, in.ToDate = duty.Some(first), duty.Some(first+9)
			want := duty.Evaluate(in, at)
			in.FromDate, in.ToDate = duty.None[duty.Date](), duty.None[duty.Date]()
			h := duty.Hear(in, at)
			if got, want := h.TouchedBy(centre, span), want.TouchedBy(centre, span); !reflect.DeepEqual(got, want) {
				t.Errorf("seed %d at %s: touched %+v, by Evaluate %+v", seed, clockText(at), got, want)
			}
			got := h.Units(first, first+9)
			if len(got) != len(want.Units) {
				t.Fatalf("seed %d at %s: %d units, by Evaluate %d", seed, clockText(at), len(got), len(want.Units))
			}
			listed := duty.Hear(in, at).Reached(centre, span, first, first+9)
			for i := range want.Units {
				u := &want.Units[i]
				reach := u.Reached(centre, span)
				if reach == duty.ReachNone {
					continue
				}
				if len(listed) == 0 || shown(&listed[0].Unit) != shown(u) || listed[0].Reach != reach {
					t.Fatalf("seed %d at %s: %s %s is reached (%s), and not listed: %d others are\n%s", seed, clockText(at),
						u.Kind, dateText(u.Date), reach, len(listed), g.c.describe())
				}
				listed = listed[1:]
			}
			if len(listed) > 0 {
				t.Errorf("seed %d at %s: %d units are listed that are not reached\n%s", seed, clockText(at), len(listed),
					g.c.describe())
			}
			other := duty.Hear(in, at)
			for i := range slices.Backward(got) {
				a, b := &got[i], &want.Units[i]
				alone, ok := other.Unit(b.Kind, b.Date)
				reach := b.Reached(centre, span)
				if shown(a) != shown(b) || !ok || shown(&alone) != shown(b) || a.Reached(centre, span) != reach {
					t.Errorf("seed %d at %s: %s %s is %+v, alone %+v, by Evaluate %+v\n%s", seed, clockText(at), b.Kind,
						dateText(b.Date), shown(a), shown(&alone), shown(b), g.c.describe())
				}
				units++
				if reach != duty.ReachNone {
					reached++
				}
			}
		}
	})
	t.Logf("%d units, %d of them reached", units, reached)
	seeds.Expect(t, reached > 0 && reached < units, "%d of %d units are reached: the test tests little", reached, units)
}

// TestHearingElsewhere: where other incidents are known, a hearing that was prepared elsewhere judges as one that
// is prepared there, and says the same as before of where it was prepared.
func TestHearingElsewhere(t *testing.T) {
	units, changed, automatic := 0, 0, 0
	forCases(t, 30, func(t *testing.T, seed uint64, g *gen) {
		if seed%2 == 0 {
			g = watchedGen(seed)
		}
		for _, at := range g.clocks() {
			in := g.c.coreAt(at)
			world := duty.World{Centres: in.Centres, Policies: in.Policies}
			from := at - duty.Instant(g.r.IntN(10*24))*duty.Hour
			span := duty.Span{From: from, To: from + duty.Instant(1+g.r.IntN(30))*duty.Hour}
			worlds := []duty.World{world.WithUnknown(pick(g, "KH", "SJ"), span), world}
			for _, k := range in.Centres.Facts().Incidents {
				worlds = append(worlds, world.WithoutIncident(k.Fact.IncidentID))
			}
			if g.c.watched != nil {
				for _, p := range in.Policies {
					list := g.c.says(at)(p.Policy).Incidents.List()
					for _, a := range list[:min(len(list), 2)] {
						without := world.WithoutIncident(a.Incident.IncidentID)
						worlds = append(worlds, without, without.WithUnknown("KH", span))
						automatic++
					}
				}
			}
			h := duty.Hear(in, at)
			first, last := at.Date()-12, at.Date()
			now := h.Units(first, last)
			for _, w := range worlds {
				there := in
				there.Centres = w.Centres
				got, want := h.Elsewhere(w.Centres).Units(first, last), duty.Hear(there, at).Units(first, last)
				if len(got) != len(want) || len(want) != len(now) {
					t.Fatalf("seed %d at %s: %d units, %d, %d", seed, clockText(at), len(got), len(want), len(now))
				}
				for i := range got {
					units++
					if shown(&got[i]) != shown(&now[i]) {
						changed++
					}
					if shown(&got[i]) != shown(&want[i]) {
						t.Errorf("seed %d at %s: elsewhere %+v, there %+v\n%s", seed, clockText(at), shown(&got[i]),
							shown(&want[i]), g.c.describe())
					}
				}
			}
		}
	})
	t.Logf("%d units, %d of them as they were not before; %d automatic incidents", units, changed, automatic)
	seeds.Expect(t, changed > 0 && automatic > 0, "the test tests nothing")
}

// unitShown is what is asked of a unit.
type unitShown struct {
	kind                    duty.Kind
	date                    duty.Date
	outcome                 duty.Outcome
	pending, early, settled bool
	ready                   duty.Instant
	centre                  string
}

func shown(u *duty.Unit) unitShown {
	return unitShown{u.Kind, u.Date, u.Outcome, u.Pending, u.Early, u.Settled, u.Ready, u.CentreID}
}
