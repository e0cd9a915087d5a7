package topics

import (
	"context"
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/segmentio/kafka-go/protocol/createpartitions"
	"github.com/segmentio/kafka-go/protocol/deletetopics"
)

// deleteTopic deletes a topic of the contract.
func deleteTopic(t *testing.T, c *Client, topic string) {
	t.Helper()
	req := &deletetopics.Request{TopicNames: []string{c.Full(topic)}, TimeoutMs: 10_000}
	err := c.ask(bounded(t), "the answer to DeleteTopics", controller{c}, func(ctx context.Context, cn *conn) error {
		msg, err := cn.call(ctx, req)
		if err != nil {
			return err
		}
		for _, r := range msg.(*deletetopics.Response).Responses {
			if r.ErrorCode != 0 {
				return &CodeError{Code: Code(r.ErrorCode), Op: "DeleteTopics", Topic: topic, Partition: -1}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Every topic has an id that stays, and another one after it was deleted and
// made again. One that is missing has none.
func TestTopicIDs(t *testing.T) {
	c := cluster(t, CreateOptions{Partitions: 2})
	ctx := bounded(t)
	first, err := c.TopicIDs(ctx)
	if err != nil || len(first) != len(All()) {
		t.Fatalf("%d ids of %d topics, %v", len(first), len(All()), err)
	}
	again, err := c.TopicIDs(ctx)
	if err != nil || !maps.Equal(first, again) {
		t.Errorf("ids change: %v", err)
	}
	seen := map[string]bool{}
	for name, id := range first {
		if len(id) != 22 || seen[id] {
			t.Errorf("%s has id %q", name, id)
		}
		seen[id] = true
	}
	deleteTopic(t, c, Notices)
	var gone map[string]string
	for len(gone) != len(first)-1 && ctx.Err() == nil {
		if gone, err = c.TopicIDs(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if gone[Notices] != "" {
		t.Errorf("a topic that is gone has id %s", gone[Notices])
	}
	c.meta.forget(c.Full(Notices))
	if _, err := c.Create(ctx, CreateOptions{Partitions: 2}); err != nil {
		t.Fatal(err)
	}
	anew, err := c.TopicIDs(ctx)
	if err != nil || len(anew) != len(first) {
		t.Fatalf("%d ids after making one anew, %v", len(anew), err)
	}
	for name := range first {
		if same := first[name] == anew[name]; same == (name == Notices) {
			t.Errorf("%s had id %s and has %s", name, first[name], anew[name])
		}
	}
}

// topicIDsAnswer is an answer with one broker and one topic of one partition.
func topicIDsAnswer() []byte {
	whole := []byte{0, 0, 0, 0, 0,
		2, 0, 0, 0, 1, 2, 'h', 0, 0, 0, 1, 0, 0, // a broker
		2, 'c', 0, 0, 0, 1,
		2, 0, 0, 5, 't', '.', 'x', 'y'}
	whole = append(whole, make([]byte, 15)...)
	whole = append(whole, 7, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 1, 1, 1, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0)
	return whole
}

// An answer that is cut anywhere, or says wild lengths, is an error.
func TestTopicIDsOfABrokenAnswer(t *testing.T) {
	whole := topicIDsAnswer()
	c := &Client{cfg: Config{Prefix: "t."}}
	got, err := c.readTopics(whole)
	if err != nil || len(got) != 1 || got["xy"].ID == "" || got["xy"].Partitions != 1 {
		t.Fatalf("%v, %v", got, err)
	}
	for n := range len(whole) - 5 {
		if _, err := c.readTopics(whole[:n]); err == nil {
			t.Errorf("cut after %d of %d bytes, nothing is wrong", n, len(whole))
		}
	}
	for _, wild := range [][]byte{{0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1},
		{0xff, 0xff, 0xff, 0x0f}} {
		if _, err := c.readTopics(wild); err == nil {
			t.Errorf("%v: nothing is wrong", wild)
		}
	}
}

// Whatever a broker answers, reading it ends, and takes no more than it holds.
func FuzzTopicIDs(f *testing.F) {
	f.Add(topicIDsAnswer())
	f.Add([]byte{0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1})
	c := &Client{cfg: Config{Prefix: "t."}}
	f.Fuzz(func(t *testing.T, body []byte) {
		ids, err := c.readTopics(body)
		if err == nil && len(ids) > len(body)/26 {
			t.Errorf("%d topics in %d bytes", len(ids), len(body))
		}
	})
}

// TestTopicsThatGrow: added partitions are counted at once, and a client that knew the topic with
// fewer can ask for them. A partition that does not exist is an error after a while.
func TestTopicsThatGrow(t *testing.T) {
	t.Parallel()
	c := cluster(t, CreateOptions{Partitions: 2})
	ctx := bounded(t)
	c.cfg.patience = 300 * time.Millisecond
	before, err := c.Topics(ctx)
	if err != nil || before[Exclusions].Partitions != 1 || before[Notices].Partitions != 2 {
		t.Fatalf("%+v, %v", before, err)
	}
	if _, err := c.Offsets(ctx, []TopicPartition{{Exclusions, 1}}, Latest); !errors.Is(err, ErrFatal) {
		t.Errorf("a partition that does not exist: %v", err)
	}
	addPartitions(t, c, Exclusions, 3)
	var after map[string]TopicState
	for after[Exclusions].Partitions != 3 && ctx.Err() == nil {
		if after, err = c.Topics(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if after[Exclusions].ID != before[Exclusions].ID {
		t.Error("the topic has another id because it has grown")
	}
	if got, err := c.Offsets(ctx, []TopicPartition{{Exclusions, 2}}, Latest); err != nil || len(got) != 1 {
		t.Errorf("the end of a new partition: %v, %v", got, err)
	}
}

// addPartitions makes a topic have so many.
func addPartitions(t *testing.T, c *Client, topic string, n int32) {
	t.Helper()
	req := &createpartitions.Request{TimeoutMs: 10_000,
		Topics: []createpartitions.RequestTopic{{Name: c.Full(topic), Count: n}}}
	err := c.ask(bounded(t), "the answer to CreatePartitions", controller{c}, func(ctx context.Context, cn *conn) error {
		msg, err := cn.call(ctx, req)
		if err != nil {
			return err
		}
		for _, r := range msg.(*createpartitions.Response).Results {
			if r.ErrorCode != 0 {
				return &CodeError{Code: Code(r.ErrorCode), Op: "CreatePartitions", Topic: topic, Partition: -1,
					Message: r.ErrorMessage}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
