package verify

import (
	"math/rand/v2"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
	"tilsyn/schemas"
)

// verifyRig is a model of a broker whose records are verified, under a policy that
// has no log proven.
type verifyRig struct {
	t      testing.TB
	rng    *rand.Rand
	parts  int32
	now    duty.Instant
	broker *testkit.Broker
	codec  broker.Codec
	policy *duty.Policy
}

func newVerifyRig(t testing.TB, seed uint64, parts int32) *verifyRig {
	p := *policy.Builtin()
	p.Settle = nil
	w := &verifyRig{t: t, rng: rand.New(rand.NewPCG(seed, 77)), parts: parts, now: seeds.Start,
		codec: broker.NewCodec(schemas.NewStore()), policy: &p}
	w.broker = testkit.NewBroker(w.rng, func() duty.Instant { return w.now })
	return w
}

func (w *verifyRig) centrePartitions() []broker.Partition {
	var parts []broker.Partition
	for _, topic := range broker.WholeTopics {
		for i := range w.parts {
			parts = append(parts, broker.Partition{Topic: topic, Index: i})
		}
	}
	return parts
}

func (w *verifyRig) must(err error) {
	if err != nil {
		w.t.Helper()
		w.t.Fatal(err)
	}
}
