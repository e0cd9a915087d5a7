package duty_test

import (
	"slices"
	"testing"

	"tilsyn/engine/duty"
)

// TestPassagesInTurnHideNoPair: Pairs finds the same pairs when it cannot leave off at passages in turn. Before
// all others two scans of a barcode card are put that are not in turn, and form no pair with anything.
func TestPassagesInTurnHideNoPair(t *testing.T) {
	quiet, found := 0, 0
	check := func(t *testing.T, seed uint64, g *gen) {
		for _, at := range g.clocks() {
			in := g.c.coreAt(at)
			first := at
			for i := range in.Person.CardEvents {
				first = min(first, in.Person.CardEvents[i].Fact.OccurredAt, in.Person.CardEvents[i].At)
			}
			facts := *in.Person
			facts.CardEvents = slices.Clone(facts.CardEvents)
			for i := range duty.Instant(2) {
				when := max(first, duty.ClockReset+10*duty.Day) - (2+i)*duty.Day
				facts.CardEvents = append(facts.CardEvents, duty.Known[duty.CardEvent]{At: when, Fact: duty.CardEvent{
					ID: g.id("before"), Version: 1, ReceivedAt: when, PersonID: duty.Some(in.PersonID), CardID: "before",
					CardType: duty.CardTypeBarcode, CentreID: "KH", DeviceID: "KH-none", Kind: duty.CardEventKindPassage,
					DeviceType: duty.DeviceTypeBarcodeScanner,
					Direction:  duty.Some(duty.DirectionOut), Scan: duty.ScanComplete, OccurredAt: when,
				}})
			}
			loud := in
			loud.Person = &facts
			for _, p := range in.Policies {
				got, want := duty.Pairs(in, p.Policy, at), duty.Pairs(loud, p.Policy, at)
				if !slices.Equal(got, want) {
					t.Errorf("seed %d at %s: pairs %v, when every view is searched %v\n%s", seed, clockText(at), got, want,
						g.c.describe())
				}
				if len(want) > 0 {
					found++
				} else if len(in.Person.CardEvents) > 1 {
					quiet++
				}
			}
		}
	}
	forCases(t, 600, check)
	seed := startSeed(t)
	for i := range uint64(personWeeks(t, 300)) {
		check(t, seed+i, newRoutineGen(seed+i, int(i%3)))
	}
	t.Logf("pairs in %d views, none in %d", found, quiet)
	if found == 0 || quiet == 0 {
		t.Error("the test tests little")
	}
}
