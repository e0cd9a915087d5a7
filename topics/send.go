package topics

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/segmentio/kafka-go/protocol/initproducerid"
)

const (
	// defaultBatchBytes is the size of a batch before compression, below the brokers' default limit of
	// 1 MB even if it does not compress.
	defaultBatchBytes = 900 << 10
	// maxRequestBytes bounds the batches of one produce request.
	maxRequestBytes = 8 << 20
)

// sender writes batches with producer id and sequence numbers. It serves one goroutine at a time.
//
// Many fields: most are memory that the next batch reuses.
type sender struct {
	c     *Client
	codec Compression
	limit int    // bytes of a batch
	txnID string // empty outside of transactions
	// class sets what an error code means to the caller.
	class func(*CodeError) *CodeError

	producer producerState
	// next is the next sequence number by partition.
	next    map[TopicPartition]int32
	started bool
	// lost is true after a request got no answer, until the producer's epoch changes: the request may
	// still be in flight.
	lost bool
	// last is the topic whose records are sent only when all others are acknowledged; empty if there
	// is none.
	last string

	// parts are the partitions of the records being encoded, sizes about how many bytes each gets,
	// lanes the index of the partition of each record. build is the current batch, spare the memory of
	// acknowledged batches. All are reused.
	parts       []TopicPartition
	sizes       []int
	lanes       []int
	build       batchBuilder
	spare       spareBytes
	frame, body []byte
}

// batchOut is one batch to be sent. Its bytes, and so its sequence number, stay the same however
// often it is sent.
type batchOut struct {
	TopicPartition
	full    string // name of the topic with prefix
	encoded []byte
	count   int32 // records
}

// newSender returns a sender that keeps about keep bytes of memory between sends.
func newSender(c *Client, codec Compression, limit, keep int, txnID string, class func(*CodeError) *CodeError) *sender {
	if limit <= 0 {
		limit = defaultBatchBytes
	}
	return &sender{c: c, codec: codec, limit: limit, txnID: txnID, class: class, next: map[TopicPartition]int32{},
		spare: spareBytes{most: keep}}
}

// initProducer gets a producer id. A transactional id gets a new epoch, which fences the
// predecessor and ends its transaction. With renew the present id and epoch are sent, so that a
// producer that was itself fenced learns it.
func (s *sender) initProducer(ctx context.Context, timeout time.Duration, renew bool) error {
	var where target = anyBroker{s.c}
	if s.txnID != "" {
		where = s.c.txnCoordinator(s.txnID)
	}
	req := &initproducerid.Request{TransactionalID: s.txnID, TransactionTimeoutMs: int32(timeout.Milliseconds()),
		ProducerID: -1, ProducerEpoch: -1}
	if renew {
		req.ProducerID, req.ProducerEpoch = s.producer.id, s.producer.epoch
	}
	s.started = false
	err := s.c.ask(ctx, "a producer id", where, func(ctx context.Context, cn *conn) error {
		msg, err := cn.call(ctx, req)
		if err != nil {
			return err
		}
		res, ok := msg.(*initproducerid.Response)
		if !ok {
			return errOtherKind("InitProducerId")
		}
		if res.ErrorCode != 0 {
			return classify(&CodeError{Code: Code(res.ErrorCode), Op: "InitProducerId", Partition: -1})
		}
		s.producer.id, s.producer.epoch = res.ProducerID, res.ProducerEpoch
		return nil
	})
	if err != nil {
		return err
	}
	s.producer.transactional = s.txnID != ""
	clear(s.next)
	s.started, s.lost = true, false
	return nil
}

// where is the coordinator of the producer's transactions; nil without them.
func (s *sender) where() target {
	if s.txnID == "" {
		return nil
	}
	return s.c.txnCoordinator(s.txnID)
}

// answered notes whether a request got any answer, and returns its error.
func (s *sender) answered(err error) error {
	var code *CodeError
	if err != nil && !errors.As(err, &code) {
		s.lost = true
	}
	return err
}

// resolve finds the partitions of the records, in order of first use.
func (s *sender) resolve(ctx context.Context, outs []Out) ([]TopicPartition, error) {
	s.parts, s.sizes, s.lanes = s.parts[:0], s.sizes[:0], s.lanes[:0]
	var counts map[string]int32
	lane := 0
	for i := range outs {
		o := &outs[i]
		p := TopicPartition{o.Topic, o.Partition}
		if o.Partition == ByKey {
			n, ok := counts[o.Topic]
			if !ok {
				var err error
				if n, err = s.c.Partitions(ctx, o.Topic); err != nil {
					return nil, s.c.toWrite(err, o.Topic)
				}
				if counts == nil {
					counts = map[string]int32{}
				}
				counts[o.Topic] = n
			}
			p.Partition = Partition(o.Key, n)
		}
		if lane >= len(s.parts) || s.parts[lane] != p {
			if lane = slices.Index(s.parts, p); lane < 0 {
				lane = len(s.parts)
				s.parts, s.sizes = append(s.parts, p), append(s.sizes, 0)
			}
		}
		s.lanes = append(s.lanes, lane)
		s.sizes[lane] += recordSize(o)
	}
	return s.parts, nil
}

