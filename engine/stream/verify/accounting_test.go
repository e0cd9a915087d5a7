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
	w := newAccountsRig(t)
	if got := w.sums(); got.Due != 6 || got.NotApplicable != 1 || got.Nowhere != 5 {
		t.Fatalf("with empty output topics: %+v", got)
	}
	revisions := w.revisions()
	w.writeLedger()
	if got := w.sums(); got.Nowhere != len(revisions) || len(revisions) == 0 {
		t.Errorf("with the ledger and nothing told: %+v", got)
	}
	for i := range revisions {
		w.out(duty.TopicViolations, revisions[i].UnitID, &revisions[i])
	}
	if got := w.sums(); got.Nowhere != 0 || got.Unhandled != len(revisions) {
		t.Errorf("told: %+v", got)
	}
	w.put(duty.TopicHandlings, "P", &duty.Handling{
		ID: "h", Version: 1, ReceivedAt: w.now, HandlingID: "H", UnitID: revisions[0].UnitID, PersonID: "P",
		Revision: 1, Kind: duty.HandlingKindAssessed, ByRole: "officer", At: w.now,
	})
	if got := w.sums(); got.Handled != 1 || got.Unhandled != len(revisions)-1 {
		t.Errorf("one of them handled: %+v", got)
	}
	back := revisions[0]
	back.Revision, back.Status = 2, duty.StatusWithdrawn
	back.WithdrawnOutcome = duty.Some(duty.WithdrawnOutcomeCompliant)
	w.out(duty.TopicViolations, back.UnitID, &back)
	if got := w.sums(); got.Withdrawn != 1 || got.Handled != 0 || got.Due != 6 {
		t.Errorf("one of them withdrawn: %+v", got)
	}
}

// TestAccountsOfHeld: what the engine rightly does not tell, since a feed is silent (REL-06) or the history begins
// later, is pending and not nowhere. Once the feed is heard again it has to be told.
func TestAccountsOfHeld(t *testing.T) {
	w := newAccountsRig(t)
	const feed = duty.FeedPrefix + duty.TopicPermissions
	beat := func(id string, centre duty.Opt[string], at duty.Instant) {
		w.put(duty.TopicHeartbeats, centre.Or(feed), &duty.Heartbeat{ID: id, Version: 1, ReceivedAt: at, SourceID: feed,
			CentreID: centre, At: at})
	}
	w.now = w.at
	silent := w.at - w.policy.ParamsAt(w.at.Date()).StalenessStopAfter - 1
	sum := func(what string, pending, nowhere int) {
		t.Helper()
		if got := w.sums(); got.Pending != pending || got.Nowhere != nowhere || got.Due != 6 {
			t.Errorf("%s: %+v", what, got)
		}
	}
	w.sums()
	w.writeLedger()
	n := len(w.revisions())
	if n == 0 {
		t.Fatal("nothing is to be told: the test tests nothing")
	}
	beat("other", duty.Some("SJ"), silent)
	sum("a feed of another centre is silent", 0, n)
	w.floor = duty.Some(w.at.Date())
	sum("the history begins later", n, 0)
	w.floor = duty.None[duty.Date]()
	beat("before", duty.None[string](), silent)
	sum("a feed of all centres is silent", n, 0)
	beat("again", duty.None[string](), w.at)
	sum("the feed is heard again", 0, n)
}

// accountsRig is a verifyRig with the facts of one person, P, who went out and has a STAY duty.
type accountsRig struct {
	*verifyRig
	at    duty.Instant
	floor duty.Opt[duty.Date]
	seen  resultOf
}

func newAccountsRig(t *testing.T) *accountsRig {
	w := &accountsRig{verifyRig: newVerifyRig(t, 5, 2)}
	w.at = w.now + 6*duty.Day
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
	return w
}

// sums takes the accounts and adds them all up.
func (w *accountsRig) sums() (sum Account) {
	w.t.Helper()
	cfg := VerifyConfig{Policy: w.policy, Judge: &w.seen, At: duty.Some(w.at), Floor: w.floor,
		Found: func(telling.Difference) {}}
	v := &verifier{cfg: cfg, codec: w.codec, broker: w.broker, parts: w.parts, centres: w.centrePartitions()}
	all, err := v.accounts(context.Background())
	w.must(err)
	for i := range all.Lines {
		sum.Add(&all.Lines[i])
	}
	return sum
}

// revisions are what there is to tell by the last verdict.
func (w *accountsRig) revisions() []duty.Violation {
	out, err := duty.Revise(w.seen.in, w.seen.res, nil)
	w.must(err)
	return out
}

// out writes a record of P as the engine does.
func (w *accountsRig) out(topic, key string, record any) {
	value, err := w.codec.Encode(topic, record)
	w.must(err)
	part := topics.Partition([]byte("P"), w.parts)
	w.broker.Append(broker.Partition{Topic: topic, Index: part}, []byte(key), value)
}

// writeLedger writes the ledger of the last verdict.
func (w *accountsRig) writeLedger() {
	for _, m := range stored.LedgerOf("P", &w.seen.res) {
		w.out(duty.TopicOutcomes, "P:"+m.Record.Month, &m.Record)
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
