package topics

import (
	"context"
	"fmt"
)

// ProducerConfig configures a [Producer]; the zero value is usable.
type ProducerConfig struct {
	// Compression of batches. Default (zero) none; LZ4 suits bulk loads.
	Compression Compression
	// MaxBatchBytes bounds a batch before compression. Default 900 KB.
	MaxBatchBytes int
	// FlushBytes is how many bytes Add collects, before compression, until it sends. As much again may
	// be in flight. Default 4 MB.
	FlushBytes int
}

// Producer writes idempotently outside transactions: acks=all, and a batch sent twice is stored
// once. It serves one goroutine. `load`, `simulate` and `demo` write with it (contract §4).
type Producer struct {
	s     *sender
	flush int // bytes at which Add begins a send

	// open are the batches that Add is filling, order the partitions in order of first use, counts the
	// partition counts by topic.
	open   map[TopicPartition]*batchBuilder
	order  []TopicPartition
	counts map[string]int32
	// queues are full batches that wait; bytes is the size of these and the open ones before
	// compression, records their number.
	queues  map[TopicPartition][]*batchOut
	bytes   int
	records int
	// under is the send in flight; nil if there is none.
	under *underWay
	acked int64
}

// underWay is a send that Add began; the next send or Flush waits for it.
type underWay struct {
	records int // how many are sent
	done    chan struct{}
	where   []Produced
	err     error
}

// NewProducer returns a producer; it gets its producer id with the first write.
func (c *Client) NewProducer(cfg ProducerConfig) *Producer {
	if cfg.FlushBytes <= 0 {
		cfg.FlushBytes = 4 << 20
	}
	p := &Producer{s: newSender(c, cfg.Compression, cfg.MaxBatchBytes, 2*cfg.FlushBytes, "", classify),
		flush: cfg.FlushBytes}
	p.forget()
	return p
}

// Produce writes the records, and with them what Add collected before. Once all are acknowledged
// it returns where they went, by partition in order of first use. After an error it is unknown
// which were stored.
func (p *Producer) Produce(ctx context.Context, outs []Out) ([]Produced, error) {
	if err := p.Flush(ctx); err != nil || len(outs) == 0 {
		return nil, err
	}
	if err := p.begin(ctx, outs[0].Topic); err != nil {
		return nil, err
	}
	order, err := p.s.resolve(ctx, outs)
	if err != nil {
		return nil, err
	}
	where, err := p.s.send(ctx, order, p.s.encode(outs))
	if err != nil {
		p.s.started = false // a new id: the sequence numbers are void
		return nil, err
	}
	p.acknowledged(where)
	return where, nil
}

// Add collects a record. Once enough is collected and the previous send is acknowledged, it begins
// to send. The record's slices are copied. ctx must stay valid until the next Flush. An error may
// concern any record since the last Flush; it says how many were dropped.
func (p *Producer) Add(ctx context.Context, o Out) error {
	tp := TopicPartition{o.Topic, o.Partition}
	if o.Partition == ByKey {
		n, err := p.partitions(ctx, o.Topic)
		if err != nil {
			return err
		}
		tp.Partition = Partition(o.Key, n)
	}
	b := p.open[tp]
	if b == nil {
		b = &batchBuilder{}
		p.open[tp] = b
		p.order = append(p.order, tp)
	}
	if b.count > 0 && b.size()+recordSize(&o) > p.s.limit {
		if err := p.close(ctx, tp, b); err != nil {
			return p.drop(err)
		}
	}
	before := b.size()
	b.add(&o, p.s.timestamp(o.Timestamp))
	p.records++
	if p.bytes += b.size() - before; p.bytes < p.flush {
		return nil
	}
	return p.send(ctx)
}

// Flush sends what Add has collected and waits until all is acknowledged. After an error the
// records are dropped, and it is unknown which were stored.
func (p *Producer) Flush(ctx context.Context) error {
	if p.records > 0 {
		if err := p.send(ctx); err != nil {
			return err
		}
	}
	if err := p.await(); err != nil {
		return p.drop(err)
	}
	return nil
}

// Acknowledged returns the number of acknowledged records, as of the last Flush or the last call
// that had to wait.
func (p *Producer) Acknowledged() int64 { return p.acked }

// begin gets a producer id if there is none; brokers give one to whoever may write any topic.
func (p *Producer) begin(ctx context.Context, topic string) error {
	if p.s.started {
		return nil
	}
	return p.s.c.toWrite(p.s.initProducer(ctx, 0, false), topic)
}

func (p *Producer) partitions(ctx context.Context, topic string) (int32, error) {
	if n, ok := p.counts[topic]; ok {
		return n, nil
	}
	n, err := p.s.c.Partitions(ctx, topic)
	if err == nil {
		p.counts[topic] = n
	}
	return n, p.s.c.toWrite(err, topic)
}

// close moves the batch into the queue and empties the builder.
func (p *Producer) close(ctx context.Context, tp TopicPartition, b *batchBuilder) error {
	if err := p.begin(ctx, tp.Topic); err != nil {
		return err
	}
	p.queues[tp] = append(p.queues[tp], p.s.seal(tp, b))
	return nil
}

// send waits for the send in flight and begins that of everything collected. Batches are encoded
// before, so that encoding and sending overlap.
func (p *Producer) send(ctx context.Context) error {
	for _, tp := range p.order {
		if b := p.open[tp]; b.count > 0 {
			if err := p.close(ctx, tp, b); err != nil {
				return p.drop(err)
			}
		}
	}
	if err := p.await(); err != nil {
		return p.drop(err)
	}
	u := &underWay{records: p.records, done: make(chan struct{})}
	order, queues := p.order[:len(p.order):len(p.order)], p.queues
	p.under, p.queues, p.records, p.bytes = u, map[TopicPartition][]*batchOut{}, 0, 0
	go func() {
		defer close(u.done)
		u.where, u.err = p.s.send(ctx, order, queues)
	}()
	return nil
}

// await waits for the send in flight.
func (p *Producer) await() error {
	u := p.under
	if u == nil {
		return nil
	}
	<-u.done
	p.under = nil
	if u.err != nil {
		p.records += u.records
		return u.err
	}
	p.acknowledged(u.where)
	return nil
}

func (p *Producer) acknowledged(where []Produced) {
	for i := range where {
		p.acked += int64(where[i].Records)
	}
}

// drop gives up everything that is not acknowledged. The next write gets a new producer id, since
// the sequence numbers are void.
func (p *Producer) drop(cause error) error {
	if u := p.under; u != nil {
		<-u.done
		if u.err == nil {
			p.acknowledged(u.where)
		} else {
			p.records += u.records
		}
		p.under = nil
	}
	n := p.records
	p.s.started = false
	p.forget()
	return fmt.Errorf("%d records: %w", n, cause)
}

// forget discards everything that is collected.
func (p *Producer) forget() {
	p.open, p.order = map[TopicPartition]*batchBuilder{}, nil
	p.queues, p.counts = map[TopicPartition][]*batchOut{}, map[string]int32{}
	p.records, p.bytes = 0, 0
}
