package dutytest

import (
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/seeds"
)

// TestPairsDividedAtASeam holds that the pairs of a person divide at a seam: those that begin with it or later are
// found without the rows and the paper from before, and the others without those from the horizon on, whichever of
// these are missing; of random persons whose rows and entries have one version.
func TestPairsDividedAtASeam(t *testing.T) {
	divided, before, after := 0, 0, 0
	check := func(t *testing.T, seed uint64, g *gen) {
		for _, at := range append(g.clocks(), g.time(3, 12)) {
			in := g.c.coreAt(at)
			facts := singles(in.Person)
			in.Person = &facts
			since := (g.d0 - 1 + duty.Date(g.r.IntN(9))).Start()
			horizon := since + duty.Instant(g.r.IntN(72))*duty.Hour
			if g.long {
				horizon += duty.Instant(g.r.IntN(40)) * duty.Day
			}
			late, early := in, in
			late.Person = without(&facts, func(happened duty.Instant) bool { return happened < since })
			early.Person = without(&facts, func(happened duty.Instant) bool { return happened >= horizon && g.chance(60) })
			seam, ok := duty.PairSeam(late, since, horizon)
			if !ok {
				continue
			}
			divided++
			for _, p := range in.Policies {
				all := duty.Pairs(in, p.Policy, at)
				kept := func(of duty.Input, later bool) []duty.Pair {
					return slices.DeleteFunc(duty.Pairs(of, p.Policy, at), func(x duty.Pair) bool { return x.From >= seam != later })
				}
				later, sooner := kept(in, true), kept(in, false)
				before, after = before+len(sooner), after+len(later)
				if got := kept(late, true); !slices.Equal(got, later) {
					t.Errorf("seed %d at %s, seam %s: from it on %v, without what was before %s %v\n%s", seed, clockText(at),
						clockText(seam), later, clockText(since), got, g.c.describe())
				}
				if got := kept(early, false); !slices.Equal(got, sooner) {
					t.Errorf("seed %d at %s, seam %s: before it %v, without some from %s on %v of %v\n%s", seed, clockText(at),
						clockText(seam), sooner, clockText(horizon), got, all, g.c.describe())
				}
			}
		}
	}
	forCases(t, 1500, check)
	seed := startSeed(t)
	for i := range uint64(personWeeks(t, 900)) {
		check(t, seed+i, newRoutineGen(seed+i, int(i%3)))
		check(t, seed+i, newLifeGen(seed+i))
	}
	t.Logf("%d seams, %d pairs before and %d from them on", divided, before, after)
	seeds.Expect(t, divided > 0 && before > 0 && after > 0, "the test tests little")
}

// singles are the facts with the rows and entries alone that have one version.
func singles(f *duty.Facts) duty.Facts {
	out, versions := *f, map[string]int{}
	for i := range f.CardEvents {
		versions[f.CardEvents[i].Fact.ID]++
	}
	for i := range f.ManualEntries {
		versions[f.ManualEntries[i].Fact.ID]++
	}
	out.CardEvents = slices.DeleteFunc(slices.Clone(f.CardEvents), func(k duty.Known[duty.CardEvent]) bool {
		return versions[k.Fact.ID] > 1 || k.Fact.Version != 1 || k.Fact.Retracted
	})
	out.ManualEntries = slices.DeleteFunc(slices.Clone(f.ManualEntries), func(k duty.Known[duty.ManualEntry]) bool {
		return versions[k.Fact.ID] > 1
	})
	return out
}

// without leaves out the rows and entries that happened when out says so; of an entry with two readings both count.
func without(f *duty.Facts, out func(happened duty.Instant) bool) *duty.Facts {
	less := *f
	less.CardEvents = slices.DeleteFunc(slices.Clone(f.CardEvents), func(k duty.Known[duty.CardEvent]) bool {
		return out(k.Fact.OccurredAt)
	})
	less.ManualEntries = slices.DeleteFunc(slices.Clone(f.ManualEntries), func(k duty.Known[duty.ManualEntry]) bool {
		early, late, ok := k.Fact.Happened()
		return ok && out(early) && out(late)
	})
	return &less
}

// TestPairUnderAnAssignmentOfBefore: a pair that only the timely facts show, since the card's assignment was ended
// later, is found although nothing else was late (W-38, DAT-08).
func TestPairUnderAnAssignmentOfBefore(t *testing.T) {
	day := duty.DateOf(2026, 2, 2)
	f := &duty.Facts{}
	hold := func(version int64, known duty.Instant, to duty.Opt[duty.Instant]) {
		f.CardAssignments = append(f.CardAssignments, duty.Known[duty.CardAssignment]{At: known, Fact: duty.CardAssignment{
			ID: "a", Version: version, ReceivedAt: known, CardID: "C", PersonID: "P", CardType: duty.CardTypeBiometric,
			AntiPassback: duty.AntiPassbackOn, Created: duty.CardCreationAutomatic, ValidFrom: day.Start(), ValidTo: to}})
	}
	hold(1, day.Start(), duty.None[duty.Instant]())
	for i, at := range []duty.Instant{(day + 1).Clock(9, 0), (day + 1).Clock(19, 0)} {
		f.CardEvents = append(f.CardEvents, duty.Known[duty.CardEvent]{At: at, Fact: duty.CardEvent{
			ID: "r" + string(rune('0'+i)), Version: 1, ReceivedAt: at, PersonID: duty.Some("P"), CardID: "C",
			CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel,
			Kind: duty.CardEventKindPassage, Direction: duty.Some(duty.DirectionOut), Scan: duty.ScanComplete, OccurredAt: at}})
	}
	in := duty.Input{PersonID: "P", Person: f, Centres: duty.NewCentres(duty.CentreFacts{})}
	at := (day + 30).Clock(8, 0)
	if got := duty.Pairs(in, policy.Builtin(), at); len(got) == 0 || got[0].Strict {
		t.Errorf("two passages out give %v", got)
	}
	hold(2, (day+29).Clock(8, 0), duty.Some(day.Clock(8, 0)))
	if got := duty.Pairs(in, policy.Builtin(), at); len(got) == 0 || !got[0].Strict {
		t.Errorf("with a card that is said later to have been given back before, the pairs of before are %v", got)
	}
}
