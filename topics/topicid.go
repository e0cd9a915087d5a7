package topics

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
)

// Metadata is encoded here where ids of topics are asked for (KIP-516): version
// 10 is the first that has them, and beyond what the protocol package knows.
// Every broker since Kafka 2.8 has it.
const (
	metadataKey     = 3
	metadataVersion = 10
)

// TopicIDs asks for the ids of the contract's topics that exist, in the form in
// which Kafka prints them, by name without prefix. A topic that is deleted and
// made again under its name has another id. Empty where the brokers give none.
func (c *Client) TopicIDs(ctx context.Context) (map[string]string, error) {
	var out map[string]string
	err := c.ask(ctx, "the ids of the topics", anyBroker{c}, func(ctx context.Context, cn *conn) error {
		if r, ok := cn.limits[metadataKey]; !ok || r.high < metadataVersion {
			out = map[string]string{}
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
		out, err = c.readTopicIDs(body)
		return err
	})
	return out, err
}

// appendMetadata appends the body of a metadata request. In a flexible version
// the header has tagged fields as well; here there are none anywhere.
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

func (c *Client) readTopicIDs(body []byte) (map[string]string, error) {
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
	out := map[string]string{}
	for range r.compactCount(26) {
		code, name, id := Code(r.int16()), string(r.compactText()), slices.Clone(r.take(16))
		r.take(1) // internal
		for range r.compactCount(18) {
			r.take(2 + 4 + 4 + 4)
			for range 3 { // replicas, those in sync, those that are away
				r.take(4 * r.compactCount(4))
			}
			r.tags()
		}
		r.int32()
		r.tags()
		if r.err == nil && code == codeNone && slices.ContainsFunc(id, func(b byte) bool { return b != 0 }) {
			out[c.short(name)] = base64.RawURLEncoding.EncodeToString(id)
		}
	}
	if r.err != nil {
		return nil, fmt.Errorf("the answer to Metadata: %w", r.err)
	}
	return out, nil
}
