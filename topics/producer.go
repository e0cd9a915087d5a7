package topics

import (
	"context"
	"fmt"
)

// ProducerConfig says how a [Producer] writes; the zero value is usable.
type ProducerConfig struct {
	// Compression of batches. Default (zero) none; LZ4 suits bulk loads.
	Compression Compression
	// MaxBatchBytes bounds a batch before compression. Default 900 KB.
	MaxBatchBytes int
	// FlushBytes is how much Add collects before it sends. Default 4 MB.
	FlushBytes int
}

// Producer writes outside of transactions, idempotently: acks=all, and a batch
// sent again is stored once. It serves one goroutine. It is what `load`,
// `simulate` and `demo` write with (contract §4).
type Producer struct {
	s     sender
	flush int

	pending []Out
	bytes   int
	acked   int64
}

// NewProducer returns a producer; it asks for its id with the first write.
func (c *Client) NewProducer(cfg ProducerConfig) *Producer {
	if cfg.FlushBytes <= 0 {
		cfg.FlushBytes = 4 << 20
	}
	return &Producer{s: newSender(c, cfg.Compression, cfg.MaxBatchBytes, "", classify), flush: cfg.FlushBytes}
}

// Produce writes the records and returns, by partition in order of first use,
// where they went, once all are acknowledged. After an error it is not known
// which of them were stored.
func (p *Producer) Produce(ctx context.Context, outs []Out) ([]Produced, error) {
	if len(outs) == 0 {
		return nil, nil
	}
	if !p.s.started {
		if err := p.s.initProducer(ctx, 0, false); err != nil {
			return nil, err
		}
	}
	parts, err := p.s.resolve(ctx, outs)
	if err != nil {
		return nil, err
	}
	order, queues := p.s.encode(outs, parts)
	where, err := p.s.send(ctx, order, queues)
	if err != nil {
		p.s.started = false // a new id: the sequence numbers are void
		return nil, err
	}
	for i := range where {
		p.acked += int64(where[i].Records)
	}
	return where, nil
}

// Add collects a record and sends what has been collected once it is enough.
// The record's slices must not change until the next Flush.
func (p *Producer) Add(ctx context.Context, o Out) error {
	p.pending = append(p.pending, o)
	p.bytes += recordSize(&o)
	if p.bytes < p.flush {
		return nil
	}
	return p.Flush(ctx)
}

// Flush sends what Add has collected. After an error the records are dropped,
// and it is not known which of them were stored.
func (p *Producer) Flush(ctx context.Context) error {
	if len(p.pending) == 0 {
		return nil
	}
	n := len(p.pending)
	_, err := p.Produce(ctx, p.pending)
	clear(p.pending)
	p.pending, p.bytes = p.pending[:0], 0
	if err != nil {
		return fmt.Errorf("%d records: %w", n, err)
	}
	return nil
}

// Acknowledged is the number of records that the brokers have acknowledged.
func (p *Producer) Acknowledged() int64 { return p.acked }