// encode makes the batches of the partitions that resolve found, in the order of the records.
func (s *sender) encode(outs []Out) map[TopicPartition][]*batchOut {
	queues := make(map[TopicPartition][]*batchOut, len(s.parts))
	for lane, p := range s.parts {
		s.build.reset(s.room(batchHeader + min(s.limit, s.sizes[lane])))
		for i := range outs {
			if s.lanes[i] != lane {
				continue
			}
			if s.build.count > 0 && s.build.size()+recordSize(&outs[i]) > s.limit {
				queues[p] = append(queues[p], s.seal(p, &s.build))
			}
			s.build.add(&outs[i], s.timestamp(outs[i].Timestamp))
		}
		queues[p] = append(queues[p], s.seal(p, &s.build))
		s.spare.give(s.build.buf)
		s.build.reset(nil)
	}
	return queues
}

// room returns an empty buffer with room for n bytes.
func (s *sender) room(n int) []byte { return slices.Grow(s.spare.take(n), n) }

// timestamp returns ms, or the present time if it is 0.
func (s *sender) timestamp(ms int64) int64 {
	if ms == 0 {
		return time.Now().UnixMilli()
	}
	return ms
}

// seal finishes the batch in the builder, assigns its sequence numbers and empties the builder.
func (s *sender) seal(p TopicPartition, from *batchBuilder) *batchOut {
	seq := s.next[p]
	b := &batchOut{TopicPartition: p, full: s.c.Full(p.Topic), count: from.count}
	if from.compresses(s.codec) {
		b.encoded = from.appendBatch(s.room(len(from.buf)/2), s.codec, s.producer, seq)
		from.reset(from.buf)
	} else {
		from.finish(from.buf, None, s.producer, seq)
		b.encoded = from.buf
		from.reset(s.spare.take(len(b.encoded)))
	}
	s.next[p] = (seq + b.count) & 0x7fffffff // wraps to 0 after the largest int32
	return b
}

// send writes all batches and returns once each is acknowledged by all in-sync replicas. After an
// error the sequence numbers are void.
func (s *sender) send(ctx context.Context, order []TopicPartition,
	queues map[TopicPartition][]*batchOut) ([]Produced, error) {
	out := make([]Produced, len(order))
	for i, p := range order {
		out[i] = Produced{TopicPartition: p, First: -1}
	}
	r := s.c.retry("acknowledgements of records")
	defer func() { r.done() }()
	for {
		heads, failed := s.heads(ctx, order, queues)
		if len(heads) == 0 && failed == nil {
			return out, nil
		}
		progress := false
		for addr, batches := range heads {
			results, err := s.request(ctx, addr, batches)
			if err != nil {
				failed = err
				continue
			}
			for i, b := range batches {
				if code := results[i].code; code != codeNone {
					e := s.class(&CodeError{Code: code, Op: "Produce", Topic: b.Topic, Partition: b.Partition})
					if !e.Retriable() {
						return nil, s.c.named(e, s.where())
					}
					s.c.meta.forget(b.full)
					failed = e
					continue
				}
				queues[b.TopicPartition] = queues[b.TopicPartition][1:]
				progress = true
				acknowledge(out, b, results[i].base)
				s.spare.give(b.encoded)
				b.encoded = nil
			}
		}
		switch {
		case progress:
			r.done()
			r = s.c.retry(r.what)
		case failed != nil:
			if err := r.wait(ctx, failed); err != nil {
				return nil, err
			}
		}
	}
}

// acknowledge adds an acknowledged batch to the result.
func acknowledge(out []Produced, b *batchOut, base int64) {
	for i := range out {
		if p := &out[i]; p.TopicPartition == b.TopicPartition {
			if p.Records == 0 {
				p.First = base
			}
			p.Next = base + int64(b.count)
			p.Records += int(b.count)
			return
		}
	}
}

// heads returns the first batch of each partition, by leader. A partition has one batch in flight,
// so that order is kept. The topic last has none as long as others have.
func (s *sender) heads(ctx context.Context, order []TopicPartition,
	queues map[TopicPartition][]*batchOut) (map[string][]*batchOut, error) {
	heads := map[string][]*batchOut{}
	sizes := map[string]int{}
	var failed error
	wait := s.last != "" &&
		slices.ContainsFunc(order, func(p TopicPartition) bool { return p.Topic != s.last && len(queues[p]) > 0 })
	for _, p := range order {
		if len(queues[p]) == 0 || wait && p.Topic == s.last {
			continue
		}
		b := queues[p][0]
		addr, _, err := s.c.meta.leader(ctx, b.full, b.Partition)
		if err != nil {
			failed = err
			continue
		}
		if sizes[addr] > 0 && sizes[addr]+len(b.encoded) > maxRequestBytes {
			continue
		}
		sizes[addr] += len(b.encoded)
		heads[addr] = append(heads[addr], b)
	}
	for _, batches := range heads {
		slices.SortStableFunc(batches, func(a, b *batchOut) int { return strings.Compare(a.full, b.full) })
	}
	return heads, failed
}

// request sends one produce request and parses its answer.
func (s *sender) request(ctx context.Context, addr string, batches []*batchOut) ([]produceResult, error) {
	var results []produceResult
	err := s.c.once(ctx, fixed(addr), func(ctx context.Context, cn *conn) error {
		timeout := int32(s.c.cfg.RequestTimeout.Milliseconds()) * 2 / 3
		s.frame = s.spare.keep(s.frame)
		s.frame = appendProduce(cn.newFrame(s.frame), s.txnID, timeout, batches)
		var err error
		if s.body, err = cn.callRaw(ctx, produceKey, produceVersion, s.frame, s.body); err == nil {
			results, err = readProduce(s.body, batches)
		}
		return s.answered(err)
	})
	if err != nil {
		for _, b := range batches {
			s.c.meta.forget(b.full)
		}
		return nil, fmt.Errorf("sending records: %w", err)
	}
	return results, nil
}
