package schemas

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// This file holds the two frames of contract §1, told apart by the first byte.

// FrameKind is how a value names the schema of its writer.
type FrameKind uint8

const (
	// SingleObject is C3 01 and the fingerprint, little endian.
	SingleObject FrameKind = iota + 1
	// Confluent is 00 and the id in a schema registry, big endian.
	Confluent
)

const (
	singleHead    = 10
	confluentHead = 5
)

// ErrFrame is wrapped by the error for a value that has neither frame.
var ErrFrame = errors.New("not framed as Avro")

// Frame is the head of a value.
type Frame struct {
	Kind FrameKind
	// Fingerprint of the writer's schema; SingleObject only.
	Fingerprint uint64
	// ID of the writer's schema in the registry; Confluent only.
	ID uint32
}

// SplitFrame reads the head of a value and returns what follows it.
func SplitFrame(value []byte) (Frame, []byte, error) {
	if len(value) == 0 {
		return Frame{}, nil, fmt.Errorf("%w: the value is empty", ErrFrame)
	}
	switch value[0] {
	case 0x00:
		if len(value) < confluentHead {
			return Frame{}, nil, fmt.Errorf("%w: a registry frame has %d bytes, this value %d", ErrFrame,
				confluentHead, len(value))
		}
		return Frame{Kind: Confluent, ID: binary.BigEndian.Uint32(value[1:])}, value[confluentHead:], nil
	case 0xC3:
		if len(value) < singleHead || value[1] != 0x01 {
			return Frame{}, nil, fmt.Errorf("%w: a single-object frame is C3 01 and 8 bytes of fingerprint, "+
				"this value has %d bytes", ErrFrame, len(value))
		}
		return Frame{Kind: SingleObject, Fingerprint: binary.LittleEndian.Uint64(value[2:])}, value[singleHead:], nil
	}
	return Frame{}, nil, fmt.Errorf("%w: the first byte is %02X, "+
		"neither 00 (schema registry) nor C3 (single object)", ErrFrame, value[0])
}

// AppendFrame appends the single-object head of the schema; the output of
// Append or of the typed function follows it.
func (s *Schema) AppendFrame(b []byte) []byte {
	b = append(b, 0xC3, 0x01)
	return binary.LittleEndian.AppendUint64(b, s.fingerprint)
}

// AppendValue appends v with its single-object frame; v as in Append.
func (s *Schema) AppendValue(b []byte, v any) []byte { return s.Append(s.AppendFrame(b), v) }

// AppendConfluentFrame appends the head for a schema that has this id in the
// registry.
func AppendConfluentFrame(b []byte, id uint32) []byte {
	return binary.BigEndian.AppendUint32(append(b, 0x00), id)
}
