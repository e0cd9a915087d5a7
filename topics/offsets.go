package topics

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go/protocol/listoffsets"
)

// At selects an offset of a partition.
type At struct {
	timestamp int64 // ms, or a special value of ListOffsets
	committed bool  // as a reader of committed records sees it
}

// The offsets that can be asked for.
var (
	// Earliest is the first offset that still exists.
	Earliest = At{timestamp: -2}
	// Latest is the high watermark: the offset after the last record, those of open transactions
	// included.
	Latest = At{timestamp: -1}
	// LastStable is the last stable offset, the end of what read_committed readers see: the first
	// offset of the oldest open transaction, or else the high watermark.
	LastStable = At{timestamp: -1, committed: true}
)

// AtTime selects the first offset whose timestamp is at or after ms UTC; [Client.Offsets] returns
// -1 if there is none.
func AtTime(ms int64) At { return At{timestamp: ms, committed: true} }

// Offsets asks the leaders for an offset of every partition, and retries what may pass. The answer
// has exactly the partitions asked for.
func (c *Client) Offsets(ctx context.Context, parts []TopicPartition, at At) (map[TopicPartition]int64, error) {
	out := make(map[TopicPartition]int64, len(parts))
	r := c.retry("answers to ListOffsets")
	defer r.done()
	for {
		left := make([]TopicPartition, 0, len(parts))
		for _, p := range parts {
			if _, ok := out[p]; !ok {
				left = append(left, p)
			}
		}
		if len(left) == 0 {
			return out, nil
		}
		err := c.listOffsets(ctx, left, at, out)
		if err == nil {
			continue
		}
		if err := r.wait(ctx, err); err != nil {
			return nil, err
		}
	}
}

// listOffsets asks every leader once. Answers go to out; the error is one of the partitions still
// missing.
func (c *Client) listOffsets(ctx context.Context, parts []TopicPartition, at At, out map[TopicPartition]int64) error {
	type ask struct {
		req  *listoffsets.Request
		full []string
	}
	asks := map[string]*ask{}
	var failed error
	for _, p := range parts {
		full := c.Full(p.Topic)
		addr, meta, err := c.meta.leader(ctx, full, p.Partition)
		if err != nil {
			failed = err
			continue
		}
		a := asks[addr]
		if a == nil {
			a = &ask{req: &listoffsets.Request{ReplicaID: -1}}
			if at.committed {
				a.req.IsolationLevel = 1
			}
			asks[addr] = a
		}
		rp := listoffsets.RequestPartition{Partition: p.Partition, CurrentLeaderEpoch: meta.epoch, Timestamp: at.timestamp}
		if n := len(a.req.Topics); n > 0 && a.req.Topics[n-1].Topic == full {
			a.req.Topics[n-1].Partitions = append(a.req.Topics[n-1].Partitions, rp)
			continue
		}
		a.full = append(a.full, full)
		a.req.Topics = append(a.req.Topics,
			listoffsets.RequestTopic{Topic: full, Partitions: []listoffsets.RequestPartition{rp}})
	}
	for addr, a := range asks {
		err := c.once(ctx, fixed(addr), func(ctx context.Context, cn *conn) error {
			return c.readOffsets(ctx, cn, a.req, out)
		})
		if err != nil {
			failed = err
			for _, f := range a.full {
				c.meta.forget(f)
			}
		}
	}
	return failed
}

func (c *Client) readOffsets(ctx context.Context, cn *conn, req *listoffsets.Request,
	out map[TopicPartition]int64) error {
	msg, err := cn.call(ctx, req)
	if err != nil {
		return err
	}
	res, ok := msg.(*listoffsets.Response)
	if !ok {
		return errOtherKind("ListOffsets")
	}
	var failed error
	for _, t := range res.Topics {
		for _, p := range t.Partitions {
			tp := TopicPartition{c.short(t.Topic), p.Partition}
			if p.ErrorCode != 0 {
				failed = classify(&CodeError{Code: Code(p.ErrorCode), Op: "ListOffsets", Topic: tp.Topic, Partition: tp.Partition})
				continue
			}
			out[tp] = p.Offset
		}
	}
	return failed
}

// Partitions returns the number of partitions of a topic; a missing topic is an error with
// [ErrFatal].
func (c *Client) Partitions(ctx context.Context, topic string) (int32, error) {
	r := c.retry("topic " + topic)
	defer r.done()
	for {
		t, err := c.meta.topic(ctx, c.Full(topic))
		if err == nil {
			return int32(len(t.partitions)), nil
		}
		if err := r.wait(ctx, err); err != nil {
			return 0, err
		}
	}
}

// AllPartitions returns every partition of the topics, in order.
func (c *Client) AllPartitions(ctx context.Context, topics ...string) ([]TopicPartition, error) {
	var out []TopicPartition
	for _, t := range topics {
		n, err := c.Partitions(ctx, t)
		if err != nil {
			return nil, err
		}
		for p := range n {
			out = append(out, TopicPartition{t, p})
		}
	}
	return out, nil
}

// MarkBefore returns the mark of the batch that holds the offset before a position, to compare
// with the one noted (design, "Recovery"). ok is false if that batch is no longer in the log, or
// the position is 0.
func (c *Client) MarkBefore(ctx context.Context, p Position) (mark Mark, ok bool, err error) {
	if p.Offset <= 0 {
		return mark, false, nil
	}
	f := c.NewFetcher(FetchOptions{Uncommitted: true, MaxBytes: 1, MaxPartitionBytes: 1})
	deadline := time.Now().Add(c.cfg.RequestTimeout)
	for time.Now().Before(deadline) || c.limit() < 0 {
		got, err := f.Fetch(ctx, []Position{{p.Topic, p.Partition, p.Offset - 1}})
		if err != nil {
			return mark, false, err
		}
		if len(got) == 0 {
			end, err := c.Offsets(ctx, []TopicPartition{p.TopicPartition()}, Latest)
			if err != nil {
				return mark, false, err
			}
			if end[p.TopicPartition()] < p.Offset {
				return mark, false, nil
			}
			continue
		}
		var gone *OutOfRangeError
		if errors.As(got[0].Err, &gone) {
			return mark, false, nil
		}
		if got[0].Err != nil {
			return mark, false, got[0].Err
		}
		first := got[0].first
		return first, first.LastOffset >= p.Offset-1 && got[0].firstBase < p.Offset, nil
	}
	return mark, false, fmt.Errorf("%w: %s at offset %d", ErrGaveUp, p.TopicPartition(), p.Offset-1)
}
