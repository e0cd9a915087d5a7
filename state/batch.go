package state

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Batch collects the changes of one cycle. The zero value is ready; Reset keeps its memory, so
// that a steady cycle does not allocate. Of several operations on one key the last one counts. An
// operation that is out of bounds makes the commit fail.
type Batch struct {
	buf []byte
	// cuts are the ends of full parts of buf, at record boundaries.
	cuts       []int
	meta       []metaOp
	checkpoint []byte
	hasCheck   bool
	facts      int
	err        error
}

// metaOp sets or deletes a value of the task.
type metaOp struct {
	key    string
	value  []byte
	delete bool
}

// The kinds of records in a packed delta.
const (
	opFact   = 1
	opSaid   = 2
	opHeader = 3
)

// AddFact adds a fact of the person on a day (days since 1970-01-01, or Undated). The same bytes
// on the same day are the same fact. The batch copies its arguments, here and below.
func (b *Batch) AddFact(person string, day int32, fact []byte) { addFact(b, person, day, fact) }

// AddFactBytes is AddFact for a person id in bytes.
func (b *Batch) AddFactBytes(person []byte, day int32, fact []byte) { addFact(b, person, day, fact) }

func addFact[P string | []byte](b *Batch, person P, day int32, fact []byte) {
	if !b.fits(len(person), fact) {
		return
	}
	b.facts++
	start(b, opFact, person, len(fact))
	b.buf = binary.BigEndian.AppendUint32(b.buf, orderedDay(day))
	b.value(fact)
}

// SetSaid sets what was last told of the unit (kind, day) of the person; empty data deletes it.
func (b *Batch) SetSaid(person string, kind uint8, day int32, data []byte) {
	setSaid(b, person, kind, day, data)
}

// SetSaidBytes is SetSaid for a person id in bytes.
func (b *Batch) SetSaidBytes(person []byte, kind uint8, day int32, data []byte) {
	setSaid(b, person, kind, day, data)
}

func setSaid[P string | []byte](b *Batch, person P, kind uint8, day int32, data []byte) {
	if !b.fits(len(person), data) {
		return
	}
	start(b, opSaid, person, len(data))
	b.buf = binary.BigEndian.AppendUint32(b.buf, orderedDay(day))
	b.buf = append(b.buf, kind)
	b.value(data)
}

// SetHeader sets the person's header: the time at which the clock next changes something (ms UTC;
// Never for never) and the caller's data.
func (b *Batch) SetHeader(person string, next int64, data []byte) { setHeader(b, person, next, data) }

// SetHeaderBytes is SetHeader for a person id in bytes.
func (b *Batch) SetHeaderBytes(person []byte, next int64, data []byte) {
	setHeader(b, person, next, data)
}

func setHeader[P string | []byte](b *Batch, person P, next int64, data []byte) {
	if !b.fits(len(person), data) {
		return
	}
	start(b, opHeader, person, len(data))
	b.buf = binary.BigEndian.AppendUint64(b.buf, uint64(next))
	b.value(data)
}

// SetMeta sets a value of the task itself. All meta values and the checkpoint of one batch
// together may take 256 KiB.
func (b *Batch) SetMeta(key string, value []byte) {
	b.meta = append(b.meta, metaOp{key: key, value: append([]byte(nil), value...)})
}

// DeleteMeta deletes a value of the task.
func (b *Batch) DeleteMeta(key string) {
	b.meta = append(b.meta, metaOp{key: key, delete: true})
}

// SetCheckpoint sets what Task.Checkpoint returns. A batch without it leaves the checkpoint
// unchanged.
func (b *Batch) SetCheckpoint(checkpoint []byte) {
	b.checkpoint = append(b.checkpoint[:0], checkpoint...)
	b.hasCheck = true
}

// Reset empties the batch and keeps its memory.
func (b *Batch) Reset() {
	*b = Batch{buf: b.buf[:0], cuts: b.cuts[:0], meta: b.meta[:0], checkpoint: b.checkpoint[:0]}
}

// Room returns how many bytes of facts, said and headers fit into the memory that the batch keeps.
func (b *Batch) Room() int { return cap(b.buf) }

// Size returns the number of bytes of facts, said and headers.
func (b *Batch) Size() int { return len(b.buf) }

// Facts returns the number of facts added.
func (b *Batch) Facts() int { return b.facts }

// Empty reports whether committing the batch would change nothing.
func (b *Batch) Empty() bool { return len(b.buf) == 0 && len(b.meta) == 0 && !b.hasCheck }

func (b *Batch) fits(personLen int, value []byte) bool {
	switch {
	case personLen == 0:
		b.fail(fmt.Errorf("%w: a person id is empty", ErrBounds))
	case personLen > MaxPersonBytes:
		b.fail(fmt.Errorf("%w: a person id has %d bytes, at most %d are taken", ErrBounds, personLen, MaxPersonBytes))
	case len(value) > MaxValueBytes:
		b.fail(fmt.Errorf("%w: a value has %d bytes, at most %d are taken", ErrBounds, len(value), MaxValueBytes))
	default:
		return true
	}
	return false
}

func (b *Batch) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// recordOverhead is the most that a record takes besides person and data, in bytes.
const recordOverhead = 1 + 2*binary.MaxVarintLen32 + 8

func start[P string | []byte](b *Batch, op byte, person P, dataLen int) {
	at, last := len(b.buf), b.cut(len(b.cuts))
	if at > last && at-last+len(person)+dataLen+recordOverhead > partBytes {
		b.cuts = append(b.cuts, at)
	}
	b.buf = append(b.buf, op)
	b.buf = binary.AppendUvarint(b.buf, uint64(len(person)))
	b.buf = append(b.buf, person...)
}

// parts returns the number of values that buf is split into; part i is from cut(i) to cut(i+1).
func (b *Batch) parts() int {
	if len(b.buf) == 0 {
		return 0
	}
	return len(b.cuts) + 1
}

func (b *Batch) cut(i int) int {
	switch {
	case i == 0:
		return 0
	case i <= len(b.cuts):
		return b.cuts[i-1]
	}
	return len(b.buf)
}

func (b *Batch) value(v []byte) {
	b.buf = binary.AppendUvarint(b.buf, uint64(len(v)))
	b.buf = append(b.buf, v...)
}

// orderedDay maps days to unsigned numbers in the same order.
func orderedDay(day int32) uint32 { return uint32(day) ^ 1<<31 }

func dayOf(ordered uint32) int32 { return int32(ordered ^ 1<<31) }

// Never is the Next of a header that time alone never changes.
const Never int64 = math.MaxInt64
