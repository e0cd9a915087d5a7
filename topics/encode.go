package topics

import (
	"encoding/binary"
	"hash/crc32"
	"math/bits"
)

// Offsets of the fields of a record batch, format v2.
const (
	batchLengthAt   = 8
	batchEpochAt    = 12
	batchMagicAt    = 16
	batchCRCAt      = 17
	batchAttrsAt    = 21
	batchLastAt     = 23
	batchFirstTSAt  = 27
	batchMaxTSAt    = 35
	batchProducerAt = 43
	batchPEpochAt   = 51
	batchSequenceAt = 53
	batchCountAt    = 57
	batchHeader     = 61
)

// Attribute bits of a record batch.
const (
	attrCodec      = 0x07
	attrAppendTime = 0x08
	attrTxn        = 0x10
	attrControl    = 0x20
	// attrStamped is a bit that the format leaves free; the embedded broker uses it in place of
	// attrAppendTime (see Embedded.stamp). No other broker sets it.
	attrStamped = 0x4000
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// producerState is what the header of a batch says about its producer.
type producerState struct {
	id            int64
	epoch         int16
	transactional bool
}

// batchBuilder collects the records of one batch.
type batchBuilder struct {
	// buf begins with room for the header, so that a batch that is not compressed needs no copy.
	buf   []byte
	count int32
	first int64 // timestamp of the first record, ms
	max   int64 // largest timestamp, ms
}

// reset begins a batch in the given memory.
func (b *batchBuilder) reset(buf []byte) { b.buf, b.count = buf[:0], 0 }

// size returns how many bytes the records take.
func (b *batchBuilder) size() int { return len(b.records()) }

func (b *batchBuilder) records() []byte { return b.buf[min(batchHeader, len(b.buf)):] }

// recordSize returns an upper bound of the encoded size of a record.
func recordSize(o *Out) int {
	n := len(o.Key) + len(o.Value) + 40
	for i := range o.Headers {
		n += len(o.Headers[i].Key) + len(o.Headers[i].Value) + 10
	}
	return n
}

func (b *batchBuilder) add(o *Out, ts int64) {
	if len(b.buf) == 0 {
		b.buf = append(b.buf, make([]byte, batchHeader)...)
	}
	if b.count == 0 {
		b.first, b.max = ts, ts
	}
	b.max = max(b.max, ts)
	n := 1 + varintSize(ts-b.first) + varintSize(int64(b.count)) + varBytesSize(o.Key) + varBytesSize(o.Value) +
		varintSize(int64(len(o.Headers)))
	for i := range o.Headers {
		n += varintSize(int64(len(o.Headers[i].Key))) + len(o.Headers[i].Key) + varBytesSize(o.Headers[i].Value)
	}
	s := binary.AppendVarint(b.buf, int64(n))
	s = append(s, 0) // attributes: none are defined
	s = binary.AppendVarint(s, ts-b.first)
	s = binary.AppendVarint(s, int64(b.count))
	s = appendVarBytes(s, o.Key)
	s = appendVarBytes(s, o.Value)
	s = binary.AppendVarint(s, int64(len(o.Headers)))
	for i := range o.Headers {
		s = binary.AppendVarint(s, int64(len(o.Headers[i].Key)))
		s = append(s, o.Headers[i].Key...)
		s = appendVarBytes(s, o.Headers[i].Value)
	}
	b.buf = s
	b.count++
}

// varintSize returns how many bytes [binary.AppendVarint] writes.
func varintSize(v int64) int {
	return (bits.Len64(uint64(v)<<1^uint64(v>>63)|1) + 6) / 7
}

func varBytesSize(v []byte) int {
	if v == nil {
		return 1
	}
	return varintSize(int64(len(v))) + len(v)
}

func appendVarBytes(dst, v []byte) []byte {
	if v == nil {
		return binary.AppendVarint(dst, -1)
	}
	return append(binary.AppendVarint(dst, int64(len(v))), v...)
}

// compresses reports whether the batch is worth compressing.
func (b *batchBuilder) compresses(codec Compression) bool {
	return codec != None && b.size() >= compressFrom
}

// appendBatch appends the finished batch to dst. The first record gets the
// sequence number seq.
func (b *batchBuilder) appendBatch(dst []byte, codec Compression, p producerState, seq int32) []byte {
	start := len(dst)
	dst = append(dst, make([]byte, batchHeader)...)
	if b.compresses(codec) {
		dst = compress(dst, codec, b.records())
	} else {
		codec = None
		dst = append(dst, b.records()...)
	}
	b.finish(dst[start:], codec, p, seq)
	return dst
}

// finish writes the header of the batch h.
func (b *batchBuilder) finish(h []byte, codec Compression, p producerState, seq int32) {
	attrs := uint16(codec)
	if p.transactional {
		attrs |= attrTxn
	}
	binary.BigEndian.PutUint64(h, 0)
	binary.BigEndian.PutUint32(h[batchLengthAt:], uint32(len(h)-batchEpochAt))
	binary.BigEndian.PutUint32(h[batchEpochAt:], ^uint32(0)) // the broker fills it in
	h[batchMagicAt] = 2
	binary.BigEndian.PutUint16(h[batchAttrsAt:], attrs)
	binary.BigEndian.PutUint32(h[batchLastAt:], uint32(b.count-1))
	binary.BigEndian.PutUint64(h[batchFirstTSAt:], uint64(b.first))
	binary.BigEndian.PutUint64(h[batchMaxTSAt:], uint64(b.max))
	binary.BigEndian.PutUint64(h[batchProducerAt:], uint64(p.id))
	binary.BigEndian.PutUint16(h[batchPEpochAt:], uint16(p.epoch))
	binary.BigEndian.PutUint32(h[batchSequenceAt:], uint32(seq))
	binary.BigEndian.PutUint32(h[batchCountAt:], uint32(b.count))
	sealBatch(h)
}

// sealBatch writes the checksum of the batch as it is now.
func sealBatch(h []byte) {
	binary.BigEndian.PutUint32(h[batchCRCAt:], crc32.Checksum(h[batchAttrsAt:], castagnoli))
}
