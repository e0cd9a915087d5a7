package stream

import (
	"fmt"

	"tilsyn/schemas"
)

// Codec turns records into bytes and back. NewCodec is the production one; the
// topic is named without prefix.
type Codec interface {
	// Decode returns a pointer to the plain type of the topic's record, like
	// *duty.CardEvent.
	Decode(topic string, value []byte) (any, error)
	// Encode frames and encodes a pointer to a record of the topic.
	Encode(topic string, record any) ([]byte, error)
	// Salvage returns the id of a value that Decode refused, empty where the
	// bytes do not tell it.
	Salvage(topic string, value []byte) string
}

// schemaViolation is the header `schema` of a violation (contract §3).
const schemaViolation = "tilsyn.Violation"

type schemaCodec struct{ store *schemas.Store }

// NewCodec returns a codec of the contract's schemas that reads both framings
// and every writer's schema in store, and writes the single-object frame.
func NewCodec(store *schemas.Store) Codec { return schemaCodec{store: store} }

func (c schemaCodec) Decode(topic string, value []byte) (any, error) {
	s, ok := schemas.Lookup(topic)
	if !ok {
		return nil, fmt.Errorf("there is no schema for topic %q", topic)
	}
	payload, _, err := c.store.Payload(s, value, nil)
	if err != nil {
		return nil, err
	}
	return s.Decode(payload)
}

func (c schemaCodec) Encode(topic string, record any) ([]byte, error) {
	s, ok := schemas.Lookup(topic)
	if !ok {
		return nil, fmt.Errorf("there is no schema for topic %q", topic)
	}
	return s.AppendValue(nil, record), nil
}

func (c schemaCodec) Salvage(topic string, value []byte) string {
	s, ok := schemas.Lookup(topic)
	if !ok {
		return ""
	}
	id, _ := c.store.SalvageID(s, value)
	return id
}
