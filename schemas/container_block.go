package schemas

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"tilsyn/engine/duty"
	"tilsyn/schemas/internal/avro"
	"tilsyn/schemas/internal/block"
)

// Block is one block of a container file, still packed. Several of one file may be
// opened at once.
type Block struct {
	*containerForm
	// before is how many records the blocks before it say that they hold.
	before int64
	// Records is how many it says that it holds; not yet looked at.
	Records int64
	data    []byte
}

// Size is how many bytes the block takes in the file, without its head.
func (b *Block) Size() int { return len(b.data) }

func (b *Block) damaged(err error) error {
	return fmt.Errorf("avro container file: block after record %d: %w", b.before, err)
}

// Open unpacks the block. An error says that the file is damaged.
func (b *Block) Open() (*BlockRecords, error) { return b.OpenIn(nil) }

// OpenIn is Open that may unpack into room, which holds the strings of the records then. What Unpacked returns may
// be the room of the next block.
func (b *Block) OpenIn(room []byte) (*BlockRecords, error) {
	data, err := block.Expand(b.codec, b.data, maxBlock, room)
	if err != nil {
		return nil, b.damaged(err)
	}
	if b.Records < 0 || b.Records > int64(len(data)) {
		return nil, b.damaged(fmt.Errorf("a block of %d records in %d bytes", b.Records, len(data)))
	}
	r := &BlockRecords{containerForm: b.containerForm, block: data, left: b.Records, record: b.before}
	if b.codec != block.Null && b.codec != "" { // then it is the block itself, which may be opened again
		r.room = data
	}
	return r, nil
}

// BlockRecords are the records of one block.
type BlockRecords struct {
	*containerForm
	room    []byte // that the block was unpacked into; nil for none
	block   []byte // what is left of it
	left    int64  // records in it
	record  int64  // the number of the last one
	scratch []byte
}

// Number is that of the record which Next gave last, from 1 on.
func (r *BlockRecords) Number() int64 { return r.record }

// Unpacked returns the memory that the block was unpacked into, for whoever uses none of its records any more.
func (r *BlockRecords) Unpacked() []byte { return r.room }

// Size is how many bytes the records take that Next has not given yet.
func (r *BlockRecords) Size() int { return len(r.block) }

// Next reads the next record into v, a pointer as from Schema.New, and returns the
// logged_at that stands beside it. The strings of v hold until the next call. It returns io.EOF
// at the end, and a *RecordError for a record that cannot be read, after which
// reading can go on.
func (r *BlockRecords) Next(v any) (duty.Opt[duty.Instant], error) {
	none := duty.Opt[duty.Instant]{}
	if r.left == 0 {
		if len(r.block) > 0 {
			lost := fmt.Errorf("%d bytes follow the last record of a block", len(r.block))
			r.block = nil
			return none, &RecordError{Record: r.record, Err: lost}
		}
		return none, io.EOF
	}
	r.record++
	if r.direct {
		if at, rest, ok := r.read(v); ok {
			r.left, r.block = r.left-1, rest
			return at, nil
		}
	}
	rest, err := avro.Skip(r.writer, r.block)
	if err != nil {
		fault := r.fault(err)
		fault.Lost = r.left
		r.record += r.left - 1
		r.left, r.block = 0, nil
		return none, fault
	}
	body := r.block[:len(r.block)-len(rest)]
	err = r.decode(body, v)
	at, badTime := r.loggedAt(body)
	if err == nil {
		err = badTime
	}
	if err != nil {
		fault := r.fault(err)
		r.left, r.block = r.left-1, rest
		return none, fault
	}
	r.left, r.block = r.left-1, rest
	return at, nil
}

// NextNew is Next into a new record, which lasts.
func (r *BlockRecords) NextNew() (any, duty.Opt[duty.Instant], error) {
	v := r.schema.New()
	r.scratch = nil // the strings of the record before may lie in it
	at, err := r.Next(v)
	if err != nil {
		return nil, at, err
	}
	return v, at, nil
}

// read reads a record whose fields are ours in one pass. Where anything is wrong
// with it, ok is false: what it is, the slower way finds out.
func (r *BlockRecords) read(v any) (at duty.Opt[duty.Instant], rest []byte, ok bool) {
	rest, err := r.schema.codec.readShared(r.schema, r.block, v, reader{unsized: true})
	if err != nil {
		return at, nil, false
	}
	if !r.trailing {
		return at, rest, true
	}
	if len(rest) == 0 || rest[0] != 0 && rest[0] != 2 {
		return at, nil, false
	}
	if rest[0] == 0 {
		return at, rest[1:], true
	}
	ms, n := binary.Varint(rest[1:])
	return duty.Some(duty.Instant(ms)), rest[1+max(n, 0):], n > 0
}

// loggedAt reads when the broker had a record.
func (r *BlockRecords) loggedAt(body []byte) (duty.Opt[duty.Instant], error) {
	n, ok, err := r.logged.Read(body)
	var fault *avro.Error
	if errors.As(err, &fault) {
		err = &DecodeError{Record: r.schema.name, Field: fault.Path, Offset: fault.Offset, Reason: fault.Reason}
	}
	return duty.Opt[duty.Instant]{V: duty.Instant(n), OK: ok}, err
}

// fault describes the record at the start of the block. A time that cannot be one
// is left out, so that the hold has no lower bound (contract §1).
func (r *BlockRecords) fault(err error) *RecordError {
	e := &RecordError{Record: r.record, Lost: 1, Err: err}
	e.ID, _ = avro.StringField(r.writer, r.block, "id")
	for _, f := range []*avro.TimeField{r.logged, r.received} {
		if n, ok, err := f.Read(r.block); err == nil && ok && duty.Instant(n).Plausible() {
			e.At = duty.Some(duty.Instant(n))
			break
		}
	}
	return e
}

func (r *BlockRecords) decode(body []byte, v any) error {
	if r.plan != nil {
		var err error
		body, r.scratch, err = transcode(r.schema, r.plan, body, r.scratch)
		if err != nil {
			return err
		}
	}
	return r.schema.DecodeShared(body, v)
}
