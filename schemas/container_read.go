package schemas

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"tilsyn/engine/duty"
	"tilsyn/schemas/internal/avro"
)

// ContainerReader reads the records of an Avro object container file one by
// one, whatever schema it was written with. It holds one block in memory.
type ContainerReader struct {
	schema *Schema
	in     *bufio.Reader
	writer *avro.Schema
	plan   *avro.Plan // nil where the writer's schema is our own
	// logged and received read the times by which a record is known; logged is nil
	// where the writer has no such field.
	logged, received *avro.TimeField
	codec            string
	sync             [syncSize]byte

	block   []byte
	left    int64 // records left in block
	record  int64
	scratch []byte
	err     error
}

// RecordError says that one record of a container file could not be read, or
// the rest of a block. Reading can go on after it.
type RecordError struct {
	// Record counts from 1.
	Record int64
	// Lost is how many records are lost, from Record on.
	Lost int64
	// ID and At are the id and the logged_at, else the received_at, of the
	// record where they could be read.
	ID  string
	At  duty.Opt[duty.Instant]
	Err error
}

// Error names the record.
func (e *RecordError) Error() string {
	if e.Lost > 1 {
		return fmt.Sprintf("record %d and the %d after it in its block: %v", e.Record, e.Lost-1, e.Err)
	}
	return fmt.Sprintf("record %d: %v", e.Record, e.Err)
}

// Unwrap returns what was wrong.
func (e *RecordError) Unwrap() error { return e.Err }

// NewContainerReader reads the header. Records are read as s, which the caller
// finds by the file's name (contract §4).
func NewContainerReader(r io.Reader, s *Schema) (*ContainerReader, error) {
	c := &ContainerReader{schema: s, in: bufio.NewReaderSize(r, 64<<10)}
	if err := c.header(); err != nil {
		return nil, fmt.Errorf("avro container file: %w", err)
	}
	return c, nil
}

func (c *ContainerReader) header() error {
	var magic [len(containerMagic)]byte
	if _, err := io.ReadFull(c.in, magic[:]); err != nil || string(magic[:]) != containerMagic {
		return errors.New("the file does not begin with Obj and 1")
	}
	meta, err := c.metadata()
	if err != nil {
		return err
	}
	if _, err := io.ReadFull(c.in, c.sync[:]); err != nil {
		return fmt.Errorf("sync marker: %w", early(err))
	}
	c.codec = string(meta["avro.codec"])
	switch c.codec {
	case "", CodecNull, CodecDeflate, CodecSnappy, "bzip2", "zstandard":
	default:
		return unknownCodec(c.codec)
	}
	c.writer, err = avro.Parse(meta["avro.schema"])
	if err != nil {
		return err
	}
	if c.received, err = avro.CompileTime(c.writer, "received_at"); err != nil {
		return err
	}
	if bytes.Equal(c.writer.Canonical(), c.schema.canonical) && avro.SameUnits(c.writer, c.schema.parsed) {
		return nil
	}
	// It is no field of ours, so that resolution would pass over it (contract §1).
	if c.logged, err = avro.CompileTime(c.writer, "logged_at"); err != nil {
		return err
	}
	c.plan, err = avro.Compile(c.writer, c.schema.parsed)
	return err
}

// metadata reads a map of bytes.
func (c *ContainerReader) metadata() (map[string][]byte, error) {
	meta := map[string][]byte{}
	budget := int64(maxHeader)
	for {
		n, err := binary.ReadVarint(c.in)
		if err != nil {
			return nil, fmt.Errorf("header: %w", early(err))
		}
		if n == 0 {
			return meta, nil
		}
		if n < 0 {
			if _, err := binary.ReadVarint(c.in); err != nil {
				return nil, fmt.Errorf("header: %w", early(err))
			}
			n = -n
		}
		if n < 0 || n > budget {
			return nil, fmt.Errorf("header: %d entries", n)
		}
		for range n {
			key, err := c.sized(&budget)
			if err != nil {
				return nil, err
			}
			value, err := c.sized(&budget)
			if err != nil {
				return nil, err
			}
			meta[string(key)] = value
		}
	}
}

func (c *ContainerReader) sized(budget *int64) ([]byte, error) {
	n, err := binary.ReadVarint(c.in)
	if err != nil {
		return nil, fmt.Errorf("header: %w", early(err))
	}
	if n < 0 || n > *budget {
		return nil, fmt.Errorf("header: an entry of %d bytes, at most %d are read", n, *budget)
	}
	*budget -= n + 1
	return c.take(n)
}

