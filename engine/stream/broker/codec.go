package broker

import (
	"fmt"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/wire"
	"tilsyn/schemas"
)

// Codec decodes and encodes records. NewCodec returns the production one. Topics are named without
// their prefix.
type Codec interface {
	// Decode returns a pointer to the plain type of the topic's record, such as *duty.CardEvent.
	Decode(topic string, value []byte) (any, error)
	// DecodeRow decodes a value of card-events without copying: the strings in to share memory with
	// value.
	DecodeRow(value []byte, to *duty.CardEvent) error
	// DecodeAssignment does the same for a value of card-assignments.
	DecodeAssignment(value []byte, to *duty.CardAssignment) error
	// Encode returns the encoding of a record of the topic, given by pointer, in the single-object frame: to
	// keep, and to hand to other tasks.
	Encode(topic string, record any) ([]byte, error)
	// EncodeTold returns it in the frame that readers of the topic are to find (contract §1).
	EncodeTold(topic string, record any) ([]byte, error)
	// Salvage returns the id in a value that Decode refused; empty if it cannot be found.
	Salvage(topic string, value []byte) string
}

// SchemaViolation is the value of the `schema` header of a violation (contract §3).
const SchemaViolation = "tilsyn.Violation"

// schemaCodec is the Codec of the contract's Avro schemas.
type schemaCodec struct {
	store *schemas.Store
	// rows and assignments are the schemas of card-events and card-assignments.
	rows, assignments *schemas.Schema
}

// NewCodec returns the codec of the contract's schemas. It reads both framings and every writer
// schema in store, and tells in the frame that store writes.
func NewCodec(store *schemas.Store) Codec {
	rows, _ := schemas.Lookup(duty.TopicCardEvents)
	assignments, _ := schemas.Lookup(duty.TopicCardAssignments)
	return schemaCodec{store: store, rows: rows, assignments: assignments}
}

// Decode implements Codec.
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

// DecodeRow implements Codec.
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

// DecodeAssignment implements Codec.
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

// Encode implements Codec.
func (c schemaCodec) Encode(topic string, record any) ([]byte, error) {
	s, ok := schemas.Lookup(topic)
	if !ok {
		return nil, fmt.Errorf("there is no schema for topic %q", topic)
	}
	return s.AppendValue(nil, record), nil
}

// EncodeTold implements Codec.
func (c schemaCodec) EncodeTold(topic string, record any) ([]byte, error) {
	s, ok := schemas.Lookup(topic)
	if !ok {
		return nil, fmt.Errorf("there is no schema for topic %q", topic)
	}
	return c.store.AppendValue(nil, s, record), nil
}

// Salvage implements Codec.
func (c schemaCodec) Salvage(topic string, value []byte) string {
	s, ok := schemas.Lookup(topic)
	if !ok {
		return ""
	}
	id, _ := c.store.SalvageID(s, value)
	return id
}
