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
	"tilsyn/schemas/internal/block"
)

// ContainerReader reads an Avro object container file, whatever schema it was
// written with, block by block or record by record. It holds one block in memory.
type ContainerReader struct {
	*containerForm
	in   *bufio.Reader
	sync [syncSize]byte
	// records is how many the blocks so far say that they hold.
	records int64
	// now are the records that Next gives, err is what ended them.
	now *BlockRecords
	err error
}

// containerForm is how the records of one file are written. It is not changed after
// the header, so that blocks are opened side by side.
type containerForm struct {
	schema *Schema
	writer *avro.Schema
	plan   *avro.Plan // nil where the writer's schema is our own
	// direct says that the fields are ours one after the other, so that they are
	// read in one pass; behind them stands logged_at, where trailing is set.
	direct, trailing bool
	// logged and received read the times by which a record is known; logged is nil
	// where the writer has no such field.
	logged, received *avro.TimeField
	codec            string
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
	c := &ContainerReader{containerForm: &containerForm{schema: s}, in: bufio.NewReaderSize(r, 64<<10)}
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
		return block.Unknown(c.codec)
	}
	c.writer, err = avro.Parse(meta["avro.schema"])
	if err != nil {
		return err
	}
	if c.received, err = avro.CompileTime(c.writer, "received_at"); err != nil {
		return err
	}
	if c.direct = c.writer.Alike(c.schema.parsed); c.direct {
		return nil
	}
	// It is no field of ours, so that resolution would pass over it (contract §1).
	if c.logged, err = avro.CompileTime(c.writer, "logged_at"); err != nil {
		return err
	}
	if c.plan, err = avro.Compile(c.writer, c.schema.parsed); err != nil {
		return err
	}
	text, err := withLoggedAt(c.schema.text)
	if err != nil {
		return err
	}
	ours, err := avro.Parse(text)
	if err != nil {
		return err
	}
	c.direct = c.writer.Alike(ours)
	c.trailing = c.direct
	return nil
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
	const trusted = 1 << 18 // so much is taken at once
	if n <= trusted {
		b := make([]byte, n)
		_, err := io.ReadFull(c.in, b)
		return b, early(err)
	}
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
// error where the file is damaged. It is not to be mixed with NextBlock.
func (c *ContainerReader) Next() (any, duty.Opt[duty.Instant], error) {
	for c.err == nil {
		if c.now == nil {
			var b *Block
			if b, c.err = c.NextBlock(); c.err == nil {
				c.now, c.err = b.Open()
			}
			continue
		}
		v, at, err := c.now.NextNew()
		if errors.Is(err, io.EOF) {
			c.now = nil
			continue
		}
		return v, at, err
	}
	return nil, duty.Opt[duty.Instant]{}, c.err
}

// NextBlock returns the next block, as it was written; io.EOF at the end, and any
// other error where the file is damaged.
func (c *ContainerReader) NextBlock() (*Block, error) {
	count, err := binary.ReadVarint(c.in)
	if errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	b := &Block{containerForm: c.containerForm, before: c.records, Records: count}
	if err != nil {
		return nil, b.damaged(early(err))
	}
	size, err := binary.ReadVarint(c.in)
	if err != nil {
		return nil, b.damaged(early(err))
	}
	if size < 0 || size > maxBlock {
		return nil, b.damaged(fmt.Errorf("a block of %d bytes, at most %d are read", size, maxBlock))
	}
	if b.data, err = c.take(size); err != nil {
		return nil, b.damaged(err)
	}
	var sync [syncSize]byte
	if _, err := io.ReadFull(c.in, sync[:]); err != nil {
		return nil, b.damaged(early(err))
	}
	if sync != c.sync {
		return nil, b.damaged(errors.New("the sync marker does not match"))
	}
	c.records += max(count, 0)
	return b, nil
}