// take reads n bytes without trusting n before they are there.
func (c *ContainerReader) take(n int64) ([]byte, error) {
	var b bytes.Buffer
	if _, err := io.CopyN(&b, c.in, n); err != nil {
		return nil, early(err)
	}
	return b.Bytes(), nil
}

// early says that the file ends where it should not.
func early(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the file ends too early")
	}
	return err
}

// Next returns the next record, a pointer as from Schema.New, and the logged_at
// that stands beside it. It returns io.EOF at the end, a *RecordError for a
// record that cannot be read, after which reading can go on, and any other
// error where the file is damaged.
func (c *ContainerReader) Next() (any, duty.Opt[duty.Instant], error) {
	none := duty.Opt[duty.Instant]{}
	for c.left == 0 {
		if c.err == nil && len(c.block) > 0 {
			lost := fmt.Errorf("%d bytes follow the last record of a block", len(c.block))
			c.block = nil
			return nil, none, &RecordError{Record: c.record, Err: lost}
		}
		if c.err == nil {
			c.err = c.nextBlock()
		}
		if c.err != nil {
			return nil, none, c.err
		}
	}
	c.record++
	rest, err := avro.Skip(c.writer, c.block)
	if err != nil {
		fault := c.fault(err)
		fault.Lost = c.left
		c.record += c.left - 1
		c.left, c.block = 0, nil
		return nil, none, fault
	}
	body := c.block[:len(c.block)-len(rest)]
	v, err := c.decode(body)
	at, badTime := c.loggedAt(body)
	if err == nil {
		err = badTime
	}
	if err != nil {
		fault := c.fault(err)
		c.left, c.block = c.left-1, rest
		return nil, none, fault
	}
	c.left, c.block = c.left-1, rest
	return v, at, nil
}

// loggedAt reads when the broker had a record.
func (c *ContainerReader) loggedAt(body []byte) (duty.Opt[duty.Instant], error) {
	n, ok, err := c.logged.Read(body)
	var fault *avro.Error
	if errors.As(err, &fault) {
		err = &DecodeError{Record: c.schema.name, Field: fault.Path, Offset: fault.Offset, Reason: fault.Reason}
	}
	return duty.Opt[duty.Instant]{V: duty.Instant(n), OK: ok}, err
}

// fault describes the record at the start of the block. A time that cannot be one
// is left out, so that the hold has no lower bound (contract §1).
func (c *ContainerReader) fault(err error) *RecordError {
	e := &RecordError{Record: c.record, Lost: 1, Err: err}
	e.ID, _ = avro.StringField(c.writer, c.block, "id")
	for _, f := range []*avro.TimeField{c.logged, c.received} {
		if n, ok, err := f.Read(c.block); err == nil && ok && duty.Instant(n).Plausible() {
			e.At = duty.Some(duty.Instant(n))
			break
		}
	}
	return e
}

func (c *ContainerReader) decode(body []byte) (any, error) {
	if c.plan != nil {
		var err error
		body, c.scratch, err = transcode(c.schema, c.plan, body, c.scratch)
		if err != nil {
			return nil, err
		}
	}
	return c.schema.Decode(body)
}

func (c *ContainerReader) nextBlock() error {
	count, err := binary.ReadVarint(c.in)
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	if err != nil {
		return c.damaged(early(err))
	}
	size, err := binary.ReadVarint(c.in)
	if err != nil {
		return c.damaged(early(err))
	}
	if size < 0 || size > maxBlock {
		return c.damaged(fmt.Errorf("a block of %d bytes, at most %d are read", size, maxBlock))
	}
	data, err := c.take(size)
	if err != nil {
		return c.damaged(err)
	}
	var sync [syncSize]byte
	if _, err := io.ReadFull(c.in, sync[:]); err != nil {
		return c.damaged(early(err))
	}
	if sync != c.sync {
		return c.damaged(errors.New("the sync marker does not match"))
	}
	if c.block, err = expand(c.codec, data, maxBlock); err != nil {
		return c.damaged(err)
	}
	if count < 0 || count > int64(len(c.block)) {
		return c.damaged(fmt.Errorf("a block of %d records in %d bytes", count, len(c.block)))
	}
	c.left = count
	return nil
}

func (c *ContainerReader) damaged(err error) error {
	return fmt.Errorf("avro container file: block after record %d: %w", c.record, err)
}
