package broker

import (
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/wire"
	"tilsyn/schemas"
)

// Codec turns records into bytes and back. NewCodec is the production one; the
// topic is named without prefix.
type Codec interface {
	// Decode returns a pointer to the plain type of the topic's record, like
	// *duty.CardEvent.
	Decode(topic string, value []byte) (any, error)
	// DecodeRow reads a value of card-events without copying: its strings are
	// those of the value.
	DecodeRow(value []byte, to *duty.CardEvent) error
	// DecodeAssignment does so with a value of card-assignments.
	DecodeAssignment(value []byte, to *duty.CardAssignment) error
	// Encode frames and encodes a pointer to a record of the topic.
	Encode(topic string, record any) ([]byte, error)
	// Salvage returns the id of a value that Decode refused, empty where the
	// bytes do not tell it.
	Salvage(topic string, value []byte) string
}

// SchemaViolation is the header `schema` of a violation (contract §3).
const SchemaViolation = "tilsyn.Violation"

type schemaCodec struct {
	store *schemas.Store
	// rows and assignments are the schemas of card-events and card-assignments.
	rows, assignments *schemas.Schema
}

// NewCodec returns a codec of the contract's schemas that reads both framings
// and every writer's schema in store, and writes the single-object frame.
func NewCodec(store *schemas.Store) Codec {
	rows, _ := schemas.Lookup(TopicCardEvents)
	assignments, _ := schemas.Lookup(TopicCardAssignments)
	return schemaCodec{store: store, rows: rows, assignments: assignments}
}

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

func (c schemaCodec) DecodeRow(value []byte, to *duty.CardEvent) error {
	payload, _, err := c.store.Payload(c.rows, value, nil)
	if err != nil {
		return err
	}
	rest, err := schemas.DecodeCardEventShared(payload, to)
	if err == nil && len(rest) > 0 {
		err = wire.ErrCut
	}
	return err
}

func (c schemaCodec) DecodeAssignment(value []byte, to *duty.CardAssignment) error {
	payload, _, err := c.store.Payload(c.assignments, value, nil)
	if err != nil {
		return err
	}
	rest, err := schemas.DecodeCardAssignmentShared(payload, to)
	if err == nil && len(rest) > 0 {
		err = wire.ErrCut
	}
	return err
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
