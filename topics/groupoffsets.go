package topics

import (
	"context"

	"github.com/segmentio/kafka-go/protocol/offsetfetch"
)

// Committed returns the offsets committed for a group; a partition without one is missing. They
// show lag and decide nothing: during an open transaction they are the old ones.
func (c *Client) Committed(ctx context.Context, group string,
	parts []TopicPartition) (map[TopicPartition]int64, error) {
	req := &offsetfetch.Request{GroupID: group}
	for _, p := range parts {
		full := c.Full(p.Topic)
		if n := len(req.Topics); n == 0 || req.Topics[n-1].Name != full {
			req.Topics = append(req.Topics, offsetfetch.RequestTopic{Name: full})
		}
		t := &req.Topics[len(req.Topics)-1]
		t.PartitionIndexes = append(t.PartitionIndexes, p.Partition)
	}
	out := map[TopicPartition]int64{}
	err := c.ask(ctx, "the answer to OffsetFetch", c.groupCoordinator(group), func(ctx context.Context, cn *conn) error {
		msg, err := cn.call(ctx, req)
		if err != nil {
			return err
		}
		res, ok := msg.(*offsetfetch.Response)
		if !ok {
			return errOtherKind("OffsetFetch")
		}
		if res.ErrorCode != 0 {
			return classify(&CodeError{Code: Code(res.ErrorCode), Op: "OffsetFetch", Partition: -1})
		}
		for _, t := range res.Topics {
			for _, p := range t.Partitions {
				tp := TopicPartition{c.short(t.Name), p.PartitionIndex}
				if p.ErrorCode != 0 {
					return classify(&CodeError{Code: Code(p.ErrorCode), Op: "OffsetFetch", Topic: tp.Topic, Partition: tp.Partition})
				}
				if p.CommittedOffset >= 0 {
					out[tp] = p.CommittedOffset
				}
			}
		}
		return nil
	})
	return out, err
}
