package testkit

import (
	"bytes"
	"context"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
)

// MemoryLog is a broker that serves topics from memory and discards what is written, but for what the
// tasks tell one another, so that benchmarks measure the task itself.
type MemoryLog struct {
	Logs   map[broker.Partition][]broker.Record
	served []broker.Record
	outs   int
	// newest is the newest time of a record that was served.
	newest duty.Instant
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
		m.newest = max(m.newest, next.At)
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

// Commit implements broker.Producer; it counts the records and keeps those on hand-over and coverage.
func (m *MemoryLog) Commit(_ context.Context, t broker.Transaction) (broker.Offsets, error) {
	m.outs += len(t.Records)
	written := broker.Offsets{}
	for i := range t.Records {
		out := &t.Records[i]
		if out.Partition.Topic != duty.TopicHandOver && out.Partition.Topic != duty.TopicCoverage {
			continue
		}
		log := m.Logs[out.Partition]
		m.Logs[out.Partition] = append(log, broker.Record{Partition: out.Partition, Offset: int64(len(log)), At: m.newest,
			Key: bytes.Clone(out.Key), Value: bytes.Clone(out.Value)})
		written[out.Partition] = int64(len(log)) + 1
	}
	return written, nil
}

// Close implements broker.Producer.
func (m *MemoryLog) Close() error { return nil }
