package erase

import (
	"context"
	"fmt"
	"slices"

	"tilsyn/engine/stream/broker"
	"tilsyn/topics"
)

// copier copies the topics of one prefix to another.
type copier struct {
	cfg      Config
	codec    broker.Codec
	source   broker.Broker
	from, to *topics.Client
	parts    int32
	// begun are the ends of all logs of the old prefix when the copy began.
	begun broker.Offsets
	*survey
	strangers strangers
	// producer writes records, skipper lets logs go on without any; both nil in a rehearsal.
	producer *topics.Producer
	skipper  *topics.TxnWriter
	result   Result
	// places are records of others that speak of the persons.
	places []string
}

// How the topics are read and written: records and bytes at once.
const (
	readRecords = 20_000
	writeBytes  = 512 << 10
	mostPlaces  = 10
)

// scan reads the old prefix.
func (c *copier) scan() broker.Scan {
	return broker.Scan{From: c.source, Most: readRecords, Wait: readWait}
}

// partitionOf returns the partition of a key in the person-keyed topics.
func (c *copier) partitionOf(key string) int32 { return topics.Partition([]byte(key), c.parts) }

// logs are the partitions of a topic, in their order.
func (c *copier) logs(topic string) []broker.Partition {
	var out []broker.Partition
	for p := range c.begun { //house:order-free sorted below
		if p.Topic == topic {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, broker.ComparePartitions)
	return out
}

// each calls f for every record that a topic of the old prefix held when the copy began.
func (c *copier) each(ctx context.Context, topic string, f func(*broker.Record) error) error {
	for _, p := range c.logs(topic) {
		if err := c.log(ctx, p, f); err != nil {
			return err
		}
	}
	return nil
}

// log is each for one partition.
func (c *copier) log(ctx context.Context, p broker.Partition, f func(*broker.Record) error) error {
	return c.scan().Each(ctx, broker.Offsets{p: 0}, c.begun, func(rec *broker.Record) error {
		if rec.Fault != nil {
			return fmt.Errorf("%s partition %d offset %d cannot be read out of its batch, and so it cannot be copied: %w",
				p.Topic, p.Index, rec.Offset, rec.Fault)
		}
		return f(rec)
	})
}

// topic copies a topic, or in a rehearsal looks through it.
func (c *copier) topic(ctx context.Context, s topics.Spec) error {
	c.cfg.Phase("copying "+s.Name, 0)
	for _, p := range c.logs(s.Name) {
		write := &logWriter{copier: c, at: p}
		newest := map[string]int64{}
		if s.Compacted {
			err := c.log(ctx, p, func(rec *broker.Record) error { newest[string(rec.Key)] = rec.Offset; return nil })
			if err != nil {
				return err
			}
		}
		err := c.log(ctx, p, func(rec *broker.Record) error {
			c.cfg.Add(1)
			if s.Compacted && newest[string(rec.Key)] != rec.Offset {
				return nil
			}
			return c.one(ctx, s, rec, write)
		})
		if err != nil {
			return err
		}
		if err := write.end(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// one copies a record as its fate is.
func (c *copier) one(ctx context.Context, s topics.Spec, rec *broker.Record, write *logWriter) error {
	if s.Name == topics.HandOver {
		out, some, err := c.handed(rec)
		if err != nil || !some {
			c.result.dropped(s.Name)
			return err
		}
		c.result.Kept++
		return write.add(ctx, s, rec.Offset, out)
	}
	out := outOf(rec)
	var what fate
	switch s.Class {
	case topics.PersonInput:
		what = c.ofInput(rec, c.partitionOf)
	case topics.CentreInput: // said by people and devices of centres, to everybody
	default:
		what = c.ofOutput(rec, c.partitionOf)
	}
	var err error
	switch what {
	case keep:
		if c.speaks(rec) {
			c.place(rec)
			return nil
		}
	case drop:
		c.result.dropped(s.Name)
		return nil
	case blank:
		c.result.Blanked++
		out.Value = blanked
	case trim:
		c.result.Trimmed++
		out.Value, err = c.trimmed(rec)
	case stand:
		c.result.Strangers++
		out, err = c.strangers.row(c.codec, rec, c.partitionOf)
	}
	if err != nil {
		return err
	}
	c.result.Kept++
	return write.add(ctx, s, rec.Offset, out)
}

// place notes a record of others that speaks of the persons.
func (c *copier) place(rec *broker.Record) {
	if len(c.places) <= mostPlaces {
		c.places = append(c.places, fmt.Sprintf("%s partition %d offset %d", rec.Topic, rec.Index, rec.Offset))
	}
}

// outOf is a record as it is written.
func outOf(rec *broker.Record) topics.Out {
	rec2 := rec.Clone()
	out := topics.Out{Topic: rec.Topic, Partition: rec.Index, Key: rec2.Key, Value: rec2.Value, Timestamp: int64(rec.At)}
	for _, h := range rec2.Headers {
		out.Headers = append(out.Headers, topics.Header{Key: h.Key, Value: h.Value})
	}
	return out
}

// logWriter writes one log.
type logWriter struct {
	*copier
	at broker.Partition
	// next is where the next record will lie, pending what waits to be written before it, bytes its size.
	next    int64
	pending []topics.Out
	bytes   int
}

// add writes a record at an offset, or behind the others where the topic is compacted.
func (w *logWriter) add(ctx context.Context, s topics.Spec, offset int64, out topics.Out) error {
	if w.producer == nil {
		return nil
	}
	if !s.Compacted && offset > w.next+int64(len(w.pending)) {
		if err := w.skipTo(ctx, offset); err != nil {
			return err
		}
	}
	w.pending = append(w.pending, out)
	if w.bytes += len(out.Key) + len(out.Value); w.bytes >= writeBytes {
		return w.flush(ctx)
	}
	return nil
}

// flush writes what waits and sees that it lies where it has to.
func (w *logWriter) flush(ctx context.Context) error {
	if len(w.pending) == 0 {
		return nil
	}
	where, err := w.producer.Produce(ctx, w.pending)
	if err != nil {
		return err
	}
	for _, p := range where {
		if p.First != w.next {
			return fmt.Errorf("%s partition %d: a record lies at offset %d and should lie at %d; somebody else writes to "+
				"the new topics: delete them, and begin again with a prefix that nobody uses",
				w.at.Topic, w.at.Index, p.First, w.next)
		}
		w.next = p.Next
	}
	w.pending, w.bytes = w.pending[:0], 0
	return nil
}

// skipTo lets the log go on to an offset.
func (w *logWriter) skipTo(ctx context.Context, offset int64) error {
	if err := w.flush(ctx); err != nil {
		return err
	}
	from := w.next
	w.next = offset
	return w.skipper.Skip(ctx, topics.TopicPartition{Topic: w.at.Topic, Partition: w.at.Index}, from, offset)
}

// end lets the log end where the old one does.
func (w *logWriter) end(ctx context.Context, s topics.Spec) error {
	if w.producer == nil {
		return nil
	}
	if err := w.flush(ctx); err != nil || s.Compacted || w.next >= w.begun[w.at] {
		return err
	}
	return w.skipTo(ctx, w.begun[w.at])
}
