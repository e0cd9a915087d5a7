package stream

import (
	"context"
	"time"
)

// metered counts what a task asks of its broker.
type metered struct {
	Broker
	stats *Stats
}

// Fetch implements Broker.
func (m metered) Fetch(ctx context.Context, from Offsets, most int, wait time.Duration) (Fetched, error) {
	got, err := m.Broker.Fetch(ctx, from, most, wait)
	n := 0
	for i := range got.Records {
		n += len(got.Records[i].Key) + len(got.Records[i].Value)
	}
	m.stats.FetchedBytes.Add(int64(n))
	return got, err
}

// Producer implements Broker.
func (m metered) Producer(ctx context.Context, task int32) (Producer, error) {
	p, err := m.Broker.Producer(ctx, task)
	if err != nil {
		return nil, err
	}
	return meteredProducer{p, m.stats}, nil
}

type meteredProducer struct {
	Producer
	stats *Stats
}

// Commit implements Producer.
func (m meteredProducer) Commit(ctx context.Context, t Transaction) (Offsets, error) {
	began := time.Now()
	at, err := m.Producer.Commit(ctx, t)
	m.stats.transactions.add(time.Since(began))
	return at, err
}
