package topics

import (
	"context"
	"fmt"
	"strconv"

	"github.com/segmentio/kafka-go/protocol/createtopics"
)

// The topic settings that the contract fixes (contract §2, §3).
const (
	settingCleanup        = "cleanup.policy"
	settingRetentionTime  = "retention.ms"
	settingRetentionBytes = "retention.bytes"
	settingTimestamps     = "message.timestamp.type"
	settingMinISR         = "min.insync.replicas"
	settingSegment        = "segment.bytes"
	settingMessage        = "max.message.bytes"

	cleanupDelete  = "delete"
	cleanupCompact = "compact"
	unlimited      = "-1"
	// commitSegment lets the commit records be compacted: the broker leaves the
	// newest segment alone, which by default grows to 1 GB.
	commitSegment = "33554432"
	logAppendTime = "LogAppendTime"
	createTime    = "CreateTime"
)

// CreateOptions say how topics are created.
type CreateOptions struct {
	// Partitions is the common partition count, fixed for the life of a
	// prefix. Default 12.
	Partitions int32
	// Replication is the number of replicas; 0 takes the broker's default. From
	// three on, two of them must have a record before it is acknowledged.
	Replication int16
	// CreateTime makes input topics carry the producer's timestamps
	// (`topics create --timestamps create`, contract §2): for backfills,
	// benchmarks and virtual clocks only.
	CreateTime bool
}

// DefaultPartitions is the common partition count where none is given.
const DefaultPartitions = 12

// Create makes the topics that are missing and returns their names. Topics that
// exist are left as they are; [Client.Check] says whether they are right.
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

// outputMessageBytes is the largest batch of a topic that the engine writes. A
// dead letter holds all of an input record and says where it came from, so that
// it is larger than any input; all that is told of one person goes together.
const outputMessageBytes = 8 << 20

// OwnRecordBytes is what a topic that the engine writes takes at least, in bytes: the
// brokers' default, which [Client.Check] wants. No record that the core makes is half
// as large (decision 0014).
const OwnRecordBytes = 1 << 20

// letterBytes is how much more a dead letter may take than its original.
const letterBytes = 64 << 10

func (c *Client) newTopic(s Spec, opt CreateOptions) createtopics.RequestTopic {
	t := createtopics.RequestTopic{
		Name: c.Full(s.Name), NumPartitions: opt.Partitions, ReplicationFactor: -1,
		Configs: []createtopics.RequestConfig{},
	}
	if !s.Common() {
		t.NumPartitions = 1
	}
	if opt.Replication > 0 {
		t.ReplicationFactor = opt.Replication
	}
	set := func(name, value string) {
		t.Configs = append(t.Configs, createtopics.RequestConfig{Name: name, Value: value})
	}
	if s.Compacted {
		set(settingCleanup, cleanupCompact)
	} else {
		set(settingCleanup, cleanupDelete)
		set(settingRetentionTime, unlimited)
		set(settingRetentionBytes, unlimited)
	}
	if s.Name == TaskCommits {
		set(settingSegment, commitSegment)
	}
	if !s.Input() {
		set(settingMessage, strconv.Itoa(outputMessageBytes))
	}
	if s.Stamped() {
		kind := logAppendTime
		if s.Input() && opt.CreateTime {
			kind = createTime
		}
		set(settingTimestamps, kind)
	}
	if opt.Replication >= 3 {
		set(settingMinISR, "2")
	}
	return t
}

// create sends the request once; names are those that it made.
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
			e := classify(&CodeError{Code: code, Op: "CreateTopics", Topic: c.short(t.Name), Partition: -1, Message: t.ErrorMessage})
			if err == nil || !e.Retriable() {
				err = e
			}
		}
	}
	return names, err
}

// String is one line for a user.
func (o CreateOptions) String() string {
	kind := logAppendTime
	if o.CreateTime {
		kind = createTime
	}
	return fmt.Sprintf("%d partitions, inputs with %s", o.Partitions, kind)
}
