package duty_test

import (
	"testing"

	"tilsyn/engine/duty"
)

// Times that a bad clock, a wrong unit or a typing error gives: some make no sense
// (contract §1), others are of a clock that cannot be right (REL-10).
var (
	senselessTimes = []duty.Instant{
		duty.DateOf(1, 1, 1).Start(), 0, -1, duty.DateOf(1999, 12, 31).Start(), duty.DateOf(2101, 1, 1).Start() + duty.Hour,
		duty.DateOf(9999, 12, 31).Start(), 1_770_000_000, 1_770_000_000_000_000,
	}
	wrongTimes = []duty.Instant{
		duty.DateOf(2000, 1, 1).Start() + duty.Hour, duty.DateOf(2000, 2, 29).Start(), duty.DateOf(2040, 1, 1).Start(), duty.DateOf(2040, 3, 25).Clock(2, 30),
		duty.DateOf(2099, 12, 31).Start(), duty.DateOf(2100, 2, 28).Start(),
	}
)

// retimed gives some of the person's rows another time of their own. The second case
// has put in their place what instead makes of them; nil takes them out.
func (g *gen) retimed(times []duty.Instant, instead func(*testCase, *duty.Known[duty.CardEvent])) (with, without *testCase, n int) {
	with, without = g.c.with(), g.c.with()
	with.facts.CardEvents, without.facts.CardEvents = nil, nil
	for _, k := range g.c.facts.CardEvents {
		if k.Fact.PersonID != duty.Some(g.c.person) || g.r.IntN(3) > 0 {
			with.facts.CardEvents = append(with.facts.CardEvents, k)
			without.facts.CardEvents = append(without.facts.CardEvents, k)
			continue
		}
		n++
		k.Fact.OccurredAt = pick(g, times...)
		with.facts.CardEvents = append(with.facts.CardEvents, k)
		if instead != nil {
			instead(without, &k)
		}
	}
	return with, without, n
}

// TestSenselessTimesAreDeadLetters: a row with a time that makes no sense is treated in
// the same way as one that cannot be read (contract §1), to the last unit.
func TestSenselessTimesAreDeadLetters(t *testing.T) {
	tried := 0
	forCases(t, 500, func(t *testing.T, seed uint64, g *gen) {
		with, without, n := g.retimed(senselessTimes, func(c *testCase, k *duty.Known[duty.CardEvent]) {
			c.facts.Unreadable = append(c.facts.Unreadable, duty.Unreadable{Topic: "card-events", Key: c.person, ID: k.Fact.ID, At: duty.Some(k.At), Pos: k.Pos})
		})
		if n == 0 {
			return
		}
		tried++
		for _, at := range g.clocks() {
			a, b := outcomes(with, at), outcomes(without, at)
			for key, o := range a {
				if b[key] != o {
					report(t, seed, at, without, with, key.kind.String()+" "+dateText(key.date)+" is "+o.String()+", with a dead letter "+b[key].String())
				}
			}
		}
	})
	if tried < 50 {
		t.Errorf("only %d cases had such a row", tried)
	}
}

// TestWrongClocksNeverAccuse: a row of a clock that cannot be right indicates nothing of
// which there is no record without the row. It may take a departure question from a
// record, since it ends a run (RD-04).
func TestWrongClocksNeverAccuse(t *testing.T) {
	forCases(t, 500, func(t *testing.T, seed uint64, g *gen) {
		with, without, n := g.retimed(wrongTimes, nil)
		if n == 0 {
			return
		}
		for _, at := range g.clocks() {
			b := outcomes(without, at)
			for key, o := range outcomes(with, at) {
				if o == duty.OutcomeIndicated && !record(b[key]) {
					report(t, seed, at, without, with, key.kind.String()+" "+dateText(key.date)+" is "+o.String()+", without the rows "+b[key].String())
				}
			}
		}
	})
}

func record(o duty.Outcome) bool {
	return o == duty.OutcomeIndicated || o == duty.OutcomeNeedsReview
}
