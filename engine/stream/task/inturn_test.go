package task

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/seeds"
)

// TestRowsInTurnChangeNoPairs: a row of which turns.row says that it changes no pairs changes none
// at any clock from then on, whatever the policy and whatever assignments and assisted entries are
// or will be known. Times are few and close, so that rows meet, overtake each other and come late.
func TestRowsInTurnChangeNoPairs(t *testing.T) {
	t.Parallel()
	quiet, other, pairs := 0, 0, 0
	seeds.ForEach(t, 6000, func(t *testing.T, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 7))
		policies := somePolicies(rng)
		rules := newRules(policies)
		span := []duty.Instant{20 * duty.Second, duty.Hour, 2 * duty.Day}[rng.IntN(3)]
		jitter := func(d duty.Instant) duty.Instant { return duty.Instant(rng.Int64N(int64(d))) }
		facts := duty.Facts{}
		for i := range 1 + rng.IntN(2) {
			facts.CardAssignments = append(facts.CardAssignments, duty.Known[duty.CardAssignment]{
				At: seeds.Start + jitter(span), Fact: duty.CardAssignment{ID: fmt.Sprint("a", i), Version: 1,
					ReceivedAt: seeds.Start, CardID: "c", PersonID: "p", CardType: duty.CardTypeBiometric,
					ValidFrom: seeds.Start - duty.Day, AntiPassback: duty.AntiPassbackOn,
					Created: duty.CardCreationAutomatic}})
		}
		s := turns{rules, noPassage, duty.Beginning}
		known, at := seeds.Start+jitter(span), seeds.Start
		for i := range 2 + rng.IntN(8) {
			if known += jitter(span / 4); rng.IntN(4) == 0 {
				known -= jitter(span / 2)
			}
			if at += jitter(span / 4); rng.IntN(4) == 0 {
				at -= jitter(span / 2)
			}
			known = max(known, at-jitter(duty.Minute))
			row := duty.Known[duty.CardEvent]{At: known, Fact: duty.CardEvent{ID: fmt.Sprint("r", i), Version: 1,
				ReceivedAt: known, PersonID: duty.Some("p"), CardID: "c", CardType: duty.CardTypeBiometric, CentreID: "KH",
				DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage,
				Direction: duty.Some(duty.DirectionIn + duty.Direction(rng.IntN(2))), Scan: duty.ScanComplete,
				OccurredAt: at}}
			e := &row.Fact
			switch rng.IntN(14) {
			case 0:
				e.Scan = duty.ScanFirst + duty.Scan(rng.IntN(2))
			case 1:
				e.CentreID, e.DeviceID = "ZZ", "ZZ-door"
			case 2:
				e.Kind = duty.CardEventKindReport
			case 3:
				e.ID, e.Version = "r0", 2
			case 4:
				e.DeviceType = duty.DeviceTypeOfflineLock
			case 5:
				e.DeviceID = "unregistered"
			}
			turned := s.row(e, row.At)
			with := facts
			with.CardEvents = append(slices.Clone(facts.CardEvents), row)
			if !turned {
				facts = with
				other++
				continue
			}
			quiet++
			for _, clock := range []duty.Instant{known, known + jitter(span/4), known + jitter(2*span)} {
				for _, p := range policies {
					before, after := pairsOfFacts(&facts, p, clock), pairsOfFacts(&with, p, clock)
					if pairs += len(after); !slices.Equal(before, after) {
						t.Fatalf("%+v, known at %s, is in turn after\n%+v\nbut at %s the pairs are\n%+v\nand were\n%+v",
							row.Fact, row.At, facts.CardEvents, clock, after, before)
					}
				}
			}
			facts = with
		}
	})
	if t.Logf("%d rows in turn, %d others, %d pairs", quiet, other, pairs); quiet == 0 || other == 0 || pairs == 0 {
		t.Error("too little happened for the test to say something")
	}
}

// somePolicies are the built-in policy and one with other limits, and without the device.
func somePolicies(rng *rand.Rand) []*duty.Policy {
	first, second := *policy.Builtin(), *policy.Builtin()
	second.Digest, second.Steps = "second", slices.Clone(second.Steps)
	for i := range second.Steps {
		p := &second.Steps[i].Params
		p.LateAccusation = []duty.Instant{10 * duty.Second, duty.Hour, duty.Day}[rng.IntN(3)]
		p.CollapseMax, p.SluiceMax = duty.Instant(rng.IntN(3))*10*duty.Second, duty.Instant(rng.IntN(3))*10*duty.Second
	}
	if rng.IntN(2) == 0 { // the centre of other rows is known to one policy
		second.Centres = append(slices.Clone(second.Centres), duty.Centre{ID: "ZZ", Kind: second.Centres[0].Kind,
			From: duty.Beginning, To: duty.Forever})
	}
	return []*duty.Policy{&first, &second}
}

// pairsOfFacts are the pairs of person p.
func pairsOfFacts(f *duty.Facts, p *duty.Policy, at duty.Instant) []duty.Pair {
	in := duty.Input{PersonID: "p", Person: f, Centres: duty.NewCentres(duty.CentreFacts{}),
		Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: p}}}
	return joined(duty.Pairs(in, p, at))
}

// TestRowEnd: of passages close to each other none is beyond the other, and a passage before the
// newest one moves nothing.
func TestRowEnd(t *testing.T) {
	row := func(at duty.Instant, way duty.Direction) *duty.CardEvent {
		return &duty.CardEvent{OccurredAt: at, Direction: duty.Some(way)}
	}
	start := duty.Instant(time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC).UnixMilli())
	end := noPassage.after(row(start, duty.DirectionIn), true)
	for _, x := range []struct {
		what string
		got  bool
		want bool
	}{
		{"nothing is before a passage", noPassage.beyond(start), true},
		{"an unknown end turns nowhere", endUnknown.turned(duty.DirectionIn), false},
		{"any passage is the first", noPassage.turned(duty.DirectionIn) && noPassage.turned(duty.DirectionOut), true},
		{"out after in", end.turned(duty.DirectionOut), true},
		{"in after in", end.turned(duty.DirectionIn), false},
		{"the same instant", end.beyond(start), false},
		{"a second later", end.beyond(start + duty.Second), false},
		{"a minute later", end.beyond(start + duty.Minute), true},
		{"a day before", end.after(row(start-duty.Day, duty.DirectionOut), true) == end, true},
		{"close to it", end.after(row(start+duty.Second, duty.DirectionOut), true).turned(duty.DirectionIn), false},
		{"not plain", end.after(row(start+duty.Day, duty.DirectionOut), false).turned(duty.DirectionIn), false},
		{"the next one", end.after(row(start+duty.Day, duty.DirectionOut), true).turned(duty.DirectionIn), true},
		{"before 2000", end.after(row(0, duty.DirectionOut), true) == endUnknown, true},
		{"unknown stays so", endUnknown.after(row(start, duty.DirectionOut), true) == endUnknown, true},
	} {
		if x.got != x.want {
			t.Errorf("%s: %v, want %v", x.what, x.got, x.want)
		}
	}
}
