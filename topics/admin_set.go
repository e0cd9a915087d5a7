package topics

import (
	"context"

	"github.com/segmentio/kafka-go/protocol/incrementalalterconfigs"
)

// SetTopic sets one setting of a topic. It is for brokers that belong to tilsyn; the settings of a
// cluster belong to its operators.
func (c *Client) SetTopic(ctx context.Context, topic, setting, value string) error {
	req := &incrementalalterconfigs.Request{Resources: []incrementalalterconfigs.RequestResource{{
		ResourceType: resourceTopic, ResourceName: c.Full(topic),
		Configs: []incrementalalterconfigs.RequestConfig{{Name: setting, Value: value}},
	}}}
	return c.ask(ctx, "the answer to IncrementalAlterConfigs", controller{c}, func(ctx context.Context, cn *conn) error {
		msg, err := cn.call(ctx, req)
		if err != nil {
			return err
		}
		res, ok := msg.(*incrementalalterconfigs.Response)
		if !ok {
			return errOtherKind("IncrementalAlterConfigs")
		}
		for _, r := range res.Responses {
			if r.ErrorCode != 0 {
				return classify(&CodeError{Code: Code(r.ErrorCode), Op: "IncrementalAlterConfigs", Topic: topic,
					Partition: -1, Message: r.ErrorMessage})
			}
		}
		return nil
	})
}

// Stamp makes the broker put its own time on the records of a topic from now on; records that are there keep theirs.
func (c *Client) Stamp(ctx context.Context, topic string) error {
	return c.SetTopic(ctx, topic, settingTimestamps, logAppendTime)
}

// StampCommits makes the broker put its own time on the records of task-commits, as
// [Client.Create] does for new topics.
func (c *Client) StampCommits(ctx context.Context) error {
	return c.Stamp(ctx, TaskCommits)
}
