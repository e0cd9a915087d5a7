package testkit

import (
	"context"
	"time"

	"tilsyn/engine/stream/broker"
)

// MemoryLog is a broker that serves topics from memory and discards what is written, so that
// benchmarks measure the task itself.
type MemoryLog struct {
	Logs   map[broker.Partition][]broker.Record
	served []broker.Record
	outs   int
}

// Ends implements broker.Broker.
func (m *MemoryLog) Ends(_ context.Context, parts []broker.Partition, _ broker.End) (broker.Offsets, error) {
	o := broker.Offsets{}
	for _, p := range parts {
		o[p] = int64(len(m.Logs[p]))
	}
	return o, nil
}

// Fetch implements broker.Broker, oldest records first.
func (m *MemoryLog) Fetch(_ context.Context, from broker.Offsets, most int, _ time.Duration) (broker.Fetched, error) {
	out := broker.Fetched{Next: broker.Offsets{}, Marks: map[broker.Partition]broker.Mark{}}
	m.served = m.served[:0]
	at := from.Clone()
	for len(m.served) < most {
		// The oldest record left, in the order in which a real broker's answers are served.
		var next *broker.Record
		for p, n := range at {
			if log := m.Logs[p]; int(n) < len(log) && (next == nil || log[n].At < next.At) {
				next = &log[n]
			}
		}
		if next == nil {
			break
		}
		m.served = append(m.served, *next)
		at[next.Partition]++
	}
	for p, n := range at {
		out.Next[p], out.Ready = n, out.Ready || int(n) < len(m.Logs[p])
	}
	out.Records = m.served
	return out, nil
}

// MarkBefore implements broker.Broker; there are no batches.
func (m *MemoryLog) MarkBefore(context.Context, broker.Partition, int64) (broker.Mark, bool, error) {
	return broker.Mark{}, false, nil
}

// Topics implements broker.Broker.
func (m *MemoryLog) Topics(ctx context.Context) (map[string]broker.TopicState, error) {
	return (&Broker{Parts: 1, Fail: func(string) error { return nil }}).Topics(ctx)
}

// ProducerTimes implements broker.Broker.
func (m *MemoryLog) ProducerTimes(context.Context) ([]string, error) { return nil, nil }

// Producer implements broker.Broker.
func (m *MemoryLog) Producer(context.Context, int32) (broker.Producer, error) { return m, nil }

// Commit implements broker.Producer; it counts the records and discards them.
func (m *MemoryLog) Commit(_ context.Context, t broker.Transaction) (broker.Offsets, error) {
	m.outs += len(t.Records)
	return nil, nil
}

// Close implements broker.Producer.
func (m *MemoryLog) Close() error { return nil }
