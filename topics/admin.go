package topics

import (
	"context"
	"fmt"

	"github.com/segmentio/kafka-go/protocol/createtopics"
)

// CreateOptions configure how topics are created.
type CreateOptions struct {
	// Partitions is the common partition count, fixed for the life of a
	// prefix. Default 12.
	Partitions int32
	// Replication is the number of replicas; 0 uses the broker's default. From three on, two replicas
	// must have a record before it is acknowledged.
	Replication int16
	// CreateTime makes input topics carry the producer's timestamps
	// (`topics create --timestamps create`, contract §2): for backfills,
	// benchmarks and virtual clocks only.
	CreateTime bool
	// Counts are the partitions of topics whose number is free, for a copy of a prefix. Default: one each.
	Counts map[string]int32
}

// DefaultPartitions is the common partition count if none is given.
const DefaultPartitions = 12

// Create creates the missing topics and returns their names. Existing topics are left as they are;
// [Client.Check] says whether they are right.
func (c *Client) Create(ctx context.Context, opt CreateOptions) (created []string, err error) {
	if opt.Partitions <= 0 {
		opt.Partitions = DefaultPartitions
	}
	req := &createtopics.Request{TimeoutMs: int32(c.cfg.RequestTimeout.Milliseconds()) * 2 / 3}
	full := make([]string, 0, len(specs))
	for _, s := range specs {
		full = append(full, c.Full(s.Name))
		req.Topics = append(req.Topics, c.newTopic(s, opt))
	}
	err = c.ask(ctx, "the answer to CreateTopics", controller{c}, func(ctx context.Context, cn *conn) error {
		names, err := c.create(ctx, cn, req)
		created = append(created, names...)
		return err
	})
	if err != nil {
		return created, err
	}
	c.meta.want(full)
	for _, f := range full {
		c.meta.forget(f)
	}
	// A topic is there for readers and writers once a broker names its leaders.
	for _, s := range specs {
		if _, err := c.Partitions(ctx, s.Name); err != nil {
			return created, err
		}
	}
	return created, nil
}

// OwnRecordBytes is the least max.message.bytes that [Client.Check] accepts for a topic that the
// engine writes: the brokers' default. No record that the core makes is half as large (decision
// 0014).
const OwnRecordBytes = 1 << 20

// letterBytes is how much larger than its original a dead letter may be.
const letterBytes = 64 << 10

// newTopic returns the request to create a topic with the settings of the contract.
func (c *Client) newTopic(s Spec, opt CreateOptions) createtopics.RequestTopic {
	t := createtopics.RequestTopic{
		Name: c.Full(s.Name), NumPartitions: opt.Partitions, ReplicationFactor: -1,
		Configs: []createtopics.RequestConfig{},
	}
	if !s.Common() {
		t.NumPartitions = max(1, opt.Counts[s.Name])
	}
	if opt.Replication > 0 {
		t.ReplicationFactor = opt.Replication
	}
	set := func(name, value string) {
		t.Configs = append(t.Configs, createtopics.RequestConfig{Name: name, Value: value})
	}
	for _, x := range s.Settings(opt.CreateTime) {
		set(x.Name, x.Value)
	}
	if opt.Replication >= 3 {
		set(settingMinISR, "2")
	}
	return t
}

// create sends the request once. names are the topics that it created.
func (c *Client) create(ctx context.Context, cn *conn, req *createtopics.Request) (names []string, err error) {
	msg, err := cn.call(ctx, req)
	if err != nil {
		return nil, err
	}
	res, ok := msg.(*createtopics.Response)
	if !ok {
		return nil, errOtherKind("CreateTopics")
	}
	for _, t := range res.Topics {
		switch code := Code(t.ErrorCode); code {
		case codeNone:
			names = append(names, c.short(t.Name))
		case codeTopicExists:
		default:
			e := classify(&CodeError{Code: code, Op: "CreateTopics", Topic: c.short(t.Name), Partition: -1,
				Message: t.ErrorMessage})
			if err == nil || !e.Retriable() {
				err = e
			}
		}
	}
	return names, err
}

// String describes the options in one line for a user.
func (o CreateOptions) String() string {
	kind := logAppendTime
	if o.CreateTime {
		kind = createTime
	}
	return fmt.Sprintf("%d partitions, inputs with %s", o.Partitions, kind)
}
