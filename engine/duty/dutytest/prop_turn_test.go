package dutytest

import (
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/seeds"
)

// TestPassagesInTurnHideNoPair: Pairs finds the same pairs when it cannot leave off at passages in turn. Before
// all others two scans of a barcode card are put that are not in turn, and form no pair with anything. It finds the
// same without the facts of topics that are none of PairTopics.
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
			loud, bare := in, in
			loud.Person = &facts
			bare.Person = &duty.Facts{CardEvents: in.Person.CardEvents, ManualEntries: in.Person.ManualEntries,
				CardAssignments: in.Person.CardAssignments, IdentityLinks: in.Person.IdentityLinks, Crowds: in.Person.Crowds}
			for _, p := range in.Policies {
				got, want := duty.Pairs(in, p.Policy, at), duty.Pairs(loud, p.Policy, at)
				if !slices.Equal(got, want) {
					t.Errorf("seed %d at %s: pairs %v, when every view is searched %v\n%s", seed, clockText(at), got, want,
						g.c.describe())
				}
				if got := duty.Pairs(bare, p.Policy, at); !slices.Equal(got, want) {
					t.Errorf("seed %d at %s: pairs %v by the facts of %v alone, %v by all\n%s", seed, clockText(at), got,
						duty.PairTopics(), want, g.c.describe())
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
	seeds.Expect(t, found > 0 && quiet > 0, "the test tests little")
}

// TestPairAroundARowOfAnotherHolder: a row of a card that somebody else held too at the time is nobody's, so the
// passages around it follow each other, though all three are in turn.
func TestPairAroundARowOfAnotherHolder(t *testing.T) {
	day := duty.DateOf(2026, 2, 2)
	known := day.Clock(8, 0)
	f := &duty.Facts{}
	hold := func(id, person string, from duty.Instant, to duty.Opt[duty.Instant]) {
		f.CardAssignments = append(f.CardAssignments, duty.Known[duty.CardAssignment]{At: known, Fact: duty.CardAssignment{
			ID: id, Version: 1, ReceivedAt: known, CardID: "C", PersonID: person, CardType: duty.CardTypeBiometric,
			AntiPassback: duty.AntiPassbackOn, Created: duty.CardCreationAutomatic, ValidFrom: from, ValidTo: to}})
	}
	hold("a", "P", known, duty.None[duty.Instant]())
	times := []duty.Instant{day.Clock(18, 0), (day + 1).Clock(9, 0), (day + 1).Clock(19, 0)}
	for i, at := range times {
		way := []duty.Direction{duty.DirectionIn, duty.DirectionOut, duty.DirectionIn}[i]
		f.CardEvents = append(f.CardEvents, duty.Known[duty.CardEvent]{At: at, Fact: duty.CardEvent{
			ID: "r" + string(rune('0'+i)), Version: 1, ReceivedAt: at, PersonID: duty.Some("P"), CardID: "C",
			CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel,
			Kind: duty.CardEventKindPassage, Direction: duty.Some(way), Scan: duty.ScanComplete, OccurredAt: at}})
	}
	in := duty.Input{PersonID: "P", Person: f, Centres: duty.NewCentres(duty.CentreFacts{})}
	at := (day + 2).Clock(8, 0)
	if got := duty.Pairs(in, policy.Builtin(), at); len(got) != 0 {
		t.Errorf("passages in turn give %v", got)
	}
	hold("b", "Q", times[1]-duty.Hour, duty.Some(times[1]+duty.Hour))
	if got := duty.Pairs(in, policy.Builtin(), at); len(got) == 0 || got[0].From != times[0] || got[0].To != times[2] {
		t.Errorf("around a row that is nobody's there are %v", got)
	}
}

// TestPairAroundPaperElsewhere: two rows that repeat each other are one passage, and no pair. Paper of another centre
// between them keeps them apart.
func TestPairAroundPaperElsewhere(t *testing.T) {
	day := duty.DateOf(2026, 2, 2)
	known := day.Clock(8, 0)
	f := &duty.Facts{CardAssignments: []duty.Known[duty.CardAssignment]{{At: known, Fact: duty.CardAssignment{
		ID: "a", Version: 1, ReceivedAt: known, CardID: "C", PersonID: "P", CardType: duty.CardTypeBiometric,
		AntiPassback: duty.AntiPassbackOn, Created: duty.CardCreationAutomatic, ValidFrom: known}}}}
	for i, at := range []duty.Instant{day.Clock(18, 0), day.Clock(18, 2)} {
		f.CardEvents = append(f.CardEvents, duty.Known[duty.CardEvent]{At: at, Fact: duty.CardEvent{
			ID: "r" + string(rune('0'+i)), Version: 1, ReceivedAt: at, PersonID: duty.Some("P"), CardID: "C",
			CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel,
			Kind: duty.CardEventKindPassage, Direction: duty.Some(duty.DirectionOut), Scan: duty.ScanComplete,
			OccurredAt: at}})
	}
	in := duty.Input{PersonID: "P", Person: f, Centres: duty.NewCentres(duty.CentreFacts{})}
	at := (day + 2).Clock(8, 0)
	if got := duty.Pairs(in, policy.Builtin(), at); len(got) != 0 {
		t.Errorf("a row and its repetition give %v", got)
	}
	f.ManualEntries = []duty.Known[duty.ManualEntry]{{At: at - duty.Hour, Fact: duty.ManualEntry{
		ID: "m", Version: 1, ReceivedAt: at - duty.Hour, PersonID: duty.Some("P"), CentreID: "SJ",
		Form: duty.FormOutagePassage, Direction: duty.Some(duty.DirectionOut), LocalTime: "2026-02-02T18:01"}}}
	if got := duty.Pairs(in, policy.Builtin(), at); len(got) == 0 {
		t.Error("rows that paper keeps apart give no pair")
	}
}
