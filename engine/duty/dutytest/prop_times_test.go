package dutytest

import (
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
)

// Times that a bad clock, a wrong unit or a typing error gives: some make no sense
// (contract §1), others are of a clock that cannot be right (REL-10).
var (
	senselessTimes = []duty.Instant{
		duty.DateOf(1, 1, 1).Start(), 0, -1, duty.DateOf(1999, 12, 31).Start(), duty.DateOf(2101, 1, 1).Start() + duty.Hour,
		duty.DateOf(9999, 12, 31).Start(), 1_770_000_000, 1_770_000_000_000_000,
	}
	wrongTimes = []duty.Instant{
		duty.DateOf(2000, 1, 1).Start() + duty.Hour, duty.DateOf(2000, 2, 29).Start(),
		duty.DateOf(2040, 1, 1).Start(), duty.DateOf(2040, 3, 25).Clock(2, 30),
		duty.DateOf(2099, 12, 31).Start(), duty.DateOf(2100, 2, 28).Start(),
	}
)

// retimed gives some of the person's rows another time, each its own. The second case has, in
// place of these rows, what instead returns for them; nil removes them.
func (g *gen) retimed(times []duty.Instant,
	instead func(*testCase, *duty.Known[duty.CardEvent])) (with, without *testCase, n int) {
	moved := map[string]duty.Opt[duty.Instant]{} // a record that comes twice is one fact
	with, without = g.c.with(), g.c.with()
	with.facts.CardEvents, without.facts.CardEvents = nil, nil
	for _, k := range g.c.facts.CardEvents {
		to, again := moved[k.Fact.ID]
		if !again && k.Fact.PersonID == duty.Some(g.c.person) && g.r.IntN(3) == 0 {
			to = duty.Some(pick(g, times...) + duty.Instant(len(moved))*duty.Second)
		}
		if moved[k.Fact.ID] = to; !to.OK {
			with.facts.CardEvents = append(with.facts.CardEvents, k)
			without.facts.CardEvents = append(without.facts.CardEvents, k)
			continue
		}
		n++
		k.Fact.OccurredAt = to.V
		with.facts.CardEvents = append(with.facts.CardEvents, k)
		if instead != nil {
			instead(without, &k)
		}
	}
	return with, without, n
}

// TestSenselessTimesAreDeadLetters: a row whose time makes no sense has exactly the effect of one
// that cannot be read (contract §1).
func TestSenselessTimesAreDeadLetters(t *testing.T) {
	tried := 0
	forCases(t, 500, func(t *testing.T, seed uint64, g *gen) {
		with, without, n := g.retimed(senselessTimes, func(c *testCase, k *duty.Known[duty.CardEvent]) {
			c.facts.Unreadable = append(c.facts.Unreadable,
				duty.Unreadable{Topic: "card-events", Key: c.person, ID: k.Fact.ID, At: duty.Some(k.At), Pos: k.Pos})
		})
		if n == 0 {
			return
		}
		tried++
		for _, at := range g.clocks() {
			a, b := outcomes(with, at), outcomes(without, at)
			for key, o := range a {
				if b[key] != o {
					report(t, seed, at, without, with, key.kind.String()+" "+dateText(key.date)+" is "+o.String()+
						", with a dead letter "+b[key].String())
				}
			}
		}
	})
	seeds.Expect(t, tried >= 50, "only %d cases had such a row", tried)
}

// TestWrongClocksNeverAccuse: a row whose clock cannot be right makes no verdict harsher than it
// is without the row (REL-10). Persons who have such a row already are left out: of two, one may
// resolve the doubt that the other alone would leave.
func TestWrongClocksNeverAccuse(t *testing.T) {
	impossible := func(k duty.Known[duty.CardEvent]) bool {
		return k.Fact.OccurredAt > k.Fact.ReceivedAt+5*duty.Minute || k.Fact.OccurredAt < duty.DateOf(2001, 1, 1).Start()
	}
	forCases(t, 500, func(t *testing.T, seed uint64, g *gen) {
		if slices.ContainsFunc(g.c.facts.CardEvents, impossible) {
			return
		}
		with, without, n := g.retimed(wrongTimes, nil)
		if n == 0 {
			return
		}
		for _, at := range g.clocks() {
			b := outcomes(without, at)
			for key, o := range outcomes(with, at) {
				if o.Severity() > b[key].Severity() {
					report(t, seed, at, without, with, key.kind.String()+" "+dateText(key.date)+" is "+o.String()+
						", without the rows "+b[key].String())
				}
			}
		}
	})
}
