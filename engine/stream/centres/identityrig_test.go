package centres

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/testkit"
	"tilsyn/schemas"
)

// identityRig is a model of a broker with nothing in it but random links and
// assignments, some of them in the wrong partition or unreadable, and readers of it.
type identityRig struct {
	t      testing.TB
	rng    *rand.Rand
	parts  int32
	now    duty.Instant
	broker *testkit.Broker
	codec  broker.Codec
	// keepDir is where readers keep the register of links and cards.
	keepDir string
}

func newIdentityRig(t testing.TB, seed uint64, parts int32) *identityRig {
	w := &identityRig{t: t, rng: rand.New(rand.NewPCG(seed, 77)), parts: parts, now: seeds.Start,
		codec: broker.NewCodec(schemas.NewStore())}
	w.broker = testkit.NewBroker(w.rng, func() duty.Instant { return w.now })
	return w
}

func (w *identityRig) partitionOf(key string) int32 { return testkit.Partition(key, w.parts) }

// config is that of a reader; a test may change it.
func (w *identityRig) config() CentreConfig {
	var parts []broker.Partition
	for _, topic := range broker.WholeTopics {
		for i := range w.parts {
			parts = append(parts, broker.Partition{Topic: topic, Index: i})
		}
	}
	return CentreConfig{Broker: w.broker, Codec: w.codec, Partitions: parts, PartitionOf: w.partitionOf,
		Policy: &duty.Policy{Digest: "model"}, ParsePolicy: func(string) (*duty.Policy, error) {
			return nil, errors.New("no policies in this model")
		},
		Keep: Keep{Dir: w.keepDir, Partitions: w.parts, Every: time.Hour}}
}

func (w *identityRig) newReader() *CentreReader { return w.reader(w.config()) }

func (w *identityRig) reader(c CentreConfig) *CentreReader {
	r := NewCentreReader(c)
	w.t.Cleanup(r.Abandon) // else it may still be writing when its directory goes
	return r
}

func (w *identityRig) send(topic, key string, record any) {
	p, value := w.encode(topic, key, record)
	w.broker.Append(p, []byte(key), value)
}

// encode encodes a record; nil are bytes that cannot be read.
func (w *identityRig) encode(topic, key string, record any) (broker.Partition, []byte) {
	value := []byte{0xff, 0x00, 0xff}
	if record != nil {
		var err error
		value, err = w.codec.Encode(topic, record)
		w.must(err)
	}
	return broker.Partition{Topic: topic, Index: w.partitionOf(key)}, value
}

func (w *identityRig) must(err error) {
	if err != nil {
		w.t.Helper()
		w.t.Fatal(err)
	}
}
