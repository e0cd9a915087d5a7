package affected_test

import (
	"testing"

	"tilsyn/engine/affected"
	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/recall"
)

// BenchmarkPerson asks about a person under STAY with three passages in two days, one of a million.
func BenchmarkPerson(b *testing.B) {
	day := duty.DateOf(2026, 2, 2)
	known := day.Clock(8, 0)
	f := &duty.Facts{
		GroupChanges: []duty.Known[duty.GroupChange]{{At: known, Fact: duty.GroupChange{
			ID: "g", Version: 1, ReceivedAt: known, PersonID: "P", Group: duty.GroupExpelledJudgment, ValidFrom: known}}},
		CardAssignments: []duty.Known[duty.CardAssignment]{{At: known, Fact: duty.CardAssignment{
			ID: "a", Version: 1, ReceivedAt: known, CardID: "C", PersonID: "P", CardType: duty.CardTypeBiometric,
			AntiPassback: duty.AntiPassbackOn, Created: duty.CardCreationAutomatic, ValidFrom: known}}},
		ObligationChanges: []duty.Known[duty.ObligationChange]{{At: known, Fact: duty.ObligationChange{
			ID: "o", Version: 1, ReceivedAt: known, DecisionID: "D", PersonID: "P", Kind: duty.KindStay,
			Action:     duty.ActionImpose,
			LegalBasis: duty.LegalBasisReturnAct132, CentreID: "SJ", ValidFrom: known,
			ServedAt: duty.Some(known)}}},
	}
	for i, at := range []duty.Instant{day.Clock(18, 0), (day + 1).Clock(9, 0), (day + 1).Clock(19, 30)} {
		way := duty.DirectionIn
		if i == 1 {
			way = duty.DirectionOut
		}
		f.CardEvents = append(f.CardEvents, duty.Known[duty.CardEvent]{At: at, Fact: duty.CardEvent{
			ID: "r" + string(rune('0'+i)), Version: 1, ReceivedAt: at, PersonID: duty.Some("P"), CardID: "C",
			CardType: duty.CardTypeBiometric, CentreID: "SJ", DeviceID: "SJ-carousel", DeviceType: duty.DeviceTypeCarousel,
			Kind: duty.CardEventKindPassage, Direction: duty.Some(way), Scan: duty.ScanComplete, OccurredAt: at}})
	}
	w := duty.World{Centres: duty.NewCentres(duty.CentreFacts{}),
		Policies: []duty.ActivePolicy{{From: duty.Beginning, Policy: policy.Builtin()}}}
	from := (day + 1).Clock(22, 0)
	q, err := affected.Ask(affected.What{CentreID: "SJ", Span: duty.Span{From: from, To: from + 3*duty.Hour}}, w,
		(day+2).Clock(8, 0))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		s, ok := q.Person(f, recall.Person{PersonID: "P"})
		if !ok || len(s.Units) == 0 {
			b.Fatal("nothing is listed")
		}
	}
}
