package testkit

import (
	"context"
	"slices"

	"tilsyn/engine/stream/broker"
)

// producerModel is the Producer of one task of the model, with its fencing epoch.
type producerModel struct {
	b     *Broker
	task  int32
	epoch int
}

// Close implements broker.Producer.
func (p *producerModel) Close() error { return nil }

// fenced reports whether a newer producer of the task exists.
func (p *producerModel) fenced() bool { return p.b.epochs[p.task] != p.epoch }

// Commit implements broker.Producer, one effect at a time.
func (p *producerModel) Commit(ctx context.Context, t broker.Transaction) (broker.Offsets, error) {
	b := p.b
	if p.fenced() {
		return nil, broker.ErrFenced
	}
	b.mu.Lock()
	b.finish(p.task)
	txn := &Txn{}
	b.open[p.task] = txn
	b.mu.Unlock()
	next := broker.Offsets{}
	tear := b.Tear(len(t.Records))
	for i := range t.Records {
		if tear > 0 && i == tear {
			b.mu.Lock()
			b.end(p.task, txn, TxnCommitted)
			b.mu.Unlock()
			return nil, ErrLost
		}
		if err := b.Effect("before produce"); err != nil {
			return nil, err
		}
		if p.fenced() {
			return nil, broker.ErrFenced
		}
		o := &t.Records[i]
		b.mu.Lock()
		if !slices.Contains(txn.Parts, o.Partition) {
			txn.Parts = append(txn.Parts, o.Partition)
		}
		b.Put(o.Partition, broker.Record{Key: o.Key, Value: o.Value, Headers: o.Headers, At: o.At}, txn, false)
		next[o.Partition] = int64(len(b.Logs[o.Partition]))
		b.mu.Unlock()
	}
	if t.Check != nil {
		if err := t.Check(ctx, next); err != nil {
			b.mu.Lock()
			b.end(p.task, txn, txnAborted)
			b.mu.Unlock()
			return nil, err
		}
	}
	if err := b.Effect("before end"); err != nil {
		return nil, err
	}
	deaf := b.Deaf()
	if deaf == 1 {
		return nil, ErrLost
	}
	if p.fenced() {
		return nil, broker.ErrFenced
	}
	b.Committing(p.task, &t)
	b.mu.Lock()
	b.end(p.task, txn, TxnCommitted)
	b.mu.Unlock()
	if deaf == 2 {
		return nil, ErrLost
	}
	return next, b.Effect("after end")
}
