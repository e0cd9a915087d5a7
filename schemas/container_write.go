package schemas

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"tilsyn/engine/duty"
	"tilsyn/schemas/internal/block"
)

// blockSize is when a block is written, in bytes before compression.
const blockSize = 64 << 10

// ContainerOptions say how a container file is written.
type ContainerOptions struct {
	// Codec is CodecNull, CodecDeflate or CodecSnappy; empty is CodecDeflate.
	Codec string
	// LoggedAt adds the nullable field logged_at to the schema (contract §1).
	LoggedAt bool
}

// ContainerWriter writes an Avro object container file. It holds one block in
// memory; Close writes the last one and leaves the underlying writer open.
type ContainerWriter struct {
	schema  *Schema
	options ContainerOptions
	out     io.Writer
	sync    [syncSize]byte
	block   []byte
	count   int64
	err     error
}

// NewContainerWriter writes the header.
func NewContainerWriter(w io.Writer, s *Schema, o ContainerOptions) (*ContainerWriter, error) {
	switch o.Codec {
	case "":
		o.Codec = CodecDeflate
	case CodecNull, CodecDeflate, CodecSnappy:
	default:
		return nil, fmt.Errorf("codec %q; null, deflate and snappy are written", o.Codec)
	}
	c := &ContainerWriter{schema: s, options: o, out: w}
	if _, err := rand.Read(c.sync[:]); err != nil {
		return nil, err
	}
	text := s.text
	if o.LoggedAt {
		var err error
		if text, err = withLoggedAt(text); err != nil {
			return nil, err
		}
	}
	b := append([]byte(nil), containerMagic...)
	b = appendLong(b, 2)
	b = appendString(b, "avro.codec")
	b = appendString(b, o.Codec)
	b = appendString(b, "avro.schema")
	b = appendString(b, string(text))
	b = append(b, 0)
	b = append(b, c.sync[:]...)
	_, err := w.Write(b)
	return c, err
}

// withLoggedAt adds the field at the end of the outermost record, whose list of
// fields is the last thing in every .avsc file.
func withLoggedAt(text []byte) ([]byte, error) {
	i := bytes.LastIndexByte(text, ']')
	if i < 0 {
		return nil, errors.New("a schema without fields")
	}
	out := append([]byte(nil), text[:i]...)
	out = append(out, `,{"name":"logged_at","type":["null",{"type":"long","logicalType":"timestamp-millis"}],`+
		`"doc":"When the broker had the record.","default":null}`...)
	return append(out, text[i:]...), nil
}

// Write adds a record, a pointer as from Schema.New. logged is written only
// with ContainerOptions.LoggedAt.
func (c *ContainerWriter) Write(v any, logged duty.Opt[duty.Instant]) error {
	if c.err != nil {
		return c.err
	}
	c.block = c.schema.Append(c.block, v)
	if c.options.LoggedAt {
		if logged.OK {
			c.block = appendLong(append(c.block, 2), int64(logged.V))
		} else {
			c.block = append(c.block, 0)
		}
	}
	c.count++
	if len(c.block) >= blockSize {
		c.err = c.flush()
	}
	return c.err
}

// Close writes what is left. Nothing may be written after it.
func (c *ContainerWriter) Close() error {
	if c.err != nil {
		return c.err
	}
	err := c.flush()
	c.err = errors.New("avro container file: written to after Close")
	return err
}

func (c *ContainerWriter) flush() error {
	if c.count == 0 {
		return nil
	}
	data, err := block.Shrink(c.options.Codec, c.block)
	if err != nil {
		return err
	}
	head := binary.AppendVarint(nil, c.count)
	head = binary.AppendVarint(head, int64(len(data)))
	for _, b := range [][]byte{head, data, c.sync[:]} {
		if _, err := c.out.Write(b); err != nil {
			return err
		}
	}
	c.block, c.count = c.block[:0], 0
	return nil
}
