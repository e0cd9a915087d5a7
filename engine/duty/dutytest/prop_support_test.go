package dutytest

import (
	"fmt"
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
)

// unitsOf writes every field of the units of a verdict and, at clocks from their first date on, when time
// alone changes it.
func unitsOf(in duty.Input, at duty.Instant) (out []string) {
	res := duty.Evaluate(in, at)
	if at >= in.FromDate.V.Start() {
		out = append(out, "next "+clockText(res.Next))
	}
	for i := range res.Units {
		u := &res.Units[i]
		out = append(out, fmt.Sprintf("%s %s %s%s %v %v %v %s %s %+v", u.Kind, dateText(u.Date),
			flagText(u.Pending, u.Early), u.Outcome, u.Ready, u.Instant, u.Rules, u.PolicyVersion, u.PolicyDigest, u.Material))
	}
	return out
}

// supported compares the units from a date on with those judged from their support. It returns 1 where
// the support leaves rows out.
func supported(t *testing.T, g *gen, in duty.Input, from duty.Date, at duty.Instant) int {
	less, ok := duty.Support(in, from)
	if !ok {
		return 0
	}
	in.FromDate = duty.Some(max(from, in.FromDate.Or(from)))
	if want, got := unitsOf(in, at), unitsOf(less, at); !slices.Equal(want, got) {
		t.Errorf("at %s, from %s on, with %d of %d rows:\n%s\n%s", clockText(at), dateText(from), len(less.Person.CardEvents),
			len(in.Person.CardEvents), firstDifference(want, got), g.c.describe())
	}
	return 1
}

// TestJudgedFromSupport holds that units judged from their support are judged as from everything: of
// random persons under all duties, with late facts, links, several policies, incidents, exclusions and
// a watch.
func TestJudgedFromSupport(t *testing.T) {
	n, seed := personWeeks(t, 1500), startSeed(t)
	smaller := 0
	try := func(g *gen) {
		g.c.from, g.c.to = duty.None[duty.Date](), duty.None[duty.Date]()
		for _, at := range append(g.clocks(), g.time(3, 12)) {
			in := g.c.coreAt(at)
			for range 3 {
				from := g.d0 + duty.Date(1+g.r.IntN(9))
				if g.long {
					from += duty.Date(g.r.IntN(50))
				}
				smaller += supported(t, g, in, from, at)
			}
		}
	}
	for i := 0; i < n && !t.Failed(); i++ {
		try(newGen(seed + uint64(i)))
		try(newLifeGen(seed + uint64(i)))
	}
	for i := 0; i < (n+19)/20 && !t.Failed(); i++ { // with a real watch it takes longer
		try(watchedGen(seed + uint64(i)))
	}
	t.Logf("%d verdicts from a smaller support", smaller)
	seeds.Expect(t, smaller >= n/4, "only %d verdicts from a smaller support: the random persons hardly try it", smaller)
}
