package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/verify"
	"tilsyn/topics"
)

// inputCopy copies the input topics of one prefix to those of another, each record with its key, its partition
// where persons are its key, and the time at which it was known. Copied again, a record changes nothing: it has
// its id and version.
type inputCopy struct {
	from, to *topics.Client
	producer *topics.Producer
	scan     broker.Scan
	// at is how far each partition is copied.
	at broker.Offsets
}

// ownPrefix refuses a prefix of a copy, given by a flag, that is the real one or no prefix.
func ownPrefix(flag, prefix, real string) error {
	if prefix == real || strings.Trim(prefix, topicChars) != "" {
		return wrong("%s %q: give a prefix of its own, of letters, digits, dots, dashes and underscores", flag, prefix)
	}
	return nil
}

// unused refuses a prefix of a copy under which topics lie already.
func unused(ctx context.Context, flag string, to *topics.Client) error {
	there, err := to.Topics(ctx)
	if err == nil && len(there) > 0 {
		err = wrong("%s %s: there are topics of that prefix already; give another one, or delete them", flag, to.Prefix())
	}
	return err
}

// newInputCopy makes the topics of the copy, with as many partitions.
func newInputCopy(ctx context.Context, from, to *topics.Client) (*inputCopy, error) {
	parts, err := from.Partitions(ctx, topics.CardEvents)
	if err != nil {
		return nil, err
	}
	if _, err := to.Create(ctx, topics.CreateOptions{Partitions: parts, CreateTime: true}); err != nil {
		return nil, fmt.Errorf("make the topics of the copy: %w", err)
	}
	return &inputCopy{from: from, to: to, producer: to.NewProducer(topics.ProducerConfig{}), at: broker.Offsets{},
		scan: broker.Scan{From: broker.NewKafka(from, "", verify.VerifyWait, verify.VerifyBytes),
			Most: verify.VerifyRecords, Wait: verify.VerifyWait, Short: true}}, nil
}

// pass copies what has come since the last pass, all of it in the first, and returns how many records those were.
func (c *inputCopy) pass(ctx context.Context) (n int, err error) {
	for _, s := range topics.All() {
		if !s.Input() {
			continue
		}
		copied, err := c.topic(ctx, s)
		if n += copied; err != nil {
			return n, fmt.Errorf("copy %s: %w", s.Name, err)
		}
	}
	return n, c.producer.Flush(ctx)
}

// topic copies one topic.
func (c *inputCopy) topic(ctx context.Context, s topics.Spec) (n int, err error) {
	all, err := c.from.AllPartitions(ctx, s.Name)
	if err != nil {
		return 0, err
	}
	var parts []broker.Partition
	for _, p := range all {
		parts = append(parts, broker.Partition{Topic: p.Topic, Index: p.Partition})
	}
	begin, err := c.scan.From.Ends(ctx, parts, broker.LogStart)
	if err != nil {
		return 0, err
	}
	ends, err := c.scan.From.Ends(ctx, parts, broker.LastStable)
	if err != nil {
		return 0, err
	}
	for p := range begin { //house:order-free each partition by itself
		begin[p] = max(begin[p], c.at[p])
	}
	err = c.scan.Each(ctx, begin, ends, func(rec *broker.Record) error {
		out := topics.Out{Topic: s.Name, Partition: topics.ByKey, Key: slices.Clone(rec.Key),
			Value: slices.Clone(rec.Value), Timestamp: int64(rec.At)}
		if s.Class == topics.PersonInput {
			out.Partition = rec.Index
		}
		n++
		return c.producer.Add(ctx, out)
	})
	if err != nil {
		return n, err
	}
	for p, end := range ends { //house:order-free each partition by itself
		c.at[p] = end
	}
	return n, nil
}
