package topics

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"time"
)

// Metadata is encoded here to ask for topic ids (KIP-516): version 10 is the first that has them,
// and newer than what the protocol package knows. Every broker since Kafka 2.8 has it.
const (
	metadataKey     = 3
	metadataVersion = 10
)

// TopicState is what the brokers report about one topic.
type TopicState struct {
	// ID is the topic id in the form in which Kafka prints it (KIP-516); empty if there is none. A
	// topic that is deleted and recreated has another one.
	ID string
	// Partitions is the number of partitions.
	Partitions int32
	// Epochs are the leader epochs by partition (KIP-320); nil if the brokers do not report them.
	Epochs []int32
}

// topicStates caches the last answer about the topics, and when it was asked for.
type topicStates struct {
	// turn is a lock, held while asking.
	turn  chan struct{}
	began time.Time
	said  map[string]TopicState
}

// Topics returns the contract's topics that exist, by name without prefix. The answer belongs to a
// request sent after the call; concurrent callers share one. For a topic that has grown, the
// leaders are looked up again.
func (c *Client) Topics(ctx context.Context) (map[string]TopicState, error) {
	called := time.Now()
	s := &c.states
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case s.turn <- struct{}{}:
	}
	defer func() { <-s.turn }()
	if s.said != nil && s.began.After(called) {
		return s.said, nil
	}
	began := time.Now()
	said, err := c.askTopics(ctx)
	if err != nil {
		return nil, err
	}
	for name, t := range said {
		c.meta.outgrown(c.Full(name), t.Partitions)
	}
	s.began, s.said = began, said
	return said, nil
}

// askTopics asks a broker; without version 10 of Metadata the ids are empty.
func (c *Client) askTopics(ctx context.Context) (map[string]TopicState, error) {
	var out map[string]TopicState
	err := c.ask(ctx, "the state of the topics", anyBroker{c}, func(ctx context.Context, cn *conn) error {
		out = nil
		if r, ok := cn.limits[metadataKey]; !ok || r.high < metadataVersion {
			return nil
		}
		full := make([]string, 0, len(specs))
		for _, s := range specs {
			full = append(full, c.Full(s.Name))
		}
		body, err := cn.callRaw(ctx, metadataKey, metadataVersion, appendMetadata(cn.newFrame(nil), full), nil)
		if err != nil {
			return err
		}
		out, err = c.readTopics(body)
		return err
	})
	if err != nil || out != nil {
		return out, err
	}
	counts, err := c.existing(ctx)
	out = make(map[string]TopicState, len(counts))
	for name, n := range counts {
		out[name] = TopicState{Partitions: n}
	}
	return out, err
}

// TopicIDs returns the ids of [Client.Topics], for topics that have one.
func (c *Client) TopicIDs(ctx context.Context) (map[string]string, error) {
	states, err := c.Topics(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(states))
	for name, t := range states {
		if t.ID != "" {
			out[name] = t.ID
		}
	}
	return out, nil
}

// appendMetadata appends the body of a metadata request. In a flexible version the header has
// tagged fields too; here there are none anywhere.
func appendMetadata(b []byte, full []string) []byte {
	b = append(b, 0)
	b = appendUvarint(b, uint64(len(full)+1))
	for _, name := range full {
		b = append(b, make([]byte, 16)...) // by name, not by id
		b = appendUvarint(b, uint64(len(name)+1))
		b = append(b, name...)
		b = append(b, 0)
	}
	// Creates no topics, asks for no permissions.
	return append(b, 0, 0, 0, 0)
}

// maxEpochs bounds the memory that the partition numbers of an answer may claim.
const maxEpochs = 1 << 16

// readTopics parses the body of an answer. A topic that the brokers do not know is left out; one that
// this user may not see is an error, for it may be there; one that is just electing a leader is an
// error that may pass.
func (c *Client) readTopics(body []byte) (map[string]TopicState, error) {
	r := reader{b: body}
	r.tags()
	r.int32() // throttled
	for range r.compactCount(11) {
		r.int32()
		r.compactText()
		r.int32()
		r.compactText()
		r.tags()
	}
	r.compactText() // cluster
	r.int32()       // controller
	out := map[string]TopicState{}
	var passing *CodeError
	for range r.compactCount(26) {
		code, name, id := Code(r.int16()), string(r.compactText()), slices.Clone(r.take(16))
		r.take(1) // internal
		t := TopicState{}
		for range r.compactCount(18) {
			t.Partitions++
			r.int16() // error
			part := r.int32()
			r.int32() // leader
			epoch := r.int32()
			if part >= 0 && int(part) < maxEpochs {
				for len(t.Epochs) <= int(part) {
					t.Epochs = append(t.Epochs, -1)
				}
				t.Epochs[part] = epoch
			}
			for range 3 { // replicas, those in sync, those that are away
				r.take(4 * r.compactCount(4))
			}
			r.tags()
		}
		r.int32()
		r.tags()
		switch {
		case r.err != nil:
		case code == codeNone:
			if slices.ContainsFunc(id, func(b byte) bool { return b != 0 }) {
				t.ID = base64.RawURLEncoding.EncodeToString(id)
			}
			out[c.short(name)] = t
		case code == codeTopicRefused:
			return nil, classify(&CodeError{Code: code, Op: "Metadata", Topic: c.short(name), Partition: -1})
		case code != codeUnknownTopic && code.retriable():
			passing = classify(&CodeError{Code: code, Op: "Metadata", Topic: c.short(name), Partition: -1})
		}
	}
	if r.err != nil {
		return nil, fmt.Errorf("the answer to Metadata: %w", r.err)
	}
	if passing != nil {
		return nil, passing
	}
	return out, nil
}
