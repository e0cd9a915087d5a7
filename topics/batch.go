package topics

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"sync"
)

// batchInfo is the header of a record batch of format v2, with its records still encoded.
type batchInfo struct {
	base        int64 // offset of the first record
	last        int64 // base + last offset delta, also of an empty batch
	leaderEpoch int32
	crc         uint32
	attrs       uint16 // as in the header: codec, kind of time, transactional, control
	firstTS     int64  // ms
	maxTS       int64  // ms; of all records where it is the broker's time
	producer    int64  // its id, -1 for none
	count       int32  // as the header says; not trusted
	records     []byte // packed
}

func (b *batchInfo) control() bool       { return b.attrs&attrControl != 0 }
func (b *batchInfo) transactional() bool { return b.attrs&attrTxn != 0 }
func (b *batchInfo) codec() Compression  { return Compression(b.attrs & attrCodec) }

// nextBatch cuts the first batch off data. If it is cut short at the end of a response, ok is
// false; the broker sends it again whole.
func nextBatch(data []byte) (b batchInfo, rest []byte, ok bool, err error) {
	if len(data) < batchMagicAt+1 {
		return b, nil, false, nil
	}
	size := int64(int32(binary.BigEndian.Uint32(data[batchLengthAt:])))
	if magic := data[batchMagicAt]; magic != 2 {
		return b, nil, false, fmt.Errorf("%w: format %d instead of 2", ErrCorrupt, magic)
	}
	if size < batchHeader-batchEpochAt {
		return b, nil, false, fmt.Errorf("%w: a length of %d bytes", ErrCorrupt, size)
	}
	if size+batchEpochAt > int64(len(data)) {
		return b, nil, false, nil
	}
	h := data[:size+batchEpochAt]
	b = batchInfo{
		base:        int64(binary.BigEndian.Uint64(h)),
		leaderEpoch: int32(binary.BigEndian.Uint32(h[batchEpochAt:])),
		crc:         binary.BigEndian.Uint32(h[batchCRCAt:]),
		attrs:       binary.BigEndian.Uint16(h[batchAttrsAt:]),
		firstTS:     int64(binary.BigEndian.Uint64(h[batchFirstTSAt:])),
		maxTS:       int64(binary.BigEndian.Uint64(h[batchMaxTSAt:])),
		producer:    int64(binary.BigEndian.Uint64(h[batchProducerAt:])),
		count:       int32(binary.BigEndian.Uint32(h[batchCountAt:])),
		records:     h[batchHeader:],
	}
	delta := int32(binary.BigEndian.Uint32(h[batchLastAt:]))
	b.last = b.base + int64(delta)
	switch {
	case crc32.Checksum(h[batchAttrsAt:], castagnoli) != b.crc:
		return b, nil, false, fmt.Errorf("%w at offset %d: the checksum does not fit", ErrCorrupt, b.base)
	case b.base < 0 || delta < 0 || b.last < 0 || b.count < 0 || int64(b.count) > int64(delta)+1:
		return b, nil, false, fmt.Errorf("%w at offset %d: %d records up to offset delta %d", ErrCorrupt,
			b.base, b.count, delta)
	}
	return b, data[len(h):], true, nil
}

// abortMarker reports whether a control batch aborts its producer's transaction. The key of a
// control record is its version and its type.
func (b *batchInfo) abortMarker() (abort bool, err error) {
	data := b.records
	if c := b.codec(); c != None {
		if data, err = decompress(nil, c, data, maxOwnBatch); err != nil {
			return false, err
		}
	}
	err = b.decode(b.rows(data, true), nil, b.base, func(r *Record) error {
		if len(r.Key) >= 4 && binary.BigEndian.Uint16(r.Key[2:]) == 0 {
			abort = true
		}
		return nil
	})
	return abort, err
}

// unpacked holds buffers for unpacking batches.
var unpacked = sync.Pool{New: func() any { return new([]byte) }}

// each calls fn for the records from offset from on. own is as in open.
func (b *batchInfo) each(from int64, own bool, fn func(*Record) error) error {
	buf, _ := unpacked.Get().(*[]byte)
	defer unpacked.Put(buf)
	rows, data, err := b.open(*buf, own)
	if cap(data) <= maxUnpacked {
		*buf = data
	}
	if err != nil {
		return err
	}
	return b.decode(rows, data, from, fn)
}

// decode calls fn for the records of a batch. All of them share one Record, one slice of headers
// and one buffer.
func (b *batchInfo) decode(rows rowReader, buf []byte, from int64, fn func(*Record) error) error {
	r := recordPool.Get().(*Record)
	defer func() {
		*r = Record{Headers: r.Headers[:0]}
		recordPool.Put(r)
	}()
	defer rows.leave()
	for {
		ok, err := rows.next(from, r)
		switch {
		case err != nil:
			return err
		case ok:
			if err := fn(r); err != nil {
				return err
			}
		case rows.wants:
			buf = rows.load(buf)
		default:
			return nil
		}
	}
}

// recordPool holds Records for reuse.
var recordPool = sync.Pool{New: func() any { return new(Record) }}

// varReader reads the varint encoding of records. After the first fault bad is set and everything
// reads as zero.
type varReader struct {
	b   []byte
	bad bool // it ended too early, or a number was malformed
}

func (v *varReader) varint() int64 {
	if len(v.b) > 0 && v.b[0] < 0x80 { // most are short
		x := v.b[0]
		v.b = v.b[1:]
		return int64(x>>1) ^ -int64(x&1)
	}
	return v.longVarint()
}

func (v *varReader) longVarint() int64 {
	x, n := binary.Varint(v.b)
	if n <= 0 {
		v.bad, v.b = true, nil
		return 0
	}
	v.b = v.b[n:]
	return x
}

func (v *varReader) take(n int64) []byte {
	if n < 0 || n > int64(len(v.b)) {
		v.bad, v.b = true, nil
		return nil
	}
	out := v.b[:n:n]
	v.b = v.b[n:]
	return out
}

// bytes reads nullable bytes; empty is not nil.
func (v *varReader) bytes() []byte {
	n := v.varint()
	if n == -1 {
		return nil
	}
	return v.take(n)
}

func (v *varReader) headers(dst []RecordHeader) []RecordHeader {
	n := v.varint()
	if n < 0 || n > int64(len(v.b)) {
		v.bad = true
		return dst
	}
	for range n {
		dst = append(dst, RecordHeader{Key: v.bytes(), Value: v.bytes()})
		if v.bad {
			return dst
		}
	}
	return dst
}
