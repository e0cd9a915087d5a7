package verify

import (
	"context"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/telling"
	"tilsyn/topics"
)

// TestAccounts: a unit that is due is nowhere while no output topic has it, and is found in the
// ledger, told, handled or withdrawn once one has (accounting identity, contract-case 9).
func TestAccounts(t *testing.T) {
	w := newVerifyRig(t, 5, 2)
	at := w.now + 6*duty.Day
	w.put(duty.TopicGroupChanges, "P", &duty.GroupChange{
		ID: "g", Version: 1, ReceivedAt: w.now, PersonID: "P", Group: duty.GroupExpelledJudgment,
		ValidFrom: w.now - duty.Day,
	})
	w.put(duty.TopicObligationChanges, "P", &duty.ObligationChange{
		ID: "o", Version: 1, ReceivedAt: w.now, DecisionID: "d", PersonID: "P", Kind: duty.KindStay,
		Action: duty.ActionImpose, LegalBasis: duty.LegalBasisReturnAct132, CentreID: "KH",
		ServedAt: duty.Some(w.now), ValidFrom: w.now,
	})
	w.put(duty.TopicCardEvents, "P", &duty.CardEvent{
		ID: "r", Version: 1, ReceivedAt: w.now, PersonID: duty.Some("P"), CardID: "c", CardType: duty.CardTypeBiometric,
		CentreID: "KH", DeviceID: "KH-carousel", DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage,
		Direction: duty.Some(duty.DirectionOut), Scan: duty.ScanComplete, OccurredAt: w.now,
	})
	seen := &resultOf{}
	sums := func() Account {
		t.Helper()
		cfg := VerifyConfig{Policy: w.policy, Judge: seen, At: duty.Some(at), Found: func(telling.Difference) {}}
		v := &verifier{cfg: cfg, codec: w.codec, broker: w.broker, parts: w.parts, centres: w.centrePartitions()}
		all, err := v.accounts(context.Background())
		w.must(err)
		var sum Account
		for i := range all.Lines {
			sum.Add(&all.Lines[i])
		}
		return sum
	}
	if got := sums(); got.Due != 6 || got.NotApplicable != 1 || got.Nowhere != 5 {
		t.Fatalf("with empty output topics: %+v", got)
	}
	revisions, err := duty.Revise(seen.in, seen.res, nil)
	w.must(err)
	part := topics.Partition([]byte("P"), w.parts)
	out := func(topic, key string, record any) {
		value, err := w.codec.Encode(topic, record)
		w.must(err)
		w.broker.Append(broker.Partition{Topic: topic, Index: part}, []byte(key), value)
	}
	for _, m := range stored.LedgerOf("P", &seen.res) {
		out(duty.TopicOutcomes, "P:"+m.Record.Month, &m.Record)
	}
	if got := sums(); got.Nowhere != len(revisions) || len(revisions) == 0 {
		t.Errorf("with the ledger and nothing told: %+v", got)
	}
	for i := range revisions {
		out(duty.TopicViolations, revisions[i].UnitID, &revisions[i])
	}
	if got := sums(); got.Nowhere != 0 || got.Unhandled != len(revisions) {
		t.Errorf("told: %+v", got)
	}
	w.put(duty.TopicHandlings, "P", &duty.Handling{
		ID: "h", Version: 1, ReceivedAt: w.now, HandlingID: "H", UnitID: revisions[0].UnitID, PersonID: "P",
		Revision: 1, Kind: duty.HandlingKindAssessed, ByRole: "officer", At: w.now,
	})
	if got := sums(); got.Handled != 1 || got.Unhandled != len(revisions)-1 {
		t.Errorf("one of them handled: %+v", got)
	}
	back := revisions[0]
	back.Revision, back.Status = 2, duty.StatusWithdrawn
	back.WithdrawnOutcome = duty.Some(duty.WithdrawnOutcomeCompliant)
	out(duty.TopicViolations, back.UnitID, &back)
	if got := sums(); got.Withdrawn != 1 || got.Handled != 0 || got.Due != 6 {
		t.Errorf("one of them withdrawn: %+v", got)
	}
}

// resultOf is the core, which keeps the last verdict.
type resultOf struct {
	task.Core
	in  duty.Input
	res duty.Result
}

func (o *resultOf) Evaluate(in duty.Input, at duty.Instant) duty.Result {
	o.in, o.res = in, o.Core.Evaluate(in, at)
	return o.res
}
