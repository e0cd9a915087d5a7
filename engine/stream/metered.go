package stream

import (
	"context"
	"time"

	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/task"
)

// metered counts what a task reads and commits through its broker.
type metered struct {
	broker.Broker
	stats *task.Stats
}

// Fetch implements Broker.
func (m metered) Fetch(ctx context.Context, from broker.Offsets, most int, wait time.Duration) (broker.Fetched, error) {
	got, err := m.Broker.Fetch(ctx, from, most, wait)
	n := 0
	for i := range got.Records {
		n += len(got.Records[i].Key) + len(got.Records[i].Value)
	}
	m.stats.FetchedBytes.Add(int64(n))
	return got, err
}

// Producer implements Broker.
func (m metered) Producer(ctx context.Context, task int32) (broker.Producer, error) {
	p, err := m.Broker.Producer(ctx, task)
	if err != nil {
		return nil, err
	}
	return meteredProducer{p, m.stats}, nil
}

// meteredProducer measures the transactions of a producer.
type meteredProducer struct {
	broker.Producer
	stats *task.Stats
}

// Commit implements Producer.
func (m meteredProducer) Commit(ctx context.Context, t broker.Transaction) (broker.Offsets, error) {
	began := time.Now()
	at, err := m.Producer.Commit(ctx, t)
	m.stats.Transactions.Add(time.Since(began))
	return at, err
}
