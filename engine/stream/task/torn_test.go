package task

import (
	"slices"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
)

// mayRepeat reports whether a record may be there twice: what is reported once per input record is
// reported again if a transaction was torn.
func (w *world) mayRepeat(topic string, value []byte) bool {
	q, ok := w.decoded(topic, value).(*duty.DataQuality)
	return (w.torn > 0 || w.repeats) && ok && parkedLine(q)
}

// A late request of the transaction before could commit a part of a transaction. Such a part lacks
// the record of progress, which is written last, so recovery repeats all of it: what was told,
// what was handed over, dead letters and data quality. Nothing that was committed counts twice.
// What is torn is random, so this is no script.
func TestTornTransactionIsMadeWhole(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "worlds of neighbours, until a part of every topic has been torn off")
	parts := map[string]int{}
	handed := int64(0)
	seeds.ForEachOf(t, seeds.AtLeast(t, 60, 8), func(t *testing.T, seed uint64) {
		w := newWorld(t, seed, 1+int32(seed)%4)
		if seed%3 == 0 {
			w.judge, w.policy = Core{}, policy.Builtin()
		}
		w.loseTail = seed%2 == 0
		w.limits.Records = 1 + int(seed%11)
		w.broker.Committing = func(_ int32, t *broker.Transaction) {
			if t.Records[len(t.Records)-1].Topic != duty.TopicTaskCommits {
				w.t.Error("the record of progress does not go last")
			}
		}
		w.broker.Tear = func(n int) int {
			if n < 2 || w.rng.IntN(6) > 0 {
				return 0
			}
			w.torn++
			return 1 + w.rng.IntN(n-1)
		}
		w.play(testkit.Neighbours(w.rng, 6, 4), worldEnd, 3)
		w.check()
		handed += w.stats.HandedOver.Load()
		for p, log := range w.broker.Logs {
			// An entry of a transaction that has no record of progress.
			for i := range log {
				if x := log[i].Txn; x != nil && x.State == testkit.TxnCommitted && !log[i].Control &&
					!slices.ContainsFunc(x.Parts, func(p broker.Partition) bool { return p.Topic == duty.TopicTaskCommits }) {
					parts[p.Topic]++
				}
			}
		}
	})
	for _, topic := range []string{duty.TopicViolations, duty.TopicHandOver, duty.TopicDeadLetters,
		duty.TopicDataQuality, duty.TopicOutcomes, duty.TopicLogLeaves} {
		if parts[topic] == 0 {
			t.Errorf("no record of %s was in the part that was committed", topic)
		}
	}
	if t.Logf("torn parts: %v", parts); handed == 0 {
		t.Error("nothing was handed over")
	}
}
